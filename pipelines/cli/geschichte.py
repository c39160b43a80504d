"""Commands about releases one after another: comparing two, building an old one again.

Belongs here: options and what is printed. Does not belong here: any work.
"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipelines.cli.gemeinsam import Daten, app, bemerke, einstellungen_aus, freigabeordner, melde, scheitere
from quellen.archiv import Archiv

AlsJson = Annotated[bool, typer.Option("--json", help="als JSON")]


@app.command()
def vergleich(
    von: Annotated[str, typer.Argument(metavar="A", help="Kennung oder Ordner einer Freigabe")],
    nach: Annotated[str, typer.Argument(metavar="B", help="Kennung oder Ordner einer anderen")],
    indikator: Annotated[str | None, typer.Option(help="nur dieser Indikator")] = None,
    gebiet: Annotated[str | None, typer.Option(help="nur dieses Gebiet: Schlüssel, Nummer oder Name")] = None,
    als_json_: AlsJson = False,
    alle: Annotated[bool, typer.Option("--alle", help="alle Kennzahlen zeigen")] = False,
    daten: Daten = None,
) -> None:
    """Was zwischen zwei Freigaben anders ist und warum, nach Indikator und Gebiet."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import vergleich as v  # noqa: PLC0415 - DuckDB loads slowly

    ordner = [freigabeordner(einstellungen, f) for f in (von, nach)]
    try:
        ergebnis = v.vergleiche(ordner[0], ordner[1], indikator, gebiet)
    except v.VergleichFehler as fehler:
        raise scheitere(str(fehler)) from None
    if als_json_:
        typer.echo(json.dumps(v.als_json(ergebnis), ensure_ascii=False, indent=2, default=str))
    else:
        melde(v.als_text(ergebnis, alle=alle))
    if not ergebnis.erklaert:
        raise scheitere("Nicht jeder Unterschied ist durch Revisionen erklärt.")


@app.command()
def nachbau(
    freigabe: Annotated[str, typer.Argument(help="Kennung oder Ordner einer Freigabe")],
    als_json_: AlsJson = False,
    daten: Daten = None,
) -> None:
    """Eine frühere Freigabe aus dem Archiv mit dem Programm von damals noch einmal bauen und vergleichen."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import nachbau as n  # noqa: PLC0415 - only here

    ordner = freigabeordner(einstellungen, freigabe)
    try:
        ergebnis = n.baue_nach(ordner, Archiv(einstellungen.archiv), einstellungen, lambda text: bemerke(text, None))
    except n.NachbauFehler as fehler:
        raise scheitere(f"Nicht nachgebaut.\n{fehler}") from None
    if als_json_:
        typer.echo(json.dumps(ergebnis.als_json(), ensure_ascii=False, indent=2))
    else:
        melde(ergebnis.als_text())
    if not ergebnis.gelungen:
        raise typer.Exit(1)
