"""What all commands share: the application, consoles, settings, and how a command ends with a message.

Belongs here: helpers of several commands. Does not belong here: any single command (the modules beside this one).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from pipelines.einstellungen import Einstellungen
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


def einstellungen_aus(daten: Path | None, **weitere: str) -> Einstellungen:
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


def quelle_aus(einstellungen: Einstellungen, kennung: str) -> Quelle:
    """A declared source; an unknown one is wrong usage."""
    katalog = lade_katalog(einstellungen.katalog)
    if kennung not in katalog:
        raise typer.BadParameter(f"unbekannte Quelle {kennung}; es gibt: {', '.join(katalog)}")
    return katalog[kennung]


def pruefe_muster(muster: str | None) -> str | None:
    """An option that must be a regular expression; anything else is wrong usage."""
    try:
        re.compile(muster or "")
    except re.error as fehler:
        raise typer.BadParameter(f"{muster!r} ist kein regulärer Ausdruck: {fehler}") from None
    return muster


def melde(text: str, stil: str | None = None) -> None:
    """One line on the standard output, as it is: no markup, no wrapping."""
    konsole.print(text, style=stil, highlight=False, markup=False, soft_wrap=True)


def bemerke(text: str, stil: str | None = "yellow") -> None:
    """One line on the error stream, as it is."""
    fehlerkonsole.print(text, style=stil, highlight=False, markup=False, soft_wrap=True)


def scheitere(text: str) -> typer.Exit:
    """Say what is wrong; the returned exception ends the command with status 1."""
    bemerke(text, "red")
    return typer.Exit(1)


def aktuelle_freigabe(einstellungen: Einstellungen) -> Path:
    """Folder of the current release; without one the command ends."""
    ordner = einstellungen.freigaben / "aktuell"
    if not ordner.exists():
        raise scheitere(f"Unter {einstellungen.freigaben} gibt es keine Freigabe. Was tun: zuerst »sozialraum lauf«.")
    return ordner.resolve()


def freigabeordner(einstellungen: Einstellungen, freigabe: str | None) -> Path:
    """Folder of a release named by id or path, of the current one without a name."""
    if freigabe is None:
        return aktuelle_freigabe(einstellungen)
    for ordner in (einstellungen.freigaben / freigabe, Path(freigabe)):
        if (ordner / "freigabe.json").exists():
            return ordner.resolve()
    vorhanden = ", ".join(sorted(p.name for p in einstellungen.freigaben.glob("*") if p.name != "aktuell")) or "keine"
    raise typer.BadParameter(f"keine Freigabe {freigabe}; es gibt: {vorhanden}")
