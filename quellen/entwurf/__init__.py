"""Drafting a declaration from a file: what it is, which columns, signs and keys it seems to have.

Belongs here: looking and proposing. Does not belong here: reading formats (``lesen``) and checking contracts
(``vertrag``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from quellen.entwurf.bauen import Teilentwurf, baue
from quellen.entwurf.gestalt import lies_erkannt, rate_format
from quellen.entwurf.quelltext import kennung_aus, quelltext
from quellen.fehler import Befund, QuellenFehler
from quellen.holen import Abrufer
from quellen.lesen.huelle import entpacken
from quellen.modell import Zugang, lade_quelle
from quellen.vertrag import lies_und_pruefe

__all__ = ["Entwurf", "entwirf", "hole_probe", "kennung_aus", "lies_erkannt", "rate_format"]

GRENZE_BYTES = 200_000_000
"""A file to be looked at, also unpacked, may be this large."""
FRIST_S = 300.0
TEIL = "tabelle"


@dataclass(frozen=True)
class Entwurf:
    """A drafted declaration. ``befunde``: what the contract of the draft still says against the very file."""

    kennung: str
    text: str
    befunde: tuple[Befund, ...]


def hole_probe(url: str, abrufer: Abrufer) -> tuple[bytes, str]:
    """The bytes at an address and a file name. Asks this host only; raises ``QuellenFehler``."""
    teile = urlsplit(url)
    host = teile.hostname or ""
    if teile.scheme != "https" or not host:
        raise QuellenFehler(
            Befund(
                regel="Diese Adresse darf nicht abgerufen werden",
                gefunden=url,
                erwartet="eine Adresse, die mit https:// beginnt",
                tun="die Datei im Browser herunterladen und den Pfad der Datei angeben",
            )
        )
    try:
        zugang = Zugang(
            portal="direkt",
            basis=f"https://{host}",
            hosts=(host,),
            hoechstbytes=GRENZE_BYTES,
            hoechstdauer_s=FRIST_S,
        )
    except ValueError as fehler:
        raise QuellenFehler(
            Befund(
                regel="Diese Adresse darf nicht abgerufen werden",
                gefunden=host,
                erwartet="ein gewöhnlicher Hostname",
                tun="die Adresse prüfen",
            )
        ) from fehler
    antwort = abrufer.hole(url, zugang)
    return antwort.daten, unquote(teile.path).rpartition("/")[2] or host


def entwirf(
    daten: bytes,
    datei: str,
    verzeichnisse: Mapping[str, frozenset[str]],
    *,
    kennung: str = "",
    url: str = "",
    innen: str | None = None,
) -> Entwurf:
    """Draft the declaration of a file (of a ZIP with several: of the one whose name matches ``innen``).

    Raises ``QuellenFehler`` if no table can be found in it.

    The draft is loaded and the file checked against it. Rules that the file itself breaks are left out of the draft or
    weakened there, with a comment.
    """
    inhalt, _ = entpacken(daten, datei, GRENZE_BYTES, innen=innen)
    tabelle, format_ = lies_erkannt(inhalt, datei, {})
    if tabelle.daten.empty:
        raise QuellenFehler(
            Befund(
                regel="Die Tabelle hat keine Zeilen",
                gefunden=f"Spalten {', '.join(tabelle.spalten[:20])}",
                erwartet="wenigstens eine Zeile, um etwas vorschlagen zu können",
                tun="eine Datei mit Daten angeben",
                datei=datei,
            )
        )
    entwurf = baue(tabelle, format_, verzeichnisse)
    entwurf.innen = innen or ""
    name = kennung or kennung_aus(url or datei)
    entwurf.vollstaendig = bool(entwurf.form == "werte" and entwurf.eindeutig and entwurf.feld_mit("ortsteil"))
    befunde = _probe(entwurf, name, datei, url, daten, verzeichnisse)
    if entwurf.vollstaendig and any(
        b.regel.startswith(("Die Tabelle ist nicht", "Ein Schlüssel kommt mehr")) for b in befunde
    ):
        entwurf.vollstaendig = False
        befunde = _probe(entwurf, name, datei, url, daten, verzeichnisse)
    if any(b.regel.startswith("Die Teile ergeben nicht die Summe") for b in befunde):
        entwurf.additiv = False
        befunde = _probe(entwurf, name, datei, url, daten, verzeichnisse)
    return Entwurf(name, quelltext(entwurf, name, datei, url), befunde)


def _probe(
    entwurf: Teilentwurf,
    kennung: str,
    datei: str,
    url: str,
    daten: bytes,
    verzeichnisse: Mapping[str, frozenset[str]],
) -> tuple[Befund, ...]:
    """Load the draft and check the file against it; what stands against it."""
    with tempfile.TemporaryDirectory() as ordner:
        pfad = Path(ordner) / f"{kennung}.yaml"
        pfad.write_text(quelltext(entwurf, kennung, datei, url), encoding="utf-8")
        try:
            lies_und_pruefe(daten, lade_quelle(pfad), TEIL, datei, verzeichnisse)
        except QuellenFehler as fehler:
            return fehler.befunde
    return ()
