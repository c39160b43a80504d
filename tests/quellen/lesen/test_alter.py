"""Age labels: every spelling gives inclusive bounds, anything else nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.lesen.alter import alter_grenzen


@pytest.mark.parametrize(
    ("text", "grenzen"),
    [
        ("unter 3 Jahre", (0, 2)),
        ("unter 1 Jahr", (0, 0)),
        ("3 bis unter 6 Jahre", (3, 5)),
        ("0 bis unter 1 Jahr", (0, 0)),
        ("6 bis 17 Jahre", (6, 17)),
        ("6-17 Jahre", (6, 17)),
        ("90 Jahre und mehr", (90, None)),
        ("100 Jahre und älter", (100, None)),
        ("18 Jahre und älter", (18, None)),
        ("75 und mehr Jahre", (75, None)),
        ("ab 65 Jahren", (65, None)),
        ("5 Jahre", (5, 5)),
        ("1 Jahr", (1, 1)),
        ("  10 bis\u00a0unter 15 Jahre ", (10, 14)),
    ],
)
def test_schreibweisen(text, grenzen):
    assert alter_grenzen(text) == grenzen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Insgesamt",
        "Total",
        "12",
        "unter 0 Jahre",
        "6 bis unter 3 Jahre",
        "5 bis unter 5 Jahre",
        "9 bis 3",
        "x 5 Jahre",
        "5 Jahre x",
        "1000 Jahre",
        "unter Jahre",
        "٣ Jahre",
    ],
)
def test_anderes_ist_kein_alter(text):
    assert alter_grenzen(text) is None


@given(st.integers(0, 120), st.integers(1, 50))
def test_bis_unter_schliesst_nahtlos_an(von, breite):
    bis = von + breite
    assert alter_grenzen(f"{von} bis unter {bis} Jahre") == (von, bis - 1)
    assert alter_grenzen(f"unter {bis} Jahre") == (0, bis - 1)
    assert alter_grenzen(f"{bis} Jahre und mehr") == (bis, None)


@given(st.text() | st.from_regex(r"(unter )?\d{0,4}( Jahre)? ?(bis|und)?( unter)? ?\d{0,4} ?(mehr|Jahre)?"))
def test_wirft_nie_und_bleibt_geordnet(text):
    grenzen = alter_grenzen(text)
    if grenzen is not None:
        von, bis = grenzen
        assert von >= 0
        assert bis is None or bis >= von
