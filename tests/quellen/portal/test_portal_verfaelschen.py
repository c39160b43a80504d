"""Contents changed on purpose: each kind changes what it says, and nothing else."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from portal_archiv import ALTER, ANZAHLEN, FFCSV, INDEX, SCHULEN, TABELLE, geojson, zip_aus

from quellen.modell import KATALOG, lade_quelle
from quellen.portal.gitter import zellen
from quellen.portal.packen import HUELLEN, XML_ARTEN
from quellen.portal.verfaelschen import INHALT, entpackt, verfaelsche

PFAD_ALTER = "/opendata-duisburg.de/sites/default/files/Einwohner%20Ortsteile%20Alter%2031.12.2024_0.csv"
TABLEFILE = "/www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
KONTO = {"username": "beispiel", "password": "beispiel"}


TEIL = lade_quelle(KATALOG / "einwohner_ortsteil.yaml").teile["alter"]


@pytest.fixture
def teile(katalog):
    return {f"{q.id}/{name}": teil for q in katalog.values() for name, teil in q.teile.items()}


def unterschiede(alt: bytes, neu: bytes) -> list[tuple[bytes, bytes]]:
    """Lines that differ; both must have equally many."""
    paare = list(zip(alt.split(b"\n"), neu.split(b"\n"), strict=True))
    return [(a, b) for a, b in paare if a != b]


@given(st.lists(st.text(st.sampled_from('ab;"\r ä')), min_size=1).map(";".join))
def test_zellen_geben_zusammen_die_zeile(zeile):
    assert ";".join(zellen(zeile, ";")) == zeile


@given(st.lists(st.text(st.sampled_from('ab;"ä')), min_size=1))
def test_gequotete_zellen_werden_erkannt(werte):
    gequotet = ['"' + wert.replace('"', '""') + '"' for wert in werte]
    assert zellen(";".join(gequotet), ";") == gequotet


def test_spalte_umbenannt(teile):
    [(alt, neu)] = unterschiede(ALTER, verfaelsche("spalte-umbenannt", ALTER, teile["einwohner_ortsteil/alter"]))
    assert neu == alt.replace(b"Stichtag;", b"Stichtag_neu;")
    [(alt, neu)] = unterschiede(SCHULEN, verfaelsche("spalte-umbenannt", SCHULEN, teile["schulen/verzeichnis"]))
    assert neu == alt.replace(b"Schulnummer;", b"Schulnummer_neu;")
    neu = verfaelsche("spalte-umbenannt", ANZAHLEN, teile["schuelerzahlen/anzahlen"])
    assert neu == ANZAHLEN.replace(b'"Schulnummer"', b'"Schulnummer_neu"')


def test_spalte_umbenannt_im_zip(teile):
    neu = verfaelsche("spalte-umbenannt", TABELLE, teile["bevoelkerung_kreis/tabelle"])
    name, inneres = entpackt(neu)
    assert name == entpackt(TABELLE)[0]
    [(alt, geaendert)] = unterschiede(FFCSV, inneres)
    assert geaendert == alt.replace(b";time;", b";time_neu;")


def test_spalte_neu_steht_mitten_im_kopf(teile):
    neu = verfaelsche("spalte-neu", SCHULEN, teile["schulen/verzeichnis"]).decode().split("\n")
    assert neu[0] == "\ufeffsep=;"
    assert neu[1].startswith("Schulnummer;Bemerkung;Schulform;")
    assert neu[2].startswith('"101254";"neu";"02";"Duisburg, KG ""Henrietten;str.""";')
    assert neu[-1] == ""
    ffcsv = verfaelsche("spalte-neu", FFCSV, teile["bevoelkerung_kreis/tabelle"]).decode()
    assert ffcsv.startswith("\ufeffstatistics_code;Bemerkung;statistics_label;")


def test_gebiet_unbekannt_ersetzt_genau_einen_schluessel(teile):
    [(alt, neu)] = unterschiede(ALTER, verfaelsche("gebiet-unbekannt", ALTER, teile["einwohner_ortsteil/alter"]))
    assert neu == alt.replace(b";202;", b";999;")
    [(alt, neu)] = unterschiede(INDEX, verfaelsche("gebiet-unbekannt", INDEX, teile["schulsozialindex/stufen"]))
    assert neu == alt.replace(b"101254;", b"999;")


def test_gebiet_unbekannt_trifft_einen_kreis_und_keine_andere_ebene(teile):
    [(alt, neu)] = unterschiede(FFCSV, verfaelsche("gebiet-unbekannt", FFCSV, teile["bevoelkerung_kreis/tabelle"]))
    assert neu == alt.replace(b";05112;", b";05999;")


def test_gebiet_unbekannt_verletzt_auch_ein_weites_muster(teile):
    traeger = b'sep=;\nTraegernummer;Kurzbezeichnung\n"10054";"Stadt Duisburg"\n'
    neu = verfaelsche("gebiet-unbekannt", traeger, teile["schulen_schluessel/traeger"])
    assert neu == traeger.replace(b'"10054"', b'"???"')


def test_zeichen_unbekannt_in_einer_liste_trifft_ein_zahlenfeld(teile):
    lage = b"sep=;\nSchulnummer;UTMRechtswert;UTMHochwert\n101254;null;5708050\n101266;344038;5708051\n"
    neu = verfaelsche("zeichen-unbekannt", lage, teile["schulen/verzeichnis"])
    assert neu == lage.replace(b"344038", "§".encode())


def test_zeichen_unbekannt_ersetzt_genau_eine_zahl(teile):
    [(alt, neu)] = unterschiede(ALTER, verfaelsche("zeichen-unbekannt", ALTER, teile["einwohner_ortsteil/alter"]))
    assert neu == alt.replace(b";101;", ";§;".encode())
    neu = verfaelsche("zeichen-unbekannt", ANZAHLEN, teile["schuelerzahlen/anzahlen"])
    assert neu == ANZAHLEN.replace(b'"211"', '"§"'.encode())
    [(alt, neu)] = unterschiede(FFCSV, verfaelsche("zeichen-unbekannt", FFCSV, teile["bevoelkerung_kreis/tabelle"]))
    assert neu == alt.replace(b";5202270;", ";§;".encode())


def test_zeichen_unbekannt_in_cp850_bleibt_cp850(teile):
    neu = verfaelsche("zeichen-unbekannt", INDEX, teile["schulsozialindex/stufen"])
    assert neu.decode("cp850") == INDEX.decode("cp850").replace(";9\r\n", ";§\r\n")


def test_zeilen_vertauscht_gleicher_inhalt_anderes_zip(teile):
    neu = verfaelsche("zeilen-vertauscht", TABELLE, teile["bevoelkerung_kreis/tabelle"])
    name, inneres = entpackt(neu)
    assert neu != TABELLE
    assert name == "12411-03-03-4_1773262172751_de_flat.csv"
    assert inneres != FFCSV
    assert inneres.split(b"\n")[0] == FFCSV.split(b"\n")[0]
    assert sorted(inneres.split(b"\n")) == sorted(FFCSV.split(b"\n"))
    ohne_zahl = zip_aus("tabelle.csv", FFCSV)
    assert (
        entpackt(verfaelsche("zeilen-vertauscht", ohne_zahl, teile["bevoelkerung_kreis/tabelle"]))[0]
        == "neu_tabelle.csv"
    )


def test_kodierung_geaendert(teile):
    teil = teile["einwohner_ortsteil/alter"]
    assert verfaelsche("kodierung-geaendert", ALTER, teil) == ALTER.decode().encode("cp1252")
    ohne_bom = SCHULEN.decode("utf-8-sig").encode("cp1252")
    assert verfaelsche("kodierung-geaendert", SCHULEN, teile["schulen/verzeichnis"]) == ohne_bom
    index = verfaelsche("kodierung-geaendert", INDEX, teile["schulsozialindex/stufen"])
    assert index == INDEX.decode("cp850").encode()
    nur_ascii = verfaelsche("kodierung-geaendert", ANZAHLEN, teile["schuelerzahlen/anzahlen"])
    assert nur_ascii == ANZAHLEN.decode().encode("utf-16")


def test_geojson(teile):
    teil = teile["gebiete/ortsteile"]
    seite = geojson([{"OTNR": "202", "OTNAME": "Marxloh"}, {"OTNR": "508", "OTNAME": "Hochfeld"}], 1, mehr=False)

    def saetze(art):
        return [s["properties"] for s in json.loads(verfaelsche(art, seite, teil))["features"]]

    assert [s["OTNR"] for s in saetze("gebiet-unbekannt")] == ["999", "508"]
    assert [s["OTNR_neu"] for s in saetze("spalte-umbenannt")] == ["202", "508"]
    assert [s["BEMERKUNG"] for s in saetze("spalte-neu")] == ["neu", "neu"]
    assert verfaelsche("zeichen-unbekannt", seite, teil) == seite


IMMER = {"spalte-neu", "spalten-vertauscht", "zeilen-doppelt", "kopfzeile-neu", "bom-neu", *HUELLEN}
"""Kinds that any text with a line in it can be changed by."""


@pytest.mark.parametrize("art", [art for art in INHALT if art != "kodierung-geaendert"])
@pytest.mark.parametrize(
    "daten", [b"", b"\n", b"sep=;", b"<xml/>", b"{kaputt", b"Tabelle: 1;;\n1;2;3\n", b"\xff\xfe;\n"]
)
def test_unpassendes_bleibt_wie_es_ist(teile, art, daten):
    neu = verfaelsche(art, daten, teile["einwohner_ortsteil/alter"])
    assert neu == daten or art in IMMER
    assert verfaelsche(art, daten, teile["einwohner_ortsteil/alter"]) == neu


@given(daten=st.binary(max_size=200), art=st.sampled_from(INHALT))
def test_beliebige_bytes_werfen_nichts(daten, art):
    for anfang in (b"", b"PK\x03\x04", b"{", b"<a>", ALTER[:200]):
        assert isinstance(verfaelsche(art, anfang + daten, TEIL), bytes)


NICHT_HIER = {
    "zeilen-vertauscht",
    "dezimal-vertauscht",
    "zeilen-weniger",
    "jahr-fehlt",
    "summenzeile-fehlt",
    *XML_ARTEN,
}


@pytest.mark.parametrize("art", [a for a in INHALT if a not in NICHT_HIER])
def test_ueber_das_netz_mit_neuem_etag_und_heilung(oeffne, art):
    portal = oeffne(f"{art}:default/files@1")
    bekannt = {"If-None-Match": '"6f-abc"'}
    gestoert = requests.get(portal.url + PFAD_ALTER, headers=bekannt)
    assert (gestoert.status_code, gestoert.content == ALTER) == (200, False)
    assert gestoert.headers["ETag"] != '"6f-abc"'
    assert gestoert.headers["Last-Modified"] == "Sat, 04 Jan 2025 10:00:00 GMT"
    assert requests.get(portal.url + PFAD_ALTER, headers=bekannt).status_code == 304


def test_unanwendbare_stoerung_wird_nicht_verbraucht(oeffne):
    portal = oeffne("zeilen-vertauscht@1")
    assert requests.get(portal.url + PFAD_ALTER).content == ALTER
    form = {"name": "12411-03-03-4", "format": "ffcsv", "startyear": "2022"}
    geholt = [requests.post(portal.url + TABLEFILE, data=form, headers=KONTO).content for _ in range(2)]
    assert geholt[0] != TABELLE
    assert geholt[1] == TABELLE
    assert sorted(entpackt(geholt[0])[1].split(b"\n")) == sorted(FFCSV.split(b"\n"))
