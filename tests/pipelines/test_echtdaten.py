"""Real files of the publishers, put down by hand, through one nightly run; expected figures are recomputed by hand.

Skipped where the folder of real files is absent (``SOZIALRAUM_ECHTDATEN``).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from laufhilfe import Einmal, Lauf, Szene, sozialraum

pytestmark = pytest.mark.langsam

SCHULEN_IN = 5507
KREISTABELLE = "genesis/datencsv/1_result_12411-03-03-4_898994964.csv"
SCHULDATEN = "msb_nrw/schuldaten_2021-09-08.csv"
ALTER = {
    "unter 3 Jahre": (0, 2),
    "3 bis unter 6 Jahre": (3, 5),
    "6 bis unter 10 Jahre": (6, 9),
    "10 bis unter 15 Jahre": (10, 14),
    "15 bis unter 18 Jahre": (15, 17),
    "18 bis unter 20 Jahre": (18, 19),
    **{f"{von} bis unter {von + 5} Jahre": (von, von + 4) for von in range(20, 90, 5)},
    "90 Jahre und mehr": (90, 999),
}
OHNE_ALTERSGRUPPE = {"anteil_10_15", "anteil_16_20", "durchschnittsalter"}
"""What the table's age groups do not carry: absent, not approximated."""


def _frage_duckdb(datei: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(datei), read_only=True) as con:
        return con.execute(sql).fetchall()


def schreibe_indexliste(quelle: Path, ziel: Path) -> int:
    """The index list as the ministry publishes it (cp850); returns its rows. One school has no index."""
    zeilen = _frage_duckdb(
        quelle,
        "select schulnummer, schulname, bezirksregierung, kreis_kreisfreie_stadt, ort, sozialindexstufe from schulen "
        "order by schulnummer",
    )
    ohne = (100242, "Bochum, GG Schule an der Hordeler Heide", "BR Arnsberg", "Stadt Bochum", "Bochum", "ohne")
    kopf = "Schulnummer;Kurzbezeichnung;Bezirksregierung;Kreis;Gemeinde;Sozialindexstufe"
    text = "\n".join([kopf, *(";".join(str(w) for w in z) for z in [*zeilen, ohne])]) + "\n"
    ziel.write_bytes(text.encode("cp850", errors="replace"))
    assert b"\x81" in ziel.read_bytes(), "ü in cp850"
    return len(zeilen) + 1


def schreibe_anzahlen(quelle: Path, ziel: Path) -> int:
    """``anzahlen.csv`` as the ministry publishes it; returns its rows."""
    zeilen = _frage_duckdb(
        quelle, "select schulnummer, anzahl_schueler from schulen where anzahl_schueler is not null order by 1"
    )
    text = 'sep=;\n"Schulnummer";"Anzahl"\n' + "".join(f'"{nummer}";"{anzahl}"\n' for nummer, anzahl in zeilen)
    ziel.write_text(text, encoding="utf-8")
    return len(zeilen)


@pytest.fixture(scope="session")
def echt(szene: Einmal, echtdaten: Path, tmp_path_factory: pytest.TempPathFactory) -> Szene:
    """All real files put down by hand, then one nightly run; what is not there in real comes from the example."""

    def mache(daten: Path) -> list[Lauf]:
        ordner = tmp_path_factory.mktemp("echt")
        index, anzahlen = ordner / "schulliste_sj_25_26_open_data.csv", ordner / "anzahlen.csv"
        schreibe_indexliste(echtdaten / "msb_nrw" / "sozialindex_nrw_2026-06.duckdb", index)
        schreibe_anzahlen(echtdaten / "msb_nrw" / "sozialindex_nrw_2026-06.duckdb", anzahlen)
        ablagen = [
            ("schulen", echtdaten / SCHULDATEN, "--stand", "2021-09-08"),
            ("bevoelkerung_kreis", echtdaten / KREISTABELLE),
            ("schulsozialindex", index, "--stand", "2026-06-30"),
            ("schuelerzahlen", anzahlen, "--stand", "2026-06-30"),
        ]
        xml = sorted((echtdaten / "msb_nrw" / "xml_2016").glob("key_*.xml"))
        ablagen += [("schulen_schluessel", datei, "--stand", "2016-01-01") for datei in xml]
        ort = ("--daten", str(daten))
        laeufe = [sozialraum("ablegen", quelle, str(datei), *rest, *ort) for quelle, datei, *rest in ablagen]
        return [*laeufe, sozialraum("lauf", *ort)]

    return szene("echt", mache)


@pytest.fixture(scope="session")
def kreistabelle(echtdaten: Path) -> pd.DataFrame:
    """The real table read with the csv module alone: one row per region and age group, signs as text."""
    with (echtdaten / KREISTABELLE).open(encoding="utf-8", newline="") as datei:
        zeilen = [z for z in csv.reader(datei, delimiter=";") if len(z) == 13 and z[0].startswith("2024")]
    namen = [f"{n}_{g}" for n in ("insgesamt", "deutsch", "nichtdeutsch") for g in ("insgesamt", "m", "w")]
    return pd.DataFrame(zeilen, columns=["stichtag", "region", "name", "alter", *namen])


class TestAblegen:
    def test_jede_datei_wird_angenommen(self, echt: Szene) -> None:
        for lauf in echt.laeufe[:-1]:
            assert lauf.code == 0, lauf.text
            assert "Abgelegt: " in lauf.text

    def test_die_meldung_zaehlt_die_zeilen(self, echt: Szene) -> None:
        assert f"schulen/verzeichnis, {SCHULEN_IN} Zeilen, Stand 2021-09-08" in echt.laeufe[0].text
        assert "bevoelkerung_kreis/tabelle, 11836 Zeilen, Stand in den Zeilen" in echt.laeufe[1].text

    def test_der_lauf_gelingt(self, echt: Szene) -> None:
        assert echt.laeufe[-1].code == 0, echt.laeufe[-1].text
        assert "0 nicht bestanden" in echt.laeufe[-1].text

    @pytest.mark.gruendlich
    def test_die_pruefung_rechnet_jede_kennzahl_nach(self, echt: Szene) -> None:
        lauf = sozialraum("pruefe", "--json", "--daten", str(echt.daten))
        bericht = json.loads(lauf.text)
        assert (lauf.code, [p["maengel"] for p in bericht["punkte"] if p["maengel"]]) == (0, [])
        geprueft = {p["name"]: p["geprueft"] for p in bericht["punkte"]}
        [(beobachtungen, kennzahlen, vergleiche)] = echt.frage(
            "select (select count(*) from beobachtungen), (select count(*) from indikatoren), "
            "(select count(*) from vergleiche)"
        )
        assert (geprueft["Quellzellen"], geprueft["Vergleiche"]) == (beobachtungen, vergleiche)
        assert geprueft["Nachvollzug"] > beobachtungen + kennzahlen + vergleiche


class TestZeilenbilanz:
    def test_jede_zeile_ist_verbucht(self, echt: Szene) -> None:
        """Rows that the files have = rows that became observations + rows that were rejected."""
        bilanz = echt.frage(
            """
            with verbucht as (
                select distinct quelle, abruf, zeile, true as ja from beobachtungen
                union all
                select quelle, abruf, zeile, false from abgewiesen
            )
            select quelle, teil, sum(zeilen), sum(angenommen), sum(abgewiesen)
            from (
                select a.quelle, a.teil, a.abruf, a.zeilen, count(*) filter (where v.ja) as angenommen,
                    count(*) filter (where not v.ja) as abgewiesen
                from abrufe as a inner join verbucht as v on v.quelle = a.quelle and v.abruf = a.abruf
                group by all
            )
            group by all order by all
            """
        )
        zeilen = {(q, t): (n, angenommen, abgewiesen) for q, t, n, angenommen, abgewiesen in bilanz}
        assert {q for q, _ in zeilen} >= {
            "bevoelkerung_kreis",
            "bewegungen_ortsteil",
            "einwohner_ortsteil",
            "schuelerzahlen",
            "schulen",
            "schulsozialindex",
        }
        for ort, (n, angenommen, abgewiesen) in zeilen.items():
            assert n == int(str(angenommen)) + int(str(abgewiesen)), ort
        assert zeilen["schulen", "verzeichnis"] == (SCHULEN_IN, SCHULEN_IN, 0)
        assert zeilen["bevoelkerung_kreis", "tabelle"][0] == 11836
        assert int(str(zeilen["schulsozialindex", "stufen"][2])) > 0, "Schulen, die es 2021 noch nicht gab"

    def test_abgewiesenes_hat_einen_grund_und_seinen_text(self, echt: Szene) -> None:
        assert echt.frage("select count(*) from abgewiesen where coalesce(grund, '') = '' or text is null") == [(0,)]
        gruende = {
            str(z[0]) for z in echt.frage("select distinct grund from abgewiesen where quelle = 'schuelerzahlen'")
        }
        assert gruende
        assert all(g.startswith("Schulnummer ") and "steht nicht im Schulverzeichnis" in g for g in gruende)

    def test_ohne_index_ist_keine_null(self, echt: Szene) -> None:
        zeilen = echt.frage(
            "select wert, status from beobachtungen where merkmal = 'sozialindexstufe' and originaltext = 'ohne'"
        )
        assert zeilen in ([(None, "M")], []), zeilen
        abgewiesen = echt.frage("select text from abgewiesen where quelle = 'schulsozialindex' and text = 'ohne'")
        assert len(zeilen) + len(abgewiesen) == 1

    def test_die_schluessel_sind_die_echten(self, echt: Szene) -> None:
        anzahl = dict(echt.frage("select verzeichnis, count(*) from schluessel group by all"))
        assert (anzahl["rechtsform"], anzahl["schulbetrieb"], anzahl["schulform"]) == (2, 8, 18)
        assert echt.frage(
            "select bezeichnung from schluessel where verzeichnis = 'traeger' and schluessel = '10017'"
        ) == [("Land Nordrhein-Westfalen",)]


class TestStadt:
    def _wert(self, echt: Szene, indikator: str) -> tuple[object, ...]:
        [zeile] = echt.frage(
            "select wert, zaehler, nenner, status, datenart from indikatoren where indikator = ? "
            "and gebiet = '05112000' and stichtag = '2024-12-31' and basis = 'fortschreibung'",
            indikator,
        )
        return zeile

    def test_einwohner_und_auslaenderanteil(self, echt: Szene) -> None:
        assert self._wert(echt, "einwohner") == (502270.0, 502270.0, None, "A", "eingang")
        wert, zaehler, nenner, status, datenart = self._wert(echt, "auslaenderanteil")
        assert (zaehler, nenner, status, datenart) == (118957.0, 502270.0, "A", "eingang")
        assert float(str(wert)) == pytest.approx(100 * 118957 / 502270, rel=1e-15)
        assert round(float(str(wert)), 3) == 23.684

    def test_melderegister_und_fortschreibung_stehen_nebeneinander(self, echt: Szene) -> None:
        basen = echt.frage(
            "select basis, datenart from indikatoren where indikator = 'einwohner' and gebiet = '05112000' "
            "and stichtag = '2024-12-31' order by basis"
        )
        assert basen == [("fortschreibung", "eingang"), ("melderegister", "beispiel")]

    def test_schulen_der_stadt(self, echt: Szene, echtdaten: Path) -> None:
        """Schools in operation without authorities and seminars, counted from the real directory."""
        with (echtdaten / SCHULDATEN).open(encoding="utf-8", newline="") as datei:
            datei.readline()
            satz = list(csv.DictReader(datei, delimiter=";"))
        gezaehlt = [
            z
            for z in satz
            if z["Gemeindeschluessel"] == "05112000"
            and z["Schulbetriebsschluessel"] == "1"
            and z["Schulform"] not in ("0A", "50", "51", "52", "56", "58")
        ]
        [zeile] = echt.frage(
            "select wert, datenart from indikatoren where indikator = 'schulen' and gebiet = '05112000' "
            "and stichtag = '2022-07-31'"
        )
        assert zeile == (float(len(gezaehlt)), "eingang")
        assert len(gezaehlt) > 100

    def test_wo_beispielgrenzen_eingehen_steht_beispiel(self, echt: Szene) -> None:
        """Real schools in modelled outlines: the figure of the Ortsteil is not official."""
        arten = echt.frage(
            "select distinct datenart from indikatoren where indikator in ('schulen', 'schueler') "
            "and ebene in ('ortsteil', 'stadtbezirk') and wert is not null"
        )
        assert arten == [("beispiel",)]

    def test_sozialindex_der_stadt(self, echt: Szene, echtdaten: Path) -> None:
        """Mean step weighted by pupils, from the file that the lists were made of and the real directory."""
        with (echtdaten / SCHULDATEN).open(encoding="utf-8", newline="") as datei:
            datei.readline()
            duisburg = {
                z["Schulnummer"] for z in csv.DictReader(datei, delimiter=";") if z["Gemeindeschluessel"] == "05112000"
            }
        zeilen = _frage_duckdb(
            echtdaten / "msb_nrw" / "sozialindex_nrw_2026-06.duckdb",
            "select schulnummer, sozialindexstufe, anzahl_schueler from schulen where anzahl_schueler is not null",
        )
        stadt = [(int(str(s)), int(str(n))) for nummer, s, n in zeilen if str(nummer) in duisburg]
        schueler = sum(n for _, n in stadt)
        werte = dict(
            echt.frage(
                "select indikator, wert from indikatoren where gebiet = '05112000' and stichtag = '2026-07-31' "
                "and indikator like '%index%'"
            )
        )
        assert float(str(werte["sozialindex_mittel"])) == pytest.approx(
            sum(s * n for s, n in stadt) / schueler, rel=1e-12
        )
        hoch = 100 * sum(n for s, n in stadt if s >= 7) / schueler
        assert float(str(werte["anteil_schueler_sozialindex_7_9"])) == pytest.approx(hoch, rel=1e-12)


class TestKreise:
    def test_aachen_zaehlt_nicht_doppelt(self, echt: Szene) -> None:
        assert echt.frage("select gebiet from indikatoren where gebiet = '05334002'") == []
        assert echt.frage(
            "select wert from indikatoren where indikator = 'einwohner' and gebiet = '05334' "
            "and basis = 'fortschreibung'"
        ) == [(582410.0,)]

    def test_die_zeilen_von_aachen_stadt_sind_abgewiesen(self, echt: Szene, echtdaten: Path) -> None:
        zeilen = (echtdaten / KREISTABELLE).read_text(encoding="utf-8").split("\n")
        nummern = {nr for nr, text in enumerate(zeilen, 1) if text.startswith("2024-12-31;05334002;")}
        assert len(nummern) == 22
        gruende = echt.frage("select zeile, grund from abgewiesen where quelle = 'bevoelkerung_kreis'")
        assert {int(str(z)) for z, g in gruende if "Teil eines Kreises" in str(g)} >= nummern

    def test_aufgeloeste_kreise_sind_abgewiesen_mit_grund(self, echt: Szene, echtdaten: Path) -> None:
        zeilen = (echtdaten / KREISTABELLE).read_text(encoding="utf-8").split("\n")
        gruende = {
            int(str(z)): str(g)
            for z, g in echt.frage("select zeile, grund from abgewiesen where quelle = 'bevoelkerung_kreis'")
        }
        for kreis in ("05354", "03152"):
            betroffen = [nr for nr, text in enumerate(zeilen, 1) if text.startswith(f"2024-12-31;{kreis};")]
            assert len(betroffen) == 22
            for nr in betroffen:
                assert "bestand zum Stichtag nicht mehr" in gruende[nr], (kreis, nr)
            assert echt.frage("select 1 from beobachtungen where gebiet = ?", kreis) == []

    def test_keine_falsche_null(self, echt: Szene) -> None:
        nullen = echt.frage(
            "select indikator, gebiet, stichtag from indikatoren where basis = 'fortschreibung' and wert = 0 "
            "and indikator in ('einwohner', 'auslaenderanteil', 'anteil_u18', 'jugendquotient')"
        )
        assert nullen == []
        ohne_wert = echt.frage(
            "select count(*) from indikatoren where basis = 'fortschreibung' and wert is null and status = 'A'"
        )
        assert ohne_wert == [(0,)]

    def test_alle_kreise_unabhaengig_nachgerechnet(self, echt: Szene, kreistabelle: pd.DataFrame) -> None:
        gebiete = dict(echt.frage("select kurz, gebiet from gebiete where ebene in ('stadt', 'kreis', 'land', 'bund')"))
        zahlen = kreistabelle[kreistabelle["region"].isin(gebiete)].set_index("alter")
        erwartet: dict[tuple[str, str], float] = {}
        for region, tabelle in zahlen.groupby("region"):
            assert len(tabelle) == 22
            if tabelle.loc["Total", "insgesamt_insgesamt"] != "-":
                for indikator, wert in _rechne(tabelle).items():
                    erwartet[indikator, str(gebiete[region])] = wert
        gerechnet = {
            (str(i), str(g)): float(str(w))
            for i, g, w in echt.frage(
                "select indikator, gebiet, wert from indikatoren where basis = 'fortschreibung' "
                "and stichtag = '2024-12-31' and wert is not null"
            )
        }
        eigene = {k: w for k, w in gerechnet.items() if k[0] in {i for i, _ in erwartet}}
        assert len({g for _, g in erwartet}) > 400
        assert set(eigene) == set(erwartet)
        for schluessel, wert in erwartet.items():
            assert eigene[schluessel] == pytest.approx(wert, rel=1e-12), schluessel

    def test_was_die_altersgruppen_nicht_hergeben_fehlt(self, echt: Szene) -> None:
        vorhanden = {
            str(z[0]) for z in echt.frage("select distinct indikator from indikatoren where basis = 'fortschreibung'")
        }
        assert not vorhanden & OHNE_ALTERSGRUPPE
        assert {"anteil_u3", "anteil_6_9", "anteil_80plus", "billeter_mass", "auslaenderanteil_u18"} <= vorhanden


def _rechne(tabelle: pd.DataFrame) -> dict[str, float]:
    """A region's figures from its 22 rows, by hand."""

    def summe(spalte: str, von: int = 0, bis: int = 999) -> float:
        gruppen = [name for name, (a, b) in ALTER.items() if von <= a and b <= bis]
        return float(sum(int(str(tabelle.loc[name, spalte]).replace("-", "0")) for name in gruppen))

    alle = summe("insgesamt_insgesamt")
    assert alle == int(tabelle.loc["Total", "insgesamt_insgesamt"])

    def alter(von: int, bis: int = 999) -> float:
        return summe("insgesamt_insgesamt", von, bis)

    return {
        "einwohner": alle,
        "anteil_u3": 100 * alter(0, 2) / alle,
        "anteil_3_5": 100 * alter(3, 5) / alle,
        "anteil_6_9": 100 * alter(6, 9) / alle,
        "anteil_u18": 100 * alter(0, 17) / alle,
        "anteil_65plus": 100 * alter(65) / alle,
        "anteil_80plus": 100 * alter(80) / alle,
        "jugendquotient": 100 * alter(0, 17) / alter(18, 64),
        "altenquotient": 100 * alter(65) / alter(18, 64),
        "gesamtquotient": 100 * (alter(0, 17) + alter(65)) / alter(18, 64),
        "billeter_mass": (alter(0, 14) - alter(50)) / alter(15, 49),
        "auslaenderanteil": 100 * summe("nichtdeutsch_insgesamt") / alle,
        "auslaenderanteil_u18": 100 * summe("nichtdeutsch_insgesamt", 0, 17) / alter(0, 17),
        "geschlechterproportion": 100 * summe("insgesamt_m") / summe("insgesamt_w"),
    }
