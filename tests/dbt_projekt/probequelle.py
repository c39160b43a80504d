"""A made-up source that uses every word of a declaration on the way to observations, with its raw rows by hand.

Belongs here: its declaration, rows, what texts mean (as the loader would write it), and what must become of each row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from rohbau import KATALOG, einfuegen

from pipelines.lager import verbinden
from pipelines.rohtabellen.figuren import baue_figuren
from pipelines.rohtabellen.laden import rohspalten
from quellen.modell import Quelle

GRUND = "Zahlendreher im Original"
LAND = {"typ": "schluessel", "verzeichnis": "kreis", "insgesamt": ["Alle"]}
FELDER = {
    "kreise": {
        "zeit": {"typ": "zeitraum"},
        "ort": LAND
        | {
            "normierung": [{"muster": r"(\d{3})", "ersatz": r"05\1"}],
            "nicht_gefuehrt": [{"muster": r"\d{8}", "grund": "Gemeinde eines Kreises"}],
        },
        "satzart": {
            "typ": "auspraegung",
            "werte": {"60": "gemeinde"},
            "nicht_gefuehrt": [{"muster": "10|20", "grund": "Kopfzeile"}],
        },
        "was": {"typ": "auspraegung", "werte": {"Abgänge": "probe_abgaenge", "Quote": "probe_quote"}},
        "art": {"typ": "auspraegung", "werte": {"ohne": "ohne_abschluss", "Zusammen": "insgesamt"}},
        "geschlecht": {"typ": "auspraegung", "werte": {"M": "maennlich", "W": "weiblich", "": "insgesamt"}},
        "alter": {"typ": "alter", "insgesamt": ["Total"]},
        "schulform": {
            "typ": "schluessel",
            "muster": "[0-9]{2}",
            "leer": True,
            "normierung": [{"muster": "([0-9])", "ersatz": r"0\1"}],
        },
    },
    "schulen": {"schulnummer": {"typ": "schluessel", "muster": r"\d{6}"}, "art": {"typ": "text"}},
    "staaten": {
        "ort": {"typ": "auspraegung", "werte": {"Duisburg": "05112", "Bund": "DG"}},
        "staat": {
            "typ": "auspraegung",
            "werte": {"deutsch": "insgesamt_deutsch", "dt. mit": "DE_plus", "Polen": "PL", "alle": "insgesamt"},
        },
    },
    "jahre": {"jahr": {"typ": "jahr"}, "ort": {"typ": "schluessel", "verzeichnis": "stadtbezirk"}},
}
BEOBACHTUNG = {
    "kreise": {"gebiet": "ort", "stichtag": "zeit", "merkmal": "was"},
    "schulen": {"gebiet": "schulnummer"},
    "staaten": {"gebiet": "ort"},
    "jahre": {"gebiet": "ort", "stichtag": "jahr"},
}
STAND = {
    "schulen": {"aus": "abruf", "art": "schuljahr"},
    "staaten": {"aus": "dateiname"},
}
STANDTAG = date(2035, 10, 15)


def _teil(name: str) -> dict[str, Any]:
    return {
        "beschreibung": name,
        "form": "werte",
        "dateimuster": ".*",
        "zugang": {},
        "felder": FELDER[name],
        "beobachtung": BEOBACHTUNG[name],
        "stand": STAND.get(name, {}),
        "ganzzahl": False,
        **({"summe": {"felder": ["geschlecht"]}} if name == "kreise" else {}),
        "formate": [
            {
                "art": "csv",
                "tausender": ".",
                "orte": {feld: {"spalte": feld} for feld in FELDER[name]},
                "wertspalten": [{"muster": "Wert", "merkmal": "was" if name == "kreise" else f"probe_{name}"}],
            }
        ],
    }


PROBE = Quelle.model_validate(
    {
        "id": "probe",
        "titel": "Eine Probe",
        "herausgeber": "niemand",
        "lizenz": {"id": "cc0", "url": "https://example.org/", "namensnennung": "Probe"},
        "seite": "https://example.org/",
        "rhythmus": "nie",
        "hoechstalter_tage": 1,
        "bestaetigt": True,
        "basis": "fortschreibung",
        "zugang": {"portal": "direkt", "basis": "https://example.org", "hosts": ["example.org"]},
        "zeichen": {
            "-": {"wert": 0, "status": "A", "bedeutung": "nichts"},
            ".": {"status": "Q", "vertraulichkeit": "A", "bedeutung": "geheim"},
        },
        "merkmale": {
            "probe_abgaenge": {"name": "Abgänge", "einheit": "Personen"},
            "probe_quote": {"name": "Quote der »Abgänge«, d'accord", "einheit": "Prozent"},
            "probe_schulen": {"name": "Kinder", "einheit": "Personen"},
            "probe_staaten": {"name": "Staaten", "einheit": "Personen"},
            "probe_jahre": {"name": "Jahre", "einheit": "Personen"},
            "einwohner": {
                "name": "Einwohnerinnen und Einwohner nach Alter, Geschlecht und deutsch oder nichtdeutsch",
                "einheit": "Personen",
            },
        },
        "teile": {name: _teil(name) for name in FELDER},
        "korrekturen": [
            {
                "teil": "kreise",
                "schluessel": {"ort": "112", "was": "Quote"},
                "spalte": "Wert",
                "alt": "21,5",
                "neu": "12,5",
                "grund": GRUND,
                "gemeldet_von": "Amt",
                "bis": "2099-12-31",
            }
        ],
    }
)
SCHULJAHR = ("2036-07-31", "2035-08-01")
VERMERK = f"{GRUND} (gemeldet von Amt)"

# Teil, fields in declared order, text → what must become of it: (gebiet, stichtag, von, merkmal, other columns), or the
# reason of its rejection. The school number 000000 stands for one that the directory has.
Soll = tuple[str, str, str | None, str, dict[str, Any]] | str
ZEILEN: list[tuple[str, tuple[str, ...], str, Soll]] = [
    ("kreise", ("2035", "112", "60", "Abgänge", "ohne", "M", "3 bis unter 6 Jahre", "2"), "1.234", (
        "05112000", "2035-12-31", "2035-01-01", "probe_abgaenge",
        {"wert": 1234.0, "art": "ohne_abschluss", "geschlecht": "maennlich", "alter_von": 3, "alter_bis": 5,
         "schulform": "02"},
    )),
    ("kreise", ("2035-12-31", "05111", "60", "Abgänge", "ohne", "M", "Total", ""), "-", (
        "05111", "2035-12-31", None, "probe_abgaenge",
        {"wert": 0.0, "art": "ohne_abschluss", "geschlecht": "maennlich", "ist_summe": True},
    )),
    ("kreise", ("2035", "112", "60", "Quote", "ohne", "W", "65 Jahre und älter", ""), "21,5", (
        "05112000", "2035-12-31", "2035-01-01", "probe_quote",
        {"wert": 12.5, "korrigiert": "12,5", "korrektur": VERMERK, "geschlecht": "weiblich", "alter_von": 65,
         "art": "ohne_abschluss"},
    )),
    ("kreise", ("2035", "05", "60", "Quote", "Zusammen", "W", "65 Jahre und älter", ""), ".", (
        "05", "2035-12-31", "2035-01-01", "probe_quote",
        {"wert": None, "status": "Q", "vertraulichkeit": "A", "geschlecht": "weiblich", "alter_von": 65,
         "ist_summe": True},
    )),
    ("kreise", ("2035", "113", "60", "Abgänge", "ohne", "", "Total", ""), "7", (
        "05113", "2035-12-31", "2035-01-01", "probe_abgaenge",
        {"wert": None, "status": "O", "art": "ohne_abschluss", "ist_summe": True, "total_fehlt": True},
    )),
    ("kreise", ("2035", "112", "10", "Abgänge", "ohne", "M", "Total", ""), "5", "Kopfzeile"),
    ("kreise", ("2035", "05112000", "60", "Abgänge", "ohne", "M", "Total", ""), "5", "Gemeinde eines Kreises"),
    ("kreise", ("2035", "Alle", "60", "Abgänge", "ohne", "M", "Total", ""), "5", "Summe über alle Gebiete der Datei"),
    ("kreise", ("2035", "05998", "60", "Abgänge", "ohne", "M", "Total", ""), "5",
     "Gebiet 05998 steht nicht im Gebietsverzeichnis"),
    ("schulen", ("000000", "Klasse 5"), "31", ("", *SCHULJAHR, "probe_schulen", {"wert": 31.0, "art": "Klasse 5"})),
    ("schulen", ("999999", "Klasse 5"), "30", "Schulnummer 999999 steht nicht im Schulverzeichnis"),
    ("staaten", ("Duisburg", "deutsch"), "9", (
        "05112000", "2035-10-15", None, "probe_staaten", {"wert": 9.0, "staatsangehoerigkeit": "deutsch"},
    )),
    ("staaten", ("Duisburg", "dt. mit"), "2", (
        "05112000", "2035-10-15", None, "probe_staaten",
        {"wert": 2.0, "staatsangehoerigkeit": "deutsch", "staat": "DE_plus"},
    )),
    ("staaten", ("Bund", "Polen"), "3", (
        "DG", "2035-10-15", None, "probe_staaten", {"wert": 3.0, "staatsangehoerigkeit": "nichtdeutsch", "staat": "PL"},
    )),
    ("staaten", ("Bund", "alle"), "4", ("DG", "2035-10-15", None, "probe_staaten", {"wert": 4.0, "ist_summe": True})),
    ("jahre", ("2035", "500"), "8", ("05112000-500", "2035-12-31", "2035-01-01", "probe_jahre", {"wert": 8.0})),
    ("kreise", ("2035", "113", "60", "Abgänge", "Zusammen", "M", "Total", ""), ".", (
        "05113", "2035-12-31", "2035-01-01", "probe_abgaenge",
        {"wert": None, "status": "Q", "vertraulichkeit": "A", "geschlecht": "maennlich", "ist_summe": True,
         "total_fehlt": True},
    )),
]  # fmt: skip
ZUORDNUNGEN = {
    "kreise": [
        ("zeit", "2035", "2035-12-31"), ("zeit_von", "2035", "2035-01-01"),
        ("zeit", "2035-12-31", "2035-12-31"), ("zeit_von", "2035-12-31", "2035-12-31"),
        ("ort", "112", "05112"), ("ort", "113", "05113"), ("ort", "05111", "05111"), ("ort", "05", "05"),
        ("ort", "Alle", "insgesamt"), ("ort", "05112000", "nicht_gefuehrt:Gemeinde eines Kreises"),
        ("satzart", "60", "gemeinde"), ("satzart", "10", "nicht_gefuehrt:Kopfzeile"),
        ("was", "Abgänge", "probe_abgaenge"), ("was", "Quote", "probe_quote"),
        ("art", "ohne", "ohne_abschluss"), ("art", "Zusammen", "insgesamt"),
        ("geschlecht", "M", "maennlich"), ("geschlecht", "W", "weiblich"), ("geschlecht", "", "insgesamt"),
        ("alter_von", "3 bis unter 6 Jahre", "3"), ("alter_bis", "3 bis unter 6 Jahre", "5"),
        ("alter_von", "65 Jahre und älter", "65"), ("alter_bis", "65 Jahre und älter", ""),
        ("alter_von", "Total", ""), ("alter_bis", "Total", ""), ("alter", "Total", "insgesamt"),
        ("schulform", "2", "02"),
    ],
    "staaten": [
        ("ort", "Duisburg", "05112"), ("ort", "Bund", "DG"), ("staat", "deutsch", "insgesamt_deutsch"),
        ("staat", "dt. mit", "DE_plus"), ("staat", "Polen", "PL"), ("staat", "alle", "insgesamt"),
    ],
    "jahre": [("jahr", "2035", "2035-12-31"), ("jahr_von", "2035", "2035-01-01")],
}  # fmt: skip


def abruf(teil: str) -> str:
    """The hash under which a Teil's rows stand."""
    return hashlib.sha256(f"probe {teil}".encode()).hexdigest()


def rohzeilen(teil: str, schulnummer: str) -> list[dict[str, Any]]:
    """The rows of a Teil's raw table; the line is the row's number in ``ZEILEN``, from 2 on."""
    gefunden = []
    for nr, (name, texte, text, soll) in enumerate(ZEILEN):
        if name != teil:
            continue
        felder = dict(zip(FELDER[name], texte, strict=True))
        if felder.get("schulnummer") == "000000":
            felder["schulnummer"] = schulnummer
        mehr = soll[4] if isinstance(soll, tuple) else {}
        gefunden.append(
            {"abruf": abruf(teil), "zeile": nr + 2, "spalte": 9, "spaltenname": "Wert", "ist_davon": False}
            | {"merkmal": PROBE.teile[teil].formate[0].wertspalten[0].merkmal, "originaltext": text}
            | {"total_fehlt": bool(mehr.get("total_fehlt")), "korrigiert": mehr.get("korrigiert")}
            | {"korrektur": mehr.get("korrektur")}
            | felder
        )
    return gefunden


def fuelle(lager: Path) -> None:
    """Add the source to a private file, as the loader would."""
    with verbinden(lager) as con:
        (nummer,) = con.execute("select min(schulnummer) from raw.schulen__verzeichnis").fetchone() or ("",)
        for name, teil in PROBE.teile.items():
            spalten = rohspalten(teil)
            _tabelle(
                con, PROBE.rohtabelle(name), spalten, [tuple(z[s] for s in spalten) for z in rohzeilen(name, nummer)]
            )
            stand = STANDTAG.isoformat() if name in STAND else None
            zeile = (
                abruf(name),
                "probe",
                name,
                f"{name}.csv",
                "",
                "2036-01-01T00:00:00+00:00",
                None,
                "",
                "1",
                "amtlich",
            )
            einfuegen(con, "raw.abrufe", [(*zeile, stand, "direkt", "", "cc0", ",", ".", "csv", 1)])
            einfuegen(con, "raw.zuordnungen", [("probe", name, *z) for z in ZUORDNUNGEN.get(name, [])])
        zeichen = [("probe", t, z.wert, z.status, z.vertraulichkeit, z.bedeutung) for t, z in PROBE.zeichen.items()]
        einfuegen(con, "raw.zeichen", zeichen)
        baue_figuren(con, [*KATALOG.values(), PROBE])


def _tabelle(
    con: duckdb.DuckDBPyConnection, name: str, spalten: dict[str, str], zeilen: Sequence[tuple[Any, ...]]
) -> None:
    con.execute(f"create table raw.{name} ({', '.join(f'{s} {t}' for s, t in spalten.items())})")
    einfuegen(con, f"raw.{name}", zeilen)
