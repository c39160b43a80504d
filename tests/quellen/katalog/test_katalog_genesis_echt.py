"""GENESIS declarations against real answers of the databases; every number is counted a second time with csv alone."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from tabellenhilfe import (
    FAMILIE,
    KATALOG,
    KREISE,
    ausgepackt,
    bedeutung,
    beispiele,
    flach,
    gefuehrt,
    pruefe,
    wie_kreistabelle,
)

GESCHLECHT = {
    "feld": {"typ": "auspraegung", "werte": {"GESM": "maennlich", "GESW": "weiblich", "": "insgesamt"}},
    "ort": {"variable": ["GES"]},
}


@pytest.fixture(scope="module")
def genesis(echtdaten: Path) -> Path:
    return echtdaten / "genesis"


def zahlen(texte) -> int:
    return sum(int(t) for t in texte if t.isdigit())


def test_zensus_fuehrt_nur_kreisfreie_staedte_und_den_bund(genesis: Path) -> None:
    daten = (genesis / "responses" / "1000A-0000_0.zip").read_bytes()
    zeilen = flach(daten)
    satz = pruefe(daten, "zensus_bevoelkerung", "gemeinden")
    assert satz.zeilen == len(satz.daten) == len(zeilen) == 10_787
    erwartet = {
        z["1_variable_attribute_code"][:5]: int(z["value"])
        for z in zeilen
        if re.fullmatch(r"\d{5}0000000", z["1_variable_attribute_code"])
    }
    erwartet = {k: w for k, w in erwartet.items() if k in KREISE} | {"DG": 82_719_540}
    da = gefuehrt(satz)
    assert dict(zip(da["gebiet"], da["originaltext"].astype(int), strict=True)) == erwartet
    assert erwartet["05112"] == 501_415
    assert "05334" not in erwartet  # the city of Aachen is not its Städteregion
    assert set(bedeutung(satz, "groesse").values()) == {"bevoelkerung_zensus"}
    assert set(satz.daten["groesse"]) == {"PRS001|Anzahl", "PRS018|Anzahl"}


def test_destatis_klassische_csv(genesis: Path) -> None:
    daten = (genesis / "klassisch_csv" / "12411-0017_klassisch.csv").read_bytes()
    zeilen = [z.split(";") for z in daten.decode("iso-8859-1").splitlines() if z.startswith("31.12.2019;")]
    satz = pruefe(daten, "bevoelkerung_altersgruppen_destatis", "altersgruppen")
    assert (satz.format_art, satz.zeilen, len(satz.daten)) == ("genesis-csv", len(zeilen), 18 * len(zeilen))
    duisburg = satz.daten[satz.daten["region"] == "05112"]
    (soll,) = [z[3:] for z in zeilen if z[1] == "05112"]
    assert duisburg["originaltext"].tolist() == soll
    assert bedeutung(satz, "stichtag") == {"31.12.2019": "2019-12-31"}
    nicht_geliefert = {z[1] for z in zeilen if z[-1] == "-"}
    assert set(satz.daten.loc[satz.daten["total_fehlt"], "region"]) == nicht_geliefert
    assert {"05313", "05354"} <= nicht_geliefert


def test_zwei_aachen_zaehlen_nicht_doppelt(genesis: Path) -> None:
    daten = (genesis / "responses" / "12411-01-01-4_0.zip").read_bytes()
    quelle = wie_kreistabelle(
        "12411-01-01-4", {"geschlecht": GESCHLECHT}, summe={"felder": ["geschlecht"], "additiv": True}
    )
    satz = pruefe(daten, quelle, "tabelle")
    zeilen = flach(daten)
    assert satz.zeilen == len(satz.daten) == len(zeilen) == 1467
    summen = {z["1_variable_attribute_code"]: z["value"] for z in zeilen if z["2_variable_attribute_code"] == ""}
    nrw = {k: w for k, w in summen.items() if k.startswith("05")}
    ohne = zahlen(w for k, w in nrw.items() if len(k) == 5)
    da = gefuehrt(satz)
    da = da[da["gebiet"].str.startswith("05") & (da["geschlecht"] == "")]
    assert zahlen(da["originaltext"]) == ohne
    assert zahlen(nrw.values()) - ohne == int(nrw["05334002"]) == 262_670
    grund = bedeutung(satz, "region")["05334002"]
    assert grund.startswith("nicht_gefuehrt:Teil eines Kreises")
    nicht_geliefert = {k for k, w in summen.items() if w == "-"}
    assert set(satz.daten.loc[satz.daten["total_fehlt"], "region"]) == nicht_geliefert
    assert len(nicht_geliefert) == 74


def test_noch_nicht_geliefertes_ist_nicht_null(genesis: Path) -> None:
    daten = (genesis / "responses" / "13111-01-03-4_0.zip").read_bytes()
    nationalitaet = {
        "feld": {"typ": "auspraegung", "werte": {"NATA": "nichtdeutsch", "NATD": "deutsch", "": "insgesamt"}},
        "ort": {"variable": ["NAT"]},
    }
    achsen = {"staatsangehoerigkeit": nationalitaet, "geschlecht": GESCHLECHT}
    summe = {"felder": ["geschlecht", "staatsangehoerigkeit"], "additiv": False}
    satz = pruefe(daten, wie_kreistabelle("13111-01-03-4", achsen, summe=summe), "tabelle")
    zeilen = flach(daten)
    assert satz.zeilen == len(zeilen) == 3300
    striche = Counter(z["1_variable_code"] for z in zeilen if z["value"] == "-")
    assert striche["KREISE"] > 2800
    als_null = satz.daten[(satz.daten["originaltext"] == "-") & ~satz.daten["total_fehlt"]]
    assert als_null.empty
    duisburg = satz.daten[satz.daten["region"] == "05112"]
    assert len(duisburg) == 6
    assert duisburg["total_fehlt"].all()
    land = satz.daten[(satz.daten["region"] == "05") & (satz.daten["geschlecht"] == "")]
    assert not land["total_fehlt"].any()
    assert "7350231" in land["originaltext"].tolist()


def test_gemeindezahl_mit_geheimen_faechern(genesis: Path) -> None:
    """Table 11111-02-01-4: no axis but the region, ``.`` for parts of a Kreis, ``-`` for what is gone."""
    daten = (genesis / "responses" / "11111-02-01-4_0.zip").read_bytes()
    satz = pruefe(daten, wie_kreistabelle("11111-02-01-4", {}, summe={"felder": [], "additiv": False}), "tabelle")
    zeilen = flach(daten)
    assert satz.zeilen == len(zeilen) == 489
    assert satz.daten["total_fehlt"].sum() == sum(z["value"] == "-" for z in zeilen) == 76
    assert (satz.daten["originaltext"] == ".").sum() == 15
    assert (gefuehrt(satz)["originaltext"] == ".").sum() == 0


def test_studierende_mit_semester_und_anderem_insgesamt(genesis: Path) -> None:
    daten = (genesis / "responses" / "21311-01-01-4-B_0.zip").read_bytes()
    zeilen = flach(daten)
    geschlecht = {"GESM": "maennlich", "GESW": "weiblich", "INSGESAMT": "insgesamt"}
    nationalitaet = {"NATA": "nichtdeutsch", "NATD": "deutsch", "INSGESAMT": "insgesamt"}
    faecher = {z["4_variable_attribute_code"] for z in zeilen}
    werte = {f: "insgesamt" if f == "INSGESAMT" else f.lower().replace("-", "_") for f in faecher}
    achsen = {
        "geschlecht": {"feld": {"typ": "auspraegung", "werte": geschlecht}, "ort": {"variable": ["GESINS"]}},
        "staatsangehoerigkeit": {
            "feld": {"typ": "auspraegung", "werte": nationalitaet},
            "ort": {"variable": ["NAT01"]},
        },
        "art": {"feld": {"typ": "auspraegung", "werte": werte}, "ort": {"variable": ["HS-FG2"]}},
    }
    summe = {"felder": list(achsen), "additiv": False}
    satz = pruefe(daten, wie_kreistabelle("21311-01-01-4-B", achsen, summe=summe), "tabelle")
    assert satz.zeilen == len(satz.daten) == len(zeilen)
    assert bedeutung(satz, "stichtag")["2023-10P6M"] == "2024-03-31"
    assert (satz.daten["originaltext"] == ".").sum() == sum(z["value"] == "." for z in zeilen)
    summen = {
        z["1_variable_attribute_code"]: z["value"]
        for z in zeilen
        if all(z[f"{n}_variable_attribute_code"] == "INSGESAMT" for n in (2, 3, 4)) and z["time"] == "2023-10P6M"
    }
    fehlt = satz.daten[satz.daten["total_fehlt"] & (satz.daten["stichtag"] == "2023-10P6M")]
    assert set(fehlt["region"]) == {k for k, w in summen.items() if w == "-"}
    da = gefuehrt(satz)
    assert set(da["gebiet"]) == {k for k in {z["1_variable_attribute_code"] for z in zeilen} if k in KREISE}


def test_erste_jahre_stimmen_mit_dem_tabellenverzeichnis(genesis: Path) -> None:
    text = (genesis / "kataloge" / "regioDB_tables.csv").read_text(encoding="utf-8-sig")
    beginn = {z["Code"]: int(re.search(r"\d{4}", z["Time"])[0]) for z in csv.DictReader(text.splitlines(True))}
    verglichen = 0
    for quelle, teile in FAMILIE.items():
        for teil in teile:
            code = KATALOG[quelle].teile[teil].zugang.get("tabelle")
            if code in beginn:
                assert KATALOG[quelle].teile[teil].jahrgaenge.ab == beginn[code], code
                verglichen += 1
    assert verglichen == 8


def test_kein_beispiel_ist_eine_kopie_einer_echten_antwort(genesis: Path) -> None:
    """The example is modelled: only single published figures may be the same."""
    echt = {ausgepackt(p.read_bytes()) for p in (genesis / "responses").glob("*.zip")}
    assert not echt & {b for quelle, teile in FAMILIE.items() for teil in teile for b in beispiele(quelle, teil)}
