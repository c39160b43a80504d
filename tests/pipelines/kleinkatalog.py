"""Four small sources and their files, format-faithful in miniature."""

from __future__ import annotations

from typing import Any

from quellen.modell import Quelle

EINWOHNER = """Stichtag;Ortsteil;Staat;unter 18 Jahre;18 Jahre und älter
31.12.2022;201;deutsch;1.000;4.000
31.12.2022;201;nichtdeutsch;300;900
31.12.2022;202;deutsch;1.500;5.000
31.12.2022;202;nichtdeutsch;2.500;7.500
31.12.2023;201;deutsch;1.010;4.010
31.12.2023;201;nichtdeutsch;-;910
31.12.2023;202;deutsch;1.510;5.010
31.12.2023;202;nichtdeutsch;2.510;7.510
"""
ZUZUEGE = """Jahr;Ortsteil;Zuzüge
2022;201;100
2022;202;1.200
2023;201;.
2023;202;1.100
"""
SCHULEN = """Schulnummer;Schulform;Lage
100001;02;202
100002;02;999
"""
ORTSTEILE = """OTNR;geometry
201;POLYGON ((0 0, 1 0, 1 1, 0 0))
"""
STADTBEZIRKE = """STBNR;geometry
STB02;POLYGON ((0 0, 2 0, 2 2, 0 0))
"""
SCHUELER = """Schulnummer;Anzahl
100001;400
"""
INDIKATOREN = {
    # id: (name, thema, modul, faktor, einheit, zaehler, nenner, unsicherheit)
    "einwohner": ("Einwohner", "bevoelkerung", "R", 1.0, "Personen", "einwohner", "", ""),
    "auslaenderanteil": (
        "Ausländeranteil",
        "bevoelkerung",
        "R",
        100.0,
        "Prozent",
        "einwohner (staatsangehoerigkeit nichtdeutsch)",
        "einwohner",
        "Wilson-Intervall zu 95 %",
    ),
    "zuzugsziffer": (
        "Zuzugsziffer",
        "wanderung",
        "W",
        1000.0,
        "je 1000",
        "zuzuege_aussen",
        "0,5 × einwohner; 0,5 × einwohner am Stichtag des Vorjahres",
        "",
    ),
    "schulen": ("Schulen", "schule", "M5", 1.0, "Schulen", "schulen", "", ""),
    "schueler_je_100_6_9": (
        "Grundschulkinder je 100 Kinder",
        "schule",
        "M5",
        100.0,
        "je 100",
        "schueler",
        "einwohner (Alter 0 bis 17) am 31.12. im Schuljahr",
        "",
    ),
}
_ZUORDNUNG = [
    *(("einwohner", k, "zaehler", 1, "stichtag", 0, 1.0, False) for k in (1, 2, 3, 4)),
    *(("auslaenderanteil", k, "zaehler", 1, "stichtag", 0, 1.0, False) for k in (3, 4)),
    *(("auslaenderanteil", k, "nenner", 1, "stichtag", 0, 1.0, False) for k in (1, 2, 3, 4)),
    ("zuzugsziffer", 5, "zaehler", 1, "stichtag", 0, 1.0, False),
    *(("zuzugsziffer", k, "nenner", 1, "stichtag", 0, 0.5, False) for k in (1, 2, 3, 4)),
    *(("zuzugsziffer", k, "nenner", 2, "stichtag", 1, 0.5, False) for k in (1, 2, 3, 4)),
    ("schulen", 6, "zaehler", 1, "stichtag", 0, 1.0, False),
    ("schueler_je_100_6_9", 7, "zaehler", 1, "stichtag", 0, 1.0, True),
    *(("schueler_je_100_6_9", k, "nenner", 1, "schuljahr", 0, 1.0, True) for k in (1, 3)),
]
_SPALTEN = ("indikator", "klasse", "rolle", "term", "bezug", "versatz", "gewicht", "gemischt")
ZUORDNUNG: list[dict[str, Any]] = [
    dict(zip(_SPALTEN, z, strict=True)) | {"basis": "", "mass": "wert"} for z in _ZUORDNUNG
]
ZEICHEN = {
    "-": {"wert": 0, "status": "A", "bedeutung": "nichts vorhanden"},
    ".": {"status": "Q", "vertraulichkeit": "A", "bedeutung": "geheim"},
}


def _umriss(spalte: str, muster: str) -> dict[str, Any]:
    return {
        "form": "liste",
        "kennung": "nummer",
        "beschreibung": "Umrisse",
        "dateimuster": r".*\.csv",
        "zugang": {},
        "felder": {"nummer": {"typ": "schluessel", "muster": muster}, "geometrie": {"typ": "text"}},
        "formate": [{"art": "csv", "orte": {"nummer": {"spalte": spalte}, "geometrie": {"spalte": "geometry"}}}],
    }


def _quelle(id_: str, teil: str, einheit: str, basis: str, weitere: Any = None, **vertrag: Any) -> Quelle:
    return Quelle.model_validate(
        {
            "id": id_,
            "titel": f"Titel von {id_}",
            "herausgeber": "Stadt Duisburg",
            "lizenz": {"id": "cc-by-3.0-de", "url": "https://example.org/l", "namensnennung": f"Stadt, {id_}, CC BY"},
            "seite": "https://example.org/",
            "rhythmus": "jährlich",
            "hoechstalter_tage": 400,
            "bestaetigt": True,
            "basis": basis,
            "einheit": einheit,
            "zugang": {"portal": "direkt", "basis": "https://example.org", "hosts": ["example.org"]},
            "zeichen": ZEICHEN,
            "teile": {teil: {"beschreibung": "Test", "dateimuster": r".*\.csv", "zugang": {}, **vertrag}}
            | (weitere or {}),
        }
    )


def katalog() -> dict[str, Quelle]:
    """Declarations of the four small sources."""
    ortsteil = {"typ": "schluessel", "verzeichnis": "ortsteil"}
    quellen = [
        _quelle(
            "gebiete",
            "ortsteile",
            "",
            "",
            {"stadtbezirke": _umriss("STBNR", r"STB0\d")},
            **_umriss("OTNR", r"\d{3}"),
        ),
        _quelle(
            "einwohner_ortsteil",
            "alter",
            "Personen",
            "melderegister",
            form="werte",
            felder={
                "stichtag": {"typ": "datum"},
                "ortsteil": ortsteil,
                "staatsangehoerigkeit": {
                    "typ": "auspraegung",
                    "werte": {"deutsch": "deutsch", "nichtdeutsch": "nichtdeutsch"},
                },
                "alter": {"typ": "alter"},
            },
            eindeutig=["stichtag", "ortsteil", "staatsangehoerigkeit"],
            beobachtung={"gebiet": "ortsteil", "stichtag": "stichtag"},
            formate=[
                {
                    "art": "csv",
                    "tausender": ".",
                    "orte": {
                        "stichtag": {"spalte": "Stichtag"},
                        "ortsteil": {"spalte": "Ortsteil"},
                        "staatsangehoerigkeit": {"spalte": "Staat"},
                    },
                    "wertspalten": [
                        {"muster": r"(?P<alter>unter \d+ Jahre|\d+ Jahre und älter)", "merkmal": "einwohner"}
                    ],
                }
            ],
        ),
        _quelle(
            "bewegungen_ortsteil",
            "bewegungen",
            "Personen",
            "melderegister",
            form="werte",
            felder={"jahr": {"typ": "jahr"}, "ortsteil": ortsteil},
            eindeutig=["jahr", "ortsteil"],
            beobachtung={"gebiet": "ortsteil", "stichtag": "jahr"},
            formate=[
                {
                    "art": "csv",
                    "tausender": ".",
                    "orte": {"jahr": {"spalte": "Jahr"}, "ortsteil": {"spalte": "Ortsteil"}},
                    "wertspalten": [{"muster": "Zuzüge", "merkmal": "zuzuege_aussen"}],
                }
            ],
        ),
        _quelle(
            "schulen",
            "verzeichnis",
            "Schulen",
            "",
            form="liste",
            kennung="schulnummer",
            felder={
                "schulnummer": {"typ": "schluessel", "muster": r"\d{6}"},
                "schulform": {"typ": "schluessel", "muster": r"\d\d"},
                "lage": {"typ": "text"},
            },
            eindeutig=["schulnummer"],
            formate=[
                {
                    "art": "csv",
                    "orte": {
                        "schulnummer": {"spalte": "Schulnummer"},
                        "schulform": {"spalte": "Schulform"},
                        "lage": {"spalte": "Lage"},
                    },
                }
            ],
        ),
        _quelle(
            "schuelerzahlen",
            "anzahlen",
            "Personen",
            "",
            form="werte",
            felder={"schulnummer": {"typ": "schluessel", "muster": r"\d{6}"}},
            stand={"aus": "abruf", "art": "schuljahr"},
            eindeutig=["schulnummer"],
            beobachtung={"gebiet": "schulnummer"},
            formate=[
                {
                    "art": "csv",
                    "orte": {"schulnummer": {"spalte": "Schulnummer"}},
                    "wertspalten": [{"muster": "Anzahl", "merkmal": "schueler"}],
                }
            ],
        ),
    ]
    return {q.id: q for q in quellen}
