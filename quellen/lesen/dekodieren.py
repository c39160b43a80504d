"""Bytes to text, strictly in the declared encoding.

Belongs here: decoding, and recognising that the declared encoding is not the real one, or that the bytes are a web
page or nothing at all. Does not belong here: what the text means.
"""

from __future__ import annotations

import codecs
import re

from quellen.fehler import QuellenFehler
from quellen.lesen.texttabelle import Stelle

_UMLAUTE = "äöüÄÖÜß"
_EINBYTE = ("iso8859-1", "cp1252", "cp850")
_DOPPELT = re.compile("Ã[¤¶¼Ÿ\x9f„\x84–\x96œ\x9c]")
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def dekodiere(daten: bytes, kodierung: str, stelle: Stelle) -> str:
    """The text of a file. ``utf-8-sig`` means UTF-8 with or without byte order mark.

    Raises ``QuellenFehler`` for an empty file, a web page in place of data, bytes that the encoding does not
    know (with line and byte) and text that is readable only by accident (mojibake).
    """
    pruefe_inhalt(daten, stelle)
    tun = f"kodierung berichtigen in {stelle.deklaration('formate')}"
    try:
        text = daten.decode(kodierung)
    except UnicodeDecodeError as fehler:
        raise _nicht_lesbar(daten, kodierung, fehler, stelle) from fehler
    except (LookupError, ValueError) as fehler:
        raise stelle.fehler("Die deklarierte Kodierung gibt es nicht", kodierung, "z. B. utf-8-sig", tun) from fehler
    if text.startswith("\ufeff"):
        raise stelle.fehler(
            "Die Datei beginnt mit einer Byte-Reihenfolge-Marke (BOM)",
            f"BOM, deklariert ist {kodierung}",
            "kodierung: utf-8-sig",
            tun,
            1,
        )
    _pruefe_umlaute(daten, text, kodierung, stelle)
    return text


def pruefe_inhalt(daten: bytes, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` if the bytes are empty or a web page."""
    if not daten.removeprefix(codecs.BOM_UTF8).strip(b"\0 \t\r\n"):
        raise stelle.fehler(
            "Die Datei ist leer",
            f"{len(daten)} Bytes ohne Inhalt",
            "eine Tabelle",
            "später erneut abrufen; bleibt sie leer, beim Herausgeber nachfragen",
        )
    treffer = _HTML.match(daten.removeprefix(codecs.BOM_UTF8)[:4096])
    if treffer:
        titel = re.search(rb"<title[^>]*>(.*?)</title>", daten[:20_000], re.IGNORECASE | re.DOTALL)
        text = " ".join(titel.group(1).decode("utf-8", "replace").split()) if titel else ""
        raise stelle.fehler(
            "Statt der Daten kam eine Webseite",
            f"HTML{f' mit dem Titel »{text[:120]}«' if text else ''}",
            "eine Datentabelle",
            "die Adresse im Browser öffnen (Wartung, Anmeldung, umgezogen?) und "
            f"zugang in {stelle.deklaration('zugang')} anpassen",
        )


def _nicht_lesbar(daten: bytes, kodierung: str, fehler: UnicodeDecodeError, stelle: Stelle) -> QuellenFehler:
    davor = daten[: fehler.start]
    zeile = davor.count(b"\n") + 1
    byte = fehler.start - (davor.rfind(b"\n") + 1) + 1
    vorschlag = _wahrscheinlich(daten)
    return stelle.fehler(
        "Die Datei hat nicht die deklarierte Kodierung",
        f"Byte 0x{daten[fehler.start]:02X} (Byte {byte} der Zeile, Byte {fehler.start + 1} der Datei)",
        f"{kodierung}{f'; die Umlaute sprechen für {vorschlag}' if vorschlag else ''}",
        f"kodierung berichtigen in {stelle.deklaration('formate')}",
        zeile,
    )


def _wahrscheinlich(daten: bytes) -> str | None:
    """The encoding in which most bytes beyond ASCII are German umlauts; ``None`` if none stands out."""
    if _ist_utf8(daten):
        return "utf-8-sig"
    hoch = re.sub(rb"[\x00-\x7f]+", b"", daten)
    treffer = {k: sum(hoch.count(u.encode(k)) for u in _UMLAUTE) for k in ("cp850", "cp1252")}
    beste = max(treffer, key=lambda k: treffer[k])
    return beste if treffer[beste] * 2 > len(hoch) else None


def _ist_utf8(daten: bytes) -> bool:
    try:
        daten.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not daten.isascii()


def _pruefe_umlaute(daten: bytes, text: str, kodierung: str, stelle: Stelle) -> None:
    if daten.isascii():
        return
    gefunden = ""
    richtige = sum(text.count(u) for u in _UMLAUTE)
    if codecs.lookup(kodierung).name in _EINBYTE:
        anders = _wahrscheinlich(daten)
        if anders and (anders == "utf-8-sig" or (richtige == 0 and len(re.sub(rb"[\x00-\x7f]+", b"", daten)) >= 3)):
            gefunden = f"die Bytes sprechen für {anders}"
    else:
        anders = "die Kodierung des Herausgebers"
        doppelt = _DOPPELT.findall(text)
        if len(doppelt) > richtige:
            gefunden = f"{len(doppelt)}-mal zerstörte Umlaute wie »{doppelt[0]}«"
    if gefunden:
        zeile = next(
            (i for i, z in enumerate(re.split("\r\n|\r|\n", text), 1) if (_DOPPELT.search(z) or not z.isascii())), 1
        )
        raise stelle.fehler(
            "Umlaute sind unleserlich (Mojibake)",
            gefunden,
            f"lesbare Umlaute in {kodierung}",
            f"kodierung auf {anders} stellen in {stelle.deklaration('formate')}; "
            "ist die Datei selbst verdorben, beim Herausgeber nachfragen",
            zeile,
        )
