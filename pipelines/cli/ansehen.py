"""``sozialraum lesen``: the text table of any file on the terminal, to look at a trap in a minute.

Belongs here: options and what is printed. Does not belong here: reading (``quellen.lesen``) and guesses
(``quellen.entwurf``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli.gemeinsam import app, bemerke, pruefe_muster, scheitere
from quellen.fehler import QuellenFehler
from quellen.modell import FORMATARTEN


@app.command()
def lesen(  # noqa: PLR0913, PLR0917 - one option per key of a format
    datei: Annotated[Path, typer.Argument(help="Datei einer Quelle; ein ZIP wird von selbst geöffnet")],
    format_: Annotated[FORMATARTEN | None, typer.Option("--format", help="sonst wird die Form erkannt")] = None,
    kodierung: Annotated[str | None, typer.Option(help="sonst erkannt, z. B. utf-8-sig, cp850")] = None,
    trenner: Annotated[str | None, typer.Option(help="Trennzeichen; sonst erkannt")] = None,
    blatt: Annotated[str | None, typer.Option(help="xlsx: Muster für den Namen des Blatts")] = None,
    kopf_mit: Annotated[
        list[str] | None, typer.Option(help="die Kopfzeile enthält diesen Namen; mehrfach möglich")
    ] = None,
    kopfzeilen: Annotated[int | None, typer.Option(min=1, max=10, help="so viele Zeilen bilden den Kopf")] = None,
    fuss: Annotated[str | None, typer.Option(help="Muster, mit dem die erste Zeile nach den Daten beginnt")] = None,
    pfad: Annotated[str | None, typer.Option(help="json: wo die Liste steht, z. B. result.records")] = None,
    element: Annotated[str | None, typer.Option(help="xml: Name des Elements")] = None,
    innen: Annotated[str | None, typer.Option(help="Muster der gemeinten Datei in einem ZIP mit mehreren")] = None,
) -> None:
    """Die Texttabelle einer Datei als CSV, »zeile« zuerst."""
    from pipelines.texttabellen import schreibe_csv  # noqa: PLC0415 - pandas loads slowly

    angaben: dict[str, Any] = {
        "art": format_,
        "kodierung": kodierung,
        "trenner": trenner,
        "blatt": blatt,
        "kopf_mit": tuple(kopf_mit or ()) or None,
        "kopfzeilen": kopfzeilen,
        "fuss": fuss,
        "pfad": pfad,
        "element": element,
        "innen": pruefe_muster(innen),
    }
    try:
        schreibe_csv(datei, {k: v for k, v in angaben.items() if v is not None}, sys.stdout.buffer, bemerke)
    except BrokenPipeError:
        # the reader has seen enough (| head); nothing more is to be written, at exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except QuellenFehler as fehler:
        raise scheitere(str(fehler)) from None
