"""Small situations with the answer worked out by hand: what each sign, gap or edge must do to a figure.

Each case has years of its own (``jahr`` and the one before). Answers are (value, status); ``None`` says that the
indicator must be absent for this district and year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from rohbau import Alter, Rohbau, Schule, deutsch

Antwort = tuple[float | None, str] | None
Zellen = Mapping[tuple[str, Alter, str | None], str]

KIND, SCHULKIND, JUNG, MITTE, ALT = (0, 2), (6, 9), (10, 17), (18, 64), (65, None)
AUFTEILUNG: Mapping[Alter, str] = {
    (0, 2): "10",
    (3, 5): "20",
    (6, 14): "30",
    (15, 49): "400",
    (50, 64): "100",
    (65, None): "40",
}
ZUZUG, FORTZUG, HINZU, WEG, GEBURT, TOD = (
    "Zuzüge über die Stadtgrenze",
    "Fortzüge über die Stadtgrenze",
    "Zuzüge innerhalb der Stadt",
    "Fortzüge innerhalb der Stadt",
    "Geburten",
    "Sterbefälle",
)
OT, OT2, OT_OHNE_UMRISS = "202", "204", "203"


@dataclass(frozen=True)
class Fall:
    """A situation: what is put in, and what must come out by (indicator, short key of the district)."""

    name: str
    fuelle: Callable[[Rohbau, int], None]
    erwartet: Mapping[tuple[str, str], Antwort]
    basis: str = "melderegister"
    schuljahr: bool = False


def menschen(bau: Rohbau, jahr: int, ort: str, zellen: Mapping[Alter, str], staat: str = "deutsch") -> None:
    """Cells of one Ortsteil; women are as many as men, so every number counts twice."""
    for alter, text in zellen.items():
        bau.einwohner(date(jahr, 12, 31), ort, staat, alter, "maennlich", text)
        bau.einwohner(date(jahr, 12, 31), ort, staat, alter, "weiblich", text)


def bewegungen(bau: Rohbau, jahr: int, zahlen: Mapping[str, str], ort: str = OT, alter: Alter = (0, 5)) -> None:
    """Moves of one group."""
    for art, text in zahlen.items():
        bau.bewegung(jahr, ort, "deutsch", alter, art, text)


def _mit(**ersatz: str) -> dict[Alter, str]:
    namen = {"u3": (0, 2), "v3": (3, 5), "v6": (6, 14), "v15": (15, 49), "v50": (50, 64), "ab65": (65, None)}
    return dict(AUFTEILUNG) | {namen[n]: text for n, text in ersatz.items()}


def _normal(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, AUFTEILUNG)


def _verdeckt(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, _mit(u3="."))
    menschen(bau, jahr, OT2, AUFTEILUNG)


def _quer(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, {(0, 5): "10", (6, 17): "20", (18, 64): "100", (65, None): "40"})


def _ohne_geschlecht(bau: Rohbau, jahr: int) -> None:
    for alter, text in AUFTEILUNG.items():
        bau.einwohner(date(jahr, 12, 31), OT, "deutsch", alter, None, text)


def _einzeln(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, {(0, 0): "1", (10, 10): "1", (100, None): "2"})


def _jahresstrom(bau: Rohbau, jahr: int, vorjahr: Mapping[Alter, str] | None = AUFTEILUNG) -> None:
    if vorjahr is not None:
        menschen(bau, jahr - 1, OT, vorjahr)
    menschen(bau, jahr, OT, _mit(v15="600"))
    bewegungen(bau, jahr, {ZUZUG: "80", FORTZUG: "30", HINZU: "20", WEG: "10", GEBURT: "12", TOD: "-"})
    bewegungen(bau, jahr, {ZUZUG: "400", FORTZUG: "60", HINZU: "-", WEG: "-", GEBURT: "-", TOD: "7"}, alter=(18, None))


def _ohne_fortzuege(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr - 1, OT, AUFTEILUNG)
    menschen(bau, jahr, OT, AUFTEILUNG)
    bewegungen(bau, jahr, {ZUZUG: "60", HINZU: "20"})


def _verdeckter_zuzug_und_kein_vorjahr(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, AUFTEILUNG)
    bewegungen(bau, jahr, {ZUZUG: "."})


def _kreis(**zeichen: str) -> Callable[[Rohbau, int], None]:
    def fuelle(bau: Rohbau, jahr: int) -> None:
        tag = date(jahr, 12, 31)
        for alter, text in AUFTEILUNG.items():
            eigen = zeichen.get("u3", text) if alter == (0, 2) else text
            for geschlecht in ("maennlich", "weiblich"):
                bau.kreis(tag, "05111", alter, geschlecht, "deutsch", eigen)
            bau.kreis(tag, "05111", alter, "insgesamt", "deutsch", "5000")
        bau.kreis(tag, "05111", "Total", "insgesamt", "insgesamt", "99999")

    return fuelle


def _kreis_ohne_insgesamt(bau: Rohbau, jahr: int, zellen: Mapping[Alter, str] = AUFTEILUNG) -> None:
    for alter, text in zellen.items():
        bau.kreis(date(jahr, 12, 31), "05111", alter, "maennlich", "deutsch", text, total_fehlt=alter == (0, 2))


def _zwei_grundlagen(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, AUFTEILUNG)
    for alter in AUFTEILUNG:
        bau.kreis(date(jahr, 12, 31), "05112", alter, "maennlich", "deutsch", "7")


def _schulen(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, {(0, 5): "1", SCHULKIND: "100", (10, None): "1"})
    bau.schulen(
        jahr + 1,
        [
            Schule("400001", OT, "02", "1", "240", "8"),
            Schule("400002", OT, "15", "1", "300", "2"),
            Schule("400003", OT, "20", "8", "60", "ohne"),
            Schule("400004", OT, "0A", "1"),
            Schule("400005", "200", "02", "1", "50", None),
            Schule("400006", "", "02", "1", "5", "ohne"),
            Schule("400007", "05111", "02", "1", "9", "9"),
        ],
    )


def _ohne_index(bau: Rohbau, jahr: int) -> None:
    bau.schulen(jahr + 1, [Schule("400011", OT, "02", "1", "240", "ohne"), Schule("400012", OT, "02", "1", "10", None)])


def _verdeckte_schueler(bau: Rohbau, jahr: int) -> None:
    bau.schulen(jahr + 1, [Schule("400021", OT, "02", "1", ".", "ohne"), Schule("400022", OT, "02", "1", "10", "4")])


def _index_aus_dem_beispiel(bau: Rohbau, jahr: int) -> None:
    bau.schulen(jahr + 1, [Schule("400031", OT, "02", "1", "10", "4")], indexart="beispiel")


def _mehr_als_alle(bau: Rohbau, jahr: int) -> None:
    menschen(bau, jahr, OT, {(0, None): "200"}, "nichtdeutsch")
    bau.staat(date(jahr, 12, 31), OT, "Bulgarien", "600")
    bau.staat(date(jahr, 12, 31), OT, "Rumänien", "200")


BEZIRK, STADTWEIT = "200", "05112"
FAELLE = (
    Fall(
        "alles bekannt",
        _normal,
        {
            ("einwohner", OT): (1200, "A"),
            ("anteil_u3", OT): (100 * 20 / 1200, "A"),
            ("anteil_3_5", BEZIRK): (100 * 40 / 1200, "A"),
            ("anteil_65plus", STADTWEIT): (100 * 80 / 1200, "A"),
            ("billeter_mass", OT): ((120 - 280) / 800, "A"),
            ("geschlechterproportion", OT): (100, "A"),
            ("auslaenderanteil", OT): None,
            ("zuzugsziffer", OT): None,
        },
    ),
    Fall(
        "eine verdeckte Zelle",
        _verdeckt,
        {
            ("einwohner", OT): (None, "Q"),
            ("anteil_u3", OT): (None, "Q"),
            ("anteil_65plus", OT): (None, "Q"),
            ("billeter_mass", OT): (None, "Q"),
            ("einwohner", OT2): (1200, "A"),
            ("einwohner", BEZIRK): (None, "Q"),
            ("einwohner", STADTWEIT): (None, "Q"),
        },
    ),
    Fall(
        "eine fehlende Zelle",
        lambda bau, jahr: menschen(bau, jahr, OT, _mit(ab65="")),
        {("einwohner", OT): (None, "O"), ("anteil_u3", STADTWEIT): (None, "O")},
    ),
    Fall(
        "fehlend und verdeckt",
        lambda bau, jahr: menschen(bau, jahr, OT, _mit(u3=".", ab65="")),
        {("einwohner", OT): (None, "Q"), ("anteil_65plus", OT): (None, "Q")},
    ),
    Fall(
        "ein Strich ist null",
        lambda bau, jahr: menschen(bau, jahr, OT, _mit(u3="-")),
        {("einwohner", OT): (1180, "A"), ("anteil_u3", OT): (None, "Q"), ("anteil_3_5", OT): (100 * 40 / 1180, "A")},
    ),
    Fall(
        "niemand wohnt dort",
        lambda bau, jahr: menschen(bau, jahr, OT, dict.fromkeys(AUFTEILUNG, "-")),
        {
            ("einwohner", OT): (0, "A"),
            ("anteil_u3", OT): (None, "M"),
            ("billeter_mass", OT): (None, "M"),
            ("geschlechterproportion", OT): (None, "M"),
        },
    ),
    Fall(
        "Altersgruppen über der Kante",
        _quer,
        {
            ("einwohner", OT): (340, "A"),
            ("anteil_u3", OT): None,
            ("anteil_6_9", OT): None,
            ("anteil_u18", OT): (100 * 60 / 340, "A"),
            ("jugendquotient", OT): (30, "A"),
            ("altenquotient", OT): (40, "A"),
            ("gesamtquotient", OT): (70, "A"),
            ("durchschnittsalter", OT): None,
            ("billeter_mass", OT): None,
        },
    ),
    Fall(
        "nicht nach Geschlecht",
        _ohne_geschlecht,
        {("einwohner", OT): (600, "A"), ("geschlechterproportion", OT): None},
    ),
    Fall("einzelne Altersjahre", _einzeln, {("durchschnittsalter", OT): (53, "A"), ("einwohner", OT): (8, "A")}),
    Fall(
        "ein Jahr Bewegung",
        _jahresstrom,
        {
            ("zuzugsziffer", OT): (1000 * 480 / 1400, "A"),
            ("fortzugsziffer", OT): (1000 * 90 / 1400, "A"),
            ("binnenzuzugsziffer", OT): (1000 * 20 / 1400, "A"),
            ("binnenfortzugsziffer", OT): (1000 * 10 / 1400, "U"),
            ("binnenzuzugsziffer", BEZIRK): None,
            ("binnenfortzugsziffer", STADTWEIT): None,
            ("wanderungssaldo", OT): (1000 * 400 / 1400, "A"),
            ("mobilitaetsziffer", STADTWEIT): (1000 * 570 / 1400, "A"),
            ("wanderungssaldo_u6", OT): (100 * 60 / 60, "A"),
            ("geburtenziffer", BEZIRK): (1000 * 12 / 1400, "U"),
            ("sterbeziffer", OT): (1000 * 7 / 1400, "U"),
            ("bilanzrest", OT): (1600 - 1200 - 12 + 7 - 500 + 100, "A"),
        },
    ),
    Fall(
        "das Vorjahr fehlt",
        lambda bau, jahr: _jahresstrom(bau, jahr, None),
        {
            ("zuzugsziffer", OT): (None, "O"),
            ("bilanzrest", OT): (None, "O"),
            ("wanderungssaldo_u6", OT): (100, "A"),
            ("einwohner", OT): (1600, "A"),
        },
    ),
    Fall(
        "das Vorjahr ist verdeckt",
        lambda bau, jahr: _jahresstrom(bau, jahr, _mit(v50=".")),
        {("zuzugsziffer", OT): (None, "Q"), ("einwohner", OT): (1600, "A"), ("bilanzrest", STADTWEIT): (None, "Q")},
    ),
    Fall(
        "Fortzüge fehlen ganz",
        _ohne_fortzuege,
        {
            ("zuzugsziffer", OT): (1000 * 60 / 1200, "A"),
            ("wanderungssaldo", OT): (None, "O"),
            ("wanderungssaldo_u6", OT): (None, "O"),
            ("bilanzrest", OT): (None, "O"),
            ("fortzugsziffer", OT): None,
        },
    ),
    Fall(
        "verdeckt geht vor fehlend",
        _verdeckter_zuzug_und_kein_vorjahr,
        {("zuzugsziffer", OT): (None, "Q"), ("bilanzrest", OT): (None, "Q")},
    ),
    Fall(
        "Summenzeilen zählen nicht mit",
        _kreis(),
        {
            ("einwohner", "05111"): (1200, "A"),
            ("anteil_u3", "05111"): (100 * 20 / 1200, "A"),
            ("einwohner", "05112"): None,
        },
        basis="fortschreibung",
    ),
    Fall(
        "nicht sicher genug",
        _kreis(u3="/"),
        {("einwohner", "05111"): (None, "O"), ("anteil_u3", "05111"): (None, "O")},
        basis="fortschreibung",
    ),
    Fall("Fach gesperrt", _kreis(u3="x"), {("einwohner", "05111"): (None, "M")}, basis="fortschreibung"),
    Fall("fällt später an", _kreis(u3="..."), {("einwohner", "05111"): (None, "O")}, basis="fortschreibung"),
    Fall(
        "Summe der Quelle fehlt", _kreis_ohne_insgesamt, {("einwohner", "05111"): (None, "O")}, basis="fortschreibung"
    ),
    Fall(
        "zwei Bevölkerungsbasen: Melderegister",
        _zwei_grundlagen,
        {("einwohner", STADTWEIT): (1200, "A"), ("anteil_u3", STADTWEIT): (100 * 20 / 1200, "A")},
    ),
    Fall(
        "zwei Bevölkerungsbasen: Fortschreibung",
        _zwei_grundlagen,
        {("einwohner", STADTWEIT): (42, "A"), ("anteil_u3", STADTWEIT): (None, "Q"), ("einwohner", OT): None},
        basis="fortschreibung",
    ),
    Fall(
        "Schulen",
        _schulen,
        {
            ("schulen", OT): (2, "A"),
            ("schulen", OT2): (0, "A"),
            ("schulen", OT_OHNE_UMRISS): (None, "O"),
            ("schulen", BEZIRK): (3, "A"),
            ("schulen", "100"): (0, "A"),
            ("schulen", "400"): (None, "O"),
            ("schulen", STADTWEIT): (4, "A"),
            ("schulen", "05111"): (1, "A"),
            ("schueler", OT): (600, "A"),
            ("schueler", OT2): (0, "A"),
            ("schueler", OT_OHNE_UMRISS): (None, "O"),
            ("schueler", STADTWEIT): (655, "A"),
            ("sozialindex_mittel", OT): ((240 * 8 + 300 * 2) / 540, "A"),
            ("sozialindex_mittel", OT2): (None, "M"),
            ("sozialindex_mittel", OT_OHNE_UMRISS): (None, "O"),
            ("sozialindex_mittel", STADTWEIT): ((240 * 8 + 300 * 2) / 540, "A"),
            ("anteil_schueler_sozialindex_7_9", BEZIRK): (100 * 240 / 540, "A"),
            ("anteil_schueler_sozialindex_7_9", "05111"): (100, "A"),
        },
        basis="",
        schuljahr=True,
    ),
    Fall(
        "Grundschulkinder je 100",
        _schulen,
        {
            ("schueler_je_100_6_9", OT): (120, "A"),
            ("schueler_je_100_6_9", BEZIRK): (145, "A"),
            ("schueler_je_100_6_9", STADTWEIT): (147.5, "A"),
            ("schueler_je_100_6_9", OT2): None,
        },
        schuljahr=True,
    ),
    Fall(
        "keine Schule mit Index",
        _ohne_index,
        {("sozialindex_mittel", OT): (None, "M"), ("schueler", OT): (250, "A"), ("schueler_je_100_6_9", OT): None},
        basis="",
        schuljahr=True,
    ),
    Fall(
        "verdeckte Schülerzahl",
        _verdeckte_schueler,
        {("schueler", OT): (None, "Q"), ("schueler", STADTWEIT): (None, "Q"), ("sozialindex_mittel", OT): (4, "A")},
        basis="",
        schuljahr=True,
    ),
    Fall("Index aus dem Beispiel", _index_aus_dem_beispiel, {("sozialindex_mittel", OT): (4, "A")}, "", schuljahr=True),
    Fall(
        "Zähler über dem Nenner",
        _mehr_als_alle,
        {("anteil_bg_ro", OT): (200, "A"), ("auslaenderanteil", OT): (100, "A")},
    ),
    Fall(
        "Summe der Quelle fehlt und eine Zelle ist geheim",
        lambda bau, jahr: _kreis_ohne_insgesamt(bau, jahr, _mit(u3=".")),
        {
            ("einwohner", "05111"): (None, "Q"),
            ("anteil_u3", "05111"): (None, "Q"),
            ("kinder_3_5", "05111"): (20, "A"),
        },
        basis="fortschreibung",
    ),
)


def jahr(nr: int) -> int:
    """The year of a case, far from all others."""
    return 2200 + 3 * nr


__all__ = ["FAELLE", "Fall", "deutsch", "jahr"]
