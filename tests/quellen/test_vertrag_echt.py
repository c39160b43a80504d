"""The contract against real files of the publishers, and the promise that line and column lead to the cell."""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from quellen.lesen import lesen
from quellen.lesen.huelle import entpacken
from quellen.modell import Format, lade_katalog
from quellen.vertrag import lies_und_pruefe

WURZEL = Path(__file__).resolve().parents[2]
DATEN = (WURZEL / os.environ.get("SOZIALRAUM_ECHTDATEN", "../shared/daten")).resolve()
pytestmark = pytest.mark.skipif(
    not DATEN.is_dir(), reason="echte Dateien der Herausgeber fehlen (SOZIALRAUM_ECHTDATEN)"
)

KATALOG = lade_katalog()
TABELLE = "genesis/datencsv/1_result_12411-03-03-4_898994964.csv"


def lies(quelle, teil, datei, **verzeichnisse):
    return lies_und_pruefe((DATEN / datei).read_bytes(), KATALOG[quelle], teil, Path(datei).name, verzeichnisse)


@pytest.fixture(scope="module")
def kreise():
    schluessel = {z.split(";")[1] for z in (DATEN / TABELLE).read_text().splitlines() if z.startswith("2024-12-31;")}
    return frozenset(s for s in schluessel if not re.fullmatch(r"\d{3}|\d{8}", s))


def zelle(zeilen, zeile, spalte):
    """The cell at a place, found without the reader under test."""
    return next(csv.reader([zeilen[zeile - 1]], delimiter=";"))[spalte - 1]


def test_bevoelkerung_kreis(kreise):
    satz = lies("bevoelkerung_kreis", "tabelle", TABELLE, kreis=kreise)
    assert (satz.zeilen, len(satz.daten)) == (11_836, 106_524)
    duisburg = satz.daten[
        (satz.daten["region"] == "05112") & (satz.daten["alter"] == "Total") & (satz.daten["geschlecht"] == "Total")
    ]
    assert dict(zip(duisburg["staatsangehoerigkeit"], duisburg["originaltext"], strict=True)) == {
        "Total": "502270", "Deutsche": "383313", "Ausländer/-innen": "118957",
    }  # fmt: skip
    nicht_geliefert = set(satz.daten.loc[satz.daten["total_fehlt"], "region"])
    assert {"05354", "03152"} <= nicht_geliefert
    assert "05112" not in nicht_geliefert
    text = (DATEN / TABELLE).read_text().splitlines()
    probe = satz.daten.iloc[::997]
    assert [zelle(text, z, s) for z, s in zip(probe["zeile"], probe["spalte"], strict=True)] == probe[
        "originaltext"
    ].tolist()
    assert [zelle(text, z, 4) for z in probe["zeile"]] == probe["alter"].tolist()


def test_json_antwort_gibt_dieselbe_tabelle(kreise):
    aus_json = lies("bevoelkerung_kreis", "tabelle", TABELLE.replace(".csv", ".json"), kreis=kreise)
    assert aus_json.daten.equals(lies("bevoelkerung_kreis", "tabelle", TABELLE, kreis=kreise).daten)


def test_schulverzeichnis():
    satz = lies("schulen", "verzeichnis", "msb_nrw/schuldaten_2021-09-08.csv")
    assert satz.zeilen == len(satz.daten) == 5507
    duisburg = satz.daten[satz.daten["gemeindeschluessel"] == "05112000"]
    assert len(duisburg) == 136
    assert Counter(duisburg["schulform"])["02"] == 76
    text = (DATEN / "msb_nrw/schuldaten_2021-09-08.csv").read_text(encoding="utf-8").splitlines()
    probe = satz.daten.iloc[::101]
    assert [zelle(text, z, s) for z, s in zip(probe["zeile"], probe["spalte"], strict=True)] == probe[
        "schulnummer"
    ].tolist()


@pytest.mark.parametrize(
    ("teil", "datei", "zeilen"),
    [
        ("schulform", "key_schulformschluessel.xml", 18),
        ("rechtsform", "key_rechtsform.xml", 2),
        ("schulbetrieb", "key_schulbetriebsschluessel.xml", 8),
        ("traeger", "key_traeger.xml", 775),
    ],
)
def test_schluesselverzeichnisse(teil, datei, zeilen):
    satz = lies("schulen_schluessel", teil, f"msb_nrw/xml_2016/{datei}")
    assert len(satz.daten) == zeilen
    text = (DATEN / f"msb_nrw/xml_2016/{datei}").read_text(encoding="utf-8").splitlines()
    element = KATALOG["schulen_schluessel"].teile[teil].formate[1].element
    assert all(f"<{element}>" in text[z - 1] for z in satz.daten["zeile"])


@pytest.mark.parametrize(
    ("name", "zeilen"), [("12411-01-01-4_0.zip", 1467), ("13111-01-03-4_0.zip", 3300), ("1000A-0000_0.zip", 10_787)]
)
def test_ffcsv_zip(name, zeilen):
    daten, innen = entpacken((DATEN / "genesis/responses" / name).read_bytes(), name, 100_000_000)
    tabelle = lesen(daten, Format(art="ffcsv", kodierung="utf-8-sig", orte={}), datei=innen)
    assert len(tabelle.daten) == zeilen
    assert innen.endswith("_de_flat.csv")
    text = daten.decode("utf-8-sig").splitlines()
    for _, satz in tabelle.daten.iloc[:: zeilen // 40].iterrows():
        assert [zelle(text, satz["zeile"], i) for i in range(1, len(tabelle.spalten) + 1)] == satz.iloc[1:].tolist()


def test_klassisches_csv_in_latin1():
    daten = (DATEN / "genesis/klassisch_csv/12411-0017_klassisch.csv").read_bytes()
    tabelle = lesen(daten, Format(art="datencsv", kodierung="iso-8859-1", orte={}), datei="k.csv")
    assert tabelle.spalten[:4] == ("1", "2", "3", "Altersgruppen|unter 3 Jahre")
    duisburg = tabelle.daten[tabelle.daten["2"] == "05112"].iloc[0]
    assert duisburg["3"] == "Duisburg, kreisfreie Stadt"
    assert zelle(daten.decode("latin-1").splitlines(), duisburg["zeile"], 4) == duisburg["Altersgruppen|unter 3 Jahre"]
