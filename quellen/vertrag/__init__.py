"""A source's bytes against its declaration: accepted as raw rows, or refused with every reason.

Belongs here: the order of the checks. The checks themselves and the shape of accepted rows are in the modules beside
this one. Does not belong here: reading formats (``lesen``) and finding out what was retrieved and accepted before.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from quellen.fehler import Befund
from quellen.lesen import Stelle, Texttabelle
from quellen.lesen.huelle import entpacken
from quellen.modell import Format, Quelle, Teil
from quellen.vertrag.aenderung import melde_reihenfolge, pruefe_aenderung
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.bereiche import pruefe_bereiche
from quellen.vertrag.felder import Texte, Zuordnung, deute_feld, deuter, sammle_felder
from quellen.vertrag.formatwahl import waehle_format
from quellen.vertrag.kennzahlen import Kennzahlen, kennzahlen, vereint
from quellen.vertrag.korrekturen import (
    Korrekturergebnis,
    korrekturen,
    korrigiere_felder,
    korrigiere_figuren,
    nicht_angewandt,
)
from quellen.vertrag.raster import Maske, Raster
from quellen.vertrag.regeln import pruefe_davon, pruefe_eindeutig, pruefe_vollstaendig
from quellen.vertrag.satz import Rohsatz, liste, werte
from quellen.vertrag.summen import fehlende_summen, pruefe_summen, pruefe_summenzeilen
from quellen.vertrag.umstaende import AENDERUNG, ANNEHMBAR, BEREICH, Umstaende, Vorgaenger, uebernimm
from quellen.vertrag.zahlen import Figuren, Forderung, deute_zahlen

__all__ = [
    "AENDERUNG",
    "ANNEHMBAR",
    "BEREICH",
    "Kennzahlen",
    "Korrekturergebnis",
    "Rohsatz",
    "Umstaende",
    "Vorgaenger",
    "lies_und_pruefe",
    "nicht_angewandt",
    "vereint",
    "vergleiche",
]


def lies_und_pruefe(
    daten: bytes,
    quelle: Quelle,
    teil_name: str,
    datei: str,
    verzeichnisse: Mapping[str, frozenset[str]],
    umstaende: Umstaende | None = None,
) -> Rohsatz:
    """Unwrap, read and check one archived file of a Teil.

    ``verzeichnisse`` maps ``ortsteil``, ``stadtbezirk`` and ``kreis`` to the keys that exist, written as in the source;
    a directory that is empty or missing is not checked. Without ``umstaende`` nothing has expired, nothing was accepted
    and there is no retrieval to compare with. Raises ``QuellenFehler`` with all findings (20 are shown).
    """
    umstaende = umstaende or Umstaende()
    teil = quelle.teile[teil_name]
    inhalt, innen = entpacken(daten, datei, quelle.zugang.hoechstbytes, quelle=quelle.id, teil=teil_name)
    stelle = Stelle(quelle.id, teil_name, innen)
    tabelle, format_, plan, hinweise = waehle_format(inhalt, teil, stelle)
    sammler = Sammler(stelle)
    _pruefe_laenge(tabelle, teil, sammler)
    _pruefe_nur(tabelle, format_, plan.nur, sammler)
    felder = sammle_felder(tabelle, format_, plan, teil.feldnamen(), datei, sammler)
    original, ergebnisse = felder, tuple[Korrekturergebnis, ...]()
    if teil.form == "liste":
        felder, ergebnisse = korrigiere_felder(
            felder, (tabelle, format_, plan), korrekturen(quelle, teil_name), umstaende, stelle
        )
    codes, gefuehrt, zuordnungen = dict[str, Texte](), dict[str, Maske](), list[Zuordnung]()
    for name, texte in felder.items():
        deuten = deuter(name, teil.felder[name], format_, verzeichnisse)
        codes[name], gefuehrt[name], neu = deute_feld(name, teil.felder[name], texte, deuten, sammler)
        zuordnungen += neu
    zeilen = tabelle.daten["zeile"].to_numpy(dtype=np.int64)
    raster = Raster(teil, zeilen, tuple(plan.werte) if teil.form == "werte" else (), felder, codes, gefuehrt)
    figuren: Figuren | None = None
    angenommen: list[Befund] = []
    if teil.form == "werte":
        gebaut, figuren, ergebnisse, angenommen = _werte(tabelle, raster, (quelle, format_), umstaende, sammler)
    else:
        gebaut = liste(raster, tabelle, original[str(teil.kennung)].texte)
        pruefe_eindeutig(raster, sammler)
    pruefe_vollstaendig(verzeichnisse, raster, sammler)
    sammler.pruefe()
    stand = kennzahlen(raster, figuren, tabelle.spalten)
    angenommen += vergleiche(quelle, teil_name, innen, stand, umstaende)
    return Rohsatz(
        gebaut,
        list(dict.fromkeys(zuordnungen)),
        format_.art,
        len(tabelle.daten),
        innen,
        format_.dezimal,
        format_.tausender,
        (*hinweise.auswahl(), *angenommen, *nicht_angewandt(ergebnisse)),
        stand,
        ergebnisse,
    )


def vergleiche(quelle: Quelle, teil: str, datei: str, stand: Kennzahlen, umstaende: Umstaende) -> list[Befund]:
    """The change gate for one retrieval: raises ``QuellenFehler``, or returns what is accepted and to be reported."""
    pruefung, sammler, hinweise = (Sammler(Stelle(quelle.id, teil, datei)) for _ in range(3))
    pruefe_aenderung(quelle.teile[teil], stand, umstaende, pruefung)
    angenommen = uebernimm(AENDERUNG, pruefung, umstaende, sammler)
    sammler.pruefe()
    if umstaende.vorher is not None:
        melde_reihenfolge(stand, umstaende.vorher, hinweise)
    return [*angenommen, *hinweise.auswahl()]


def _pruefe_laenge(tabelle: Texttabelle, teil: Teil, sammler: Sammler) -> None:
    """At least ``mindestzeilen`` records; of an empty table nothing else is said."""
    if len(tabelle.daten) >= teil.mindestzeilen:
        return
    sammler.melde(
        "Die Tabelle hat zu wenige Zeilen",
        f"{len(tabelle.daten)} Datenzeilen",
        f"mindestens {teil.mindestzeilen}",
        "später erneut abrufen; bleibt es so, Filter des Abrufs prüfen oder "
        f"{sammler.stelle.deklaration('mindestzeilen')} anpassen",
    )
    if tabelle.daten.empty:
        sammler.pruefe()


def _pruefe_nur(tabelle: Texttabelle, format_: Format, spalten: Mapping[str, str], sammler: Sammler) -> None:
    """Columns that may hold only the listed texts, e.g. the unit of the figure."""
    for name, erlaubt in format_.nur.items():
        spalte = spalten[name]
        fremd = tabelle.daten.loc[~tabelle.daten[spalte].isin(erlaubt)]
        for text, gruppe in fremd.groupby(spalte, sort=False):
            sammler.melde(
                f"Die Spalte {spalte} hat einen nicht vorgesehenen Wert",
                f"»{text}« (in {len(gruppe)} Zeilen)",
                f"nur {', '.join(f'»{e}«' for e in erlaubt)}",
                "andere Einheiten und Merkmale gehören nicht in diese Reihe: den Abruf einschränken oder den Wert "
                f"aufnehmen in {sammler.stelle.deklaration(f'formate.nur.{name}')}",
                int(gruppe["zeile"].iloc[0]),
                tabelle.spaltennummer(spalte),
            )


def _werte(
    tabelle: Texttabelle, raster: Raster, verlangt: tuple[Quelle, Format], umstaende: Umstaende, sammler: Sammler
) -> tuple[pd.DataFrame, Figuren, tuple[Korrekturergebnis, ...], list[Befund]]:
    """Check the figures and build their rows; also what became of corrections, and accepted findings.

    Sums and ranges are checked only if all fields were understood.
    """
    quelle, format_ = verlangt
    felder_gelten = not sammler.anzahl
    orte = raster.werte
    texte = tabelle.daten[[ort.name for ort in orte]].to_numpy(dtype=object).reshape(-1)
    korrigiert = korrigiere_figuren(
        texte, raster.felder, orte, korrekturen(quelle, sammler.stelle.teil), umstaende, sammler.stelle
    )
    nummern = np.array([ort.nummer for ort in orte], dtype=np.int64)
    stellen = (
        raster.lang(raster.zeilen, je_zeile=True).astype(np.int64),
        raster.lang(nummern, je_zeile=False).astype(np.int64),
    )
    figuren = deute_zahlen(korrigiert.texte, stellen, Forderung(quelle, raster.teil, format_, raster.gefuehrt), sammler)
    fehlt = fehlende_summen(raster, figuren)
    pruefung = Sammler(sammler.stelle)
    if pruefe_eindeutig(raster, sammler) and felder_gelten:
        pruefe_summen(raster, figuren, sammler)
        pruefe_summenzeilen(raster, sammler)
        pruefe_bereiche(raster, figuren.ohne(fehlt), korrigiert.texte, pruefung)
    pruefe_davon(raster, figuren, sammler)
    angenommen = uebernimm(BEREICH, pruefung, umstaende, sammler)
    gebaut = werte(raster, texte, korrigiert, fehlt)
    return gebaut, figuren.ohne(fehlt), korrigiert.ergebnisse, angenommen
