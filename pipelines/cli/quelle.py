"""``sozialraum quelle …``: drafting a declaration, contract and file side by side, accepting once.

Belongs here: options and what is printed. Does not belong here: any work.
"""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli import gemeinsam
from pipelines.cli.gemeinsam import Daten, app, bemerke, einstellungen_aus, melde, pruefe_muster, quelle_aus, scheitere
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog

if TYPE_CHECKING:
    from pipelines.quellenpruefung import Gegenueberstellung

quelle_app = typer.Typer(help="Eine Quelle entwerfen, prüfen, einen Abruf einmal annehmen.", no_args_is_help=True)
app.add_typer(quelle_app, name="quelle")
Kennung = Annotated[str, typer.Argument(help="Kennung der Quelle")]


@quelle_app.command()
def neu(
    woher: Annotated[str, typer.Argument(metavar="URL|DATEI", help="https-Adresse oder Datei; ZIP geht auch")],
    kennung: Annotated[str | None, typer.Option("--id", help="Kennung der Quelle; sonst aus dem Namen")] = None,
    nach: Annotated[Path | None, typer.Option(help="in diese neue Datei schreiben statt auf die Ausgabe")] = None,
    innen: Annotated[str | None, typer.Option(help="Muster der gemeinten Datei in einem ZIP mit mehreren")] = None,
) -> None:
    """Eine Datei oder Antwort ansehen und die Deklaration (YAML) entwerfen."""
    einstellungen = einstellungen_aus(None)
    from pipelines.gebietsverzeichnis import verzeichnisse  # noqa: PLC0415 - pandas loads slowly
    from quellen.entwurf import entwirf, hole_probe  # noqa: PLC0415
    from quellen.holen import Abrufer  # noqa: PLC0415

    if nach is not None:
        kennung = kennung or nach.stem
        _pruefe_ziel(nach, kennung)
    url = woher if "://" in woher else ""
    try:
        if url:
            daten, name = hole_probe(url, Abrufer(portal=einstellungen.portal))
        else:
            daten, name = _lies(Path(woher)), Path(woher).name
        entwurf = entwirf(daten, name, verzeichnisse(), kennung=kennung or "", url=url, innen=pruefe_muster(innen))
    except QuellenFehler as fehler:
        raise scheitere(f"Kein Entwurf.\n{fehler}") from None
    if nach is None:
        sys.stdout.buffer.write(entwurf.text.encode())
        sys.stdout.buffer.flush()
    else:
        nach.parent.mkdir(parents=True, exist_ok=True)
        with nach.open("x", encoding="utf-8") as datei:
            datei.write(entwurf.text)
        melde(f"Entwurf geschrieben: {nach}")
    if entwurf.befunde:
        befunde = "\n".join(map(str, entwurf.befunde))
        raise scheitere(f"Der Entwurf nimmt die Datei noch nicht an; die Stellen von Hand berichtigen:\n{befunde}")
    bemerke(
        "Der Entwurf nimmt diese Datei an. Nächste Schritte: Vermutungen und »unbekannt« durchgehen, dann "
        f"»sozialraum quelle pruefe {entwurf.kennung} DATEI«.",
        None,
    )


@quelle_app.command()
def pruefe(
    kennung: Kennung,
    datei: Annotated[Path | None, typer.Argument(help="Datei; sonst der neueste Abruf im Archiv")] = None,
    teil: Annotated[str | None, typer.Option(help="nur dieser Teil")] = None,
    daten: Daten = None,
) -> None:
    """Vertrag und Datei nebeneinander zeigen; endet mit 1, wenn der Vertrag nicht hält."""
    einstellungen = einstellungen_aus(daten)
    quelle = quelle_aus(einstellungen, kennung)
    if teil is not None and teil not in quelle.teile:
        raise typer.BadParameter(f"unbekannter Teil {teil}; es gibt: {', '.join(quelle.teile)}")
    from pipelines.quellenpruefung import pruefe_archiv, pruefe_datei  # noqa: PLC0415 - pandas loads slowly
    from quellen.eingang import teil_der_datei  # noqa: PLC0415

    archiv = Archiv(einstellungen.archiv)
    beispiel = einstellungen.betrieb == "beispiel" or einstellungen.portal is not None
    gut = True
    try:
        if datei is not None:
            name = teil_der_datei(quelle, datei.name, teil)
            heute = datetime.now(UTC).date()
            ergebnis = pruefe_datei(quelle, name, datei, archiv, tag=heute, beispiel=beispiel)
            gut = _zeige(kennung, ergebnis)
        else:
            for name in [teil] if teil else quelle.teile:
                gefunden = pruefe_archiv(quelle, name, archiv, beispiel=beispiel)
                if gefunden is None:
                    melde(f"{kennung}/{name}: kein Abruf im Archiv.")
                else:
                    gut = _zeige(kennung, gefunden) and gut
    except QuellenFehler as fehler:
        raise scheitere(str(fehler)) from None
    if not gut:
        raise typer.Exit(1)


@quelle_app.command()
def annehmen(
    kennung: Kennung,
    teil: Annotated[str, typer.Argument(help="Teil der Quelle")],
    regel: Annotated[Literal["aenderung", "bereich"], typer.Option(help="welche Regel dieser Abruf verletzen darf")],
    grund: Annotated[str, typer.Option(help="warum es richtig ist; steht im Archiv und in jeder Meldung")],
    wer: Annotated[str | None, typer.Option(help="wer annimmt; sonst der angemeldete Benutzer")] = None,
    daten: Daten = None,
) -> None:
    """Den neuesten Abruf eines Teils einmal annehmen, obwohl er eine Regel verletzt."""
    einstellungen = einstellungen_aus(daten)
    quelle = quelle_aus(einstellungen, kennung)
    if teil not in quelle.teile:
        raise typer.BadParameter(f"unbekannter Teil {teil}; es gibt: {', '.join(quelle.teile)}")
    from quellen.annahmen import nimm_an  # noqa: PLC0415 - only here

    try:
        annahme = nimm_an(
            Archiv(einstellungen.archiv), kennung, teil, regel, grund, wer or getpass.getuser(), datetime.now(UTC)
        )
    except QuellenFehler as fehler:
        raise scheitere(f"Nicht angenommen.\n{fehler}") from None
    melde(
        f"Angenommen: {kennung}/{teil}, Regel {annahme.regel}: {annahme.wortlaut}\n"
        "Das gilt nur für diesen Inhalt. Mit dem nächsten »sozialraum lauf« geht der Abruf ein."
    )


@quelle_app.command()
def annahmen(
    kennung: Annotated[str | None, typer.Argument(help="Kennung der Quelle; sonst alle")] = None, daten: Daten = None
) -> None:
    """Was angenommen wurde, wann, von wem und warum."""
    einstellungen = einstellungen_aus(daten)
    from quellen.annahmen import annahmen as lies  # noqa: PLC0415 - only here

    quellen = [quelle_aus(einstellungen, kennung).id] if kennung else list(lade_katalog(einstellungen.katalog))
    try:
        alle = [a for q in quellen for a in lies(Archiv(einstellungen.archiv), q)]
    except QuellenFehler as fehler:
        raise scheitere(str(fehler)) from None
    if not alle:
        melde("Es wurde nichts angenommen.")
        return
    tabelle = Table("wann", "Quelle", "Teil", "Regel", "Grund", "wer", "Inhalt (sha256)")
    for a in alle:
        werte = (f"{a.wann:%d.%m.%Y}", a.quelle, a.teil, a.regel, a.grund, a.wer, a.inhalt[:12])
        tabelle.add_row(*(Text(w) for w in werte))
    gemeinsam.konsole.print(tabelle)


def _zeige(kennung: str, ergebnis: Gegenueberstellung) -> bool:
    tabelle = Table(title=Text(f"{kennung}/{ergebnis.teil}: {ergebnis.datei}"), title_justify="left")
    for spalte in ("Regel oder Spalte", "deklariert", "gefunden"):
        tabelle.add_column(spalte, overflow="fold")
    tabelle.add_column("gut?", justify="center")
    zeichen = {True: "✓", False: "✗", None: "!"}
    stile = {True: "", False: "red", None: "yellow"}
    for z in ergebnis.zeilen:
        tabelle.add_row(Text(z.was), Text(z.deklariert), Text(z.gefunden), zeichen[z.gut], style=stile[z.gut])
    gemeinsam.konsole.print(tabelle)
    for befund in ergebnis.befunde:
        melde(f"✗ {befund}", "red")
    if ergebnis.befunde:
        return False
    melde("Der Vertrag hält.", "green")
    return True


def _pruefe_ziel(nach: Path, kennung: str) -> None:
    if nach.exists():
        raise typer.BadParameter(f"{nach} gibt es schon; ein Entwurf überschreibt nichts")
    if nach.suffix != ".yaml" or nach.stem != kennung:
        raise typer.BadParameter(f"die Datei muss wie die Quelle heißen: {kennung}.yaml")


def _lies(pfad: Path) -> bytes:
    from quellen.entwurf import GRENZE_BYTES  # noqa: PLC0415 - pandas loads slowly

    try:
        with pfad.open("rb") as datei:
            daten = datei.read(GRENZE_BYTES + 1)
    except OSError as fehler:
        raise scheitere(
            f"Die Datei ist nicht lesbar: {pfad}: {fehler.strerror or fehler}. Was tun: Pfad und Rechte prüfen."
        ) from None
    if len(daten) > GRENZE_BYTES:
        raise scheitere(f"Die Datei ist größer als {GRENZE_BYTES} Bytes. Was tun: einen Auszug angeben.")
    return daten
