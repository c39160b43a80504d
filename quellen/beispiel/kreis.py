"""Table 12411-03-03-4 of the Regionalstatistik: residents of the Kreise by age group, sex and nationality.

Belongs here: the ffcsv inside its ZIP, as GENESIS sends it. Does not belong here: figures of the city's register
(``bewegung``); the two series count differently and do not agree in reality either.

Published are the rows of Duisburg at 31.12.2024 (table 12411-03-03-4, © Statistische Ämter des Bundes und der Länder,
Deutschland, 2025, dl-de/by-2-0, as of 16.12.2025) and Duisburg's total of 2022, 502211 (waz.de id238774485). All else
is modelled: rounded sizes of the Kreise, Duisburg's age structure with a random touch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quellen.beispiel.ablage import ZIP, Datei, Lieferung, gepackt, zeilen, zeitpunkt
from quellen.beispiel.rechnen import Zufall, verteilen

JAHRE = (2022, 2023, 2024)
TABELLE = "12411-03-03-4"
_MILLISEKUNDEN = 1793500200000  # of the export, part of the file name
_GEAENDERT = zeitpunkt(2025, 12, 16, 15)
_URL = "https://www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"

# lower and upper age of the 21 groups; German men, German women, foreign men, foreign women in Duisburg at 31.12.2024
_DUISBURG_2024: tuple[tuple[int, int, int, int, int, int], ...] = (
    (0, 3, 5217, 4917, 2178, 2035),
    (3, 6, 5836, 5531, 2123, 1949),
    (6, 10, 8098, 7557, 2840, 2697),
    (10, 15, 9359, 8956, 3303, 3082),
    (15, 18, 5921, 5646, 1898, 1592),
    (18, 20, 4035, 3769, 1342, 1115),
    (20, 25, 10828, 10379, 4059, 3456),
    (25, 30, 11553, 10766, 5906, 4892),
    (30, 35, 12366, 11627, 5918, 5048),
    (35, 40, 11915, 11512, 5578, 5129),
    (40, 45, 10831, 10510, 5211, 4920),
    (45, 50, 10077, 10119, 5036, 4749),
    (50, 55, 11381, 11403, 4699, 4471),
    (55, 60, 15633, 15247, 3752, 3392),
    (60, 65, 15572, 15669, 2658, 2434),
    (65, 70, 12832, 13722, 1510, 1616),
    (70, 75, 9560, 11161, 930, 1697),
    (75, 80, 6260, 8120, 1168, 1582),
    (80, 85, 5248, 8128, 881, 906),
    (85, 90, 3757, 7272, 462, 424),
    (90, 0, 1388, 3635, 175, 144),
)
_DUISBURG_SUMME = {2022: (502211, 113900), 2023: (502300, 116700)}  # residents, of these foreign (modelled but 502211)


class Region(NamedTuple):
    """One region: key, name as in the table, residents in thousands and per cent foreign (both modelled)."""

    schluessel: str
    name: str
    tausend: int
    anteil: float


KREISE: tuple[Region, ...] = (
    Region("05111", "Düsseldorf, kreisfreie Stadt", 619, 24.5),
    Region("05112", "Duisburg, kreisfreie Stadt", 502, 23.7),
    Region("05113", "Essen, kreisfreie Stadt", 575, 20.0),
    Region("05114", "Krefeld, kreisfreie Stadt", 231, 19.0),
    Region("05116", "Mönchengladbach, kreisfreie Stadt", 267, 18.5),
    Region("05117", "Mülheim an der Ruhr, kreisfreie Stadt", 173, 18.0),
    Region("05119", "Oberhausen, kreisfreie Stadt", 214, 18.5),
    Region("05120", "Remscheid, kreisfreie Stadt", 114, 21.0),
    Region("05122", "Solingen, kreisfreie Stadt", 166, 19.0),
    Region("05124", "Wuppertal, kreisfreie Stadt", 358, 23.0),
    Region("05154", "Kleve, Kreis", 322, 16.5),
    Region("05158", "Mettmann, Kreis", 491, 15.5),
    Region("05162", "Rhein-Kreis Neuss", 457, 15.5),
    Region("05166", "Viersen, Kreis", 298, 13.5),
    Region("05170", "Wesel, Kreis", 458, 11.5),
    Region("05314", "Bonn, kreisfreie Stadt", 323, 19.5),
    Region("05315", "Köln, kreisfreie Stadt", 1025, 21.0),
    Region("05316", "Leverkusen, kreisfreie Stadt", 169, 18.5),
    Region("05334", "Städteregion Aachen, Kreis", 582, 18.5),
    Region("05358", "Düren, Kreis", 279, 15.0),
    Region("05362", "Rhein-Erft-Kreis", 478, 15.0),
    Region("05366", "Euskirchen, Kreis", 203, 11.0),
    Region("05370", "Heinsberg, Kreis", 264, 15.5),
    Region("05374", "Oberbergischer Kreis", 274, 12.5),
    Region("05378", "Rheinisch-Bergischer Kreis", 284, 11.5),
    Region("05382", "Rhein-Sieg-Kreis", 605, 13.0),
    Region("05512", "Bottrop, kreisfreie Stadt", 119, 14.0),
    Region("05513", "Gelsenkirchen, kreisfreie Stadt", 268, 25.0),
    Region("05515", "Münster, kreisfreie Stadt", 308, 12.5),
    Region("05554", "Borken, Kreis", 381, 11.5),
    Region("05558", "Coesfeld, Kreis", 228, 8.5),
    Region("05562", "Recklinghausen, Kreis", 621, 14.5),
    Region("05566", "Steinfurt, Kreis", 452, 12.0),
    Region("05570", "Warendorf, Kreis", 283, 12.5),
    Region("05711", "Bielefeld, kreisfreie Stadt", 332, 18.5),
    Region("05754", "Gütersloh, Kreis", 364, 15.5),
    Region("05758", "Herford, Kreis", 254, 12.5),
    Region("05762", "Höxter, Kreis", 139, 10.0),
    Region("05766", "Lippe, Kreis", 347, 12.0),
    Region("05770", "Minden-Lübbecke, Kreis", 321, 11.0),
    Region("05774", "Paderborn, Kreis", 316, 14.0),
    Region("05911", "Bochum, kreisfreie Stadt", 359, 17.5),
    Region("05913", "Dortmund, kreisfreie Stadt", 603, 21.5),
    Region("05914", "Hagen, kreisfreie Stadt", 190, 23.5),
    Region("05915", "Hamm, kreisfreie Stadt", 180, 18.5),
    Region("05916", "Herne, kreisfreie Stadt", 156, 20.5),
    Region("05954", "Ennepe-Ruhr-Kreis", 314, 13.5),
    Region("05958", "Hochsauerlandkreis", 261, 11.5),
    Region("05962", "Märkischer Kreis", 408, 16.0),
    Region("05966", "Olpe, Kreis", 132, 12.0),
    Region("05970", "Siegen-Wittgenstein, Kreis", 274, 13.5),
    Region("05974", "Soest, Kreis", 300, 12.0),
    Region("05978", "Unna, Kreis", 394, 13.5),
)
REGIERUNGSBEZIRKE = {"051": "Düsseldorf", "053": "Köln", "055": "Münster", "057": "Detmold", "059": "Arnsberg"}
_AACHEN = Region("05334002", "Aachen, kreisfreie Stadt", 263, 20.5)  # inside 05334: the real table lists both
_DEUTSCHLAND = Region("DG", "Deutschland", 83577, 14.8)

# German men, German women, foreign men, foreign women for each of the 21 groups
Werte = list[list[int]]


def _modell(region: Region, jahr: int, zufall: Zufall) -> Werte:
    """A region's figures: Duisburg's age structure by nationality, with a random touch per age group."""
    einwohner, fremd = region.tausend * 1000, int(region.tausend * region.anteil * 10)
    if region.schluessel == "05112":
        if jahr == 2024:
            return [list(zeile[2:]) for zeile in _DUISBURG_2024]
        einwohner, fremd = _DUISBURG_SUMME[jahr]
        unruhe = 0.005
    else:
        einwohner -= (2024 - jahr) * int(region.tausend * zufall.zahl(0.5, 2.5))
        fremd = int(fremd * (1 - 0.03 * (2024 - jahr)))
        unruhe = 0.06
    werte: Werte = [[0] * 4 for _ in _DUISBURG_2024]
    for summe, spalten in ((einwohner - fremd, (0, 1)), (fremd, (2, 3))):
        gewichte = [z[2 + s] * zufall.zahl(1 - unruhe, 1 + unruhe) for z in _DUISBURG_2024 for s in spalten]
        for i, wert in enumerate(verteilen(summe, gewichte)):
            werte[i // 2][spalten[i % 2]] = wert
    return werte


def _summe(teile: list[Werte]) -> Werte:
    return [[sum(t[i][s] for t in teile) for s in range(4)] for i in range(len(_DUISBURG_2024))]


def _regionen(jahr: int, zufall: Zufall) -> Iterator[tuple[tuple[str, str, str, str], Werte]]:
    """All regions of a year with their axis: (variable code, variable label, key, name) and figures."""
    kreise = {k.schluessel: _modell(k, jahr, zufall) for k in KREISE}
    achse = ("KREISE", "Kreise und kreisfreie Städte")
    for k in KREISE:
        yield (*achse, k.schluessel, k.name), kreise[k.schluessel]
    yield (*achse, _AACHEN.schluessel, _AACHEN.name), _modell(_AACHEN, jahr, zufall)
    for schluessel, name in REGIERUNGSBEZIRKE.items():
        teile = [werte for k, werte in kreise.items() if k.startswith(schluessel)]
        yield ("REGBEZ", "Regierungsbezirke", schluessel, f"{name}, Regierungsbezirk"), _summe(teile)
    yield ("DLAND", "Bundesländer", "05", "Nordrhein-Westfalen"), _summe(list(kreise.values()))
    yield ("DINSG", "Deutschland", _DEUTSCHLAND.schluessel, _DEUTSCHLAND.name), _modell(_DEUTSCHLAND, jahr, zufall)


def bestand(zufall: Zufall) -> list[tuple[int, tuple[str, str, str, str], Werte]]:
    """Year, axis of the region and figures of all regions; also the base of the other tables of residents."""
    return [(jahr, region, werte) for jahr in JAHRE for region, werte in _regionen(jahr, zufall)]


def altersgruppen() -> list[tuple[int, int]]:
    """Lower and upper age of the 21 groups; an upper age of 0 is open."""
    return [(von, bis) for von, bis, *_ in _DUISBURG_2024]


def _altersachse() -> list[tuple[str, str]]:
    """Code and label of the 21 age groups."""
    achse = [("ALT000B03", "unter 3 Jahre")]
    achse += [(f"ALT{a:03}B{b:02}", f"{a} bis unter {b} Jahre") for a, b, *_ in _DUISBURG_2024[1:-1]]
    return [*achse, ("ALT090UM", "90 Jahre und mehr")]


_NATIONALITAET = (("NATD", "deutsch", (0, 1)), ("NATA", "ausländisch", (2, 3)), ("", "Insgesamt", (0, 1, 2, 3)))
_GESCHLECHT = (("GESM", "männlich", (0, 2)), ("GESW", "weiblich", (1, 3)), ("", "Insgesamt", (0, 1, 2, 3)))
_KOPF = (
    *("statistics_code", "statistics_label", "time_code", "time_label", "time"),
    *(f"{n}_variable_{feld}" for n in range(1, 5) for feld in ("code", "label", "attribute_code", "attribute_label")),
    *("value", "value_unit", "value_variable_code", "value_variable_label"),
)


def _reihen(jahr: int, region: tuple[str, str, str, str], werte: Werte) -> Iterator[list[str]]:
    statistik = ["12411", "Fortschreibung des Bevölkerungsstandes", "STAG", "Stichtag", f"{jahr}-12-31"]
    summe = [sum(gruppe[s] for gruppe in werte) for s in range(4)]
    for (code, text), zahlen in zip([*_altersachse(), ("", "Insgesamt")], [*werte, summe], strict=True):
        for nat_code, nat_text, nat in _NATIONALITAET:
            for ges_code, ges_text, ges in _GESCHLECHT:
                wert = sum(zahlen[s] for s in nat if s in ges)
                achsen = [*region, "ALT021", "Altersgruppen (21)", code, text]
                achsen += ["NAT", "Nationalität", nat_code, nat_text, "GES", "Geschlecht", ges_code, ges_text]
                yield [*statistik, *achsen, str(wert), "Anzahl", "BEVSTD", "Bevölkerungsstand"]


def lieferungen() -> list[Lieferung]:
    """The ZIP with one ffcsv, rows in no order."""
    zufall = Zufall(5)
    reihen = [reihe for jahr, region, werte in bestand(zufall) for reihe in _reihen(jahr, region, werte)]
    text = zeilen([_KOPF, *zufall.mischen(reihen)]).encode("utf-8-sig")
    inhalt = gepackt(f"{TABELLE}_{_MILLISEKUNDEN}_de_flat.csv", text)
    return [Lieferung("bevoelkerung_kreis", "tabelle", (Datei(f"{TABELLE}.zip", _URL, inhalt, ZIP),), _GEAENDERT)]
