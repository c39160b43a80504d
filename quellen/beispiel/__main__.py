"""``python -m quellen.beispiel``: make the example archive anew.

Belongs here: collecting the modelled files and writing them as retrievals into an archive. Does not belong here: their
content (the other modules). The same code gives the same bytes every time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from quellen.archiv import Abruf, Archiv, Objekt, sha256
from quellen.beispiel import (
    betreuung,
    bewegung,
    gebiete,
    kreis,
    kreistabellen,
    schuldateien,
    schullisten,
    schultabellen,
    verzeichnisse,
    weitere_tabellen,
)
from quellen.beispiel.ablage import Lieferung, http_datum
from quellen.beispiel.bevoelkerung import rechnen
from quellen.lesen import inhaltshash
from quellen.modell import Quelle, lade_katalog
from quellen.zugang.gemeinsam import berliner_tag, stand_von

ARCHIV = Path(__file__).parent / "archiv"
ABGERUFEN_AM = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)


def lieferungen() -> list[Lieferung]:
    """All modelled files, one ``Lieferung`` per Teil of every declaration; of a yearly Teil one per year.

    A further source is one more module with ``lieferungen()`` in this list.
    """
    module = (
        kreis, kreistabellen, schultabellen, weitere_tabellen, schuldateien, schullisten, verzeichnisse,
        betreuung, gebiete,
    )  # fmt: skip
    return [*bewegung.lieferungen(rechnen()), *(lief for modul in module for lief in modul.lieferungen())]


def abruf_von(lieferung: Lieferung, quelle: Quelle) -> Abruf:
    """The record of a modelled retrieval, by the rules that hold for real ones."""
    teil = quelle.teile[lieferung.teil]
    objekte = []
    for datei in lieferung.dateien:
        hash_ = sha256(datei.inhalt)
        kopf = {
            "content-type": datei.medientyp,
            "etag": f'"{hash_[:32]}"',
            "last-modified": http_datum(lieferung.geaendert),
        }
        objekte.append(
            Objekt(sha256=hash_, bytes=len(datei.inhalt), datei=datei.name, url=datei.url, http_status=200, kopf=kopf)
        )
    return Abruf(
        quelle=quelle.id,
        teil=lieferung.teil,
        abgerufen_am=ABGERUFEN_AM,
        datenart="beispiel",
        weg="beispiel",
        lizenz=quelle.lizenz.id,
        inhalt=inhaltshash([d.inhalt for d in lieferung.dateien], teil),
        objekte=tuple(objekte),
        stand=stand_von(teil.stand, objekte[-1].datei, objekte[-1].kopf, berliner_tag(ABGERUFEN_AM)),
        jahrgang=lieferung.jahrgang,
    )


def schreiben(ordner: Path) -> int:
    """Write the whole archive into a folder; returns the number of retrievals.

    Raises ``ValueError`` if a declared Teil has no example, an example is not declared, or comes not once (per year).
    """
    katalog = lade_katalog()
    alle = lieferungen()
    _pruefe_vollstaendig(katalog, alle)
    archiv = Archiv(ordner)
    for lieferung in alle:
        for datei in lieferung.dateien:
            archiv.ablegen(datei.inhalt)
        archiv.verzeichnen(abruf_von(lieferung, katalog[lieferung.quelle]))
    return len(alle)


def _pruefe_vollstaendig(katalog: Mapping[str, Quelle], alle: Sequence[Lieferung]) -> None:
    erwartet = {(q.id, name): teil.jahrgaenge is not None for q in katalog.values() for name, teil in q.teile.items()}
    gemacht = [(lief.quelle, lief.teil, lief.jahrgang) for lief in alle]
    fehlend = set(erwartet) ^ {(quelle, teil) for quelle, teil, _ in gemacht}
    if fehlend:
        raise ValueError(f"Teile ohne Beispiel oder umgekehrt: {sorted(fehlend)}")
    falsch = [g for g in gemacht if erwartet[g[0], g[1]] != (g[2] is not None) or gemacht.count(g) > 1]
    if falsch:
        raise ValueError(f"Jahrgang fehlt, ist zu viel oder kommt doppelt: {falsch}")


def ersetzen(ziel: Path) -> int:
    """Make the archive aside and put it in place of ``ziel``; returns the number of retrievals.

    Raises ``FileExistsError`` if ``ziel`` holds anything but an archive: it would be deleted.
    """
    fremd = [p.name for p in ziel.iterdir() if p.name not in ("objekte", "abrufe")] if ziel.exists() else []
    if fremd:
        raise FileExistsError(f"{ziel} enthält {', '.join(sorted(fremd)[:5])}")
    ziel.parent.mkdir(parents=True, exist_ok=True)
    neben = Path(tempfile.mkdtemp(dir=ziel.parent, prefix=".beispiel-"))
    try:
        anzahl = schreiben(neben / "archiv")
        if ziel.exists():
            ziel.rename(neben / "alt")
        (neben / "archiv").rename(ziel)
    finally:
        shutil.rmtree(neben)
    return anzahl


def main(argumente: Sequence[str] | None = None) -> int:
    """Command line. Returns the exit status: 0 done, 1 the target must not be replaced."""
    leser = argparse.ArgumentParser(prog="python -m quellen.beispiel", description="Erzeugt das Beispielarchiv neu.")
    leser.add_argument("--ziel", type=Path, default=ARCHIV, help="Ordner, der als Ganzes ersetzt wird")
    ziel = leser.parse_args(argumente).ziel
    try:
        anzahl = ersetzen(ziel)
    except OSError as fehler:
        sys.stderr.write(f"Das Beispielarchiv wurde nicht erzeugt: {fehler}. Einen anderen Ordner angeben (--ziel).\n")
        return 1
    sys.stdout.write(f"{anzahl} Abrufe in {ziel}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
