"""Which column of a file carries what: declared places against the columns found.

Belongs here: matching ``orte``, ``wertspalten``, ``ignoriert`` and ``nur`` to column names, and the findings about
missing and unknown columns. Does not belong here: what counts as the same spelling (``schreibweise``) and the content
of the cells (``felder``, ``zahlen``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from quellen.lesen.ffcsv import FESTE_SPALTEN, achsen, achsenspalten
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import Format, Ort, Wertspalte
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.schreibweise import gleichbedeutend, kern, lesarten


@dataclass(frozen=True)
class Wertort:
    """One column of figures: its number, its name, its declaration and the fields that its name carries."""

    nummer: int
    name: str
    wertspalte: Wertspalte
    felder: dict[str, str]

    def heisst(self, name: str) -> bool:
        """Whether this is the column's name, in whatever spelling."""
        return self.name == name or kern(self.name) == kern(name)


@dataclass
class Plan:
    """Where everything stands in one file: a field → its columns (several are joined), ``nur`` → its column.

    Axes and fields that the file's name carries are not in it.
    """

    felder: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nur: dict[str, str] = field(default_factory=dict)
    werte: list[Wertort] = field(default_factory=list)
    achsen: tuple[int, ...] = ()


class _Zuteilung:
    """Gives columns away, each once: exact names first, then those that differ in spelling only."""

    def __init__(self, tabelle: Texttabelle, format_: Format, hinweise: Sammler) -> None:
        self.tabelle = tabelle
        self.hinweise = hinweise
        self.belegt: set[str] = set()
        genannt = {*format_.nur, *format_.ignoriert, *(s for ort in format_.orte.values() for s in ort.spalten)}
        self._gemeint = {
            s for s in tabelle.spalten if s in genannt or any(re.fullmatch(w.muster, s) for w in format_.wertspalten)
        }

    @property
    def frei(self) -> list[str]:
        """Columns that nobody has yet."""
        return [s for s in self.tabelle.spalten if s not in self.belegt]

    @property
    def _verschrieben(self) -> list[str]:
        """Columns that may be another one misspelled: nobody names them as they are."""
        return [s for s in self.frei if s not in self._gemeint]

    def nach_namen(self, schreibungen: Sequence[str]) -> str | None:
        """The column that bears one of these names; a field may stand in a column that is given away already."""
        genau = next((s for s in schreibungen if s in self.tabelle.spalten), None)
        if genau is None:
            for name in schreibungen:
                gleich = gleichbedeutend(name, self._verschrieben)
                if len(gleich) == 1:
                    genau = gleich[0]
                    self.melde_schreibweise(genau, name)
                    break
        if genau is not None:
            self.belegt.add(genau)
        return genau

    def nach_muster(self, muster: str) -> list[str]:
        """The columns whose whole name this pattern (or plain name) matches; several are the caller's problem."""
        genau = [s for s in self.tabelle.spalten if s == muster or re.fullmatch(muster, s)]
        if not genau:
            gleich = {s: lesart for s in self._verschrieben for lesart in _lesart(muster, s)}
            if len(gleich) == 1:
                genau = list(gleich)
                self.melde_schreibweise(genau[0], muster)
        if len(genau) == 1:
            self.belegt.add(genau[0])
        return genau

    def melde_schreibweise(self, gefunden: str, erwartet: str) -> None:
        """Report a column that is used although its name is spelled differently."""
        self.hinweise.melde(
            "Eine Spalte ist anders geschrieben",
            f"»{gefunden}«",
            f"»{erwartet}«",
            f"nichts, die Spalte gilt; bleibt es so, den Namen anpassen in {_formate(self.hinweise)}",
            self.tabelle.kopfzeile,
            self.tabelle.spaltennummer(gefunden),
        )


def _lesart(muster: str, name: str) -> Iterator[str]:
    """The first spelling of a name that a pattern matches, if any."""
    for lesart in (name, *lesarten(name)):
        if re.fullmatch(muster, lesart, re.IGNORECASE):
            yield lesart
            return


def plane(tabelle: Texttabelle, format_: Format, neue_melden: bool, sammler: Sammler, hinweise: Sammler) -> Plan:
    """Match the columns of a file to the declaration; what does not match is reported to ``sammler``.

    Other spellings, and with ``neue_melden`` undeclared columns, are accepted and reported to ``hinweise``.
    """
    plan, zuteilung = Plan(), _Zuteilung(tabelle, format_, hinweise)
    fehlend = _plane_felder(plan, zuteilung, format_, sammler)
    for name in format_.nur:
        spalte = zuteilung.nach_namen((name,))
        if spalte is None:
            fehlend.append((f"nur.{name}", (name,)))
        else:
            plan.nur[name] = spalte
    if format_.art == "ffcsv":
        plan.achsen = achsen(tabelle.spalten)
        achsennamen = [s for nummer in plan.achsen for s in achsenspalten(nummer)]
        fehlend += [("die Achsen", (s,)) for s in achsennamen if s not in tabelle.spalten]
        zuteilung.belegt |= {*achsennamen, *FESTE_SPALTEN} - {w.muster for w in format_.wertspalten}
    plan.werte = _wertorte(zuteilung, format_)
    zuteilung.belegt |= {s for s in zuteilung.frei if any(re.fullmatch(m, s) for m in format_.ignoriert)}
    unbekannt = []
    for name in zuteilung.frei:
        muster = next((m for m in format_.ignoriert if any(_lesart(m, name))), None)
        if muster is None:
            unbekannt.append(name)
        else:
            zuteilung.melde_schreibweise(name, muster)
    for ort_, gesucht in fehlend:
        _melde_fehlend(tabelle, ort_, gesucht, unbekannt, sammler)
    benutzt = {id(ort.wertspalte) for ort in plan.werte}
    for wertspalte in format_.wertspalten:
        if wertspalte.pflicht and id(wertspalte) not in benutzt:
            _melde_fehlend(tabelle, "wertspalten", (wertspalte.muster,), unbekannt, sammler)
    for name in unbekannt:
        (hinweise if neue_melden else sammler).melde(
            "Eine Spalte ist nicht deklariert",
            f"Spalte »{name}«",
            "nur Spalten, die unter orte, wertspalten oder ignoriert stehen",
            ("sie blieb außer Betracht; " if neue_melden else "")
            + f"die Spalte eintragen (ignoriert, wenn sie nicht gebraucht wird) in {_formate(sammler)}",
            tabelle.kopfzeile,
            tabelle.spaltennummer(name),
        )
    return plan


def _plane_felder(
    plan: Plan, zuteilung: _Zuteilung, format_: Format, sammler: Sammler
) -> list[tuple[str, tuple[str, ...]]]:
    """Fill ``plan.felder``; returns the places that are missing with the names that were looked for."""
    fehlend: list[tuple[str, tuple[str, ...]]] = []
    for feld, ort in format_.orte.items():
        gefunden = _spalten(zuteilung, feld, ort, sammler)
        if gefunden is None:
            continue
        namen, gesucht = gefunden
        if gesucht and ort.pflicht:
            fehlend.append((f"orte.{feld}", gesucht))
        elif namen and not gesucht:
            plan.felder[feld] = namen
    return fehlend


def _spalten(
    zuteilung: _Zuteilung, feld: str, ort: Ort, sammler: Sammler
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The columns of a field and those not found; ``None`` if it stands in no column or that is not clear."""
    if ort.spalten:
        name = zuteilung.nach_namen(ort.spalten)
        return ((), ort.spalten) if name is None else ((name,), ())
    muster = ort.verbunden or ((ort.spaltenmuster,) if ort.spaltenmuster else ())
    if not muster:
        return None
    namen, fehlend, eindeutig = [], [], True
    for m in muster:
        treffer = zuteilung.nach_muster(m)
        namen += treffer
        if not treffer:
            fehlend.append(m)
        elif len(treffer) > 1:
            eindeutig = False
            sammler.melde(
                "Eine Spalte ist nicht eindeutig zu finden",
                f"Spalten {', '.join(f'»{t}«' for t in treffer)} für {feld}",
                f"genau eine Spalte der Form {m}",
                f"das Muster enger fassen in {_formate(sammler)}.orte.{feld}",
                zuteilung.tabelle.kopfzeile,
                zuteilung.tabelle.spaltennummer(treffer[0]),
            )
    return (tuple(namen), tuple(fehlend)) if eindeutig else None


def _wertorte(zuteilung: _Zuteilung, format_: Format) -> list[Wertort]:
    """The columns of figures; the first pattern that matches a name counts.

    A column that only its spelling keeps from matching counts if nobody else carries the same fields.
    """
    orte: dict[str, Wertort] = {}
    for name in zuteilung.frei:
        for wertspalte in format_.wertspalten:
            treffer = re.fullmatch(wertspalte.muster, name)
            if treffer:
                orte[name] = _wertort(zuteilung, name, wertspalte, treffer)
                break
    zuteilung.belegt |= set(orte)
    besetzt = {_inhalt(ort) for ort in orte.values()}
    for name in zuteilung.frei:
        if any(re.fullmatch(m, name) for m in format_.ignoriert):
            continue
        for wertspalte in format_.wertspalten:
            lesart = next(_lesart(wertspalte.muster, name), None)
            treffer = re.fullmatch(wertspalte.muster, lesart or name, re.IGNORECASE)
            if lesart is None or treffer is None:
                continue
            ort = _wertort(zuteilung, name, wertspalte, treffer)
            if _inhalt(ort) not in besetzt:
                besetzt.add(_inhalt(ort))
                orte[name] = ort
                zuteilung.melde_schreibweise(name, lesart if lesart != name else wertspalte.muster)
            break
    zuteilung.belegt |= set(orte)
    return sorted(orte.values(), key=lambda ort: ort.nummer)


def _wertort(zuteilung: _Zuteilung, name: str, wertspalte: Wertspalte, treffer: re.Match[str]) -> Wertort:
    gruppen = {k: v or "" for k, v in treffer.groupdict().items()}
    felder = {**wertspalte.konstanten, **gruppen}
    return Wertort(zuteilung.tabelle.spaltennummer(name), name, wertspalte, felder)


def _inhalt(ort: Wertort) -> tuple[int, tuple[tuple[str, str], ...]]:
    """What a column carries: two with the same would be counted twice."""
    return id(ort.wertspalte), tuple(sorted(ort.felder.items()))


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
