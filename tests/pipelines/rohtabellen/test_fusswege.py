"""Ways in the network of footpaths: against two other programs, at its edges, and what a faulty network leads to."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import networkx as nx
import numpy as np
import pytest
from cliruf import ruf
from fusswegehilfe import Kanten, Knoten, dateien, deklaration, schreibe_netz, tabellen
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.einstellungen import PROJEKT
from pipelines.lager import verbinden
from pipelines.pruefe.fusswege import Wegenetz
from pipelines.rohtabellen.fusswege import alle_wege, baue_netz, berechne_fusswege, naechster_knoten
from pipelines.rohtabellen.laden import GUT, LETZTER_GUTER_STAND, OHNE_DATEN, lade_quelle
from pipelines.rohtabellen.netzregeln import pruefe_netz
from pipelines.rohtabellen.rechenwege import rohspaltenquellen
from quellen.abrufen import abrufe_quellen
from quellen.abrufen.posten import posten_von
from quellen.archiv import Archiv
from quellen.eingang import lege_ab
from quellen.holen import Abrufer
from quellen.modell import lade_katalog
from quellen.portal import starten

KNOTEN: Knoten = [(1, 0.0, 0.0), (2, 100.0, 0.0), (3, 100.0, 100.0), (8, 500.0, 0.0), (9, 600.0, 0.0)]
KANTEN: Kanten = [(1, 2, 150.0), (2, 1, 120.0), (3, 2, 100.0), (2, 2, 7.0), (8, 9, 100.0)]
JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One point of demand at node 1 and one near node 9, a Kita 10 m from node 3 and one far from everything."""
    with verbinden(tmp_path / "lager.duckdb") as verbindung:
        verbindung.execute(
            "insert into raw.nachfragepunkte by name select * from (values "
            "('101', 1, 0.0, 0.0), ('101', 2, 600.0, 30.0)) t (nummer, punkt, x, y)"
        )
        verbindung.execute(
            "insert into raw.verortung_einrichtungen by name select 'kitas' as quelle, 'k' as abruf, * from (values "
            "(2, 100.0, 110.0), (3, 100.0, 110.0), (4, 9000.0, 0.0), (5, null, null)) t (zeile, x, y)"
        )
        yield verbindung


def _wege(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("select * from raw.fusswege order by all").fetchall()


def _stand(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    ((zustand, meldung),) = con.execute(
        "select zustand, meldung from raw.quellen where quelle = 'fusswegenetz'"
    ).fetchall()
    return zustand, meldung


def test_wege_von_hand_gemessen(con: duckdb.DuckDBPyConnection) -> None:
    """The shorter one of two edges counts, both directions, both straight ends; what is not joined has no row."""
    schreibe_netz(con, KNOTEN, KANTEN)
    assert berechne_fusswege(con) == (2, "")
    assert _wege(con) == [
        ("101", 1, 100.0, 110.0, 120.0 + 100.0 + 10.0, 10.0),
        ("101", 2, 9000.0, 0.0, 8400.0 + 30.0, 8400.0),
    ]
    assert _stand(con) == (GUT, "")


def test_ohne_netz_ist_die_tabelle_leer_und_nichts_gestoert(con: duckdb.DuckDBPyConnection) -> None:
    assert berechne_fusswege(con) == (0, "")
    schreibe_netz(con, KNOTEN, [])
    assert berechne_fusswege(con) == (0, "")
    schreibe_netz(con, [], KANTEN)
    assert berechne_fusswege(con) == (0, "")
    assert _stand(con) == (GUT, "")


FEHLER = {
    "unbekannter Knoten": (
        [*KNOTEN], [*KANTEN, (3, 77, 10.0), (78, 1, 10.0)],
        "fusswegenetz/kanten, Datei kanten.csv, Zeile 7: Eine Kante nennt einen Knoten, den es nicht gibt. "
        "Gefunden: Kante von 3 nach 77, 10 m lang; so bei 2 von 7 Kanten. Erwartet: beide Enden",
    ),
    "Länge 0": (KNOTEN, [(1, 2, 120.0), (2, 3, 0.0)], "Zeile 3: Die Länge einer Kante ist nicht größer als 0"),
    "negativ": (KNOTEN, [(1, 2, -120.0)], "Gefunden: Kante von 1 nach 2, -120 m lang, Luftlinie 100.0 m"),
    "zu kurz": (
        KNOTEN, [(1, 2, 98.9)],
        "Zeile 2: Eine Kante ist kürzer als die Luftlinie. Gefunden: Kante von 1 nach 2, 98.9 m lang, "
        "Luftlinie 100.0 m",
    ),
    "anderer Ort": (
        [(n, x + 50_000, y) for n, x, y in KNOTEN], KANTEN,
        "fusswegenetz/knoten, Datei knoten.csv: Das Netz liegt nicht in der Stadt. Gefunden: zwischen Netz und "
        "nächster Adresse liegen 49400 m",
    ),
    "Grad statt Meter": (
        [(n, 6.7 + x * 1e-5 - 40_000, 51.4 + y * 1e-5) for n, x, y in KNOTEN], KANTEN,
        "nach ETRS89/UTM 32 (EPSG 25832)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("knoten", "kanten", "meldung"), FEHLER.values(), ids=FEHLER)
def test_ein_fehlerhaftes_netz_gilt_nicht_und_sagt_warum(
    con: duckdb.DuckDBPyConnection, knoten: Knoten, kanten: Kanten, meldung: str
) -> None:
    schreibe_netz(con, KNOTEN, KANTEN)
    berechne_fusswege(con)
    schreibe_netz(con, knoten, kanten)
    paare, gesagt = berechne_fusswege(con)
    assert (paare, _wege(con)) == (0, [])
    assert meldung in gesagt
    assert ". Was tun: " in gesagt
    assert _stand(con) == (OHNE_DATEN, gesagt)
    assert berechne_fusswege(con) == (0, gesagt), "said once, however often it is looked at"
    assert _stand(con) == (OHNE_DATEN, gesagt)
    zellen = con.execute("select count(*) from raw.fusswegenetz__kanten").fetchall()
    assert zellen == [(len(kanten),)], "the cells stay where they are"
    punkte = np.array([[0.0, 0.0], [600.0, 30.0]])
    assert np.isnan(Wegenetz(dateien(knoten, kanten)).wege(np.array([[100.0, 110.0]]), punkte, 250)).all()


def test_gerundete_laengen_duerfen_einen_meter_fehlen() -> None:
    t = tabellen(KNOTEN, [(1, 2, 99.1)])
    zahlen = {n: d.astype(float) for n, d in t.items()}
    assert pruefe_netz(zahlen["knoten"], zahlen["kanten"]) == []


@st.composite
def netze(draw: st.DrawFn) -> tuple[Knoten, Kanten]:
    orte = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=14, unique=True))
    knoten = [(100 + 7 * nr % 97 + 1000 * nr, 50.0 * x, 50.0 * y) for nr, (x, y) in enumerate(orte)]
    paare = draw(st.lists(st.tuples(*[st.sampled_from(knoten)] * 2), min_size=1, max_size=40))
    umwege = draw(st.lists(st.floats(1, 3), min_size=len(paare), max_size=len(paare)))
    return knoten, [(a[0], b[0], math.dist(a[1:], b[1:]) * u + 0.5) for (a, b), u in zip(paare, umwege, strict=True)]


orte = st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 2000)), min_size=1, max_size=5)


@settings(max_examples=120, deadline=None)
@given(netze(), orte, orte)
def test_wege_wie_networkx_und_die_pruefung_und_nie_kuerzer_als_die_luftlinie(
    netz: tuple[Knoten, Kanten], haeuser_: list[tuple[float, float]], punkte_: list[tuple[float, float]]
) -> None:
    knoten, kanten = netz
    punkte_ = [knoten[0][1:], *punkte_]  # near enough for the network to be the city's
    haeuser, punkte = np.array(haeuser_), np.array(punkte_)
    t = {n: d.astype(float) for n, d in tabellen(knoten, kanten).items()}
    gebaut = baue_netz(t["knoten"], t["kanten"])
    wege = alle_wege(gebaut, haeuser, punkte)
    matrix = np.full((len(haeuser), len(punkte)), np.nan)
    matrix[wege["haus"], wege["punkt"]] = wege["weg_m"]
    graph = nx.MultiGraph()
    graph.add_nodes_from(n for n, _, _ in knoten)
    graph.add_weighted_edges_from(kanten)
    lage = {n: (x, y) for n, x, y in knoten}
    nah = [
        {ort: min(lage, key=lambda n: (round(math.dist(lage[n], ort), 6), n)) for ort in o} for o in (haeuser_, punkte_)
    ]
    for i, haus in enumerate(haeuser_):
        laengen = nx.single_source_dijkstra_path_length(graph, nah[0][haus])
        for j, punkt in enumerate(punkte_):
            ziel = nah[1][punkt]
            assert (ziel in laengen) == (not math.isnan(matrix[i, j]))
            if ziel in laengen:
                enden = math.dist(haus, lage[nah[0][haus]]), math.dist(punkt, lage[ziel])
                assert matrix[i, j] == pytest.approx(max(sum(enden) + laengen[ziel], math.dist(haus, punkt)))
                assert matrix[i, j] >= math.dist(haus, punkt) - 1e-9
    geprueft = Wegenetz(dateien(knoten, kanten)).wege(haeuser, punkte, math.inf)
    np.testing.assert_allclose(geprueft, matrix, rtol=1e-9)
    erlaubt = wege.loc[wege["anschluss_m"] <= 200]
    eng = np.full_like(matrix, np.nan)
    eng[erlaubt["haus"], erlaubt["punkt"]] = erlaubt["weg_m"]
    pruefer = Wegenetz(dateien(knoten, kanten))
    np.testing.assert_allclose(pruefer.wege(haeuser, punkte, 200), eng, rtol=1e-9)
    np.testing.assert_allclose(pruefer.wege(haeuser, punkte[:1], 200), eng[:, :1], rtol=1e-9)
    np.testing.assert_allclose(pruefer.wege(haeuser, punkte, 200), eng, rtol=1e-9)


def test_von_gleich_nahen_knoten_zaehlt_der_mit_der_kleinsten_nummer() -> None:
    orte_ = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    stellen, abstand = naechster_knoten(orte_, np.array([[5.0, 5.0], [10.0, 10.0]]))
    assert stellen.tolist() == [0, 1]
    assert abstand.tolist() == pytest.approx([math.hypot(5, 5), 10.0])
    assert naechster_knoten(orte_, np.zeros((0, 2)))[0].tolist() == []


class Ablage:
    """The source in an archive: what is handed in day by day, and what a night makes of it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, ordner: Path) -> None:
        self.con, self.ordner = con, ordner
        self.quelle, self.archiv = deklaration(), Archiv(ordner / "archiv")

    def lege(self, tag: int, teil: str, zeilen: Knoten | Kanten) -> None:
        datei = self.ordner / f"duisburg_{teil}.csv"
        kopf = {"knoten": "nummer,x,y", "kanten": "von,nach,laenge_m"}[teil]
        datei.write_text("\n".join([kopf, *(",".join(map(str, z)) for z in zeilen)]) + "\n", encoding="utf-8")
        jetzt = JETZT.replace(day=tag, hour=1 if teil == "knoten" else 2)
        lege_ab(self.quelle, datei, self.archiv, stand=date(2026, 11, tag), teil=None, jetzt=jetzt)

    def nacht(self) -> tuple[str, str]:
        """State of the source and message after loading and measuring, which say the same twice in a row."""
        staende = []
        for _ in range(2):
            bericht = lade_quelle(self.con, self.quelle, self.archiv, {}, definitionen="", mit_beispiel=True)
            _, meldung = berechne_fusswege(self.con)
            zustand, gesagt = _stand(self.con)
            assert (zustand, gesagt) == (OHNE_DATEN if meldung else bericht.zustand, meldung or bericht.meldung)
            staende.append((zustand, gesagt))
        assert staende[0] == staende[1]
        return staende[1]


@pytest.fixture
def ablage(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Ablage:
    return Ablage(con, tmp_path)


def test_ein_netz_das_nicht_zusammenpasst_laesst_das_letzte_gute_gelten(ablage: Ablage) -> None:
    """Nodes without edges are no network yet; edges of another extract are told, and the network before stays."""
    assert ablage.nacht() == (OHNE_DATEN, "")
    ablage.lege(16, "knoten", KNOTEN)
    assert ablage.nacht() == (GUT, "")
    ablage.lege(16, "kanten", KANTEN)
    assert ablage.nacht() == (GUT, "")
    gut = _wege(ablage.con)
    assert gut != []
    ablage.lege(17, "kanten", [*KANTEN[:-1], (8, 10, 99)])
    zustand, meldung = ablage.nacht()
    assert zustand == LETZTER_GUTER_STAND
    assert "Datei duisburg_kanten.csv, Zeile 6: Eine Kante nennt einen Knoten, den es nicht gibt" in meldung
    assert _wege(ablage.con) == gut
    ablage.lege(18, "knoten", [*KNOTEN[:-1], (10, 590.0, 0.0)])
    zustand, meldung = ablage.nacht()
    assert (zustand, "Kante von 8 nach 10, 99 m lang, Luftlinie 90.0 m" in meldung) == (GUT, False), meldung
    assert _wege(ablage.con) != gut
    ablage.lege(19, "kanten", KANTEN)
    neuer = _wege(ablage.con)
    assert ablage.nacht()[0] == LETZTER_GUTER_STAND
    assert _wege(ablage.con) == neuer
    ablage.lege(20, "knoten", KNOTEN)
    assert ablage.nacht() == (GUT, "")
    assert _wege(ablage.con) == gut


def test_ohne_frueheres_das_passt_ist_die_quelle_ohne_daten(ablage: Ablage) -> None:
    ablage.lege(16, "knoten", KNOTEN)
    ablage.lege(16, "kanten", [*KANTEN[:-1], (1, 77, 200.0)])
    ablage.lege(17, "kanten", [*KANTEN[:-1], (1, 2, 1.0)])
    zustand, meldung = ablage.nacht()
    assert (zustand, meldung.count("duisburg_kanten.csv")) == (OHNE_DATEN, 1)
    assert "Eine Kante ist kürzer als die Luftlinie" in meldung
    assert _wege(ablage.con) == []
    assert ablage.con.execute("select count(*) from raw.fusswegenetz__knoten").fetchall() == [(0,)]
    ablage.lege(18, "kanten", KANTEN)
    assert ablage.nacht() == (GUT, "")


def test_am_portal_wird_nichts_geholt(tmp_path: Path) -> None:
    quelle, archiv = deklaration(), Archiv(tmp_path)
    assert posten_von(quelle, date(2026, 11, 22)) == []
    abrufer = Abrufer()
    (ergebnis,) = abrufe_quellen([quelle], archiv, abrufer, heute=date(2026, 11, 22), jetzt=JETZT)
    assert (ergebnis.vollstaendig, ergebnis.teile) == (True, {})
    with starten(archiv, {quelle.id: quelle}):
        pass


def test_die_anleitung_wort_fuer_wort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of the page up to the run: declare, hand in nodes and edges."""
    text = (PROJEKT / "quellen" / "README.md").read_text(encoding="utf-8").partition("# A network of footpaths")[2]
    kopie, *ablegen, lauf = text.partition("```bash\n")[2].partition("```")[0].splitlines()
    assert (kopie.split()[0], lauf.split()[-1], len(ablegen)) == ("cp", "lauf", 2)
    katalog = tmp_path / "quellen" / "katalog"
    katalog.mkdir(parents=True)
    assert PROJEKT / kopie.split()[2] == PROJEKT / "quellen/katalog"
    shutil.copy(PROJEKT / kopie.split()[1], katalog)
    monkeypatch.setenv("SOZIALRAUM_KATALOG", str(katalog))
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path / "daten"))
    monkeypatch.chdir(tmp_path)
    for teil, daten in tabellen(KNOTEN, KANTEN).items():
        daten.drop(columns="zeile").to_csv(f"{teil}.csv", index=False)
    for zeile in ablegen:
        ergebnis = ruf(*zeile.split()[1:])
        assert ergebnis.code == 0, ergebnis.text
        assert "5 Zeilen" in ergebnis.text
    Path("kanten.csv").write_text("von,nach,laenge_m\n1,2,weit\n", encoding="utf-8")
    abgelehnt = ruf(*ablegen[1].split()[1:])
    assert abgelehnt.code == 1
    assert "kanten.csv, Zeile 2, Spalte 3: Das Feld laenge_m hat einen unbekannten Wert" in " ".join(
        abgelehnt.text.split()
    )


def test_die_herkunft_nennt_das_netz_nur_wo_es_deklariert_ist() -> None:
    katalog = [*lade_katalog().values()]
    ohne = rohspaltenquellen(katalog)["fusswege"]
    mit = rohspaltenquellen([*katalog, deklaration()])["fusswege"]
    assert set(ohne) == set(mit)
    assert {t for q in ohne.values() for t, _ in q} == {"raw.nachfragepunkte", "raw.verortung_einrichtungen"}
    assert ("raw.fusswegenetz__kanten", "laenge_m") in mit["weg_m"]
    assert ("raw.fusswegenetz__knoten", "x") in mit["anschluss_m"]
