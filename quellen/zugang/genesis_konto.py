"""Accounts of GENESIS databases: from the environment, as request headers, cut out of texts.

Belongs here: user names, passwords, tokens, and what is wrong with them before anything is asked. Does not belong here:
what the database says to them (``genesis_sitzung``). Each database of the family keeps accounts of its own: they stand
in ``SOZIALRAUM_<KONTO>_BENUTZER`` and ``SOZIALRAUM_<KONTO>_PASSWORT``, ``<KONTO>`` being ``Zugang.konto``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from quellen.modell import Zugang
from quellen.zugang.gemeinsam import fehler

TOKENLAENGE = 32


@dataclass(frozen=True)
class Zugangsdaten:
    """User name and password, or a token of 32 characters as user name with an empty password."""

    benutzer: str = field(repr=False)
    passwort: str = field(repr=False)

    @property
    def ist_token(self) -> bool:
        """Tokens may not start jobs."""
        return len(self.benutzer) == TOKENLAENGE and not self.passwort

    def kopf(self) -> dict[str, str]:
        """The request headers."""
        return {"username": self.benutzer, "password": self.passwort}

    def geschwaerzt(self, text: str) -> str:
        """A text without user name and password."""
        for geheim in sorted((self.benutzer, self.passwort), key=len, reverse=True):
            text = text.replace(geheim, "***") if geheim else text
        return text


NACHBAU = "beispiel"
"""User name and password of every account at a replica."""


def variablen(konto: str) -> tuple[str, str]:
    """Names of the two environment variables of an account."""
    return f"SOZIALRAUM_{konto.upper()}_BENUTZER", f"SOZIALRAUM_{konto.upper()}_PASSWORT"


def zugangsdaten(zugang: Zugang, *, nachbau: bool = False) -> Zugangsdaten:
    """Credentials of a database; a replica (``nachbau``) takes ``beispiel`` for every account that is not set.

    Raises ``QuellenFehler`` if they are missing, cannot stand in a header, or are a token that it does not take.
    """
    variable_b, variable_p = variablen(zugang.konto)
    benutzer, passwort = os.environ.get(variable_b, "").strip(), os.environ.get(variable_p, "").strip()
    if nachbau and not benutzer and not passwort:
        benutzer = passwort = NACHBAU
    daten = Zugangsdaten(benutzer, passwort)
    if not benutzer or (not passwort and len(benutzer) != TOKENLAENGE):
        raise fehler(
            "Die Zugangsdaten für GENESIS fehlen",
            f"{variable_b} {'gesetzt' if benutzer else 'leer'}, {variable_p} {'gesetzt' if passwort else 'leer'}",
            "ein Konto des Portals" + (", oder ein Token (32 Zeichen) als Benutzer ohne Passwort" * zugang.token),
            "beide Umgebungsvariablen setzen (Konto kostenlos beim Portal), oder die Tabelle von Hand ablegen",
        )
    if not re.fullmatch(r"[\x20-\x7e\xa0-\xff]*", benutzer + passwort):
        raise fehler(
            "Die Zugangsdaten für GENESIS sind nicht übertragbar",
            "Zeichen außerhalb von Latin-1 oder Steuerzeichen",
            "druckbare Zeichen",
            f"{variable_b} und {variable_p} neu setzen, notfalls das Passwort beim Portal ändern",
        )
    if daten.ist_token and not zugang.token:
        raise fehler(
            "Diese GENESIS-Datenbank nimmt kein Token",
            f"in {variable_b} ein Token (32 Zeichen), {variable_p} leer",
            f"Benutzername und Passwort eines Kontos bei {zugang.hosts[0]}",
            f"{variable_b} und {variable_p} eines Kontos setzen",
        )
    return daten
