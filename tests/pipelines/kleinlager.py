"""A very small warehouse made by hand: real archived files, and the tables dbt would have made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml
from kleinkatalog import (
    EINWOHNER,
    INDIKATOREN,
    ORTSTEILE,
    SCHUELER,
    SCHULEN,
    STADTBEZIRKE,
    ZEICHEN,
    ZUORDNUNG,
    ZUZUEGE,
    katalog,
)

from pipelines.freigabe import Freigabe
from pipelines.pruefe.vergleiche import rechne as rechne_vergleiche
from quellen.archiv import Abruf, Archiv, Objekt
from quellen.lesen import inhaltshash
from quellen.modell import Quelle
from quellen.vertrag import lies_und_pruefe

PROJEKT = Path(__file__).resolve().parents[2] / "dbt_projekt"
STADT, BEZIRK, VIERLINDEN, MARXLOH = "05112000", "05112000-200", "05112000-201", "05112000-202"
TEILE = {STADT: [STADT, BEZIRK, VIERLINDEN, MARXLOH], BEZIRK: [BEZIRK, VIERLINDEN, MARXLOH]}
VERZEICHNISSE = {"ortsteil": frozenset({"201", "202"})}


@dataclass
class Klein:
    """Everything a release is built from."""

    lager: Path
    manifest: dict[str, Any]
    archiv: Archiv
    katalog: dict[str, Quelle]
    id: str


@dataclass
class Kleinfreigabe:
    """A released small warehouse."""

    klein: Klein
    freigabe: Freigabe
    freigaben: Path

    @property
    def datei(self) -> Path:
        """The released DuckDB file."""
        return self.freigabe.ordner / "sozialraum.duckdb"


def manifest() -> dict[str, Any]:
    """What dbt's manifest says about the released tables, read from the project's own .yml files."""
    knoten: dict[str, Any] = {}
    for datei in [*sorted(PROJEKT.glob("models/*/*.yml")), PROJEKT / "seeds" / "seeds.yml"]:
        inhalt = yaml.safe_load(datei.read_text(encoding="utf-8"))
        for art in ("models", "seeds"):
            for modell in inhalt.get(art, []):
                config = modell.get("config", {})
                knoten[f"{art}.{modell['name']}"] = {
                    "resource_type": art[:-1],
                    "schema": config.get("schema", "stammdaten" if art == "seeds" else datei.parent.name),
                    "alias": config.get("alias", modell["name"]),
                    "config": {"meta": config.get("meta", {})},
                    "description": modell["description"],
                    "columns": {s["name"]: s for s in modell.get("columns", [])},
                }
    return {"nodes": knoten}


def baue_kleinlager(
    ordner: Path,
    id_: str = "f1",
    vorgaenger: str = "",
    einwohner: str = EINWOHNER,
    datenart: str = "amtlich",
) -> Klein:
    """Archive the files and write ``lager.duckdb`` as dbt would."""
    ordner.mkdir(parents=True, exist_ok=True)
    archiv, quellen = Archiv(ordner / "archiv"), katalog()
    dateien = {
        ("einwohner_ortsteil", "alter"): ("einwohner.csv", einwohner, None),
        ("bewegungen_ortsteil", "bewegungen"): ("bewegungen.csv", ZUZUEGE, None),
        ("schulen", "verzeichnis"): ("schulen.csv", SCHULEN, date(2024, 1, 15)),
        ("gebiete", "ortsteile"): ("ortsteile.csv", ORTSTEILE, None),
        ("gebiete", "stadtbezirke"): ("stadtbezirke.csv", STADTBEZIRKE, None),
        ("schuelerzahlen", "anzahlen"): ("anzahlen.csv", SCHUELER, date(2024, 1, 15)),
    }
    abrufe, saetze = [], {}
    for (quelle, teil), (name, text, stand) in dateien.items():
        daten = text.encode()
        hash_ = archiv.ablegen(daten)
        wann = datetime(2024, 5, 1, 2, 30, tzinfo=UTC)
        url = f"https://example.org/{name}"
        archiv.verzeichnen(
            Abruf(
                quelle=quelle,
                teil=teil,
                abgerufen_am=wann,
                datenart=datenart,
                weg="direkt",
                lizenz="cc-by-3.0-de",
                inhalt=inhaltshash([daten], quellen[quelle].teile[teil]),
                objekte=(Objekt(sha256=hash_, bytes=len(daten), datei=name, url=url, http_status=200),),
                stand=stand,
            )
        )
        abrufe.append(
            (hash_, quelle, teil, wann, 200, "", len(daten), name, url, stand, datenart, "direkt", "", "cc-by-3.0-de")
        )
        satz = lies_und_pruefe(daten, quellen[quelle], teil, name, VERZEICHNISSE)
        if quelle == "gebiete":
            continue
        saetze[quelle] = [{"abruf": hash_, **zeile} for zeile in satz.daten.to_dict("records")]
    beobachtungen, abgewiesen = _beobachtungen(saetze, datenart)
    tabellen = _stammdaten() | {
        "abrufe": abrufe,
        "beobachtungen": beobachtungen,
        "abgewiesen": abgewiesen,
        "indikatoren": kennzahlen(beobachtungen, id_, datenart),
        "freigabe": [
            (
                id_,
                datetime(2024, 5, 1, 2, 31, tzinfo=UTC),
                "c0ffee",
                "d" * 64,
                "a" * 64,
                "lauf-1",
                vorgaenger,
                "beispiel",
                datenart == "beispiel",
            )
        ],
        "quellen": [
            (
                q.id,
                q.titel,
                q.herausgeber,
                q.lizenz.id,
                q.lizenz.url,
                q.lizenz.namensnennung,
                q.seite,
                q.rhythmus,
                True,
                q.basis,
                "gut",
                "",
                "",
            )
            for q in quellen.values()
        ],
    }
    deklaration = manifest()
    tabellen |= _breit(deklaration, tabellen["indikatoren"])
    schreibe(ordner / "lager.duckdb", deklaration, tabellen)
    _vergleiche(ordner / "lager.duckdb", id_)
    return Klein(ordner / "lager.duckdb", deklaration, archiv, quellen, id_)


def _vergleiche(lager: Path, id_: str) -> None:
    """The comparisons, as the audit calculates them: what this warehouse tests is not whether they are right."""
    with duckdb.connect(str(lager)) as con:
        con.execute("set search_path = 'freigabe,beobachtungen,stammdaten,main'")
        for (indikator, gebiet, stichtag, basis), felder in rechne_vergleiche(con).items():
            zeile = {"indikator": indikator, "gebiet": gebiet, "stichtag": stichtag, "basis": basis, "freigabe": id_}
            zeile |= felder
            platz = ", ".join("?" * len(zeile))
            con.execute(f"insert into freigabe.vergleiche ({', '.join(zeile)}) values ({platz})", list(zeile.values()))


def schreibe(lager: Path, deklaration: dict[str, Any], tabellen: dict[str, list[Any]]) -> None:
    """Every declared table with its columns and types; those not given are empty. A row is a tuple or a dictionary."""
    lager.unlink(missing_ok=True)
    with duckdb.connect(str(lager)) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("begin")
        for knoten in deklaration["nodes"].values():
            name = knoten["config"]["meta"].get("freigabe")
            if not name:
                continue
            spalten = ", ".join(f'"{s}" {_typ(name, s, a)}' for s, a in knoten["columns"].items())
            con.execute(f"create schema if not exists {knoten['schema']}")
            con.execute(f"create table {knoten['schema']}.{knoten['alias']} ({spalten})")
            for zeile in tabellen.get(name, []):
                werte = zeile if isinstance(zeile, dict) else dict(zip(knoten["columns"], zeile, strict=False))
                platz = ", ".join("?" * len(werte))
                con.execute(
                    f"insert into {knoten['schema']}.{knoten['alias']} ({', '.join(werte)}) values ({platz})",
                    list(werte.values()),
                )
        con.execute("commit")


def _typ(tabelle: str, spalte: str, angaben: dict[str, Any]) -> str:
    if spalte in ("hat_wert", "verzeichnis") and tabelle in ("status", "merkmale"):
        return "boolean"
    if spalte in ("rang", "reihenfolge") or (tabelle == "module" and spalte.startswith("alter")):
        return "integer"
    return angaben.get("data_type", "varchar")


def _stammdaten() -> dict[str, list[Any]]:
    return {
        "status": [
            ("A", 0, True, "wie geliefert"),
            ("I", 5, True, "umgerechnet"),
            ("U", 6, True, "eingeschränkt"),
            ("M", 7, False, "nicht sinnvoll"),
            ("O", 9, False, "keine Angabe"),
            ("Q", 10, False, "unterdrückt oder geheim"),
        ],
        "vertraulichkeit": [("F", 0, "frei"), ("A", 2, "primär gesperrt")],
        "module": [("R", 0, "Rahmenbedingungen", None, None)],
        "merkmale": [
            ("einwohner", "Einwohner", "Personen", False),
            ("zuzuege_aussen", "Zuzüge", "Personen", False),
            ("schulen", "Schulen", "Schulen", True),
            ("schueler", "Schüler", "Personen", True),
        ],
        "gebiete": [
            (STADT, "05112", "Duisburg", "stadt", "05", date(1975, 1, 1), None, 232.8),
            (BEZIRK, "200", "Hamborn", "stadtbezirk", STADT, None, None, None),
            (VIERLINDEN, "201", "Vierlinden", "ortsteil", BEZIRK, None, None, None),
            (MARXLOH, "202", "Marxloh", "ortsteil", BEZIRK, None, None, None),
            ("05112000-500", "500", "Mitte", "stadtbezirk", STADT, None, None, None),
            ("05112000-703", "703", "Großenbaum", "ortsteil", "05112000-700", None, None, None),
            ("05999", "05999", "Mitte", "kreis", "05", None, None, None),
        ],
        "gebietszuordnung": [
            (g, t, 1.0, False, None) for g in (STADT, BEZIRK, VIERLINDEN, MARXLOH) for t in TEILE.get(g, [g])
        ],
        "indikator_katalog": [
            {
                "indikator": i,
                "name": name,
                "beschreibung": f"{name} am Stichtag.",
                "form": "quotient",
                "zaehler": zaehler,
                "nenner": nenner,
                "faktor": faktor,
                "terme": len({(z["rolle"], z["term"]) for z in ZUORDNUNG if z["indikator"] == i}),
                "einheit": einheit,
                "modul": modul,
                "modul_name": "Modul",
                "thema": thema,
                "richtung": "neutral",
                "quellen": "einwohner_ortsteil",
                "methode": "",
                "unsicherheit": unsicherheit,
                "mindestbasis": 100 if unsicherheit else None,
                "mindeststatus": "A",
                "verfuegbar": True,
            }
            for i, (name, thema, modul, faktor, einheit, zaehler, nenner, unsicherheit) in INDIKATOREN.items()
        ],
        "indikator_zuordnung": ZUORDNUNG,
    }


def _breit(deklaration: dict[str, Any], lang: list[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    """The wide tables: one row per district, date and basis."""
    tabellen = {}
    for thema in ("bevoelkerung", "wanderung", "schule"):
        spalten = deklaration["nodes"][f"models.{thema}"]["columns"]
        eigene = [z for z in lang if INDIKATOREN[z[0]][1] == thema]
        werte = {(z[1], z[3], z[9], z[0]): z[5] for z in eigene}
        tabellen[f"indikatoren_{thema}"] = [
            (
                gebiet,
                "",
                ebene,
                tag,
                basis,
                *tuple(werte.get((gebiet, tag, basis, s)) for s in list(spalten)[5:-1]),
                False,
            )
            for gebiet, ebene, tag, basis in sorted({(z[1], z[2], z[3], z[9]) for z in eigene})
        ]
    return tabellen


_SPALTEN = """
merkmal gebiet stichtag zeitraum_von geschlecht alter_von alter_bis staatsangehoerigkeit staat schulform rechtsform
schulbetrieb art sozialindexstufe einrichtung ist_summe wert einheit status vertraulichkeit basis quelle abruf zeile
spalte originaltext korrigiert korrektur datenart klasse
"""
SPALTEN = _SPALTEN.split()


def _beobachtungen(saetze: dict[str, list[dict[str, Any]]], datenart: str) -> tuple[list[Any], list[Any]]:
    angenommen, abgewiesen = [], []
    lage = {s["schulnummer"]: s["lage"] for s in saetze["schulen"]}
    for quelle, zeilen in saetze.items():
        for z in zeilen:
            b: dict[str, Any] = dict.fromkeys(SPALTEN)
            b |= {"ist_summe": False, "quelle": quelle, "datenart": datenart, "einheit": "Personen"}
            b |= {s: z[s] for s in ("abruf", "zeile", "spalte", "originaltext")}
            text = z["originaltext"]
            b["wert"] = {".": None, "-": 0.0}[text] if text in ZEICHEN else float(text.replace(".", ""))
            b["status"], b["vertraulichkeit"] = ("Q", "A") if text == "." else ("A", "F")
            b["basis"] = "melderegister" if "ortsteil" in z else ""
            if "staatsangehoerigkeit" in z:
                jung = z["alter"].startswith("unter")
                b |= {"merkmal": "einwohner", "staatsangehoerigkeit": z["staatsangehoerigkeit"]}
                b |= {"alter_von": 0 if jung else 18, "alter_bis": 17 if jung else None}
                b |= {"stichtag": datetime.strptime(z["stichtag"], "%d.%m.%Y").date()}
                b["klasse"] = 1 + (not jung) + 2 * (z["staatsangehoerigkeit"] == "nichtdeutsch")
            elif "jahr" in z:
                b |= {"merkmal": "zuzuege_aussen", "klasse": 5}
                b |= {"zeitraum_von": date(int(z["jahr"]), 1, 1), "stichtag": date(int(z["jahr"]), 12, 31)}
            else:
                ort = lage[z["schulnummer"]]
                b |= {"einrichtung": z["schulnummer"], "schulform": "02", "ortsteil": ort}
                b |= {"zeitraum_von": date(2023, 8, 1), "stichtag": date(2024, 7, 31)}
                b |= {"merkmal": "schueler", "klasse": 7}
                if quelle == "schulen":
                    b |= {"merkmal": "schulen", "klasse": 6, "wert": 1.0}
                if ort not in VERZEICHNISSE["ortsteil"]:
                    abgewiesen.append((quelle, z["abruf"], z["zeile"], f"Lage {ort} unbekannt", text, datenart))
                    continue
                z["ortsteil"] = ort
            b["gebiet"] = f"05112000-{z['ortsteil']}"
            angenommen.append(tuple(b[s] for s in SPALTEN))
    return angenommen, abgewiesen


def kennzahlen(beobachtungen: list[tuple[Any, ...]], id_: str, datenart: str = "amtlich") -> list[tuple[Any, ...]]:
    """All figures, by plain loops."""
    alle = [dict(zip(SPALTEN, b, strict=True)) for b in beobachtungen]
    ergebnis = []
    jahre = [date(2022, 12, 31), date(2023, 12, 31)]
    ebenen = {STADT: "stadt", BEZIRK: "stadtbezirk", VIERLINDEN: "ortsteil", MARXLOH: "ortsteil"}
    for indikator, (*_, faktor, einheit, _z, nenner, unsicher) in INDIKATOREN.items():
        schule = indikator.startswith("sch")
        for gebiet, ebene in ebenen.items():
            for tag in [date(2024, 7, 31)] if schule else jahre:
                teile = {"zaehler": 0.0, "nenner": 0.0}
                umriss = gebiet in (STADT, BEZIRK, VIERLINDEN)
                ohne, terme = int(schule and not umriss), {("zaehler", 1)} if schule else set()
                von = date(2023, 8, 1) if schule else None  # the school year, even where no school is
                eigene = [z for z in ZUORDNUNG if z["indikator"] == indikator]
                for z in eigene:
                    ziel = date(tag.year - 1, 12, 31) if z["bezug"] == "schuljahr" or z["versatz"] else tag
                    for b in alle:
                        if b["klasse"] != z["klasse"] or b["stichtag"] != ziel:
                            continue
                        if b["gebiet"] not in TEILE.get(gebiet, [gebiet]):
                            continue
                        terme.add((z["rolle"], z["term"]))
                        ohne += b["wert"] is None
                        teile[z["rolle"]] += z["gewicht"] * (b["wert"] or 0)
                        von = b["zeitraum_von"] if z["rolle"] == "zaehler" else von
                soll = len({(z["rolle"], z["term"]) for z in eigene})
                gut = not ohne and len(terme) == soll
                wert = faktor * teile["zaehler"] / (teile["nenner"] if nenner else 1) if gut else None
                unten, oben = _wilson(teile["zaehler"], teile["nenner"]) if unsicher and gut else (None, None)
                ergebnis.append(
                    (
                        indikator,
                        gebiet,
                        ebene,
                        tag,
                        von,
                        wert,
                        einheit,
                        teile["zaehler"] if gut else None,
                        teile["nenner"] if gut and nenner else None,
                        "" if indikator == "schulen" else "melderegister",
                        "A" if gut else "Q" if ohne and not schule else "O",
                        "A" if ohne and not schule else "F",
                        "A" if unsicher and gut else None,
                        unten,
                        oben,
                        0,
                        datenart,
                        id_,
                    )
                )
    return ergebnis


def _wilson(zaehler: float, nenner: float) -> tuple[float, float]:
    z, p = 1.959963984540054, zaehler / nenner
    mitte, breite = p + z * z / (2 * nenner), z * (p * (1 - p) / nenner + z * z / (4 * nenner**2)) ** 0.5
    return 100 * (mitte - breite) / (1 + z * z / nenner), 100 * (mitte + breite) / (1 + z * z / nenner)
