"""Coverage-guided fuzzing of the readers: ``python -m tests.fuzz ZIEL [--sekunden N]``.

Belongs here: running one target under atheris (``pip install .[fuzz]``). Does not belong here: the targets (``ziele``).
The corpus lies in a temporary folder unless ``--korpus`` names one; a crashing input is written to ``--funde`` and
belongs, as bytes, into ``tests/quellen/lesen/test_absturz.py``. Exit status 0: nothing found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path


def haupt() -> None:
    """Fuzz one target for the given time."""
    optionen = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Leser mit Zufallsbytes prüfen")
    optionen.add_argument("ziel", help="csv, ffcsv, datencsv, genesis-csv, xlsx, json, geojson, xml, huelle oder alter")
    optionen.add_argument("--sekunden", type=int, default=60)
    optionen.add_argument("--speicher-mb", type=int, default=1500)
    optionen.add_argument("--korpus", type=Path, help="Ordner, in dem die Eingaben bleiben")
    optionen.add_argument("--funde", type=Path, default=Path(tempfile.gettempdir()), help="Ordner für Abstürze")
    gewaehlt = optionen.parse_args()

    import atheris  # noqa: PLC0415 - only the harness needs it

    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=["quellen.lesen"]):
        from tests.fuzz.ziele import saaten, ziele  # noqa: PLC0415 - has to be instrumented while it is imported

    pruefe = ziele().get(gewaehlt.ziel)
    if pruefe is None:
        optionen.error(f"das Ziel {gewaehlt.ziel} gibt es nicht: {', '.join(ziele())}")
    korpus = gewaehlt.korpus or Path(tempfile.mkdtemp(prefix=f"fuzz-{gewaehlt.ziel}-"))
    korpus.mkdir(parents=True, exist_ok=True)
    gewaehlt.funde.mkdir(parents=True, exist_ok=True)
    for nummer, saat in enumerate(saaten(gewaehlt.ziel)):
        (korpus / f"saat-{nummer:03d}").write_bytes(saat)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={gewaehlt.sekunden}",
            f"-rss_limit_mb={gewaehlt.speicher_mb}",
            f"-artifact_prefix={gewaehlt.funde}/{gewaehlt.ziel}-",
            "-timeout=25",
            "-max_len=65536",
            "-print_final_stats=1",
            str(korpus),
        ],
        pruefe,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    haupt()
