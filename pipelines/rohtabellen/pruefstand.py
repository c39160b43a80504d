"""What reading each archived retrieval gave, kept so that a history need not be read again every night.

Belongs here: reading a retrieval under its contract, and the table ``raw.pruefstand``. Does not belong here: comparing
retrievals and choosing among them (``kette``).

The table is a cache: it may be empty or missing, the outcome is the same. Its key holds all that reading depends on:
bytes, file names, declaration, the code that reads, directories, which corrections had expired, and whether ranges were
accepted. The change gate is no part of it: comparing kept figures costs nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

import quellen
from pipelines.fingerabdruck import gesamt
from quellen.annahmen import Annahme, angenommen
from quellen.archiv import Abruf, Archiv
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle
from quellen.vertrag import (
    BEREICH,
    Kennzahlen,
    Korrekturergebnis,
    Rohsatz,
    Umstaende,
    lies_und_pruefe,
    nicht_angewandt,
    vereint,
)
from quellen.zugang.gemeinsam import berliner_tag

_TABELLE = """
create table if not exists raw.pruefstand (
    schluessel varchar, quelle varchar, teil varchar, inhalt varchar, lesestand varchar, gut boolean, zeilen bigint,
    ergebnis varchar)
"""
_LESECODE = ("fehler.py", "modell", "lesen", "vertrag")


@dataclass(frozen=True)
class Gelesen:
    """Outcome of reading one retrieval: good if there are no ``befunde``.

    ``saetze`` are its rows per file; ``None`` if the outcome was known without reading.
    """

    abruf: Abruf
    kennzahlen: Kennzahlen
    befunde: tuple[Befund, ...] = ()
    abweichungen: tuple[Befund, ...] = ()
    korrekturen: tuple[Korrekturergebnis, ...] = ()
    saetze: tuple[Rohsatz, ...] | None = None


class Pruefstand:
    """Reads the retrievals of one source, each content once."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        quelle: Quelle,
        archiv: Archiv,
        verzeichnisse: Mapping[str, frozenset[str]],
        annahmen: list[Annahme],
    ) -> None:
        self.quelle = quelle
        self._con, self._archiv, self._verzeichnisse, self._annahmen = con, archiv, verzeichnisse, annahmen
        fest = {name: sorted(werte) for name, werte in sorted(verzeichnisse.items())}
        self._lesestand = gesamt([lesecode(), quelle.fingerabdruck(), fest])
        con.execute(_TABELLE)
        con.execute("delete from raw.pruefstand where quelle = ? and lesestand <> ?", [quelle.id, self._lesestand])

    def umstaende(self, abruf: Abruf) -> Umstaende:
        """Day and acceptances of a retrieval, without a predecessor."""
        return Umstaende(
            tag=berliner_tag(abruf.abgerufen_am), angenommen=angenommen(self._annahmen, abruf.teil, abruf.inhalt)
        )

    def lies(self, abruf: Abruf, *, mit_zeilen: bool = False) -> Gelesen:
        """The outcome of a retrieval, known or by reading; with its rows if asked for (and if it is good)."""
        umstaende = self.umstaende(abruf)
        schluessel = self._schluessel(abruf, umstaende)
        da = all(self._archiv.pfad(o.sha256).exists() for o in abruf.objekte)
        if da and not mit_zeilen and (bekannt := self._bekannt(schluessel, abruf)) is not None:
            return bekannt
        try:
            dateien = [(self._archiv.lesen(o.sha256), o.datei) for o in abruf.objekte]
        except QuellenFehler as fehler:  # the archive is damaged: may be mended, so nothing to remember
            return Gelesen(abruf, Kennzahlen(), fehler.befunde)
        gelesen = self._pruefe(abruf, dateien, umstaende)
        self._merke(schluessel, gelesen)
        return gelesen

    def _pruefe(self, abruf: Abruf, dateien: list[tuple[bytes, str]], umstaende: Umstaende) -> Gelesen:
        try:
            saetze = tuple(
                lies_und_pruefe(daten, self.quelle, abruf.teil, name, self._verzeichnisse, umstaende)
                for daten, name in dateien
            )
            _pruefe_seiten(self.quelle, abruf.teil, saetze)
        except QuellenFehler as fehler:
            return Gelesen(abruf, Kennzahlen(), fehler.befunde)
        je_datei = {b for s in saetze for b in nicht_angewandt(s.korrekturen)}
        return Gelesen(
            abruf,
            vereint([s.kennzahlen for s in saetze]),
            abweichungen=tuple(dict.fromkeys(b for s in saetze for b in s.abweichungen if b not in je_datei)),
            korrekturen=tuple(k for s in saetze for k in s.korrekturen),
            saetze=saetze,
        )

    def _schluessel(self, abruf: Abruf, umstaende: Umstaende) -> str:
        abgelaufen = [umstaende.abgelaufen(k.bis) for k in self.quelle.korrekturen]
        dateien = [(o.sha256, o.datei) for o in abruf.objekte]
        return gesamt([self._lesestand, abruf.teil, dateien, abgelaufen, umstaende.angenommen.get(BEREICH)])

    def _bekannt(self, schluessel: str, abruf: Abruf) -> Gelesen | None:
        zeile = self._con.execute("select ergebnis from raw.pruefstand where schluessel = ?", [schluessel]).fetchone()
        if zeile is None:
            return None
        werte: dict[str, Any] = json.loads(zeile[0])
        return Gelesen(
            abruf,
            Kennzahlen.aus_json(werte["kennzahlen"]),
            tuple(Befund(**b) for b in werte["befunde"]),
            tuple(Befund(**b) for b in werte["abweichungen"]),
            tuple(
                Korrekturergebnis(self.quelle.korrekturen[nr], None if b is None else Befund(**b), gefunden)
                for nr, b, gefunden in werte["korrekturen"]
            ),
        )

    def _merke(self, schluessel: str, gelesen: Gelesen) -> None:
        nummern = {id(k): nr for nr, k in enumerate(self.quelle.korrekturen)}
        werte = {
            "kennzahlen": gelesen.kennzahlen.als_json(),
            "befunde": [asdict(b) for b in gelesen.befunde],
            "abweichungen": [asdict(b) for b in gelesen.abweichungen],
            "korrekturen": [
                [nummern[id(k.korrektur)], None if k.befund is None else asdict(k.befund), k.gefunden]
                for k in gelesen.korrekturen
            ],
        }
        self._con.execute("delete from raw.pruefstand where schluessel = ?", [schluessel])
        self._con.execute(
            "insert into raw.pruefstand values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                schluessel,
                self.quelle.id,
                gelesen.abruf.teil,
                gelesen.abruf.inhalt,
                self._lesestand,
                not gelesen.befunde,
                gelesen.kennzahlen.zeilen,
                json.dumps(werte, ensure_ascii=False),
            ],
        )


@cache
def lesecode() -> str:
    """sha256 over the code that reads and checks files; what it decided holds as long as it does not change."""
    wurzel = Path(quellen.__file__).parent
    hash_ = hashlib.sha256()
    for name in _LESECODE:
        for datei in [wurzel / name] if name.endswith(".py") else sorted((wurzel / name).rglob("*.py")):
            hash_.update(f"{datei.relative_to(wurzel).as_posix()}\0".encode())
            hash_.update(datei.read_bytes())
    return hash_.hexdigest()


def _pruefe_seiten(quelle: Quelle, teil: str, saetze: tuple[Rohsatz, ...]) -> None:
    """A paged answer must not bring a carried record twice; inside a page the contract has checked it."""
    eindeutig = list(quelle.teile[teil].eindeutig)
    if len(saetze) < 2 or not eindeutig:
        return
    je_seite = []
    for satz in saetze:
        fremd = {(feld, text) for feld, text, wert in satz.zuordnungen if wert.startswith("nicht_gefuehrt:")}
        schluessel = satz.daten[eindeutig].drop_duplicates()
        for feld in eindeutig:
            schluessel = schluessel[~schluessel[feld].isin({t for f, t in fremd if f == feld})]
        je_seite.append(schluessel)
    doppelt = pd.concat(je_seite, ignore_index=True)
    doppelt = doppelt[doppelt.duplicated()]
    if not doppelt.empty:
        werte = ", ".join("/".join(map(str, zeile)) for zeile in doppelt.head(5).itertuples(index=False))
        raise QuellenFehler(
            Befund(
                regel="Seiten einer Antwort überschneiden sich",
                gefunden=f"{len(doppelt)} Schlüssel auf mehreren Seiten: {werte}",
                erwartet=f"jede Kombination von {', '.join(eindeutig)} genau einmal",
                tun="die Quelle erneut abrufen; bleibt es so, das Blättern des Portals prüfen",
                quelle=quelle.id,
                teil=teil,
            )
        )
