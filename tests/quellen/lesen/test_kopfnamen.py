"""Header names lose line breaks, hyphenation and footnote marks, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.lesen.kopfnamen import bereinige, verbinde


@pytest.mark.parametrize(
    ("roh", "name"),
    [
        ("Satz-\nart", "Satzart"),
        ("Satz-art", "Satzart"),
        ("Text-kenn-\r\nzeichen", "Textkennzeichen"),
        ("Postleit-\nzahl3)", "Postleitzahl"),
        ("Postleit-_x000D_\nzahl 3)", "Postleitzahl"),
        ("Fläche km2 1)", "Fläche km2"),
        ("Fläche in km²", "Fläche in km²"),
        ("Bevölkerung2)", "Bevölkerung"),
        ("Bevölkerung 1) 2)", "Bevölkerung"),
        ("Bevölkerung1), 2)", "Bevölkerung"),
        ("Anzahl¹", "Anzahl"),
        ("Anzahl¹)\nSchüler", "Anzahl Schüler"),
        ("Anzahl*)", "Anzahl"),
        ("je km2", "je km2"),
        ("Vor-\nund Nachname", "Vor- und Nachname"),
        ("Schul-\nNummer", "Schul-Nummer"),
        ("E-Mail", "E-Mail"),
        ("Kfz je 1000 (Stand 12)", "Kfz je 1000 (Stand 12)"),
        ("Stand am 31.12.2022 (Jahr)", "Stand am 31.12.2022 (Jahr)"),
        ("  Schüler\u00a0\u00a0innen\nund Schüler ", "Schüler innen und Schüler"),
        ("Straßen\u00adname", "Straßenname"),
        ("6-17 Jahre", "6-17 Jahre"),
        ("3)", "3)"),
        ("", ""),
    ],
)
def test_schreibweisen(roh, name):
    assert bereinige(roh) == name


@given(st.text() | st.text("ab-\n\r 1)(*²¹ä"))
def test_wirft_nie_und_ist_einzeilig(roh):
    name = bereinige(roh)
    assert name == " ".join(name.split())
    assert len(name) <= len(roh)


def test_stufen_werden_verbunden():
    assert verbinde([["A", "A", ""], ["x", " ", ""], ["", "y", ""]]) == ["A|x", "A|y", ""]
