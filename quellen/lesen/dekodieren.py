"""Bytes to text in the declared encoding, or in the one that it plainly has become.

Belongs here: decoding, recognising that the declared encoding is not the real one, or that the bytes are a web
page or nothing at all. Does not belong here: what the text means.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from quellen.fehler import Befund, QuellenFehler
from quellen.lesen.texttabelle import Stelle

_UMLAUTE = "äöüÄÖÜß"
_EINBYTE = ("iso8859-1", "cp1252", "cp850")
_DOPPELT = re.compile("Ã[¤¶¼Ÿ\x9f„\x84–\x96œ\x9c]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HOCH = bytes(range(128, 256))
_IM_WORT = {
    k: re.compile(rb"(?<=[A-Za-z])[%b]|[%b](?=[A-Za-z])" % ((_UMLAUTE.encode(k),) * 2)) for k in ("cp1252", "cp850")
}
_LEER = b"\0 \t\r\n"
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


class Gelesen(NamedTuple):
    """A file's text, the encoding it was read with, and notices if that is not the declared one."""

    text: str
    kodierung: str
    abweichungen: tuple[Befund, ...] = ()


def dekodiere(daten: bytes, kodierung: str, stelle: Stelle) -> Gelesen:
    """The text of a file. ``utf-8-sig`` means UTF-8 with or without byte order mark.

    If the declared encoding does not fit and exactly one other does, the file is read with that one and says so in
    ``abweichungen``. Raises ``QuellenFehler`` for an empty file, a web page in place of data, bytes that no encoding
    explains (with line and byte) and text that is readable only by accident (mojibake).
    """
    pruefe_inhalt(daten, stelle)
    try:
        text = daten.decode(kodierung)
    except UnicodeDecodeError as fehler:
        anders = plausibel(daten)
        if anders is None:
            raise QuellenFehler(nicht_lesbar(daten, kodierung, fehler, stelle)) from fehler
        return _anders(daten, anders, kodierung, f"Byte 0x{daten[fehler.start]:02X} gibt es darin nicht", stelle)
    except (LookupError, ValueError) as fehler:
        tun = f"kodierung berichtigen in {stelle.deklaration('formate')}"
        raise stelle.fehler("Die deklarierte Kodierung gibt es nicht", kodierung, "z. B. utf-8-sig", tun) from fehler
    if text.startswith("\ufeff"):
        return _mit_marke(text[1:], kodierung, stelle)
    grund = mojibake(daten, text, kodierung)
    if not grund:
        return Gelesen(text, kodierung)
    anders = plausibel(daten)
    if anders is None or codecs.lookup(anders).name == codecs.lookup(kodierung).name or _ist_utf8_kodierung(kodierung):
        raise QuellenFehler(unleserlich(text, grund, kodierung, stelle))
    return _anders(daten, anders, kodierung, grund, stelle)


def waehle_kodierung(anfang: bytes, deklariert: str, stelle: Stelle, *, ganz: bool) -> tuple[str, tuple[Befund, ...]]:
    """The encoding to read a file with, and notices, from its beginning. Raises ``QuellenFehler`` like ``dekodiere``.

    ``ganz``: ``anfang`` is the whole file; otherwise a character may be cut in two at its end.
    """
    if not ganz:
        anfang = anfang[: max(anfang.rfind(b"\n"), anfang.rfind(b"\r")) + 1] or anfang
        if anfang[:2] in _UTF16:
            anfang = anfang[: len(anfang) // 4 * 4]
        if deklariert.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf-7", "utf16", "utf32", "utf7")):
            pruefe_inhalt(anfang, stelle)
            return deklariert, ()
    gelesen = dekodiere(anfang, deklariert, stelle)
    return gelesen.kodierung, gelesen.abweichungen


def plausibel(daten: bytes) -> str | None:
    """The one encoding that reads the bytes cleanly, so that umlauts stand inside words; ``None`` if none or several.

    Tried: UTF-16 (by its mark), UTF-8, cp1252 (also for ISO-8859-1, of which it is a superset) and cp850.
    """
    if daten[:2] in _UTF16 and daten[2:4] != b"\0\0":
        return "utf-16" if _gelingt(daten, "utf-16") else None
    if _ist_utf8(daten):
        text = daten.decode("utf-8")
        return None if len(_DOPPELT.findall(text)) > sum(text.count(u) for u in _UMLAUTE) else "utf-8-sig"
    hoch = len(daten) - len(daten.translate(None, _HOCH))
    im_wort = {k: len(muster.findall(daten)) for k, muster in _IM_WORT.items()}
    beste, andere = sorted(im_wort, key=lambda k: -im_wort[k])
    eindeutig = im_wort[beste] * 2 >= hoch and im_wort[beste] > 3 * im_wort[andere]
    return beste if eindeutig and _gelingt(daten, beste) else None


def _anders(daten: bytes, anders: str, deklariert: str, grund: str, stelle: Stelle) -> Gelesen:
    """Read with another encoding than the declared one, and say so."""
    erstes = re.search(rb"[\x80-\xff]", daten)
    hinweis = stelle.befund(
        "Die Kodierung hat sich geändert",
        f"{anders} (mit {deklariert} nicht lesbar: {grund})",
        deklariert,
        f"stimmen die Umlaute, kodierung: {anders} eintragen in {stelle.deklaration('formate')}",
        daten.count(b"\n", 0, erstes.start()) + 1 if erstes else 1,
    )
    return Gelesen(daten.decode(anders), anders, (hinweis,))


def _mit_marke(text: str, deklariert: str, stelle: Stelle) -> Gelesen:
    """Text whose byte order mark the declared encoding took for a character."""
    hinweis = stelle.befund(
        "Die Datei beginnt mit einer Byte-Reihenfolge-Marke (BOM)",
        f"BOM, deklariert ist {deklariert}",
        "kodierung: utf-8-sig" if _ist_utf8_kodierung(deklariert) else "kodierung: utf-16",
        f"kodierung berichtigen in {stelle.deklaration('formate')}",
        1,
    )
    return Gelesen(text, deklariert, (hinweis,))


def _gelingt(daten: bytes, kodierung: str) -> bool:
    try:
        daten.decode(kodierung)
    except UnicodeDecodeError:
        return False
    return True


def _ist_utf8_kodierung(kodierung: str) -> bool:
    return codecs.lookup(kodierung).name.startswith("utf-8")


def pruefe_inhalt(daten: bytes, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` if the bytes are empty or a web page."""
    anfang = daten[:4096].removeprefix(codecs.BOM_UTF8)
    if not anfang.strip(_LEER) and not daten[4096:].strip(_LEER):
        raise stelle.fehler(
            "Die Datei ist leer",
            f"{len(daten)} Bytes ohne Inhalt",
            "eine Tabelle",
            "später erneut abrufen; bleibt sie leer, beim Herausgeber nachfragen",
        )
    treffer = _HTML.match(anfang)
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


def nicht_lesbar(
    daten: bytes, kodierung: str, fehler: UnicodeDecodeError, stelle: Stelle, ort: tuple[int, int] = (1, 0)
) -> Befund:
    """The finding about the first byte that an encoding does not know. ``ort``: line and offset of the first byte."""
    davor = daten[: fehler.start]
    zeile = davor.count(b"\n") + ort[0]
    byte = fehler.start - (davor.rfind(b"\n") + 1) + 1
    vorschlag = _wahrscheinlich(daten)
    return stelle.befund(
        "Die Datei hat nicht die deklarierte Kodierung",
        f"Byte 0x{daten[fehler.start]:02X} (Byte {byte} der Zeile, Byte {fehler.start + 1 + ort[1]} der Datei)",
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


def mojibake(daten: bytes, text: str, kodierung: str) -> str:
    """Why the text is readable only by accident; empty if it is not."""
    einbyte = codecs.lookup(kodierung).name in _EINBYTE
    if daten.isascii() or not (einbyte or "Ã" in text):
        return ""
    richtige = sum(text.count(u) for u in _UMLAUTE)
    if einbyte:
        anders = _wahrscheinlich(daten)
        if anders and (anders == "utf-8-sig" or (richtige == 0 and len(re.sub(rb"[\x00-\x7f]+", b"", daten)) >= 3)):
            return f"die Bytes sprechen für {anders}"
        return ""
    doppelt = _DOPPELT.findall(text)
    return f"{len(doppelt)}-mal zerstörte Umlaute wie »{doppelt[0]}«" if len(doppelt) > richtige else ""


def unleserlich(text: str, grund: str, kodierung: str, stelle: Stelle, beginn: int = 1) -> Befund:
    """The finding about mojibake. ``beginn``: the line of the text's first character."""
    zeile = next(
        (i for i, z in enumerate(re.split("\r\n|\r|\n", text), beginn) if (_DOPPELT.search(z) or not z.isascii())), 1
    )
    return stelle.befund(
        "Umlaute sind unleserlich (Mojibake)",
        grund,
        f"lesbare Umlaute in {kodierung}",
        f"kodierung auf die des Herausgebers stellen in {stelle.deklaration('formate')}; "
        "ist die Datei selbst verdorben, beim Herausgeber nachfragen",
        zeile,
    )
