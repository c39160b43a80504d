"""Nights against the replica of the portals, started like an operator starts them; fixture ``live`` runs them once."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from laufhilfe import BEISPIELARCHIV, Lauf, Szene, sozialraum

from quellen.archiv import Abruf, Archiv, Objekt
from quellen.lesen import inhaltshash
from quellen.modell import lade_katalog
from quellen.portal import Portal, parse_stoerung, starten

NEU = re.compile(r"Neue Freigabe (\S+)")
GESTOERT = {
    "schulen": "spalte-umbenannt:schuldaten\\.csv",
    "bewegungen_ortsteil": "gebiet-unbekannt:(?i)bewegung.*csv",
    "schuelerzahlen": "zeichen-unbekannt:anzahlen\\.csv",
    "schulsozialindex": "html-200:schulliste",
    "bevoelkerung_kreis": "json-fehler-200:tablefile.*12411-03-03-4",
    "gebiete": "html-200:MapServer/7/|opendata\\.ruhr|govdata",
}
"""One source each, every one in another way; where a source has several, all of them."""


def ohne_erstes_jahr(daten: bytes, spalten: int) -> bytes:
    """A CSV of residents without the rows of its oldest date: a publisher that took a year off its portal."""
    kopf, *zeilen = daten.decode("utf-8-sig").rstrip("\n").split("\n")
    assert len(kopf.split(";")) == spalten
    jahre = sorted({zeile.split(";")[0] for zeile in zeilen}, key=lambda tag: tag.split(".")[::-1])
    return ("\n".join([kopf, *(z for z in zeilen if z.split(";")[0] != jahre[0])]) + "\n").encode()


def lege_nach(archiv: Archiv, teil: str, daten: bytes) -> None:
    """A later retrieval of residents in an archive."""
    quelle = lade_katalog()["einwohner_ortsteil"]
    bisher = [a for a in archiv.abrufe(quelle.id) if a.teil == teil][-1]
    archiv.verzeichnen(
        Abruf(
            **bisher.model_dump(exclude={"objekte", "inhalt", "abgerufen_am"}),
            abgerufen_am=datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            inhalt=inhaltshash([daten], quelle.teile[teil]),
            objekte=(
                Objekt(
                    sha256=archiv.ablegen(daten),
                    bytes=len(daten),
                    datei=bisher.objekte[0].datei,
                    url=bisher.objekte[0].url,
                    http_status=200,
                ),
            ),
        )
    )


def _neueres_portal(ordner: Path) -> Archiv:
    shutil.copytree(BEISPIELARCHIV, ordner)
    archiv = Archiv(ordner)
    for abruf in archiv.abrufe("einwohner_ortsteil"):
        daten = archiv.lesen(abruf.objekte[0].sha256)
        spalten = len(daten.decode("utf-8-sig").split("\n", 1)[0].split(";"))
        lege_nach(archiv, abruf.teil, ohne_erstes_jahr(daten, spalten))
    return archiv


def _live(daten: Path, portal: Portal) -> Lauf:
    return sozialraum("lauf", "--betrieb", "live", "--daten", str(daten), weitere={"SOZIALRAUM_PORTAL": portal.url})


def vier_naechte(daten: Path, portalordner: Path) -> list[Lauf]:
    """One source broken from the start; healed; nothing new; six sources broken."""
    katalog, archiv = lade_katalog(), Archiv(BEISPIELARCHIV)
    with starten(archiv, katalog, stoerungen=[parse_stoerung("html-200:anzahlen\\.csv")]) as portal:
        laeufe = [_live(daten, portal)]
        portal.stoeren()
        laeufe.append(_live(daten, portal))
        portal.stoeren(*(parse_stoerung(t) for t in ("neuer-etag", "zeilen-vertauscht")))
        laeufe.append(_live(daten, portal))
    neueres = _neueres_portal(portalordner / "archiv")
    with starten(neueres, katalog, stoerungen=[parse_stoerung(t) for t in GESTOERT.values()]) as portal:
        laeufe.append(_live(daten, portal))
    return laeufe


def freigabe_von(szene_: Szene, nacht: int) -> Path:
    """The DuckDB file that the n-th night released."""
    treffer = NEU.search(szene_.laeufe[nacht].text)
    assert treffer, szene_.laeufe[nacht].text
    return szene_.daten / "freigaben" / treffer[1] / "sozialraum.duckdb"
