"""The compiler's parts that the catalogue brought: the smaller side, mixed indicators, terms that meet nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from gebaut import Gebaut
from hypothesis import given, settings
from hypothesis import strategies as st
from makros import Abgelehnt, lade_makros

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation import dbt_lauf
from pipelines.transformation.dbt_lauf import Knotenergebnis, baue

ORT = "models/indikatoren/wanderung.yml, Modell wanderung, Spalte probe"
Z, F, N = {"merkmal": "zuzuege_aussen"}, {"merkmal": "fortzuege_aussen"}, {"merkmal": "einwohner"}
GUT: dict[str, Any] = {
    "name": "Probe", "form": "kleinere_seite", "zaehler": [Z, F], "nenner": N, "einheit": "Prozent", "modul": "W",
    "definition": "eigene Festlegung",
}  # fmt: skip


@pytest.fixture(scope="module")
def makros() -> dict[str, Any]:
    return lade_makros()


def pruefe(makros: dict[str, Any], meta: dict[str, Any], bekannt: Any = "alle") -> None:
    bekannt = makros["merkmalsverzeichnis"]() if bekannt == "alle" else bekannt
    makros["indikator_pruefen"](meta, {"name": "probe", "description": "Eine Probe."}, ORT, bekannt)


def test_die_kleinere_seite_wird_angenommen(makros: dict[str, Any]) -> None:
    pruefe(makros, GUT)
    pruefe(makros, GUT | {"gemischt": True})


@pytest.mark.parametrize(
    ("ersatz", "gefunden", "erwartet"),
    [
        ({"zaehler": Z}, "form kleinere_seite mit 1 Bedingungen", "genau zwei"),
        ({"zaehler": [Z, F, N]}, "form kleinere_seite mit 3 Bedingungen", "genau zwei"),
        ({"gepoolt": 3}, "form kleinere_seite mit 2 Bedingungen", "keine gepoolten Jahre"),
        ({"nenner": None}, "form kleinere_seite ohne nenner", "zaehler und nenner"),
        ({"unsicherheit": "poisson"}, "bei form kleinere_seite", "Quotient"),
        ({"gemischt": False}, "gemischt False", "den Schlüssel weglassen"),
        ({"gemischt": "ja"}, "gemischt ja", "true"),
    ],
)
def test_was_nicht_geht_wird_abgelehnt(
    makros: dict[str, Any], ersatz: dict[str, Any], gefunden: str, erwartet: str
) -> None:
    with pytest.raises(Abgelehnt) as fehler:
        pruefe(makros, {k: v for k, v in (GUT | ersatz).items() if v is not None})
    vorn, hinten = str(fehler.value).split(". Erwartet: ", 1)
    assert vorn.startswith(ORT)
    assert gefunden in vorn
    assert erwartet in hinten


def test_ohne_lager_bleibt_ein_merkmal_einer_quelle_offen_alles_andere_nicht(makros: dict[str, Any]) -> None:
    fremd = GUT | {"zaehler": [{"merkmal": "von_einer_quelle"}, F]}
    pruefe(makros, fremd, bekannt=None)
    with pytest.raises(Abgelehnt, match="Merkmal von_einer_quelle"):
        pruefe(makros, fremd)
    with pytest.raises(Abgelehnt, match="Schlüssel altr"):
        pruefe(makros, GUT | {"nenner": N | {"altr": [0, 2]}}, bekannt=None)


@pytest.mark.parametrize(
    ("bezuege", "gemischt", "erwartet"),
    [
        (["stichtag"], None, False),
        (["stichtag"], True, True),
        (["stichtag", "maerz"], None, True),
        (["schuljahr"], None, True),
        (["jahresende"], None, False),
    ],
)
def test_wann_ein_indikator_gemischt_ist(
    makros: dict[str, Any], bezuege: list[str], gemischt: bool | None, erwartet: bool
) -> None:
    indikator = {"zaehler": [{"bezug": "stichtag"}], "nenner": [{"bezug": b} for b in bezuege]}
    if gemischt is not None:
        indikator["gemischt"] = gemischt  # type: ignore[assignment]
    assert makros["ist_gemischt"](indikator) is erwartet


def test_die_formen_eines_themas_kommen_aus_seinen_spalten(makros: dict[str, Any]) -> None:
    def modell(thema: str, *metas: dict[str, Any]) -> SimpleNamespace:
        spalten = {str(nr): {"name": str(nr), "config": {"meta": m}} for nr, m in enumerate(metas)}
        config = SimpleNamespace(meta={"thema": thema})
        return SimpleNamespace(resource_type="model", name=thema, config=config, columns=spalten)

    knoten = [modell("a", {"zaehler": Z}, {"zaehler": Z, "form": "median"}, {}), modell("b", GUT)]
    graph = SimpleNamespace(nodes={k.name: k for k in knoten})
    makros["formen_des_themas"].context["graph"] = graph
    assert sorted(makros["formen_des_themas"]("a")) == ["median", "quotient"]
    assert makros["formen_des_themas"]("b") == ["kleinere_seite"]
    assert makros["formen_des_themas"]("c") == []


@pytest.fixture(scope="module")
def formwerte() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view ``ergebnis`` that is the compiled macro on the table ``b``."""
    makros = lade_makros(ref=lambda name: name)
    makros["formen_des_themas"] = lambda _thema: ["kleinere_seite"]
    makros["je_term"] = lambda _thema, _formen: (
        "je_term as (select *, summe * gewicht as n from probe where rolle = 'zaehler'),"
    )
    cte = makros["formwerte"]("wanderung").strip().rstrip(",")
    with duckdb.connect() as con:
        con.execute("create table b (gebiet varchar, rolle varchar, term integer, gewicht double, summe double)")
        con.execute("create table indikator_definitionen as select 'probe' as indikator, 'kleinere_seite' as form")
        con.execute(
            "create view probe as select 'probe' as indikator, b.*, date '2023-12-31' as stichtag, '' as basis from b"
        )
        con.execute(
            "create view ergebnis as with je_indikator as (select indikator, gebiet, stichtag, basis, "
            "sum(gewicht * summe) filter (where rolle = 'nenner') as nenner from probe group by all), "
            f"{cte} select * from formwerte"
        )
        yield con


ZAHL = st.one_of(st.none(), st.integers(min_value=0, max_value=10_000).map(float))


@settings(max_examples=80, deadline=None)
@given(orte=st.lists(st.tuples(ZAHL, ZAHL, st.lists(ZAHL.filter(lambda x: x is not None), max_size=3)), max_size=6))
def test_die_kleinere_seite_ist_das_minimum_durch_den_nenner(
    formwerte: duckdb.DuckDBPyConnection, orte: list[tuple[float | None, float | None, list[float]]]
) -> None:
    """Also with a side that is missing, a denominator of 0 and none at all: then there is no value and no zero."""
    zeilen = []
    for nr, (zu, fort, nenner) in enumerate(orte):
        zeilen += [(f"g{nr}", "zaehler", t, 1.0, s) for t, s in ((1, zu), (2, fort)) if s is not None]
        zeilen += [(f"g{nr}", "nenner", 1 + k, 0.5, s) for k, s in enumerate(nenner)]
    formwerte.execute("delete from b")
    if zeilen:
        formwerte.executemany("insert into b values (?, ?, ?, ?, ?)", zeilen)
    ist = dict(formwerte.execute("select gebiet, formwert from ergebnis where formwert is not null").fetchall())
    soll = {
        f"g{nr}": min(zu, fort) / (sum(nenner) / 2)
        for nr, (zu, fort, nenner) in enumerate(orte)
        if zu is not None and fort is not None and sum(nenner) > 0
    }
    assert ist == pytest.approx(soll)


def _teste_bedingungen(daten: Path, projekt: Path, monkeypatch: pytest.MonkeyPatch) -> Knotenergebnis:
    monkeypatch.setattr(dbt_lauf, "DBT_ORDNER", ["--project-dir", str(projekt), "--profiles-dir", str(projekt)])
    monkeypatch.setattr(dbt_lauf, "gelesenes_manifest", lambda _: None)
    auswahl = ["--select", "indikator_definitionen", "klassenterme", "terme_treffen_etwas"]
    ergebnisse = baue(Einstellungen(daten=daten), auswahl)
    assert all(e.gut for e in ergebnisse), [e.meldung for e in ergebnisse]
    return next(e for e in ergebnisse if e.knoten.split(".")[2] == "terme_treffen_etwas")


def test_eine_verschriebene_auspraegung_geht_nicht_still_durch(
    beispiel: Gebaut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projekt = tmp_path / "projekt"
    shutil.copytree(DBT_PROJEKT, projekt, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages", ".user.yml"))
    shutil.copy(beispiel.daten / "lager.duckdb", tmp_path / "lager.duckdb")
    assert _teste_bedingungen(tmp_path, projekt, monkeypatch).status == "pass"
    yml = projekt / "models" / "indikatoren" / "bildung.yml"
    text = yml.read_text(encoding="utf-8")
    assert text.count("zaehler: {merkmal: abgaenge, art: mittlerer_abschluss}") == 1
    yml.write_text(text.replace("art: mittlerer_abschluss}", "art: mitlerer_abschluss}"), encoding="utf-8")
    ergebnis = _teste_bedingungen(tmp_path, projekt, monkeypatch)
    assert ergebnis.status == "warn"
    assert ergebnis.fehlschlaege == 1
