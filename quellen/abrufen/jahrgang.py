"""One year of a yearly table, for a backfill.

Belongs here: whether a year is missing, and fetching exactly that one. Does not belong here: the nightly years
(``posten``).
"""

from __future__ import annotations

from datetime import date, datetime

from quellen.abrufen.posten import Posten, Rahmen, abrufe_posten, vom_nachbau
from quellen.archiv import Archiv
from quellen.fehler import Befund, NochNichtDa, QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle


def hole_jahrgang(
    quelle: Quelle, teil: str, jahr: int, archiv: Archiv, abrufer: Abrufer, *, heute: date, jetzt: datetime
) -> bool:
    """Fetch one year of a Teil if the archive has no record of it; returns whether it fetched.

    A file taken in by hand counts as a record, an example only where a replica is asked. Raises ``QuellenFehler``, and
    ``NochNichtDa`` if the portal has nothing for that year.
    """
    posten = Posten(teil, jahr)
    _pruefe(quelle, posten, heute)
    for abruf in archiv.abrufe(quelle.id):
        if (abruf.teil, abruf.jahrgang) == posten and (abruf.weg == "eingang" or vom_nachbau(abruf) == abrufer.nachbau):
            return False
    ergebnis = abrufe_posten(quelle, [posten], Rahmen(archiv, abrufer, heute, jetzt))
    for fehler in ergebnis.fehler.values():
        raise fehler
    if ergebnis.noch_nicht:
        raise NochNichtDa(
            Befund(
                regel="Der Jahrgang ist noch nicht veröffentlicht",
                gefunden=f"nichts für {jahr}",
                erwartet="eine Tabelle",
                tun="abwarten; die Nacht fragt von selbst wieder",
                quelle=quelle.id,
                teil=str(posten),
            )
        )
    return True


def _pruefe(quelle: Quelle, posten: Posten, heute: date) -> None:
    regel = quelle.teile[posten.teil].jahrgaenge if posten.teil in quelle.teile else None
    if regel is not None and posten.jahr is not None and regel.ab <= posten.jahr <= heute.year:
        return
    jaehrlich = ", ".join(f"{n} ab {t.jahrgaenge.ab}" for n, t in quelle.teile.items() if t.jahrgaenge)
    raise QuellenFehler(
        Befund(
            regel="Diesen Jahrgang gibt es nicht",
            gefunden=str(posten),
            erwartet=f"{jaehrlich} bis {heute.year}" if jaehrlich else "eine Quelle mit jahrgaenge",
            tun="Teil und Jahr berichtigen oder jahrgaenge in der YAML-Datei der Quelle ergänzen",
            quelle=quelle.id,
        )
    )
