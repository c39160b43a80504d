"""A small archive for the replica's tests: every portal, one missing Teil, an older and a broken retrieval."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

from quellen.archiv import Abruf, Archiv, Objekt, sha256

GEHOLT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
SPAETER = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
DKAN = "https://opendata-duisburg.de/sites/default/files/"
MSB = "https://www.schulministerium.nrw.de/BiPo/OpenData/"
KARTE = "https://geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer/"
GENESIS = "https://www.regionalstatistik.de/genesisws/rest/2020/"
ORTSTEILE = [f"{bezirk}{nummer:02d}" for bezirk in range(1, 8) for nummer in range(1, 8)][:46]

ALTER = (
    "Stichtag;Stadtbezirk_ID;Stadtbezirk_Name;Ortsteil_ID;Ortsteil_Name;Staatsangehörigkeit;"
    "0 bis unter 1 Jahr m;0 bis unter 1 Jahr w\n"
    "31.12.2024;200;Hamborn;202;Marxloh;deutsch;101;1.102\n"
    "31.12.2024;200;Hamborn;202;Marxloh;nichtdeutsch;103;-\n"
).encode()
SCHULEN = (
    "\ufeffsep=;\nSchulnummer;Schulform;Kurzbezeichnung;Ort;Gemeindeschluessel;\n"
    '"101254";"02";"Duisburg, KG ""Henrietten;str.""";"Köln";"05112000"\n'
    '"101266";"02";"Duisburg, GG Süd";"Duisburg";"05112000"\n'
).encode()
INDEX = (
    "Schulnummer;Kurzbezeichnung;Bezirksregierung;Kreis;Gemeinde;Sozialindexstufe\r\n"
    "101254;Duisburg, KG Süd;Düsseldorf;Stadt Duisburg;Duisburg;9\r\n"
).encode("cp850")
ANZAHLEN = b'sep=;\n"Schulnummer";"Anzahl"\n"101254";"211"\n"101266";"306"\n'
FFCSV = (
    "\ufeffstatistics_code;statistics_label;time_code;time_label;time;"
    "1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;"
    "2_variable_code;2_variable_label;2_variable_attribute_code;2_variable_attribute_label;"
    "value;value_unit;value_variable_code;value_variable_label\n"
    "12411;Fortschreibung;STAG;Stichtag;2024-12-31;REGBEZ;Regierungsbezirke;051;Düsseldorf;"
    "GES;Geschlecht;;Insgesamt;5202270;Anzahl;BEVSTD;Bevölkerungsstand\n"
    "12411;Fortschreibung;STAG;Stichtag;2024-12-31;KREISE;Kreise;05112;Duisburg, kreisfreie Stadt;"
    "GES;Geschlecht;GESM;männlich;250000;Anzahl;BEVSTD;Bevölkerungsstand\n"
    "12411;Fortschreibung;STAG;Stichtag;2023-12-31;KREISE;Kreise;05112;Duisburg, kreisfreie Stadt;"
    "GES;Geschlecht;GESW;weiblich;252270;Anzahl;BEVSTD;Bevölkerungsstand\n"
).encode()


def zip_aus(name: str, inhalt: bytes) -> bytes:
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        archiv.writestr(name, inhalt)
    return puffer.getvalue()


TABELLE = zip_aus("12411-03-03-4_1773175772751_de_flat.csv", FFCSV)


def geojson(felder: list[dict[str, str]], ab: int, *, mehr: bool) -> bytes:
    """A page as a server writes it: spaces and order that a re-serialisation would not give back."""
    quadrat = [[[6.7, 51.4], [6.8, 51.4], [6.8, 51.5], [6.7, 51.4]]]
    saetze = [
        {
            "type": "Feature",
            "id": ab + n,
            "geometry": {"type": "Polygon", "coordinates": quadrat},
            "properties": {"OBJECTID": ab + n, **satz},
        }
        for n, satz in enumerate(felder)
    ]
    text = json.dumps(saetze, ensure_ascii=False)
    ende = ', "exceededTransferLimit": true' if mehr else ""
    return f'{{"type": "FeatureCollection",  "features":{text}{ende}}}'.encode()


def ortsteilseiten() -> list[bytes]:
    felder = [{"OTNR": nummer, "OTNAME": f"Ortsteil {nummer} süd"} for nummer in ORTSTEILE]
    return [geojson(felder[ab : ab + 20], ab, mehr=ab < 40) for ab in (0, 20, 40)]


class Ablage:
    """Puts files into an archive as retrievals."""

    def __init__(self, ordner: Path) -> None:
        self.archiv = Archiv(ordner)
        self.dateien: dict[tuple[str, str], list[bytes]] = {}

    def lege(
        self,
        quelle: str,
        teil: str,
        dateien: list[tuple[str, str, bytes]],
        *,
        am: datetime = GEHOLT,
        stand: date | None = None,
        kopf: dict[str, str] | None = None,
        datenart: str = "beispiel",
    ) -> None:
        objekte = tuple(
            Objekt(sha256=self.archiv.ablegen(daten), bytes=len(daten), datei=datei, url=url, kopf=kopf or {})
            for datei, url, daten in dateien
        )
        abruf = Abruf(
            quelle=quelle,
            teil=teil,
            abgerufen_am=am,
            datenart=datenart,
            weg="portal",
            lizenz="dl-de/by-2-0",
            inhalt=objekte[0].sha256,
            objekte=objekte,
            stand=stand,
        )
        self.archiv.verzeichnen(abruf)
        self.dateien[quelle, teil] = [daten for _, _, daten in dateien]


def kleines_archiv(ordner: Path) -> Ablage:
    ablage = Ablage(ordner)
    alter = "Einwohner Ortsteile Alter 31.12.2024_0.csv"
    marke = {"etag": '"6f-abc"', "last-modified": "Fri, 03 Jan 2025 10:00:00 GMT", "content-type": "text/csv"}
    ablage.lege("einwohner_ortsteil", "alter", [(alter, DKAN + alter.replace(" ", "%20"), ALTER)], kopf=marke)
    staat = "Einwohner_Staatsangehoerigkeit_2024.csv"
    inhalt = ALTER.replace(b"Staatsangeh", b"X")
    ablage.lege("einwohner_ortsteil", "staatsangehoerigkeit", [(staat, DKAN + staat, inhalt)])
    bewegung = "Bewegungen 2024.csv"
    ablage.lege(
        "bewegungen_ortsteil", "bewegungen", [(bewegung, DKAN + "Bewegungen%202024.csv", b"Jahr;Ortsteil_ID\n")]
    )
    ablage.lege(
        "bevoelkerung_kreis",
        "tabelle",
        [("12411-03-03-4.zip", GENESIS + "data/tablefile", TABELLE)],
        stand=date(2025, 3, 31),
    )
    bezirke = [{"STBNR": f"STB0{n}", "STBNAME": f"Bezirk {n}"} for n in range(1, 8)]
    ablage.lege(
        "gebiete", "stadtbezirke", [("stadtbezirke-0001.geojson", KARTE + "6/query", geojson(bezirke, 1, mehr=False))]
    )
    seiten = ortsteilseiten()
    ablage.lege(
        "gebiete", "ortsteile", [(f"ortsteile-{n:04d}.geojson", KARTE + "7/query", s) for n, s in enumerate(seiten, 1)]
    )
    schuldaten = ("schuldaten.csv", MSB + "Schuldaten/schuldaten.csv")
    ablage.lege("schulen", "verzeichnis", [(*schuldaten, b"alt")], am=datetime(2025, 1, 1, tzinfo=UTC))
    ablage.lege("schulen", "verzeichnis", [(*schuldaten, SCHULEN)])
    unvollstaendig(ablage)
    ablage.lege("schuelerzahlen", "anzahlen", [("anzahlen.csv", MSB + "SchuelerGesamtZahl/anzahlen.csv", ANZAHLEN)])
    index = "schulliste_sj_25_26_open_data.csv"
    ordner_ = "https://www.schulministerium.nrw/system/files/media/document/file/"
    ablage.lege("schulsozialindex", "stufen", [(index, ordner_ + index, INDEX)], stand=date(2025, 8, 1))
    form = "key_schulformschluessel.csv"
    xml = b"<Schulformen><Schulform><Schluessel>02</Schluessel></Schulform></Schulformen>"
    ablage.lege(
        "schulen_schluessel", "schulform", [(form, MSB + "Schuldaten/" + form, b"sep=;\nSchluessel;Schulform\n02;GS\n")]
    )
    ablage.lege("schulen_schluessel", "rechtsform", [("key_rechtsform.xml", "", xml)], datenart="eingang")
    return ablage


def unvollstaendig(ablage: Ablage) -> None:
    """A newer retrieval of the school directory of which one object got lost."""
    vorher = ablage.dateien["schulen", "verzeichnis"]
    url = MSB + "Schuldaten/schuldaten.csv"
    ablage.lege("schulen", "verzeichnis", [("schuldaten.csv", url, b"verloren")], am=SPAETER)
    ablage.archiv.pfad(sha256(b"verloren")).unlink()
    ablage.dateien["schulen", "verzeichnis"] = vorher
