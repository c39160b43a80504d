"""Modelled schools: about 140 in Duisburg and some in other municipalities of the state.

Belongs here: which schools there are, where they stand and how many pupils they have. Does not belong here: the forms
of the ministry's files (``schuldateien``).

From reports on the real directory come: how many schools of which type Duisburg has, that 129 of 135 belong to the
city, the sum of pupils (71852), the distribution of the Sozialindex 2025/26, keys of municipalities and school
authorities. Names, numbers, places and all other figures are modelled; the numbers lie above all real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from pyproj import Transformer
from shapely.geometry import Point

from quellen.beispiel.gebiete import ortsteile
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, ORTSTEILE, PLZ, Ortsteil
from quellen.beispiel.rechnen import Zufall, verteilen

DUISBURG = "05112000"
SCHUELER_DUISBURG = 71852
SOZIALINDEX_DUISBURG = {1: 6, 2: 10, 3: 10, 4: 10, 5: 20, 6: 13, 7: 9, 8: 10, 9: 19}
MIT_SOZIALINDEX = ("02", "04", "10", "14", "15", "20")


class Form(NamedTuple):
    """One type of school: number in Duisburg, short mark, official wording, usual size, where it tends to stand.

    ``neigung``: weight of an Ortsteil's burden for the choice of place; ``aufschlag``: shift of the Sozialindex.
    """

    anzahl: int
    kuerzel: str
    bezeichnung: str
    groesse: int
    neigung: float = 0.0
    aufschlag: int = 0


FORMEN: dict[str, Form] = {
    "02": Form(76, "GG", "Städt. Gem. Grundschule", 268),
    "15": Form(14, "GE", "Städtische Gesamtschule", 1130, 0.5, 4),
    "08": Form(12, "FÖ", "Städt. Förderschule", 158, 0.2),
    "20": Form(12, "Gym", "Städt. Gymnasium", 830, -0.5, -18),
    "30": Form(10, "BK", "Städt. Berufskolleg", 1900),
    "10": Form(4, "RS", "Städt. Realschule", 600, 0.0, 2),
    "04": Form(2, "GH", "Städt. Gem. Hauptschule", 320, 0.5, 12),
    "14": Form(2, "SK", "Städtische Sekundarschule", 420, 0.2, 6),
    "25": Form(1, "WBK", "Weiterbildungskolleg", 600),
    "83": Form(1, "KR", "Städt. Schule für Kranke", 100),
    "17": Form(1, "FW", "Waldorfschule", 350, -0.3),
}


class Gemeinde(NamedTuple):
    """One municipality outside Duisburg; ``rechtswert``/``hochwert``: rough middle (UTM 32)."""

    schluessel: str
    ort: str
    kreis: str
    bezirksregierung: str
    traeger: str
    plz: str
    rechtswert: int
    hochwert: int


GEMEINDEN: tuple[Gemeinde, ...] = (
    Gemeinde("05111000", "Düsseldorf", "Stadt Düsseldorf", "1", "10042", "40213", 344500, 5677500),
    Gemeinde("05113000", "Essen", "Stadt Essen", "1", "10066", "45127", 361500, 5702500),
    Gemeinde("05114000", "Krefeld", "Stadt Krefeld", "1", "10078", "47798", 331500, 5689000),
    Gemeinde("05117000", "Mülheim an der Ruhr", "Stadt Mülheim", "1", "10108", "45468", 353500, 5699000),
    Gemeinde("05119000", "Oberhausen", "Stadt Oberhausen", "1", "10121", "46045", 353500, 5706000),
    Gemeinde("05170008", "Dinslaken", "Kreis Wesel", "1", "11381", "46535", 343500, 5716000),
    Gemeinde("05170024", "Moers", "Kreis Wesel", "1", "12130", "47441", 334000, 5702500),
    Gemeinde("05315000", "Köln", "Stadt Köln", "3", "10182", "50667", 356500, 5645500),
    Gemeinde("05334002", "Aachen", "Städteregion Aachen", "3", "10194", "52062", 294500, 5628500),
    Gemeinde("05513000", "Gelsenkirchen", "Stadt Gelsenkirchen", "5", "10224", "45879", 367000, 5708500),
    Gemeinde("05515000", "Münster", "Stadt Münster", "5", "10248", "48143", 405500, 5757500),
    Gemeinde("05711000", "Bielefeld", "Stadt Bielefeld", "7", "10261", "33602", 467500, 5763500),
    Gemeinde("05913000", "Dortmund", "Stadt Dortmund", "9", "10297", "44137", 393500, 5708000),
)
_ANDERSWO = ("02",) * 7 + ("10", "15", "20", "20", "30")


@dataclass(frozen=True)
class Schule:
    """One entry of the directory.

    ``ortsteil``: where it stands (Duisburg only); ``schueler``/``stufe``: pupils and Sozialindex, ``None`` if the
    files say nothing on it; ``stufe`` 0 stands for ``ohne``.
    """

    nummer: str
    form: str
    bezeichnung: str
    kurz: str
    ort: str
    plz: str
    bezirksregierung: str
    kreis: str
    gemeinde: str
    rechtswert: int
    hochwert: int
    traeger: str
    ortsteil: str = ""
    rechtsform: str = "1"
    betrieb: str = "1"
    betriebsdatum: str = "01.08.1973"
    epsg: str = "EPSG:25832"
    schueler: int | None = None
    stufe: int | None = None

    @property
    def aktiv(self) -> bool:
        """Whether it is a school that teaches (no authority, not closed or closing)."""
        return self.betrieb == "1" and self.form != "0A"


def _punkt(o: Ortsteil, zufall: Zufall, umrechnung: Transformer) -> tuple[int, int]:
    """A place inside the Ortsteil's outline, some way from its edge, in UTM 32 metres."""
    innen = ortsteile()[o.schluessel].buffer(-0.0005)
    while True:
        x, y = o.laenge + zufall.zahl(-0.012, 0.012), o.breite + zufall.zahl(-0.008, 0.008)
        if innen.contains(Point(x, y)):
            ost, nord = umrechnung.transform(x, y)
            return round(ost), round(nord)


def _plaetze(form: Form, zufall: Zufall) -> list[Ortsteil]:
    """The Ortsteil of each school of a type."""
    gewichte = []
    for o in ORTSTEILE:
        gewicht = o.groesse * (1 + o.jugend) * max(1 + form.neigung * (o.belastung - 50) / 50, 0.1)
        gewichte.append(gewicht * (zufall.zahl(0.3, 1.7) if form.anzahl < 20 else 1.0))
    return [o for o, n in zip(ORTSTEILE, verteilen(form.anzahl, gewichte), strict=True) for _ in range(n)]


class _Bau:
    """Collects Duisburg's schools and numbers them."""

    def __init__(self) -> None:
        self.zufall = Zufall(6)
        self.umrechnung = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)
        self.schulen: list[Schule] = []
        self.je_ortsteil: dict[str, int] = {}
        self.geteilt = False

    def schule(self, form: str, o: Ortsteil) -> None:
        """Add a school of the city in an Ortsteil."""
        art = FORMEN[form]
        laufend = self.je_ortsteil[o.schluessel] = self.je_ortsteil.get(o.schluessel, 0) + 1
        kath = form == "02" and len(self.schulen) % 6 == 5
        bezeichnung = "Städt. Kath. Grundschule" if kath else art.bezeichnung
        if form != "02" or (not kath and len(self.schulen) % 5 < 2):
            bezeichnung = f"Beispielschule {o.name} {laufend}"
        nachbar = self.schulen[-1] if self.schulen else None
        if kath and nachbar is not None and nachbar.ortsteil == o.schluessel and not self.geteilt:
            self.geteilt = True  # once a Catholic and a community school share an address
            ost, nord = nachbar.rechtswert, nachbar.hochwert
        else:
            ost, nord = _punkt(o, self.zufall, self.umrechnung)
        schule = Schule(
            nummer=str(700000 + 13 * (len(self.schulen) + 1)),
            form=form,
            bezeichnung=bezeichnung,
            kurz=f"Duisburg, {'KG' if kath else art.kuerzel} Beispielschule {o.name} {laufend}",
            ort="Duisburg",
            plz=PLZ[o.bezirk],
            bezirksregierung="1",
            kreis="Stadt Duisburg",
            gemeinde=DUISBURG,
            rechtswert=ost,
            hochwert=nord,
            traeger="10054",
            ortsteil=o.schluessel,
            betriebsdatum="01.08.1973" if self.zufall.zahl() < 0.75 else f"01.08.{int(self.zufall.zahl(1980, 2022))}",
        )
        self.schulen.append(schule)

    def aendern(self, form: str, welche: int, **felder: str) -> None:
        """Change fields of the nth school of a type (negative: from the end)."""
        stelle = [i for i, s in enumerate(self.schulen) if s.form == form and s.betrieb == "1"][welche]
        self.schulen[stelle] = replace(self.schulen[stelle], **felder)  # type: ignore[arg-type]


def _sonderfaelle(bau: _Bau) -> None:
    """What the real directory holds besides the ordinary: other authorities, closed schools, odd coordinates."""
    bau.aendern("02", -1, rechtsform="2", traeger="82510", bezeichnung="Private Beispiel-Grundschule")
    for welche in (0, 5):
        bau.aendern("20", welche, rechtsform="2", traeger="70920", bezeichnung="Bischöfliches Beispielgymnasium")
    for welche in (1, 7):
        bau.aendern("08", welche, traeger="10029", bezeichnung="LVR-Förderschule Duisburg")
    bau.aendern("17", 0, rechtsform="2", traeger="81541")
    bau.aendern("08", 3, epsg="null")
    stelle = next(i for i, s in enumerate(bau.schulen) if s.form == "30")
    bau.schulen[stelle] = replace(bau.schulen[stelle], rechtswert=0, hochwert=0)
    zu = (("02", "203", "2"), ("04", "506", "9"), ("04", "104", "9"), ("08", "602", "2"), ("10", "306", "9"))
    for form, ortsteil, betrieb in zu:
        bau.schule(form, JE_SCHLUESSEL[ortsteil])
        bau.schulen[-1] = replace(bau.schulen[-1], betrieb=betrieb, betriebsdatum="31.07.2026")
    ost, nord = _punkt(JE_SCHLUESSEL["501"], bau.zufall, bau.umrechnung)
    amt = replace(bau.schulen[-1], nummer="690001", form="0A", bezeichnung="Schulamt", kurz="Duisburg, Schulamt")
    amt = replace(amt, betrieb="1", betriebsdatum="01.08.1973", traeger="0", ortsteil="501", plz=PLZ["500"])
    bau.schulen.append(replace(amt, rechtswert=ost, hochwert=nord))


def _mit_zahlen(schulen: list[Schule], zufall: Zufall) -> list[Schule]:
    """Pupils of the active schools (adding up to the published sum) and the Sozialindex."""
    gewichte = [FORMEN[s.form].groesse * zufall.zahl(0.75, 1.25) if s.aktiv else 0.0 for s in schulen]
    zahlen = verteilen(SCHUELER_DUISBURG, gewichte)
    schulen = [replace(s, schueler=n) if s.aktiv else s for s, n in zip(schulen, zahlen, strict=True)]
    last = {}
    for s in schulen:
        if s.aktiv and s.form in MIT_SOZIALINDEX and s.rechtsform == "1":
            eigen = JE_SCHLUESSEL[s.ortsteil].belastung + FORMEN[s.form].aufschlag
            last[s.nummer] = eigen + zufall.zahl(-9, 9)
    folge = [stufe for stufe, anzahl in SOZIALINDEX_DUISBURG.items() for _ in range(anzahl)]
    stufen = dict(zip(sorted(last, key=last.__getitem__), folge, strict=True))
    ohne = {s.nummer for s in schulen if s.aktiv and s.form in MIT_SOZIALINDEX and s.rechtsform == "2"}
    return [replace(s, stufe=0 if s.nummer in ohne else stufen.get(s.nummer)) for s in schulen]


def duisburg() -> list[Schule]:
    """Duisburg's 141 entries: 135 active schools, five closed or closing, the school authority."""
    bau = _Bau()
    for form, art in FORMEN.items():
        for o in _plaetze(art, bau.zufall):
            bau.schule(form, o)
    _sonderfaelle(bau)
    return _mit_zahlen(bau.schulen, bau.zufall)


def anderswo() -> list[Schule]:
    """Some schools in other municipalities of the state."""
    zufall = Zufall(7)
    schulen: list[Schule] = []
    for g in GEMEINDEN:
        for laufend, form in enumerate(_ANDERSWO, 1):
            art = FORMEN[form]
            schulen.append(
                Schule(
                    nummer=str(750000 + 17 * (len(schulen) + 1)),
                    form=form,
                    bezeichnung=art.bezeichnung,
                    kurz=f"{g.ort}, {art.kuerzel} Beispielschule {laufend}",
                    ort=g.ort,
                    plz=g.plz,
                    bezirksregierung=g.bezirksregierung,
                    kreis=g.kreis,
                    gemeinde=g.schluessel,
                    rechtswert=g.rechtswert + int(zufall.zahl(-1200, 1200)),
                    hochwert=g.hochwert + int(zufall.zahl(-1200, 1200)),
                    traeger=g.traeger,
                    schueler=int(art.groesse * zufall.zahl(0.7, 1.3)),
                    stufe=int(zufall.zahl(1, 10)) if form in MIT_SOZIALINDEX else None,
                )
            )
    return schulen
