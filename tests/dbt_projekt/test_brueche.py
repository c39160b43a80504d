"""Breaks in the whole build: which figures of the hand-made warehouse have status B, and what the seed says."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import duckdb
import pytest
from gebaut import Kleinwelt, zeilen
from laufhilfe import Szene
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT
from pipelines.pruefe.brueche import bruchlagen
from quellen.modell import lade_katalog

BRUECHE = list(csv.DictReader((DBT_PROJEKT / "seeds" / "brueche.csv").open(encoding="utf-8", newline="")))
ZENSUS = {z["bruch"]: date.fromisoformat(z["ab"]) for z in BRUECHE if z["bruch"].startswith("zensus")}
OHNE_BRUCH = {"M", "O", "Q"}


def test_hinter_dem_zensus_hat_die_fortschreibung_den_status_b(kleinwelt: Kleinwelt) -> None:
    """The first date behind a census, if an earlier one is there or the census is not a year ago; nothing else."""
    t = kleinwelt.indikatoren
    fortschreibung = t.loc[(t.basis == "fortschreibung") & ~t.status.isin(OHNE_BRUCH)]
    gefunden, erwartet = set(), set()
    for (indikator, gebiet), reihe in fortschreibung.groupby(["indikator", "gebiet"]):
        tage = sorted(reihe.stichtag)
        for davor, tag in zip([None, *tage], tage, strict=False):
            for ab in ZENSUS.values():
                if tag >= ab and (davor < ab if davor else (tag - ab).days < 365):
                    erwartet.add((indikator, gebiet, tag))
        gefunden |= {(indikator, gebiet, z.stichtag) for z in zeilen(reihe) if z.status == "B"}
    assert gefunden == erwartet
    assert gefunden


def test_das_melderegister_kennt_keinen_bruch(kleinwelt: Kleinwelt) -> None:
    """But an index that is made of other components than the year before begins a new series."""
    t = kleinwelt.indikatoren
    gebrochen = t.loc[(t.basis == "melderegister") & (t.status == "B"), "indikator"]
    assert set(gebrochen) <= {f"{art}{was}" for art in ("status", "dynamik") for was in ("index", "klasse")}


def test_eine_kennzahl_mit_bruch_behaelt_ihren_wert(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    b = t.loc[t.status == "B"]
    assert len(b) > 0
    assert b.wert.notna().all()
    assert set(b.vertraulichkeit) == {"F"}


def test_jeder_bruch_nennt_bekannte_merkmale_eine_basis_und_seinen_beleg() -> None:
    bekannt = set(lade_makros()["merkmalsverzeichnis"]()) | {m for q in lade_katalog().values() for m in q.merkmale}
    assert {z["bruch"] for z in BRUECHE} >= {"zensus2011", "zensus2022", "sgb2_revision2016", "buergergeld2023",
                                             "sgb2_ukraine2022", "schulsozialindex2024"}  # fmt: skip
    for z in BRUECHE:
        assert {m.partition("[")[0] for m in z["merkmale"].split(" ")} <= bekannt, z["bruch"]
        assert z["basis"] in ("", "fortschreibung", "melderegister", "zensus2011", "zensus2022")
        assert z["gliederung"] in ("", *lade_makros()["gliederungsschluessel"]())
        assert z["grund"]
        assert z["beleg"]
        assert date(2000, 1, 1) < date.fromisoformat(z["ab"]) < date(2030, 1, 1)


@pytest.mark.parametrize(
    ("term", "soll"),
    [
        ({"merkmal": "schueler"}, {("schueler", "")}),
        (
            {"merkmal": "schueler", "sozialindexstufe": [7, 8]},
            {("schueler", g) for g in ("", "sozialindexstufe", "sozialindexstufe=7", "sozialindexstufe=8")},
        ),
        ({"merkmal": "schueler", "gewicht": "sozialindexstufe"}, {("schueler", ""), ("schueler", "sozialindexstufe")}),
        ({"merkmal": "schulen", "ausser": {"schulform": ["50"]}}, {("schulen", ""), ("schulen", "schulform")}),
        ({"merkmal": "einwohner", "gewicht": "alter_mitte", "alter": [0, 5]}, {("einwohner", "")}),
        ({"merkmal": ["a", "b"], "staat": "BG"}, {(m, g) for m in "ab" for g in ("", "staat", "staat=BG")}),
        ({"merkmal": "sozialindexstufe"}, {("sozialindexstufe", ""), ("sozialindexstufe", "sozialindexstufe")}),
    ],
)
def test_was_ein_indikator_zaehlt_und_unterscheidet(term: dict[str, Any], soll: set[tuple[str, str]]) -> None:
    gefunden = _gezaehltes({"probe": [term]})
    assert {(m, g) for _, m, g in gefunden} == soll
    assert len(gefunden) == len(soll)


def _gezaehltes(indikatoren: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, str]]:
    makros = lade_makros()
    makros["indikatoren"] = lambda: [{"id": i, "zaehler": t, "nenner": t} for i, t in indikatoren.items()]
    return list(makros["gezaehltes"]())


def test_wer_alle_auspraegungen_zaehlt_wo_andere_sie_unterscheiden() -> None:
    gefunden = _gezaehltes({"einer": [{"merkmal": "hilfe", "art": "a"}], "alle": [{"merkmal": "hilfe"}]})
    assert {(i, g) for i, _, g in gefunden if g} == {("einer", "art"), ("einer", "art=a"), ("alle", "art=")}


MIT_ART = {"sgb2_quote", "sgb2_je_100_einwohner", "anteil_sgb2_an_mindestsicherung"}
INSGESAMT = {"anteil_sgb2_an_mindestsicherung", "mindestsicherungsquote_regionalstatistik"}
NACHBARN = {"hilfe_zum_lebensunterhalt_je_1000", "grundsicherung_18plus_je_100", "asylbewerberleistungen_je_1000"}


@pytest.mark.parametrize(
    ("bruch", "trifft"),
    [
        ("sgb2_revision2016", MIT_ART | INSGESAMT),
        ("sgb2_ukraine2022", MIT_ART | {"asylbewerberleistungen_je_1000"}),
        ("buergergeld2023", MIT_ART | INSGESAMT),
    ],
)
def test_ein_wechsel_zwischen_leistungen_trifft_nur_diese(
    beispiel_freigabe: Szene, bruch: str, trifft: set[str]
) -> None:
    datei = beispiel_freigabe.daten / "freigaben" / "aktuell" / "sozialraum.duckdb"
    with duckdb.connect(str(datei), read_only=True) as con:
        lagen = bruchlagen(con)
    gefunden = {i for (i, _, _), je in lagen.items() if bruch in je}
    assert gefunden & (MIT_ART | INSGESAMT | NACHBARN) == trifft
