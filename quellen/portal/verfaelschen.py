"""Content disturbances: change archived bytes as a publisher might, one thing at a time.

Belongs here: which kind changes what (a table, the text, the wrapping), and encodings. Does not belong here: the single
changes of a table (``eingriffe``), when a fault is due (``stoerung``) and checking data (``vertrag``). What a kind
cannot be applied to comes back unchanged; equal input gives equal output.
"""

from __future__ import annotations

import re
import zipfile

from quellen.modell import Teil
from quellen.portal.eingriffe import EINGRIFFE
from quellen.portal.gitter import Gitter, aus_csv, aus_json, aus_mappe
from quellen.portal.packen import HUELLEN, XML_ARTEN, entpackt, gepackt, ist_mappe, neu_gehuellt, xml_mit_entitaet

__all__ = ["INHALT", "entpackt", "gepackt", "verfaelsche"]

NEUE_KOPFZEILE = "Stadt Duisburg, Auszug vom 01.01.2026"
BOM = "\ufeff"
INHALT = (
    *EINGRIFFE, "zeilen-vertauscht", "kopfzeile-neu", "bom-neu", *XML_ARTEN, "kodierung-geaendert", *HUELLEN,
)  # fmt: skip
"""Kinds that change the archived contents, in the order in which they are applied."""


def verfaelsche(art: str, daten: bytes, teil: Teil) -> bytes:
    """The bytes with the fault ``art`` (one of ``INHALT``); unchanged where it does not apply."""
    try:
        if daten.startswith(b"PK"):
            return _mappe(art, daten, teil) if ist_mappe(daten) else _im_zip(art, daten, teil)
        return _einzeln(art, daten, teil)
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError):
        return daten


def _einzeln(art: str, daten: bytes, teil: Teil) -> bytes:
    """A file without wrapping. Raises ``UnicodeDecodeError`` if it is no text of the declared encoding."""
    kodierung = _kodierung(daten, teil)
    text = daten.decode(kodierung)
    anfang = text.lstrip(BOM + " \r\n\t")[:1]
    if not anfang or art == "zeilen-vertauscht" or (art in HUELLEN and anfang in "{["):
        return daten
    if art in HUELLEN:
        return neu_gehuellt(art, daten)
    if art == "kodierung-geaendert":
        return _umkodiert(text, daten, kodierung)
    neu = _neuer_text(art, text, teil, anfang)
    if neu == text:
        return daten
    return (b"\xef\xbb\xbf" + daten) if art == "bom-neu" else neu.encode(kodierung, errors="replace")


def _neuer_text(art: str, text: str, teil: Teil, anfang: str) -> str:
    """The changed text of a file that begins (after blanks) with ``anfang``."""
    if art in XML_ARTEN:
        return xml_mit_entitaet(art, text)
    if art in EINGRIFFE:
        neu = _bearbeitet(art, aus_json(text, teil) if anfang in "{[" else aus_csv(text, teil))
        return neu if isinstance(neu, str) else text
    return text if anfang in "{[<" else _textanfang(art, text)


def _bearbeitet(art: str, gitter: Gitter | None) -> bytes | str | None:
    """The changed file; ``None`` if the change does not apply."""
    if gitter is None:
        return None
    vorher = ([*gitter.kopf.zellen], [[*z.zellen] for z in gitter.zeilen])
    EINGRIFFE[art](gitter)
    if vorher == (gitter.kopf.zellen, [z.zellen for z in gitter.zeilen]):
        return None
    return gitter.schreibe(gitter)


def _mappe(art: str, daten: bytes, teil: Teil) -> bytes:
    neu = _bearbeitet(art, aus_mappe(daten, teil)) if art in EINGRIFFE else None
    return neu if isinstance(neu, bytes) else daten


def _im_zip(art: str, daten: bytes, teil: Teil) -> bytes:
    if art in HUELLEN:
        return neu_gehuellt(art, daten)
    name, inneres = entpackt(daten)
    if art == "zeilen-vertauscht":
        kopf, *rest = inneres.split(b"\n")
        zeilen = [zeile for zeile in rest if zeile]
        ende = b"\n" if inneres.endswith(b"\n") else b""
        return gepackt(_anderer_name(name), b"\n".join([kopf, *reversed(zeilen)]) + ende)
    if inneres.startswith(b"PK"):
        return daten
    neu = verfaelsche(art, inneres, teil)
    return daten if neu == inneres else gepackt(name, neu)


def _anderer_name(name: str) -> str:
    """GENESIS puts the milliseconds of the request into the name: another request, another name."""
    neu = re.sub(r"_(\d{6,})_", lambda treffer: f"_{int(treffer[1]) + 86_400_000}_", name)
    return neu if neu != name else "neu_" + name


def _kodierung(daten: bytes, teil: Teil) -> str:
    if daten.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    erstes = teil.formate[0].kodierung
    return "utf-8" if erstes == "utf-8-sig" else erstes


def _umkodiert(text: str, daten: bytes, kodierung: str) -> bytes:
    ziel = "cp1252" if kodierung == "utf-8" else "utf-8"
    neu = text.removeprefix(BOM).encode(ziel, errors="replace")
    return neu if neu != daten else text.encode("utf-16")


def _textanfang(art: str, text: str) -> str:
    """A mark of UTF-8 at the beginning, or a line above the header (below ``sep=``)."""
    if art == "bom-neu":
        return text if text.startswith(BOM) else BOM + text
    marke = BOM if text.startswith(BOM) else ""
    sep = re.match(r"(?i)sep=.\r?\n", text.removeprefix(BOM))
    vorn = marke + (sep[0] if sep else "")
    ende = "\r\n" if "\r\n" in text[:2000] else "\n"
    return f"{vorn}{NEUE_KOPFZEILE}{ende}{text[len(vorn) :]}"
