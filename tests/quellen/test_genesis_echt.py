"""Every real GENESIS answer at hand: read row by row as an independent count says, or refused with code and text."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections import Counter

import pytest

from quellen.fehler import QuellenFehler
from quellen.lesen import erkenne_art, inhaltshash, lesen
from quellen.lesen.huelle import entpacken
from quellen.modell import Format, Quelle, Teil, lade_katalog
from quellen.vertrag import lies_und_pruefe
from quellen.zugang import hole_teil
from quellen.zugang.genesis_konto import Zugangsdaten
from quellen.zugang.genesis_meldung import Meldung
from quellen.zugang.genesis_tabelle import jahre, nur_kopf

GRENZE = 100_000_000
ZIPS = {  # table: rows, signs with their number, years
    "1000A-0000": (10_787, {}, {2022}),
    "11111-02-01-4": (489, {"-": 76, ".": 15}, {2024}),
    "12411-01-01-4": (1467, {"-": 222}, {2024}),
    "13111-01-03-4": (3300, {"-": 2898, ".": 72}, {2025}),
    "21311-01-01-4-B": (44_100, {"-": 31_926, ".": 1300}, {2023}),
}
ERGEBNIS = "datencsv/1_result_12411-03-03-4_898994964"
KLASSISCH = "klassisch_csv/12411-0017_klassisch.csv"


@pytest.fixture(scope="session")
def genesis(echtdaten):
    return echtdaten / "genesis"


@pytest.fixture(scope="module")
def antworten(genesis):
    """Bytes of every ZIP answer by table."""
    return {tabelle: (genesis / f"responses/{tabelle}_0.zip").read_bytes() for tabelle in ZIPS}


def unabhaengig(daten):
    """Header and rows of a flat file, by the csv module alone."""
    with zipfile.ZipFile(io.BytesIO(daten)) as paket:
        text = paket.read(paket.namelist()[0]).decode("utf-8-sig")
    kopf, *zeilen = csv.reader(io.StringIO(text), delimiter=";")
    return kopf, zeilen


def gelesen(daten, kodierung="utf-8-sig"):
    inhalt, innen = entpacken(daten, "x.zip", GRENZE)
    format_ = Format(art=erkenne_art(inhalt), kodierung=kodierung, orte={})
    return lesen(inhalt, format_, datei=innen).daten


def ist_zahl(text):
    return text.replace(",", "").isdigit()


def teil(**angaben):
    return Teil(
        beschreibung="x", form="liste", kennung="a", dateimuster="x", zugang={}, felder={"a": {"typ": "text"}},
        formate=[{"art": "ffcsv", "orte": {"a": {"spalte": "time"}}}], **angaben,
    )  # fmt: skip


@pytest.mark.parametrize("tabelle", ZIPS)
def test_jede_zeile_und_jedes_zeichen(antworten, tabelle):
    anzahl, zeichen, zeitraum = ZIPS[tabelle]
    kopf, zeilen = unabhaengig(antworten[tabelle])
    daten = gelesen(antworten[tabelle])
    assert len(daten) == len(zeilen) == anzahl
    assert list(daten.columns[1:]) == kopf
    stelle = kopf.index("value")
    assert daten["value"].tolist() == [z[stelle] for z in zeilen]
    assert {w: n for w, n in Counter(daten["value"]).items() if not ist_zahl(w)} == zeichen
    assert (nur_kopf(antworten[tabelle]), jahre(antworten[tabelle])) == (False, zeitraum)


@pytest.mark.parametrize("tabelle", [t for t in ZIPS if not t.startswith("21311")])
def test_ausgepackte_datei_ist_dieselbe_tabelle(genesis, antworten, tabelle):
    flach = next((genesis / "responses").glob(f"{tabelle}_0__*_de_flat.csv")).read_bytes()
    assert gelesen(flach).equals(gelesen(antworten[tabelle]))
    assert inhaltshash([flach], teil()) == inhaltshash([antworten[tabelle]], teil())
    kopf, *zeilen = flach.splitlines(keepends=True)
    gemischt = kopf + b"".join(random.Random(7).sample(zeilen, len(zeilen)))
    egal = teil(sortiert_egal=True)
    assert inhaltshash([gemischt], egal) == inhaltshash([antworten[tabelle]], egal)
    assert inhaltshash([flach.replace(zeilen[0], b"")], egal) != inhaltshash([flach], egal)


def test_datencsv_und_seine_huelle(genesis):
    roh, huelle = ((genesis / (ERGEBNIS + endung)).read_bytes() for endung in (".csv", ".json"))
    zeilen = [z for z in csv.reader(io.StringIO(roh.decode()), delimiter=";") if z and z[0] == "2024-12-31"]
    daten = gelesen(huelle)
    assert daten.equals(gelesen(roh))
    assert len(daten) == len(zeilen) == 11_836
    assert daten["Total|Total"].tolist() == [z[4] for z in zeilen]
    zeichen = Counter(w for z in zeilen for w in z[4:] if not ist_zahl(w))
    assert zeichen == Counter(w for s in daten.columns[5:] for w in daten[s] if not ist_zahl(w))
    assert set(zeichen) == {"-"}
    assert daten.loc[daten["2"] == "05112", "3"].iloc[0] == "      Duisburg, Kreisfreie Stadt"
    assert inhaltshash([roh], teil()) == inhaltshash([huelle], teil())
    assert jahre(huelle) == {2024}


def test_klassisches_csv(genesis):
    roh = (genesis / KLASSISCH).read_bytes()
    text = roh.decode("iso-8859-1")
    zeilen = [z for z in csv.reader(io.StringIO(text), delimiter=";") if z and z[0] == "31.12.2019"]
    daten = gelesen(roh, "iso-8859-1")
    assert len(daten) == len(zeilen) == 476
    assert daten["Altersgruppen|Insgesamt"].tolist() == [z[-1] for z in zeilen]
    assert "Köln, kreisfreie Stadt" in set(daten["3"])
    assert jahre(roh) == {2019}
    neu = roh.replace(b"Stand: 26.05.2021 / 22:27:42", b"Stand: 27.05.2021 / 03:00:00")
    assert inhaltshash([neu], teil()) == inhaltshash([roh], teil()) != inhaltshash([roh[: len(roh) // 2]], teil())


@pytest.mark.parametrize(
    ("datei", "code", "art", "text"),
    [
        ("responses/61111-0021_0.json", -1, "Fehler", "Für die Teiltabelle mit der Metadatenkombination: Verbraucher"),
        ("datencsv/0_table_12411-03-03-4.json", 99, "Information", "The table will be generated"),
        ("responses/12411-01-01-4_1.json", 0, "Information", "erfolgreich"),
        (ERGEBNIS + ".json", 0, "Information", "successfull"),
    ],
)
def test_meldungen(genesis, datei, code, art, text):
    meldung = Meldung.aus(json.loads((genesis / datei).read_bytes()), Zugangsdaten("RE012345", "geheim"))
    assert (meldung.code, meldung.art) == (code, art)
    assert meldung.text.startswith(text)
    assert meldung.sagt_nichts_da is (code == -1)


@pytest.mark.parametrize(
    ("datei", "wort"),
    [
        ("responses/61111-0021_0.json", "Code -1: Für die Teiltabelle mit der Metadatenkombination"),
        ("datencsv/0_table_12411-03-03-4.json", "Code 99: The table will be generated through batch processing"),
    ],
)
def test_meldung_statt_tabelle_wird_abgelehnt(genesis, datei, wort):
    daten = (genesis / datei).read_bytes()
    with pytest.raises(QuellenFehler, match=wort):
        entpacken(daten, datei, GRENZE)
    assert not nur_kopf(daten)
    assert len(inhaltshash([daten], teil())) == 64


@pytest.mark.parametrize("tabelle", ZIPS)
def test_beschreibung_einer_tabelle_ist_keine_tabelle(genesis, tabelle):
    daten = (genesis / f"responses/{tabelle}_1.json").read_bytes()
    inhalt, _ = entpacken(daten, "x.json", GRENZE)
    assert inhalt == daten
    for art in ("ffcsv", "datencsv"):
        with pytest.raises(QuellenFehler):
            lesen(inhalt, Format(art=art, kodierung="utf-8-sig", orte={}), datei="x.json")
    assert not nur_kopf(daten)


ZEICHEN = {
    "-": {"wert": 0, "status": "A", "bedeutung": "nichts vorhanden"},
    ".": {"status": "Q", "bedeutung": "unbekannt oder geheim"},
}
INSGESAMT = {"typ": "auspraegung", "werte": {"": "insgesamt"}}
ACHSEN = ("KREISE", "REGBEZ", "DLAND", "DINSG")


def quelle(merkmal, **felder):
    """A contract on a table of Kreise; ``felder``: variable code of each breakdown."""
    ort = {"variable": ACHSEN}
    gliederungen = {
        "GES": {**INSGESAMT, "werte": {"": "insgesamt", "GESM": "maennlich", "GESW": "weiblich"}},
        "NAT": {**INSGESAMT, "werte": {"": "insgesamt", "NATA": "nichtdeutsch"}},
    }
    kopf = dict.fromkeys(("titel", "herausgeber", "seite", "rhythmus"), "Probe")
    weitere = [
        {"muster": r"\d{8}", "grund": "Teil eines Kreises: sonst doppelt gezählt"},
        {"muster": r"DG|\d\d|\d{3}", "grund": "höhere Ebene"},
    ]
    return Quelle.model_validate(
        {
            **kopf, "id": "probe", "hoechstalter_tage": 1, "bestaetigt": True, "zeichen": ZEICHEN,
            "lizenz": {"id": "l", "url": "u", "namensnennung": "n"},
            "zugang": {"portal": "genesis", "basis": "https://127.0.0.1", "hosts": ["127.0.0.1"]},
            "teile": {"t": {
                "beschreibung": "b", "form": "werte", "dateimuster": ".*", "zugang": {}, "sortiert_egal": True,
                "felder": {
                    "stichtag": {"typ": "datum"},
                    "region": {"typ": "schluessel", "verzeichnis": "kreis", "nicht_gefuehrt": weitere},
                    **{name: gliederungen[code] for name, code in felder.items()},
                },
                "eindeutig": ["stichtag", "region", *felder],
                "summe": {"felder": ["geschlecht"]},
                "formate": [{
                    "art": "ffcsv", "kodierung": "utf-8-sig",
                    "orte": {"stichtag": {"spalte": "time"}, "region": ort,
                             **{name: {"variable": [code]} for name, code in felder.items()}},
                    "nur": {"value_unit": ["Anzahl"], "value_variable_code": [merkmal]},
                    "wertspalten": [{"muster": "value", "merkmal": "menschen"}],
                }],
            }},
        }
    )  # fmt: skip


def geprueft(daten, merkmal, **felder):
    kopf, zeilen = unabhaengig(daten)
    stelle = kopf.index("1_variable_attribute_code")
    kreise = frozenset(z[stelle] for z in zeilen if z[stelle].isdigit() and len(z[stelle]) == 5)
    satz = lies_und_pruefe(daten, quelle(merkmal, **felder), "t", "t.zip", {"kreis": kreise})
    return satz, kreise


def test_zwei_aachen_sind_zwei_und_werden_nicht_doppelt_gezaehlt(antworten, genesis):
    satz, kreise = geprueft(antworten["12411-01-01-4"], "BEVSTD", geschlecht="GES")
    insgesamt = satz.daten[satz.daten["geschlecht"] == ""].set_index("region")["originaltext"]
    assert (insgesamt["05334"], insgesamt["05334002"], insgesamt["05313"]) == ("582410", "262670", "-")
    nicht_gefuehrt = {z[1] for z in satz.zuordnungen if z[0] == "region" and z[2].startswith("nicht_gefuehrt:")}
    assert "05334002" in nicht_gefuehrt
    assert "05334" not in nicht_gefuehrt
    summe = sum(int(w) for r, w in insgesamt.items() if r in kreise and ist_zahl(w))
    zeile = next(z for z in (genesis / (ERGEBNIS + ".csv")).read_text().splitlines() if ";DG;Deutschland;Total;" in z)
    assert summe == int(zeile.split(";")[4]) == 83_577_140
    mit_teilen = sum(int(w) for w in insgesamt if ist_zahl(w))
    assert mit_teilen > summe


def test_13111_ist_nicht_geliefert_und_keine_null(antworten):
    satz, kreise = geprueft(antworten["13111-01-03-4"], "ERW032", staatsangehoerigkeit="NAT", geschlecht="GES")
    assert set(satz.daten["stichtag"]) == {"2025-06-30"}
    nur_kreise = satz.daten[satz.daten["region"].isin(kreise)]
    insgesamt = nur_kreise[(nur_kreise["geschlecht"] == "") & (nur_kreise["staatsangehoerigkeit"] == "")]
    assert set(insgesamt["originaltext"]) == {"-"}
    assert len(insgesamt) == len(kreise)
    assert nur_kreise.loc[nur_kreise["region"] == "05112", "total_fehlt"].tolist() == [True] * 6
    bund = satz.daten[satz.daten["region"] == "DG"]
    assert not bund["total_fehlt"].any()
    assert "5837916" in set(bund["originaltext"])


def test_wirkliche_antworten_durch_den_klienten(genesis, skriptportal, skriptabrufer, sendung, heute, monkeypatch):
    """Code 99 and the result as they really came, in their real order."""
    monkeypatch.setenv("SOZIALRAUM_GENESIS_BENUTZER", "RE012345")
    monkeypatch.setenv("SOZIALRAUM_GENESIS_PASSWORT", "sehr-geheim-4711")
    quelle_ = lade_katalog()["bevoelkerung_kreis"]
    angaben = {"tabelle": "12411-03-03-4", "art": "result"}
    teil_ = quelle_.teile["tabelle"].model_copy(update={"zugang": angaben})
    quelle_ = quelle_.model_copy(update={"teile": {"tabelle": teil_}})
    rest = "/www.regionalstatistik.de/genesisws/rest/2020/"
    name = "12411-03-03-4_898994964"
    liste = {"Status": {"Code": 0, "Content": "successfull", "Type": "information"}, "List": [{"Code": name}]}
    skriptportal.auf(rest + "data/table", sendung(200, (genesis / "datencsv/0_table_12411-03-03-4.json").read_bytes()))
    skriptportal.auf(rest + "catalogue/results", sendung(200, json.dumps(liste).encode()))
    ergebnis = (genesis / (ERGEBNIS + ".json")).read_bytes()
    skriptportal.auf(rest + "data/result", sendung(200, ergebnis))
    holung = hole_teil(quelle_, "tabelle", skriptabrufer, None, heute)
    assert holung.objekte[0].daten == ergebnis
    assert skriptportal.gesehen[-1].formular["name"] == name
