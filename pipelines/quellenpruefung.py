"""``sozialraum quelle pruefe``: the contract of a Teil and what is in a file, side by side.

Belongs here: lining up declared and found, and which finding belongs to which line. Does not belong here: the rules
(``quellen.vertrag``) and how the table is drawn (``cli``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from pipelines.gebietsverzeichnis import verzeichnisse
from pipelines.rohtabellen.auswahl import kandidaten
from pipelines.rohtabellen.kette import waehle
from pipelines.rohtabellen.pruefstand import Pruefstand
from quellen.annahmen import angenommen, annahmen
from quellen.archiv import Abruf, Archiv
from quellen.entwurf import rate_format
from quellen.entwurf.spalten import ist_zahl, zaehle
from quellen.fehler import Befund, QuellenFehler
from quellen.lesen import Stelle, Texttabelle
from quellen.lesen.huelle import entpacken
from quellen.modell import Feld, Format, Quelle, Teil
from quellen.vertrag import Rohsatz, Umstaende, Vorgaenger, lies_und_pruefe, vereint, vergleiche
from quellen.vertrag.formatwahl import waehle_format
from quellen.vertrag.spalten import Plan
from quellen.zugang.gemeinsam import berliner_tag


@dataclass(frozen=True)
class Zeile:
    """One rule or column: what is declared, what was found, whether it holds (``None``: only reported)."""

    was: str
    deklariert: str
    gefunden: str
    gut: bool | None = True


@dataclass(frozen=True)
class Gegenueberstellung:
    """One Teil. ``befunde``: why the contract does not hold; empty if it does."""

    teil: str
    datei: str
    zeilen: list[Zeile] = field(default_factory=list)
    befunde: tuple[Befund, ...] = ()


def pruefe_datei(
    quelle: Quelle, teil: str, pfad: Path, archiv: Archiv, *, tag: date, beispiel: bool
) -> Gegenueberstellung:
    """A file against the contract and the last good retrieval. Raises ``QuellenFehler`` if it cannot be read."""
    hoechstens = quelle.zugang.hoechstbytes
    try:
        with pfad.open("rb") as datei:
            daten = datei.read(hoechstens + 1)
    except OSError as fehler:
        raise QuellenFehler(
            Befund("Die Datei ist nicht lesbar", fehler.strerror or str(fehler), "eine Datei", "Pfad und Rechte prüfen",
                   datei=pfad.name)
        ) from None  # fmt: skip
    if len(daten) > hoechstens:
        raise QuellenFehler(
            Befund("Die Datei ist zu groß", f"mehr als {hoechstens} Bytes", f"höchstens {hoechstens}",
                   "prüfen, ob es die richtige ist; wenn ja, zugang.hoechstbytes anheben", datei=pfad.name)
        )  # fmt: skip
    fruehere = _scheiben(quelle, teil, archiv, beispiel)
    umstaende = Umstaende(tag, _vorgaenger(quelle, teil, fruehere, "", archiv))
    return stelle_gegenueber(quelle, teil, [(pfad.name, daten)], umstaende)


def pruefe_archiv(quelle: Quelle, teil: str, archiv: Archiv, *, beispiel: bool) -> Gegenueberstellung | None:
    """The newest retrieval of a Teil against the contract; ``None`` if there is none."""
    scheiben = _scheiben(quelle, teil, archiv, beispiel)
    alle = sorted((a for liste in scheiben.values() for a in liste), key=lambda a: a.abgerufen_am, reverse=True)
    if not alle:
        return None
    abruf = alle[0]
    umstaende = Umstaende(
        berliner_tag(abruf.abgerufen_am),
        _vorgaenger(
            quelle,
            teil,
            {s: [a for a in liste if a is not abruf] for s, liste in scheiben.items()},
            next(s for s, liste in scheiben.items() if abruf in liste),
            archiv,
        ),
        angenommen(annahmen(archiv, quelle.id), teil, abruf.inhalt),
    )
    dateien = [(o.datei, archiv.lesen(o.sha256)) for o in abruf.objekte]
    return stelle_gegenueber(quelle, teil, dateien, umstaende)


def stelle_gegenueber(
    quelle: Quelle, teil: str, dateien: list[tuple[str, bytes]], umstaende: Umstaende
) -> Gegenueberstellung:
    """All pages of one retrieval against the contract; what was found is shown for the first page."""
    ohne_gate = Umstaende(umstaende.tag, None, umstaende.angenommen)
    saetze: list[Rohsatz] = []
    befunde: list[Befund] = []
    gemeldet: list[Befund] = []
    for name, daten in dateien:
        try:
            saetze.append(lies_und_pruefe(daten, quelle, teil, name, verzeichnisse(), ohne_gate))
        except QuellenFehler as fehler:
            befunde += fehler.befunde
    if not befunde:
        gemeldet = [b for satz in saetze for b in satz.abweichungen]
        try:
            gemeldet += vergleiche(quelle, teil, dateien[0][0], vereint([s.kennzahlen for s in saetze]), umstaende)
        except QuellenFehler as fehler:
            befunde += fehler.befunde
    zeilen = _Bauer(quelle, teil, befunde, saetze, umstaende).baue(*dateien[0])
    zeilen += [Zeile(f"gemeldet: {b.regel}", b.erwartet, b.gefunden, None) for b in gemeldet]
    return Gegenueberstellung(teil, dateien[0][0], zeilen, tuple(befunde))


def _scheiben(quelle: Quelle, teil: str, archiv: Archiv, beispiel: bool) -> dict[str, list[Abruf]]:
    return kandidaten(quelle, archiv.abrufe(quelle.id), mit_beispiel=beispiel)[teil]


def _vorgaenger(
    quelle: Quelle, teil: str, fruehere: dict[str, list[Abruf]], scheibe: str, archiv: Archiv
) -> Vorgaenger | None:
    """What the change gate would compare with: the last accepted retrieval of the slice, else of the latest one.

    The history is walked as the nightly load walks it, with a cache that is forgotten afterwards.
    """
    if quelle.teile[teil].aenderung is None or not any(fruehere.values()):
        return None
    with duckdb.connect() as con:
        con.execute("create schema raw")
        stand = Pruefstand(con, quelle, archiv, verzeichnisse(), annahmen(archiv, quelle.id))
        gelesen = waehle(stand, teil, fruehere).gelesen
    gleiche = [g for g in gelesen if any(g.abruf is a for a in fruehere.get(scheibe, []))]
    if not gleiche and scheibe and scheibe < max(fruehere):
        return None  # a year fetched afterwards has nothing to compare with
    for basis in gleiche or gelesen:
        tag = berliner_tag(basis.abruf.abgerufen_am)
        return Vorgaenger(basis.kennzahlen, f"abgerufen am {tag:%d.%m.%Y}", gleiche_scheibe=bool(gleiche))
    return None


class _Bauer:
    """Builds the lines; a finding belongs to the first line that claims it, the rest get lines of their own."""

    def __init__(
        self, quelle: Quelle, teil: str, befunde: list[Befund], saetze: list[Rohsatz], umstaende: Umstaende
    ) -> None:
        self.quelle = quelle
        self.teil: Teil = quelle.teile[teil]
        self.name = teil
        self.offen = list(befunde)
        self.satz = saetze[0] if saetze else None
        self.umstaende = umstaende
        self.zeilen: list[Zeile] = []

    def baue(self, datei: str, daten: bytes) -> list[Zeile]:
        """All lines for one file."""
        tabelle, format_, plan = self._oeffne(datei, daten)
        if tabelle is not None and format_ is not None and plan is not None:
            self._felder(tabelle, format_, plan)
            self._figuren(tabelle, format_, plan)
            self._zeilenzahl(tabelle)
        self._regeln()
        self._korrekturen()
        for befund in self.offen:
            ort = f" (Zeile {befund.zeile})" if befund.zeile is not None else ""
            self.zeilen.append(Zeile(befund.regel + ort, befund.erwartet, befund.gefunden, False))
        return self.zeilen

    def _nimm(self, passt: Callable[[Befund], bool]) -> list[Befund]:
        genommen = [b for b in self.offen if passt(b)]
        self.offen = [b for b in self.offen if not passt(b)]
        return genommen

    def _zeile(self, was: str, deklariert: str, gefunden: str, passt: Callable[[Befund], bool]) -> None:
        dagegen = self._nimm(passt)
        if dagegen:
            gefunden = "; ".join([*([gefunden] if gefunden else []), *(b.gefunden for b in dagegen[:3])])
        self.zeilen.append(Zeile(was, deklariert, gefunden or "–", not dagegen))

    def _oeffne(self, datei: str, daten: bytes) -> tuple[Texttabelle | None, Format | None, Plan | None]:
        """The table in the declared format that fits, and the line about the form of the file."""
        erwartet = " oder ".join(_formtext(f) for f in self.teil.formate)
        try:
            inhalt, innen = entpacken(daten, datei, self.quelle.zugang.hoechstbytes, innen=self.teil.innen)
            stelle = Stelle(self.quelle.id, self.name, innen)
        except QuellenFehler as fehler:
            self.zeilen.append(Zeile("Format", erwartet, fehler.befunde[0].gefunden, False))
            return None, None, None
        gefunden = _formtext(rate_format(inhalt, {}))
        try:
            tabelle, format_, plan, _ = waehle_format(inhalt, self.teil, stelle)
        except QuellenFehler:
            self._zeile("Format", erwartet, gefunden, lambda b: b.erwartet in erwartet or "Kodierung" in b.regel)
            return None, None, None
        self.zeilen.append(Zeile("Format", erwartet, gefunden))
        return tabelle, format_, plan

    def _felder(self, tabelle: Texttabelle, format_: Format, plan: Plan) -> None:
        for name, feld in self.teil.felder.items():
            ort = format_.orte.get(name)
            spalte = next(iter(plan.felder.get(name, ())), "")
            wo = (
                "im Namen der Wertspalte"
                if ort is None
                else "|".join(
                    (*ort.spalten, *ort.variable, *ort.verbunden, *([ort.dateiname] if ort.dateiname else []))
                )
            )
            gefunden = _texte(tabelle, spalte) if spalte in tabelle.spalten else self._gelesen(name)
            self._zeile(f"Feld {name}", f"{wo}: {_feldtext(feld)}", gefunden, _zum_feld(name))

    def _gelesen(self, name: str) -> str:
        """A field's texts as rows were accepted, where no single column holds them."""
        if self.satz is None or name not in self.satz.daten:
            return ""
        return _aufzaehlung(zaehle(self.satz.daten[name]))

    def _figuren(self, tabelle: Texttabelle, format_: Format, plan: Plan) -> None:
        for spalte in format_.wertspalten:
            orte = [o.name for o in plan.werte if o.wertspalte is spalte]
            gefunden = f"{len(orte)} Spalten: {_aufzaehlung(dict.fromkeys(orte, 1))}" if len(orte) != 1 else orte[0]
            muster = spalte.muster
            self._zeile(f"Wertspalte → {spalte.merkmal}", muster, gefunden, lambda b, m=muster: m in b.erwartet)  # type: ignore[misc]
        if not plan.werte:
            return
        texte: dict[str, int] = {}
        for ort in plan.werte:
            for text, anzahl in zaehle(tabelle.daten[ort.name]).items():
                texte[text] = texte.get(text, 0) + anzahl
        zahlen = sum(n for t, n in texte.items() if ist_zahl(t))
        zeichen = {t: n for t, n in texte.items() if not ist_zahl(t)}
        form = f"{'ganze ' if self.teil.ganzzahl else ''}Zahlen, dezimal »{format_.dezimal}«"
        form += f", Tausender »{format_.tausender}«" if format_.tausender else ""
        form += f", mindestens {self.teil.minimum:g}" if self.teil.minimum is not None else ""
        self._zeile(
            "Zahlen", form, f"{zahlen} Zahlen", lambda b: b.regel.startswith("Eine Zahl") and "--regel" not in b.tun
        )
        bekannt = " ".join(f"»{z}«" for z in self.quelle.zeichen) or "keine"
        self._zeile("Zeichen", bekannt, _aufzaehlung(zeichen) or "keine", lambda b: b.regel.startswith("Weder Zahl"))

    def _zeilenzahl(self, tabelle: Texttabelle) -> None:
        was = f"mindestens {self.teil.mindestzeilen}"
        self._zeile("Zeilen", was, str(len(tabelle.daten)), lambda b: "zu wenige Zeilen" in b.regel)

    def _regeln(self) -> None:
        teil = self.teil
        haelt = "hält" if self.satz is not None else ""
        neue = "melden" if teil.meldet_neue_spalten else "Fehler"
        self._zeile("Neue Spalten", neue, "", lambda b: b.regel == "Eine Spalte ist nicht deklariert")
        if teil.eindeutig:
            self._zeile("Eindeutig", ", ".join(teil.eindeutig), haelt, lambda b: "kommt doppelt vor" in b.regel)
        if teil.vollstaendig:
            je = f" je {', '.join(teil.vollstaendig.je)}" if teil.vollstaendig.je else ""
            was = f"jeder Schlüssel in {teil.vollstaendig.feld}{je}"
            self._zeile("Vollständig", was, haelt, lambda b: "nicht vollständig" in b.regel or "mehrfach" in b.regel)
        if teil.summe:
            was = f"{', '.join(teil.summe.felder)}" + ("" if teil.summe.additiv else " (nicht additiv: ungeprüft)")
            self._zeile("Summen", was, haelt, lambda b: "summe" in b.tun.rpartition(" unter ")[2] or "Summe" in b.regel)
        for bereich in teil.bereiche:
            was = f"{bereich.merkmal}: {_grenze(bereich.von)} bis {_grenze(bereich.bis)}"
            self._zeile("Bereich", was, haelt, lambda b: "--regel bereich" in b.tun)
        if teil.aenderung:
            vorher = self.umstaende.vorher
            was = "; ".join(
                f"{n} {t.prozent:g} %" if t.prozent is not None else f"{n} {t.anzahl}"
                for n, t in teil.aenderung
                if t is not None
            )
            gefunden = f"verglichen mit dem Abruf {vorher.name}" if vorher else "nichts zum Vergleichen im Archiv"
            self._zeile("Änderung", was, gefunden, lambda b: "--regel aenderung" in b.tun)
        for regel, grund in self.umstaende.angenommen.items():
            self.zeilen.append(Zeile(f"angenommen: {regel}", "einmal hingenommen", grund, None))

    def _korrekturen(self) -> None:
        ergebnisse = {e.korrektur: e for e in (self.satz.korrekturen if self.satz else ())}
        for korrektur in (k for k in self.quelle.korrekturen if k.teil == self.name):
            was = f"»{korrektur.alt}« → »{korrektur.neu}« in {korrektur.spalte} bis {korrektur.bis:%d.%m.%Y}"
            schluessel = ", ".join(korrektur.schluessel.values())
            ergebnis = next((e for k, e in ergebnisse.items() if k == korrektur), None)
            gefunden = "angewandt" if ergebnis else "nicht geprüft"
            gut: bool | None = True if ergebnis else None
            if ergebnis is not None and ergebnis.befund is not None:
                gefunden, gut = ergebnis.befund.gefunden, None
            self.zeilen.append(Zeile(f"Korrektur {schluessel}", was, gefunden, gut))


def _zum_feld(name: str) -> Callable[[Befund], bool]:
    def passt(befund: Befund) -> bool:
        return (
            befund.regel.startswith(f"Das Feld {name} ")
            or f"(orte.{name})" in befund.erwartet
            or befund.tun.endswith(f"orte.{name}")
            or f"felder.{name} anpassen" in befund.tun
        )

    return passt


def _formtext(format_: Format) -> str:
    if format_.art in ("csv", "ffcsv", "datencsv", "genesis-csv"):
        return f"{format_.art}, {format_.kodierung}, »{format_.trenner}«"
    return format_.art if format_.art == "xlsx" else f"{format_.art}, {format_.kodierung}"


def _feldtext(feld: Feld) -> str:
    mehr = feld.verzeichnis or feld.muster or (f"{len(feld.werte)} Ausprägungen" if feld.werte else "")
    return f"{feld.typ}{f' ({mehr})' if mehr else ''}"


def _texte(tabelle: Texttabelle, spalte: str) -> str:
    return f"»{spalte}« (Spalte {tabelle.spaltennummer(spalte)}): {_aufzaehlung(zaehle(tabelle.daten[spalte]))}"


def _aufzaehlung(texte: Mapping[str, int]) -> str:
    gezeigt = ", ".join(
        f"»{t[:40]}«" + (f" ({n}-mal)" if n > 1 and len(texte) <= 6 else "") for t, n in list(texte.items())[:4]
    )
    return gezeigt + (f" … {len(texte)} verschiedene" if len(texte) > 4 else "")


def _grenze(wert: float | None) -> str:
    return "offen" if wert is None else f"{wert:g}"
