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
from gebaut import Kleinwelt, lies, status_ohne_bruch, zeilen
from makros import Abgelehnt, lade_makros
from nachrechnung import Formel, Term, rechne

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation.manifest import umgebung
from quellen.modell import lade_katalog

ORT = "models/indikatoren/bevoelkerung.yml, Modell bevoelkerung, Spalte probe"
GUT: dict[str, Any] = {
    "name": "Probe",
    "zaehler": {"merkmal": "einwohner", "alter": [0, 2]},
    "nenner": {"merkmal": "einwohner"},
    "einheit": "Prozent",
    "modul": "R",
    "definition": "eigene",
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
    "unbekannter Bezug": (_term(bezug="vorvorjahr"), "bezug vorvorjahr", "stichtag, vorjahr, schuljahr"),
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
    "keine Herkunft der Definition": (_mit(definition=None), "kein definition", "definition ist Pflicht"),
    "unbekanntes Intervall": (_mit(unsicherheit="normal"), "unsicherheit normal", "wilson, poisson"),
    "Intervall ohne Nenner": (_mit(unsicherheit="wilson", nenner=None), "ohne nenner", "aus zaehler und nenner"),
    "Intervall zu einem Index": (
        _mit(unsicherheit="wilson", form="segregation"),
        "bei form segregation",
        "ein Quotient aus zaehler und nenner",
    ),
    "unbekannte Form": (_mit(form="mittelwert"), "form mittelwert", "quotient, median"),
    "Median mit Nenner": (_mit(form="median"), "form median mit nenner", "nur einen zaehler"),
    "Index ohne zweite Seite": (_mit(form="simpson", nenner=None), "form simpson ohne nenner", "zaehler und nenner"),
    "Lücke ohne Ziel": (_mit(form="luecke"), "ziel None bei form luecke", "ein ziel bei form luecke"),
    "Ziel ohne Lücke": (_mit(ziel=0.32), "ziel 0.32 bei form quotient", "ein ziel bei form luecke"),
    "Ziel ist Text": (_mit(form="luecke", ziel="viele"), "ziel viele", "eine Zahl"),
    "halb gepoolt": (_mit(gepoolt=1.5), "gepoolt 1.5", "eine ganze Zahl ab 1"),
    "Mindestbasis null": (_mit(mindestbasis=0), "mindestbasis 0", "eine ganze Zahl ab 1"),
    "Mindestbasis ohne Nenner": (_mit(mindestbasis=100, nenner=None), "mindestbasis ohne nenner", "mit nenner"),
    "Status ohne Wert": (_mit(status="Q"), "status Q", "A, E"),
    "unbekannte Gliederung": (_mit(gliederungen=["beruf"]), "gliederungen beruf", "geschlecht"),
    "abgeleitet und gezählt": (_mit(abgeleitet={"zaehler": "z"}), "abgeleitet", "keine Bedingungen daneben"),
    "abgeleitet ohne Worte": (_mit(zaehler=None, abgeleitet={"nenner": "n"}), "abgeleitet", "in Worten zaehler"),
    "Versatz nach vorn": (_term(versatz=-1), "versatz -1", "0 bis 10"),
    "Versatz und Vorjahr": (_term(bezug="vorjahr", versatz=2), "versatz 2", "vorjahr steht für 1"),
    "unbekannte Basis": (_term(basis="zensus"), "basis zensus", "melderegister, fortschreibung"),
    "Basis nur an einer Seite": (_term(basis="melderegister"), "basis nur an einem Teil", "an jeder oder an keiner"),
    "je ohne Werte": (_term(je={"staat": []}), "je {'staat': []}", "mindestens zwei Werten"),
    "je über das Alter": (_term(je={"alter": [1, 2]}), "je {'alter': [1, 2]}", "eine Gliederung"),
    "je und zugleich fest": (_term(staat="BG", je={"staat": ["BG", "RO"]}), "je {'staat'", "eine Gliederung"),
    "überschneidende Alter": (
        _mit(zaehler=[{"merkmal": "einwohner", "alter": [0, 5]}, {"merkmal": "einwohner", "alter": [5, None]}]),
        "Alter [0, 5] und [5, None]",
        "die sich nicht überschneiden",
    ),
    "zweimal dasselbe": (
        _mit(nenner=[{"merkmal": "einwohner", "alter": [0, 5]}] * 2),
        "Alter [0, 5] und [0, 5]",
        "die sich nicht überschneiden",
    ),
    "unbekannte Richtung": (_mit(richtung="hoch"), "richtung hoch", "hoch_ist_belastung"),
    "unbekannte Ebene": (_mit(ebenen=["quartier"]), "ebenen quartier", "ortsteil, stadtbezirk"),
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
    bekannt = dict(makros["merkmalsverzeichnis"]())
    for quelle in lade_katalog().values():
        bekannt |= quelle.merkmale
    anzahl = 0
    for datei in sorted((DBT_PROJEKT / "models" / "indikatoren").glob("*.yml")):
        for modell in yaml.safe_load(datei.read_text(encoding="utf-8"))["models"]:
            for spalte in modell.get("columns", ()):
                if "config" in spalte:
                    makros["indikator_pruefen"](spalte["config"]["meta"], spalte, ORT, bekannt)
                    anzahl += 1
    assert anzahl >= 37


def test_was_sich_nur_im_vorzeichen_oder_jahr_unterscheidet_ueberschneidet_sich_nicht(
    makros: Mapping[str, Any],
) -> None:
    jung = {"merkmal": "einwohner", "alter": [0, 5]}
    for anders in ({"faktor": -1}, {"versatz": 1}, {"geschlecht": "weiblich"}, {"alter": [6, 9]}):
        makros["ueberlappung_pruefen"]([jung, jung | anders], ORT)


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
def test_dbt_nennt_datei_modell_und_spalte(
    kopie: Kopie, kleinwelt: Kleinwelt, alt: str, neu: str, spalte: str, gefunden: str
) -> None:
    shutil.copy(kleinwelt.daten / "lager.duckdb", kopie.daten)
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
    formel = Formel((Term(("einwohner",), 65, geschlecht="weiblich"),), (Term(("einwohner",), 65),), 100, fuer="anteil")
    soll = rechne(kleinwelt.bau, {name: formel})
    ist = neu.indikatoren.loc[neu.indikatoren.indikator == name]
    assert len(ist) == len(soll) > 100
    for z in zeilen(ist):
        s = soll[(name, z.gebiet, z.stichtag, z.basis)]
        assert status_ohne_bruch(z.status) == s.status
        assert z.wert == pytest.approx(s.wert, rel=1e-12, nan_ok=True) if s.wert is not None else z.wert != z.wert
    katalog = neu.frage("select indikator from freigabe.indikator_katalog where thema = 'qualitaet'")
    zaehlend = set(katalog["indikator"])  # figures about the figures, one more of which there is now
    alte, vorher = (
        t.loc[~t.indikator.isin({name} | zaehlend)].reset_index(drop=True)
        for t in (neu.indikatoren, kleinwelt.indikatoren)
    )
    assert len(alte) > 1000
    assert alte.equals(vorher)
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
        Abgelehnt, match=r"models/indikatoren/neu\.sql, Modell neu: .*Thema neu.*alle_werte\.sql: wanderung"
    ):
        makros["themen_pruefen"](["wanderung"])
    makros["themen_pruefen"](["wanderung", "neu"])
