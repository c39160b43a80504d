"""Commands of the data team: a run, the list of sources, files by hand.

Belongs here: options and what is printed. Does not belong here: any work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from pipelines.cli import gemeinsam
from pipelines.cli.gemeinsam import Daten, app, bemerke, einstellungen_aus, melde, quelle_aus, scheitere
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler


@app.command()
def lauf(
    betrieb: Annotated[
        Literal["beispiel", "live"] | None,
        typer.Option(help="beispiel: mitgeliefertes Archiv ohne Netz (Vorgabe); live: von den Portalen"),
    ] = None,
    daten: Daten = None,
    quelle: Annotated[list[str] | None, typer.Option(help="nur diese Quellen abrufen; mehrfach möglich")] = None,
) -> None:
    """Ein vollständiger Nachtlauf: abrufen, laden, rechnen, prüfen, freigeben."""
    einstellungen = einstellungen_aus(daten, **({"betrieb": betrieb} if betrieb else {}))
    for kennung in quelle or []:
        quelle_aus(einstellungen, kennung)
    if quelle:
        einstellungen = einstellungen_aus(None, quellen=",".join(quelle))
    from pipelines.nachtlauf import laufe, zeige_zusammenfassung  # noqa: PLC0415 - Dagster loads slowly

    ergebnis = laufe(einstellungen, gemeinsam.konsole)
    zeige_zusammenfassung(einstellungen, ergebnis, gemeinsam.konsole)
    if not ergebnis.erfolg:
        raise typer.Exit(1)


@app.command()
def quellen(daten: Daten = None) -> None:
    """Die Quellen: letzter Abruf, Zustand, Zeilen, Lizenz."""
    einstellungen = einstellungen_aus(daten)
    from pipelines.quellenliste import quellenliste  # noqa: PLC0415 - opens the release

    tabelle = Table()
    for spalte in ("Quelle", "letzter Abruf", "Datenart", "Zustand", "Zeilen", "Lizenz", "Format"):
        tabelle.add_column(
            spalte,
            overflow="fold",
            justify="right" if spalte == "Zeilen" else "left",
            no_wrap=spalte in ("Quelle", "Zeilen"),
        )
    for z in quellenliste(einstellungen):
        stil = None if z.zustand in ("gut", "noch kein Abruf") else "red"
        tabelle.add_row(
            z.quelle, z.letzter_abruf, z.datenart, z.zustand, z.zeilen, z.lizenz, z.format_bestaetigt, style=stil
        )
    gemeinsam.konsole.print(tabelle)


@app.command()
def ablegen(
    quelle: Annotated[str, typer.Argument(help="Kennung der Quelle")],
    datei: Annotated[Path, typer.Argument(help="von Hand geholte Datei")],
    stand: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Bezugsdatum der Datei", metavar="JJJJ-MM-TT")
    ] = None,
    teil: Annotated[str | None, typer.Option(help="Teil der Quelle, wenn der Dateiname ihn nicht verrät")] = None,
    daten: Daten = None,
) -> None:
    """Eine von Hand geholte Datei gegen ihren Vertrag prüfen und als Abruf einer Quelle ins Archiv legen."""
    einstellungen = einstellungen_aus(daten)
    from pipelines.ablegen import pruefe_und_lege_ab  # noqa: PLC0415 - pandas loads slowly

    try:
        abruf, satz = pruefe_und_lege_ab(
            quelle_aus(einstellungen, quelle),
            datei,
            Archiv(einstellungen.archiv),
            stand=stand.date() if stand else None,
            teil=teil,
            jetzt=datetime.now(UTC),
        )
    except QuellenFehler as fehler:
        raise scheitere(f"Nicht abgelegt.\n{fehler}") from None
    for abweichung in satz.abweichungen:
        bemerke(f"Gemeldet: {abweichung}")
    gemeinsam.konsole.print(
        f"Abgelegt: {abruf.quelle}/{abruf.teil}, {satz.zeilen} Zeilen, Stand {abruf.stand or 'in den Zeilen'}, "
        f"sha256 {abruf.objekte[0].sha256}\nMit dem nächsten »sozialraum lauf« geht die Datei ein.",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def eingang(daten: Daten = None) -> None:
    """Alle Dateien aus daten/eingang/<quelle>/ prüfen und ins Archiv legen, auch schon einmal abgelehnte."""
    einstellungen = einstellungen_aus(daten)
    from pipelines.assets.eingang import nimm_an  # noqa: PLC0415 - Dagster loads slowly

    vorgaenge = nimm_an(einstellungen, None)
    if not vorgaenge:
        melde(f"Unter {einstellungen.eingang} wartet keine Datei.")
    for v in vorgaenge:
        name = f"{v.quelle}/{v.datei.name}" if v.quelle else v.datei.name
        if v.angenommen:
            melde(f"✓ {name}: {v.zeilen} Zeilen, sha256 {v.sha256}")
            for abweichung in v.gemeldet:
                bemerke(f"  gemeldet: {abweichung}")
        else:
            bemerke(f"✗ {name}: bleibt liegen, Bericht daneben.\n{v.meldung}", "red")
    if not all(v.angenommen for v in vorgaenge):
        raise typer.Exit(1)
    if vorgaenge:
        melde("Mit dem nächsten »sozialraum lauf« gehen die Dateien ein.")
