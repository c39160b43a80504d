"""Measures ways in the network of footpaths a second way: from archived cells, node by node with a heap.

Belongs here: the audit's own network, its faults, nearest nodes and shortest ways. Does not belong here: what follows
from the ways (``erreichbarkeit``). Nothing of ``pipelines.rohtabellen.fusswege`` is used.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pipelines.pruefe.deutung import Datei

Zahlen = npt.NDArray[np.float64]
Ort = tuple[float, float]
_QUELLE = "fusswegenetz"
_GLEICH = 1e-9
_SPIELRAUM_M = 1.0
_IN_DER_STADT_M = 1000.0


class Wegenetz:
    """A network that answers with distances; of files that contradict themselves or each other it knows none."""

    def __init__(self, dateien: Iterable[Datei] = ()) -> None:
        zeilen = {d.teil_name: d.satz.daten.to_dict("records") for d in dateien if d.quelle.id == _QUELLE}
        self._orte = {int(z["nummer"]): (float(z["x"]), float(z["y"])) for z in zeilen.get("knoten", [])}
        self._nachbarn: dict[int, list[tuple[int, float]]] = {}
        for z in zeilen.get("kanten", []):
            if not self._verbinde(int(z["von"]), int(z["nach"]), float(z["laenge_m"])):
                self._orte, self._nachbarn = {}, {}
                break
        self._sortiert = np.array(sorted(self._orte), dtype=np.int64)
        self._lagen = np.array([self._orte[n] for n in self._sortiert.tolist()], dtype=float).reshape(-1, 2)
        self._ziele: frozenset[int] = frozenset()
        self._gemessen: dict[int, dict[int, float]] = {}
        self._am: dict[Ort, tuple[int, float]] = {}

    def _verbinde(self, von: int, nach: int, laenge: float) -> bool:
        """Take an edge in; whether it can be right."""
        if von not in self._orte or nach not in self._orte or not laenge > 0:
            return False
        if laenge < math.dist(self._orte[von], self._orte[nach]) - _SPIELRAUM_M:
            return False
        self._nachbarn.setdefault(von, []).append((nach, laenge))
        self._nachbarn.setdefault(nach, []).append((von, laenge))
        return True

    def wege(self, haeuser: Zahlen, punkte: Zahlen, anschluss: float) -> Zahlen:
        """Distances, facilities × points; not a number where the network has none."""
        ergebnis = np.full((len(haeuser), len(punkte)), np.nan)
        if not self._nachbarn or not len(punkte):
            return ergebnis
        an_punkten = [self._naechster((float(x), float(y))) for x, y in punkte]
        if min(abstand for _, abstand in an_punkten) > _IN_DER_STADT_M:
            return ergebnis
        self._merke_ziele(frozenset(ziel for ziel, _ in an_punkten))
        for i, (x, y) in enumerate(haeuser):
            knoten, anfang = self._naechster((float(x), float(y)))
            if anfang > anschluss:
                continue
            entfernt = self._ab(knoten)
            for j, (ziel, ende) in enumerate(an_punkten):
                if ende <= anschluss and ziel in entfernt:
                    gerade = math.dist((x, y), punkte[j])
                    ergebnis[i, j] = max(anfang + entfernt[ziel] + ende, gerade)
        return ergebnis

    def _merke_ziele(self, ziele: frozenset[int]) -> None:
        """Only ways to these nodes are kept: those to all nodes of a city would fill the memory."""
        if ziele != self._ziele:
            self._ziele, self._gemessen = ziele, {}

    def _naechster(self, ort: Ort) -> tuple[int, float]:
        """Nearest node, of equally near ones that with the smallest number, and its distance."""
        if ort not in self._am:
            abstand = np.hypot(self._lagen[:, 0] - ort[0], self._lagen[:, 1] - ort[1])
            stelle = int(np.flatnonzero(abstand <= abstand.min() * (1 + _GLEICH) + _GLEICH)[0])
            self._am[ort] = (int(self._sortiert[stelle]), float(abstand[stelle]))
        return self._am[ort]

    def _ab(self, start: int) -> dict[int, float]:
        """Length of the shortest way to each of the noted nodes that can be reached (Dijkstra)."""
        if start in self._gemessen:
            return self._gemessen[start]
        kurz, fest, offen = {start: 0.0}, set[int](), [(0.0, start)]
        while offen:
            weg, knoten = heapq.heappop(offen)
            if knoten in fest:
                continue
            fest.add(knoten)
            for nachbar, laenge in self._nachbarn.get(knoten, ()):
                if weg + laenge < kurz.get(nachbar, math.inf):
                    kurz[nachbar] = weg + laenge
                    heapq.heappush(offen, (kurz[nachbar], nachbar))
        self._gemessen[start] = {ziel: kurz[ziel] for ziel in self._ziele if ziel in kurz}
        return self._gemessen[start]
