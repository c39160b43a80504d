"""The command ``sozialraum``.

Belongs here: commands, options, exit status and what is printed. Does not belong here: any work. Exit status: 0 done, 1
a run or an audit found something wrong (said in words), 2 wrong usage.
"""

from __future__ import annotations

from pipelines.cli import ansehen, auskunft, betrieb, geschichte, quelle
from pipelines.cli.gemeinsam import app, bemerke
from quellen.fehler import QuellenFehler


def main() -> None:
    """Entry point of the command; bad declarations end in a message, not in a traceback."""
    try:
        app()
    except QuellenFehler as fehler:
        bemerke(str(fehler), "red")
        raise SystemExit(1) from None


__all__ = ["ansehen", "app", "auskunft", "betrieb", "geschichte", "main", "quelle"]
