"""Addresses made comparable: one spelling for street, house number and suffix.

Belongs here: normalising texts, and looking addresses up in the city's list of house numbers. Does not belong here:
which facilities there are and in which district they lie (``einrichtungsorte``).

Nothing is guessed: after normalising an address is found exactly or not at all, and two different places for one
address are none.
"""

from __future__ import annotations

import re

import pandas as pd

_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_HAUS = re.compile(r"(?P<strasse>.*[^\d\s/–-])\s+(?P<nummer>\d{1,4})\s*(?P<zusatz>[a-zA-Z]?)")
_NUMMER = re.compile(r"\s*(?P<nummer>\d{1,4})\s*(?P<zusatz>[a-zA-Z]?)\s*")

GEFUNDEN = ""
OHNE_HAUSNUMMER = "Anschrift ohne eine einzelne Hausnummer"
UNBEKANNT = "Anschrift steht nicht im Adressverzeichnis"
MEHRDEUTIG = "Anschrift kommt im Adressverzeichnis an verschiedenen Orten vor"
OHNE_KOORDINATEN = "Adressverzeichnis ohne Koordinaten"


def strassenname(text: str) -> str:
    """A street's name without what its spellings differ in: ``Friedrich-Ebert-Str.`` → ``friedrichebertstrasse``."""
    klein = text.strip().casefold().translate(_UMLAUTE)
    klein = re.sub(r"str(\.|(?=[\s-]|$))", "strasse", klein)
    return re.sub(r"[^a-z0-9]", "", klein)


def anschrift(strasse: str, hausnummer: str = "") -> tuple[str, str] | None:
    """Normalised street and house number with suffix (``12a``); ``None`` if there is not exactly one house number."""
    haus = _NUMMER.fullmatch(hausnummer) if hausnummer.strip() else _HAUS.fullmatch(strasse.strip())
    if haus is None:
        return None
    name = strassenname(strasse if hausnummer.strip() else haus["strasse"])
    return (name, f"{int(haus['nummer'])}{haus['zusatz'].casefold()}") if name else None


def adressregister(liste: pd.DataFrame) -> pd.DataFrame:
    """Current addresses with coordinates: ``strasse``, ``haus`` (normalised), ``plz``, ``x``, ``y`` and their row.

    ``liste``: the raw table of house numbers.
    """
    gilt = liste.loc[liste["status"].str.casefold() == "aktuell"]
    register = pd.DataFrame(
        {
            "strasse": gilt["strasse"].map(strassenname),
            "haus": _ganzzahl(gilt["hausnummer"]) + gilt["zusatz"].fillna("").str.strip().str.casefold(),
            "plz": gilt["plz"].fillna("").str.strip(),
            "x": pd.to_numeric(gilt["rechtswert"], errors="coerce"),
            "y": pd.to_numeric(gilt["hochwert"], errors="coerce"),
            "abruf": gilt["abruf"],
            "zeile": gilt["zeile"],
        }
    )
    return register.loc[(register["x"] > 0) & (register["y"] > 0)].reset_index(drop=True)


def _ganzzahl(spalte: pd.Series[str]) -> pd.Series[str]:
    return pd.to_numeric(spalte, errors="coerce").astype("Int64").astype("string").fillna("").astype(str)


def suche(anschriften: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Place of each address (``strasse``, ``hausnummer``, ``plz`` as written): ``x``, ``y``, its row, and ``befund``.

    Where both sides know a postal code it must be the same. Of equal places the first row counts.
    """
    teile = [anschrift(s, h) for s, h in zip(anschriften["strasse"], anschriften["hausnummer"], strict=True)]
    gesucht = pd.DataFrame(
        [("", "") if t is None else t for t in teile], columns=["strasse", "haus"], index=anschriften.index
    ).assign(plz=anschriften["plz"], nr=range(len(anschriften)))
    paare = gesucht.merge(register, on=["strasse", "haus"], suffixes=("", "_register"))
    gleich = (paare["plz"] == paare["plz_register"]) | (paare["plz"] == "") | (paare["plz_register"] == "")
    paare = paare.loc[gleich].sort_values(["nr", "abruf", "zeile"])
    orte = paare.drop_duplicates(["nr", "x", "y"]).groupby("nr").size()
    treffer = paare.drop_duplicates("nr").set_index("nr")[["x", "y", "abruf", "zeile"]]
    ergebnis = treffer.loc[treffer.index.isin(orte.index[orte == 1])].reindex(range(len(anschriften)))
    ergebnis["befund"] = [
        GEFUNDEN if orte.get(nr, 0) == 1
        else OHNE_KOORDINATEN if register.empty
        else OHNE_HAUSNUMMER if teil is None
        else MEHRDEUTIG if orte.get(nr, 0) > 1
        else UNBEKANNT
        for nr, teil in enumerate(teile)
    ]  # fmt: skip
    return ergebnis.set_index(anschriften.index)
