"""XML lists: records with their source line; DTDs and entities are refused."""

import pytest

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.modell import Format

KOPF = '<?xml version="1.0" encoding="UTF-8"?>\n'


def lies(text, **weiteres):
    daten = text if isinstance(text, bytes) else text.encode()
    return lesen(daten, Format(art="xml", element="Schule", orte={}, **weiteres), datei="d.xml", quelle="q", teil="t")


def test_saetze_mit_zeile_cdata_und_fehlendem_kind():
    tabelle = lies(
        KOPF + "<Daten>\n\t<Schule>\n\t\t<Nr>02</Nr>\n\t\t<Name><![CDATA[ Grund & Schule ]]></Name>\n\t</Schule>\n"
        '  <Schule a="b"><Neu>x<b>y</b>z</Neu><Nr>04</Nr></Schule>\n</Daten>'
    )
    assert tabelle.spalten == ("Nr", "Name", "Neu")
    assert tabelle.daten["zeile"].tolist() == [3, 7]
    assert tabelle.daten[["Nr", "Name", "Neu"]].to_numpy().tolist() == [
        ["02", " Grund & Schule ", ""],
        ["04", "", "xyz"],
    ]


def test_namensraum_stoert_nicht():
    assert lies('<d xmlns="urn:x"><Schule><Nr>1</Nr></Schule></d>').daten["Nr"].tolist() == ["1"]


def test_deklarierte_kodierung_gilt():
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><d><Schule><Nr>Köln</Nr></Schule></d>'
    assert lies(text.encode("latin-1"), kodierung="iso-8859-1").daten["Nr"].tolist() == ["Köln"]
    anders = lies(text.encode("latin-1"))
    assert anders.daten["Nr"].tolist() == ["Köln"]
    assert "Die Kodierung hat sich geändert" in anders.abweichungen[0].regel


@pytest.mark.parametrize(
    ("text", "wort"),
    [
        ("<d><Schule><Nr>1</Nr></Schule>", "XML"),
        ("<d><Klasse/></d>", "Klasse"),
        ("<d><Schule><Nr>1</Nr><Nr>2</Nr></Schule></d>", "zwei Werte"),
        ('<!DOCTYPE d [<!ENTITY a "aaa">]><d><Schule><Nr>&a;</Nr></Schule></d>', "Entit"),
        ('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d><Schule/></d>', "Entit"),
        ("<!DOCTYPE html><html></html>", "Webseite"),
        ("<d>\0</d>", "XML"),
    ],
)
def test_unzulaessiges_wird_abgelehnt(text, wort):
    with pytest.raises(QuellenFehler, match=wort):
        lies(text)


def test_bruch_nennt_die_zeile():
    with pytest.raises(QuellenFehler) as fehler:
        lies("<d>\n<Schule>\n</Klasse>\n</d>")
    assert fehler.value.befunde[0].zeile == 3
