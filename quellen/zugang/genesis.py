"""GENESIS databases (REST 2020, version 5): one table of one Teil, from the account to the bytes that are kept.

Belongs here: the order of a fetch. Does not belong here: its steps: the account (``genesis_konto``,
``genesis_anmeldung``), the request (``genesis_angaben``), the conversation (``genesis_sitzung``), and the table's
contents. Credentials go out as request headers only and are cut out of every text that the server sends back.
"""

from __future__ import annotations

from datetime import timedelta

from quellen.zugang.gemeinsam import BERLIN, Auftrag, Geholt, Holung, pruefe_tabelle, stand_von
from quellen.zugang.genesis_angaben import lies_angaben
from quellen.zugang.genesis_anmeldung import pruefe_anmeldung
from quellen.zugang.genesis_konto import Zugangsdaten, zugangsdaten
from quellen.zugang.genesis_meldung import ANGEPASST, fehlschlag
from quellen.zugang.genesis_sitzung import Sitzung

STAND_SPIELRAUM = timedelta(days=1)
"""How far before the last retrieval changes are asked for: a table is dated before it is published."""


def hole(auftrag: Auftrag) -> Holung:
    """Fetch the table that ``zugang`` of the Teil asks for, or learn that it has not changed since the last record.

    Raises ``QuellenFehler``; ``NochNichtDa`` if a fetch by year finds no figures.
    """
    angaben = lies_angaben(auftrag)
    daten = zugangsdaten(auftrag.quelle.zugang, nachbau=auftrag.abrufer.nachbau)
    pruefe_anmeldung(_sitzung(auftrag, daten))
    adresse = angaben.adresse(auftrag.basis)
    seit = _seit(auftrag, adresse)
    inhalt = _sitzung(auftrag, daten).tabelle(angaben, seit)
    if inhalt.tabelle is None:
        if auftrag.bisher is None or not seit:
            raise fehlschlag(auftrag, inhalt.meldung)  # "nothing new" without having been asked
        return Holung((), auftrag.bisher.stand, unveraendert=True)
    pruefe_tabelle(auftrag, inhalt.tabelle, inhalt.antwort.url)
    meldung, kopf = inhalt.meldung, inhalt.antwort.kopf
    hinweise = (f"GENESIS hat die Parameter geändert: {meldung}",) if meldung and meldung.code == ANGEPASST else ()
    return Holung(
        (Geholt(adresse, angaben.datei, inhalt.tabelle, inhalt.antwort.status, kopf),),
        stand_von(auftrag.teil.stand, angaben.datei, kopf, auftrag.heute),
        hinweise=hinweise,
    )


def _sitzung(auftrag: Auftrag, daten: Zugangsdaten) -> Sitzung:
    return Sitzung(auftrag, daten, auftrag.abrufer.uhr() + auftrag.quelle.zugang.hoechstdauer_s)


def _seit(auftrag: Auftrag, adresse: str) -> str:
    """``stand`` of the request, ``TT.MM.JJJJ hh:mm`` in Duisburg's time.

    Empty unless the last record is of the same year and came from the same request: a changed declaration must not
    be answered with "nothing new".
    """
    bisher = auftrag.bisher
    if bisher is None or bisher.jahrgang != auftrag.jahr or [o.url for o in bisher.objekte] != [adresse]:
        return ""
    return (bisher.abgerufen_am - STAND_SPIELRAUM).astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
