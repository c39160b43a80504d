"""The comparison of two releases in German words and as JSON.

Belongs here: wording and order. Does not belong here: what differs (``abfrage``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import Any

from pipelines.vergleich.modell import Unterschied, Vergleich

GEZEIGT = 200
"""Figures that are shown in words unless all are asked for."""


def als_json(vergleich: Vergleich) -> dict[str, Any]:
    """Everything as dictionaries, lists and texts; dates as texts are the caller's (``json.dumps(default=str)``)."""
    return {
        "von": vergleich.von,
        "nach": vergleich.nach,
        "freigaben": list(vergleich.dazwischen),
        "erklaert": vergleich.erklaert,
        "gruende": [{"grund": g, "kennzahlen": n} for g, n in _gruende(vergleich)],
        "unterschiede": [
            {
                "indikator": u.indikator,
                "gebiet": u.gebiet,
                "name": u.name,
                "stichtag": u.stichtag,
                "basis": u.basis,
                "art": u.art,
                "felder": {s: {"vorher": alt, "nachher": neu} for s, (alt, neu) in u.felder.items()},
                "schritte": [asdict(s) for s in u.schritte],
            }
            for u in vergleich.unterschiede
        ],
    }


def als_text(vergleich: Vergleich, *, alle: bool = False) -> str:
    """Counts first, then how often each reason, then figures by indicator and district."""
    arten = Counter(u.art for u in vergleich.unterschiede)
    zeilen = [f"Vergleich der Freigaben {vergleich.von} → {vergleich.nach}"]
    if not vergleich.unterschiede:
        return "\n".join([*zeilen, "Keine Kennzahl ist anders."])
    anzahl = ", ".join(f"{arten[a]} {a}" for a in ("geändert", "neu", "entfallen") if arten[a])
    zeilen += [f"{len(vergleich.unterschiede)} Kennzahlen sind anders: {anzahl}", "", "Gründe, in zeitlicher Folge"]
    zeilen += [f"  {n:>6} × {grund}" for grund, n in _gruende(vergleich)]
    gezeigt = vergleich.unterschiede if alle else vergleich.unterschiede[:GEZEIGT]
    for indikator, gruppe in groupby(gezeigt, key=lambda u: u.indikator):
        zeilen += ["", indikator, *(_zeile(u) for u in gruppe)]
    if len(gezeigt) < len(vergleich.unterschiede):
        zeilen += ["", f"und {len(vergleich.unterschiede) - len(gezeigt)} weitere (alle: --alle oder --json)"]
    return "\n".join(zeilen)


def _gruende(vergleich: Vergleich) -> list[tuple[str, int]]:
    zaehler = Counter(s.grund for u in vergleich.unterschiede for s in u.schritte)
    zaehler["keine Revision nennt ihn"] += sum(not u.schritte for u in vergleich.unterschiede)
    return sorted(((g, n) for g, n in zaehler.items() if n), key=lambda paar: (-paar[1], paar[0]))


def _zeile(u: Unterschied) -> str:
    kopf = f"  {u.name} ({u.gebiet}), {u.stichtag:%d.%m.%Y}{', ' + u.basis if u.basis else ''}"
    felder = "; ".join(
        f"{s} {_wert(alt)} → {_wert(neu)}" for s, (alt, neu) in u.felder.items() if s in _ZUERST or u.art == "geändert"
    )
    return f"{kopf}: {u.art}, {felder}\n      {u.grund}"


_ZUERST = ("wert", "status", "zaehler", "nenner")


def _wert(wert: object) -> str:
    if isinstance(wert, float):
        return f"{wert:.6g}".replace(".", ",")
    return "–" if wert is None else str(wert)
