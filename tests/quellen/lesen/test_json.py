"""JSON lists: one record per object, every value as it was written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import erkenne_art, lesen
from quellen.modell import Format


def lies(inhalt, pfad="", **weiteres):
    daten = inhalt if isinstance(inhalt, bytes) else json.dumps(inhalt).encode()
    return lesen(daten, Format(art="json", orte={}, pfad=pfad, **weiteres), datei="d.json", quelle="q", teil="t")


def test_ckan_antwort_wie_geschrieben():
    daten = """{"help":"x","success":true,"result":{"total":2,"records":[
      {"_id":1,"Stichtag":"31.03.2026","deutsch":"8146","anteil":1.50,"gross":12345678901234567890,"minus":-0},
      {"_id":2,"neu":true,"deutsch":null,"liste":[1,{"ü":2.5}],"exp":1e3}]}}""".encode()
    tabelle = lies(daten, "result.records")
    assert tabelle.spalten == ("_id", "Stichtag", "deutsch", "anteil", "gross", "minus", "neu", "liste", "exp")
    erste, zweite = tabelle.daten.to_numpy().tolist()
    assert erste == [1, "1", "31.03.2026", "8146", "1.50", "12345678901234567890", "-0", "", "", ""]
    assert zweite == [2, "2", "", "", "", "", "", "true", '[1,{"ü":2.5}]', "1e3"]
    assert erkenne_art(daten) == "json"
    assert tabelle.spaltennummer("deutsch") == 3


def test_liste_ganz_oben_und_leere_liste():
    assert lies([{"a": 1}]).daten["a"].tolist() == ["1"]
    assert lies([]).daten.empty
    assert lies(b"\xef\xbb\xbf[]", kodierung="utf-8-sig").spalten == ()


@pytest.mark.parametrize(
    ("inhalt", "pfad", "wort"),
    [
        ({"success": False, "error": {"message": "Nicht gefunden"}}, "result.records", "Nicht gefunden"),
        ({"result": {"records": {}}}, "result.records", "Liste von Objekten unter result.records"),
        ({"result": []}, "result.records", "Schlüssel result"),
        ([{"a": 1}], "result", "eine Liste"),
        (5, "", "ein einzelner Wert"),
        ([{"a": 1}, 2], "", "kein Objekt"),
        ([{"": 1}], "", "keinen Namen"),
        ([{"zeile": 1}], "", "vergeben"),
        ([{"a": "\ud800"}], "", "nicht darstellbar"),
        ([{"\udfff": 1}], "", "nicht darstellbar"),
        (b'[{"a":1,"b":2,"a":3}]', "", "»a« steht zweimal"),
        (b'[{"a":[1e999]}]', "", "nicht darstellbar"),
        (b'[{"a":NaN}]', "", "NaN"),
        (b'[{"a":' + b"9" * 5000 + b"}]", "", "JSON"),
        (b'[{"a":1}', "", "abgeschnitten"),
        (b"[" * 100_000, "", "JSON"),
        (b'{"error":[1e999]}', "", "Infinity"),
    ],
)
def test_anderes_wird_abgelehnt(inhalt, pfad, wort):
    with pytest.raises(QuellenFehler, match=wort) as fehler:
        lies(inhalt, pfad)
    assert fehler.value.befunde[0].ort.startswith("q/t, Datei d.json")


def test_eintrag_der_kein_objekt_ist_wird_mit_nummer_genannt():
    with pytest.raises(QuellenFehler) as fehler:
        lies([{"a": 1}, {"a": 2}, "x"])
    assert fehler.value.befunde[0].zeile == 3


werte = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b ", "ü"]), werte), max_size=6))
def test_rundweg(saetze):
    tabelle = lies(saetze)
    assert tabelle.daten["zeile"].tolist() == list(range(1, len(saetze) + 1))
    for nummer, satz in enumerate(saetze):
        for name in tabelle.spalten:
            wert = satz.get(name)
            soll = "" if wert is None else str(wert).lower() if isinstance(wert, bool) else str(wert)
            assert tabelle.daten[name].iloc[nummer] == soll
