"""The 46 Ortsteile of Duisburg with the attributes that the model gives them.

Belongs here: keys and names as published, and modelled attributes from which all example figures per Ortsteil are
derived. Does not belong here: published figures (``anker``) or formulas (``zielwerte``, ``bevoelkerung``).
"""

from __future__ import annotations

from typing import NamedTuple

STADTBEZIRKE: dict[str, str] = {
    "100": "Walsum",
    "200": "Hamborn",
    "300": "Meiderich/Beeck",
    "400": "Homberg/Ruhrort/Baerl",
    "500": "Mitte",
    "600": "Rheinhausen",
    "700": "Süd",
}

# modelled postal code of the schools of a Stadtbezirk
PLZ: dict[str, str] = {
    "100": "47179",
    "200": "47169",
    "300": "47137",
    "400": "47198",
    "500": "47051",
    "600": "47228",
    "700": "47259",
}


class Ortsteil(NamedTuple):
    """One Ortsteil. Everything but key and name is modelled.

    ``laenge``/``breite``: rough centre (WGS84 degrees); ``groesse``: residents at the end of 2016;
    ``auslaenderanteil``: per cent at the end of 2016; ``jugend``: tilt of the age structure (positive is younger);
    ``belastung``: 0 (low) to 100 (high), orders the schools' Sozialindex; ``zuzugsziel``: how strongly
    newcomers from Bulgaria and Romania settle here; ``studierende``: extra weight of ages 19 to 29.
    """

    schluessel: str
    name: str
    laenge: float
    breite: float
    groesse: int
    auslaenderanteil: float
    jugend: float
    belastung: int
    zuzugsziel: float = 1.0
    studierende: float = 0.0

    @property
    def bezirk(self) -> str:
        """Three-digit key of the Stadtbezirk."""
        return self.schluessel[0] + "00"


ORTSTEILE: tuple[Ortsteil, ...] = (
    Ortsteil("101", "Vierlinden", 6.745, 51.545, 11950, 16.0, 0.10, 55, 0.6),
    Ortsteil("102", "Overbruch", 6.705, 51.553, 5060, 7.0, -0.05, 25, 0.4),
    Ortsteil("103", "Alt-Walsum", 6.690, 51.535, 4270, 9.0, -0.10, 35, 0.5),
    Ortsteil("104", "Aldenrade", 6.722, 51.526, 14150, 13.6, 0.00, 50, 0.6),
    Ortsteil("105", "Wehofen", 6.772, 51.534, 7380, 13.0, 0.05, 50, 0.4),
    Ortsteil("106", "Fahrn", 6.748, 51.521, 7550, 26.0, 0.20, 70, 0.6),
    Ortsteil("201", "Röttgersbach", 6.772, 51.513, 12050, 17.0, 0.10, 58, 0.6),
    Ortsteil("202", "Marxloh", 6.748, 51.503, 20300, 52.5, 0.45, 97, 2.0),
    Ortsteil("203", "Obermarxloh", 6.776, 51.500, 13700, 31.0, 0.25, 80, 1.0),
    Ortsteil("204", "Neumühl", 6.803, 51.492, 17900, 15.0, 0.05, 60, 0.6),
    Ortsteil("205", "Alt-Hamborn", 6.766, 51.489, 11700, 33.0, 0.20, 80, 1.2),
    Ortsteil("301", "Bruckhausen", 6.738, 51.487, 5745, 54.4, 0.40, 95, 1.4),
    Ortsteil("302", "Beeck", 6.744, 51.473, 11700, 35.0, 0.20, 82, 1.4),
    Ortsteil("303", "Beeckerwerth", 6.708, 51.478, 3700, 20.0, 0.05, 55, 0.4),
    Ortsteil("304", "Laar", 6.727, 51.463, 6200, 36.0, 0.20, 82, 1.5),
    Ortsteil("305", "Untermeiderich", 6.757, 51.463, 10300, 30.0, 0.20, 72, 1.1),
    Ortsteil("306", "Mittelmeiderich", 6.776, 51.466, 18500, 24.0, 0.10, 65, 1.0),
    Ortsteil("307", "Obermeiderich", 6.802, 51.466, 16700, 21.0, 0.05, 60, 0.7),
    Ortsteil("401", "Ruhrort", 6.733, 51.453, 5500, 24.0, -0.05, 58, 1.0),
    Ortsteil("402", "Alt-Homberg", 6.697, 51.452, 15050, 12.2, -0.10, 38, 0.5),
    Ortsteil("403", "Hochheide", 6.667, 51.458, 16000, 24.0, 0.10, 72, 1.1),
    Ortsteil("404", "Baerl", 6.676, 51.495, 5150, 3.2, -0.25, 8, 0.2),
    Ortsteil("501", "Altstadt", 6.761, 51.434, 8500, 33.0, 0.00, 60, 0.8),
    Ortsteil("502", "Neuenkamp", 6.722, 51.438, 5200, 19.0, 0.00, 52, 0.6),
    Ortsteil("503", "Kaßlerfeld", 6.742, 51.441, 3650, 30.0, 0.10, 62, 1.0),
    Ortsteil("504", "Duissern", 6.787, 51.443, 15500, 14.0, -0.10, 28, 0.4, 0.3),
    Ortsteil("505", "Neudorf-Nord", 6.789, 51.430, 13700, 19.0, -0.05, 32, 0.4, 0.8),
    Ortsteil("506", "Neudorf-Süd", 6.789, 51.419, 12900, 17.0, -0.05, 35, 0.3, 1.0),
    Ortsteil("507", "Dellviertel", 6.765, 51.426, 14150, 27.0, 0.05, 55, 0.9, 0.2),
    Ortsteil("508", "Hochfeld", 6.752, 51.418, 18000, 55.5, 0.45, 96, 2.2),
    Ortsteil("509", "Wanheimerort", 6.762, 51.406, 18200, 22.0, 0.05, 60, 0.8),
    Ortsteil("601", "Rheinhausen-Mitte", 6.715, 51.403, 9700, 26.5, 0.15, 68, 1.2),
    Ortsteil("602", "Hochemmerich", 6.717, 51.417, 18200, 29.8, 0.15, 70, 1.3),
    Ortsteil("603", "Bergheim", 6.685, 51.415, 20550, 9.3, -0.10, 30, 0.4),
    Ortsteil("604", "Friemersheim", 6.704, 51.388, 12100, 14.0, 0.00, 45, 0.7),
    Ortsteil("605", "Rumeln-Kaldenhausen", 6.662, 51.394, 17300, 5.0, -0.15, 12, 0.2),
    Ortsteil("701", "Bissingheim", 6.807, 51.399, 3109, 6.0, -0.10, 20, 0.2),
    Ortsteil("702", "Wedau", 6.791, 51.396, 5127, 10.0, -0.15, 30, 0.3),
    Ortsteil("703", "Buchholz", 6.774, 51.385, 14005, 7.0, -0.15, 18, 0.2),
    Ortsteil("704", "Wanheim-Angerhausen", 6.748, 51.388, 12654, 17.0, 0.05, 58, 0.4),
    Ortsteil("705", "Großenbaum", 6.779, 51.368, 10074, 6.0, -0.15, 15, 0.2),
    Ortsteil("706", "Rahm", 6.781, 51.350, 6002, 4.0, -0.15, 8, 0.1),
    Ortsteil("707", "Huckingen", 6.748, 51.364, 9555, 6.0, -0.20, 12, 0.2),
    Ortsteil("708", "Hüttenheim", 6.724, 51.372, 3626, 27.0, 0.15, 66, 1.4),
    Ortsteil("709", "Ungelsheim", 6.731, 51.357, 3004, 4.6, -0.30, 22, 0.2),
    Ortsteil("710", "Mündelheim", 6.692, 51.346, 5885, 5.0, -0.20, 14, 0.2),
)

JE_SCHLUESSEL: dict[str, Ortsteil] = {o.schluessel: o for o in ORTSTEILE}
