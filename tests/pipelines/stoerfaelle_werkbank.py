"""One night of the fault table: fetch disturbed, load, and look at what is kept and what is released.

As a program of its own it fetches one source, so that limits of the system and other processes can be tried:
``python stoerfaelle_werkbank.py AUFTRAG.json`` prints the message of the fetch.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import requests
import trustme
from netzhilfe import Stelluhr, tls_portal
from stoerfaelle_quellen import GESTERN, HEUTE, VERZEICHNISSE

from pipelines.lager import verbinden
from pipelines.rohtabellen.laden import Ladebericht, lade_quelle
from quellen.abrufen import Ergebnis, abrufe_quelle
from quellen.archiv import Archiv, sha256
from quellen.holen import Abrufer
from quellen.modell import Quelle
from quellen.portal import Portal

PROJEKT = Path(__file__).resolve().parents[2]


@dataclass
class Nacht:
    """A source's archive and warehouse in a folder, its clock, and the replica that it asks."""

    ordner: Path
    quelle: Quelle
    portal: Portal
    con: duckdb.DuckDBPyConnection | None = None
    uhr: Stelluhr = field(default_factory=Stelluhr)
    abrufe: int = 1
    """How many fetches the night made; each of them gives a record if nothing goes wrong."""

    @property
    def archiv(self) -> Archiv:
        return Archiv(self.ordner / "archiv")

    def hole(self, adresse: str = "", *, sitzung: requests.Session | None = None, jetzt: datetime | None = None) -> str:
        """Fetch; gives the message of the fault, empty if all came."""
        abrufer = Abrufer(
            adresse or self.portal.url,
            sitzung=sitzung,
            uhr=self.uhr.uhr,
            schlafe=self.uhr.schlafe,
            zufall=lambda: 0.0,
        )
        zeit = jetzt or GESTERN + timedelta(days=1)
        return meldung(abrufe_quelle(self.quelle, self.archiv, abrufer, heute=HEUTE, jetzt=zeit))

    def lade(self, abrufmeldung: str) -> Ladebericht:
        """Load as the nightly run does after that fetch."""
        return lade_quelle(
            self._lager(),
            self.quelle,
            self.archiv,
            VERZEICHNISSE,
            definitionen="d1",
            mit_beispiel=False,
            abrufmeldung=abrufmeldung,
        )

    def gefuehrt(self, *ohne: str) -> list[tuple[Any, ...]]:
        """All rows of the raw table, without some columns."""
        (teil,) = self.quelle.teile
        weg = f"exclude ({', '.join(ohne)})" if ohne else ""
        tabelle = f"raw.{self.quelle.rohtabelle(teil)}"
        return self._lager().execute(f"select * {weg} from {tabelle} order by all").fetchall()

    def stand(self) -> tuple[str, str, str]:
        """State, message and deviations as the release publishes them."""
        abfrage = "select zustand, meldung, abweichungen from raw.quellen where quelle = ?"
        zeile = self._lager().execute(abfrage, [self.quelle.id]).fetchone()
        assert zeile is not None
        return str(zeile[0]), str(zeile[1]), str(zeile[2])

    def _lager(self) -> duckdb.DuckDBPyConnection:
        assert self.con is not None, "a fetch in a process of its own has no warehouse"
        return self.con

    def dateien(self) -> dict[str, bytes]:
        """Every file of the archive by its path in it."""
        ordner = self.archiv.ordner
        return {str(p.relative_to(ordner)): p.read_bytes() for p in ordner.rglob("*") if p.is_file()}

    def pruefe_archiv(self) -> None:
        """Only whole objects, each under its sha256; no record without its bytes; nothing left over."""
        for pfad, daten in self.dateien().items():
            art, *_, name = pfad.split("/")
            assert art == "abrufe" or name == sha256(daten), f"{pfad} is half, changed or left over"
        for abruf in self.archiv.abrufe(self.quelle.id):
            for objekt in abruf.objekte:
                assert len(self.archiv.lesen(objekt.sha256)) == objekt.bytes


def meldung(ergebnis: Ergebnis) -> str:
    """What the user reads of a fetch."""
    return "\n".join(str(fehler) for fehler in ergebnis.fehler.values())


@contextmanager
def nacht_in(ordner: Path, quelle: Quelle, portal: Portal) -> Iterator[Nacht]:
    """A night in this folder, its warehouse being open."""
    with verbinden(ordner / "lager.duckdb") as con:
        yield Nacht(ordner, quelle, portal, con)


Weise = Callable[[Nacht], str]
"""How a row fetches: in this process if it says nothing else."""


def einfach(nacht: Nacht) -> str:
    return nacht.hole()


def tickend(nacht: Nacht) -> str:
    """Each look at the clock costs a second, so that a slow answer exceeds its total time."""
    nacht.portal.pause_s = 0.005
    nacht.uhr.tick = 1.0
    return nacht.hole()


def verweigert(nacht: Nacht) -> str:
    """Nobody listens on the port."""
    with _belegter_port() as adresse:
        return nacht.hole(adresse)


def unbekannte_stelle(nacht: Nacht) -> str:
    """The portal shows a certificate of an authority that nobody knows."""
    with tls_portal(trustme.CA().issue_cert("127.0.0.1")) as adresse:
        return nacht.hole(adresse, sitzung=requests.Session())


def platte_voll(nacht: Nacht) -> str:
    """The disk takes fewer bytes than the file has."""
    return _prozess(nacht, grenze=100)()


def zugleich(nacht: Nacht) -> str:
    """Two processes fetch the same source; slow answers keep both of them at it together."""
    nacht.portal.pause_s = 0.02
    nacht.abrufe = 2
    laufende = [_prozess(nacht, sekunden=n) for n in range(2)]
    return "".join(warte() for warte in laufende)


@contextmanager
def _belegter_port() -> Iterator[str]:
    """A port that is taken and does not listen."""
    with socket.socket() as dose:
        dose.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{dose.getsockname()[1]}"


def _prozess(nacht: Nacht, *, grenze: int = 0, sekunden: int = 0) -> Callable[[], str]:
    """Start a fetch in a process of its own; the result waits for its message."""
    auftrag = nacht.ordner / f"auftrag-{sekunden}.json"
    auftrag.write_text(
        json.dumps(
            {
                "ordner": str(nacht.ordner),
                "portal": nacht.portal.url,
                "quelle": nacht.quelle.model_dump(mode="json"),
                "grenze": grenze,
                "sekunden": sekunden,
            }
        ),
        encoding="utf-8",
    )
    prozess = subprocess.Popen(
        [sys.executable, __file__, str(auftrag)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (PROJEKT, PROJEKT / "tests")))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def warte() -> str:
        aus, fehler = prozess.communicate(timeout=60)
        assert (prozess.returncode, fehler) == (0, "")
        return aus.strip()

    return warte


def _als_prozess(auftrag: dict[str, Any]) -> None:
    nacht = Nacht(Path(auftrag["ordner"]), Quelle.model_validate(auftrag["quelle"]), auftrag["portal"])
    if auftrag["grenze"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (auftrag["grenze"], auftrag["grenze"]))
    jetzt = GESTERN + timedelta(days=1, seconds=auftrag["sekunden"])
    print(nacht.hole(auftrag["portal"], jetzt=jetzt))


if __name__ == "__main__":
    _als_prozess(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
