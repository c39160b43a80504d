"""All sources of a night: hosts side by side, sources of one host in turn, passing faults once more at the end.

Belongs here: who runs beside whom, and repeating. Does not belong here: one source's retrieval (``posten``) and the
limits per host (``holen.takt``), which hold however many threads ask.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from queue import SimpleQueue
from urllib.parse import urlsplit

from quellen.abrufen.posten import Ergebnis, Posten, Rahmen, abrufe_posten, posten_von
from quellen.archiv import Archiv
from quellen.fehler import Befund, QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle

WIEDERHOLUNGEN = 2
"""So often passing faults are tried again after all sources had their turn."""
NEBENEINANDER = 8
"""So many threads at most; one host needs one unless it allows more (``Zugang.gleichzeitig``)."""

Aufgabe = tuple[Quelle, list[Posten]]


def abrufe_quellen(
    quellen: Iterable[Quelle],
    archiv: Archiv,
    abrufer: Abrufer,
    *,
    heute: date,
    jetzt: datetime,
    wartezeit_s: float = 30.0,
) -> Iterator[Ergebnis]:
    """Fetch sources; gives each one's result as soon as it is final, in the order in which they finish.

    One source's fault never stops another. What failed in passing is repeated after a pause (``wartezeit_s``, doubled
    each time) when all others are done; what came already is not asked again.
    """
    rahmen = Rahmen(archiv, abrufer, heute, jetzt)
    offen: dict[str, Aufgabe] = {q.id: (q, posten_von(q, heute)) for q in quellen}
    bisher: dict[str, Ergebnis] = {}
    for runde in range(WIEDERHOLUNGEN + 1):
        wieder: dict[str, Aufgabe] = {}
        for ergebnis in _nebeneinander(list(offen.values()), rahmen):
            name = ergebnis.quelle
            gesamt = bisher[name].ergaenzt(ergebnis) if name in bisher else ergebnis
            vergeht = [p for p in offen[name][1] if _vergeht(ergebnis.fehler, p)]
            if vergeht and runde < WIEDERHOLUNGEN:
                bisher[name], wieder[name] = gesamt, (offen[name][0], vergeht)
            else:
                yield gesamt
        if not wieder:
            return
        offen, pause = wieder, wartezeit_s * 2.0**runde
        abrufer.melde(f"{', '.join(offen)}: vorübergehend gescheitert, neuer Versuch in {pause:.0f} s")
        abrufer.warte(pause)


def _vergeht(fehler: Mapping[str, QuellenFehler], posten: Posten) -> bool:
    return str(posten) in fehler and fehler[str(posten)].voruebergehend


def spuren(aufgaben: Iterable[Aufgabe]) -> list[list[Aufgabe]]:
    """Tasks by lanes: sources of one host share as many lanes as the strictest of them allows requests at once."""
    je_host: dict[str, list[Aufgabe]] = {}
    for aufgabe in aufgaben:
        je_host.setdefault(urlsplit(aufgabe[0].zugang.basis).hostname or "", []).append(aufgabe)
    alle = []
    for gruppe in je_host.values():
        anzahl = min(quelle.zugang.gleichzeitig for quelle, _ in gruppe)
        alle += [gruppe[i::anzahl] for i in range(anzahl)]
    return [spur for spur in alle if spur]


def _nebeneinander(aufgaben: list[Aufgabe], rahmen: Rahmen) -> Iterator[Ergebnis]:
    """One attempt at every task. If nobody wants the results any more, lanes end after what they are at."""
    fertig: SimpleQueue[Ergebnis] = SimpleQueue()
    abbruch = threading.Event()

    def fahre(spur: list[Aufgabe]) -> None:
        for quelle, posten in spur:
            if not abbruch.is_set():
                fertig.put(_unbeirrt(quelle, posten, rahmen))

    pool = ThreadPoolExecutor(NEBENEINANDER, thread_name_prefix="abruf")
    try:
        for spur in spuren(aufgaben):
            pool.submit(fahre, spur)
        for _ in aufgaben:
            yield fertig.get()
    finally:
        abbruch.set()
        pool.shutdown(cancel_futures=True)


def _unbeirrt(quelle: Quelle, posten: list[Posten], rahmen: Rahmen) -> Ergebnis:
    """The source's result; a mistake in this program is a fault of this source alone.

    Its message names the place, but not the exception's text, which might quote a request with credentials.
    """
    try:
        return abrufe_posten(quelle, posten, rahmen)
    except Exception as fehler:  # noqa: BLE001 - whatever it is, the other sources go on
        stelle = traceback.extract_tb(fehler.__traceback__)[-1]
        befund = Befund(
            regel="Der Abruf ist abgestürzt",
            gefunden=f"{type(fehler).__name__} in {stelle.filename.rpartition('/')[2]}, Zeile {stelle.lineno}",
            erwartet="ein Abruf oder eine Meldung über die Quelle",
            tun="diese Meldung an die Entwicklung geben: Das ist ein Fehler im Programm",
            quelle=quelle.id,
        )
        return Ergebnis(quelle.id, {}, {str(p): QuellenFehler(befund) for p in posten})
