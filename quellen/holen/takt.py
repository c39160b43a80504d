"""Whose turn it is: how many requests one host gets at once, how far apart, and the pauses that it asked for.

Belongs here: waiting, shared by all threads of a run. Does not belong here: requests themselves and the retries around
them (the package itself).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from quellen.fehler import Befund, QuellenFehler

HOECHSTPAUSE_S = 120.0
"""A portal that asks for a longer pause (Retry-After) is left alone until that pause is over; nobody waits for it."""


@dataclass
class _Host:
    """One host as it stands. ``zuletzt``: when a request last began or ended; ``pause_bis``: not to be asked before."""

    laufend: int = 0
    gleichzeitig: int = 1 << 30
    abstand_s: float = 0.0
    zuletzt: float = -math.inf
    pause_bis: float = -math.inf


class Takt:
    """Turns per host. Where sources on one host declare different limits, the strictest one seen counts.

    ``uhr`` and ``schlafe`` are those of the Abrufer; ``bei_pause`` is told host and seconds of each wait that the host
    asked for.
    """

    def __init__(
        self,
        uhr: Callable[[], float],
        schlafe: Callable[[float], None],
        bei_pause: Callable[[str, float], None] = lambda _host, _sekunden: None,
    ) -> None:
        self._uhr = uhr
        self._schlafe = schlafe
        self._bei_pause = bei_pause
        self._hosts: dict[str, _Host] = {}
        self._frei = threading.Condition()

    @contextmanager
    def zug(self, host: str, gleichzeitig: int, abstand_s: float) -> Iterator[float]:
        """Hold one of the host's turns; gives the seconds that were waited for it.

        Raises ``QuellenFehler`` (passing) if the host asked for a longer pause than anybody waits.
        """
        gewartet = self._warte(host, gleichzeitig, abstand_s)
        try:
            yield gewartet
        finally:
            with self._frei:
                stand = self._hosts[host]
                stand.laufend -= 1
                stand.zuletzt = self._uhr()
                self._frei.notify_all()

    def pausiere(self, host: str, sekunden: float) -> None:
        """Nobody asks this host for so long, whichever source it is for."""
        with self._frei:
            stand = self._hosts.setdefault(host, _Host())
            stand.pause_bis = max(stand.pause_bis, self._uhr() + sekunden)

    def _warte(self, host: str, gleichzeitig: int, abstand_s: float) -> float:
        beginn: float | None = None
        while True:
            with self._frei:
                stand = self._hosts.setdefault(host, _Host())
                stand.gleichzeitig = min(stand.gleichzeitig, gleichzeitig)
                stand.abstand_s = max(stand.abstand_s, abstand_s)
                jetzt = self._uhr()
                beginn = jetzt if beginn is None else beginn
                pause = stand.pause_bis - jetzt
                if pause > HOECHSTPAUSE_S:
                    raise _ruht(host, pause)
                if stand.laufend >= stand.gleichzeitig:
                    self._frei.wait()
                    continue
                rest = max(stand.zuletzt + stand.abstand_s - jetzt, pause)
                if rest <= 0:
                    stand.laufend += 1
                    stand.zuletzt = jetzt
                    return jetzt - beginn
            if rest == pause:
                self._bei_pause(host, rest)
            self._schlafe(rest)


def _ruht(host: str, sekunden: float) -> QuellenFehler:
    befund = Befund(
        regel="Das Portal hat um eine lange Pause gebeten",
        gefunden=f"{host} soll noch {sekunden:.0f} s lang nicht gefragt werden (Retry-After)",
        erwartet=f"eine Pause von höchstens {HOECHSTPAUSE_S:.0f} s",
        tun="später wiederholen; das Archiv behält den letzten guten Stand",
    )
    return QuellenFehler(befund, voruebergehend=True)
