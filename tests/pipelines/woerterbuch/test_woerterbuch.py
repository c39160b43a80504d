"""Catalogue, manifest, dictionary and Dagster's columns agree: all of them come from one declaration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from cliruf import ruf
from laufhilfe import Szene

from pipelines.assets.dbt import KENNUNG
from pipelines.einstellungen import Einstellungen
from pipelines.transformation.manifest import manifest
from pipelines.woerterbuch import WoerterbuchFehler, lies, woerterbuch
from pipelines.woerterbuch.seite import text


def baue_datei(ordner: Path, weg: str = "") -> Path:
    """A released file with one indicator, without the column ``weg``."""
    spalten = re.findall(
        r"\w+",
        "indikator name beschreibung form zaehler nenner einheit modul modul_name thema richtung quellen basis methode "
        "unsicherheit mindeststatus ebenen gliederungen definition benoetigt",
    )
    werte = ", ".join(f"'{s}' as {s}" for s in spalten if s != weg)
    with duckdb.connect(str(ordner / "sozialraum.duckdb")) as con:
        con.execute("create table freigabe as select 'f1' as id, timestamptz '2026-11-02 00:00:00+00' as erstellt_am")
        con.execute("create table abrufe as select 'amtlich' as datenart")
        con.execute(
            f"create table indikator_katalog as select {werte}, 1.0 as faktor, null as ziel, 100 as mindestbasis, "
            "true as verfuegbar"
        )
        con.execute("create table module as select 'modul' as modul, 'Ein Modul' as name, '0' as reihenfolge")
        con.execute("comment on table module is 'Die Stationen'")
        con.execute("comment on column module.name is 'Wie sie heißt'")
        con.execute(
            "create table quellen as select 'q' as quelle, 't' as titel, 'h' as herausgeber, 'l' as lizenz, "
            "'u' as lizenz_url, 'n' as namensnennung, 'u' as url"
        )
    return ordner


def test_gelesen_wird_was_in_der_datei_steht(tmp_path: Path) -> None:
    inhalt = lies(baue_datei(tmp_path))
    assert inhalt.freigabe["id"] == "f1"
    assert not inhalt.beispiel
    (tabelle,) = (t for t in inhalt.tabellen if t.name == "module")
    assert tabelle.beschreibung == "Die Stationen"
    assert [(s.name, s.typ, s.beschreibung) for s in tabelle.spalten] == [
        ("modul", "VARCHAR", ""),
        ("name", "VARCHAR", "Wie sie heißt"),
        ("reihenfolge", "VARCHAR", ""),
    ]
    assert [i["indikator"] for i in inhalt.indikatoren] == ["indikator"]


def test_ohne_freigabe_sagt_es_was_zu_tun_ist(tmp_path: Path) -> None:
    with pytest.raises(WoerterbuchFehler, match=r"liegt keine Freigabe.*sozialraum lauf"):
        woerterbuch(tmp_path)


def test_eine_beschaedigte_datei_ist_eine_meldung(tmp_path: Path) -> None:
    (tmp_path / "sozialraum.duckdb").write_bytes(b"keine Datenbank")
    with pytest.raises(WoerterbuchFehler, match=r"lässt sich nicht lesen.*sozialraum pruefe"):
        woerterbuch(tmp_path)


def test_eine_fehlende_spalte_ist_eine_meldung(tmp_path: Path) -> None:
    with pytest.raises(WoerterbuchFehler, match="definition"):
        woerterbuch(baue_datei(tmp_path, weg="definition"))


def test_der_befehl_schreibt_auf_die_ausgabe_und_in_eine_datei(tmp_path: Path) -> None:
    freigabe = tmp_path / "daten" / "freigaben" / "f1"
    freigabe.mkdir(parents=True)
    baue_datei(freigabe)
    (freigabe / "freigabe.json").write_text("{}", encoding="utf-8")
    daten = ["--daten", str(tmp_path / "daten")]
    ausgabe = ruf("woerterbuch", "--freigabe", "f1", *daten)
    assert ausgabe.code == 0
    assert ausgabe.text == woerterbuch(freigabe)
    ziel = tmp_path / "wörter.md"
    assert ruf("woerterbuch", "--freigabe", str(freigabe), "--datei", str(ziel), *daten).code == 0
    assert ziel.read_text(encoding="utf-8") == ausgabe.text
    nirgends = ruf("woerterbuch", "--freigabe", "f1", "--datei", str(tmp_path / "fehlt" / "w.md"), *daten)
    assert nirgends.code == 1
    assert "lässt sich nicht schreiben" in nirgends.text
    assert ruf("woerterbuch", "--freigabe", "f2", *daten).code == 2
    assert ruf("woerterbuch", *daten).code == 1


@pytest.fixture(scope="module")
def seite(beispiel_freigabe: Szene) -> str:
    return woerterbuch(beispiel_freigabe.freigabe)


@pytest.fixture
def themen(beispiel_freigabe: Szene) -> dict[str, dict[str, Any]]:
    """Theme models of dbt's manifest by the name of their released table."""
    knoten = manifest(Einstellungen(daten=beispiel_freigabe.daten))["nodes"].values()
    return {n["config"]["meta"]["freigabe"]: n for n in knoten if n["config"].get("meta", {}).get("thema")}


def _indikatoren(modell: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        s: a
        for s, a in modell["columns"].items()
        if (a.get("config", {}).get("meta") or a.get("meta") or {}).get("name")
    }


@pytest.mark.langsam
def test_katalog_manifest_und_kommentare_sagen_dasselbe(
    beispiel_freigabe: Szene, themen: dict[str, dict[str, Any]]
) -> None:
    katalog = {
        str(z[0]): z[1:]
        for z in beispiel_freigabe.frage(
            "select indikator, beschreibung, name, einheit, modul, thema, definition from indikator_katalog "
            "where verfuegbar"
        )
    }
    kommentare = {
        (t, s): c
        for t, s, c in beispiel_freigabe.frage("select table_name, column_name, comment from duckdb_columns()")
    }
    gesehen = set()
    for tabelle, modell in themen.items():
        for spalte, angaben in _indikatoren(modell).items():
            meta = angaben.get("config", {}).get("meta") or angaben["meta"]
            gesehen.add(spalte)
            assert katalog[spalte] == (
                angaben["description"], meta["name"], meta["einheit"], meta["modul"],
                modell["config"]["meta"]["thema"], meta["definition"],
            )  # fmt: skip
            assert kommentare[(tabelle, spalte)] == angaben["description"]
    assert gesehen == set(katalog)
    assert len(gesehen) >= 85


@pytest.mark.langsam
def test_dagster_zeigt_dieselben_beschreibungen(
    nachtlauf_defs: dg.Definitions, themen: dict[str, dict[str, Any]]
) -> None:
    knoten = {n["unique_id"]: n for n in themen.values()}
    gezeigt = {
        spec.metadata[KENNUNG]: {c.name: c.description for c in spec.metadata["dagster/column_schema"].columns}
        for spec in nachtlauf_defs.resolve_all_asset_specs()
        if spec.metadata.get(KENNUNG) in knoten
    }
    assert set(gezeigt) == set(knoten)
    for kennung, spalten in gezeigt.items():
        assert spalten == {s: a["description"] for s, a in knoten[kennung]["columns"].items()}


@pytest.mark.langsam
def test_das_woerterbuch_zeigt_jeden_indikator_mit_seiner_definition(beispiel_freigabe: Szene, seite: str) -> None:
    gezeigt = dict(re.findall(r'^#### <a id="(\w+)"></a>.*\n\n(.*)$', seite, re.MULTILINE))
    katalog = beispiel_freigabe.frage("select indikator, beschreibung from indikator_katalog where verfuegbar")
    assert gezeigt == {str(i): text(b) for i, b in katalog}
    for name, benoetigt in beispiel_freigabe.frage(
        "select name, benoetigt from indikator_katalog where not verfuegbar"
    ):
        assert re.search(rf"^\| {re.escape(text(name))} \|.*\| {re.escape(text(benoetigt))} \|$", seite, re.MULTILINE)


@pytest.mark.langsam
def test_das_woerterbuch_zeigt_jede_tabelle_jede_spalte_und_jeden_vermerk(beispiel_freigabe: Szene, seite: str) -> None:
    teile = {t.split("\n", 1)[0]: t for t in re.split(r"^### Tabelle ", seite, flags=re.MULTILINE)[1:]}
    spalten = beispiel_freigabe.frage(
        "select table_name, column_name, data_type, comment from duckdb_columns() where not internal"
    )
    assert set(teile) == {t for t, *_ in spalten}
    for tabelle, spalte, typ, kommentar in spalten:
        assert kommentar
        assert f"| `{spalte}` | {typ} | {text(kommentar)} |" in teile[str(tabelle)]
    for (vermerk,) in beispiel_freigabe.frage("select namensnennung from quellen"):
        assert text(vermerk) in seite.split("## Quellen")[1]


@pytest.mark.langsam
def test_jede_station_hat_indikatoren(beispiel_freigabe: Szene, seite: str) -> None:
    for modul, name in beispiel_freigabe.frage("select modul, name from module where modul != 'Q'"):
        teil = seite.split(f"### {modul}: {name}\n")[1].split("\n### ", maxsplit=1)[0]
        assert teil.count("](#") >= 4, modul


@pytest.mark.langsam
def test_was_fehlt_hat_den_faktor_seiner_einheit_und_eine_richtung(beispiel_freigabe: Szene) -> None:
    fehlende = beispiel_freigabe.frage("select einheit, faktor, richtung from indikator_katalog where not verfuegbar")
    assert len(fehlende) >= 63
    je = {"Prozent": 100.0, "je 100": 100.0, "je 1.000": 1000.0}
    assert [(e, f) for e, f, _ in fehlende if f != je.get(str(e), 1.0)] == []
    assert {r for _, _, r in fehlende} == {"neutral", "hoch_ist_belastung", "niedrig_ist_belastung"}
