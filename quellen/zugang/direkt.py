"""Files and interfaces under an address that the declaration gives, with its changing parts filled in.

Belongs here: making the addresses and trying them. Does not belong here: addresses that a catalogue names (``dkan``,
``ckan``) and interfaces with rules of their own (``genesis``, ``arcgis``).

Under ``zugang`` of a Teil: ``pfad`` below ``basis``, with ``{sj}`` (school year ``25_26``), ``{sj4}`` (``2025-26``),
``{jahr}`` (the year of a Teil with ``jahrgaenge``) and ``{drupal}`` (nothing, ``_0``, ``_1``, ``_2``, as Drupal renames
files that are uploaded again) in it; ``abfrage``, parameters and their values; ``je``, parameters with lists of values,
one request for each (or each combination), whose file names carry the value; ``datei``, the name of the archived file,
or only its suffix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlencode

from quellen.fehler import NochNichtDa
from quellen.modell import Teil, schuljahr
from quellen.zugang.gemeinsam import Auftrag, Holung, dateiname, fehler, lade_datei

DRUPAL = ("", "_0", "_1", "_2")
"""What Drupal puts between a file's name and its suffix, in the order in which it is tried."""
FEHLT = (404, 410)


def schuljahre(heute: date, zurueck: int) -> list[str]:
    """School years as ``25_26``, the current one first (it turns on 1 August)."""
    return [f"{jahr % 100:02d}_{(jahr + 1) % 100:02d}" for jahr in _anfaenge(heute, zurueck)]


def _anfaenge(heute: date, zurueck: int) -> range:
    beginn = schuljahr(heute)[0].year
    return range(beginn, beginn - zurueck - 1, -1)


def hole(auftrag: Auftrag) -> Holung:
    """Fetch every file of a Teil, each from the first of its addresses that exists.

    Raises ``QuellenFehler`` with all addresses tried if none of them exists; ``NochNichtDa`` for a fetch by year.
    """
    holungen = [_hole_eine(auftrag, werte) for werte in kombinationen(auftrag.teil)]
    if len(holungen) == 1:
        return holungen[0]
    staende = [h.stand for h in holungen if h.stand is not None]
    return Holung(tuple(g for h in holungen for g in h.objekte), max(staende, default=None))


def kombinationen(teil: Teil) -> list[dict[str, str]]:
    """The values of ``zugang.je``, one set per request; one empty set without it."""
    je: dict[str, Any] = teil.zugang.get("je") or {}
    listen = [[str(w) for w in (werte if isinstance(werte, list | tuple) else [werte])] for werte in je.values()]
    return [dict(zip(je, satz, strict=True)) for satz in product(*listen)]


def dateiname_fuer(teil: Teil, url: str, je: dict[str, str], jahr: int | None) -> str:
    """Name of the archived file: that of the address or ``zugang.datei``, with the values of ``je`` and the year."""
    aus_adresse = PurePosixPath(dateiname(url))
    wunsch = str(teil.zugang.get("datei") or "").replace("{jahr}", str(jahr or ""))
    if not wunsch:
        stamm, endung = aus_adresse.stem, aus_adresse.suffix
    elif wunsch.startswith("."):
        stamm, endung = aus_adresse.name.removesuffix(wunsch), wunsch
    else:
        stamm, endung = PurePosixPath(wunsch).stem, PurePosixPath(wunsch).suffix
    zusatz = [re.sub(r"[\x00-\x1f/\\]", "_", wert) for wert in je.values()]
    if jahr is not None and str(jahr) not in stamm:
        zusatz.append(str(jahr))
    return "-".join([stamm, *zusatz]) + endung


def _hole_eine(auftrag: Auftrag, je: dict[str, str]) -> Holung:
    """The first of the addresses of one set of values that exists."""
    adressen = list(dict.fromkeys(_adressen(auftrag, je)))
    for adresse in adressen:
        datei = dateiname_fuer(auftrag.teil, adresse, je, auftrag.jahr)
        holung = lade_datei(auftrag, adresse, auch=FEHLT, datei=datei)
        if holung is not None:
            return holung
    befund = fehler(
        "Die Adresse gibt es nicht (mehr)",
        "HTTP 404 für " + ", ".join(adressen),
        "eine Datei unter einer dieser Adressen",
        "auf der Seite der Quelle die neue Adresse suchen und als zugang.pfad eintragen "
        f"({auftrag.quelle.seite}), oder die Datei von Hand ablegen",
    )
    raise befund if auftrag.jahr is None else NochNichtDa(befund.befunde)


def _adressen(auftrag: Auftrag, je: dict[str, str]) -> Iterator[str]:
    """All addresses of one set of values, in the order in which they are tried."""
    abfrage = {name: als_text(wert) for name, wert in (auftrag.teil.zugang.get("abfrage") or {}).items()} | je
    muster = auftrag.basis + "/" + auftrag.angabe("pfad").lstrip("/")
    if abfrage:
        # braces stay as they are, so that {jahr} can be filled in
        muster += ("&" if "?" in muster else "?") + urlencode(abfrage, quote_via=quote, safe="{}")
    if "{jahr}" in muster and auftrag.jahr is None:
        raise fehler(
            "Die Adresse verlangt ein Jahr, und der Teil hat keine Jahrgänge",
            auftrag.angabe("pfad"),
            "jahrgaenge unter dem Teil",
            f"teile.{auftrag.teil_name}.jahrgaenge in der YAML-Datei angeben oder {{jahr}} ersetzen",
        )
    muster = muster.replace("{jahr}", str(auftrag.jahr))
    zurueck = int(auftrag.angabe("schuljahre_zurueck", 0)) if re.search(r"\{sj4?\}", muster) else 0
    for beginn in _anfaenge(auftrag.heute, zurueck):
        ende = (beginn + 1) % 100
        url = muster.replace("{sj}", f"{beginn % 100:02d}_{ende:02d}").replace("{sj4}", f"{beginn}-{ende:02d}")
        for anhang in DRUPAL if "{drupal}" in url else ("",):
            yield url.replace("{drupal}", anhang)


def als_text(wert: object) -> str:
    """A value of ``zugang.abfrage`` as it goes into the address; YAML reads ``true`` as a truth value."""
    return str(wert).lower() if isinstance(wert, bool) else str(wert)
