"""Wrappings that harm: ZIP bombs, names with ``../``, several files, XML with entities, a line above, a mark before."""

from __future__ import annotations

import io
import zipfile

import pytest
import requests
from portal_archiv import ALTER, ANZAHLEN, FFCSV, INDEX, SCHULEN, TABELLE

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.lesen.huelle import entpacken
from quellen.modell import Format
from quellen.portal.packen import BOMBE_BYTES, entpackt, gepackt, neu_gehuellt, xml_mit_entitaet
from quellen.portal.verfaelschen import NEUE_KOPFZEILE, verfaelsche

XML = (
    '\ufeff<?xml version="1.0"?>\n<!DOCTYPE Formen>\n<Formen a="1"><Form><Schluessel>02</Schluessel></Form></Formen>\n'
)
SCHLUESSEL = Format(art="xml", kodierung="utf-8-sig", element="Form", orte={"s": {"spalte": "Schluessel"}})
PFAD_ANZAHLEN = "/www.schulministerium.nrw.de/BiPo/OpenData/SchuelerGesamtZahl/anzahlen.csv"


@pytest.fixture
def teile(katalog):
    return {f"{q.id}/{name}": teil for q in katalog.values() for name, teil in q.teile.items()}


@pytest.mark.parametrize(("daten", "inneres"), [(ANZAHLEN, ANZAHLEN), (TABELLE, FFCSV)])
def test_zip_mit_pfad_im_namen_und_mit_zwei_dateien(daten, inneres):
    with zipfile.ZipFile(io.BytesIO(neu_gehuellt("zip-pfade", daten))) as archiv:
        [name] = archiv.namelist()
        assert name.startswith("../../")
        assert archiv.read(name) == inneres
    assert entpacken(neu_gehuellt("zip-pfade", daten), "", 10**9) == (inneres, name.removeprefix("../../"))
    with zipfile.ZipFile(io.BytesIO(neu_gehuellt("zip-zwei-dateien", daten))) as archiv:
        assert archiv.namelist()[1:] == ["liesmich.txt"]
        assert archiv.read(archiv.namelist()[0]) == inneres
    with pytest.raises(QuellenFehler, match=r"nicht genau eine Datei.*liesmich\.txt"):
        entpacken(neu_gehuellt("zip-zwei-dateien", daten), "", 10**9)


def test_zip_bombe_ist_klein_und_wird_gross():
    bombe = neu_gehuellt("zip-bombe", TABELLE)
    assert len(bombe) * 250 < BOMBE_BYTES
    with zipfile.ZipFile(io.BytesIO(bombe)) as archiv:
        assert [e.file_size for e in archiv.infolist()] == [BOMBE_BYTES]
    with pytest.raises(QuellenFehler, match="Inhalt des ZIP ist zu groß"):
        entpacken(bombe, "", 10**9)


def test_huellen_gelten_auch_ueber_das_netz(oeffne):
    portal = oeffne("zip-zwei-dateien:anzahlen@1")
    antwort = requests.get(portal.url + PFAD_ANZAHLEN)
    assert entpackt(antwort.content) == ("daten.csv", ANZAHLEN)
    assert requests.get(portal.url + PFAD_ANZAHLEN).content == ANZAHLEN


def test_gepackt_ist_immer_gleich():
    assert gepackt("a.csv", b"x", ("b.txt", b"y")) == gepackt("a.csv", b"x", ("b.txt", b"y"))
    with pytest.raises(zipfile.BadZipFile):
        entpackt(b"PK\x05\x06" + b"\0" * 18)


def test_xml_mit_fremder_datei(teile):
    neu = verfaelsche("xml-fremde-entitaet", XML.encode(), teile["schulen_schluessel/schulform"]).decode()
    assert '<!DOCTYPE Formen [<!ENTITY boese SYSTEM "file:///etc/hostname">]>' in neu
    assert '<Formen a="1">&boese;<Form>' in neu
    assert neu.count("<!DOCTYPE") == 1
    assert neu.startswith('\ufeff<?xml version="1.0"?>')
    with pytest.raises(QuellenFehler):
        lesen(neu.encode(), SCHLUESSEL, datei="a.xml")


def test_xml_bombe(teile):
    neu = verfaelsche("xml-entitaetenbombe", XML.encode(), teile["schulen_schluessel/schulform"]).decode()
    assert len(neu) < 2000
    assert neu.count("<!ENTITY l") == 10
    assert '<!ENTITY l1 "' + "&l0;" * 10 + '">' in neu
    with pytest.raises(QuellenFehler):
        lesen(neu.encode(), SCHLUESSEL, datei="a.xml")


@pytest.mark.parametrize("text", ["", "a;b\n", "<", "<a/>", "{}", "kein <a> am Anfang"])
def test_was_kein_xml_mit_inhalt_ist_bleibt(text):
    assert xml_mit_entitaet("xml-fremde-entitaet", text) == text


def test_zeile_ueber_der_kopfzeile(teile):
    neu = verfaelsche("kopfzeile-neu", ALTER, teile["einwohner_ortsteil/alter"])
    assert neu == f"{NEUE_KOPFZEILE}\n".encode() + ALTER
    neu = verfaelsche("kopfzeile-neu", SCHULEN, teile["schulen/verzeichnis"]).decode()
    assert neu.split("\n")[:2] == ["\ufeffsep=;", NEUE_KOPFZEILE]
    assert neu.replace(NEUE_KOPFZEILE + "\n", "") == SCHULEN.decode()
    neu = verfaelsche("kopfzeile-neu", INDEX, teile["schulsozialindex/stufen"])
    assert neu == f"{NEUE_KOPFZEILE}\r\n".encode() + INDEX
    _, inneres = entpackt(verfaelsche("kopfzeile-neu", TABELLE, teile["bevoelkerung_kreis/tabelle"]))
    assert inneres.decode("utf-8-sig").startswith(f"{NEUE_KOPFZEILE}\nstatistics_code;")


def test_marke_am_anfang(teile):
    assert verfaelsche("bom-neu", ALTER, teile["einwohner_ortsteil/alter"]) == b"\xef\xbb\xbf" + ALTER
    assert verfaelsche("bom-neu", SCHULEN, teile["schulen/verzeichnis"]) == SCHULEN
    assert verfaelsche("bom-neu", INDEX, teile["schulsozialindex/stufen"]) == b"\xef\xbb\xbf" + INDEX
