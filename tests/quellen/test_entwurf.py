"""Drafting: what is recognised in a file, and that the draft loads and accepts the very file it was made from."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from laufhilfe import BEISPIELARCHIV

from quellen.archiv import Archiv
from quellen.entwurf import Entwurf, entwirf, hole_probe, kennung_aus
from quellen.entwurf.gestalt import finde_kopf, rate_kodierung, rate_trenner
from quellen.entwurf.schluessel import schluesselkandidaten
from quellen.entwurf.spalten import betrachte, woertlich, zahlform
from quellen.fehler import QuellenFehler
from quellen.holen import Abrufer
from quellen.lesen import Stelle
from quellen.lesen.texttabelle import baue_tabelle
from quellen.modell import lade_katalog, lade_quelle
from quellen.vertrag import lies_und_pruefe

VERZEICHNISSE = {
    "ortsteil": frozenset({"101", "102", "201", "202"}),
    "stadtbezirk": frozenset({"STB01", "STB02"}),
    "kreis": frozenset({"DG", "02", "05", "05112", "05113", "05334"}),
}
ORTSTEILE = """Stichtag;Ortsteil_ID;Ortsteil;Geschlecht;Einwohner;Anteil
31.12.2023;101;Altstadt;m;1.204;49,5
31.12.2023;101;Altstadt;w;1.230;50,5
31.12.2023;102;Neustadt;m;-;x
31.12.2023;102;Neustadt;w;12.001;-3,5
31.12.2023;201;Weststadt;m;7;k.A.
31.12.2023;201;Weststadt;w;8;1,0
31.12.2023;202;Oststadt;m;9;1,0
31.12.2023;202;Oststadt;w;10;1,0
"""
KOPF = "statistics_code;statistics_label;time_code;time_label;time"
ACHSE = "{n}_variable_code;{n}_variable_label;{n}_variable_attribute_code;{n}_variable_attribute_label"
WERT = "value;value_unit;value_variable_code;value_variable_label"


def flach(*zeilen: tuple[str, str, str, str, str, str]) -> bytes:
    """An ffcsv with a region and a sex axis; a row is region code, region, key, sex code, figure, unit."""
    kopf = ";".join([KOPF, ACHSE.format(n=1), ACHSE.format(n=2), WERT])
    text = [kopf]
    for achse, schluessel, name, geschlecht, wert, einheit in zeilen:
        label = {"GESM": "männlich", "GESW": "weiblich", "": "Insgesamt"}[geschlecht]
        text.append(
            f"12411;Bevölkerung;STAG;Stichtag;2023-12-31;{achse};Kreise;{schluessel};{name};GES;Geschlecht;"
            f"{geschlecht};{label};{wert};{einheit};BEV;Bevölkerung"
        )
    return ("\ufeff" + "\n".join(text) + "\n").encode()


FLACH = flach(
    ("KREISE", "05112000", "Duisburg", "GESM", "10", "Anzahl"),
    ("KREISE", "05112000", "Duisburg", "GESW", "11", "Anzahl"),
    ("KREISE", "05112000", "Duisburg", "", "21", "Anzahl"),
    ("KREISE", "05113000", "Essen", "GESM", "-", "Anzahl"),
    ("KREISE", "05113000", "Essen", "GESW", "5", "Anzahl"),
    ("KREISE", "05113000", "Essen", "", "5", "Anzahl"),
    ("KREISE", "05334", "Städteregion Aachen", "", ".", "Anzahl"),
    ("KREISE", "05334002", "Aachen", "", "7", "Anzahl"),
    ("DLAND", "05", "Nordrhein-Westfalen", "", "26", "Anzahl"),
)


def inhalt(entwurf: Entwurf) -> dict:
    return yaml.safe_load(entwurf.text)


def nimmt_an(entwurf: Entwurf, daten: bytes, datei: str, ordner: Path) -> int:
    """Load the draft as a declaration of its own and read the file with it; the number of records."""
    pfad = ordner / f"{entwurf.kennung}.yaml"
    pfad.write_text(entwurf.text, encoding="utf-8")
    return lies_und_pruefe(daten, lade_quelle(pfad), "tabelle", datei, VERZEICHNISSE).zeilen


class TestGestalt:
    @pytest.mark.parametrize(
        ("kodierung", "erkannt"),
        [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("cp850", "cp850"), ("iso-8859-1", "iso-8859-1")],
    )
    def test_kodierung(self, kodierung: str, erkannt: str) -> None:
        assert rate_kodierung("Straße;Größe;Höhe\nGrün;Müller;äöüÄÖÜß".encode(kodierung)) == erkannt

    def test_ascii_gilt_als_utf_8(self) -> None:
        assert rate_kodierung(b"a;b\n1;2\n") == "utf-8-sig"

    @pytest.mark.parametrize("trenner", [";", ",", "\t", "|"])
    def test_trenner(self, trenner: str) -> None:
        zeilen = [["name", "wert", "anteil"], ["a", "1", "2,5"], ["b", "2", "3,5"]]
        puffer = io.StringIO()
        csv.writer(puffer, delimiter=trenner).writerows(zeilen)
        assert rate_trenner(puffer.getvalue()) == trenner

    def test_dezimalkommas_sind_keine_trenner(self) -> None:
        assert rate_trenner("a;b\n1,5;2,5\n1,7;2,1\n") == ";"

    def test_die_datei_nennt_ihren_trenner(self) -> None:
        assert rate_trenner("sep=|\na|b;c\n1|2;3\n") == "|"

    def test_kopf_unter_notizen_und_fuss(self) -> None:
        saetze = [["Titel"], [], ["Land", "Personen", ""], ["", "alle", "Frauen"], ["NRW", "3", "2"]]
        saetze += [["Bayern", "5", "1"], [], ["© Amt"]]
        [erster, *_] = finde_kopf(saetze)
        assert erster == {"kopf_mit": ("Land", "Personen"), "kopfzeilen": 2, "fuss": "© Amt"}

    def test_ohne_zahlen_gibt_es_keine_tabelle(self) -> None:
        assert finde_kopf([["a", "b"], ["c", "d"]]) == []


class TestSpalten:
    @pytest.mark.parametrize(
        ("name", "texte", "typ"),
        [
            ("Stichtag", ["31.12.2023", "31.12.2024"], "datum"),
            ("Jahr", ["2023", "2024"], "jahr"),
            ("time", ["2023-10P6M"], "zeitraum"),
            ("Schuljahr", ["2022/23", "2023/24"], "zeitraum"),
            ("Alter", ["unter 3 Jahre", "3 bis unter 6 Jahre", "Insgesamt"], "alter"),
            ("Ortsteil_ID", ["101", "102", "202"], "ortsteil"),
            ("Kreis", ["05112000", "05113000", "05334000"], "kreis"),
            ("Anzahl", ["1", "2", "-", "."], "zahl"),
            ("Schulnummer", ["100001", "100002"], "text"),
            ("PLZ", ["01067", "47051"], "text"),
            ("Name", ["Duissern", "Marxloh"], "text"),
            ("Geschlecht", ["m", "w"] * 5, "auspraegung"),
        ],
    )
    def test_typ(self, name: str, texte: list[str], typ: str) -> None:
        assert betrachte(name, texte, VERZEICHNISSE).typ == typ

    def test_schreibweisen_des_kreises(self) -> None:
        bild = betrachte("AGS", ["05112000", "05113000", "02000", "99999"], VERZEICHNISSE)
        assert [n for n, _ in bild.normierung] == ["AGS mit acht Ziffern", "Land mit fünf Ziffern"]
        assert bild.fremd == ("99999",)

    def test_eine_schreibweise_die_doppelt_zaehlen_wuerde_wird_nicht_vorgeschlagen(self) -> None:
        bild = betrachte("AGS", ["05112", "05113", "05334", "02", "02000"], VERZEICHNISSE)
        assert bild.normierung == ()
        assert bild.fremd == ("02000",)

    @pytest.mark.parametrize(
        ("texte", "form"),
        [
            (["1.234", "12"], (",", ".")),
            (["1,5", "2"], (",", "")),
            (["1.5", "2"], (".", "")),
            (["1,234.5", "2"], (".", ",")),
            (["1 234,5"], (",", " ")),
            (["12"], (",", "")),
        ],
    )
    def test_zahlform(self, texte: list[str], form: tuple[str, str]) -> None:
        assert zahlform([texte]) == form

    @given(st.text(max_size=30))
    def test_woertlich_trifft_genau_den_text(self, text: str) -> None:
        assert re.fullmatch(woertlich(text), text)
        assert not re.fullmatch(woertlich(text), text + "x")


class TestSchluessel:
    def test_die_kleinsten_auswahlen(self) -> None:
        saetze = [["1", "a", "x"], ["1", "b", "y"], ["2", "a", "z"], ["2", "b", "x"]]
        tabelle = baue_tabelle(Stelle(), ["jahr", "ort", "name"], [2, 3, 4, 5], saetze, "utf-8")
        gefunden = schluesselkandidaten(tabelle.daten, tabelle.spalten)
        assert gefunden == [("jahr", "ort"), ("jahr", "name"), ("ort", "name")]

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(*[st.sampled_from("ab")] * 4), min_size=1, max_size=12))
    def test_jeder_vorschlag_ist_eindeutig_und_minimal(self, saetze: list[tuple[str, ...]]) -> None:
        namen = ["p", "q", "r", "s"]
        daten = baue_tabelle(Stelle(), namen, range(1, len(saetze) + 1), saetze, "utf-8").daten
        for auswahl in schluesselkandidaten(daten, namen):
            assert not daten.duplicated(list(auswahl)).any()
            for weg in auswahl:
                rest = [s for s in auswahl if s != weg]
                assert not rest or daten.duplicated(rest).any()


class TestEntwurf:
    def test_zahlen_je_ortsteil(self, tmp_path: Path) -> None:
        entwurf = entwirf(ORTSTEILE.encode("cp1252"), "einwohner_31.12.2023.csv", VERZEICHNISSE, kennung="probe")
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, ORTSTEILE.encode("cp1252"), "einwohner.csv", tmp_path) == 8
        teil = inhalt(entwurf)["teile"]["tabelle"]
        assert teil["form"] == "werte"
        assert teil["felder"]["stichtag"]["datumsformate"] == ["%d.%m.%Y"]
        assert teil["felder"]["ortsteil_id"] == {"typ": "schluessel", "verzeichnis": "ortsteil"}
        assert teil["felder"]["geschlecht"]["werte"] == {"m": "maennlich", "w": "weiblich"}
        assert (teil["ganzzahl"], teil["minimum"]) == (False, None)
        assert teil["formate"][0]["tausender"] == "."
        assert [w["muster"] for w in teil["formate"][0]["wertspalten"]] == ["Einwohner", "Anteil"]
        assert set(inhalt(entwurf)["zeichen"]) == {"-", "x", "k.A."}
        assert "Bedeutung des Zeichens »k.A.«" in inhalt(entwurf)["unbekannt"]
        assert teil["beobachtung"] == {"gebiet": "ortsteil_id", "stichtag": "stichtag"}
        assert teil["vollstaendig"]["feld"] == "ortsteil_id"
        assert inhalt(entwurf)["bestaetigt"] is False

    def test_jede_vermutung_traegt_einen_kommentar(self) -> None:
        text = entwirf(ORTSTEILE.encode(), "e.csv", VERZEICHNISSE).text
        for spalte in ("Stichtag", "Ortsteil_ID", "Geschlecht"):
            assert f"# »{spalte}«: " in text
        assert "# Texte in Zahlenspalten" in text

    def test_fehlt_ein_ortsteil_wird_vollstaendigkeit_nicht_verlangt(self) -> None:
        ohne = "".join(z for z in ORTSTEILE.splitlines(keepends=True) if ";202;" not in z)
        entwurf = entwirf(ohne.encode(), "e.csv", VERZEICHNISSE)
        assert entwurf.befunde == ()
        assert "vollstaendig" not in inhalt(entwurf)["teile"]["tabelle"]

    def test_achsen_einer_flat_csv(self, tmp_path: Path) -> None:
        entwurf = entwirf(FLACH, "12411-01-01-4_1_de_flat.csv", VERZEICHNISSE, kennung="bev")
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, FLACH, "a.csv", tmp_path) == 9
        quelle = inhalt(entwurf)
        teil = quelle["teile"]["tabelle"]
        assert teil["zugang"] == {"tabelle": "12411-01-01-4"}
        assert teil["formate"][0]["orte"]["region"] == {"variable": ["KREISE", "DLAND"]}
        assert teil["felder"]["region"]["normierung"] == [{"muster": r"(\d{5})000", "ersatz": r"\1"}]
        [regel] = teil["felder"]["region"]["nicht_gefuehrt"]
        assert "05334002 Aachen" in regel["grund"]
        assert teil["felder"]["geschlecht"]["werte"] == {"GESM": "maennlich", "GESW": "weiblich", "": "insgesamt"}
        assert teil["summe"] == {"felder": ["geschlecht"]}
        assert teil["formate"][0]["nur"] == {"value_unit": ["Anzahl"], "value_variable_code": ["BEV"]}
        assert quelle["merkmale"] == {"bevoelkerung": {"name": "Bevölkerung", "einheit": "Anzahl"}}

    def test_teile_die_die_summe_nicht_ergeben(self) -> None:
        entwurf = entwirf(FLACH.replace(b";21;", b";22;"), "12411-01-01-4_1.csv", VERZEICHNISSE)
        assert entwurf.befunde == ()
        assert inhalt(entwurf)["teile"]["tabelle"]["summe"]["additiv"] is False
        assert "ergeben die Teile nicht überall die Summe" in entwurf.text

    def test_zwei_einheiten_gehoeren_zum_schluessel(self) -> None:
        zwei = FLACH + flach(("KREISE", "05112000", "Duisburg", "", "4,5", "%")).split(b"\n", 1)[1]
        entwurf = entwirf(zwei, "a.csv", VERZEICHNISSE)
        assert entwurf.befunde == ()
        teil = inhalt(entwurf)["teile"]["tabelle"]
        assert teil["felder"]["groesse"]["werte"] == {
            "BEV|Anzahl": "bevoelkerung_anzahl",
            "BEV|%": "bevoelkerung",
        }
        assert "groesse" in teil["eindeutig"]

    def test_ein_zip_und_xml(self) -> None:
        xml = "<a>" + "".join(f"<s><nr>{i}</nr><text>Ü{i}</text></s>" for i in range(9)) + "</a>"
        puffer = io.BytesIO()
        with zipfile.ZipFile(puffer, "w") as archiv:
            archiv.writestr("liste.xml", xml)
        entwurf = entwirf(puffer.getvalue(), "liste.zip", VERZEICHNISSE)
        assert entwurf.befunde == ()
        teil = inhalt(entwurf)["teile"]["tabelle"]
        assert (teil["form"], teil["kennung"], teil["formate"][0]["element"]) == ("liste", "nr", "s")

    def test_eine_mappe_mit_notizen_und_zwei_kopfzeilen(self, tmp_path: Path) -> None:
        mappe = openpyxl.Workbook()
        mappe.active.title = "Inhalt"
        blatt = mappe.create_sheet("Tabelle 1")
        for zeile in (
            ["Einwohner in Duisburg"],
            [],
            ["Ortsteil", "Einwohner", ""],
            ["", "insgesamt", "weiblich"],
            ["101", 1204, 600],
            ["102", 12, 5],
            ["201", 7, 3],
            [],
            ["© Stadt Duisburg"],
        ):
            blatt.append(zeile)
        puffer = io.BytesIO()
        mappe.save(puffer)
        entwurf = entwirf(puffer.getvalue(), "einwohner.xlsx", VERZEICHNISSE, kennung="mappe")
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, puffer.getvalue(), "einwohner.xlsx", tmp_path) == 3
        [form] = inhalt(entwurf)["teile"]["tabelle"]["formate"]
        assert (form["art"], form["blatt"], form["kopfzeilen"]) == ("xlsx", "Tabelle 1", 2)
        assert form["kopf_mit"] == ["Ortsteil", "Einwohner"]
        assert form["fuss"] == "© Stadt Duisburg"

    def test_csv_unter_notizen(self, tmp_path: Path) -> None:
        daten = b"Titel der Tabelle\n\nOrtsteil;Einwohner\n101;5\n102;6\n201;7\n__\nStand: gestern\n"
        entwurf = entwirf(daten, "a.csv", VERZEICHNISSE)
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, daten, "a.csv", tmp_path) == 3

    def test_eine_antwort_als_json(self, tmp_path: Path) -> None:
        saetze = [{"nr": str(i), "wert": i} for i in range(9)]
        daten = json.dumps({"success": True, "result": {"fields": [{"id": "nr"}], "records": saetze}}).encode()
        entwurf = entwirf(daten, "antwort.json", VERZEICHNISSE)
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, daten, "antwort.json", tmp_path) == 9
        assert inhalt(entwurf)["teile"]["tabelle"]["formate"][0]["pfad"] == "result.records"

    @pytest.mark.parametrize(
        ("daten", "satz"),
        [
            (b"", "leer"),
            (b"<!doctype html><html><title>Wartung</title></html>", "Wartung"),
            (b"a;b;c\n", "keine Zeilen"),
            (b'{"Ident":{},"Status":{"Code":90,"Content":"nix"},"Object":null}', "Code 90"),
        ],
    )
    def test_was_keine_tabelle_ist(self, daten: bytes, satz: str) -> None:
        with pytest.raises(QuellenFehler, match=satz):
            entwirf(daten, "a.csv", VERZEICHNISSE)

    def test_inhalte_bleiben_daten(self, tmp_path: Path) -> None:
        """Names and texts that look like YAML, comments or tags neither break nor change the draft."""
        boese = 'k: v # x;"!!python/object:os.system";"a\nb"\n"&a *b";"{{ 1 }}";"- x: [1"\n2;3;4\n'
        entwurf = entwirf(boese.encode(), "a: b #c.csv", VERZEICHNISSE, kennung="boese")
        assert entwurf.befunde == ()
        assert nimmt_an(entwurf, boese.encode(), "x.csv", tmp_path) == 2
        orte = inhalt(entwurf)["teile"]["tabelle"]["formate"][0]["orte"]
        assert {o["spalte"] for o in orte.values()} == {"k: v # x", "!!python/object:os.system", "a\nb"}

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.lists(
                st.one_of(
                    st.sampled_from(
                        ["1", "2,5", "-", ".", "", "31.12.2023", "101", "05112", "Insgesamt", "x y", "0815"]
                    ),
                    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=6),
                ),
                min_size=3,
                max_size=3,
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_jeder_entwurf_laedt_und_nimmt_seine_datei_an(self, saetze: list[list[str]]) -> None:
        puffer = io.StringIO()
        csv.writer(puffer, delimiter=";").writerows([["Spalte A", "Spalte B", "Spalte C"], *saetze])
        try:
            entwurf = entwirf(puffer.getvalue().encode(), "zufall.csv", VERZEICHNISSE)
        except QuellenFehler as fehler:
            assert fehler.befunde
            return
        assert entwurf.befunde == (), entwurf.text

    def test_alle_dateien_des_beispielarchivs(self) -> None:
        archiv = Archiv(BEISPIELARCHIV)
        from pipelines.gebietsverzeichnis import verzeichnisse  # noqa: PLC0415 - the real directory

        for quelle in lade_katalog().values():
            neueste = {a.teil: a for a in archiv.abrufe(quelle.id)}
            for teil, abruf in neueste.items():
                objekt = abruf.objekte[0]
                innen = quelle.teile[teil].innen
                entwurf = entwirf(archiv.lesen(objekt.sha256), objekt.datei, verzeichnisse(), innen=innen)
                assert entwurf.befunde == (), (quelle.id, teil)
                assert inhalt(entwurf)["teile"]["tabelle"].get("innen") == innen


def test_kennungen() -> None:
    assert kennung_aus("21311-01-01-4-B_0.zip") == "tabelle_21311_01_01_4_b"
    assert kennung_aus("https://a.example/x/Größe%202.csv?a=1") == "groesse_2"
    assert kennung_aus("31.12.csv") == "tabelle_31"


class TestProbe:
    def test_eine_adresse_am_nachbau(self, skriptportal: Any, sendung: Any, skriptabrufer: Abrufer) -> None:
        skriptportal.auf("/daten.example.org/a/b.csv", sendung(200, ORTSTEILE.encode()))
        daten, name = hole_probe("https://daten.example.org/a/b.csv?x=1", skriptabrufer)
        assert (daten, name) == (ORTSTEILE.encode(), "b.csv")
        entwurf = entwirf(daten, name, VERZEICHNISSE, url="https://daten.example.org/a/b.csv?x=1")
        assert inhalt(entwurf)["zugang"]["hosts"] == ["daten.example.org"]
        assert inhalt(entwurf)["teile"]["tabelle"]["zugang"] == {"pfad": "/a/b.csv?x=1"}

    def test_kein_anderer_host(self, skriptportal: Any, sendung: Any, skriptabrufer: Abrufer) -> None:
        skriptportal.auf("/eins.example.org/a.csv", sendung(302, kopf={"Location": "https://zwei.example.org/a.csv"}))
        with pytest.raises(QuellenFehler, match="darf nicht abgerufen werden"):
            hole_probe("https://eins.example.org/a.csv", skriptabrufer)
        assert skriptportal.pfade == ["/eins.example.org/a.csv"]

    @pytest.mark.parametrize(
        "url", ["http://a.example/x.csv", "file:///etc/passwd", "https:///x", "https://127.0.0.1/x"]
    )
    def test_nur_https_und_kein_lokaler_rechner(self, url: str) -> None:
        with pytest.raises(QuellenFehler, match="darf nicht abgerufen werden"):
            hole_probe(url, Abrufer())
