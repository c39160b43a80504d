"""Indicators recomputed cell by cell in plain Python, from definitions written down here a second time.

Nothing is read from the dbt project: the formulas are those of the issue and the indicator catalogue. Slow and simple
on purpose; the tests compare every released row with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rohbau import KEINE_SCHULEN, RANG, STADT, Fakt, Rohbau, gebiete

STUFEN = tuple(range(1, 10))


@dataclass(frozen=True)
class Term:
    """One summand: which facts, times what, from which date."""

    merkmale: tuple[str, ...]
    von: int | None = None
    bis: int | None = None
    geschlecht: str = ""
    fremd: str = ""
    staaten: tuple[str, ...] = ()
    formen: tuple[str, ...] = ()
    ohne_formen: tuple[str, ...] = ()
    betrieb: str = ""
    stufen: tuple[int, ...] = ()
    mal: float = 1.0
    gewicht: str = ""
    bezug: str = ""


@dataclass(frozen=True)
class Formel:
    """Numerator, denominator and what the quotient is multiplied with. ``fuer``: ``anteil`` and ``ereignisse`` have an
    interval and are not shown below 100 in the denominator or 3 in the numerator."""

    zaehler: tuple[Term, ...]
    nenner: tuple[Term, ...] = ()
    faktor: float = 1.0
    nur_ortsteil: bool = False
    fuer: str = ""


def _n(von: int | None = None, bis: int | None = None, **sonst: Any) -> Term:
    return Term(("einwohner",), von, bis, **sonst)


def _anteil(von: int, bis: int | None, faktor: float = 100) -> Formel:
    return Formel((_n(von, bis),), (_n(),), faktor, fuer="anteil")


def _je_tausend(*merkmale: str, nur_ortsteil: bool = False) -> Formel:
    return Formel((Term(merkmale),), MITTEL, 1000, nur_ortsteil, fuer="ereignisse")


MITTEL = (_n(mal=0.5), _n(mal=0.5, bezug="vorjahr"))
ZU, FORT = ("zuzuege_aussen", "zuzuege_innen"), ("fortzuege_aussen", "fortzuege_innen")
MITTE = (_n(18, 64),)

FORMELN: Mapping[str, Formel] = {
    "einwohner": Formel((_n(),)),
    "anteil_u3": _anteil(0, 2),
    "anteil_3_5": _anteil(3, 5),
    "anteil_6_9": _anteil(6, 9),
    "anteil_10_15": _anteil(10, 15),
    "anteil_16_20": _anteil(16, 20),
    "anteil_u18": _anteil(0, 17),
    "anteil_65plus": _anteil(65, None),
    "anteil_80plus": _anteil(80, None),
    "jugendquotient": Formel((_n(0, 17),), MITTE, 100),
    "altenquotient": Formel((_n(65),), MITTE, 100),
    "gesamtquotient": Formel((_n(0, 17), _n(65)), MITTE, 100),
    "durchschnittsalter": Formel((_n(gewicht="alter"),), (_n(),)),
    "billeter_mass": Formel((_n(0, 14), _n(50, mal=-1)), (_n(15, 49),)),
    "auslaenderanteil": Formel((_n(fremd="nichtdeutsch"),), (_n(),), 100, fuer="anteil"),
    "auslaenderanteil_u18": Formel((_n(0, 17, fremd="nichtdeutsch"),), (_n(0, 17),), 100, fuer="anteil"),
    "anteil_bg_ro": Formel((Term(("staatsangehoerige",), staaten=("BG", "RO")),), (_n(),), 100, fuer="anteil"),
    "geschlechterproportion": Formel((_n(geschlecht="maennlich"),), (_n(geschlecht="weiblich"),), 100),
    "zuzugsziffer": _je_tausend("zuzuege_aussen"),
    "fortzugsziffer": _je_tausend("fortzuege_aussen"),
    "binnenzuzugsziffer": _je_tausend("zuzuege_innen", nur_ortsteil=True),
    "binnenfortzugsziffer": _je_tausend("fortzuege_innen", nur_ortsteil=True),
    "wanderungssaldo": Formel((Term(ZU), Term(FORT, mal=-1)), MITTEL, 1000),
    "mobilitaetsziffer": _je_tausend("zuzuege_aussen", "fortzuege_aussen"),
    "wanderungssaldo_u6": Formel((Term(ZU, 0, 5), Term(FORT, 0, 5, mal=-1)), (_n(0, 5),), 100),
    "geburtenziffer": _je_tausend("geburten"),
    "sterbeziffer": _je_tausend("sterbefaelle"),
    "bilanzrest": Formel(
        (
            Term(ZU, mal=-1),
            Term(FORT),
            Term(("geburten",), mal=-1),
            Term(("sterbefaelle",)),
            _n(),
            _n(mal=-1, bezug="vorjahr"),
        )
    ),
    "schulen": Formel((Term(("schulen",), betrieb="1", ohne_formen=KEINE_SCHULEN),)),
    "schueler": Formel((Term(("schueler",)),)),
    "schueler_je_100_6_9": Formel((Term(("schueler",), formen=("02",)),), (_n(6, 9, bezug="schuljahr"),), 100),
    "sozialindex_mittel": Formel(
        (Term(("schueler",), stufen=STUFEN, gewicht="stufe"),), (Term(("schueler",), stufen=STUFEN),)
    ),
    "anteil_schueler_sozialindex_7_9": Formel(
        (Term(("schueler",), stufen=(7, 8, 9)),), (Term(("schueler",), stufen=STUFEN),), 100
    ),
}


@dataclass
class Ergebnis:
    """One recomputed figure."""

    status: str
    wert: float | None
    zaehler: float | None
    nenner: float | None


@dataclass
class _Topf:
    summe: dict[str, float] = field(default_factory=lambda: {"zaehler": 0.0, "nenner": 0.0})
    terme: set[tuple[str, int]] = field(default_factory=set)
    quer: bool = False
    ohne: bool = False
    rang: int = 0


def lage(term: Term, f: Fakt) -> str:  # noqa: PLR0911 - one way out per breakdown
    """Whether a fact lies inside the term (``drin``), outside (``fort``) or across its edge (``quer``)."""
    quer = False
    if f.merkmal not in term.merkmale:
        return "fort"
    for soll, ist in ((term.geschlecht, f.geschlecht), (term.fremd, f.staatsangehoerigkeit)):
        if soll and ist is not None and ist != soll:
            return "fort"
        quer |= bool(soll) and ist is None
    if term.staaten and f.staat not in term.staaten:
        return "fort"
    if term.formen and f.schulform not in term.formen:
        return "fort"
    if f.schulform in term.ohne_formen or (term.betrieb and f.schulbetrieb != term.betrieb):
        return "fort"
    if term.stufen and f.stufe not in term.stufen:
        return "fort"
    if term.von is not None:
        von, bis = f.alter
        if von is None:
            quer = True
        else:
            drin = [
                term.von <= j <= (term.bis if term.bis is not None else 999)
                for j in (von, bis if bis is not None else 999)
            ]
            if not any(drin) and not (von < term.von <= (bis if bis is not None else 999)):
                return "fort"
            quer |= not all(drin)
    if term.gewicht == "alter":
        von, bis = f.alter
        quer |= von is None or not (von == bis or (bis is None and von >= 95))
    return "quer" if quer else "drin"


def _gewicht(term: Term, f: Fakt) -> float:
    if term.gewicht == "alter":
        return term.mal * ((f.alter[0] or 0) + 0.5)
    return term.mal * (f.stufe or 0) if term.gewicht == "stufe" else term.mal


def _ziel(term: Term, tag: date) -> date:
    if term.bezug == "vorjahr":
        return date(tag.year + 1, tag.month, tag.day)
    return date(tag.year + 1, 7, 31) if term.bezug == "schuljahr" else tag


def teile_in() -> dict[str, list[str]]:
    """District → districts that its figures count for."""
    ergebnis = {}
    for kurz, (gebiet, ebene) in gebiete().items():
        oben = [gebiet]
        if ebene == "ortsteil":
            oben += [f"{STADT}-{kurz[0]}00", STADT]
        elif ebene == "stadtbezirk":
            oben += [STADT]
        ergebnis[gebiet] = oben
    return ergebnis


def rechne(bau: Rohbau, formeln: Mapping[str, Formel] = FORMELN) -> dict[tuple[str, str, date, str], Ergebnis]:
    """All figures of a hand-made warehouse by (indicator, district, date, basis)."""
    huelle = teile_in()
    gleiche: dict[tuple[object, ...], list[Fakt]] = defaultdict(list)
    for f in bau.fakten:
        gliederung = (f.geschlecht, f.alter, f.staatsangehoerigkeit, f.staat, f.schulform, f.schulbetrieb, f.stufe)
        gleiche[(f.merkmal, *gliederung)].append(f)
    alle: dict[tuple[str, str, date, str], Ergebnis] = {}
    for name, formel in formeln.items():
        toepfe: dict[tuple[str, date, str], _Topf] = defaultdict(_Topf)
        gemischt = any(t.bezug == "schuljahr" for t in formel.zaehler + formel.nenner)
        for rolle, nr, term in _terme(formel):
            beruehrt = False
            for fakten in gleiche.values():
                wo, gewicht = lage(term, fakten[0]), _gewicht(term, fakten[0])
                for f in fakten if wo != "fort" else ():
                    beruehrt = True
                    ziel = _ziel(term, f.stichtag)
                    for gebiet in huelle[f.gebiet]:
                        for basis in ("melderegister", "fortschreibung") if gemischt and not f.basis else (f.basis,):
                            topf = toepfe[(gebiet, ziel, basis)]
                            topf.terme.add((rolle, nr))
                            topf.quer |= wo == "quer"
                            topf.ohne |= f.wert is None
                            topf.rang = max(topf.rang, RANG[f.status])
                            topf.summe[rolle] += gewicht * (f.wert or 0)
            if beruehrt and term.merkmale[0] in ("schulen", "schueler"):
                _abdeckung(bau, term, (rolle, nr), toepfe, gemischt)
        for (gebiet, tag, basis), topf in toepfe.items():
            ergebnis = _bewerte(formel, topf, gemischt)
            if ergebnis is not None and not (formel.nur_ortsteil and len(huelle.get(gebiet, [])) != 3):
                alle[(name, gebiet, tag, basis)] = ergebnis
    return alle


def _terme(formel: Formel) -> Iterable[tuple[str, int, Term]]:
    for rolle, terme in (("zaehler", formel.zaehler), ("nenner", formel.nenner)):
        for nr, term in enumerate(terme, 1):
            yield rolle, nr, term


def _abdeckung(
    bau: Rohbau, term: Term, platz: tuple[str, int], toepfe: dict[tuple[str, date, str], _Topf], gemischt: bool
) -> None:
    """Where the outline is known and no school is listed there is none; where it is not known nothing is known.

    In another Kreis there is none if any school is listed there.
    """
    gelistet = {(f.gebiet, f.stichtag) for f in bau.fakten if f.merkmal in term.merkmale}
    tage = {tag for _, tag in gelistet}
    for kurz, (gebiet, ebene) in gebiete().items():
        if ebene not in ("ortsteil", "stadtbezirk", "stadt", "kreis"):
            continue
        bekannt = ebene in ("stadt", "kreis") or kurz in bau.umrisse
        bekannt |= ebene == "stadtbezirk" and kurz[0] in bau.bezirksumrisse
        for tag in tage if ebene != "kreis" else {t for g, t in gelistet if g == gebiet}:
            for basis in ("melderegister", "fortschreibung") if gemischt else ("",):
                topf = toepfe[(gebiet, tag, basis)]
                topf.terme.add(platz)
                topf.ohne |= not bekannt
                topf.rang = max(topf.rang, RANG["A" if bekannt else "O"])


def _bewerte(formel: Formel, topf: _Topf, gemischt: bool) -> Ergebnis | None:
    soll = {(rolle, nr) for rolle, nr, _ in _terme(formel)}
    if topf.quer or ("zaehler", 1) not in topf.terme or (gemischt and topf.terme != soll):
        return None
    status = {r: s for s, r in RANG.items()}[topf.rang]
    if topf.terme != soll:
        return Ergebnis("Q" if status == "Q" else "O", None, None, None)
    if topf.ohne:
        return Ergebnis(status if topf.rang >= RANG["M"] else "O", None, None, None)
    return _quotient(formel, status, topf.summe["zaehler"], topf.summe["nenner"])


def _quotient(formel: Formel, status: str, zaehler: float, nenner: float) -> Ergebnis:
    if not formel.nenner:
        return Ergebnis(status, formel.faktor * zaehler, zaehler, None)
    if nenner == 0:
        return Ergebnis("M", None, None, None)
    if formel.fuer and (nenner < 100 or zaehler < 3):
        return Ergebnis("Q", None, None, None)
    if zaehler < 20 and (formel.fuer == "ereignisse" or (formel.fuer == "anteil" and zaehler <= nenner)):
        status = max(status, "U", key=RANG.__getitem__)
    return Ergebnis(status, formel.faktor * zaehler / nenner, zaehler, nenner)
