"""The command ``sozialraum``.

Belongs here: commands, options, exit status and what is printed. Does not belong here: any work. Exit status: 0 done, 1
a run or an audit found something wrong (said in words), 2 wrong usage.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from pipelines.einstellungen import PROJEKT, Einstellungen
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle, lade_katalog

app = typer.Typer(
    help="Nächtliches Datenlager: wie Kinder in Duisburg leben, Ortsteil für Ortsteil.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
konsole = Console()
fehlerkonsole = Console(stderr=True)

Daten = Annotated[
    Path | None, typer.Option("--daten", help="Ordner der Laufzeitdaten (sonst SOZIALRAUM_DATEN oder daten/)")
]


def _einstellungen(daten: Path | None, **weitere: str) -> Einstellungen:
    """Options win over the environment; steps of the run read the environment."""
    if daten is not None:
        os.environ["SOZIALRAUM_DATEN"] = str(daten.resolve())
    for name, wert in weitere.items():
        os.environ[f"SOZIALRAUM_{name.upper()}"] = wert
    try:
        return Einstellungen()
    except ValidationError as fehler:
        stellen = (f"SOZIALRAUM_{str(f['loc'][0]).upper()} ist {f['input']!r} ({f['msg']})" for f in fehler.errors())
        raise typer.BadParameter("Umgebungsvariable: " + "; ".join(stellen)) from None


def _quelle(einstellungen: Einstellungen, kennung: str) -> Quelle:
    katalog = lade_katalog(einstellungen.katalog)
    if kennung not in katalog:
        raise typer.BadParameter(f"unbekannte Quelle {kennung}; es gibt: {', '.join(katalog)}")
    return katalog[kennung]


def _scheitere(text: str) -> typer.Exit:
    fehlerkonsole.print(text, style="red", highlight=False, markup=False, soft_wrap=True)
    return typer.Exit(1)


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
    einstellungen = _einstellungen(daten, **({"betrieb": betrieb} if betrieb else {}))
    for kennung in quelle or []:
        _quelle(einstellungen, kennung)
    if quelle:
        einstellungen = _einstellungen(None, quellen=",".join(quelle))
    from pipelines.nachtlauf import laufe, zeige_zusammenfassung  # noqa: PLC0415 - Dagster loads slowly

    ergebnis = laufe(einstellungen, konsole)
    zeige_zusammenfassung(einstellungen, ergebnis, konsole)
    if not ergebnis.erfolg:
        raise typer.Exit(1)


@app.command()
def quellen(daten: Daten = None) -> None:
    """Die Quellen: letzter Abruf, Zustand, Zeilen, Lizenz."""
    einstellungen = _einstellungen(daten)
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
    konsole.print(tabelle)


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
    einstellungen = _einstellungen(daten)
    from pipelines.ablegen import pruefe_und_lege_ab  # noqa: PLC0415 - pandas loads slowly

    try:
        abruf, satz = pruefe_und_lege_ab(
            _quelle(einstellungen, quelle),
            datei,
            Archiv(einstellungen.archiv),
            stand=stand.date() if stand else None,
            teil=teil,
            jetzt=datetime.now(UTC),
        )
    except QuellenFehler as fehler:
        raise _scheitere(f"Nicht abgelegt.\n{fehler}") from None
    konsole.print(
        f"Abgelegt: {abruf.quelle}/{abruf.teil}, {satz.zeilen} Zeilen, Stand {abruf.stand or 'in den Zeilen'}, "
        f"sha256 {abruf.objekte[0].sha256}\nMit dem nächsten »sozialraum lauf« geht die Datei ein.",
        highlight=False,
        soft_wrap=True,
    )


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
    einstellungen = _einstellungen(daten)
    from pipelines import herkunft as h  # noqa: PLC0415 - DuckDB loads slowly

    ordner = _aktuelle(einstellungen)
    try:
        ergebnis = h.herkunft(ordner, indikator, gebiet, stichtag.date())
    except h.HerkunftFehler as fehler:
        raise _scheitere(str(fehler)) from None
    if als_json_:
        typer.echo(json.dumps(h.als_json(ergebnis), ensure_ascii=False, indent=2, default=str))
    else:
        konsole.print(h.als_baum(ergebnis, alle=alle))


@app.command()
def pruefe(
    freigabe: Annotated[
        str | None, typer.Argument(help="Kennung oder Ordner einer Freigabe; sonst die aktuelle")
    ] = None,
    als_json_: Annotated[bool, typer.Option("--json", help="als JSON")] = False,
    daten: Daten = None,
) -> None:
    """Eine Freigabe ohne Netz, dbt und Lager nachprüfen."""
    einstellungen = _einstellungen(daten)
    from pipelines import pruefe as p  # noqa: PLC0415 - pandas loads slowly

    ordner = _freigabeordner(einstellungen, freigabe)
    bericht = p.pruefe(ordner, Archiv(einstellungen.archiv), lade_katalog(einstellungen.katalog))
    if als_json_:
        typer.echo(json.dumps(bericht.als_json(), ensure_ascii=False, indent=2, default=str))
    else:
        konsole.print(bericht.als_text(), highlight=False, markup=False, soft_wrap=True)
    if not bericht.bestanden:
        raise typer.Exit(1)


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
        typer.echo(
            f"SOZIALRAUM_PORTAL={nachbau.url} SOZIALRAUM_GENESIS_BENUTZER=beispiel SOZIALRAUM_GENESIS_PASSWORT=beispiel"
        )
        ende.wait()


def _aktuelle(einstellungen: Einstellungen) -> Path:
    ordner = einstellungen.freigaben / "aktuell"
    if not ordner.exists():
        raise _scheitere(f"Unter {einstellungen.freigaben} gibt es keine Freigabe. Was tun: zuerst »sozialraum lauf«.")
    return ordner.resolve()


def _freigabeordner(einstellungen: Einstellungen, freigabe: str | None) -> Path:
    if freigabe is None:
        return _aktuelle(einstellungen)
    for ordner in (einstellungen.freigaben / freigabe, Path(freigabe)):
        if (ordner / "freigabe.json").exists():
            return ordner.resolve()
    vorhanden = ", ".join(sorted(p.name for p in einstellungen.freigaben.glob("*") if p.name != "aktuell")) or "keine"
    raise typer.BadParameter(f"keine Freigabe {freigabe}; es gibt: {vorhanden}")


def main() -> None:
    """Entry point of the command; bad declarations end in a message, not in a traceback."""
    try:
        app()
    except QuellenFehler as fehler:
        fehlerkonsole.print(str(fehler), style="red", highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(1) from None


__all__ = ["app", "main"]
