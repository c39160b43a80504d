"""Walks from an output column of a qualified query down to the table columns it is made of.

Belongs here: the walk over sqlglot's scopes. Does not belong here: parsing, keeping and showing (``spaltenherkunft``).
sqlglot's own ``lineage`` walks the whole query anew for every column, which takes minutes for queries of fifty common
table expressions; here what a column of one of them is made of is found once.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

Tabellenspalte = tuple[str, str]
"""``schema.table`` and column."""


class Herkunftsgang:
    """One walk over one query, given by its outermost scope; keeps what it found."""

    def __init__(self, wurzel: Scope) -> None:
        self._gefunden: dict[tuple[int, str], frozenset[Tabellenspalte]] = {}
        self._je_abfrage = {id(s.expression): s for s in wurzel.traverse()}

    def quellen(self, bereich: Scope, spalte: str) -> frozenset[Tabellenspalte]:
        """The table columns behind an output column. Raises ``LookupError`` if it cannot be found or resolved."""
        schluessel = (id(bereich), spalte)
        if schluessel not in self._gefunden:
            self._gefunden[schluessel] = frozenset()  # a recursive query comes back here and adds nothing new
            self._gefunden[schluessel] = self._suche(bereich, spalte)
        return self._gefunden[schluessel]

    def _suche(self, bereich: Scope, spalte: str) -> frozenset[Tabellenspalte]:
        """Of a union, which can have thousands of branches, each at the place that the first one gives the column."""
        zweige = _zweige(bereich)
        if isinstance(zweige[0].expression, exp.Values):
            return frozenset()
        stelle = _stelle(zweige[0].expression, spalte)
        gefunden: set[Tabellenspalte] = set()
        for zweig in zweige:
            gefunden |= self._aus_ausdruck(zweig, zweig.expression.selects[stelle])
        return frozenset(gefunden)

    def _aus_ausdruck(self, bereich: Scope, ausdruck: exp.Expression) -> frozenset[Tabellenspalte]:
        gefunden: set[Tabellenspalte] = set()
        unterabfragen = {id(s.expression): s for s in bereich.subquery_scopes}
        offen = [ausdruck]
        while offen:
            knoten = offen.pop()
            unter = unterabfragen.get(id(knoten))
            if unter is not None:
                for name in (s.alias_or_name for s in unter.expression.selects):
                    gefunden |= self.quellen(unter, name)
            elif isinstance(knoten, exp.Column):
                gefunden |= self._aus_spalte(bereich, knoten)
            else:
                offen += list(knoten.iter_expressions())
        return frozenset(gefunden)

    def _aus_spalte(self, bereich: Scope, spalte: exp.Column) -> frozenset[Tabellenspalte]:
        hier: Scope | None = bereich
        while hier is not None:
            quelle = hier.sources.get(spalte.table)
            if isinstance(quelle, exp.Table):
                return frozenset({(f"{quelle.db}.{quelle.name}", spalte.name)})
            if quelle is not None:
                # a recursive query refers to its beginning by a scope that was not filled
                return self.quellen(self._je_abfrage.get(id(quelle.expression), quelle), spalte.name)
            hier = hier.parent
        raise LookupError(f"die Quelle von {spalte.sql(dialect='duckdb')} ist unbekannt")


def _zweige(bereich: Scope) -> list[Scope]:
    """The branches of a union in their order; of any other query it alone."""
    gefunden, offen = [], [bereich]
    while offen:
        hier = offen.pop()
        if isinstance(hier.expression, exp.SetOperation):
            offen += reversed(hier.set_operation_scopes)
        else:
            gefunden.append(hier)
    return gefunden


def _stelle(abfrage: exp.Expression, spalte: str) -> int:
    """Which output column of a query has this name."""
    if not isinstance(abfrage, exp.Select):
        raise LookupError(f"{type(abfrage).__name__} ist keine Abfrage")
    namen = [s.alias_or_name for s in abfrage.selects]
    if spalte not in namen:
        raise LookupError(f"{spalte} steht nicht in der Auswahl {', '.join(namen)}")
    return namen.index(spalte)
