"""Addresses: spellings that mean the same are the same, and nothing else is."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rohtabellen.anschriften import (
    MEHRDEUTIG,
    OHNE_HAUSNUMMER,
    OHNE_KOORDINATEN,
    UNBEKANNT,
    adressregister,
    anschrift,
    strassenname,
    suche,
)


@pytest.mark.parametrize(
    "schreibung",
    [
        "Friedrich-Ebert-Straße",
        "Friedrich-Ebert-Str.",
        "FRIEDRICH EBERT STRASSE",
        "Friedrich-Ebert Str",
        " friedrich-ebert-str. ",
    ],
)
def test_schreibungen_einer_strasse(schreibung: str) -> None:
    assert strassenname(schreibung) == "friedrichebertstrasse"


@pytest.mark.parametrize(
    ("eine", "andere"),
    [
        ("Straußstraße", "Strausstrasse"),
        ("Strandweg", "Straßandweg"),
        ("Weseler Straße", "Weseler Platz"),
        ("Neue Weseler Straße", "Weseler Straße"),
        ("Müllerweg", "Mullerweg"),
    ],
)
def test_verschiedene_strassen_bleiben_verschieden(eine: str, andere: str) -> None:
    assert strassenname(eine) != strassenname(andere)


@pytest.mark.parametrize(
    ("strasse", "hausnummer", "gelesen"),
    [
        ("Am Markt 5", "", ("ammarkt", "5")),
        ("Am Markt 12 A", "", ("ammarkt", "12a")),
        ("Am Markt 12a", "", ("ammarkt", "12a")),
        ("Straße des 17. Juni 8", "", ("strassedes17juni", "8")),
        ("Am Markt", "007 b", ("ammarkt", "7b")),
        ("Am Markt", "", None),
        ("Am Markt 12-14", "", None),
        ("Am Markt 12 - 14", "", None),
        ("Am Markt 12/14", "", None),
        ("Am Markt 12–14", "", None),
        ("Am Markt", "12-14", None),
        ("Am Markt 1 2", "", None),
        ("", "", None),
        ("", "5", None),
        ("17", "", None),
    ],
)
def test_anschrift(strasse: str, hausnummer: str, gelesen: tuple[str, str] | None) -> None:
    assert anschrift(strasse, hausnummer) == gelesen


def _register(*zeilen: tuple[str, str, str, str, str, str, str]) -> pd.DataFrame:
    spalten = ["strasse", "hausnummer", "zusatz", "status", "plz", "rechtswert", "hochwert"]
    liste = pd.DataFrame(list(zeilen), columns=spalten, dtype=object)
    return adressregister(liste.assign(abruf="r", zeile=range(2, len(zeilen) + 2)))


def _suche(register: pd.DataFrame, *anschriften: tuple[str, str]) -> pd.DataFrame:
    gesucht = pd.DataFrame(list(anschriften), columns=["strasse", "plz"], dtype=object).assign(hausnummer="")
    return suche(gesucht, register)


REGISTER = _register(
    ("Am Markt", "5", "", "aktuell", "47051", "100", "200"),
    ("Am Markt", "5", "a", "Aktuell", "47051", "110", "200"),
    ("Am Markt", "7", "", "historisch", "47051", "120", "200"),
    ("Bergstraße", "1", "", "aktuell", "47137", "300", "300"),
    ("Bergstraße", "1", "", "aktuell", "47169", "900", "900"),
    ("Talstr.", "2", "", "aktuell", "47051", "500", "500"),
    ("Tal-Straße", "2", "", "aktuell", "47051", "500", "500"),
    ("Ohne Lage", "3", "", "aktuell", "47051", "", "0"),
)


@pytest.mark.parametrize(
    ("strasse", "plz", "x", "befund"),
    [
        ("Am Markt 5", "47051", 100, ""),
        ("AM MARKT 5 A", "47051", 110, ""),
        ("Am Markt 5b", "47051", None, UNBEKANNT),
        ("Am Markt 7", "47051", None, UNBEKANNT),
        ("Am Markt 5", "47999", None, UNBEKANNT),
        ("Am Markt 5", "", 100, ""),
        ("Bergstr. 1", "47169", 900, ""),
        ("Bergstr. 1", "", None, MEHRDEUTIG),
        ("Talstraße 2", "47051", 500, ""),
        ("Ohne Lage 3", "47051", None, UNBEKANNT),
        ("Am Markt", "47051", None, OHNE_HAUSNUMMER),
    ],
)
def test_suche(strasse: str, plz: str, x: int | None, befund: str) -> None:
    z = _suche(REGISTER, (strasse, plz)).iloc[0]
    assert (None if pd.isna(z["x"]) else z["x"], z["befund"]) == (x, befund)


def test_register_ohne_koordinaten_findet_nichts_und_sagt_warum() -> None:
    leer = _register(("Am Markt", "5", "", "aktuell", "47051", "", ""))
    assert _suche(leer, ("Am Markt 5", "47051"), ("Am Markt", "47051"))["befund"].tolist() == [OHNE_KOORDINATEN] * 2


def test_gleicher_ort_zweimal_nennt_die_erste_zeile() -> None:
    z = _suche(REGISTER, ("Talstr. 2", "47051")).iloc[0]
    assert (z["abruf"], z["zeile"]) == ("r", 7)


namen = st.text("abcdefgäöüß", min_size=2, max_size=8).map(str.capitalize)


@settings(max_examples=60, deadline=None)
@given(st.lists(namen, min_size=1, max_size=4), st.integers(1, 999), st.sampled_from(["", "a", "f"]))
def test_jede_schreibung_einer_anschrift_wird_gefunden(teile: list[str], haus: int, zusatz: str) -> None:
    register = _register(("-".join(teile) + "-Straße", str(haus), zusatz, "aktuell", "47051", "10", "20"))
    formen = [
        f"{'-'.join(teile)}-Straße {haus}{zusatz}",
        f"{' '.join(teile)} Str. {haus} {zusatz.upper()}",
        f"{'-'.join(teile).upper()}-STRASSE {haus} {zusatz}",
        f"{'-'.join(teile)}-Str.  {haus}{zusatz}",
    ]
    assert _suche(register, *((f, "47051") for f in formen))["befund"].tolist() == [""] * 4
    falsch = [f"{'-'.join(teile)}-Straße {haus + 1}{zusatz}", f"X{'-'.join(teile)}-Straße {haus}{zusatz}"]
    assert _suche(register, *((f, "47051") for f in falsch))["befund"].tolist() == [UNBEKANNT] * 2
