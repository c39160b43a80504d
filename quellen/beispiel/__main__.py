"""``python -m quellen.beispiel``: make the example archive anew.

Belongs here: collecting the modelled files and writing them as retrievals into an archive. Does not belong here: their
content (the other modules). The same code gives the same bytes every time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from quellen.archiv import Abruf, Archiv, Objekt, sha256
from quellen.beispiel import bewegung, gebiete, kreis, schuldateien
from quellen.beispiel.ablage import Lieferung, http_datum
from quellen.beispiel.bevoelkerung import rechnen
from quellen.lesen import inhaltshash
from quellen.modell import Quelle, lade_katalog
from quellen.zugang.gemeinsam import berliner_tag, stand_von

ARCHIV = Path(__file__).parent / "archiv"
ABGERUFEN_AM = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)


def lieferungen() -> list[Lieferung]:
    """All modelled files, one ``Lieferung`` per Teil of every declaration."""
    return [*bewegung.lieferungen(rechnen()), *kreis.lieferungen(), *schuldateien.lieferungen(), *gebiete.lieferungen()]


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
    )


def schreiben(ordner: Path) -> int:
    """Write the whole archive into a folder; returns the number of retrievals.

    Raises ``ValueError`` if a declared Teil has no example or an example is not declared.
    """
    katalog = lade_katalog()
    alle = lieferungen()
    erwartet = sorted((q.id, teil) for q in katalog.values() for teil in q.teile)
    gemacht = sorted((lieferung.quelle, lieferung.teil) for lieferung in alle)
    if erwartet != gemacht:
        raise ValueError(f"Teile ohne Beispiel oder umgekehrt: {sorted(set(erwartet) ^ set(gemacht))}")
    archiv = Archiv(ordner)
    for lieferung in alle:
        for datei in lieferung.dateien:
            archiv.ablegen(datei.inhalt)
        archiv.verzeichnen(abruf_von(lieferung, katalog[lieferung.quelle]))
    return len(alle)


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
