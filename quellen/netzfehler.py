"""What can go wrong on the wire, as German messages.

Belongs here: one ``QuellenFehler`` per kind of fault between asking and having the bytes. Does not belong here:
asking itself (``holen``) and faults in what the bytes mean (``zugang``, ``lesen``). No message quotes what a library
raised, and no fault is chained to it: both could carry request headers, and so credentials.
"""

from __future__ import annotations

import re
import ssl
from typing import NoReturn
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.util import Retry

from quellen.fehler import Befund, QuellenFehler

WIEDERHOLBAR = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request is tried again."""

_ZERTIFIKATSGRUENDE = {
    "mismatch": "ausgestellt für einen anderen Namen",
    "not yet valid": "noch nicht gültig",
    "expired": "abgelaufen",
    "self-signed": "selbst ausgestellt",
    "self signed": "selbst ausgestellt",
    "issuer": "Aussteller unbekannt oder Kette unvollständig",
}


class Stoerung(QuellenFehler):
    """A fault that may pass; ``pause_s`` is what the portal asked for, if it did."""

    def __init__(self, befund: Befund, pause_s: float | None = None) -> None:
        super().__init__(befund, voruebergehend=True)
        self.pause_s = pause_s


def scheitern(regel: str, gefunden: str, erwartet: str, tun: str) -> NoReturn:
    """Raise a final fault."""
    raise QuellenFehler(Befund(regel=regel, gefunden=gefunden, erwartet=erwartet, tun=tun)) from None


def zu_gross(url: str, gefunden: str, hoechstens: int) -> NoReturn:
    """Raise: more bytes than declared."""
    scheitern(
        "Die Antwort ist zu groß",
        f"{gefunden} von {url}",
        f"höchstens {hoechstens} Bytes",
        "prüfen, ob die Datei richtig ist; wenn ja, zugang.hoechstbytes der Quelle anheben",
    )


def abgerissen(url: str, gefunden: str) -> Stoerung:
    """The fault of an answer that ended too early."""
    return Stoerung(
        Befund(
            regel="Die Übertragung ist unvollständig",
            gefunden=f"{gefunden} von {url}",
            erwartet="die ganze Antwort",
            tun="später wiederholen; nichts Halbes wurde archiviert",
        )
    )


def zeitfehler(url: str, gefunden: str) -> Stoerung:
    """The fault of an answer that took too long."""
    return Stoerung(
        Befund(
            regel="Das Portal antwortet nicht rechtzeitig",
            gefunden=f"{gefunden} von {url}",
            erwartet="eine vollständige Antwort in der vorgesehenen Zeit",
            tun="später wiederholen; bleibt es dabei, zugang.hoechstdauer_s prüfen",
        )
    )


def netzfehler(fehler: Exception, url: str) -> QuellenFehler:
    """The German message for what requests and urllib3 raise. Their texts are not passed on: they may quote headers."""
    text = str(fehler)
    host = urlsplit(url).hostname
    if isinstance(fehler, requests.exceptions.SSLError | ssl.SSLCertVerificationError) and "CERTIFICATE_VERIFY" in text:
        return QuellenFehler(
            Befund(
                regel="Das Zertifikat des Portals ist ungültig",
                gefunden=f"ungültiges Zertifikat von {host} ({_zertifikatsgrund(text)})",
                erwartet="ein gültiges Zertifikat für diesen Host",
                tun="den Herausgeber ansprechen; die Prüfung wird nicht abgeschaltet",
            )
        )
    if isinstance(fehler, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return zeitfehler(url, "Zeitüberschreitung bei der Antwort")
    if "NameResolution" in text or "getaddrinfo" in text:
        gefunden = f"der Name {host} lässt sich nicht auflösen"
    elif "refused" in text.lower():
        gefunden = f"Verbindung abgelehnt von {host}"
    elif isinstance(fehler, requests.exceptions.ProxyError):
        gefunden = "der eingestellte Proxy antwortet nicht"
    elif isinstance(fehler, requests.exceptions.SSLError):
        gefunden = f"keine verschlüsselte Verbindung mit {host}"
    elif isinstance(fehler, requests.ConnectionError | urllib3.exceptions.HTTPError | ConnectionError | ssl.SSLError):
        return abgerissen(url, "Verbindung abgebrochen")
    else:
        return QuellenFehler(
            Befund(
                regel="Die Anfrage konnte nicht gestellt werden",
                gefunden=f"{type(fehler).__name__} für {url}",
                erwartet="eine zulässige Anfrage",
                tun="die Adresse in der YAML-Datei der Quelle und die Zugangsdaten prüfen",
            )
        )
    return Stoerung(
        Befund(
            regel="Das Portal ist nicht erreichbar",
            gefunden=f"{gefunden} ({url})",
            erwartet="eine Verbindung",
            tun="Netz und Portal prüfen und später wiederholen; das Archiv behält den letzten guten Stand",
        )
    )


def _zertifikatsgrund(text: str) -> str:
    """Why OpenSSL refuses a certificate; its own words beside ours, because people search for them."""
    treffer = re.search(r"certificate verify failed: ([^()\"',]+)", text)
    original = treffer.group(1).strip() if treffer else ""
    for muster, grund in _ZERTIFIKATSGRUENDE.items():
        if muster in original.lower():
            return f"{grund}: {original}"
    return original or "Prüfung fehlgeschlagen"


def statusfehler(url: str, status: int, retry_after: str | None) -> NoReturn:
    """Raise for an unwanted status; ``retry_after`` is the header as sent."""
    gefunden = f"HTTP {status} von {url}"
    if status in WIEDERHOLBAR:
        pause = _pause(retry_after)
        befund = Befund(
            regel="Das Portal ist überlastet" if status == 429 else "Das Portal meldet einen eigenen Fehler",
            gefunden=gefunden + (f", erbetene Pause {pause:.0f} s" if pause is not None else ""),
            erwartet="HTTP 200",
            tun="später wiederholen; das Archiv behält den letzten guten Stand",
        )
        raise Stoerung(befund, pause)
    regel, tun = {
        401: ("Das Portal verlangt eine Anmeldung", "die Zugangsdaten prüfen"),
        403: ("Das Portal verweigert den Zugriff", "den Herausgeber ansprechen oder die Datei von Hand ablegen"),
        404: ("Die Adresse gibt es nicht (mehr)", "die neue Adresse suchen und in der YAML-Datei der Quelle eintragen"),
        410: ("Die Adresse gibt es nicht mehr", "die neue Adresse suchen und in der YAML-Datei der Quelle eintragen"),
    }.get(status, ("Das Portal lehnt die Anfrage ab", "die Adresse im Browser öffnen und die YAML-Datei prüfen"))
    scheitern(regel, gefunden, "HTTP 200", tun)


def _pause(retry_after: str | None) -> float | None:
    """Seconds asked for by a Retry-After header (seconds or HTTP date); ``None`` if absent or unreadable."""
    if not retry_after:
        return None
    try:
        return Retry().parse_retry_after(retry_after)
    except urllib3.exceptions.InvalidHeader:
        return None
