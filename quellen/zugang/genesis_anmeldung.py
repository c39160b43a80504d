"""The log-in check of GENESIS: once per account and run, before the first table is asked for.

Belongs here: what the check means, and remembering it for as long as the run's ``Abrufer`` lives. Does not belong here:
where accounts come from (``genesis_konto``). A refusal is remembered too: asking again for every table would lock the
account.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from quellen.fehler import QuellenFehler
from quellen.holen import Abrufer
from quellen.zugang.genesis_konto import Zugangsdaten, variablen
from quellen.zugang.genesis_meldung import abgelehnt, fehlschlag
from quellen.zugang.genesis_sitzung import Sitzung

METHODE = "helloworld/logincheck"
_ERFOLG = re.compile(r"(?i)erfolgreich|success")
_FEHLER = re.compile(r"(?i)fehler|error")
_Konto = tuple[str, Zugangsdaten]


@dataclass
class _Gemerkt:
    """What one run knows of its accounts; the lock of an account is held while it is being checked."""

    schloesser: dict[_Konto, threading.Lock] = field(default_factory=dict)
    ausgang: dict[_Konto, QuellenFehler | None] = field(default_factory=dict)


_JE_LAUF: WeakKeyDictionary[Abrufer, _Gemerkt] = WeakKeyDictionary()
_SCHLOSS = threading.Lock()


def pruefe_anmeldung(sitzung: Sitzung) -> None:
    """Raise ``QuellenFehler`` if the database refuses the account; asks it only once per account and ``Abrufer``.

    Passing faults are not remembered.
    """
    konto = (sitzung.auftrag.basis, sitzung.daten)
    with _SCHLOSS:
        gemerkt = _JE_LAUF.setdefault(sitzung.auftrag.abrufer, _Gemerkt())
        schloss = gemerkt.schloesser.setdefault(konto, threading.Lock())
    with schloss:
        if konto not in gemerkt.ausgang:
            gemerkt.ausgang[konto] = _pruefe(sitzung)
    ausgang = gemerkt.ausgang[konto]
    if ausgang is not None:
        raise QuellenFehler(ausgang.befunde)


def _pruefe(sitzung: Sitzung) -> QuellenFehler | None:
    """The lasting refusal, or ``None`` if the account is good (or the database has no such check)."""
    try:
        inhalt = sitzung.rufe(METHODE, {}, auch=(404,))
        if inhalt is None or inhalt.meldung is None:
            return None  # no check to be had: the first table will tell
        meldung = inhalt.meldung
        if meldung.ist_gut or (_ERFOLG.search(meldung.text) and not _FEHLER.search(meldung.text)):
            return None
        if meldung.code is not None and meldung.code < 0:
            raise fehlschlag(sitzung.auftrag, meldung)
        return abgelehnt(sitzung.auftrag, str(meldung), variablen(sitzung.auftrag.quelle.zugang.konto))
    except QuellenFehler as fehler:
        if fehler.voruebergehend:
            raise
        return fehler
