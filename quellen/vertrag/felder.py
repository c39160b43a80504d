"""The key fields of a file: their texts per row or column, checked and translated to our codes.

Belongs here: the meaning of ``Feld`` (types, ``insgesamt``, ``nicht_gefuehrt``) and of axes (``Ort.variable``).
Does not belong here: figures (``zahlen``) and rules over several rows (``regeln``).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from quellen.lesen.alter import alter_grenzen
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import Feld, Format, Ort
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.spalten import Plan
from quellen.vertrag.zahlen import zahlmuster
from quellen.vertrag.zeitraum import zeitraum

Texte = npt.NDArray[np.object_]
Nummern = npt.NDArray[np.int64]
Zuordnung = tuple[str, str, str]

INSGESAMT = "insgesamt"


@dataclass(frozen=True)
class Feldwerte:
    """A field's texts with the place of each (``zeilen``, ``spalten``); of all rows, or of all figure columns.

    ``pflicht`` is false where the file may lack the field altogether: then empty texts are not checked.
    """

    texte: Texte
    zeilen: Nummern
    spalten: Nummern
    je_zeile: bool
    pflicht: bool = True


@dataclass(frozen=True)
class Deutung:
    """What one text means: our code (used to compare rows), entries for ``zuordnungen``, or why it is refused.

    ``gefuehrt`` is false for a text that the source knows and the warehouse does not carry.
    """

    code: str
    zuordnungen: tuple[Zuordnung, ...] = ()
    erwartet: str = ""
    gefuehrt: bool = True


def sammle_felder(
    tabelle: Texttabelle, format_: Format, plan: Plan, namen: tuple[str, ...], aussen: str, sammler: Sammler
) -> dict[str, Feldwerte]:
    """The texts of all fields in declared order: from columns, axes, or the names of figure columns or of the file.

    ``aussen`` is the name of the archive around the file, looked at where the file's own name says nothing.
    """
    zeilen = tabelle.daten["zeile"].to_numpy(dtype=np.int64)
    kopf = np.full(len(plan.werte), tabelle.kopfzeile, dtype=np.int64)
    nummern = np.array([ort.nummer for ort in plan.werte], dtype=np.int64)
    gefunden: dict[str, Feldwerte] = {}
    for feld in namen:
        ort = format_.orte.get(feld)
        if ort is None:
            texte = np.array([w.felder.get(feld, "") for w in plan.werte], dtype=object)
            pflicht = all(feld in w.felder for w in plan.werte)
            gefunden[feld] = Feldwerte(texte, kopf, nummern, je_zeile=False, pflicht=pflicht)
        elif ort.variable:
            gefunden[feld] = _achse(tabelle, feld, ort, plan, sammler)
        elif feld in plan.felder:
            spalten = np.full(len(zeilen), tabelle.spaltennummer(plan.felder[feld][0]), dtype=np.int64)
            gefunden[feld] = Feldwerte(_verbunden(tabelle, plan.felder[feld], ort), zeilen, spalten, je_zeile=True)
        elif ort.dateiname is not None:
            gefunden[feld] = _aus_dateiname(tabelle, feld, ort, aussen, sammler)
        else:
            leer = np.full(len(zeilen), "", dtype=object)
            gefunden[feld] = Feldwerte(leer, zeilen, np.zeros_like(zeilen), je_zeile=True, pflicht=False)
    if plan.achsen:
        _pruefe_achsen(tabelle, format_, plan, sammler)
    return gefunden


def _verbunden(tabelle: Texttabelle, spalten: tuple[str, ...], ort: Ort) -> Texte:
    """The texts of one column, or of several joined with ``|``; with ``nummeriert`` repeated ones get a number."""
    texte = tabelle.daten[spalten[0]].to_numpy(dtype=object)
    if len(spalten) > 1:
        reihen = zip(*(tabelle.daten[s].tolist() for s in spalten), strict=True)
        texte = np.array(["|".join(reihe) for reihe in reihen], dtype=object)
    if ort.nummeriert:
        wievielte = pd.Series(texte, dtype=object).groupby(texte).cumcount().to_numpy() + 1
        texte = np.array([t if n == 1 else f"{t}|{n}" for t, n in zip(texte, wievielte, strict=True)], dtype=object)
    return texte


def _aus_dateiname(tabelle: Texttabelle, feld: str, ort: Ort, aussen: str, sammler: Sammler) -> Feldwerte:
    """What a pattern finds in the file's name, the same for all rows."""
    namen = (unicodedata.normalize("NFC", name) for name in (tabelle.datei, aussen))
    treffer = next((t for name in namen if (t := re.search(str(ort.dateiname), name))), None)
    text = (treffer[1] if treffer.re.groups else treffer[0]) or "" if treffer else ""
    if not text and ort.pflicht:
        sammler.melde(
            f"Der Dateiname sagt nicht, was er über {feld} sagen soll",
            f"»{tabelle.datei}«",
            f"ein Name, in dem {ort.dateiname} etwas findet",
            f"die Datei umbenennen oder dateiname anpassen in {sammler.stelle.deklaration(f'formate.orte.{feld}')}",
        )
    zeilen = tabelle.daten["zeile"].to_numpy(dtype=np.int64)
    texte = np.full(len(zeilen), text, dtype=object)
    return Feldwerte(texte, zeilen, np.zeros_like(zeilen), je_zeile=True, pflicht=ort.pflicht and bool(text))


def _achse(tabelle: Texttabelle, feld: str, ort: Ort, plan: Plan, sammler: Sammler) -> Feldwerte:
    """Per row the axis whose variable code is one of ``ort.variable``."""
    zeilen = tabelle.daten["zeile"].to_numpy(dtype=np.int64)
    texte = np.full(len(zeilen), "", dtype=object)
    spalten = np.zeros_like(zeilen)
    treffer = np.zeros_like(zeilen)
    for achse in plan.achsen:
        name = f"{achse}_variable_attribute_{ort.nimm}"
        hier = tabelle.daten[f"{achse}_variable_code"].isin(ort.variable).to_numpy(dtype=bool)
        texte[hier] = tabelle.daten[name].to_numpy(dtype=object)[hier]
        spalten[hier] = tabelle.spaltennummer(name)
        treffer += hier
    for falsch, wort in ((treffer == 0) & ort.pflicht, "keine Achse"), (treffer > 1, "mehrere Achsen"):
        if falsch.any():
            sammler.melde(
                "Eine Achse ist nicht eindeutig zu finden",
                f"{wort} für {feld}, {_anzahl(int(falsch.sum()))}",
                f"genau eine Achse mit variable_code {', '.join(ort.variable)}",
                f"variable anpassen in {sammler.stelle.deklaration(f'formate.orte.{feld}')}",
                int(zeilen[falsch][0]),
            )
    return Feldwerte(texte, zeilen, spalten, je_zeile=True, pflicht=ort.pflicht and bool((treffer > 0).all()))


def _pruefe_achsen(tabelle: Texttabelle, format_: Format, plan: Plan, sammler: Sammler) -> None:
    bekannt = {"", *(code for ort in format_.orte.values() for code in ort.variable)}
    for achse in plan.achsen:
        name = f"{achse}_variable_code"
        for code, gruppe in tabelle.daten.loc[~tabelle.daten[name].isin(bekannt)].groupby(name):
            sammler.melde(
                "Eine Achse ist nicht deklariert",
                f"variable_code »{code}«, {_anzahl(len(gruppe))}",
                f"eine von {', '.join(sorted(bekannt - {''}))}",
                f"die Achse als Feld aufnehmen in {sammler.stelle.deklaration('felder und formate.orte')}",
                int(gruppe["zeile"].iloc[0]),
                tabelle.spaltennummer(name),
            )


def deute_feld(
    name: str, feld: Feld, werte: Feldwerte, deuten: Callable[[str], Deutung], sammler: Sammler
) -> tuple[Texte, npt.NDArray[np.bool_], list[Zuordnung]]:
    """Check all texts of a field. Returns our code per text, whether it is carried, and entries for ``zuordnungen``."""
    nummern, texte = pd.factorize(werte.texte)
    _, erste, anzahl = np.unique(nummern, return_index=True, return_counts=True)
    deutungen = [deuten(str(text)) for text in texte]
    for nummer, (text, deutung) in enumerate(zip(texte, deutungen, strict=True)):
        if not deutung.erwartet or (text == "" and not werte.pflicht):
            continue
        nah = difflib.get_close_matches(str(text), list(feld.werte), 1, 0.6) if feld.werte else []
        weitere = f" ({_anzahl(int(anzahl[nummer]), werte.je_zeile)})" if anzahl[nummer] > 1 else ""
        sammler.melde(
            f"Das Feld {name} hat einen unbekannten Wert",
            f"»{text}«{weitere}{f'; ähnlich ist »{nah[0]}«' if nah else ''}",
            deutung.erwartet,
            f"die Stelle in der Datei ansehen; ist der Wert richtig, {sammler.stelle.deklaration(f'felder.{name}')} "
            "anpassen",
            int(werte.zeilen[erste[nummer]]),
            int(werte.spalten[erste[nummer]]) or None,
        )
    codes = np.array([d.code for d in deutungen], dtype=object)
    zuordnungen = [z for d in deutungen for z in d.zuordnungen]
    gefuehrt = np.array([d.gefuehrt for d in deutungen], dtype=bool)
    return codes[nummern], gefuehrt[nummern], zuordnungen


def deuter(
    name: str, feld: Feld, format_: Format, verzeichnisse: Mapping[str, frozenset[str]]
) -> Callable[[str], Deutung]:
    """The function that says what a text of this field means. An empty directory admits every key."""
    zahl = zahlmuster(format_)
    verzeichnis = verzeichnisse.get(feld.verzeichnis, frozenset()) if feld.verzeichnis else frozenset()

    def nach_typ(text: str) -> Deutung:
        if feld.typ == "schluessel":
            return _schluessel(name, feld, text, verzeichnis)
        if feld.typ == "zahl":
            return Deutung(text, erwartet="" if zahl.fullmatch(text) else f"eine Zahl wie 1{format_.dezimal}5")
        return _NACH_TYP[feld.typ](name, feld, text)

    def deuten(text: str) -> Deutung:
        if text in feld.insgesamt:
            grenzen = ((f"{name}_von", text, ""), (f"{name}_bis", text, "")) if feld.typ == "alter" else ()
            return Deutung(INSGESAMT, (*grenzen, (name, text, INSGESAMT)))
        if text not in feld.werte and schluessel(feld, text) not in verzeichnis:
            for regel in feld.nicht_gefuehrt:
                if re.fullmatch(regel.muster, text):
                    return Deutung(text, ((name, text, f"nicht_gefuehrt:{regel.grund}"),), gefuehrt=False)
        deutung = nach_typ(text)
        return Deutung(text) if deutung.erwartet and text == "" and feld.leer else deutung

    return deuten


def schluessel(feld: Feld, text: str) -> str:
    """The key that a text stands for: what the first ``normierung`` that matches all of it makes of it."""
    for regel in feld.normierung:
        treffer = re.fullmatch(regel.muster, text)
        if treffer:
            return treffer.expand(regel.ersatz)
    return text


def _schluessel(name: str, feld: Feld, text: str, verzeichnis: frozenset[str]) -> Deutung:
    """A key; one of a directory, or spelled anew, is translated so that staging can join it."""
    key = schluessel(feld, text)
    if verzeichnis and key not in verzeichnis:
        gelesen = f", auch nicht als »{key}«" if key != text else ""
        return Deutung(key, erwartet=f"ein Schlüssel des Verzeichnisses {feld.verzeichnis}{gelesen}")
    frei = _freitext(name, feld, key)
    if frei.erwartet or not text:
        return frei
    return Deutung(key, ((name, text, key),) if feld.verzeichnis or feld.normierung else ())


def _freitext(_: str, feld: Feld, text: str) -> Deutung:
    if feld.muster is not None and not re.fullmatch(feld.muster, text):
        return Deutung(text, erwartet=f"ein Text der Form {feld.muster}")
    return Deutung(text, erwartet="" if text or feld.leer else "ein Text, nicht leer")


def _auspraegung(name: str, feld: Feld, text: str) -> Deutung:
    code = feld.werte.get(text)
    if code is None:
        return Deutung(text, erwartet=f"eines von {', '.join(f'»{w}«' for w in feld.werte)}")
    return Deutung(code, ((name, text, code),))


def _alter(name: str, _: Feld, text: str) -> Deutung:
    grenzen = alter_grenzen(text)
    if grenzen is None:
        return Deutung(text, erwartet="eine Altersangabe wie »3 bis unter 6 Jahre«, »90 Jahre und mehr«")
    von, bis = str(grenzen[0]), "" if grenzen[1] is None else str(grenzen[1])
    return Deutung(f"{von}-{bis}", ((f"{name}_von", text, von), (f"{name}_bis", text, bis)))


def _datum(name: str, feld: Feld, text: str) -> Deutung:
    """A date in one of the declared forms."""
    for format_ in feld.datumsformate:
        try:
            tag = datetime.strptime(text, format_).date()
        except ValueError:
            continue
        return Deutung(tag.isoformat(), ((name, text, tag.isoformat()),))
    return Deutung(text, erwartet=f"ein Datum der Form {' oder '.join(feld.datumsformate)}")


def _zeitraum(name: str, feld: Feld, text: str) -> Deutung:
    """A year or period: its last day under the field's name, its first day under ``<name>_von``."""
    if feld.typ == "jahr" and not re.fullmatch("[12][0-9]{3}", text):
        return Deutung(text, erwartet="ein Jahr mit vier Ziffern")
    spanne = zeitraum(text)
    if spanne is None:
        return Deutung(text, erwartet="ein Zeitraum wie »2019«, »2024-12-31«, »2023-10P6M« oder »2022/23«")
    von, bis = (tag.isoformat() for tag in spanne)
    return Deutung(
        f"{von}/{bis}" if feld.typ == "zeitraum" and von != bis else bis,
        ((name, text, bis), (f"{name}_von", text, von)),
    )


_NACH_TYP: dict[str, Callable[[str, Feld, str], Deutung]] = {
    "text": _freitext,
    "auspraegung": _auspraegung,
    "alter": _alter,
    "datum": _datum,
    "jahr": _zeitraum,
    "zeitraum": _zeitraum,
}


def _anzahl(zahl: int, je_zeile: bool = True) -> str:
    return f"in {zahl} {'Zeilen' if je_zeile else 'Spalten'}"
