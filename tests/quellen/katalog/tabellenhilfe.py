"""What the tests of the GENESIS declarations share: catalogue, directories, cut-out declarations for other tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quellen.archiv import Archiv
from quellen.beispiel.__main__ import ARCHIV
from quellen.modell import Quelle, lade_katalog
from quellen.vertrag import Rohsatz, lies_und_pruefe

WURZEL = Path(__file__).resolve().parents[3]
KATALOG = lade_katalog()
FAMILIE = {
    "abgaenge_kreis": ("abschluesse",),
    "bevoelkerung_altersgruppen_destatis": ("altersgruppen",),
    "bevoelkerung_altersjahre_kreis": ("altersgruppen", "altersjahre"),
    "bevoelkerung_profil_nrw": ("profil",),
    "grundsicherung_kreis": ("leistungsarten",),
    "kindertagesbetreuung_kreis": ("einrichtungen",),
    "mindestsicherung_nrw": ("quote",),
    "schulen_kreis": ("schularten",),
    "wanderungen_kreis": ("altersgruppen", "jahressumme"),
    "zensus_bevoelkerung": ("gemeinden",),
}
TEILE = [(quelle, teil) for quelle, teile in FAMILIE.items() for teil in teile]


def _kreise() -> frozenset[str]:
    with (WURZEL / "dbt_projekt" / "seeds" / "gebiete.csv").open(encoding="utf-8", newline="") as datei:
        ebenen = {"stadt", "kreis", "land", "bund"}
        return frozenset(z["kurz"] for z in csv.DictReader(datei) if z["ebene"] in ebenen)


KREISE = _kreise()


def pruefe(daten: bytes, quelle: str | Quelle, teil: str, datei: str = "tabelle.csv") -> Rohsatz:
    """Check bytes against a declaration, with the warehouse's directory of Kreise."""
    deklaration = KATALOG[quelle] if isinstance(quelle, str) else quelle
    return lies_und_pruefe(daten, deklaration, teil, datei, {"kreis": KREISE})


def ausgepackt(daten: bytes) -> bytes:
    """The only file in a ZIP; other bytes as they are. Without the project's own readers."""
    if not daten.startswith(b"PK"):
        return daten
    with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
        (name,) = archiv.namelist()
        return archiv.read(name)


def flach(daten: bytes) -> list[dict[str, str]]:
    """Rows of a flat CSV, in a ZIP or not. Without the project's own readers."""
    return list(csv.DictReader(io.StringIO(ausgepackt(daten).decode("utf-8-sig")), delimiter=";"))


def beispiele(quelle: str, teil: str) -> list[bytes]:
    """The unpacked example files of a Teil, oldest year first."""
    archiv = Archiv(ARCHIV)
    abrufe = sorted((a for a in archiv.abrufe(quelle) if a.teil == teil), key=lambda a: a.jahrgang or 0)
    return [ausgepackt(archiv.lesen(o.sha256)) for a in abrufe for o in a.objekte]


def bedeutung(satz: Rohsatz, feld: str) -> dict[str, str]:
    """Text of the source → our value, of one field."""
    return {text: wert for name, text, wert in satz.zuordnungen if name == feld}


def gefuehrt(satz: Rohsatz, feld: str = "region") -> Any:
    """The raw rows whose key the warehouse carries, the key as we write it in column ``gebiet``."""
    werte = satz.daten[feld].map(bedeutung(satz, feld))
    return satz.daten.assign(gebiet=werte)[~werte.str.startswith("nicht_gefuehrt:")]


def wie_kreistabelle(code: str, achsen: Mapping[str, dict[str, Any]], **teil: Any) -> Quelle:
    """A declaration of another table of the Regionalstatistik: same head, region and signs, other axes.

    ``achsen``: field → ``{"feld": …, "ort": …}``; ``teil`` overrides what is not an axis.
    """
    vorlage = KATALOG["grundsicherung_kreis"].model_dump(mode="json")
    grund = vorlage["teile"]["leistungsarten"]
    behalten = ("stichtag", "region", "region_name")
    orte = {f: grund["formate"][0]["orte"][f] for f in behalten} | {f: a["ort"] for f, a in achsen.items()}
    felder = {f: grund["felder"][f] for f in behalten} | {f: a["feld"] for f, a in achsen.items()}
    format_ = {"art": "ffcsv", "kodierung": "utf-8-sig", "orte": orte, "nur": {"value_unit": ["Anzahl"]}}
    neu = {
        "beschreibung": code,
        "form": "werte",
        "dateimuster": f".*{code}.*",
        "zugang": {"tabelle": code},
        "felder": felder,
        "eindeutig": ["stichtag", "region", *achsen],
        "beobachtung": {"gebiet": "region", "stichtag": "stichtag"},
        "formate": [{**format_, "wertspalten": [{"muster": "value", "merkmal": "probe"}]}],
        **teil,
    }
    merkmale = {"probe": {"name": code, "einheit": "Personen"}}
    return Quelle.model_validate(
        {**vorlage, "id": "probe", "weitere_wege": [], "merkmale": merkmale, "teile": {"tabelle": neu}}
    )
