"""One retrieval of a source: fetch every Teil (and year), keep the bytes, write the record.

Belongs here: the order of these steps, what an earlier record is good for, and what counts as new. Does not belong
here: several sources at once (``nacht``) and protocols (``zugang``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from quellen.archiv import Abruf, Archiv, Datenart, Objekt
from quellen.fehler import Befund, NochNichtDa, QuellenFehler
from quellen.holen import DATENART_KOPF, Abrufer
from quellen.lesen import inhaltshash
from quellen.modell import Quelle
from quellen.zugang import Holung, hole_teil
from quellen.zugang.gemeinsam import mit_ort


class Posten(NamedTuple):
    """What gives one record: a Teil, or one year of a Teil with ``jahrgaenge``."""

    teil: str
    jahr: int | None = None

    def __str__(self) -> str:
        return self.teil if self.jahr is None else f"{self.teil}/{self.jahr}"


@dataclass(frozen=True)
class TeilErgebnis:
    """One new record. ``neu``: its contents differ from the last record of the same Teil, year and Stand."""

    abruf: Abruf
    neu: bool


@dataclass(frozen=True)
class Ergebnis:
    """What one retrieval of a source gave: a record per Teil that came, a fault per Teil that did not.

    The keys are ``str(Posten)``: ``teil``, or ``teil/jahr`` for yearly tables. ``noch_nicht``: years that the portal
    does not have yet.
    """

    quelle: str
    teile: dict[str, TeilErgebnis]
    fehler: dict[str, QuellenFehler]
    noch_nicht: tuple[str, ...] = ()

    @property
    def vollstaendig(self) -> bool:
        """Whether everything came that there is."""
        return not self.fehler

    def ergaenzt(self, spaeter: Ergebnis) -> Ergebnis:
        """The result after another attempt at what was missing."""
        offen = {k: f for k, f in self.fehler.items() if k not in spaeter.teile and k not in spaeter.noch_nicht}
        noch_nicht = tuple(dict.fromkeys((*self.noch_nicht, *spaeter.noch_nicht)))
        return Ergebnis(self.quelle, self.teile | spaeter.teile, offen | spaeter.fehler, noch_nicht)


@dataclass(frozen=True)
class Rahmen:
    """What all fetches of one night share. ``jetzt`` is the time of the records, ``heute`` its day in Duisburg."""

    archiv: Archiv
    abrufer: Abrufer
    heute: date
    jetzt: datetime


def posten_von(quelle: Quelle, heute: date) -> list[Posten]:
    """What a night fetches of a source: each Teil, or of a yearly one the last ``rueckblick`` years up to this one.

    Nothing is fetched of a source that only comes by hand.
    """
    alle: list[Posten] = []
    if quelle.zugang.portal == "hand":
        return alle
    for name, teil in quelle.teile.items():
        if teil.jahrgaenge is None:
            alle.append(Posten(name))
        else:
            von = max(teil.jahrgaenge.ab, heute.year - teil.jahrgaenge.rueckblick + 1)
            alle += [Posten(name, jahr) for jahr in range(von, heute.year + 1)]
    return alle


def abrufe_quelle(quelle: Quelle, archiv: Archiv, abrufer: Abrufer, *, heute: date, jetzt: datetime) -> Ergebnis:
    """Fetch all Teile of a source into the archive. Faults of one Teil are collected and do not stop the others.

    ``jetzt`` is the time of the records. Each Teil (year) that came gets exactly one record, an unchanged one too.
    """
    return abrufe_posten(quelle, posten_von(quelle, heute), Rahmen(archiv, abrufer, heute, jetzt))


def abrufe_posten(quelle: Quelle, posten: Iterable[Posten], rahmen: Rahmen) -> Ergebnis:
    """Fetch some Posten of a source. A damaged record of the source is a fault of each of them."""
    ergebnis = Ergebnis(quelle.id, {}, {})
    noch_nicht = []
    bekannt: list[Abruf] | QuellenFehler
    try:
        bekannt = rahmen.archiv.abrufe(quelle.id)
    except QuellenFehler as ursache:
        bekannt = ursache
    for eines in posten:
        try:
            if isinstance(bekannt, QuellenFehler):
                raise bekannt
            ergebnis.teile[str(eines)] = hole_posten(quelle, eines, bekannt, rahmen)
        except NochNichtDa as antwort:
            if eines.jahr is not None and eines.jahr >= rahmen.heute.year - 1:
                noch_nicht.append(str(eines))
                rahmen.abrufer.melde(f"{quelle.id}/{eines}: noch nicht veröffentlicht")
            else:
                ergebnis.fehler[str(eines)] = _verortet(antwort, quelle, eines)
        except QuellenFehler as ursache:
            ergebnis.fehler[str(eines)] = _verortet(ursache, quelle, eines)
    return replace(ergebnis, noch_nicht=tuple(noch_nicht))


def hole_posten(quelle: Quelle, posten: Posten, bekannt: Iterable[Abruf], rahmen: Rahmen) -> TeilErgebnis:
    """Fetch, archive and record one Posten. ``bekannt``: the source's records so far. Raises ``QuellenFehler``."""
    hier = [a for a in bekannt if (a.teil, a.jahrgang) == posten]
    je_weg = _vergleichbare(hier, rahmen.archiv, rahmen.abrufer.nachbau)
    holung = hole_teil(quelle, posten.teil, rahmen.abrufer, je_weg, rahmen.heute, posten.jahr)
    if holung.umwege:
        gescheitert = ", ".join(umweg.partition(": ")[0] for umweg in holung.umwege)
        rahmen.abrufer.melde(f"{quelle.id}/{posten}: über den Weg {holung.weg}, denn es scheiterte {gescheitert}")
    abruf = _archiviert(quelle, posten, holung, je_weg, rahmen)
    rahmen.archiv.verzeichnen(abruf)
    return TeilErgebnis(abruf, neu=_ist_neu(abruf, hier))


def vom_nachbau(abruf: Abruf) -> bool:
    """Whether a replica of the portals gave this retrieval, or the example archive."""
    return abruf.datenart != "amtlich" or any(DATENART_KOPF in o.kopf for o in abruf.objekte)


def _vergleichbare(bekannt: Iterable[Abruf], archiv: Archiv, nachbau: bool) -> dict[str, Abruf]:
    """The last retrieval by each way, if its bytes are still there.

    A replica's records never answer for a publisher, nor the other way round, even if both mark their data alike:
    an unchanged answer (304) would then pass off one's bytes as the other's. Nor does one way answer for another.
    """
    je_weg = {a.weg: a for a in bekannt if a.weg != "eingang" and vom_nachbau(a) == nachbau}
    return {weg: a for weg, a in je_weg.items() if all(archiv.pfad(o.sha256).exists() for o in a.objekte)}


def _archiviert(quelle: Quelle, posten: Posten, holung: Holung, je_weg: Mapping[str, Abruf], rahmen: Rahmen) -> Abruf:
    """The record of a fetch, its bytes being in the archive. Raises ``QuellenFehler``."""
    teil = quelle.teile[posten.teil]
    stand = holung.stand
    if holung.unveraendert:
        bisher = je_weg.get(holung.weg)
        if bisher is None:
            raise _ohne_vorgaenger(holung)
        objekte, inhalt, datenart = _wiederholt(bisher, holung), bisher.inhalt, bisher.datenart
        stand = stand or bisher.stand
    else:
        objekte = tuple(
            Objekt(
                sha256=rahmen.archiv.ablegen(g.daten),
                bytes=len(g.daten),
                datei=g.datei,
                url=g.url,
                http_status=g.http_status,
                kopf=g.kopf,
            )
            for g in holung.objekte
        )
        inhalt = inhaltshash([g.daten for g in holung.objekte], teil)
        datenart = _datenart(quelle, posten.teil, objekte, rahmen.abrufer.nachbau)
        letzter = max(je_weg.values(), key=lambda a: a.abgerufen_am, default=None)
        gleich = letzter is not None and letzter.inhalt == inhalt and letzter.datenart == datenart
        if gleich and letzter is not None and teil.stand.aus == "abruf":
            stand = letzter.stand  # portals touch files every night: not changed means not newer
    return Abruf(
        quelle=quelle.id,
        teil=posten.teil,
        abgerufen_am=rahmen.jetzt,
        datenart=datenart,
        weg=holung.weg,
        umwege=holung.umwege,
        hinweise=holung.hinweise,
        lizenz=quelle.lizenz.id,
        inhalt=inhalt,
        objekte=objekte,
        stand=stand,
        jahrgang=posten.jahr,
    )


def _wiederholt(bisher: Abruf, holung: Holung) -> tuple[Objekt, ...]:
    """The earlier objects once more; with what a 304 said, if that was how the portal put it."""
    if not holung.objekte:
        return bisher.objekte
    kopf = holung.objekte[0].kopf
    return tuple(o.model_copy(update={"http_status": 304, "kopf": {**o.kopf, **kopf}}) for o in bisher.objekte)


def _ohne_vorgaenger(holung: Holung) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Das Portal nennt unverändert, was es hier noch nie gab",
            gefunden=f"die Antwort „unverändert“ auf dem Weg {holung.weg}, aber kein früherer Abruf auf diesem Weg",
            erwartet="eine Datei",
            tun="später wiederholen; bleibt es dabei, den Herausgeber ansprechen",
        )
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


def _ist_neu(abruf: Abruf, bekannt: Iterable[Abruf]) -> bool:
    gleicher_stand = [a for a in bekannt if a.stand == abruf.stand]
    return not gleicher_stand or gleicher_stand[-1].inhalt != abruf.inhalt


def _verortet(ursache: QuellenFehler, quelle: Quelle, posten: Posten) -> QuellenFehler:
    """The fault with its place; a yearly table's findings name the year."""
    mit = mit_ort(ursache, quelle.id, posten.teil)
    befunde = [replace(b, teil=str(posten)) if b.teil == posten.teil else b for b in mit.befunde]
    return type(mit)(befunde, voruebergehend=mit.voruebergehend)
