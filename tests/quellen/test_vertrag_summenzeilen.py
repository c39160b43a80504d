"""Totals that are missing, rows that are not carried, and figures in another notation than declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler

GESCHLECHT = {"typ": "auspraegung", "werte": {"m": "maennlich", "w": "weiblich"}, "insgesamt": ["i"]}
ORT = {"typ": "schluessel", "verzeichnis": "kreis", "nicht_gefuehrt": [{"muster": "R.*", "grund": "Region"}]}


def zaehlung(geschlecht=GESCHLECHT, **teil):
    """A row per district and sex; the total is a row of its own."""
    felder = {"ort": ORT, "g": geschlecht}
    return quelle(felder, "werte", wertspalten=[{"muster": "n", "merkmal": "n"}], eindeutig=["ort", "g"], **teil)


def text(*zeilen):
    return "ort;g;n\n" + "".join(f"{z}\n" for z in zeilen)


VOLL = ("1;m;5", "1;w;3", "1;i;8", "2;m;1", "2;w;1", "2;i;2")


def test_fehlende_summenzeile_nennt_den_schluessel_und_den_ausweg():
    with pytest.raises(QuellenFehler) as fehler:
        lies(zaehlung(), text(*VOLL[:5]))
    [befund] = fehler.value.befunde
    assert (befund.regel, befund.zeile, befund.spalte) == ("Eine Summenzeile fehlt (g)", 5, 3)
    assert befund.gefunden == "Teile ohne insgesamt bei ort »2«"
    assert "»i«" in befund.erwartet
    assert "erneut abrufen" in befund.tun
    assert "teile.t.felder.g" in befund.tun


def test_mit_allen_summenzeilen_oder_ganz_ohne_ist_alles_gut():
    assert lies(zaehlung(), text(*VOLL)).zeilen == 6
    assert lies(zaehlung(), text(*(z for z in VOLL if ";i;" not in z))).zeilen == 4
    assert lies(zaehlung(), text(*VOLL[:3], "2;i;2")).zeilen == 4


def test_ohne_erklaerte_summen_wird_keine_verlangt():
    ohne = {"typ": "auspraegung", "werte": {"m": "maennlich", "w": "weiblich", "i": "divers"}}
    assert lies(zaehlung(ohne), text(*VOLL[:5])).zeilen == 5


def test_eine_summenzeile_kann_auch_unter_werte_stehen():
    unter_werte = {"typ": "auspraegung", "werte": {"m": "maennlich", "w": "weiblich", "": "insgesamt"}}
    with pytest.raises(QuellenFehler, match=r"Eine Summenzeile fehlt \(g\)"):
        lies(zaehlung(unter_werte), text(*(z.replace("i", "") for z in VOLL[:5])))


def test_summe_wird_nur_bei_additiven_quellen_geprueft():
    falsch = (*VOLL[:5], "2;i;3")
    additiv = {"felder": ["g"]}
    with pytest.raises(QuellenFehler, match="insgesamt 3, Summe der Teile 2") as fehler:
        lies(zaehlung(summe=additiv), text(*falsch))
    assert (fehler.value.befunde[0].zeile, "additiv: false" in fehler.value.befunde[0].tun) == (7, True)
    assert lies(zaehlung(summe={**additiv, "additiv": False}), text(*falsch)).zeilen == 6


# --- rows that are not carried ------------------------------------------------------------------------------------


def test_nicht_gefuehrtes_nimmt_an_keiner_regel_teil():
    """Region R: no total, twice, out of range, not whole; a carried row with any of it is refused."""
    q = zaehlung(
        summe={"felder": ["g"]}, vollstaendig={"feld": "ort", "je": ["g"]}, bereiche=[{"merkmal": "n", "bis": 10}]
    )
    satz = lies(q, text(*VOLL, "R;m;999", "R;m;7,5", "R2;i;1", "R2;m;50"), kreis=frozenset("12"))
    assert satz.zeilen == len(satz.daten) == 10
    assert ("ort", "R", "nicht_gefuehrt:Region") in satz.zuordnungen
    assert satz.kennzahlen.gebiete == ("1", "2")
    assert satz.kennzahlen.summen == {"n": {"": 20.0}}


@pytest.mark.parametrize("text_", ["§", "", "1.5"])
def test_auch_nicht_gefuehrtes_muss_lesbar_sein(text_):
    with pytest.raises(QuellenFehler, match="Weder Zahl noch bekanntes Zeichen") as fehler:
        lies(zaehlung(), text(*VOLL, f"R;m;{text_}"))
    assert fehler.value.befunde[0].zeile == 8


def test_der_verstoss_wird_an_der_gefuehrten_zeile_gezeigt():
    with pytest.raises(QuellenFehler, match="nicht ganz") as fehler:
        lies(zaehlung(), text("R;m;7,5", "1;m;7,5"))
    assert [(b.zeile, b.gefunden.split(",")[0]) for b in fehler.value.befunde] == [(3, "»7")]


@pytest.mark.parametrize(
    ("feld", "gefuehrt", "fremd"),
    [
        ({"typ": "auspraegung", "werte": {"m": "m"}}, "m", "fremd"),
        ({"typ": "alter"}, "5 Jahre", "unbekannt"),
        ({"typ": "zeitraum"}, "2023", "Durchschnitt"),
        ({"typ": "datum"}, "31.12.2023", "Durchschnitt"),
        ({"typ": "jahr"}, "2023", "vorher"),
        ({"typ": "schluessel", "muster": r"\d+"}, "7", "alle"),
        ({"typ": "zahl"}, "1,5", "entfällt"),
        ({"typ": "text", "muster": "[a-z]+"}, "ab", "???"),
    ],
)
def test_nicht_gefuehrt_gilt_fuer_jeden_feldtyp(feld, gefuehrt, fremd):
    feld = {**feld, "nicht_gefuehrt": [{"muster": r"[a-zäA-Z ]{5,}|alle|\?+", "grund": "kein Wert"}]}
    q = quelle({"x": feld}, "werte", wertspalten=[{"muster": "n", "merkmal": "n"}])
    satz = lies(q, f"x;n\n{gefuehrt};5\n{fremd};7\n")
    assert ("x", fremd, "nicht_gefuehrt:kein Wert") in satz.zuordnungen
    assert sum(sum(je.values()) for je in satz.kennzahlen.summen.values()) == 5
    with pytest.raises(QuellenFehler, match="Das Feld x hat einen unbekannten Wert"):
        lies(q, "x;n\n!;7\n")


# --- notation -----------------------------------------------------------------------------------------------------


def zahlen(dezimal=",", tausender="", **teil):
    formate = [
        {
            "art": "csv", "dezimal": dezimal, "tausender": tausender, "orte": {"nr": {"spalte": "nr"}},
            "wertspalten": [{"muster": "n", "merkmal": "n"}],
        }
    ]  # fmt: skip
    return quelle({"nr": {"typ": "text"}}, "werte", formate=formate, **teil)


@pytest.mark.parametrize(
    ("format_", "text_", "hinweis"),
    [
        ({}, "1.234", "Tausendertrenner ».«"),
        ({}, "1 234", "Tausendertrenner » «"),
        ({"dezimal": "."}, "1,234", "Tausendertrenner »,«"),
        ({"tausender": "."}, "1,234,567", "Tausendertrenner »,«"),
        ({}, "12.5", "Kommazahl"),
        ({"dezimal": "."}, "12,5", "Kommazahl"),
        ({}, "1,234", "gelesen mit dezimal ','"),
        ({}, "1,000", "gelesen mit dezimal ','"),
        ({"dezimal": "."}, "1.000", "gelesen mit dezimal '.'"),
        ({"dezimal": "."}, "12.5", "gelesen mit dezimal '.'"),
    ],
)
def test_zweideutige_zahlen_werden_abgelehnt_und_nie_falsch_gelesen(format_, text_, hinweis):
    with pytest.raises(QuellenFehler) as fehler:
        lies(zahlen(**format_), f"nr;n\na;5\nb;{text_}\n")
    [befund] = fehler.value.befunde
    assert (befund.zeile, befund.spalte) == (3, 2)
    assert hinweis in befund.gefunden
    assert "dezimal und tausender" in befund.tun


@given(st.integers(0, 10**7))
def test_tausenderpunkte_werden_mit_deklaration_gelesen_und_ohne_sie_nicht(zahl):
    geschrieben = f"{zahl:,}".replace(",", ".")
    satz = lies(zahlen(tausender="."), f"nr;n\na;{geschrieben}\n")
    assert satz.kennzahlen.summen == {"n": {"": float(zahl)}}
    if zahl >= 1000:
        for format_ in ({}, {"dezimal": "."}):
            with pytest.raises(QuellenFehler):
                lies(zahlen(**format_), f"nr;n\na;{geschrieben}\n")


def test_kommazahlen_gelten_wo_sie_deklariert_sind():
    assert lies(zahlen(ganzzahl=False), "nr;n\na;1,234\n").kennzahlen.summen == {"n": {"": 1.234}}


def test_negative_zahlen_werden_abgelehnt_ausser_sie_sind_erlaubt():
    with pytest.raises(QuellenFehler, match="Eine Zahl ist zu klein") as fehler:
        lies(zahlen(), "nr;n\na;-5\n")
    assert (fehler.value.befunde[0].gefunden, fehler.value.befunde[0].erwartet) == ("»-5«", "mindestens 0")
    assert "teile.t.minimum" in fehler.value.befunde[0].tun
    assert lies(zahlen(minimum=None), "nr;n\na;-5\n").kennzahlen.summen == {"n": {"": -5.0}}
