"""Rows of an archived GENESIS table that a request asks for: years, newest times, regions, quality column.

Belongs here: selecting from and joining tables as text (ffcsv, datencsv, classic csv). Does not belong here: who may
ask (``genesis``) and how a table is wrapped (``genesis_form``). Lines that stay are left as they were.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

_FLACH = "statistics_code"
_FUSS = re.compile(r"^_{6,}", re.MULTILINE)
_JAHR = re.compile(r"(?:\d{1,2}\.\d{1,2}\.)?((?:1[89]|20)\d\d)(?!\d)|[WS]S (\d{4})")
_REGION = re.compile(r"KREIS\w*|REGBEZ\w*|STATREG\w*|D?LAND\w*|DINSG|GEM\w*|GEO\w*")


@dataclass(frozen=True)
class Auswahl:
    """What a request asks for. Without years and ``zeitscheiben`` that is the newest time alone."""

    von: int | None = None
    bis: int | None = None
    zeitscheiben: int | None = None
    regionen: tuple[str, ...] = ()
    qualitaet: bool = False

    @classmethod
    def aus(cls, werte: Mapping[str, str]) -> Auswahl:
        """Read the parameters of a request; what is no number counts as not given."""
        von, bis, scheiben = (_zahl(werte.get(n, "")) for n in ("startyear", "endyear", "timeslices"))
        regionen = tuple(r.strip() for r in werte.get("regionalkey", "").split(",") if r.strip())
        return cls(von, bis, scheiben, regionen, werte.get("quality", "").lower() == "on")

    def nimmt_jahr(self, jahr: int) -> bool:
        """Whether a year lies between start and end, both included."""
        return (self.von is None or jahr >= self.von) and (self.bis is None or jahr <= self.bis)

    def nimmt_region(self, schluessel: Iterable[str]) -> bool:
        """Whether one of the keys is asked for; ``*`` stands for anything."""
        return any(fnmatchcase(s, r) for s in schluessel for r in self.regionen)


class _Form(NamedTuple):
    """Index of the cell with the time; for each axis of a flat table those of its variable and of its key."""

    zeit: int
    achsen: tuple[tuple[int, int], ...]


def ausgewaehlt(text: str, auswahl: Auswahl) -> str | None:
    """The table with the rows that are asked for; ``None`` if it holds none of that time.

    A region that it does not hold gives a table without rows. Rows without a readable time are always kept.
    """
    kopf, zeilen, fuss = _zerlegt(text)
    paare = [(z, _zeit(z, kopf)) for z in zeilen]
    zeiten = sorted({t for _, t in paare if t is not None})
    gewollt = {t for t in zeiten if auswahl.nimmt_jahr(_jahr(t))}
    anzahl = auswahl.zeitscheiben or (1 if auswahl.von is None and auswahl.bis is None else None)
    if anzahl is not None:
        gewollt = set(sorted(gewollt)[-anzahl:])
    if zeiten and not gewollt:
        return None
    geblieben = [z for z, t in paare if t is None or t in gewollt]
    if auswahl.regionen:
        geblieben = [z for z in geblieben if auswahl.nimmt_region(_regionen(z, kopf))]
    neu = text if len(geblieben) == len(zeilen) else kopf + "".join(geblieben) + fuss
    return _mit_qualitaet(neu, auswahl.qualitaet)


def verbunden(texte: list[str]) -> str:
    """Several tables of the same form, e.g. one per year, as one. Raises ``ValueError`` if their headers differ."""
    teile = [_zerlegt(text) for text in texte]
    if len({_ohne_titel(kopf) for kopf, _, _ in teile}) > 1:
        raise ValueError("Tabellen verschiedener Gestalt")
    zeilen = [z if z.endswith("\n") else z + "\n" for _, zs, _ in teile for z in zs]
    return teile[-1][0] + "".join(zeilen) + teile[-1][2]


def _zahl(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,4}", text.strip()) else None


def _zerlegt(text: str) -> tuple[str, list[str], str]:
    """Header, rows and footer; joined they give the text again."""
    if text.removeprefix("\ufeff").startswith(_FLACH):
        kopf, trenner, rest = text.partition("\n")
        return kopf + trenner, [z for z in re.findall(r"[^\n]*\n|[^\n]+$", rest) if z.strip()], ""
    fuss = _FUSS.search(text)
    ende = fuss.start() if fuss else len(text)
    zeilen = text[:ende].splitlines(keepends=True)
    beginn = next((i for i, z in enumerate(zeilen) if _ist_datenzeile(z)), len(zeilen))
    return "".join(zeilen[:beginn]), zeilen[beginn:], text[ende:]


def _ist_datenzeile(zeile: str) -> bool:
    erste, _, rest = zeile.partition(";")
    return bool(erste.strip('" ')) and any(z.strip('" \r\n') for z in rest.split(";"))


def _ohne_titel(kopf: str) -> str:
    """The header lines that name columns: those that a table on screen begins with an empty cell."""
    if kopf.removeprefix("\ufeff").startswith(_FLACH):
        return kopf.strip()
    return "\n".join(z.strip() for z in kopf.splitlines() if z.startswith(";"))


def _zellen(zeile: str) -> list[str]:
    glatt = zeile.rstrip("\r\n")
    return next(csv.reader([glatt], delimiter=";"), []) if '"' in glatt else glatt.split(";")


@lru_cache(maxsize=16)
def _form(kopf: str) -> _Form:
    """Where times and regions stand in the rows below a header."""
    if not kopf.removeprefix("\ufeff").startswith(_FLACH):
        return _Form(0, ())
    spalten = _zellen(kopf.removeprefix("\ufeff"))
    stellen = {name: i for i, name in enumerate(spalten)}
    achsen = [n.removesuffix("_variable_code") for n in spalten if re.fullmatch(r"\d+_variable_code", n)]
    paare = tuple((stellen[f"{n}_variable_code"], stellen.get(f"{n}_variable_attribute_code", 0)) for n in achsen)
    return _Form(stellen.get("time", 0), paare)


def _zeit(zeile: str, kopf: str) -> str | None:
    """A sortable text for the time of a row, its year first; ``None`` if there is none to be read."""
    stelle = _form(kopf).zeit
    werte = zeile.split(";", stelle + 1)
    text = werte[stelle].strip('" \r\n') if len(werte) > stelle else ""
    treffer = _JAHR.match(text)
    if treffer is None:
        return None
    tag = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    return f"{tag[3]}-{tag[2]:0>2}-{tag[1]:0>2}" if tag else f"{treffer[1] or treffer[2]}|{text}"


def _jahr(zeit: str) -> int:
    return int(zeit[:4])


def _regionen(zeile: str, kopf: str) -> list[str]:
    """Keys of a row's regions: attributes of regional axes, or the first cells of a table on screen."""
    werte, form = _zellen(zeile), _form(kopf)
    if not form.achsen:
        return [w.strip() for w in werte[:3]]
    return [werte[wert] for variable, wert in form.achsen if len(werte) > wert and _REGION.fullmatch(werte[variable])]


def _mit_qualitaet(text: str, gewollt: bool) -> str:
    """The flat table with or without its column of quality signs, as asked for; other forms as they are."""
    kopf, zeilen, fuss = _zerlegt(text)
    if not kopf.removeprefix("\ufeff").startswith(_FLACH) or gewollt == (_zellen(kopf)[-1] == "value_q"):
        return text
    if gewollt:
        neu = [z.rstrip("\r\n") + ";e" for z in zeilen]
        return kopf.rstrip("\r\n") + ";value_q\n" + "".join(z + "\n" for z in neu) + fuss
    return "".join(z.rstrip("\r\n").rpartition(";")[0] + "\n" for z in [kopf, *zeilen]) + fuss
