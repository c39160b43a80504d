"""Quick looks into GENESIS tables: whether anything is in them, and which years."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.zugang.genesis_tabelle import ist_tabelle, jahre, nur_kopf

FLACH = "\ufeffstatistics_code;statistics_label;time_code;time_label;time;value\n{}"
SCHIRM = "Tabelle: 12411-9k06\nBevölkerung, Stand 2024;;;\n(21) - ab 2011;;;\n;;;Total\n{}__________\nText; 1999; x\n"
KLASSISCH = "GENESIS-Tabelle: 12411-0017\nBevölkerung;;;\n;;;Insgesamt\n{}__________\nStand: 26.05.2021 / 22:27:42\n"


def flach(*zeiten):
    return FLACH.format("".join(f"12411;F;STAG;S;{z};7\n" for z in zeiten)).encode()


def wie_am_schirm(vorlage, *zeiten, kodierung="utf-8"):
    return vorlage.format("".join(f"{z};05112;Köln;7\n" for z in zeiten)).encode(kodierung)


def gezippt(daten):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w") as paket:
        paket.writestr("t_flat.csv", daten)
    return puffer.getvalue()


def im_json(daten):
    return json.dumps({"Status": {"Code": 0}, "Object": {"Content": daten.decode("utf-8-sig")}}).encode()


HUELLEN = [lambda daten: daten, gezippt, im_json]
ZEITEN = {
    "2024-12-31": 2024, "31.12.2019": 2019, "2023": 2023, "2023-10P6M": 2023, "2022/23": 2022, "WS 2022/23": 2022,
    "SS 2021": 2021, "1999-12": 1999,
}  # fmt: skip


@given(
    st.lists(st.sampled_from(sorted(ZEITEN)), max_size=5),
    st.sampled_from(HUELLEN),
    st.sampled_from([SCHIRM, KLASSISCH, None]),
)
def test_jahre_in_jeder_gestalt_und_huelle(zeiten, huelle, vorlage):
    daten = huelle(flach(*zeiten) if vorlage is None else wie_am_schirm(vorlage, *zeiten))
    assert nur_kopf(daten) is (not zeiten)
    assert jahre(daten) == ({ZEITEN[z] for z in zeiten} or None)


def test_latin1_und_abgeschnitten():
    daten = wie_am_schirm(KLASSISCH, "31.12.2019", kodierung="iso-8859-1")
    assert (nur_kopf(daten), jahre(daten)) == (False, {2019})
    assert not nur_kopf(daten.partition(b"____")[0])


@pytest.mark.parametrize("zeiten", [("2024", "Summe"), ("x",), ("",)])
def test_ohne_lesbare_zeit_keine_auskunft(zeiten):
    assert jahre(flach(*zeiten)) is None
    assert not nur_kopf(flach(*zeiten))


def test_ohne_spalte_time_keine_auskunft():
    daten = b"statistics_code;value\n12411;7\n"
    assert (jahre(daten), nur_kopf(daten)) == (None, False)
    assert nur_kopf(b"statistics_code;value\n\n  \n")


@pytest.mark.parametrize(
    "daten",
    [
        b"", b"Stichtag;Wert\n", b"<html></html>", b'{"type":"FeatureCollection","features":[]}', b"PK\x03\x04kaputt",
        b'{"Status":{"Code":104},"Object":null}', gezippt(b""), gezippt(b"a;b\n"), b'{"Object": kaputt',
    ],
)  # fmt: skip
def test_anderes_bleibt_dem_vertrag(daten):
    assert not nur_kopf(daten)
    assert jahre(daten) is None


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"statistics_code;time\n", b"Tabelle: 1\n", b"PK\x03\x04", b'{"Object"']),
)
def test_beliebige_bytes_werfen_nichts(rest, anfang):
    nur_kopf(anfang + rest)
    jahre(anfang + rest)


def test_anfang_entscheidet():
    assert ist_tabelle(b"\xef\xbb\xbfstatistics_code;x")
    assert ist_tabelle(b'"Tabelle: 1"')
    assert not ist_tabelle(b"sep=;\nstatistics_code")
