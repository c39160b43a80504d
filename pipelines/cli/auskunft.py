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
from pipelines.cli.gemeinsam import Daten, aktuelle_freigabe, app, bemerke, einstellungen_aus, freigabeordner, scheitere
from pipelines.einstellungen import PROJEKT, Einstellungen
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle, lade_katalog


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

    ordner = aktuelle_freigabe(einstellungen)
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
    schluessel: Annotated[
        str | None, typer.Option("--schluessel", help="öffentlicher Schlüssel des Amtes: Datei oder base64")
    ] = None,
    als_json_: Annotated[bool, typer.Option("--json", help="als JSON")] = False,
    daten: Daten = None,
) -> None:
    """Eine Freigabe ohne Netz, dbt und Lager nachprüfen."""
    einstellungen = einstellungen_aus(daten)
    from pipelines import pruefe as p  # noqa: PLC0415 - pandas loads slowly
    from pipelines.freigabe.signatur import SignaturFehler, lies_oeffentlich  # noqa: PLC0415 - only here

    ordner = freigabeordner(einstellungen, freigabe)
    try:
        amtlich = lies_oeffentlich(schluessel) if schluessel else None
    except SignaturFehler as fehler:
        raise typer.BadParameter(str(fehler), param_hint="--schluessel") from None
    bericht = p.pruefe(ordner, Archiv(einstellungen.archiv), _installiert(einstellungen), amtlich)
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
        seite = w.woerterbuch(freigabeordner(einstellungen, freigabe))
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


@app.command()
def schluessel(
    datei: Annotated[Path, typer.Argument(help="wohin der geheime Schlüssel kommt; der öffentliche nach DATEI.pub")],
) -> None:
    """Ein Schlüsselpaar machen, mit dem Freigaben unterschrieben werden (ed25519, Format von minisign)."""
    from pipelines.freigabe.signatur import UMGEBUNG, SignaturFehler, schreibe_paar  # noqa: PLC0415 - only here

    try:
        oeffentlich = schreibe_paar(datei)
    except SignaturFehler as fehler:
        raise scheitere(str(fehler)) from None
    gemeinsam.melde(f"Geheim: {datei} (nur für den Nachtlauf lesbar halten; sichern)\nÖffentlich: {oeffentlich}")
    gemeinsam.melde(f"{UMGEBUNG}={datei.resolve()} lässt jede neue Freigabe unterschreiben.")


def _installiert(einstellungen: Einstellungen) -> dict[str, Quelle]:
    """The declarations of this machine; none if they cannot be read, because the audit does not need them."""
    try:
        return lade_katalog(einstellungen.katalog)
    except QuellenFehler as fehler:
        bemerke(f"Die hier installierten Deklarationen sind nicht lesbar und werden nicht verglichen.\n{fehler}")
        return {}
