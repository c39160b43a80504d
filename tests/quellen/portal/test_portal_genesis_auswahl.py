"""Which rows of an archived table a request gets, checked against a count of its own."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.portal.genesis_auswahl import Auswahl, ausgewaehlt, verbunden

KOPF = (
    "statistics_code;statistics_label;time_code;time_label;time;"
    "1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;"
    "value;value_unit;value_variable_code;value_variable_label"
)
DATENCSV = (
    "Tabelle: 12411-9k06\nBevölkerung seit 2022;;;\n(21) - Stichtag 31.12.;;;\n;;Total;Total\n;;männlich;weiblich\n"
    "{}__________\nAnmerkung; 2024; mit Strichpunkt\ncreated: 2025-12-16 / 16:30:59\n"
)


def ffcsv(zeilen, kopf=KOPF, ende="\n"):
    saetze = [f"12411;F;STAG;S;{zeit};KREISE;Kreise;{region};Name;{wert};Anzahl;B;B" for zeit, region, wert in zeilen]
    return "\n".join([kopf, *saetze]) + ende


def werte(text):
    return [z["value"] for z in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")]


ZEITEN = ["2022-12-31", "2023-12-31", "2024-12-31", "2021", "2023-10P6M"]
TABELLEN = st.lists(st.tuples(st.sampled_from(ZEITEN), st.sampled_from(["05112", "05113"]), st.integers(0, 99)))


@given(TABELLEN, st.integers(2020, 2025) | st.none(), st.integers(2020, 2025) | st.none(), st.booleans())
def test_jahre_grenzen_ein(zeilen, von, bis, nur_duisburg):
    if von is None and bis is None:
        von = 2000
    auswahl = Auswahl(von, bis, regionen=("05112",) if nur_duisburg else ())
    text = ffcsv(zeilen)
    im_zeitraum = [z for z in zeilen if (von or 0) <= int(z[0][:4]) <= (bis or 9999)]
    neu = ausgewaehlt(text, auswahl)
    if zeilen and not im_zeitraum:
        assert neu is None
        return
    assert werte(neu) == [str(w) for _, region, w in im_zeitraum if not nur_duisburg or region == "05112"]
    if len(werte(neu)) == len(zeilen):
        assert neu == text


def test_ohne_jahr_kommt_nur_der_juengste_stichtag():
    text = ffcsv([("2022-12-31", "05112", 1), ("2024-12-31", "05112", 2), ("2024-12-31", "05113", 3)])
    assert werte(ausgewaehlt(text, Auswahl())) == ["2", "3"]
    assert werte(ausgewaehlt(text, Auswahl(zeitscheiben=2))) == ["1", "2", "3"]
    assert werte(ausgewaehlt(text, Auswahl.aus({"timeslices": "1"}))) == ["2", "3"]


def test_region_mit_stern_und_mehreren_schluesseln():
    text = ffcsv([("2024", r, i) for i, r in enumerate(["05112", "05334002", "05334", "DG"])])
    for regionen, erwartet in (
        ("05334*", ["1", "2"]),
        ("05112,DG", ["0", "3"]),
        ("*", ["0", "1", "2", "3"]),
        ("x", []),
    ):
        assert werte(ausgewaehlt(text, Auswahl.aus({"startyear": "2000", "regionalkey": regionen}))) == erwartet


def test_andere_achsen_sind_keine_regionen():
    text = ffcsv([("2024", "GESM", 1)]).replace("KREISE", "GES")
    assert werte(ausgewaehlt(text, Auswahl(von=2000, regionen=("GESM",)))) == []


@pytest.mark.parametrize("zeit", ["2024-12-31", "31.12.2024", "2024", "WS 2024/25", "2024/25"])
def test_tabelle_wie_am_bildschirm(zeit):
    alt = zeit.replace("2024", "2023")
    text = DATENCSV.format(f"{alt};05112;1;2\n{zeit};05112;3;4\n{zeit};05113;5;6\n")
    neu = ausgewaehlt(text, Auswahl(von=2024, bis=2024, regionen=("05112",)))
    assert neu == DATENCSV.format(f"{zeit};05112;3;4\n")
    assert ausgewaehlt(text, Auswahl(von=2000)) == text
    assert ausgewaehlt(text, Auswahl(von=2025)) is None
    assert ausgewaehlt(text, Auswahl()) == DATENCSV.format(f"{zeit};05112;3;4\n{zeit};05113;5;6\n")


def test_tage_werden_nach_dem_kalender_geordnet():
    text = DATENCSV.format("30.06.2024;05112;1;2\n31.03.2024;05112;3;4\n")
    assert ausgewaehlt(text, Auswahl()) == DATENCSV.format("30.06.2024;05112;1;2\n")


def test_ohne_lesbare_zeit_bleibt_alles():
    text = "Region;Wert\n05112;7\n"
    assert ausgewaehlt(text, Auswahl(von=1999, bis=1999)) == text
    assert ausgewaehlt("", Auswahl()) == ""
    assert ausgewaehlt(KOPF + "\n", Auswahl(von=2024)) == KOPF + "\n"


def test_jahrgaenge_werden_eine_tabelle():
    eins, zwei = ffcsv([("2023", "05112", 1)], ende=""), ffcsv([("2024", "05112", 2)])
    assert werte(verbunden([eins, zwei])) == ["1", "2"]
    schirm = [DATENCSV.format(f"{j};05112;1;2\n") for j in (2023, 2024)]
    assert verbunden(schirm) == DATENCSV.format("2023;05112;1;2\n2024;05112;1;2\n")
    with pytest.raises(ValueError, match="verschiedener Gestalt"):
        verbunden([eins, ffcsv([], kopf=KOPF + ";value_q")])


def test_qualitaetsspalte_nur_auf_wunsch():
    text = ffcsv([("2024", "05112", 1)])
    mit = ausgewaehlt(text, Auswahl.aus({"quality": "on"}))
    assert [z["value_q"] for z in csv.DictReader(io.StringIO(mit), delimiter=";")] == ["e"]
    assert ausgewaehlt(mit, Auswahl()) == text
    assert ausgewaehlt(mit, Auswahl(qualitaet=True)) == mit


def test_zellen_mit_anfuehrungszeichen():
    text = ffcsv([("2024", '"05112"', 1), ("2024", "05113", 2)]).replace("Name", '"Duisburg; Stadt"')
    assert werte(ausgewaehlt(text, Auswahl(von=2024, regionen=("05112",)))) == ["1"]


@pytest.mark.parametrize(("text", "zahl"), [("2024", 2024), (" 24 ", 24), ("", None), ("zweitausend", None)])
def test_was_keine_zahl_ist_gilt_als_nicht_angegeben(text, zahl):
    assert Auswahl.aus({"startyear": text}).von == zahl
