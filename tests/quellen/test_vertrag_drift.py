"""Drift: another spelling of a column is used and reported, everything else is refused as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog
from quellen.vertrag import Umstaende, Vorgaenger, lies_und_pruefe
from quellen.vertrag.schreibweise import gleichbedeutend, kern

SCHREIBUNGEN = [
    ("Straßenname", "STRASSENNAME"),
    ("Staatsangehörigkeit", "staatsangehoerigkeit"),
    ("Ortsteil_ID", "Ortsteil ID"),
    ("Ortsteil_ID", "OrtsteilId"),
    ("Schulnummer", "Schul-\nnummer1)"),
    ("Anzahl", "Anzahl²"),
    ("Anzahl", "Anzahl 1)"),
    ("Anzahl", "Anzahl1"),
    ("Anzahl1)", "Anzahl 2)"),
]


def zahlen(**teil):
    orte = {"nr": {"spalte": "Nr"}}
    return quelle({"nr": {"typ": "text"}}, "werte", orte, [{"muster": "Anzahl", "merkmal": "n"}], **teil)


def regeln(satz):
    return [(b.regel, b.gefunden, b.zeile, b.spalte) for b in satz.abweichungen]


@pytest.mark.parametrize(("deklariert", "gefunden"), SCHREIBUNGEN)
def test_nur_anders_geschrieben_gilt_und_wird_gemeldet(deklariert, gefunden):
    q = quelle(
        {"nr": {"typ": "text"}, "x": {"typ": "text"}}, orte={"nr": {"spalte": "nr"}, "x": {"spalte": deklariert}}
    )
    satz = lies(q, f'nr;"{gefunden}"\n1;a\n')
    assert satz.daten["x"].tolist() == ["a"]
    [befund] = satz.abweichungen
    assert befund.regel == "Eine Spalte ist anders geschrieben"
    assert (befund.gefunden, befund.erwartet, befund.spalte) == (f"»{gefunden}«", f"»{deklariert}«", 2)
    assert "quellen/katalog/probe.yaml unter teile.t.formate" in befund.tun


@pytest.mark.parametrize(
    ("deklariert", "gefunden"),
    [("Anzahl", "Anzahlen"), ("Bezeichnung_1", "Bezeichnung_2"), ("Bezeichnung", "Bezeichnung_2"), ("Jahr", "Jahr 5")],
)
def test_ein_anderer_name_wird_abgelehnt_auch_wenn_er_aehnlich_ist(deklariert, gefunden):
    q = quelle({"x": {"typ": "text"}}, orte={"x": {"spalte": deklariert}})
    with pytest.raises(QuellenFehler, match="Eine Spalte fehlt") as fehler:
        lies(q, f"{gefunden}\na\n")
    assert f"umbenannt in »{gefunden}«?" in fehler.value.befunde[0].gefunden


def test_zwei_moegliche_schreibweisen_sind_keine():
    q = quelle({"x": {"typ": "text"}}, orte={"x": {"spalte": "Ort_Name"}})
    with pytest.raises(QuellenFehler, match="Eine Spalte fehlt"):
        lies(q, "ort_name;Ort Name\na;b\n")


def test_unveraendert_gibt_es_nichts_zu_melden():
    assert lies(zahlen(), "Nr;Anzahl\n1;5\n").abweichungen == ()


def test_wertspalten_werden_auch_ueber_muster_in_anderer_schreibung_gefunden():
    wertspalten = [{"muster": "Anzahl (?P<g>männlich|weiblich)", "merkmal": "n"}]
    q = quelle({"nr": {"typ": "text"}, "g": {"typ": "text"}}, "werte", {"nr": {"spalte": "Nr"}}, wertspalten)
    satz = lies(q, "Nr;anzahl_maennlich;Anzahl weiblich\n1;5;6\n")
    assert satz.daten[["spaltenname", "g", "originaltext"]].to_numpy().tolist() == [
        ["anzahl_maennlich", "männlich", "5"],
        ["Anzahl weiblich", "weiblich", "6"],
    ]
    assert regeln(satz) == [("Eine Spalte ist anders geschrieben", "»anzahl_maennlich«", 1, 2)]


def test_eine_zweite_spalte_mit_gleichem_inhalt_wird_nicht_mitgezaehlt():
    with pytest.raises(QuellenFehler, match="nicht deklariert") as fehler:
        lies(zahlen(), "Nr;Anzahl;ANZAHL\n1;5;6\n")
    assert fehler.value.befunde[0].spalte == 3


def test_davon_findet_sein_ganzes_in_anderer_schreibung():
    wertspalten = [{"muster": "alle", "merkmal": "a"}, {"muster": "davon x", "merkmal": "x", "davon": "alle"}]
    q = quelle({"nr": {"typ": "text"}}, "werte", {"nr": {"spalte": "nr"}}, wertspalten)
    assert len(lies(q, "nr;Alle;davon x\n1;5;3\n").daten) == 2
    with pytest.raises(QuellenFehler, match="»davon x« zusammen 6, »Alle« 5"):
        lies(q, "nr;Alle;davon x\n1;5;6\n")


def test_andere_schreibung_hilft_nicht_wenn_sonst_etwas_bricht():
    with pytest.raises(QuellenFehler) as fehler:
        lies(zahlen(), "NR;ANZAHL\n1;§\n")
    assert [(b.regel, b.zeile, b.spalte) for b in fehler.value.befunde] == [("Weder Zahl noch bekanntes Zeichen", 2, 2)]


@pytest.mark.parametrize(
    ("form", "neue_spalten", "gilt"),
    [("liste", None, True), ("liste", "fehler", False), ("werte", None, False), ("werte", "melden", True)],
)
def test_neue_spalte_je_nach_form_und_deklaration(form, neue_spalten, gilt):
    wertspalten = [{"muster": "n", "merkmal": "m"}] if form == "werte" else ()
    q = quelle({"nr": {"typ": "text"}}, form, wertspalten=wertspalten, neue_spalten=neue_spalten)
    text = "nr;n;Neu\n1;2;3\n" if form == "werte" else "nr;Neu\n1;3\n"
    if gilt:
        satz = lies(q, text)
        assert [(b.regel, b.gefunden) for b in satz.abweichungen] == [
            ("Eine Spalte ist nicht deklariert", "Spalte »Neu«")
        ]
        assert "außer Betracht" in satz.abweichungen[0].tun
        assert "Neu" not in satz.daten.columns
    else:
        with pytest.raises(QuellenFehler, match="Spalte »Neu«"):
            lies(q, text)


def test_genau_passendes_format_geht_vor_einem_nur_anders_geschriebenen():
    formate = [{"art": "csv", "orte": {"nr": {"spalte": s}}} for s in ("Schluessel", "Schlüssel")]
    assert lies(quelle({"nr": {"typ": "text"}}, formate=formate), "Schlüssel\n1\n").abweichungen == ()


def test_nur_findet_seine_spalte_in_anderer_schreibung():
    formate = [{"art": "csv", "orte": {"nr": {"spalte": "nr"}}, "nur": {"Einheit": ["Anzahl"]}}]
    q = quelle({"nr": {"typ": "text"}}, formate=formate)
    assert regeln(lies(q, "nr;EINHEIT\n1;Anzahl\n"))[0][1] == "»EINHEIT«"
    with pytest.raises(QuellenFehler, match="»%«"):
        lies(q, "nr;EINHEIT\n1;%\n")


def test_andere_reihenfolge_als_beim_vorigen_abruf_wird_gemeldet():
    q, text = zahlen(), "Nr;Anzahl\n1;5\n"
    vorher = Vorgaenger(lies(q, text).kennzahlen, "abgerufen am 01.01.2026")
    umstaende = Umstaende(vorher=vorher)
    assert lies_und_pruefe(text.encode(), q, "t", "d.csv", {}, umstaende).abweichungen == ()
    [befund] = lies_und_pruefe(b"Anzahl;Nr\n5;1\n", q, "t", "d.csv", {}, umstaende).abweichungen
    assert (befund.regel, befund.spalte) == ("Die Spalten stehen in anderer Reihenfolge", 1)
    assert befund.gefunden == "»Anzahl«, wo bisher »Nr« stand"
    assert "01.01.2026" in befund.erwartet


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12))
def test_kern_ist_fest_und_ohne_schreibung(name):
    assert kern(kern(name)) == kern(kern(kern(name)))
    assert gleichbedeutend(name, [name]) == []


@pytest.mark.parametrize("name", sorted(lade_katalog()))
def test_keine_zwei_deklarierten_spalten_unterscheidet_nur_ihre_schreibung(name):
    """Otherwise one could stand in for the other."""
    for teil in lade_katalog()[name].teile.values():
        for format_ in teil.formate:
            namen = [kern(s) for ort in format_.orte.values() for s in {kern(s): s for s in ort.spalten}.values()]
            assert len(namen) == len(set(namen))


# --- places -----------------------------------------------------------------------------------------------------


def test_verbundene_spalten_sind_ein_schluessel():
    felder = {"was": {"typ": "auspraegung", "werte": {"SGB II|Anzahl": "personen", "SGB II|%": "quote"}}}
    q = quelle(felder, orte={"was": {"verbunden": ["Merkmal", "Einheit.*"]}}, eindeutig=["was"])
    satz = lies(q, "Merkmal;Einheit1)\nSGB II;Anzahl\nSGB II;%\n")
    assert satz.daten["was"].tolist() == ["SGB II|Anzahl", "SGB II|%"]
    with pytest.raises(QuellenFehler, match=r"»SGB II\|Euro«") as fehler:
        lies(q, "Merkmal;Einheit\nSGB II;Euro\n")
    assert (fehler.value.befunde[0].zeile, fehler.value.befunde[0].spalte) == (2, 1)
    with pytest.raises(QuellenFehler, match="nicht eindeutig zu finden"):
        lies(q, "Merkmal;Einheit;Einheit alt\nSGB II;%;%\n")
    with pytest.raises(QuellenFehler, match=r"»Einheit\.\*« \(orte\.was\)"):
        lies(q, "Merkmal\nSGB II\n")


def test_der_dateiname_ist_ein_feld():
    felder = {"nr": {"typ": "text"}, "ort": {"typ": "auspraegung", "werte": {"Duisburg": "05112"}}}
    q = quelle(felder, orte={"nr": {"spalte": "nr"}, "ort": {"dateiname": r"-([^-.]+)\.csv$"}})
    satz = lies_und_pruefe(b"nr\n1\n2\n", q, "t", "tabelle-Duisburg.csv", {})
    assert satz.daten["ort"].tolist() == ["Duisburg", "Duisburg"]
    assert ("ort", "Duisburg", "05112") in satz.zuordnungen
    with pytest.raises(QuellenFehler, match="»Essen«"):
        lies_und_pruefe(b"nr\n1\n", q, "t", "tabelle-Essen.csv", {})
    with pytest.raises(QuellenFehler, match="Der Dateiname sagt nicht") as fehler:
        lies_und_pruefe(b"nr\n1\n", q, "t", "tabelle.csv", {})
    assert "»tabelle.csv«" in str(fehler.value)


def test_nummeriert_unterscheidet_gleichlautende_zeilen():
    felder = {"was": {"typ": "auspraegung", "werte": {"SGB II": "anzahl", "SGB II|2": "quote"}}}
    q = quelle(felder, orte={"was": {"spalte": "was", "nummeriert": True}}, eindeutig=["was"])
    assert lies(q, "was\nSGB II\nSGB II\n").daten["was"].tolist() == ["SGB II", "SGB II|2"]
    with pytest.raises(QuellenFehler, match=r"»SGB II\|3«"):
        lies(q, "was\nSGB II\nSGB II\nSGB II\n")


def test_spaltenmuster_nimmt_genau_eine_spalte():
    q = quelle({"nr": {"typ": "text"}}, orte={"nr": {"spaltenmuster": r"Nummer.*"}})
    assert lies(q, "Nummer am 31.12.2024\n7\n").daten["nr"].tolist() == ["7"]
    with pytest.raises(QuellenFehler, match="nicht eindeutig zu finden"):
        lies(q, "Nummer a;Nummer b\n7;8\n")
