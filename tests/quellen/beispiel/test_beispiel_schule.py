"""The ministry's files: form, published counts, and that every school stands where it should."""

import json
from collections import Counter

import pytest
from pyproj import Transformer
from shapely.geometry import Point, shape

from quellen.beispiel.gebiete import ortsteile
from quellen.beispiel.schule import DUISBURG, duisburg

_FORMEN = {"02": 76, "15": 14, "08": 12, "20": 12, "30": 10, "10": 4, "04": 2, "14": 2, "25": 1, "83": 1, "17": 1}


@pytest.fixture(scope="module")
def hier(schulen) -> list[dict[str, str]]:
    return [z for z in schulen if z["Gemeindeschluessel"] == DUISBURG]


@pytest.fixture(scope="module")
def aktiv(hier) -> list[dict[str, str]]:
    return [z for z in hier if z["Schulbetriebsschluessel"] == "1" and z["Schulform"] != "0A"]


@pytest.fixture(scope="module")
def stufen(leser) -> dict[str, str]:
    zeilen = leser.zeilen("schulsozialindex", "stufen", "cp850")
    return {z["Schulnummer"]: z["Sozialindexstufe"] for z in zeilen}


@pytest.fixture(scope="module")
def anzahlen(leser) -> dict[str, int]:
    zeilen = leser.zeilen("schuelerzahlen", "anzahlen", "utf-8-sig")
    return {z["Schulnummer"]: int(z["Anzahl"]) for z in zeilen}


def test_kopf_des_verzeichnisses(leser) -> None:
    (daten,) = leser.bytes("schulen", "verzeichnis")
    assert daten.startswith(b"\xef\xbb\xbfsep=;\n")
    _, kopf, erste, *_ = daten.decode("utf-8-sig").split("\n")
    assert kopf == (
        "Schulnummer;Schulform;Schulbezeichnung_1;Schulbezeichnung_2;Schulbezeichnung_3;Kurzbezeichnung;"
        "Bezirksregierung;PLZ;Ort;Strasse;Telefonvorwahl;Telefon;Faxvorwahl;Fax;E-Mail;Homepage;Rechtsform;"
        "Traegernummer;Gemeindeschluessel;Schulbetriebsschluessel;Schulbetriebsdatum;EPSG;UTMRechtswert;UTMHochwert;"
    )
    assert erste.startswith('"')
    assert erste.endswith('"')
    assert erste.count('";"') == 23


def test_bestand_in_duisburg(hier, aktiv) -> None:
    assert len(hier) == 141
    assert len(aktiv) == 135
    assert Counter(z["Schulform"] for z in aktiv) == _FORMEN
    assert [z["Schulform"] for z in hier if z["Schulform"] == "0A"] == ["0A"]
    assert Counter(z["Schulbetriebsschluessel"] for z in hier) == {"1": 136, "2": 2, "9": 3}
    assert sum(z["Traegernummer"] == "10054" for z in aktiv) == 129
    assert Counter(z["Rechtsform"] for z in aktiv) == {"1": 131, "2": 4}


def test_schulen_anderswo(schulen, hier) -> None:
    andere = [z for z in schulen if z not in hier]
    assert 140 <= len(andere) <= 170
    assert len({z["Gemeindeschluessel"] for z in andere}) >= 12
    assert {z["Bezirksregierung"] for z in schulen} == {"1", "3", "5", "7", "9"}


def test_nummern_eindeutig_namen_nicht(schulen, hier) -> None:
    nummern = [z["Schulnummer"] for z in schulen]
    assert len(set(nummern)) == len(nummern)
    assert all(len(n) == 6 and n.isdigit() and n >= "690000" for n in nummern)
    haeufig = Counter(z["Schulbezeichnung_1"] for z in hier)
    assert haeufig["Städt. Gem. Grundschule"] > 30
    assert len({z["Kurzbezeichnung"] for z in schulen}) == len(schulen)
    assert all("Beispiel" in z["Kurzbezeichnung"] for z in schulen if z["Schulform"] != "0A")


def test_eigenheiten_der_lageangaben(hier) -> None:
    assert Counter(z["EPSG"] for z in hier) == {"EPSG:25832": 140, "null": 1}
    assert [z["UTMHochwert"] for z in hier if z["UTMRechtswert"] == "0"] == ["0"]
    orte = Counter((z["UTMRechtswert"], z["UTMHochwert"]) for z in hier)
    assert sorted(orte.values())[-2:] == [1, 2]  # once two schools share an address


def test_jede_schule_liegt_in_ihrem_ortsteil(hier, leser) -> None:
    nach_wgs84 = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)
    soll = {s.nummer: s.ortsteil for s in duisburg()}
    (daten,) = leser.bytes("gebiete", "stadtbezirke")
    bezirke = {f["properties"]["STBNR"][-1]: shape(f["geometry"]) for f in json.loads(daten)["features"]}
    geprueft = 0
    for z in hier:
        if z["UTMRechtswert"] == "0":
            continue
        punkt = Point(nach_wgs84.transform(int(z["UTMRechtswert"]), int(z["UTMHochwert"])))
        assert [k for k, u in ortsteile().items() if u.contains(punkt)] == [soll[z["Schulnummer"]]]
        assert [k for k, u in bezirke.items() if u.contains(punkt)] == [soll[z["Schulnummer"]][0]]
        assert soll[z["Schulnummer"]] in ortsteile()
        geprueft += 1
    assert geprueft == 140


def test_schulen_anderswo_liegen_nicht_in_duisburg(schulen) -> None:
    nach_wgs84 = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)
    for z in schulen:
        if z["Gemeindeschluessel"] != DUISBURG:
            punkt = Point(nach_wgs84.transform(int(z["UTMRechtswert"]), int(z["UTMHochwert"])))
            assert not any(u.contains(punkt) for u in ortsteile().values()), z["Kurzbezeichnung"]


def test_schuelerzahlen(leser, aktiv, anzahlen, schulen) -> None:
    text = leser.text("schuelerzahlen", "anzahlen", "utf-8-sig")
    assert text.startswith('sep=;\n"Schulnummer";"Anzahl"\n"')
    assert sum(anzahlen[z["Schulnummer"]] for z in aktiv) == 71852
    assert set(anzahlen) <= {z["Schulnummer"] for z in schulen}
    nicht_aktiv = {z["Schulnummer"] for z in schulen if z["Schulbetriebsschluessel"] != "1" or z["Schulform"] == "0A"}
    assert not nicht_aktiv & set(anzahlen)
    assert min(anzahlen.values()) > 40


def test_sozialindex_verteilung(aktiv, stufen) -> None:
    je_stufe = Counter(stufen.get(z["Schulnummer"], "fehlt") for z in aktiv)
    assert {s: je_stufe[s] for s in "123456789"} == dict(
        zip("123456789", (6, 10, 10, 10, 20, 13, 9, 10, 19), strict=True)
    )
    assert je_stufe["ohne"] + je_stufe["fehlt"] == 28
    assert je_stufe["ohne"] == 3


def test_sozialindex_kodierung_und_kopf(leser) -> None:
    (daten,) = leser.bytes("schulsozialindex", "stufen")
    kopf = b"Schulnummer;Kurzbezeichnung;Bezirksregierung;Kreis;Gemeinde;Sozialindexstufe\r\n"
    assert daten.startswith(kopf)
    assert "Großenbaum".encode("cp850") in daten
    assert b"M\x81lheim" in daten  # the mark by which the real file shows its encoding
    with pytest.raises(UnicodeDecodeError):
        daten.decode("utf-8")


def test_hohe_stufen_im_norden(stufen) -> None:
    def mittel(bezirk: str) -> float:
        werte = [int(stufen[s.nummer]) for s in duisburg() if s.stufe and s.ortsteil[0] == bezirk]
        return sum(werte) / len(werte)

    assert mittel("2") > mittel("6") + 1.5
    assert mittel("3") > mittel("7") + 1.5


@pytest.mark.parametrize(
    ("teil", "kopf", "anzahl"),
    [
        ("schulform", "Schluessel;Schulform;", 18),
        ("rechtsform", "Schluessel;Rechtsform;", 2),
        ("schulbetrieb", "Schluessel;Schulbetrieb;", 8),
        ("bezirksregierung", "Schlüssel;Bezirksregierung;", 5),
        (
            "traeger",
            "Traegernummer;Traegerbezeichnung_1;Traegerbezeichnung_2;Traegerbezeichnung_3;Kurzbezeichnung;",
            18,
        ),
    ],
)
def test_schluesseldateien(leser, teil: str, kopf: str, anzahl: int) -> None:
    zeilen = leser.text("schulen_schluessel", teil, "utf-8-sig").splitlines()
    assert zeilen[0] == "sep=;"
    assert zeilen[1].startswith(kopf)
    assert len(zeilen) == 2 + anzahl
    assert all(z.startswith('"') and z.endswith('"') for z in zeilen[2:])


@pytest.mark.parametrize(
    ("teil", "schluessel", "spalte"),
    [
        ("schulform", "Schluessel", "Schulform"),
        ("rechtsform", "Schluessel", "Rechtsform"),
        ("schulbetrieb", "Schluessel", "Schulbetriebsschluessel"),
        ("bezirksregierung", "Schlüssel", "Bezirksregierung"),
        ("traeger", "Traegernummer", "Traegernummer"),
    ],
)
def test_jeder_benutzte_schluessel_ist_erklaert(leser, schulen, teil: str, schluessel: str, spalte: str) -> None:
    erklaert = {z[schluessel] for z in leser.zeilen("schulen_schluessel", teil, "utf-8-sig")}
    benutzt = {
        z[spalte] for z in schulen if z["Schulform"] != "0A"
    }  # the authority's keys are not in the real files either
    assert benutzt <= erklaert
