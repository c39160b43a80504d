"""Modelled addresses with coordinates and modelled day care: Kitas and places of day nursery (Großtagespflege).

Belongs here: the city's list of house numbers, and the state's list of facilities whose addresses stand in it. Does not
belong here: outlines (``gebiete``) and schools (``schule``).

Published are the city's places of 2023/24 (2,643 in Kitas and 1,691 in day nursery for children under 3, 14,450 from
3); how they spread over the Ortsteile, and all names, numbers and places are modelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pyproj import Transformer
from shapely.geometry import Point

from quellen.beispiel.ablage import CSV, Datei, Lieferung, zeilen, zeitpunkt
from quellen.beispiel.gebiete import ortsteile
from quellen.beispiel.ortsteile import ORTSTEILE, PLZ, STADTBEZIRKE, Ortsteil
from quellen.beispiel.rechnen import Zufall, verteilen

PLAETZE_KITA_U3, PLAETZE_TAGESPFLEGE, PLAETZE_UE3 = 2643, 1691, 14450
JE_TAGESPFLEGE = 9
KITAS = 205
OHNE_KITA = "709"
_EINWOHNER_JE_ADRESSE = 240
_STRASSEN = ("{}-Beispielstraße", "Beispielweg {}", "{}-Beispielplatz", "Beispielallee {}")
_ANDERSWO = (("Oberhausen", "46045"), ("Moers", "47441"), ("Dinslaken", "46535"))


class Adresse(NamedTuple):
    """One house number that is in use, with its place in UTM 32 metres."""

    schluessel: int
    strasse: str
    hausnummer: int
    zusatz: str
    ortsteil: Ortsteil
    rechtswert: int
    hochwert: int


@lru_cache(maxsize=1)
def adressen() -> tuple[Adresse, ...]:
    """House numbers spread over each Ortsteil's outline, more of them where more people live."""
    zufall, umrechnung = Zufall(90), Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)
    gefunden = []
    for nr, o in enumerate(ORTSTEILE):
        umriss = ortsteile()[o.schluessel]
        west, sued, ost, nord = umriss.bounds
        anzahl, laufend = max(24, o.groesse // _EINWOHNER_JE_ADRESSE), 0
        while laufend < anzahl:
            x, y = zufall.zahl(west, ost), zufall.zahl(sued, nord)
            if not umriss.contains(Point(x, y)):
                continue
            rechts, hoch = umrechnung.transform(x, y)
            strasse, haus = laufend % len(_STRASSEN), laufend // len(_STRASSEN) + 1
            name = _STRASSEN[strasse].format(o.name)
            zusatz = "a" if laufend % 11 == 5 else ""
            schluessel = nr * len(_STRASSEN) + strasse + 1
            gefunden.append(Adresse(schluessel, name, haus, zusatz, o, round(rechts), round(hoch)))
            laufend += 1
    return tuple(gefunden)


def _adressliste() -> Lieferung:
    """Latin-1, CRLF, text in quotes, an ß in the header; one former house number per Ortsteil."""
    reihen = [
        "STRSCHL;STRAßENNAME;HAUSNUMMER;ZUSATZ;STATUSTXT;STADTBEZIRKTXT;LANDTAGSWAHLKREIS;PLZ;RECHTSWERT;HOCHWERT"
    ]
    for a in adressen():
        fassungen = ("aktuell", "historisch") if a.hausnummer == 1 and a.schluessel % 4 == 1 else ("aktuell",)
        for status in fassungen:
            ort = f'"{status}";"{STADTBEZIRKE[a.ortsteil.bezirk]}";61;{PLZ[a.ortsteil.bezirk]}'
            lage = f"{a.rechtswert};{a.hochwert}"
            reihen.append(f'{a.schluessel:05d};"{a.strasse}";{a.hausnummer};"{a.zusatz}";{ort};{lage}')
    inhalt = ("\r\n".join(reihen) + "\r\n").encode("iso-8859-1")
    url = "https://geoportal2.duisburg.de/scripts/hnr_auskunft/export/aktHNr_alle.csv"
    return Lieferung("adressen", "hausnummern", (Datei("aktHNr_alle.csv", url, inhalt, CSV),), zeitpunkt(2026, 10, 31))


class _Haus(NamedTuple):
    """A facility to be: where, of which kind, and its places."""

    ortsteil: Ortsteil
    art: str
    u3: int
    ue3: int


def _haeuser(zufall: Zufall) -> Iterator[_Haus]:
    """Facilities by Ortsteil; all places add up to the published sums."""
    kinder = [0.0 if o.schluessel == OHNE_KITA else o.groesse * (1 + o.jugend) for o in ORTSTEILE]
    orte = [o for o, n in zip(ORTSTEILE, verteilen(KITAS, kinder), strict=True) for _ in range(n)]
    u3 = verteilen(PLAETZE_KITA_U3, [zufall.zahl(0.3, 1.7) for _ in orte])
    ue3 = verteilen(PLAETZE_UE3, [zufall.zahl(0.5, 1.5) for _ in orte])
    yield from (_Haus(o, "Kindertageseinrichtung", a, b) for o, a, b in zip(orte, u3, ue3, strict=True))
    nester = -(-PLAETZE_TAGESPFLEGE // JE_TAGESPFLEGE)
    besser = [k * (130 - o.belastung) for k, o in zip(kinder, ORTSTEILE, strict=True)]
    orte = [o for o, n in zip(ORTSTEILE, verteilen(nester, besser), strict=True) for _ in range(n)]
    rest = PLAETZE_TAGESPFLEGE - JE_TAGESPFLEGE * (nester - 1)
    for nr, o in enumerate(orte):
        yield _Haus(o, "Großtagespflege", rest if nr == nester - 1 else JE_TAGESPFLEGE, 0)


def _anschrift(nr: int, a: Adresse) -> str:
    """The address as facilities write it: abbreviated, with a blank before the suffix; some cannot be found."""
    haus = f"{a.hausnummer} {a.zusatz.upper()}".strip() if nr % 2 else f"{a.hausnummer}{a.zusatz}"
    if nr % 60 == 7:
        return a.strasse  # no house number
    if nr % 60 == 27:
        return f"{a.strasse} {a.hausnummer}-{a.hausnummer + 2}"  # two houses at once
    if nr % 60 == 47:
        return f"Neue {a.strasse} {haus}"  # a street the list does not know
    return f"{a.strasse.replace('straße', 'str.') if nr % 3 == 0 else a.strasse} {haus}"


def _einrichtungen() -> Datei:
    zufall = Zufall(91)
    je_ortsteil: dict[str, list[Adresse]] = {}
    for a in adressen():
        je_ortsteil.setdefault(a.ortsteil.schluessel, []).append(a)
    frei = {k: zufall.mischen(liste) for k, liste in je_ortsteil.items()}
    kopf = ["Einrichtungsnummer", "Name", "Träger", "Art der Einrichtung", "Straße", "PLZ", "Ort"]
    reihen = [[*kopf, "Plätze", "Plätze U3", "Plätze Ü3"]]
    laufend: dict[str, int] = {}
    for nr, h in enumerate(_haeuser(zufall), 1):
        kurz = "Kita" if h.ue3 else "Beispielnest"
        zahl = laufend[h.ortsteil.schluessel] = laufend.get(h.ortsteil.schluessel, 0) + 1
        a = frei[h.ortsteil.schluessel][zahl % len(frei[h.ortsteil.schluessel])]
        traeger = ("Stadt Duisburg", "Beispielverband", "Evangelischer Beispielkreis")[nr % 3]
        lage = [_anschrift(nr, a), PLZ[h.ortsteil.bezirk], "Duisburg"]
        plaetze = [str(h.u3 + h.ue3), str(h.u3) if h.u3 else "-", str(h.ue3) if h.ue3 else "-"]
        reihen.append([f"9{nr:05d}", f"{kurz} {h.ortsteil.name} {zahl}", traeger, h.art, *lage, *plaetze])
    for nr, (ort, plz) in enumerate(_ANDERSWO * 2, 1):
        lage = [f"Beispielstraße {nr}", plz, ort]
        reihen.append(
            [f"8{nr:05d}", f"Kita {ort} {nr}", "Beispielverband", "Kindertageseinrichtung", *lage, "80", "12", "68"]
        )
    url = "https://ckan.open.nrw.de/dataset/open-data-kitas/kitas_nrw.csv"
    return Datei("kitas_nrw.csv", url, zeilen(reihen).encode("utf-8-sig"), CSV)


def lieferungen() -> list[Lieferung]:
    """All files of this module."""
    return [_adressliste(), Lieferung("kitas", "liste", (_einrichtungen(),), zeitpunkt(2025, 11, 3))]
