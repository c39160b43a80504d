"""Declarations: what is refused, in which words, and that one block is all a new indicator needs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from gebaut import Kleinwelt, lies, zeilen
from makros import Abgelehnt, lade_makros
from nachrechnung import Formel, Term, rechne

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation.manifest import umgebung

ORT = "models/indikatoren/bevoelkerung.yml, Modell bevoelkerung, Spalte probe"
GUT: dict[str, Any] = {
    "name": "Probe",
    "zaehler": {"merkmal": "einwohner", "alter": [0, 2]},
    "nenner": {"merkmal": "einwohner"},
    "einheit": "Prozent",
    "modul": "R",
}


@pytest.fixture(scope="module")
def makros() -> dict[str, Any]:
    return lade_makros()


def _mit(**ersatz: Any) -> dict[str, Any]:
    return {k: v for k, v in (GUT | ersatz).items() if v is not None}


def _term(**ersatz: Any) -> dict[str, Any]:
    return _mit(zaehler={"merkmal": "einwohner"} | ersatz)


SCHLECHT = {
    "unbekanntes Merkmal": (_term(merkmal="einwohnr"), "Merkmal einwohnr", "einwohner, einwohner_insgesamt"),
    "ein Merkmal von zweien": (_term(merkmal=["geburten", "tode"]), "Merkmal tode", "sterbefaelle"),
    "kein Merkmal": (_mit(zaehler={"alter": [0, 2]}), "{'alter': [0, 2]}", "eine Bedingung mit merkmal"),
    "Term ist ein Wort": (_mit(zaehler="einwohner"), "Gefunden: einwohner", "eine Bedingung mit merkmal"),
    "Alter verkehrt herum": (_term(alter=[5, 3]), "alter [5, 3]", "[von, bis] in vollendeten Jahren"),
    "Alter ohne Ende": (_term(alter=[65]), "alter [65]", "bis null"),
    "Alter leer": (_term(alter=[]), "alter ohne Angabe", "den Schlüssel weglassen"),
    "Alter als Zahl": (_term(alter=6), "alter 6", "[von, bis]"),
    "Alter als Text": (_term(alter=["6", "9"]), "alter ['6', '9']", "[von, bis]"),
    "Alter ohne Anfang": (_term(alter=[None, 9]), "alter [None, 9]", "[von, bis]"),
    "unbekannter Schlüssel im Term": (_term(altr=[0, 2]), "Schlüssel altr", "merkmal, alter, ausser"),
    "unbekannter Schlüssel": (_mit(nener={"merkmal": "einwohner"}), "Schlüssel nener", "zaehler, nenner"),
    "unbekannter Bezug": (_term(bezug="vorvorjahr"), "bezug vorvorjahr", "stichtag, vorjahr oder schuljahr"),
    "unbekanntes Gewicht": (_term(gewicht="alter"), "gewicht alter", "alter_mitte oder sozialindexstufe"),
    "Faktor ist Text": (_term(faktor="0,5"), "faktor 0,5", "eine Zahl"),
    "Faktor des Indikators ist Text": (_mit(faktor="hundert"), "faktor hundert", "eine Zahl"),
    "unbekannte Staatsangehörigkeit": (
        _term(staatsangehoerigkeit="auslaendisch"),
        "auslaendisch",
        "deutsch, nichtdeutsch",
    ),
    "unbekanntes Geschlecht": (_term(ausser={"geschlecht": "w"}), "geschlecht w", "maennlich, weiblich"),
    "unbekannte Ausnahme": (_term(ausser={"schule": "02"}), "ausser schule", "schulform"),
    "leere Bedingung": (_term(staat=[]), "staat ohne Angabe", "einen Wert"),
    "Fehler im Nenner": (_mit(nenner=[{"merkmal": "einwohner"}, {"merkmal": "x"}]), "Merkmal x", "schueler"),
    "Fehler im Beleg": (_mit(beleg={"merkmal": "y"}), "Merkmal y", "schueler"),
    "kein Name": (_mit(name=None), "kein name", "name ist Pflicht"),
    "keine Einheit": (_mit(einheit=None), "kein einheit", "einheit ist Pflicht"),
    "kein Modul": (_mit(modul=None), "kein modul", "modul ist Pflicht"),
    "unbekanntes Intervall": (_mit(unsicherheit="normal"), "unsicherheit normal", "wilson oder nichts"),
    "Intervall ohne Nenner": (_mit(unsicherheit="wilson", nenner=None), "ohne nenner", "mit zaehler und nenner"),
    "unbekannte Richtung": (_mit(richtung="hoch"), "richtung hoch", "hoch_ist_belastung"),
    "unbekannte Ebene": (_mit(ebenen=["quartier"]), "ebene quartier", "ortsteil, stadtbezirk"),
}


@pytest.mark.parametrize("name", SCHLECHT)
def test_falsche_deklaration_wird_abgelehnt(makros: Mapping[str, Any], name: str) -> None:
    meta, gefunden, erwartet = SCHLECHT[name]
    with pytest.raises(Abgelehnt) as fehler:
        makros["indikator_pruefen"](
            meta, {"name": "probe", "description": "Eine Probe."}, ORT, makros["merkmalsverzeichnis"]()
        )
    text = str(fehler.value)
    assert text.startswith(ORT)
    vorn, hinten = text.split(". Erwartet: ", 1)
    assert gefunden in vorn
    assert erwartet in hinten
    assert "Was tun: " in hinten


def test_ohne_beschreibung_wird_abgelehnt(makros: Mapping[str, Any]) -> None:
    with pytest.raises(Abgelehnt, match=r"Spalte probe: .* keine description\. Erwartet: die Definition"):
        makros["indikator_pruefen"](GUT, {"name": "probe", "description": ""}, ORT, {})


def test_was_deklariert_ist_wird_angenommen(makros: Mapping[str, Any]) -> None:
    anzahl = 0
    for datei in ("bevoelkerung", "wanderung", "schule"):
        inhalt = yaml.safe_load((DBT_PROJEKT / "models" / "indikatoren" / f"{datei}.yml").read_text(encoding="utf-8"))
        for spalte in inhalt["models"][0]["columns"]:
            if "config" in spalte:
                makros["indikator_pruefen"](spalte["config"]["meta"], spalte, ORT, makros["merkmalsverzeichnis"]())
                anzahl += 1
    assert anzahl == 33


def test_jeder_schluessel_eines_terms_hat_im_readme_ein_gueltiges_beispiel(makros: Mapping[str, Any]) -> None:
    terme = next(b for b in map(yaml.safe_load, _yaml_bloecke()) if "merkmal" in b[0])
    bekannt = makros["merkmalsverzeichnis"]()
    for term in terme:
        makros["term_pruefen"](term, ORT, bekannt)
    with pytest.raises(Abgelehnt) as fehler:
        makros["term_pruefen"]({"merkmal": "einwohner", "?": 1}, ORT, bekannt)
    erlaubt = re.search(r"einer von ([\w, ]+)\. Was tun", str(fehler.value))
    assert erlaubt is not None
    assert {s for t in terme for s in t} == set(erlaubt[1].split(", "))


def _yaml_bloecke() -> list[str]:
    readme = (DBT_PROJEKT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)


class Kopie:
    """A copy of the project whose theme ``bevoelkerung`` can be changed, with a warehouse of its own."""

    def __init__(self, ordner: Path) -> None:
        self.projekt = ordner / "projekt"
        self.daten = ordner / "daten"
        self.daten.mkdir()
        ohne = shutil.ignore_patterns("target", "logs", "dbt_packages", ".user.yml")
        shutil.copytree(DBT_PROJEKT, self.projekt, ignore=ohne)
        self.yml = self.projekt / "models" / "indikatoren" / "bevoelkerung.yml"
        self.vorher = self.yml.read_text(encoding="utf-8")

    def ersetze(self, alt: str, neu: str) -> None:
        """The declared file with one place changed."""
        assert self.vorher.count(alt) == 1
        self.yml.write_text(self.vorher.replace(alt, neu), encoding="utf-8")

    def dbt(self, *argumente: str) -> str:
        """Run dbt on the copy; empty if all went well, else what it says."""
        ordner = ["--project-dir", str(self.projekt), "--profiles-dir", str(self.projekt)]
        with umgebung(Einstellungen(daten=self.daten)):
            try:
                ergebnis = dbtRunner().invoke(["--quiet", *argumente, *ordner])
            finally:
                DuckDBConnectionManager.close_all_connections()
        if ergebnis.success:
            return ""
        return "\n".join([str(ergebnis.exception)] + [str(r.message) for r in getattr(ergebnis.result, "results", [])])


@pytest.fixture(scope="module")
def kopie(tmp_path_factory: pytest.TempPathFactory) -> Kopie:
    return Kopie(tmp_path_factory.mktemp("kopie"))


@pytest.mark.parametrize(
    ("alt", "neu", "spalte", "gefunden"),
    [
        (
            "zaehler: {merkmal: einwohner, alter: [3, 5]}",
            "zaehler: {merkmal: kinder, alter: [3, 5]}",
            "Spalte anteil_3_5, zaehler",
            "Merkmal kinder",
        ),
        (
            'description: "Männer je 100 Frauen."',
            'description: ""',
            "Spalte geschlechterproportion",
            "keine description",
        ),
    ],
)
def test_dbt_nennt_datei_modell_und_spalte(kopie: Kopie, alt: str, neu: str, spalte: str, gefunden: str) -> None:
    kopie.ersetze(alt, neu)
    meldung = kopie.dbt("compile", "--select", "indikator_definitionen")
    assert f"models/indikatoren/bevoelkerung.yml, Modell bevoelkerung, {spalte}: " in meldung
    assert f"Gefunden: {gefunden}. Erwartet: " in meldung


def test_ein_block_aus_dem_readme_ist_ein_indikator(kopie: Kopie, kleinwelt: Kleinwelt) -> None:
    stelle = "      - {name: enthaelt_beispiel"
    kopie.ersetze(stelle, _yaml_bloecke()[0] + stelle)
    shutil.copy(kleinwelt.daten / "lager.duckdb", kopie.daten)
    assert kopie.dbt("build", "--select", "indikator_definitionen+", "--exclude", "resource_type:test") == ""
    neu = lies(kopie.daten, [])
    name = "frauenanteil_65plus"
    formel = Formel((Term(("einwohner",), 65, geschlecht="weiblich"),), (Term(("einwohner",), 65),), 100)
    soll = rechne(kleinwelt.bau, {name: formel})
    ist = neu.indikatoren.loc[neu.indikatoren.indikator == name]
    assert len(ist) == len(soll) > 100
    for z in zeilen(ist):
        s = soll[(name, z.gebiet, z.stichtag, z.basis)]
        assert z.status == s.status
        assert z.wert == pytest.approx(s.wert, rel=1e-12, nan_ok=True) if s.wert is not None else z.wert != z.wert
    alte = neu.indikatoren.loc[neu.indikatoren.indikator != name].reset_index(drop=True)
    assert alte.equals(kleinwelt.indikatoren)
    breit = neu.frage(f"select count({name}) as n from freigabe.indikatoren_bevoelkerung")
    assert breit["n"].item() == ist.wert.notna().sum()
    (eintrag,) = neu.frage(f"select * from freigabe.indikator_katalog where indikator = '{name}'").to_dict("records")
    assert eintrag["name"] == "Frauenanteil ab 65"
    assert eintrag["zaehler"] == "einwohner (geschlecht weiblich, Alter 65 und älter)"
    assert eintrag["quellen"] == "bevoelkerung_kreis, einwohner_ortsteil"
    zuordnung = neu.frage(f"select distinct rolle, term from freigabe.indikator_zuordnung where indikator = '{name}'")
    assert set(zuordnung.itertuples(index=False, name=None)) == {("zaehler", 1), ("nenner", 1)}


def test_ein_thema_ohne_platz_in_der_freigabe_wird_abgelehnt(makros: Mapping[str, Any]) -> None:
    knoten = {
        "m": SimpleNamespace(
            resource_type="model",
            name="neu",
            original_file_path="models/indikatoren/neu.sql",
            config=SimpleNamespace(meta={"thema": "neu"}),
        )
    }
    makros["themen_pruefen"].context["graph"] = SimpleNamespace(nodes=knoten)
    with pytest.raises(
        Abgelehnt, match=r"models/indikatoren/neu\.sql, Modell neu: .*Thema neu.*indikatoren\.sql: wanderung"
    ):
        makros["themen_pruefen"](["wanderung"])
    makros["themen_pruefen"](["wanderung", "neu"])
