"""The dictionary as a Markdown page.

Belongs here: headings, order and notation. Does not belong here: reading (``inhalt``) and descriptions of any kind;
the labels of the catalogue's fields are the comments of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.freigabe.beilagen import BEISPIELVERMERK
from pipelines.woerterbuch.formel import bruchseite, formel, zahl
from pipelines.woerterbuch.inhalt import Inhalt, Tabelle

_WIDE = "indikatoren_"
_FELDER = (
    ("Zähler", "zaehler"),
    ("Nenner", "nenner"),
    ("Einheit", "einheit"),
    ("Richtung", "richtung"),
    ("Bevölkerungsbasis", "basis"),
    ("Ebenen", "ebenen"),
    ("Gliederungen", "gliederungen"),
    ("Kleinster Nenner", "mindestbasis"),
    ("Unsicherheit", "unsicherheit"),
    ("Hinweis", "methode"),
    ("Herkunft der Definition", "definition"),
    ("Quellen", "quellen"),
)
_SONDERZEICHEN = re.compile(r"([\\`*_\[\]<>|])")


def als_markdown(inhalt: Inhalt) -> str:
    """All sections, one after the other; the same release gives the same page."""
    teile = [_kopf(inhalt), _module(inhalt), _themen(inhalt), _fehlende(inhalt), _tabellen(inhalt), _quellen(inhalt)]
    return "\n".join(zeile for teil in teile for zeile in teil).rstrip() + "\n"


def _kopf(inhalt: Inhalt) -> Iterator[str]:
    da = sum(bool(i["verfuegbar"]) for i in inhalt.indikatoren)
    yield "# Datenwörterbuch"
    yield ""
    yield f"Freigabe {code(inhalt.freigabe['id'])} vom {inhalt.freigabe['erstellt_am']:%d.%m.%Y}: {da} Indikatoren, "
    yield f"{len(inhalt.indikatoren) - da} weitere, die sich aus offenen Daten nicht bilden lassen, "
    yield f"{len(inhalt.tabellen)} Tabellen, {len(inhalt.quellen)} Quellen."
    yield ""
    if inhalt.beispiel:
        yield f"**{BEISPIELVERMERK}.** Was in der Spalte `datenart` »beispiel« heißt, ist "
        yield "modelliert."
        yield ""


def _module(inhalt: Inhalt) -> Iterator[str]:
    """The indicators of every station of growing up, by name, with the place of their definition."""
    yield "## Nach Stationen des Aufwachsens"
    yield ""
    for modul in inhalt.module:
        seine = [i for i in inhalt.indikatoren if i["modul"] == modul["modul"] and i["verfuegbar"]]
        yield f"### {text(modul['modul'])}: {text(modul['name'])}"
        yield ""
        yield from (f"- [{text(i['name'])}](#{i['indikator']})" for i in sorted(seine, key=lambda i: str(i["name"])))
        if not seine:
            yield "Kein Indikator."
        yield ""


def _themen(inhalt: Inhalt) -> Iterator[str]:
    quellen = {q["quelle"]: q for q in inhalt.quellen}
    beschreibungen = {t.name: t.beschreibung for t in inhalt.tabellen}
    yield "## Indikatoren nach Themen"
    yield ""
    for thema in sorted({str(i["thema"]) for i in inhalt.indikatoren if i["verfuegbar"]}):
        yield f"### Thema {thema}"
        yield ""
        yield f"{text(beschreibungen.get(_WIDE + thema, ''))} Tabelle: {code(_WIDE + thema)}."
        yield ""
        for i in inhalt.indikatoren:
            if i["verfuegbar"] and i["thema"] == thema:
                yield from _indikator(i, quellen)


def _indikator(i: Mapping[str, Any], quellen: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f'#### <a id="{i["indikator"]}"></a>{text(i["name"])}'
    yield ""
    yield text(i["beschreibung"])
    yield ""
    yield f"- Kennung: {code(i['indikator'])}"
    yield f"- Station: {text(i['modul'])}, {text(i['modul_name'])}"
    yield f"- Formel: {formel(i)}"
    for label, feld in _FELDER:
        wert = bruchseite(i, feld) if feld in ("zaehler", "nenner") else i[feld]
        if wert not in (None, ""):
            yield f"- {label}: {zahl(wert) if isinstance(wert, int | float) else text(wert)}"
    if i["mindeststatus"] not in ("", "A"):
        yield f"- Status: mindestens {text(i['mindeststatus'])}"
    for quelle in filter(None, str(i["quellen"]).split(", ")):
        if quelle in quellen:
            yield f"- Quellenvermerk: {text(quellen[quelle]['namensnennung'])}"
    yield ""


def _fehlende(inhalt: Inhalt) -> Iterator[str]:
    fehlende = [i for i in inhalt.indikatoren if not i["verfuegbar"]]
    yield "## Aus offenen Daten nicht zu bilden"
    yield ""
    if not fehlende:
        yield "Keine."
        yield ""
    for modul in inhalt.module:
        zeilen = [
            (i["name"], i["beschreibung"], i["zaehler"], i["nenner"], i["einheit"], i["definition"], i["benoetigt"])
            for i in fehlende
            if i["modul"] == modul["modul"]
        ]
        if zeilen:
            yield f"### {text(modul['modul'])}: {text(modul['name'])} (nicht verfügbar)"
            yield ""
            yield from tafel(
                ("Indikator", "Definition", "Zähler", "Nenner", "Einheit", "Herkunft der Definition", "Benötigt"),
                [[text(w) for w in z] for z in zeilen],
            )
            yield ""


def _tabellen(inhalt: Inhalt) -> Iterator[str]:
    yield "## Tabellen"
    yield ""
    for tabelle in inhalt.tabellen:
        yield from _tabelle(tabelle)


def _tabelle(tabelle: Tabelle) -> Iterator[str]:
    yield f"### Tabelle {tabelle.name}"
    yield ""
    yield text(tabelle.beschreibung)
    yield ""
    yield from tafel(
        ("Spalte", "Typ", "Beschreibung"), [[code(s.name), s.typ, text(s.beschreibung)] for s in tabelle.spalten]
    )
    yield ""


def _quellen(inhalt: Inhalt) -> Iterator[str]:
    yield "## Quellen"
    yield ""
    yield from tafel(
        ("Quelle", "Titel", "Herausgeber", "Lizenz", "Quellenvermerk, bei jeder Weitergabe zu nennen"),
        [
            [code(q["quelle"]), text(q["titel"]), text(q["herausgeber"]), text(q["lizenz"]), text(q["namensnennung"])]
            for q in inhalt.quellen
        ],
    )


def tafel(kopf: Sequence[str], zeilen: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; the cells must be escaped already."""
    yield "| " + " | ".join(kopf) + " |"
    yield "| " + " | ".join("---" for _ in kopf) + " |"
    yield from ("| " + " | ".join(zeile) + " |" for zeile in zeilen)


def text(wert: object) -> str:
    """Any text as Markdown shows it: on one line, no sign with a meaning. Missing is nothing."""
    return _SONDERZEICHEN.sub(r"\\\1", " ".join(str("" if wert is None else wert).split()))


def code(wert: object) -> str:
    """A name as code; names of tables and columns have no backtick."""
    return f"`{' '.join(str(wert).split())}`"
