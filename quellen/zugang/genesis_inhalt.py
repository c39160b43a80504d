"""What comes in place of a table, and the table itself: told apart before anything is archived.

Belongs here: ZIP, JSON with the table in it, plain table, web page. Does not belong here: the codes of messages
(``genesis_meldung``) and the rows (``lesen``).
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any, NoReturn

from quellen.fehler import ZIP_FEHLER
from quellen.holen import Antwort
from quellen.zugang.gemeinsam import fehler, lies_json, pruefe_daten
from quellen.zugang.genesis_konto import Zugangsdaten
from quellen.zugang.genesis_meldung import Meldung
from quellen.zugang.genesis_tabelle import ist_tabelle

ENTPACKT_HOECHSTENS = 20
"""How many times ``hoechstbytes`` an unpacked table may have."""


@dataclass(frozen=True)
class Inhalt:
    """One answer. ``tabelle``: the bytes to keep, ``None`` if it is a mere message; ``json``: of a JSON answer."""

    antwort: Antwort
    tabelle: bytes | None
    meldung: Meldung | None
    json: dict[str, Any]


def deute(antwort: Antwort, daten: Zugangsdaten, hoechstens: int) -> Inhalt:
    """Tell what an answer with status 200 is. Raises ``QuellenFehler`` if it is nothing that the interface sends.

    A table is a ZIP that is whole and unpacks to at most ``hoechstens`` bytes, a JSON with the table as text and a
    good code, or the table as such.
    """
    if antwort.daten[:2] == b"PK":
        pruefe_zip(antwort, hoechstens)
        return Inhalt(antwort, antwort.daten, None, {})
    if ist_tabelle(antwort.daten):
        return Inhalt(antwort, antwort.daten, None, {})
    if not antwort.daten.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        _keine_tabelle(antwort)
    inhalt = lies_json(antwort)
    meldung = Meldung.aus(inhalt, daten)
    objekt = inhalt.get("Object")
    if not meldung.ist_gut or not isinstance(objekt, dict) or not isinstance(objekt.get("Content"), str):
        return Inhalt(antwort, None, meldung, inhalt)
    return Inhalt(antwort, _ohne_anmeldung(antwort.daten, inhalt, daten), meldung, inhalt)


def pruefe_zip(antwort: Antwort, hoechstens: int) -> None:
    """A cut or damaged ZIP comes with status 200 as well; find out before it is archived."""
    grund = "ohne Datei darin"
    try:
        with zipfile.ZipFile(io.BytesIO(antwort.daten)) as paket:
            if sum(i.file_size for i in paket.infolist()) > hoechstens:
                grund = f"entpackt mehr als {hoechstens} Bytes"
            elif paket.namelist():
                kaputt = paket.testzip()
                grund = f"Prüfsumme von {kaputt} stimmt nicht" if kaputt else ""
    except ZIP_FEHLER:
        grund = "abgeschnitten oder beschädigt"
    if grund:
        raise fehler(
            "Das ZIP von GENESIS ist unbrauchbar",
            f"{len(antwort.daten)} Bytes von {antwort.url}, {grund}",
            "ein ganzes ZIP mit einer Tabelle",
            "später wiederholen; nichts wurde archiviert",
            voruebergehend=True,
        )


def _ohne_anmeldung(roh: bytes, inhalt: dict[str, Any], daten: Zugangsdaten) -> bytes:
    """The answer as it came, unless it repeats user name or password among the parameters: then without them."""
    parameter = inhalt.get("Parameter")
    if not isinstance(parameter, dict):
        return roh
    geheim = {wert for wert in (daten.benutzer, daten.passwort) if wert}
    verraten = [k for k, w in parameter.items() if str(k).lower() in ("username", "password") and w in geheim]
    if not verraten:
        return roh
    ersatz = {**parameter, **dict.fromkeys(verraten, "*" * 20)}
    return json.dumps({**inhalt, "Parameter": ersatz}, ensure_ascii=False, separators=(",", ":")).encode()


def _keine_tabelle(antwort: Antwort) -> NoReturn:
    pruefe_daten(antwort)
    raise fehler(
        "GENESIS schickt weder eine Tabelle noch eine Meldung",
        f"{antwort.kopf.get('content-type', 'unbekannte Art')}, {len(antwort.daten)} Bytes von {antwort.url}",
        "ZIP oder JSON",
        "die Adresse unter zugang.basis prüfen",
    )
