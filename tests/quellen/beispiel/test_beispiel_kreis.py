"""The Regionalstatistik table: ffcsv form, sums in all directions, published figures of Duisburg."""

import csv
import io
import re
import zipfile

import pytest

from quellen.beispiel.kreis import KREISE

_JAHRE = ("2022", "2023", "2024")
_NAT, _GES = ("NATD", "NATA"), ("GESM", "GESW")


@pytest.fixture(scope="module")
def innen(leser) -> tuple[str, bytes]:
    (daten,) = leser.bytes("bevoelkerung_kreis", "tabelle")
    with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
        (name,) = archiv.namelist()
        return name, archiv.read(name)


@pytest.fixture(scope="module")
def zeilen(innen) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(innen[1].decode("utf-8-sig")), delimiter=";"))


def test_huelle_und_kodierung(innen) -> None:
    name, daten = innen
    assert re.fullmatch(r"12411-03-03-4_\d{13}_de_flat\.csv", name)
    assert daten.startswith(b"\xef\xbb\xbfstatistics_code;")
    assert b"\r" not in daten


def test_spalten_und_konstanten(zeilen) -> None:
    spalten = list(zeilen[0])
    assert spalten[:5] == ["statistics_code", "statistics_label", "time_code", "time_label", "time"]
    assert spalten[5:9] == [f"1_variable_{x}" for x in ("code", "label", "attribute_code", "attribute_label")]
    assert spalten[-4:] == ["value", "value_unit", "value_variable_code", "value_variable_label"]
    assert len(spalten) == 5 + 4 * 4 + 4
    assert {(z["value_unit"], z["value_variable_code"]) for z in zeilen} == {("Anzahl", "BEVSTD")}
    assert {tuple(z[f"{n}_variable_code"] for n in (2, 3, 4)) for z in zeilen} == {("ALT021", "NAT", "GES")}
    assert {z["time"] for z in zeilen} == {f"{j}-12-31" for j in _JAHRE}


def test_insgesamt_hat_leeren_code(zeilen) -> None:
    for n in (2, 3, 4):
        for z in zeilen:
            leer = z[f"{n}_variable_attribute_code"] == ""
            assert leer == (z[f"{n}_variable_attribute_label"] == "Insgesamt")


def test_regionen_wie_in_der_echten_tabelle(zeilen) -> None:
    regionen = {(z["1_variable_code"], z["1_variable_attribute_code"]) for z in zeilen}
    je = {code: {s for c, s in regionen if c == code} for code, _ in regionen}
    assert je["DINSG"] == {"DG"}
    assert je["DLAND"] == {"05"}
    assert je["REGBEZ"] == {"051", "053", "055", "057", "059"}
    assert je["KREISE"] == {k.schluessel for k in KREISE} | {"05334002"}
    assert len(KREISE) == len({k.schluessel for k in KREISE}) == 53


def test_zeilen_sind_unsortiert_und_vollstaendig(zeilen) -> None:
    regionen = [z["1_variable_attribute_code"] for z in zeilen]
    assert regionen != sorted(regionen)
    assert len(zeilen) == 61 * 22 * 9 * 3


def test_altersgruppen(kreise) -> None:
    texte = {alter for _, _, alter, _, _ in kreise}
    assert len(texte) == 22
    assert {"unter 3 Jahre", "3 bis unter 6 Jahre", "18 bis unter 20 Jahre", "90 Jahre und mehr"} < texte


def test_additiv_nach_geschlecht_und_nationalitaet(kreise) -> None:
    for (jahr, region, alter, nat, ges), wert in kreise.items():
        if nat == "":
            assert wert == sum(kreise[jahr, region, alter, n, ges] for n in _NAT)
        if ges == "":
            assert wert == sum(kreise[jahr, region, alter, nat, g] for g in _GES)


def test_additiv_nach_alter(kreise) -> None:
    summen: dict[tuple[str, str, str, str], int] = {}
    for (jahr, region, alter, nat, ges), wert in kreise.items():
        if alter != "Insgesamt":
            summen[jahr, region, nat, ges] = summen.get((jahr, region, nat, ges), 0) + wert
    for (jahr, region, nat, ges), wert in summen.items():
        assert wert == kreise[jahr, region, "Insgesamt", nat, ges]


def test_regierungsbezirke_und_land_sind_summen_der_kreise(kreise) -> None:
    for jahr in _JAHRE:
        for region in ("05", "051", "053", "055", "057", "059"):
            teile = [k.schluessel for k in KREISE if k.schluessel.startswith(region)]
            summe = sum(kreise[jahr, k, "Insgesamt", "", ""] for k in teile)
            assert kreise[jahr, region, "Insgesamt", "", ""] == summe
        assert kreise[jahr, "DG", "Insgesamt", "", ""] > 80_000_000
        assert 17_000_000 < kreise[jahr, "05", "Insgesamt", "", ""] < 19_000_000


def test_veroeffentlichte_summen_von_duisburg(kreise) -> None:
    assert kreise["2024", "05112", "Insgesamt", "", ""] == 502270
    assert kreise["2024", "05112", "Insgesamt", "NATA", ""] == 118957
    assert kreise["2024", "05112", "Insgesamt", "", "GESM"] == 249294
    assert kreise["2022", "05112", "Insgesamt", "", ""] == 502211


def test_duisburg_2024_wie_veroeffentlicht(kreise, echtdaten) -> None:
    (datei,) = (echtdaten / "genesis" / "datencsv").glob("1_result_12411-03-03-4_*.csv")
    spalten = [(n, g) for n in ("", *_NAT) for g in ("", *_GES)]
    verglichen = 0
    with datei.open(encoding="utf-8", newline="") as offen:
        for zeile in csv.reader(offen, delimiter=";"):
            if zeile[1:2] == ["05112"]:
                alter = zeile[3].replace("Total", "Insgesamt")
                for (nat, ges), wert in zip(spalten, zeile[4:13], strict=True):
                    assert kreise["2024", "05112", alter, nat, ges] == int(wert)
                    verglichen += 1
    assert verglichen == 22 * 9


def test_kein_wert_ist_negativ_und_kleinster_kreis_hat_leute(kreise) -> None:
    assert min(kreise.values()) >= 0
    assert min(kreise["2024", k.schluessel, "Insgesamt", "", ""] for k in KREISE) > 100_000
