"""Which tables are released, under which name and with which German descriptions, from dbt's manifest.

Belongs here: reading ``config.meta.freigabe`` and the descriptions, the order of rows, and what every release must
contain at least. Does not belong here: data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.freigabe.fehler import FreigabeFehler

_NAME = re.compile(r"[a-z][a-z0-9_]*")

SORTIERUNG: dict[str, tuple[str, ...]] = {
    "beobachtungen": ("stichtag", "gebiet", "klasse", "merkmal", "quelle", "abruf", "zeile", "spalte"),
    "indikatoren": ("indikator", "stichtag", "gebiet", "basis"),
    "vergleiche": ("indikator", "stichtag", "gebiet", "basis"),
}
"""Columns by which a large table is sorted for look-ups; they identify its rows. Other tables are sorted by all
columns. There is no index, because one makes the file unreadable for DuckDB 1.0."""

_PFLICHT = """
indikatoren: indikator gebiet ebene stichtag zeitraum_von wert einheit zaehler nenner basis status vertraulichkeit
    zuverlaessigkeit unsicher_von unsicher_bis revision datenart freigabe
indikator_katalog: indikator name beschreibung form zaehler nenner faktor einheit modul thema richtung quellen methode
    basis mindestbasis definition verfuegbar benoetigt
beobachtungen: merkmal gebiet stichtag geschlecht alter_von alter_bis staatsangehoerigkeit schulform wert status
    vertraulichkeit basis quelle abruf zeile spalte originaltext korrigiert korrektur datenart klasse
gebiete: gebiet kurz name ebene eltern gueltig_von gueltig_bis flaeche_km2
quellen: quelle titel herausgeber lizenz lizenz_url namensnennung url zustand meldung abweichungen
abrufe: abruf quelle abgerufen_am http_status etag bytes datei datenart weg umwege
abgewiesen: quelle abruf zeile grund text
revisionen: indikator gebiet stichtag basis wert_vorher wert_nachher freigabe_vorher freigabe_nachher grund
freigabe: id erstellt_am code definitionen lauf vorgaenger
indikator_zuordnung: indikator klasse rolle term bezug versatz basis gewicht mass gemischt
gebietszuordnung: gebiet teil gewicht umgerechnet gilt_bis
ableitungen: indikator gebiet stichtag basis rolle merkmal wert gewicht
vergleiche: indikator gebiet ebene stichtag basis wert geglaettet rang rang_von rang_bis gebiete_im_rang stadt_wert
    index_stadt differenz rest_wert differenz_von differenz_bis p_wert urteil veraenderung_1 veraenderung_5 trend
    trend_p trend_punkte bruch bruch_grund datenart freigabe
brueche: bruch ab basis merkmale gliederung grund beleg
index_definition: verbund version basis ebene mitte streuung neu_standardisiert mindestbevoelkerung mindestkomponenten
    methode
index_bestandteile: verbund version nummer indikator gewicht vorzeichen begruendung
index_komponenten: verbund version art gebiet stichtag indikator wert mitte streuung z gewicht beitrag
index_klassen: verbund version gebiet stichtag statusklasse statusklasse_name dynamikklasse dynamikklasse_name gruppe
    treiber wechsel_ohne
index_empfindlichkeit: verbund version art stichtag variante gebiete vergleichbar wechsel
qualitaet_quellen: quelle zustand letzter_abruf neuester_stichtag alter_tage
status: status rang hat_wert bedeutung
vertraulichkeit: vertraulichkeit rang bedeutung
merkmale: merkmal name einheit verzeichnis verortet_ab
einrichtungen: stichtag art einrichtung name gebiet x y befund plaetze_u3 plaetze_ue3 schueler quelle abruf zeile
nachfragepunkte: gebiet punkt x y adressen anteil herkunft
reichweiten: angebot merkmal nachfrage grenze_m gewicht_am_rand umwegfaktor nah_m verortet_ab indikator_plaetze
    indikator_nah indikator_grenze indikator_weg
"""

PFLICHT: Mapping[str, tuple[str, ...]] = {
    name: tuple(spalten.split())
    for name, spalten in (zeile.split(":") for zeile in _PFLICHT.strip().replace("\n    ", " ").splitlines())
}
"""Tables and columns that report tools and other people's scripts rely on; there may be more."""


@dataclass(frozen=True)
class Tabelle:
    """One released table: its name, where dbt put it in the private file, and its descriptions."""

    name: str
    schema: str
    alias: str
    beschreibung: str
    spalten: Mapping[str, str]

    @property
    def herkunft(self) -> str:
        """Quoted ``schema.alias`` in the private file."""
        return f"{bezeichner(self.schema)}.{bezeichner(self.alias)}"


def bezeichner(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(wert: str) -> str:
    """A string literal for SQL."""
    return "'" + wert.replace("'", "''") + "'"


def freigegebene(manifest: Mapping[str, Any]) -> list[Tabelle]:
    """The released tables by name. Raises ``FreigabeFehler`` for a missing description or a doubled name."""
    tabellen: dict[str, Tabelle] = {}
    for knoten in manifest["nodes"].values():
        name = knoten.get("config", {}).get("meta", {}).get("freigabe")
        if knoten["resource_type"] not in ("model", "seed") or not name:
            continue
        tabelle = Tabelle(
            name=str(name),
            schema=knoten["schema"],
            alias=knoten["alias"],
            beschreibung=(knoten.get("description") or "").strip(),
            spalten={s: (angaben.get("description") or "").strip() for s, angaben in knoten["columns"].items()},
        )
        _pruefe(tabelle, tabellen)
        tabellen[tabelle.name] = tabelle
    if not tabellen:
        raise FreigabeFehler(
            "Keine Tabelle ist zur Freigabe deklariert. Erwartet: config.meta.freigabe an den Modellen in "
            "dbt_projekt/models. Was tun: dbt parse ausführen und das Manifest erneut lesen."
        )
    return sorted(tabellen.values(), key=lambda t: t.name)


def _pruefe(tabelle: Tabelle, vorhanden: Mapping[str, Tabelle]) -> None:
    if not _NAME.fullmatch(tabelle.name):
        raise FreigabeFehler(
            f"Der Name »{tabelle.name}« einer freigegebenen Tabelle ist nicht zulässig. Erwartet: Kleinbuchstaben, "
            "Ziffern und Unterstriche. Was tun: config.meta.freigabe berichtigen."
        )
    if tabelle.name in vorhanden:
        raise FreigabeFehler(
            f"Die Tabelle {tabelle.name} ist zweimal zur Freigabe deklariert ({vorhanden[tabelle.name].herkunft} und "
            f"{tabelle.herkunft}). Was tun: eines der beiden meta.freigabe umbenennen."
        )
    if not tabelle.beschreibung:
        raise FreigabeFehler(
            f"Die Tabelle {tabelle.name} hat keine Beschreibung. Erwartet: ein deutscher Satz als description. "
            f"Was tun: ihn in der .yml-Datei des Modells {tabelle.alias} ergänzen."
        )


def fehlende_spaltenbeschreibungen(tabelle: Tabelle, vorhandene: Iterable[str]) -> list[str]:
    """Columns that exist in the data and have no description."""
    return [spalte for spalte in vorhandene if not tabelle.spalten.get(spalte)]


def sortierung(tabelle: str, spalten: Iterable[str]) -> str:
    """The ``ORDER BY`` list of a released table with these columns."""
    vorhanden = list(spalten)
    vorn = [s for s in SORTIERUNG.get(tabelle, ()) if s in vorhanden]
    return ", ".join(f"{bezeichner(s)} nulls last" for s in vorn or vorhanden)
