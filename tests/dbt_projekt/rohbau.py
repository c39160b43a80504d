"""Raw tables filled by hand, in the shape the loader gives them, and the same figures as plain facts for recomputing.

Signs and texts get their meaning from the real declarations; the completeness that a contract would demand of a source
is not demanded here, so that a case can consist of the few cells it is about.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.einstellungen import DBT_PROJEKT
from pipelines.lager import verbinden
from pipelines.rohtabellen.figuren import baue_figuren
from pipelines.rohtabellen.laden import rohspalten
from quellen.modell import lade_katalog

KATALOG = lade_katalog()
KEINE_SCHULEN = ("0A", "50", "51", "52", "56", "58")
STADT = "05112000"
Alter = tuple[int | None, int | None]
JEDES: Alter = (None, None)
LAUF = ("t", "2026-01-01T00:00:00+00:00", "c", "d", "a", "l", "", "beispiel")
RANG = {s: r for r, s in enumerate("APEFBIUMLOQ")}
ZEICHEN = {
    "-": (0.0, "A"),
    ".": (None, "Q"),
    "": (None, "O"),
    "...": (None, "O"),
    "/": (None, "U"),
    "x": (None, "M"),
    "ohne": (None, "M"),
}


@dataclass(frozen=True)
class Fakt:
    """One accepted figure as this test understands it, independent of any SQL."""

    merkmal: str
    gebiet: str
    stichtag: date
    basis: str
    wert: float | None
    status: str
    geschlecht: str | None = None
    alter: Alter = JEDES
    staatsangehoerigkeit: str | None = None
    staat: str | None = None
    schulform: str | None = None
    schulbetrieb: str | None = None
    stufe: int | None = None


@dataclass(frozen=True)
class Schule:
    """A school. ``ort``: number of an Ortsteil or Stadtbezirk (``500``), ``""`` for the city as a whole, or a Kreis."""

    nummer: str
    ort: str
    form: str = "02"
    betrieb: str = "1"
    schueler: str | None = None
    index: str | None = None
    lage: tuple[float, float] | None = None


@dataclass(frozen=True)
class Kita:
    """A facility of day care. ``ort``: number of an Ortsteil or Stadtbezirk, ``""`` for the city, or another place.

    Places are texts of cells; ``None``: the list has no such column.
    """

    nummer: str
    ort: str
    u3: str | None = None
    ue3: str | None = None
    plaetze: str | None = None
    art: str = "Kindertageseinrichtung"
    lage: tuple[float, float] | None = None


def deutsch(zahl: int) -> str:
    """A number as the city's files write it."""
    return f"{zahl:,}".replace(",", ".")


def deute(text: str) -> tuple[float | None, str]:
    """Value and status of a cell."""
    return ZEICHEN[text] if text in ZEICHEN else (float(text.replace(".", "")), "A")


def alterstext(alter: Alter) -> str:
    """An age group in the words of an official table."""
    von, bis = alter
    if von is None:
        return "ohne Angabe"
    return f"{von} Jahre und älter" if bis is None else f"{von} bis unter {bis + 1} Jahre"


def gebiete() -> dict[str, tuple[str, str]]:
    """Short key → (key, level), read from the seed."""
    with (DBT_PROJEKT / "seeds" / "gebiete.csv").open(encoding="utf-8", newline="") as datei:
        return {z["kurz"]: (z["gebiet"], z["ebene"]) for z in csv.DictReader(datei)}


class Rohbau:
    """Collects cells and writes them into a private file."""

    def __init__(self, umrisse: Sequence[str], bezirksumrisse: Sequence[str] = tuple("1234567")) -> None:
        self.fakten: list[Fakt] = []
        self.umrisse = frozenset(umrisse)
        self.bezirksumrisse = frozenset(bezirksumrisse)
        self._zeilen: dict[str, list[dict[str, Any]]] = {}
        self._zuordnungen: set[tuple[str, str, str, str, str]] = set()
        self._abrufe: dict[str, tuple[Any, ...]] = {}
        self._verortung: list[tuple[Any, ...]] = []
        self._einrichtungsorte: list[tuple[Any, ...]] = []
        self._punkte: list[tuple[Any, ...]] = []
        self._gebiete = gebiete()
        for nummer in umrisse:
            self._zeile("gebiete", "ortsteile", nummer=nummer, geometrie="{}")
        for nummer in bezirksumrisse:
            self._zeile("gebiete", "stadtbezirke", nummer=f"STB0{nummer}", geometrie="{}")

    def einwohner(
        self, stichtag: date, ortsteil: str, staat: str, alter: Alter, geschlecht: str | None, text: str
    ) -> None:
        """Residents of the register."""
        self._alter("einwohner_ortsteil", "alter", alter)
        self._auspraegung("einwohner_ortsteil", "alter", "geschlecht", (geschlecht or "")[:1])
        self._zeile(
            "einwohner_ortsteil",
            "alter",
            merkmal="einwohner",
            stichtag=self._tag("einwohner_ortsteil", "alter", stichtag),
            ortsteil=ortsteil,
            staatsangehoerigkeit=self._auspraegung("einwohner_ortsteil", "alter", "staatsangehoerigkeit", staat),
            alter=alterstext(alter),
            geschlecht=(geschlecht or "")[:1],
            originaltext=text,
        )
        self._fakt("einwohner", ortsteil, stichtag, "melderegister", text, geschlecht, alter, staat)

    def staat(self, stichtag: date, ortsteil: str, name: str, text: str) -> None:
        """One column of the table of nationalities: ``deutsch``, ``nichtdeutsch`` or a country."""
        code = KATALOG["einwohner_ortsteil"].teile["staatsangehoerigkeit"].felder["staat"].werte[name]
        ganz = code.startswith("insgesamt")
        merkmal = "einwohner_insgesamt" if ganz else "staatsangehoerige"
        self._zeile(
            "einwohner_ortsteil",
            "staatsangehoerigkeit",
            merkmal=merkmal,
            stichtag=self._tag("einwohner_ortsteil", "staatsangehoerigkeit", stichtag),
            ortsteil=ortsteil,
            staat=self._auspraegung("einwohner_ortsteil", "staatsangehoerigkeit", "staat", name),
            originaltext=text,
        )
        fremd = "deutsch" if code in ("insgesamt_deutsch", "DE_plus") else "nichtdeutsch"
        self._fakt(merkmal, ortsteil, stichtag, "melderegister", text, None, JEDES, fremd, None if ganz else code)

    def bewegung(self, jahr: int, ortsteil: str, staat: str, alter: Alter, art: str, text: str) -> None:
        """Arrivals, departures, births or deaths of a calendar year; ``art`` in the words of the source."""
        q, t = "bewegungen_ortsteil", "bewegungen"
        self._alter(q, t, alter)
        self._zuordnungen.add((q, t, "jahr", str(jahr), f"{jahr}-12-31"))
        self._zeile(
            q,
            t,
            merkmal="bewegungen",
            jahr=str(jahr),
            ortsteil=ortsteil,
            staatsangehoerigkeit=self._auspraegung(q, t, "staatsangehoerigkeit", staat),
            alter=alterstext(alter),
            bewegung=self._auspraegung(q, t, "bewegung", art),
            originaltext=text,
        )
        merkmal = KATALOG[q].teile[t].felder["bewegung"].werte[art]
        self._fakt(merkmal, ortsteil, date(jahr, 12, 31), "melderegister", text, None, alter, staat)

    def kreis(
        self,
        stichtag: date,
        kreis: str,
        alter: Alter | str,
        geschlecht: str,
        staat: str,
        text: str,
        *,
        total_fehlt: bool = False,
    ) -> None:
        """Residents of a Kreis; ``insgesamt`` for a total."""
        q, t = "bevoelkerung_kreis", "tabelle"
        if isinstance(alter, str):
            self._zuordnungen.add((q, t, "alter", alter, "insgesamt"))
        else:
            self._alter(q, t, alter)
        ges = {"maennlich": "GESM", "weiblich": "GESW", "insgesamt": ""}[geschlecht]
        nat = {"deutsch": "NATD", "nichtdeutsch": "NATA", "insgesamt": ""}[staat]
        self._zeile(
            q,
            t,
            merkmal="einwohner",
            total_fehlt=total_fehlt,
            stichtag=self._tag(q, t, stichtag),
            region=kreis,
            alter=alter if isinstance(alter, str) else alterstext(alter),
            geschlecht=self._auspraegung(q, t, "geschlecht", ges),
            staatsangehoerigkeit=self._auspraegung(q, t, "staatsangehoerigkeit", nat),
            originaltext=text,
        )
        if not isinstance(alter, str) and "insgesamt" not in (geschlecht, staat):
            self._fakt(
                "einwohner", kreis, stichtag, "fortschreibung", text, geschlecht, alter, staat, fehlt=total_fehlt
            )

    def schulen(
        self, ende: int, schulen: Sequence[Schule], datenart: str = "amtlich", indexart: str = "amtlich"
    ) -> None:
        """Directory, pupils and index of the school year that ends on 31 July of ``ende``."""
        stand, stichtag = date(ende - 1, 10, 15), date(ende, 7, 31)
        jemand_gezaehlt = any(s.schueler is not None for s in schulen)
        for s in schulen:
            kreis = s.ort if len(s.ort) == 5 else "05112"
            zeile, abruf = self._zeile(
                "schulen",
                "verzeichnis",
                stand,
                datenart,
                schulnummer=s.nummer,
                schulform=s.form,
                rechtsform="1",
                gemeindeschluessel=f"{kreis}000",
                schulbetriebsschluessel=s.betrieb,
                originaltext=s.nummer,
            )
            if len(s.ort) == 3:
                ganz = s.ort.endswith("00")
                self._verortung.append((abruf, zeile, f"{s.ort[0]}00", None if ganz else s.ort, "u", 1))
            if s.lage is not None:
                self._einrichtungsort("schulen", abruf, zeile, s.ort, s.lage)
            stufe = int(s.index) if s.index and s.index.isdigit() else None
            ort = s.ort or "05112"
            self._schulfakt("schulen", ort, stichtag, "1", s, None)
            if s.schueler is not None:
                werte = {"merkmal": "schueler", "schulnummer": s.nummer, "originaltext": s.schueler}
                self._zeile("schuelerzahlen", "anzahlen", stand, datenart, **werte)
                self._schulfakt("schueler", ort, stichtag, s.schueler, s, stufe)
            elif jemand_gezaehlt and s.betrieb == "1" and s.form not in KEINE_SCHULEN:
                self._schulfakt("schueler", ort, stichtag, "", s, stufe)
            if s.index is not None:
                self._zeile(
                    "schulsozialindex",
                    "stufen",
                    stand,
                    indexart,
                    merkmal="sozialindexstufe",
                    schulnummer=s.nummer,
                    originaltext=s.index,
                )

    def schulklassen(self, ende: int, schulnummer: str, jahrgaenge: dict[str, str]) -> None:
        """Pupils of a school by grade."""
        for jahrgang, text in jahrgaenge.items():
            self._zeile(
                "schulklassen", "klassen", date(ende - 1, 10, 1),
                merkmal="schueler_je_jahrgang", schulnummer=schulnummer, art=jahrgang, originaltext=text,
            )  # fmt: skip

    def kitas(self, ende: int, kitas: Sequence[Kita], datenart: str = "amtlich") -> None:
        """The list of facilities of the Kita year that ends on 31 July of ``ende``, and their places."""
        stand = date(ende - 1, 10, 15)
        for k in kitas:
            fremd = bool(k.ort) and not k.ort.isdigit()
            stelle: dict[str, Any] = {}
            for spalte, (merkmal, text) in enumerate((("_u3", k.u3), ("_ue3", k.ue3), ("_liste", k.plaetze)), 8):
                if text is None:
                    continue
                zeile, abruf = self._zeile(
                    "kitas", "liste", stand, datenart,
                    merkmal=f"kita_plaetze{merkmal}", einrichtung=k.nummer, name=f"Kita {k.nummer}", strasse="",
                    plz="47051", art=self._auspraegung("kitas", "liste", "art", k.art),
                    ort=k.ort if fremd else "Duisburg", originaltext=text, **({"spalte": spalte} | stelle),
                )  # fmt: skip
                if not stelle and not fremd:
                    self._einrichtungsort("kitas", abruf, zeile, k.ort, k.lage)
                stelle = stelle or {"zeile": zeile}

    def punkt(
        self, ortsteil: str, nr: int, ort: tuple[float, float], anteil: float, herkunft: str = "adressen"
    ) -> None:
        """A point at which a share of an Ortsteil's children lives."""
        self._punkte.append((ortsteil, nr, *ort, 1, anteil, herkunft))

    def _einrichtungsort(self, quelle: str, abruf: str, zeile: int, ort: str, lage: tuple[float, float] | None) -> None:
        bezirk = f"{ort[0]}00" if ort else None
        ortsteil = ort if ort and not ort.endswith("00") else None
        self._einrichtungsorte.append((quelle, abruf, zeile, *(lage or (None, None)), bezirk, ortsteil, "", None, None))

    def _schulfakt(self, merkmal: str, ort: str, tag: date, text: str, s: Schule, stufe: int | None) -> None:
        wert, status = deute(text)
        gebiet = self._gebiete[ort][0]
        self.fakten.append(
            Fakt(merkmal, gebiet, tag, "", wert, status, schulform=s.form, schulbetrieb=s.betrieb, stufe=stufe)
        )

    def _fakt(  # noqa: PLR0917 - private, one argument per breakdown
        self,
        merkmal: str,
        kurz: str,
        stichtag: date,
        basis: str,
        text: str,
        geschlecht: str | None,
        alter: Alter,
        fremd: str,
        staat: str | None = None,
        fehlt: bool = False,
    ) -> None:
        wert, status = deute(text)
        if fehlt and wert is not None:
            wert, status = None, "O"
        self.fakten.append(
            Fakt(merkmal, self._gebiete[kurz][0], stichtag, basis, wert, status, geschlecht, alter, fremd, staat)
        )

    def _tag(self, quelle: str, teil: str, tag: date) -> str:
        text = tag.strftime("%d.%m.") + f"{tag.year:04d}"
        self._zuordnungen.add((quelle, teil, "stichtag", text, tag.isoformat()))
        return text

    def _alter(self, quelle: str, teil: str, alter: Alter) -> None:
        von, bis = alter
        if von is not None:
            self._zuordnungen.add((quelle, teil, "alter_von", alterstext(alter), str(von)))
            self._zuordnungen.add((quelle, teil, "alter_bis", alterstext(alter), "" if bis is None else str(bis)))

    def _auspraegung(self, quelle: str, teil: str, feld: str, text: str) -> str:
        werte = KATALOG[quelle].teile[teil].felder[feld].werte
        if text in werte:
            self._zuordnungen.add((quelle, teil, feld, text, werte[text]))
        return text

    def _zeile(
        self, quelle: str, teil: str, stand: date | None = None, datenart: str = "amtlich", **felder: Any
    ) -> tuple[int, str]:
        tabelle = KATALOG[quelle].rohtabelle(teil)
        abruf = hashlib.sha256(f"{tabelle} {stand} {datenart}".encode()).hexdigest()
        format_ = KATALOG[quelle].teile[teil].formate[0]
        self._abrufe[abruf] = (abruf, quelle, teil, f"{teil}.csv", "https://example.org/", "2026-01-01T00:00:00+00:00")
        self._abrufe[abruf] += ("200", "", "1", datenart, stand and stand.isoformat(), "direkt", "", "cc-by-3.0-de")
        self._abrufe[abruf] += (format_.dezimal, format_.tausender, format_.art, 1)
        zeilen = self._zeilen.setdefault(tabelle, [])
        zeilen.append({"abruf": abruf, "zeile": len(zeilen) + 2, "spalte": 7, "spaltenname": "Wert", **felder})
        return len(zeilen) + 1, abruf

    def schreibe(self, lager: Path) -> None:
        """Make the private file: every raw table of every source, and what goes with them."""
        with verbinden(lager) as con:
            for quelle in KATALOG.values():
                for teil in quelle.teile:
                    self._tabelle(con, quelle.rohtabelle(teil), rohspalten(quelle.teile[teil]))
            zeichen = [
                (q.id, text, z.wert, z.status, z.vertraulichkeit, z.bedeutung)
                for q in KATALOG.values()
                for text, z in q.zeichen.items()
            ]
            einfuegen(con, "raw.zeichen", zeichen)
            einfuegen(con, "raw.zuordnungen", sorted(self._zuordnungen))
            einfuegen(con, "raw.abrufe", list(self._abrufe.values()))
            einfuegen(con, "raw.verortung", self._verortung)
            einfuegen(con, "raw.verortung_einrichtungen", self._einrichtungsorte)
            einfuegen(con, "raw.nachfragepunkte", self._punkte)
            einfuegen(con, "raw.lauf", [LAUF])
            baue_figuren(con, KATALOG.values())

    def _tabelle(self, con: duckdb.DuckDBPyConnection, name: str, spalten: dict[str, str]) -> None:
        con.execute(f"create table raw.{name} ({', '.join(f'{s} {t}' for s, t in spalten.items())})")
        zeilen = [{"ist_davon": False, "total_fehlt": False} | z for z in self._zeilen.get(name, [])]
        einfuegen(con, f"raw.{name}", [tuple(z.get(s) for s in spalten) for z in zeilen])


def einfuegen(con: duckdb.DuckDBPyConnection, tabelle: str, zeilen: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows given in the order of the table's columns."""
    if zeilen:
        con.register("_neu", pd.DataFrame(zeilen, dtype=object))
        con.execute(f"insert into {tabelle} select * from _neu")
        con.unregister("_neu")
