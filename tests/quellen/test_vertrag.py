"""The contract: every rule has a file that breaks it, and the message leads to the cell and to the declaration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog
from quellen.vertrag import lies_und_pruefe
from quellen.vertrag.zahlen import zahl, zahlmuster

KATALOG = lade_katalog()
GEBIETE = {
    "ortsteil": frozenset({"101", "202"}),
    "stadtbezirk": frozenset({"100", "200"}),
    "kreis": frozenset({"05112"}),
}
KOPF = (
    "Stichtag;Stadtbezirk_ID;Stadtbezirk_Name;Ortsteil_ID;Ortsteil_Name;"
    "deutsch;nichtdeutsch;davon Türkei;davon Bulgarien;davon deutsch mit 2. StA"
)
ZEILEN = (
    "31.12.2023;100;Walsum;101;Vierlinden;1.000;400;100;-;90",
    "31.12.2023;200;Hamborn;202;Marxloh;8.058;13.952;7;.;90",
)


def einwohner(*zeilen, kopf=KOPF, gebiete=GEBIETE):
    text = "\n".join([kopf, *(zeilen or ZEILEN)]) + "\n"
    return lies_und_pruefe(text.encode(), KATALOG["einwohner_ortsteil"], "staatsangehoerigkeit", "e.csv", gebiete)


def fehlschlag(*zeilen, **weiteres):
    with pytest.raises(QuellenFehler) as fehler:
        einwohner(*zeilen, **weiteres)
    return fehler.value.befunde


def ort(befund):
    return (befund.zeile, befund.spalte)


def test_rohsatz_hat_eine_zeile_je_zahl_mit_ort_und_text():
    satz = einwohner()
    assert (satz.zeilen, satz.format_art, satz.datei, satz.tausender) == (2, "csv", "e.csv", ".")
    felder = ["stichtag", "stadtbezirk", "ortsteil", "ortsteil_name", "staat"]
    assert list(satz.daten.columns) == [
        "zeile",
        "spalte",
        "spaltenname",
        "merkmal",
        *felder,
        "korrigiert",
        "korrektur",
        "originaltext",
        "ist_davon",
    ]
    assert len(satz.daten) == 10
    letzte = satz.daten.iloc[-2].tolist()
    assert letzte[:4] == [3, 9, "davon Bulgarien", "staatsangehoerige"]
    assert letzte[4:] == ["31.12.2023", "200", "202", "Marxloh", "Bulgarien", None, None, ".", True]
    assert satz.daten["ist_davon"].tolist() == [False, False, True, True, True] * 2
    assert ("staat", "Bulgarien", "BG") in satz.zuordnungen
    assert ("stichtag", "31.12.2023", "2023-12-31") in satz.zuordnungen


@pytest.mark.parametrize(
    ("alt", "neu", "regel", "wo", "gefunden"),
    [
        ("13.952", "k.A.", "Zeichen", (3, 7), "»k.A.«"),
        ("13.952", " 13.952", "Zeichen", (3, 7), "Leerraum"),
        ("13.952", "13,5", "nicht ganz", (3, 7), "13,5"),
        ("13.952", "-7", "zu klein", (3, 7), "-7"),
        ("13.952", "13.9", "Zeichen", (3, 7), "13.9"),
        ("31.12.2023;200", "2023/12;200", "Feld stichtag", (3, 1), "2023/12"),
        ("31.12.2023;200", "31.02.2023;200", "Feld stichtag", (3, 1), "31.02.2023"),
        (";202;", ";999;", "Feld ortsteil ", (3, 4), "»999«"),
        (";Marxloh;", ";;", "Feld ortsteil_name", (3, 5), "»«"),
        (";7;", ";14.000;", "davon-Spalten", (3, 7), "zusammen 14000, »nichtdeutsch« 13952"),
    ],
)
def test_jede_zelle_wird_geprueft_und_genannt(alt, neu, regel, wo, gefunden):
    befunde = [b for b in fehlschlag(ZEILEN[0], ZEILEN[1].replace(alt, neu)) if regel in b.regel]
    assert len(befunde) == 1
    assert ort(befunde[0]) == wo
    assert gefunden in befunde[0].gefunden
    assert befunde[0].tun
    assert befunde[0].ort.startswith("einwohner_ortsteil/staatsangehoerigkeit, Datei e.csv")


def test_unbekanntes_zeichen_nennt_die_bekannten_und_den_ausweg():
    befund = fehlschlag(ZEILEN[0], ZEILEN[1].replace("13.952", "x"))[0]
    assert "»«, »\u00a0«, »-«, ».«" in befund.erwartet
    assert "quellen/katalog/einwohner_ortsteil.yaml unter zeichen" in befund.tun


def test_fehlende_umbenannte_und_unbekannte_spalten():
    befunde = fehlschlag(kopf=KOPF.replace("Ortsteil_ID", "Ortsteil_Nr").replace("nichtdeutsch", "ausländisch"))
    fehlt = [b for b in befunde if b.regel == "Eine Spalte fehlt"]
    assert "umbenannt in »Ortsteil_Nr«?" in fehlt[0].gefunden
    assert "»davon Türkei«" in fehlt[0].gefunden
    assert "teile.staatsangehoerigkeit.formate.orte" in fehlt[0].tun
    unbekannt = [b for b in befunde if b.regel == "Eine Spalte ist nicht deklariert"]
    assert [(b.gefunden, b.spalte) for b in unbekannt] == [("Spalte »Ortsteil_Nr«", 4), ("Spalte »ausländisch«", 7)]


def test_neue_auspraegung_in_einem_spaltennamen_wird_am_kopf_genannt():
    befunde = fehlschlag(kopf=KOPF.replace("Türkei", "Türkeii"))
    assert (ort(befunde[0]), "ähnlich ist »Türkei«" in befunde[0].gefunden) == ((1, 8), True)


def test_davon_ohne_sein_ganzes_ist_ein_befund():
    kopf = KOPF.replace("nichtdeutsch", "davon Polen")
    befunde = fehlschlag(kopf=kopf)
    assert {b.spalte for b in befunde if "davon-Spalte ist nicht eindeutig" in b.regel} == {7, 8, 9}


def test_doppelter_und_fehlender_schluessel():
    befunde = fehlschlag(ZEILEN[0], ZEILEN[0])
    doppelt = [b for b in befunde if "doppelt" in b.regel]
    assert [b.zeile for b in doppelt] == [3]
    assert "Zeile 2 und Zeile 3" in doppelt[0].gefunden
    fehlt = [b for b in befunde if "vollständig" in b.regel]
    assert fehlt[0].gefunden == "stichtag 2023-12-31: es fehlen 1 von 2: 202"


def test_vollstaendig_gilt_je_stichtag_und_nicht_bei_leerem_verzeichnis():
    spaeter = ZEILEN[0].replace("2023", "2024")
    assert "stichtag 2024-12-31: es fehlen 1 von 2: 202" in str(fehlschlag(*ZEILEN, spaeter))
    assert einwohner(*ZEILEN, spaeter, gebiete={"stadtbezirk": GEBIETE["stadtbezirk"]}).zeilen == 3


def test_nur_kopf_meldet_zu_wenige_zeilen():
    with pytest.raises(QuellenFehler, match="zu wenige Zeilen"):
        lies_und_pruefe(f"{KOPF}\n".encode(), KATALOG["einwohner_ortsteil"], "staatsangehoerigkeit", "e.csv", GEBIETE)


def test_alle_regeln_kommen_zu_wort_und_der_rest_wird_gezaehlt():
    viele = [f"31.12.{jahr};100;W;101;V;q{jahr};1;0;0;0" for jahr in range(1900, 1950)]
    befunde = fehlschlag(*viele, "31.12.2000;100;W;777;V;1;1;0;0;0")
    assert len(befunde) == 21
    assert {b.regel[:20] for b in befunde[:3]} == {
        "Das Feld ortsteil ha",
        "Weder Zahl noch beka",
        "Die Tabelle ist nich",
    }
    assert befunde[-1].regel == "… und 82 weitere"


def test_falsche_form_nennt_die_erwartete():
    with pytest.raises(QuellenFehler, match="kein deklariertes Format") as fehler:
        lies_und_pruefe(b'{"a": 1}', KATALOG["schuelerzahlen"], "anzahlen", "e.json", GEBIETE)
    assert fehler.value.befunde[0].erwartet == "csv"


def test_spaltengruppen_werden_felder():
    text = "Stichtag;Stadtbezirk_ID;Ortsteil_ID;Ortsteil_Name;Staatsangehörigkeit;"
    text += "0 bis unter 1 Jahr m;100 Jahre und älter w\n"
    text += "".join(f"31.12.2023;100;{o};N;{s};1;-\n" for o in ("101", "202") for s in ("deutsch", "nichtdeutsch"))
    satz = lies_und_pruefe(text.encode(), KATALOG["einwohner_ortsteil"], "alter", "e.csv", GEBIETE)
    assert satz.daten.loc[1, ["alter", "geschlecht", "originaltext"]].tolist() == ["100 Jahre und älter", "w", "-"]
    assert {("alter_von", "100 Jahre und älter", "100"), ("alter_bis", "100 Jahre und älter", "")} <= set(
        satz.zuordnungen
    )
    with pytest.raises(QuellenFehler, match="es fehlen 1 von 2: 202"):
        lies_und_pruefe(
            "".join(text.splitlines(True)[:4]).encode(), KATALOG["einwohner_ortsteil"], "alter", "e", GEBIETE
        )


# --- lists and small declarations -------------------------------------------------------------------------------


def test_liste_traegt_den_ort_der_kennung():
    q = quelle({"nr": {"typ": "schluessel", "muster": r"\d+"}, "name": {"typ": "text"}}, eindeutig=["nr"])
    satz = lies(q, "name;nr\nA;007\nB;8\n")
    assert list(satz.daten.columns) == ["zeile", "spalte", "spaltenname", "originaltext", "nr", "name"]
    assert satz.daten.iloc[0].tolist() == [2, 2, "nr", "007", "007", "A"]
    with pytest.raises(QuellenFehler, match="Zeile 2 und Zeile 4") as fehler:
        lies(q, "name;nr\nA;7\nB;8\nC;7\n")
    assert [b.zeile for b in fehler.value.befunde] == [4]


def test_fehlende_spalte_darf_fehlen_wenn_nicht_pflicht():
    orte = {"nr": {"spalte": ["Nr", "Nummer"]}, "zeit": {"spalte": "Zeit", "pflicht": False}}
    q = quelle({"nr": {"typ": "text"}, "zeit": {"typ": "jahr"}}, orte=orte)
    assert lies(q, "Nummer\nx\n").daten["zeit"].tolist() == [""]
    assert lies(q, "Nr;Zeit\nx;2024\n").zuordnungen == [
        ("zeit", "2024", "2024-12-31"),
        ("zeit_von", "2024", "2024-01-01"),
    ]
    with pytest.raises(QuellenFehler, match="vier Ziffern"):
        lies(q, "Nr;Zeit\nx;24\n")


@pytest.mark.parametrize(
    ("feld", "gut", "schlecht"),
    [
        ({"typ": "zahl", "leer": True}, ["1,5", "-3", ""], ["1.5", "x", "1,"]),
        ({"typ": "zahl"}, ["0"], [""]),
        ({"typ": "text", "muster": "a+"}, ["aa"], ["b", ""]),
        ({"typ": "schluessel", "verzeichnis": "kreis"}, ["05112"], ["5112", "", "05112 "]),
        ({"typ": "alter", "insgesamt": ["Alle"]}, ["Alle", "5 Jahre"], ["alle", ""]),
        ({"typ": "auspraegung", "werte": {"": "insgesamt", "m": "maennlich"}}, ["", "m"], ["M", " "]),
        ({"typ": "datum", "leer": True}, ["1.2.2024", "2024-02-29", ""], ["2023-02-29", "2024"]),
    ],
)
def test_feldtypen(feld, gut, schlecht):
    q = quelle({"nr": {"typ": "text"}, "f": feld})
    satz = lies(q, "nr;f\n" + "".join(f"{i};{t}\n" for i, t in enumerate(gut)), kreis=frozenset({"05112"}))
    assert satz.daten["f"].tolist() == gut
    with pytest.raises(QuellenFehler) as fehler:
        lies(q, "nr;f\n" + "".join(f"{i};{t}\n" for i, t in enumerate(schlecht)), kreis=frozenset({"05112"}))
    assert [ort(b) for b in fehler.value.befunde] == [(i, 2) for i in range(2, 2 + len(schlecht))]


def test_nicht_gefuehrt_geht_vor_form_und_leerem_verzeichnis():
    feld = {"typ": "schluessel", "verzeichnis": "kreis", "nicht_gefuehrt": [{"muster": r"\d{8}", "grund": "zu fein"}]}
    q = quelle({"nr": feld})
    assert lies(q, "nr\n05112000\n").zuordnungen == [("nr", "05112000", "nicht_gefuehrt:zu fein")]
    assert lies(q, "nr\n05112000\n", kreis=frozenset({"05112000"})).zuordnungen == [("nr", "05112000", "05112000")]


def test_unter_mehreren_formaten_gilt_das_erste_dessen_spalten_passen():
    formate = [
        {"art": "csv", "kodierung": "utf-8-sig", "orte": {"nr": {"spalte": s}}} for s in ("Schluessel", "Schlüssel")
    ]
    q = quelle({"nr": {"typ": "text"}}, formate=formate)
    assert lies(q, "Schlüssel\n1\n").daten["spaltenname"].tolist() == ["Schlüssel"]
    with pytest.raises(QuellenFehler) as fehler:
        lies(q, "Nummer\n1\n")
    assert len([b for b in fehler.value.befunde if "fehlt" in b.regel]) == 1


def test_mindestzeilen_und_leere_sammlung():
    q = quelle({"nr": {"typ": "text"}}, mindestzeilen=3)
    with pytest.raises(QuellenFehler, match="2 Datenzeilen"):
        lies(q, "nr\n1\n2\n")
    leer = '{"type":"FeatureCollection","features":[]}'
    with pytest.raises(QuellenFehler, match="0 Datenzeilen"):
        lies_und_pruefe(leer.encode(), KATALOG["gebiete"], "stadtbezirke", "stadtbezirke.geojson", {})


def test_leere_tabelle_ist_erlaubt_wenn_die_deklaration_es_sagt():
    werte = quelle(
        {"nr": {"typ": "text"}},
        "werte",
        wertspalten=[{"muster": "n", "merkmal": "m"}],
        mindestzeilen=0,
        eindeutig=["nr"],
    )
    assert lies(werte, "nr;n\n").daten.empty
    assert lies(quelle({"nr": {"typ": "text"}}, mindestzeilen=0), "nr\n").daten.empty


@pytest.mark.parametrize(
    ("dezimal", "tausender", "gut", "schlecht"),
    [
        (
            ",",
            ".",
            {"1.234.567,5": 1234567.5, "1234": 1234, "-5": -5},
            ["1.23", "12.34,5", "1,", ".5", "1.234.5", "٣", "1e5", "+1"],
        ),
        (".", "", {"0.5": 0.5, "10": 10}, ["1,5", "1.000.000", "", "-", "nan"]),
        (",", " ", {"1 234": 1234}, ["1  234", "1\u00a0234"]),
    ],
)
def test_zahlform(dezimal, tausender, gut, schlecht):
    form = (
        KATALOG["schuelerzahlen"]
        .teile["anzahlen"]
        .formate[0]
        .model_copy(update={"dezimal": dezimal, "tausender": tausender})
    )
    assert {t: zahl(t, form) for t in gut if zahlmuster(form).fullmatch(t)} == gut
    assert [t for t in schlecht if zahlmuster(form).fullmatch(t)] == []


@pytest.mark.parametrize(
    "teil",
    [
        {"eindeutig": ["gibtsnicht"]},
        {"summe": {"felder": ["x"]}},
        {"vollstaendig": {"feld": "nr", "je": ["x"]}},
        {
            "formate": [
                {"art": "csv", "orte": {"nr": {"spalte": "nr"}}, "wertspalten": [{"muster": "a", "merkmal": "m"}]}
            ]
        },
    ],
)
def test_deklaration_mit_unbekannten_feldern_wird_abgelehnt(teil):
    with pytest.raises(ValueError, match=r"nicht unter felder stehen|keine wertspalten"):
        quelle({"nr": {"typ": "text"}}, **teil)


@given(st.binary(max_size=80), st.sampled_from(sorted(KATALOG)))
def test_beliebige_bytes_werfen_nur_quellenfehler(daten, name):
    for teil in KATALOG[name].teile:
        with pytest.raises(QuellenFehler):
            lies_und_pruefe(daten, KATALOG[name], teil, "d", GEBIETE)
