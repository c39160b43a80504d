"""Wrappings come off within limits; the content hash sees what matters and nothing else."""

import hashlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import inhaltshash
from quellen.lesen.huelle import VERHAELTNIS, entpacken
from quellen.modell import Teil

GRENZE = 10_000_000


def zip_(dateien, art=zipfile.ZIP_DEFLATED):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", art) as archiv:
        for name, inhalt in dateien.items():
            archiv.writestr(name, inhalt)
    return puffer.getvalue()


def genesis(objekt, code=0, **weiteres):
    return json.dumps(
        {"Ident": {}, "Status": {"Code": code, "Content": "Text\nhier"}, "Object": objekt, **weiteres}
    ).encode()


def teil(sortiert_egal):
    return Teil(
        beschreibung="x", form="liste", kennung="a", dateimuster="x", zugang={}, felder={"a": {"typ": "text"}},
        formate=[{"art": "csv", "orte": {"a": {"spalte": "a"}}}], sortiert_egal=sortiert_egal,
    )  # fmt: skip


@pytest.mark.parametrize("art", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_zip_mit_einer_datei(art):
    daten = zip_({"../../etc/tab_1_de_flat.csv": "a;b\n1;2\n", "ordner/": ""}, art)
    assert entpacken(daten, "x.zip", GRENZE) == (b"a;b\n1;2\n", "tab_1_de_flat.csv")


def test_ohne_huelle_unveraendert():
    for daten in (b"a;b\n", b'{"type":"FeatureCollection"}', b'{"Object": kaputt', genesis({"Structure": {}}), b""):
        assert entpacken(daten, "x", GRENZE) == (daten, "x")


def test_genesis_antwort_gibt_die_tabelle():
    assert entpacken(genesis({"Content": "Tabelle: ä\n"}, code=22), "x.json", GRENZE) == (
        "Tabelle: ä\n".encode(),
        "x.json",
    )
    assert entpacken(zip_({"a.json": genesis({"Content": "T"})}), "x.zip", GRENZE) == (b"T", "a.json")


@pytest.mark.parametrize(
    ("daten", "wort"),
    [
        (zip_({"a.csv": "1", "b.csv": "2"}), r"a\.csv, b\.csv"),
        (zip_({}), "keine Datei"),
        (zip_({"a.csv": "1;2\n" * 100})[:-30], "nicht lesbar"),
        (b"PK\x03\x04", "nicht lesbar"),
        (genesis(None, 104), "Code 104: Text hier"),
        (b'{"Status": "gesperrt", "Object": null}', "gesperrt"),
        (b'{"Status": {}, "Object": {"Content": "\\ud800"}}', "Unicode"),
    ],
    ids=["zwei", "leer", "abgeschnitten", "nur-marke", "genesis-code", "genesis-text", "kein-unicode"],
)
def test_schadhaftes_nennt_den_grund(daten, wort):
    with pytest.raises(QuellenFehler, match=wort) as fehler:
        entpacken(daten, "x.zip", GRENZE, quelle="q", teil="t")
    assert fehler.value.befunde[0].ort == "q/t, Datei x.zip"


def test_zip_bombe_und_zu_grosser_inhalt():
    with pytest.raises(QuellenFehler, match=f"{VERHAELTNIS}-Fache"):
        entpacken(zip_({"a": b"0" * 5_000_000}), "x.zip", GRENZE)
    with pytest.raises(QuellenFehler, match="höchstens 1000 Bytes"):
        entpacken(zip_({"a": b"0" * 1001}), "x.zip", 1000)
    assert len(entpacken(zip_({"a": b"0" * 1000}), "x.zip", 1000)[0]) == 1000


@given(st.binary(max_size=200), st.integers(0, 150), st.integers(0, 255))
def test_beschaedigtes_zip_wirft_nur_quellenfehler(rest, stelle, byte):
    daten = bytearray(zip_({"a.csv": b"a;b\n1;2\n"}))
    daten[min(stelle, len(daten) - 1)] = byte
    for versuch in (bytes(daten), b"PK\x03\x04" + rest, b'{"Object"' + rest):
        try:
            inhalt, _ = entpacken(versuch, "x", 10_000)
        except QuellenFehler as fehler:
            assert fehler.befunde
        else:
            assert len(inhalt) <= 10_000
        assert len(inhaltshash([versuch], teil(True))) == 64


def test_hash_uebersieht_reihenfolge_und_verpackung_nur_wenn_erlaubt():
    eins, zwei = b"kopf\na;1\nb;2\n", b"kopf\nb;2\na;1\n"
    assert inhaltshash([zip_({"a_1.csv": eins})], teil(True)) == inhaltshash([zip_({"a_2.csv": zwei})], teil(True))
    assert inhaltshash([eins], teil(False)) != inhaltshash([zwei], teil(False))
    assert inhaltshash([eins], teil(False)) == hashlib.sha256(eins).hexdigest()
    assert inhaltshash([eins], teil(True)) != inhaltshash([b"kopf\na;1\nb;3\n"], teil(True))


def test_hash_haengt_an_den_seiten_und_nicht_am_erstellungszeitpunkt():
    assert inhaltshash([b"ab", b"c"], teil(False)) != inhaltshash([b"a", b"bc"], teil(False))
    fuss = b"Tabelle: 1\n;x\na;1\n__________\nAnmerkung\n"
    alt, neu = fuss + b"created: 2025-12-16 / 16:30:59\n", fuss + b"created: 2025-12-17 / 09:00:00\n"
    assert inhaltshash([alt], teil(True)) == inhaltshash([neu], teil(True))
    assert inhaltshash([alt], teil(True)) != inhaltshash([alt.replace(b"Anmerkung", b"revidiert")], teil(True))
