"""Changes of a table as a publisher might make them by mistake, each of one kind.

Belongs here: one function per kind, on the grid of any format. Does not belong here: reading and writing the formats
(``gitter``), wrappings (``packen``) and text as a whole (``verfaelschen``). What a kind cannot be applied to stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from quellen.modell import Feld
from quellen.portal.gitter import Gitter, Zeile, ersetzt, text

UNBEKANNTES_ZEICHEN = "§"
_JAHR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def _spalte_umbenannt(g: Gitter) -> None:
    stelle = _erste_schluesselspalte(g)
    if stelle is not None:
        g.kopf.zellen[stelle] = ersetzt(g.kopf.zellen[stelle], f"{g.namen[stelle]}_neu")


def _spalte_neu(g: Gitter) -> None:
    _einfuegen(g, 1, lambda zeile: "neu", g.neue_spalte)


def _spalte_doppelt(g: Gitter) -> None:
    """The first key column once more at the end. JSON cannot say a name twice: unchanged there."""
    stelle = _erste_schluesselspalte(g)
    if stelle is not None and g.format.art not in ("json", "geojson"):
        ende = len(g.namen) - (not g.namen[-1])
        _einfuegen(g, ende, lambda zeile: text(zeile.zellen[stelle]), g.namen[stelle])


def _spalten_vertauscht(g: Gitter) -> None:
    """The first column becomes the last."""
    if len(g.namen) < 2:
        return
    ende = len(g.namen) - 1 - (not g.namen[-1])
    for zeile in (g.kopf, *(z for z in g.zeilen if not z.fest and len(z.zellen) >= ende + 1)):
        zeile.zellen.insert(ende, zeile.zellen.pop(0))


def _gebiet_unbekannt(g: Gitter) -> None:
    gefunden = _erster_schluessel(g)
    if gefunden is not None:
        feld, zeile, stelle = gefunden
        zeile.zellen[stelle] = ersetzt(zeile.zellen[stelle], _unbekannter_schluessel(feld))


def _gebiet_fehlt(g: Gitter) -> None:
    gefunden = _erster_schluessel(g)
    if gefunden is not None:
        _, zeile, stelle = gefunden
        schluessel = text(zeile.zellen[stelle])
        _loesche(g, [z for z, werte in g.daten() if stelle < len(werte) and werte[stelle] == schluessel])


def _zeichen_unbekannt(g: Gitter) -> None:
    for zeile, stelle, wert in _zahlen(g):
        if any(zeichen.isdigit() for zeichen in wert):
            zeile.zellen[stelle] = ersetzt(zeile.zellen[stelle], UNBEKANNTES_ZEICHEN)
            return


def _zahl_negativ(g: Gitter) -> None:
    for zeile, stelle, wert in _zahlen(g):
        if re.match(r"\d*[1-9]", wert):
            zeile.zellen[stelle] = ersetzt(zeile.zellen[stelle], f"-{wert}")
            return


def _dezimal_vertauscht(g: Gitter) -> None:
    """Decimal comma as point, or the other way round where the point is declared."""
    dezimal = g.format.dezimal
    anderes = "." if dezimal == "," else ","
    for zeile, stelle, wert in _zahlen(g):
        if isinstance(zeile.zellen[stelle], str) and re.fullmatch(rf"-?[\d.,]*\d{re.escape(dezimal)}\d+", wert):
            zeile.zellen[stelle] = ersetzt(zeile.zellen[stelle], anderes.join(wert.rsplit(dezimal, 1)))


def _tausender_vertauscht(g: Gitter) -> None:
    """Figures from 1000 on in groups, by a sign that is not the declared one."""
    gruppe, dezimal = g.format.tausender, g.format.dezimal
    zeichen = "," if gruppe == "." else "."
    muster = re.compile(rf"(-?)(\d[\d{re.escape(gruppe)}]*)((?:{re.escape(dezimal)}\d+)?)")
    for zeile, stelle, wert in _zahlen(g):
        treffer = muster.fullmatch(wert) if isinstance(zeile.zellen[stelle], str) else None
        ziffern = (treffer[2].replace(gruppe, "") if gruppe else treffer[2]) if treffer else ""
        if treffer and len(ziffern) > 3:
            neu = f"{treffer[1]}{int(ziffern):,}".replace(",", zeichen) + treffer[3]
            zeile.zellen[stelle] = ersetzt(zeile.zellen[stelle], neu)


def _zeilen_doppelt(g: Gitter) -> None:
    """The first record stands there twice."""
    zeile = next((z for z, _ in g.daten()), None)
    if zeile is not None:
        g.zeilen.insert(_stelle(g, zeile) + 1, zeile.kopie())


def _zeilen_weniger(g: Gitter) -> None:
    """Every fifth record is missing."""
    _loesche(g, [z for nummer, (z, _) in enumerate(g.daten(), 1) if nummer % 5 == 0])


def _jahr_fehlt(g: Gitter) -> None:
    """All records of the earliest year, if there are several."""
    zeitfelder = [name for name, feld in g.teil.felder.items() if feld.typ in ("datum", "jahr", "zeitraum")]
    je_jahr: dict[str, list[Zeile]] = {}
    for zeile, werte in g.daten():
        for name in zeitfelder:
            stelle = g.spalte(name, werte)
            treffer = _JAHR.search(werte[stelle]) if stelle is not None and stelle < len(werte) else None
            if treffer:
                je_jahr.setdefault(treffer[1], []).append(zeile)
                break
    if len(je_jahr) > 1:
        _loesche(g, je_jahr[min(je_jahr)])


def _summenzeile_fehlt(g: Gitter) -> None:
    """The first record that is a total of others."""
    if g.teil.summe is None:
        return
    for zeile, werte in g.daten():
        for name in g.teil.summe.felder:
            stelle = g.spalte(name, werte)
            if stelle is not None and stelle < len(werte) and _ist_summe(g.teil.felder[name], werte[stelle]):
                _loesche(g, [zeile])
                return


EINGRIFFE: dict[str, Callable[[Gitter], None]] = {
    "gebiet-unbekannt": _gebiet_unbekannt,
    "gebiet-fehlt": _gebiet_fehlt,
    "zeichen-unbekannt": _zeichen_unbekannt,
    "zahl-negativ": _zahl_negativ,
    "dezimal-vertauscht": _dezimal_vertauscht,
    "tausender-vertauscht": _tausender_vertauscht,
    "zeilen-doppelt": _zeilen_doppelt,
    "zeilen-weniger": _zeilen_weniger,
    "jahr-fehlt": _jahr_fehlt,
    "summenzeile-fehlt": _summenzeile_fehlt,
    "spalte-umbenannt": _spalte_umbenannt,
    "spalte-neu": _spalte_neu,
    "spalte-doppelt": _spalte_doppelt,
    "spalten-vertauscht": _spalten_vertauscht,
}
"""All kinds in the order in which they are applied: values and records before the header changes."""


def _einfuegen(g: Gitter, stelle: int, wert: Callable[[Zeile], str], name: str) -> None:
    """A column before ``stelle``; its cells have quotes where the first one of the line has them."""
    for zeile in g.zeilen:
        if not zeile.fest and len(zeile.zellen) >= stelle:
            zeile.zellen.insert(stelle, ersetzt(_als_text(zeile.zellen[0]), wert(zeile)))
    g.kopf.zellen.insert(stelle, ersetzt(_als_text(g.kopf.zellen[0]), name))


def _als_text(zelle: object) -> object:
    """A cell to take the quotes from; numbers of JSON and worksheets have none."""
    return zelle if isinstance(zelle, str) else ""


def _stelle(g: Gitter, gesucht: Zeile) -> int:
    return next(nummer for nummer, zeile in enumerate(g.zeilen) if zeile is gesucht)


def _loesche(g: Gitter, zeilen: list[Zeile]) -> None:
    weg = {id(zeile) for zeile in zeilen}
    g.zeilen[:] = [zeile for zeile in g.zeilen if id(zeile) not in weg]


def _erste_schluesselspalte(g: Gitter) -> int | None:
    namen = g.namen
    return next((namen.index(n) for ort in g.format.orte.values() for n in ort.spalten if n in namen), None)


def _erster_schluessel(g: Gitter) -> tuple[Feld, Zeile, int] | None:
    """The first key that the warehouse carries, small areas first, keys without a directory last."""
    rang = {"ortsteil": 0, "kreis": 1, "stadtbezirk": 2, None: 3}
    felder = [(name, feld) for name, feld in g.teil.felder.items() if feld.typ == "schluessel"]
    for name, feld in sorted(felder, key=lambda paar: rang[paar[1].verzeichnis]):
        for zeile, werte in g.daten():
            stelle = g.spalte(name, werte)
            if stelle is None or stelle >= len(werte):
                continue
            if not any(re.fullmatch(regel.muster, werte[stelle]) for regel in feld.nicht_gefuehrt):
                return feld, zeile, stelle
    return None


def _unbekannter_schluessel(feld: Feld) -> str:
    """A key that no directory holds and no pattern allows; three digits are a known level among keys of Kreise."""
    if feld.verzeichnis == "kreis":
        return "05999"
    return "???" if feld.verzeichnis is None and feld.muster and re.fullmatch(feld.muster, "999") else "999"


def _zahlen(g: Gitter) -> Iterator[tuple[Zeile, int, str]]:
    """Every cell of a column of figures, column by column."""
    muster = [wertspalte.muster for wertspalte in g.format.wertspalten]
    for feldname, feld in g.teil.felder.items():
        if feld.typ == "zahl" and feldname in g.format.orte:
            muster += [re.escape(name) for name in g.format.orte[feldname].spalten]
    for stelle, name in enumerate(g.namen):
        if any(re.fullmatch(m, name) for m in muster):
            yield from ((zeile, stelle, werte[stelle]) for zeile, werte in g.daten() if stelle < len(werte))


def _ist_summe(feld: Feld, wert: str) -> bool:
    return wert in feld.insgesamt or feld.werte.get(wert) == "insgesamt"
