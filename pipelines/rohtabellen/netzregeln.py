"""Whether the files of a network of footpaths fit together.

Belongs here: the rules between nodes and edges. Does not belong here: the format of each file
(``quellen/wahlweise/fusswegenetz.yaml``), which files count if they do not fit (``zusammen``), and ways (``fusswege``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from quellen.fehler import Befund

QUELLE = "fusswegenetz"
SPIELRAUM_M = 1.0
"""So much shorter than the straight line an edge may be: lengths and places are rounded."""


def in_zahlen(zellen: pd.DataFrame) -> pd.DataFrame:
    """The cells of nodes or edges, which the contract has checked as texts."""
    ganze = {s: "int64" for s in ("nummer", "von", "nach") if s in zellen.columns}
    return zellen.astype(ganze | {s: "float64" for s in ("x", "y", "laenge_m") if s in zellen.columns})


def pruefe_netz(knoten: pd.DataFrame, kanten: pd.DataFrame) -> list[Befund]:
    """What makes a network unusable, one finding per rule, with the first edge that breaks it."""
    lage = knoten.set_index("nummer")[["x", "y"]]
    von, nach = (lage.reindex(kanten[ende]).to_numpy() for ende in ("von", "nach"))
    luftlinie = np.hypot(*(von - nach).T)
    laenge = kanten["laenge_m"].to_numpy(float)
    faelle = (
        ("Eine Kante nennt einen Knoten, den es nicht gibt", np.isnan(luftlinie), "beide Enden in der Datei der Knoten",
         "Knoten und Kanten aus demselben Auszug erzeugen und beide Dateien ablegen"),
        ("Die Länge einer Kante ist nicht größer als 0", ~(laenge > 0), "eine Länge in Metern",
         "die Länge aus dem Auszug übernehmen oder die Kante weglassen"),
        ("Eine Kante ist kürzer als die Luftlinie", laenge < luftlinie - SPIELRAUM_M,
         f"mindestens die Luftlinie zwischen ihren Knoten, höchstens {SPIELRAUM_M:.0f} m darunter",
         "prüfen, ob die Längen in Metern und die Knoten in ETRS89/UTM 32 (EPSG 25832) angegeben sind"),
    )  # fmt: skip
    befunde = []
    for regel, falsch, erwartet, tun in faelle:
        if falsch.any():
            erste = kanten.loc[falsch].iloc[0]
            weit = luftlinie[falsch][0]
            gefunden = f"Kante von {erste['von']} nach {erste['nach']}, {erste['laenge_m']:g} m lang"
            gefunden += "" if np.isnan(weit) else f", Luftlinie {weit:.1f} m"
            gefunden += f"; so bei {falsch.sum()} von {len(kanten)} Kanten"
            befunde.append(Befund(regel, gefunden, erwartet, tun, QUELLE, "kanten", zeile=int(erste["zeile"])))
    return befunde
