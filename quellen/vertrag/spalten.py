"""Which column of a file carries what: declared places against the columns found.

Belongs here: matching ``orte``, ``wertspalten``, ``ignoriert`` and ``nur`` to column names, and the findings about
missing and unknown columns. Does not belong here: the content of the cells (``felder``, ``zahlen``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from quellen.lesen.ffcsv import FESTE_SPALTEN, achsen, achsenspalten
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import Format, Wertspalte
from quellen.vertrag.befunde import Sammler


@dataclass(frozen=True)
class Wertort:
    """One column of figures: its number, its name, its declaration and the fields that its name carries."""

    nummer: int
    name: str
    wertspalte: Wertspalte
    felder: dict[str, str]


@dataclass
class Plan:
    """Where everything stands in one file. ``felder`` maps a field to a column name; axes are not in it."""

    felder: dict[str, str] = field(default_factory=dict)
    werte: list[Wertort] = field(default_factory=list)
    achsen: tuple[int, ...] = ()


def plane(tabelle: Texttabelle, format_: Format, sammler: Sammler) -> Plan:
    """Match the columns of a file to the declaration; what does not match is reported to ``sammler``."""
    plan = Plan()
    namen = tabelle.spalten
    fehlend: list[tuple[str, tuple[str, ...]]] = []
    for feld, ort in format_.orte.items():
        vorhanden = next((s for s in ort.spalten if s in namen), None)
        if vorhanden is not None:
            plan.felder[feld] = vorhanden
        elif ort.spalten and ort.pflicht:
            fehlend.append((f"orte.{feld}", ort.spalten))
    belegt = {*plan.felder.values(), *format_.nur}
    fehlend += [(f"nur.{name}", (name,)) for name in format_.nur if name not in namen]
    if format_.art == "ffcsv":
        plan.achsen = achsen(namen)
        achsennamen = [s for nummer in plan.achsen for s in achsenspalten(nummer)]
        fehlend += [("die Achsen", (s,)) for s in achsennamen if s not in namen]
        belegt |= {*achsennamen, *FESTE_SPALTEN} - {w.muster for w in format_.wertspalten}
    plan.werte = _wertorte(namen, belegt, format_)
    belegt |= {ort.name for ort in plan.werte}
    unbekannt = [s for s in namen if s not in belegt and not any(re.fullmatch(m, s) for m in format_.ignoriert)]
    for ort_, gesucht in fehlend:
        _melde_fehlend(tabelle, ort_, gesucht, unbekannt, sammler)
    benutzt = {id(ort.wertspalte) for ort in plan.werte}
    for wertspalte in format_.wertspalten:
        if wertspalte.pflicht and id(wertspalte) not in benutzt:
            _melde_fehlend(tabelle, "wertspalten", (wertspalte.muster,), unbekannt, sammler)
    for name in unbekannt:
        sammler.melde(
            "Eine Spalte ist nicht deklariert",
            f"Spalte »{name}«",
            "nur Spalten, die unter orte, wertspalten oder ignoriert stehen",
            f"die Spalte eintragen (ignoriert, wenn sie nicht gebraucht wird) in {_formate(sammler)}",
            tabelle.kopfzeile,
            tabelle.spaltennummer(name),
        )
    return plan


def _wertorte(namen: Iterable[str], belegt: set[str], format_: Format) -> list[Wertort]:
    """The columns of figures; the first pattern that matches a name counts."""
    orte = []
    for nummer, name in enumerate(namen, 1):
        if name in belegt:
            continue
        for wertspalte in format_.wertspalten:
            treffer = re.fullmatch(wertspalte.muster, name)
            if treffer:
                gruppen = {k: v or "" for k, v in treffer.groupdict().items()}
                orte.append(Wertort(nummer, name, wertspalte, {**wertspalte.konstanten, **gruppen}))
                break
    return orte


def _melde_fehlend(
    tabelle: Texttabelle, ort: str, gesucht: tuple[str, ...], unbekannt: list[str], sammler: Sammler
) -> None:
    aehnlich = next(
        (treffer[0] for name in gesucht if (treffer := difflib.get_close_matches(name, unbekannt, 1, 0.6))), None
    )
    hinweis = f"; umbenannt in »{aehnlich}«?" if aehnlich else ""
    sammler.melde(
        "Eine Spalte fehlt",
        f"Spalten {', '.join(f'»{s}«' for s in tabelle.spalten[:60])}{hinweis}",
        f"{' oder '.join(f'»{s}«' for s in gesucht)} ({ort})",
        f"den Namen anpassen in {_formate(sammler)}.{ort.split('.', maxsplit=1)[0]}; fehlt die Spalte wirklich, beim "
        "Herausgeber nachfragen",
        tabelle.kopfzeile,
    )


def _formate(sammler: Sammler) -> str:
    return sammler.stelle.deklaration("formate")
