"""The change gate and plausible ranges: they fire, with place and way out, and stay silent within what is declared."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler
from quellen.vertrag import AENDERUNG, BEREICH, Kennzahlen, Umstaende, Vorgaenger, lies_und_pruefe, vereint, vergleiche

BIS = date(2026, 6, 30)
VORHER, NACHHER = BIS, date(2026, 7, 1)
GRUND = "Neubauten verändern den Bestand"


def toleranz(**mass):
    return {**mass, "grund": GRUND, "bis": BIS}


def gate(**regeln):
    """Figures per district and year under a change gate; ``zeilen`` may not change unless said."""
    felder = {"tag": {"typ": "jahr"}, "ort": {"typ": "schluessel", "verzeichnis": "ortsteil"}}
    return quelle(
        felder,
        "werte",
        wertspalten=[{"muster": "n|m", "merkmal": "n"}],
        aenderung={"zeilen": toleranz(anzahl=0), **regeln},
    )


def pruefe(q, neu, alt, tag=VORHER, *, gleiche_scheibe=True, angenommen=()):
    umstaende = Umstaende(tag, Vorgaenger(alt, "abgerufen am 01.01.2026", gleiche_scheibe), dict(angenommen))
    return vergleiche(q, "t", "d.csv", neu, umstaende)


def abgelehnt(*args, **weiteres):
    with pytest.raises(QuellenFehler) as fehler:
        pruefe(*args, **weiteres)
    return fehler.value.befunde


def tabelle(*zeilen):
    return "tag;ort;n\n" + "".join(f"{jahr};{ort};{n}\n" for jahr, ort, n in zeilen)


ALT = tabelle((2023, "101", 10), (2023, "102", 20), (2024, "101", 11), (2024, "102", 21))


def test_kennzahlen_eines_abrufs():
    k = lies(gate(), ALT).kennzahlen
    assert (k.zeilen, k.gebiete, k.spalten) == (4, ("101", "102"), ("tag", "ort", "n"))
    assert k.zeilen_je == {"2023-12-31": 2, "2024-12-31": 2}
    assert k.summen == {"n": {"2023-12-31": 30.0, "2024-12-31": 32.0}}
    assert Kennzahlen.aus_json(k.als_json()) == k


def test_nicht_gefuehrtes_und_unbekanntes_zaehlt_in_keiner_summe():
    ort = {"typ": "schluessel", "verzeichnis": "ortsteil", "nicht_gefuehrt": [{"muster": "9.*", "grund": "fremd"}]}
    q = quelle({"tag": {"typ": "jahr"}, "ort": ort}, "werte", wertspalten=[{"muster": "n", "merkmal": "n"}])
    k = lies(q, tabelle((2023, "101", 10), (2023, "102", "."), (2023, "999", 70))).kennzahlen
    assert (k.zeilen, k.gebiete, k.summen) == (3, ("101", "102"), {"n": {"2023-12-31": 10.0}})


def test_ein_erster_abruf_hat_keinen_vergleich_und_ohne_gate_gibt_es_keinen():
    q, k = gate(), lies(gate(), ALT).kennzahlen
    assert vergleiche(q, "t", "d", Kennzahlen(), Umstaende(VORHER)) == []
    assert pruefe(quelle({"nr": {"typ": "text"}}), Kennzahlen(), k) == []


def test_gleiches_geht_auch_nach_ablauf_durch():
    k = lies(gate(), ALT).kennzahlen
    assert pruefe(gate(summen=toleranz(prozent=0)), k, k, NACHHER) == []


def test_ein_neuer_stichtag_und_ein_neues_gebiet_sind_kein_schwund():
    alt = Kennzahlen(10, {"2023": 10}, {}, ("101",), ("2023",))
    assert pruefe(gate(), Kennzahlen(21, {"2023": 10, "2024": 11}, {}, ("101", "102"), ("2023", "2024")), alt) == []


def test_weniger_zeilen_nennen_zahl_grund_und_ausweg():
    q = gate(zeilen=toleranz(prozent=5))
    [befund] = abgelehnt(q, Kennzahlen(80), Kennzahlen(100))
    assert befund.regel == "Der Abruf weicht zu stark vom vorigen ab"
    assert befund.gefunden == "Zeilen: 80 statt 100 (-20,0 %)"
    assert befund.erwartet == (
        "höchstens 5 % Änderung gegenüber dem letzten angenommenen Abruf (abgerufen am 01.01.2026); "
        f"Toleranz 5 %, Grund: {GRUND}"
    )
    assert '»sozialraum quelle annehmen probe t --regel aenderung --grund "…"«' in befund.tun
    assert befund.tun.endswith("quellen/katalog/probe.yaml unter teile.t.aenderung.zeilen")
    assert befund.ort == "probe/t, Datei d.csv"


def test_nach_ablauf_gilt_keine_toleranz_und_die_meldung_sagt_es():
    q = gate(zeilen=toleranz(prozent=5))
    assert pruefe(q, Kennzahlen(96), Kennzahlen(100), VORHER) == []
    [befund] = abgelehnt(q, Kennzahlen(96), Kennzahlen(100), NACHHER)
    assert "keine Änderung" in befund.erwartet
    assert f"Toleranz 5 %, Grund: {GRUND}, ist am 30.06.2026 abgelaufen" in befund.erwartet
    assert "bis verlängern" in befund.tun


def test_verschwundene_gebiete_und_stichtage_werden_benannt():
    q, alt = gate(zeilen=toleranz(prozent=100)), lies(gate(), ALT).kennzahlen
    neu = lies(q, tabelle((2024, "101", 11))).kennzahlen
    assert [b.gefunden for b in abgelehnt(q, neu, alt)] == [
        "Gebiete: 1 von 2 verschwunden: 102",
        "Stichtage: 1 von 2 verschwunden: 2023-12-31",
    ]
    erlaubt = gate(zeilen=toleranz(prozent=100), gebiete=toleranz(anzahl=1), stichtage=toleranz(prozent=50))
    assert pruefe(erlaubt, neu, alt) == []
    assert len(abgelehnt(erlaubt, neu, alt, NACHHER)) == 3


def test_summen_gelten_je_merkmal_und_gemeinsamem_stichtag():
    q, alt = gate(summen=toleranz(prozent=10)), lies(gate(), ALT).kennzahlen
    geaendert = tabelle((2023, "101", 10), (2023, "102", 24), (2024, "101", 11), (2024, "102", 21), (2025, "101", 900))
    [befund] = abgelehnt(q, lies(q, geaendert).kennzahlen, alt)
    assert befund.gefunden == "Summe von n zum 2023-12-31: 34 statt 30 (+13,3 %)"
    assert pruefe(q, lies(q, geaendert.replace(";24", ";23")).kennzahlen, alt) == []


def test_ein_verschwundenes_merkmal_ist_eine_aenderung():
    q = gate(summen=toleranz(prozent=50))
    alt = Kennzahlen(1, {}, {"n": {"": 5.0}, "m": {"": 7.0}})
    [befund] = abgelehnt(q, Kennzahlen(1, {}, {"n": {"": 5.0}}), alt)
    assert befund.gefunden == "Summe von m: 0 statt 7 (-100,0 %)"


def test_gegen_ein_anderes_jahr_zaehlen_nur_zeilen_und_gebiete():
    q, alt = gate(summen=toleranz(prozent=0)), lies(gate(), tabelle((2023, "101", 10), (2023, "102", 20))).kennzahlen
    neu = lies(q, tabelle((2024, "101", 900), (2024, "102", 1))).kennzahlen
    assert pruefe(q, neu, alt, gleiche_scheibe=False) == []
    kleiner = lies(q, tabelle((2024, "101", 900))).kennzahlen
    assert [b.gefunden for b in abgelehnt(q, kleiner, alt, gleiche_scheibe=False)] == [
        "Zeilen: 1 statt 2 (-50,0 %)",
        "Gebiete: 1 von 2 verschwunden: 102",
    ]


def test_angenommenes_wird_mit_grund_gemeldet_statt_abgelehnt():
    q = gate()
    [befund] = pruefe(q, Kennzahlen(80), Kennzahlen(100), angenommen={AENDERUNG: "geprüft (Meier)"})
    assert befund.regel == "Angenommen: Der Abruf weicht zu stark vom vorigen ab"
    assert befund.tun == "nichts, angenommen: geprüft (Meier)"
    assert len(abgelehnt(q, Kennzahlen(80), Kennzahlen(100), angenommen={BEREICH: "geprüft (Meier)"})) == 1


MASS = st.one_of(st.tuples(st.just("prozent"), st.integers(0, 120)), st.tuples(st.just("anzahl"), st.integers(0, 60)))


@given(st.integers(0, 200), st.integers(0, 200), MASS, st.sampled_from([VORHER, NACHHER]))
def test_zeilen_gehen_genau_innerhalb_der_toleranz_durch(alt, neu, mass, tag):
    """Own arithmetic, in fractions."""
    name, wert = mass
    erlaubt = Fraction(alt * wert, 100) if name == "prozent" else Fraction(wert)
    gut = abs(neu - alt) <= (erlaubt if tag <= BIS else 0)
    q = gate(zeilen=toleranz(**{name: wert}))
    if gut:
        assert pruefe(q, Kennzahlen(neu), Kennzahlen(alt), tag) == []
    else:
        assert [b.gefunden.split(" (")[0] for b in abgelehnt(q, Kennzahlen(neu), Kennzahlen(alt), tag)] == [
            f"Zeilen: {neu} statt {alt}"
        ]


JE_TAG = st.dictionaries(st.sampled_from(["2021", "2022", "2023"]), st.integers(1, 50))


@given(JE_TAG, JE_TAG, st.integers(0, 30), st.integers(0, 3))
def test_zeilen_summen_und_stichtage_nach_eigener_rechnung(alt, neu, prozent, weg):
    """Every rule recomputed by plain loops: what is refused is exactly what exceeds its tolerance."""
    q = gate(zeilen=toleranz(prozent=prozent), summen=toleranz(prozent=prozent), stichtage=toleranz(anzahl=weg))

    def als(je):
        return Kennzahlen(sum(je.values()), je, {"n": {t: float(w) for t, w in je.items()}}, (), tuple(sorted(je)))

    gemeinsam = alt.keys() & neu.keys()
    zeilen_alt = sum(alt[t] for t in gemeinsam) if gemeinsam else sum(alt.values())
    zeilen_neu = sum(neu[t] for t in gemeinsam) if gemeinsam else sum(neu.values())
    falsch = int(100 * abs(zeilen_neu - zeilen_alt) > prozent * zeilen_alt)
    falsch += len(alt.keys() - neu.keys()) > weg
    falsch += sum(100 * abs(neu[t] - alt[t]) > prozent * alt[t] for t in gemeinsam)
    if falsch:
        assert len(abgelehnt(q, als(neu), als(alt))) == falsch
    else:
        assert pruefe(q, als(neu), als(alt)) == []


@given(st.lists(st.tuples(st.sampled_from([2022, 2023]), st.sampled_from("123"), st.integers(0, 9)), min_size=2))
def test_seiten_ergeben_zusammen_dasselbe_wie_eine_datei(zeilen):
    q = gate()
    ganz = lies(q, tabelle(*zeilen)).kennzahlen
    seiten = [lies(q, tabelle(*teil)).kennzahlen for teil in (zeilen[:1], zeilen[1:])]
    assert vereint(seiten) == ganz


# --- ranges -----------------------------------------------------------------------------------------------------


def bereich(**grenzen):
    felder = {"ort": {"typ": "schluessel", "verzeichnis": "ortsteil"}}
    return quelle(
        felder, "werte", wertspalten=[{"muster": "n", "merkmal": "n"}], bereiche=[{"merkmal": "n", **grenzen}]
    )


def test_ausserhalb_des_bereichs_nennt_die_zelle_und_den_ausweg():
    with pytest.raises(QuellenFehler) as fehler:
        lies(bereich(von=5, bis=100), "ort;n\n101;5\n102;101\n103;4\n104;.\n")
    befunde = fehler.value.befunde
    assert [(b.zeile, b.spalte, b.gefunden) for b in befunde] == [
        (3, 2, "»101« für n bei ort »102«"),
        (4, 2, "»4« für n bei ort »103«"),
    ]
    assert befunde[0].erwartet == "mindestens 5 und höchstens 100"
    assert '»sozialraum quelle annehmen probe t --regel bereich --grund "…"«' in befunde[0].tun
    assert befunde[0].tun.endswith("quellen/katalog/probe.yaml unter teile.t.bereiche")


@given(st.integers(0, 50), st.none() | st.integers(0, 50), st.none() | st.integers(0, 50))
def test_grenzen_gehoeren_dazu_und_fehlende_sind_offen(wert, von, bis):
    gut = (von is None or wert >= von) and (bis is None or wert <= bis)
    if gut:
        assert lies(bereich(von=von, bis=bis), f"ort;n\n1;{wert}\n").zeilen == 1
    else:
        with pytest.raises(QuellenFehler, match="außerhalb des plausiblen Bereichs"):
            lies(bereich(von=von, bis=bis), f"ort;n\n1;{wert}\n")


def test_ein_angenommener_bereich_wird_gemeldet_und_alles_andere_bleibt_verboten():
    umstaende = Umstaende(angenommen={BEREICH: "Sonderzählung (Meier)"})
    satz = lies_und_pruefe(b"ort;n\n101;7\n", bereich(bis=5), "t", "d", {}, umstaende)
    [befund] = satz.abweichungen
    assert (befund.regel, befund.zeile) == ("Angenommen: Eine Zahl liegt außerhalb des plausiblen Bereichs", 2)
    assert "Sonderzählung (Meier)" in befund.tun
    with pytest.raises(QuellenFehler, match="zu klein"):
        lies_und_pruefe(b"ort;n\n101;-7\n", bereich(bis=5), "t", "d", {}, umstaende)


def test_viele_ausserhalb_werden_gezaehlt():
    with pytest.raises(QuellenFehler, match="… und 30 weitere"):
        lies(bereich(bis=5), "ort;n\n" + "".join(f"{i};9\n" for i in range(50)))
