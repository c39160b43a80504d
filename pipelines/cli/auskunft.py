"""Commands about what was released, and the replica of the portals.

Belongs here: options and what is printed. Does not belong here: any work.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import gemeinsam
from pipelines.cli.gemeinsam import Daten, app, einstellungen_aus, scheitere
from pipelines.einstellungen import PROJEKT, Einstellungen
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog


@app.command()
def herkunft(
    indikator: Annotated[str, typer.Argument(help="Kennung, z. B. auslaenderanteil")],
    gebiet: Annotated[str, typer.Argument(help="Schlüssel, dreistellige Nummer oder eindeutiger Name")],
    stichtag: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="STICHTAG")],
    als_json_: Annotated[bool, typer.Option("--json", help="als JSON statt als Baum")] = False,
    alle: Annotated[bool, typer.Option("--alle", help="alle Zellen zeigen")] = False,
    daten: Daten = None,
) -> None:
    """Von einer Zahl zu den Zellen der Quellen, aus denen sie gemacht ist."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import herkunft as h  # noqa: PLC0415 - DuckDB loads slowly

    ordner = _aktuelle(einstellungen)
    try:
        ergebnis = h.herkunft(ordner, indikator, gebiet, stichtag.date())
    except h.HerkunftFehler as fehler:
        raise scheitere(str(fehler)) from None
    if als_json_:
        typer.echo(json.dumps(h.als_json(ergebnis), ensure_ascii=False, indent=2, default=str))
    else:
        gemeinsam.konsole.print(h.als_baum(ergebnis, alle=alle))


@app.command()
def pruefe(
    freigabe: Annotated[
        str | None, typer.Argument(help="Kennung oder Ordner einer Freigabe; sonst die aktuelle")
    ] = None,
    als_json_: Annotated[bool, typer.Option("--json", help="als JSON")] = False,
    daten: Daten = None,
) -> None:
    """Eine Freigabe ohne Netz, dbt und Lager nachprüfen."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import pruefe as p  # noqa: PLC0415 - pandas loads slowly

    ordner = _freigabeordner(einstellungen, freigabe)
    bericht = p.pruefe(ordner, Archiv(einstellungen.archiv), lade_katalog(einstellungen.katalog))
    if als_json_:
        typer.echo(json.dumps(bericht.als_json(), ensure_ascii=False, indent=2, default=str))
    else:
        gemeinsam.konsole.print(bericht.als_text(), highlight=False, markup=False, soft_wrap=True)
    if not bericht.bestanden:
        raise typer.Exit(1)


@app.command()
def woerterbuch(
    freigabe: Annotated[
        str | None, typer.Option("--freigabe", help="Kennung oder Ordner einer Freigabe; sonst die aktuelle")
    ] = None,
    datei: Annotated[Path | None, typer.Option("--datei", help="wohin; sonst auf die Ausgabe")] = None,
    daten: Daten = None,
) -> None:
    """Das Datenwörterbuch einer Freigabe als Markdown: Tabellen, Spalten, Indikatoren, Quellen und was fehlt."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import woerterbuch as w  # noqa: PLC0415 - DuckDB loads slowly

    try:
        seite = w.woerterbuch(_freigabeordner(einstellungen, freigabe))
        if datei is not None:
            datei.write_text(seite, encoding="utf-8")
    except w.WoerterbuchFehler as fehler:
        raise scheitere(str(fehler)) from None
    except OSError as fehler:
        raise scheitere(f"{datei} lässt sich nicht schreiben: {fehler.strerror}") from None
    if datei is None:
        typer.echo(seite, nl=False)
    else:
        gemeinsam.melde(f"Geschrieben: {datei}, {seite.count(chr(10))} Zeilen")


@app.command()
def portal(
    port: Annotated[int, typer.Option(help="0: ein freier")] = 0,
    stoerung: Annotated[list[str] | None, typer.Option(help="ART[:MUSTER][@ANZAHL]; mehrfach möglich")] = None,
    daten: Annotated[
        Path | None, typer.Option("--daten", help="Laufzeitdaten, deren Archiv gezeigt wird; sonst das Beispielarchiv")
    ] = None,
) -> None:
    """Der Nachbau der Portale auf 127.0.0.1, zum Ausprobieren und für Tests; beenden mit Strg+C."""
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    from quellen.portal import parse_stoerung, starten  # noqa: PLC0415

    archiv = Archiv(daten.resolve() / "archiv") if daten else Archiv(PROJEKT / "quellen" / "beispiel" / "archiv")
    try:
        stoerungen = [parse_stoerung(text) for text in stoerung or []]
    except QuellenFehler as fehler:
        raise typer.BadParameter(str(fehler)) from None
    ende = threading.Event()
    for zeichen in (signal.SIGINT, signal.SIGTERM):
        signal.signal(zeichen, lambda *_: ende.set())
    with starten(archiv, lade_katalog(Einstellungen().katalog), port=port, stoerungen=stoerungen) as nachbau:
        typer.echo(f"Portal unter {nachbau.url}")
        typer.echo(f"SOZIALRAUM_PORTAL={nachbau.url} sozialraum lauf --betrieb live --daten daten/probe")
        ende.wait()


def _aktuelle(einstellungen: Einstellungen) -> Path:
    ordner = einstellungen.freigaben / "aktuell"
    if not ordner.exists():
        raise scheitere(f"Unter {einstellungen.freigaben} gibt es keine Freigabe. Was tun: zuerst »sozialraum lauf«.")
    return ordner.resolve()


def _freigabeordner(einstellungen: Einstellungen, freigabe: str | None) -> Path:
    if freigabe is None:
        return _aktuelle(einstellungen)
    for ordner in (einstellungen.freigaben / freigabe, Path(freigabe)):
        if (ordner / "freigabe.json").exists():
            return ordner.resolve()
    vorhanden = ", ".join(sorted(p.name for p in einstellungen.freigaben.glob("*") if p.name != "aktuell")) or "keine"
    raise typer.BadParameter(f"keine Freigabe {freigabe}; es gibt: {vorhanden}")
