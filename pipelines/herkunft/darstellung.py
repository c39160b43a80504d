"""Shows where a figure comes from: as a tree for the terminal, as JSON for programs.

Belongs here: wording and order of what is shown. Does not belong here: asking (``abfrage``).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from pipelines.herkunft.modell import Herkunft, Zelle, zahl

ROLLEN = {
    "zaehler": "Zähler",
    "nenner": "Nenner",
    "gewicht": "Beleg der Gewichte (nicht summiert)",
    "komponente": "Komponenten",
    "einrichtung": "Einrichtungen",
    "regel": "Regel",
}
SUMMIERT = ("zaehler", "nenner")


def als_json(h: Herkunft) -> dict[str, Any]:
    """The answer as dictionaries, lists, texts and numbers (dates as ISO text), ready for ``json.dumps``."""
    antwort: dict[str, Any] = json.loads(json.dumps(asdict(h), default=str))
    return antwort


def als_baum(h: Herkunft, *, alle: bool = False, hoechstens: int = 12) -> Tree:
    """The answer as a tree: figure → numerator, denominator → file → cells.

    Of each file ``hoechstens`` cells are shown and the others counted, unless ``alle``.
    """
    baum = Tree(
        f"[bold]{escape(h.name)}[/bold] – {escape(h.gebietsname)} ({h.gebiet}), {h.stichtag}, Freigabe {h.freigabe}"
    )
    baum.add(escape(h.beschreibung))
    if h.methode:
        baum.add(f"Methode: {escape(h.methode)}")
    for k in h.kennzahlen:
        vermerk = " [bold red]Beispieldaten – keine Angabe über Duisburg[/bold red]" if k.datenart == "beispiel" else ""
        basis = f"{k.basis}: " if k.basis else ""
        ast = baum.add(f"{basis}[bold]{escape(k.formel)}[/bold] (Status {k.status}: {escape(k.bedeutung)}){vermerk}")
        texte = {"zaehler": h.zaehler, "nenner": h.nenner}
        for rolle in ROLLEN:
            zellen = [z for z in k.zellen if z.rolle == rolle]
            if zellen or texte.get(rolle):
                abgeleitet = any(z.rolle == "komponente" for z in k.zellen)
                zweig = ast.add(_rollentext(rolle, texte.get(rolle, ""), zellen, abgeleitet=abgeleitet))
                _zellenast(zweig, zellen, None if alle else hoechstens)
    vermerke = baum.add("Quellenvermerke")
    for quelle, nennung in h.namensnennungen.items():
        vermerke.add(f"{quelle}: {escape(nennung)}")
    return baum


def _rollentext(rolle: str, text: str, zellen: list[Zelle], *, abgeleitet: bool) -> str:
    """Definition, sum and what is missing of one side of the fraction. ``abgeleitet``: other figures go into it."""
    ohne_wert = sum(z.wert is None for z in zellen)
    anzahl = "1 Zelle" if len(zellen) == 1 else f"{len(zellen)} Zellen"
    if rolle == "regel":
        return ROLLEN[rolle]
    if abgeleitet and not zellen:
        return f"{ROLLEN[rolle]}: {escape(text)} (siehe Komponenten)"
    teile = [f"{ROLLEN[rolle]}: {escape(text)}"]
    if zellen and not ohne_wert and rolle in SUMMIERT:
        teile.append(f"= {zahl(_summe(zellen))} aus {anzahl}")
    else:
        teile.append(f"({anzahl}{f', davon {ohne_wert} ohne Wert' if ohne_wert else ''})")
    vorhanden = {z.term for z in zellen}
    fehlend = [t for nr, t in enumerate(text.split("; "), 1) if t and nr not in vorhanden]
    if fehlend and not any(z.ist_ableitung for z in zellen):
        teile.append(f"– ohne Quellzellen: {escape('; '.join(fehlend))}")
    return " ".join(teile)


def _zellenast(zweig: Tree, zellen: list[Zelle], hoechstens: int | None) -> None:
    for datei in dict.fromkeys((z.quelle, z.datei, z.abruf) for z in zellen):
        eigene = [z for z in zellen if (z.quelle, z.datei, z.abruf) == datei]
        z = eigene[0]
        blatt = zweig
        if z.abruf:
            summe = "" if z.ist_ableitung else f": Summe {zahl(_summe(eigene))}"
            blatt = zweig.add(
                f"{z.quelle}, Datei {escape(z.datei or '')}, abgerufen {z.abgerufen_am}, {z.lizenz}{summe}"
            )
            blatt.add(f"sha256 {z.abruf}{' von ' + escape(z.url) if z.url else ''}")
        for zelle in eigene[:hoechstens]:
            blatt.add(escape(_zellentext(zelle)))
        if hoechstens is not None and len(eigene) > hoechstens:
            blatt.add(f"… und {len(eigene) - hoechstens} weitere Zellen (alle: --alle)")


def _summe(zellen: list[Zelle]) -> float:
    return sum(z.gewicht * (z.wert or 0) for z in zellen)


def _zellentext(z: Zelle) -> str:
    mal = "" if z.gewicht == 1 else f"{zahl(z.gewicht)} × "
    wert = zahl(z.wert) if z.wert is not None else f"kein Wert (Status {z.status})"
    if z.rolle == "regel":
        return z.originaltext
    if z.ist_ableitung:
        wo = f"Zeile {z.zeile}: " if z.zeile else ""
        wann = ", ".join(t for t in (z.gebiet or "", str(z.stichtag or "")) if t)
        return f"{wo}{z.merkmal} {wann}: {mal}{wert}{f' – {z.originaltext}' if z.originaltext else ''}"
    was = ", ".join(t for t in (z.merkmal, z.gebiet, str(z.stichtag), z.gliederung) if t)
    text = f"»{z.originaltext}«" + ("" if z.korrigiert is None else f", korrigiert zu »{z.korrigiert}« ({z.korrektur})")
    return f"Zeile {z.zeile}, Spalte {z.spalte}: {text} → {mal}{wert} ({was})"
