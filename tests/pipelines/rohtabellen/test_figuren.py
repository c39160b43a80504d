"""All raw tables as one relation: which column is what comes from the declarations alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipelines.assets.roh import GESTALT, figuren_asset
from pipelines.lager import _TABELLEN
from pipelines.rohtabellen.figuren import (
    FIGUREN,
    LISTEN,
    ROLLEN,
    baue_figuren,
    figurenteile,
    spaltenquellen,
)
from pipelines.rohtabellen.laden import rohspalten
from quellen.fehler import QuellenFehler
from quellen.modell import GLIEDERUNGEN, Quelle, lade_katalog

KATALOG = lade_katalog()


def _quelle(felder: dict[str, Any], beobachtung: dict[str, Any] | None, id_: str = "q", **mehr: Any) -> Quelle:
    form = {"beschreibung": "t", "form": "werte", "dateimuster": ".*", "zugang": {}, "felder": felder}
    format_ = {
        "art": "csv",
        "orte": {name: {"spalte": name} for name in felder},
        "wertspalten": [{"muster": "Wert", "merkmal": "m"}],
    }
    return Quelle.model_validate(
        {
            "id": id_,
            "titel": "t",
            "herausgeber": "h",
            "lizenz": {"id": "cc0", "url": "u", "namensnennung": "n"},
            "seite": "s",
            "rhythmus": "r",
            "hoechstalter_tage": 1,
            "bestaetigt": True,
            "basis": "zensus2022",
            "zugang": {"portal": "direkt", "basis": "https://example.org", "hosts": ["example.org"]},
            "merkmale": {"m": {"name": "Es", "einheit": "Stück", "verzeichnis": True}},
            "teile": {"t": form | {"formate": [format_], "beobachtung": beobachtung} | mehr},
        }
    )


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as verbindung:
        verbindung.execute(_TABELLEN)
        yield verbindung


def _lege_an(con: duckdb.DuckDBPyConnection, quelle: Quelle, *zeilen: dict[str, Any]) -> None:
    for name, teil in quelle.teile.items():
        spalten = ", ".join(f'"{s}" {typ}' for s, typ in rohspalten(teil).items())
        con.execute(f'create table raw."{quelle.rohtabelle(name)}" ({spalten})')
    for nr, zeile in enumerate(zeilen, 2):
        werte = {"abruf": "a", "zeile": nr, "spalte": 3, "merkmal": "m", "ist_davon": False, **zeile}
        namen = ", ".join(f'"{s}"' for s in werte)
        con.execute(f'insert into raw."q__t" ({namen}) values ({", ".join("?" * len(werte))})', list(werte.values()))


def _figuren(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    ergebnis = con.execute("select * from raw.figuren order by quelle, zeile")
    namen = [s[0] for s in ergebnis.description]
    return [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]


ORT = {"typ": "schluessel", "verzeichnis": "ortsteil"}


def test_die_spalten_heissen_nach_ihrer_rolle(con: duckdb.DuckDBPyConnection) -> None:
    felder = {
        "wo": ORT,
        "wann": {"typ": "datum"},
        "was": {"typ": "auspraegung", "werte": {"A": "m"}},
        "alter": {"typ": "alter"},
        "art": {"typ": "text"},
        "name": {"typ": "text"},
    }
    quelle = _quelle(felder, {"gebiet": "wo", "stichtag": "wann", "merkmal": "was"}, summe={"felder": ["alter"]})
    zeile = {"wo": "101", "wann": "31.12.2023", "was": "A", "alter": "3 Jahre", "art": "x", "name": "egal"}
    _lege_an(con, quelle, zeile | {"originaltext": "7", "korrigiert": "8", "korrektur": "k", "total_fehlt": True})
    assert baue_figuren(con, [quelle]) == {"figuren": 1, "zeilen": 1, "rollen": 8, "merkmale": 1}
    (figur,) = _figuren(con)
    assert figur == {
        "quelle": "q", "teil": "t", "abruf": "a", "zeile": 2, "spalte": 3, "merkmal": "m", "originaltext": "7",
        "korrigiert": "8", "korrektur": "k", "ist_davon": False, "total_fehlt": True, "gebiet": "101",
        "stichtag": "31.12.2023", "merkmal_text": "A", "geschlecht": None, "alter": "3 Jahre",
        "staatsangehoerigkeit": None, "staat": None, "schulform": None, "rechtsform": None, "schulbetrieb": None,
        "art": "x", "nicht_gefuehrt": None, "basis": "zensus2022", "gebietsart": "ortsteil",
        "stichtag_aus_stand": False, "stichtag_art": "stichtag",
    }  # fmt: skip
    assert dict(con.execute("select rolle, feld from raw.rollen").fetchall()) == {
        "gebiet": "wo", "stichtag": "wann", "stichtag_von": "wann_von", "merkmal_text": "was", "alter": "alter",
        "alter_von": "alter_von", "alter_bis": "alter_bis", "art": "art",
    }  # fmt: skip
    assert con.execute("select * from raw.merkmale").fetchall() == [("q", "m", "Es", "Stück", True)]
    typen = dict(con.execute("select column_name, lower(data_type) from information_schema.columns "
                             "where table_name = 'figuren'").fetchall())  # fmt: skip
    assert typen == FIGUREN


@pytest.mark.parametrize(
    ("felder", "beobachtung", "mehr", "art"),
    [
        ({"wo": ORT, "jahr": {"typ": "jahr"}}, {"gebiet": "wo", "stichtag": "jahr"}, {}, ("ortsteil", False, "jahr")),
        ({"wo": ORT}, {"gebiet": "wo"}, {"stand": {"aus": "abruf"}}, ("ortsteil", True, "stichtag")),
        (
            {"schulnummer": {"typ": "text"}},
            {"gebiet": "schulnummer"},
            {"stand": {"aus": "abruf", "art": "schuljahr"}},
            ("schule", True, "schuljahr"),
        ),
        (
            {"wo": {"typ": "auspraegung", "werte": {"Duisburg": "05112"}}, "jahr": {"typ": "jahr"}},
            {"gebiet": "wo", "stichtag": "jahr"},
            {"stand": {"art": "schuljahr"}},
            ("", False, "schuljahr"),
        ),
    ],
)
def test_gebiet_und_stichtag_einer_quelle(
    con: duckdb.DuckDBPyConnection, felder: Any, beobachtung: Any, mehr: Any, art: tuple[str, bool, str]
) -> None:
    quelle = _quelle(felder, beobachtung, **mehr)
    _lege_an(con, quelle, {"originaltext": "1"})
    baue_figuren(con, [quelle])
    (figur,) = _figuren(con)
    assert (figur["gebietsart"], figur["stichtag_aus_stand"], figur["stichtag_art"]) == art
    assert (figur["stichtag"], figur["total_fehlt"]) == (None, False)


def test_jedes_feld_kann_eine_zeile_ausschliessen(con: duckdb.DuckDBPyConnection) -> None:
    raus = [{"muster": "x.*", "grund": "raus"}]
    felder = {"wo": ORT | {"nicht_gefuehrt": raus}, "satzart": {"typ": "text", "nicht_gefuehrt": raus}}
    quelle = _quelle(felder, {"gebiet": "wo"}, stand={"aus": "abruf"})
    zeilen = [("101", "60"), ("x1", "60"), ("101", "x2"), ("x1", "x2")]
    _lege_an(con, quelle, *({"wo": wo, "satzart": s, "originaltext": "1"} for wo, s in zeilen))
    for feld, text, wert in [("wo", "101", "101"), ("wo", "x1", "nicht_gefuehrt:Ort"),
                             ("satzart", "x2", "nicht_gefuehrt:Satzart")]:  # fmt: skip
        con.execute("insert into raw.zuordnungen values ('q', 't', ?, ?, ?)", [feld, text, wert])
    baue_figuren(con, [quelle])
    assert [f["nicht_gefuehrt"] for f in _figuren(con)] == [
        None, "nicht_gefuehrt:Ort", "nicht_gefuehrt:Satzart", "nicht_gefuehrt:Ort",
    ]  # fmt: skip


def test_was_kein_ziel_hat_bleibt_roh(con: duckdb.DuckDBPyConnection) -> None:
    quelle = _quelle({"wo": ORT}, None)
    _lege_an(con, quelle, {"wo": "101", "originaltext": "1"})
    assert baue_figuren(con, [quelle]) == {"figuren": 0, "zeilen": 0, "rollen": 0, "merkmale": 1}
    assert con.execute("describe raw.figuren").fetchall()[0][0] == "quelle"


def test_neu_geladenes_ist_ohne_neuen_bau_da_und_ein_neuer_bau_ersetzt(con: duckdb.DuckDBPyConnection) -> None:
    quelle = _quelle({"wo": ORT}, {"gebiet": "wo"}, stand={"aus": "abruf"})
    _lege_an(con, quelle)
    assert baue_figuren(con, [quelle])["figuren"] == 0
    con.execute("insert into raw.q__t (abruf, zeile, wo, originaltext) values ('a', 2, '101', '1')")
    con.execute("insert into raw.q__t (abruf, zeile, wo, originaltext) values ('a', 2, '101', '2')")
    assert con.execute("select count(*) from raw.figuren").fetchone() == (2,)
    assert con.execute("select * from raw.zeilen").fetchall() == [("q", "a", 2)]
    assert baue_figuren(con, [quelle]) == baue_figuren(con, [quelle])


def test_namen_und_texte_der_deklaration_brechen_nicht_aus(con: duckdb.DuckDBPyConnection) -> None:
    boese = 'wo" from raw.lauf; drop table raw.lauf; --'
    quelle = _quelle({boese: ORT}, {"gebiet": boese}, stand={"aus": "abruf"})
    con.execute(
        "create table raw.q__t (abruf varchar, zeile bigint, spalte bigint, merkmal varchar, ist_davon boolean, "
        f'"{boese.replace(chr(34), chr(34) * 2)}" varchar, korrigiert varchar, korrektur varchar, originaltext varchar)'
    )
    con.execute("insert into raw.q__t values ('a', 2, 1, 'm', false, '101', null, null, '1')")
    baue_figuren(con, [quelle])
    assert [f["gebiet"] for f in _figuren(con)] == ["101"]
    assert con.execute("select count(*) from raw.lauf").fetchone() == (0,)


def test_eine_fehlende_rohtabelle_wird_genannt(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QuellenFehler, match=r"keine Tabelle raw\.q__t.*raw/q__t oder den ganzen Nachtlauf"):
        baue_figuren(con, [_quelle({"wo": ORT}, {"gebiet": "wo"})])
    assert con.execute("select count(*) from raw.rollen").fetchone() == (0,)


def test_die_spaltenherkunft_nennt_nur_spalten_die_es_gibt() -> None:
    vorhanden = {
        (f"raw.{q.rohtabelle(name)}", spalte)
        for q in KATALOG.values()
        for name, teil in q.teile.items()
        for spalte in rohspalten(teil)
    } | {("raw.zuordnungen", "wert")}
    herkunft = spaltenquellen(KATALOG.values())
    assert list(herkunft["figuren"]) == list(FIGUREN)
    assert {q for spalten in herkunft.values() for quellen in spalten.values() for q in quellen} <= vorhanden
    assert ("raw.bewegungen_ortsteil__bewegungen", "jahr") in herkunft["figuren"]["stichtag"]
    assert ("raw.einwohner_ortsteil__alter", "ortsteil") in herkunft["figuren"]["gebiet"]
    assert herkunft["figuren"]["basis"] == []
    assert ("raw.schulen__verzeichnis", "zeile") in herkunft["zeilen"]["zeile"]
    assert herkunft["zeilen"]["quelle"] == []


def test_die_deklarierten_quellen_haben_ihren_weg() -> None:
    teile = {t.tabelle: t for t in figurenteile(KATALOG.values())}
    assert {"einwohner_ortsteil__alter", "bewegungen_ortsteil__bewegungen", "bevoelkerung_kreis__tabelle"} <= set(teile)
    assert teile["schuelerzahlen__anzahlen"].gebietsart == "schule"
    assert all(KATALOG[quelle].teile[teil].form == "liste" for quelle, teil in LISTEN)
    assert {rolle for t in teile.values() for rolle, _ in t.rollen()} <= set(ROLLEN)
    assert set(GLIEDERUNGEN) < set(ROLLEN)


def test_das_asset_folgt_auf_alle_rohtabellen() -> None:
    asset = figuren_asset(KATALOG.values())
    assert {k.path[-1] for k in asset.keys} == set(GESTALT)
    tabellen = {q.rohtabelle(t) for q in KATALOG.values() for t in q.teile}
    assert {d.asset_key.path[-1] for spec in asset.specs for d in spec.deps} == tabellen
