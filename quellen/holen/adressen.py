"""Addresses: which ones may be asked, and how one reads on a local replica.

Belongs here: rules over URLs and host names. Does not belong here: asking them.

Only ``https`` to host names that the declaration lists, never an address in digits or a name of the local network; with
verified certificates that also shuts out names that somebody else points into the local network.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from quellen.modell import Zugang
from quellen.netzfehler import scheitern

_OERTLICH = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa")
"""Endings of names that only a local network knows."""


def ist_lokal(host: str | None) -> bool:
    """Whether a host is this machine, by name or by address."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def ist_ziffernadresse(host: str) -> bool:
    """Whether a host is an IP address in any spelling that a resolver takes (``2130706433``, ``127.0x1`` …)."""
    ende = host.rstrip(".").rpartition(".")[2]
    return ":" in host or ende.isdecimal() or ende.startswith("0x")


def ist_oertlicher_name(host: str) -> bool:
    """Whether a name can only mean something inside a local network or a data centre (``localhost``, ``metadata…``)."""
    glieder = host.rstrip(".").lower().split(".")
    return len(glieder) < 2 or glieder[-1] in _OERTLICH or glieder[0].startswith(("metadata", "instance-data"))


def ohne_geheimnis(url: str) -> str:
    """An address without user name and password."""
    return re.sub(r"//[^/@]*@", "//***@", url)


def gepruefter_nachbau(portal: str) -> str:
    """The address of a replica without a slash at the end. Raises ``QuellenFehler`` if it may not be one."""
    teile = urlsplit(portal)
    sicher = teile.scheme == "https" or (teile.scheme == "http" and ist_lokal(teile.hostname))
    if not sicher or teile.username or teile.query or teile.fragment:
        scheitern(
            "Die Adresse des Portal-Nachbaus ist unbrauchbar",
            ohne_geheimnis(portal),
            "http://127.0.0.1:<Port> oder eine https-Adresse ohne Zugangsdaten",
            "SOZIALRAUM_PORTAL berichtigen oder löschen",
        )
    return portal.rstrip("/")


def gepruefte_adresse(url: str, zugang: Zugang) -> SplitResult:
    """Parts of an address that may be asked: https, declared host name, no port, no credentials in it."""
    try:
        teile = urlsplit(url)
        host, port = teile.hostname or "", teile.port
    except ValueError:
        teile, host, port = SplitResult("", "", "", "", ""), "", None
    erlaubt = {*zugang.hosts, urlsplit(zugang.basis).hostname}
    gut = teile.scheme == "https" and host in erlaubt and port in (None, 443) and "@" not in teile.netloc
    if not gut or ist_ziffernadresse(host) or ist_oertlicher_name(host):
        scheitern(
            "Diese Adresse darf nicht abgerufen werden",
            ohne_geheimnis(url),
            "https und einer der Hosts " + ", ".join(sorted(h for h in erlaubt if h)),
            "prüfen, ob das Portal umgezogen ist, und den neuen Host unter zugang.hosts eintragen; Adressen in Ziffern "
            "und Namen des eigenen Netzes sind nie erlaubt",
        )
    return teile


def netzadresse(teile: SplitResult, portal: str | None) -> str:
    """Where a publisher's address is really asked: there, or under its host's name on the replica ``portal``."""
    if portal is None:
        return urlunsplit(teile._replace(fragment=""))
    return f"{portal}/{teile.hostname}{teile.path or '/'}" + (f"?{teile.query}" if teile.query else "")


def umleitungsziel(url: str, ziel: str, zugang: Zugang, portal: str | None) -> str:
    """The publisher's address that a Location header means; a replica's own addresses are turned back."""
    ziel = _als_utf8(ziel)
    if portal is None:
        return urljoin(url, ziel)
    netz = netzadresse(urlsplit(url), portal)
    am_nachbau = urljoin(netz, ziel).removeprefix(f"{portal}/")
    if urlsplit(am_nachbau).scheme == "" and am_nachbau.partition("/")[0] in zugang.hosts:
        return f"https://{am_nachbau}"
    return urljoin(url, ziel)


def kurzname(url: str) -> str:
    """Last part of an address's path as a person reads it; the host's name if there is none."""
    teile = urlsplit(url)
    name = unquote(teile.path.rstrip("/").rpartition("/")[2]) or teile.hostname or "?"
    return re.sub(r"[^\w.,() +-]", "_", name)[:80]


def _als_utf8(text: str) -> str:
    """A header as UTF-8 where the server sent raw UTF-8 (headers arrive decoded as Latin-1)."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
