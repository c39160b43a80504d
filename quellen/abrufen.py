"""One retrieval of a source: fetch every Teil, keep the bytes, write the record.

Belongs here: the order of these steps and what counts as new. Does not belong here: protocols (``zugang``), reading and
checking the contents (``lesen``, ``vertrag``), and files that staff fetched by hand (``eingang``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from quellen.archiv import Abruf, Archiv, Datenart, Objekt
from quellen.fehler import Befund, QuellenFehler
from quellen.holen import DATENART_KOPF, Abrufer
from quellen.lesen import inhaltshash
from quellen.modell import Quelle
from quellen.zugang import Holung, hole_teil
from quellen.zugang.gemeinsam import mit_ort


@dataclass(frozen=True)
class TeilErgebnis:
    """One Teil's new record. ``neu``: its contents differ from the last record of the same Teil and Stand."""

    abruf: Abruf
    neu: bool


@dataclass(frozen=True)
class Ergebnis:
    """What one retrieval of a source gave: a record per Teil that came, a fault per Teil that did not."""

    quelle: str
    teile: dict[str, TeilErgebnis]
    fehler: dict[str, QuellenFehler]

    @property
    def vollstaendig(self) -> bool:
        """Whether every Teil came."""
        return not self.fehler


def abrufe_quelle(quelle: Quelle, archiv: Archiv, abrufer: Abrufer, *, heute: date, jetzt: datetime) -> Ergebnis:
    """Fetch all Teile of a source into the archive. Faults of one Teil are collected and do not stop the others.

    ``jetzt`` is the time of the records. Each Teil that came gets exactly one record, an unchanged one (304) too.
    """
    teile: dict[str, TeilErgebnis] = {}
    fehler: dict[str, QuellenFehler] = {}
    for name in quelle.teile:
        try:
            bekannt = [a for a in archiv.abrufe(quelle.id) if a.teil == name]
            bisher = _vergleichbar(bekannt, archiv, abrufer.nachbau)
            holung = hole_teil(quelle, name, abrufer, bisher, heute)
            abruf = _archiviert(quelle, name, archiv, holung, bisher, jetzt, nachbau=abrufer.nachbau)
            archiv.verzeichnen(abruf)
            teile[name] = TeilErgebnis(abruf, neu=_ist_neu(abruf, bekannt))
        except QuellenFehler as ursache:
            fehler[name] = mit_ort(ursache, quelle.id, name)
    return Ergebnis(quelle.id, teile, fehler)


def _vergleichbar(bekannt: list[Abruf], archiv: Archiv, nachbau: bool) -> Abruf | None:
    """The last retrieval by the same way whose bytes are still there.

    A replica's records never answer for a publisher, nor the other way round, even if both mark their data alike:
    an unchanged answer (304) would then pass off one's bytes as the other's.
    """
    for abruf in reversed(bekannt):
        vom_nachbau = abruf.datenart != "amtlich" or any(DATENART_KOPF in o.kopf for o in abruf.objekte)
        if abruf.datenart == "eingang" or abruf.weg == "eingang" or vom_nachbau != nachbau:
            continue
        return abruf if all(archiv.pfad(o.sha256).exists() for o in abruf.objekte) else None
    return None


def _archiviert(
    quelle: Quelle, teil: str, archiv: Archiv, holung: Holung, bisher: Abruf | None, jetzt: datetime, *, nachbau: bool
) -> Abruf:
    """The record of a fetch, its bytes being in the archive. Raises ``QuellenFehler``."""
    stand = holung.stand
    if holung.unveraendert and bisher is not None:
        kopf = holung.objekte[0].kopf
        objekte = tuple(o.model_copy(update={"http_status": 304, "kopf": {**o.kopf, **kopf}}) for o in bisher.objekte)
        inhalt, datenart = bisher.inhalt, bisher.datenart
    else:
        objekte = tuple(
            Objekt(
                sha256=archiv.ablegen(g.daten),
                bytes=len(g.daten),
                datei=g.datei,
                url=g.url,
                http_status=g.http_status,
                kopf=g.kopf,
            )
            for g in holung.objekte
        )
        inhalt = inhaltshash([g.daten for g in holung.objekte], quelle.teile[teil])
        datenart = _datenart(quelle, teil, objekte, nachbau)
        gleich = bisher is not None and bisher.inhalt == inhalt and bisher.datenart == datenart
        if gleich and bisher is not None and quelle.teile[teil].stand.aus == "abruf":
            stand = bisher.stand  # portals touch files every night: not changed means not newer
    return Abruf(
        quelle=quelle.id,
        teil=teil,
        abgerufen_am=jetzt,
        datenart=datenart,
        weg=holung.weg,
        umwege=holung.umwege,
        lizenz=quelle.lizenz.id,
        inhalt=inhalt,
        objekte=objekte,
        stand=stand,
    )


def _datenart(quelle: Quelle, teil: str, objekte: tuple[Objekt, ...], nachbau: bool) -> Datenart:
    """Publishers give official data; a replica says in a header what it serves, and is an example if it does not."""
    if not nachbau:
        return "amtlich"
    genannt = {o.kopf.get(DATENART_KOPF, "beispiel") for o in objekte}
    if genannt == {"amtlich"}:
        return "amtlich"
    if genannt == {"eingang"}:
        return "eingang"
    if genannt <= {"amtlich", "eingang", "beispiel"}:
        return "beispiel"
    raise QuellenFehler(
        Befund(
            regel="Der Portal-Nachbau nennt eine unbekannte Datenart",
            gefunden=", ".join(sorted(genannt)),
            erwartet="amtlich, beispiel oder eingang",
            tun="den Nachbau berichtigen",
            quelle=quelle.id,
            teil=teil,
        )
    )


def _ist_neu(abruf: Abruf, bekannt: list[Abruf]) -> bool:
    gleicher_stand = [a for a in bekannt if a.stand == abruf.stand]
    return not gleicher_stand or gleicher_stand[-1].inhalt != abruf.inhalt
