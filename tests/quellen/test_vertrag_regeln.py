"""Rules over several cells: subsets, sums, uniqueness and completeness on small tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler

GESCHLECHT = {"typ": "auspraegung", "werte": {"m": "m", "w": "w", "z": "insgesamt"}}


def ort(befund):
    return (befund.zeile, befund.spalte)


def geschlechter(**teil):
    """One row per number, one column per sex and one for the total."""
    wertspalten = [{"muster": "(?P<g>[mwz])", "merkmal": "n"}]
    felder = {"nr": {"typ": "schluessel", "verzeichnis": "kreis"}, "g": GESCHLECHT}
    return quelle(felder, "werte", {"nr": {"spalte": "nr"}}, wertspalten, **{"eindeutig": ["nr"], **teil})


def test_davon_findet_sein_ganzes_auch_ueber_merkmal_und_gleiche_felder():
    wertspalten = [
        {"muster": "alle (?P<g>[mw])", "merkmal": "alle"},
        {"muster": "darunter x (?P<g>[mw])", "merkmal": "x", "davon": "alle"},
    ]
    felder = {"nr": {"typ": "text"}, "g": {"typ": "text"}}
    q = quelle(felder, "werte", {"nr": {"spalte": "nr"}}, wertspalten)
    assert len(lies(q, "nr;alle m;alle w;darunter x m;darunter x w\n1;5;3;5;3\n2;.;3;9;-\n").daten) == 8
    with pytest.raises(QuellenFehler, match=r"»darunter x w« zusammen 4, »alle w« 3"):
        lies(q, "nr;alle m;alle w;darunter x m;darunter x w\n1;5;3;5;4\n")


def test_gleiche_spalten_in_einer_zeile_sind_doppelt():
    q = quelle({"nr": {"typ": "text"}}, "werte", wertspalten=[{"muster": "a|b", "merkmal": "m"}], eindeutig=["nr"])
    with pytest.raises(QuellenFehler, match="zweimal in Zeile 2") as fehler:
        lies(q, "nr;a;b\n1;5;6\n")
    assert ort(fehler.value.befunde[0]) == (2, 3)


@given(st.lists(st.lists(st.integers(0, 50), min_size=2, max_size=2), min_size=1, max_size=6), st.integers(-3, 3))
def test_summe_stimmt_genau_wenn_die_teile_sie_ergeben(paare, abweichung):
    q = geschlechter(summe={"felder": ["g"]}, minimum=None)
    zeilen = [f"{i};{m};{w};{m + w + (abweichung if i == len(paare) - 1 else 0)}" for i, (m, w) in enumerate(paare)]
    text = "\n".join(["nr;m;w;z", *zeilen]) + "\n"
    if abweichung == 0:
        assert len(lies(q, text).daten) == 3 * len(paare)
    else:
        with pytest.raises(QuellenFehler) as fehler:
            lies(q, text)
        assert [ort(b) for b in fehler.value.befunde] == [(len(paare) + 1, 4)]


def test_gerundete_quellen_und_kommazahlen():
    assert len(lies(geschlechter(summe={"felder": ["g"], "additiv": False}), "nr;m;w;z\n1;5;5;15\n").daten) == 3
    genau = geschlechter(summe={"felder": ["g"]}, ganzzahl=False)
    assert len(lies(genau, "nr;m;w;z\n1;0,1;0,2;0,3\n").daten) == 3
    with pytest.raises(QuellenFehler, match=r"insgesamt 0\.31, Summe der Teile 0\.3"):
        lies(genau, "nr;m;w;z\n1;0,1;0,2;0,31\n")


@pytest.mark.parametrize(
    ("zeile", "fehlt"), [("1;-;-;-", True), ("1;.;.;-", True), ("1;-;-;0", False), ("1;1;-;1", False)]
)
def test_nur_ein_strich_im_gesamtwert_heisst_nicht_geliefert(zeile, fehlt):
    satz = lies(geschlechter(summe={"felder": ["g"]}), f"nr;m;w;z\n{zeile}\n2;1;1;2\n")
    assert satz.daten["total_fehlt"].tolist() == [fehlt] * 3 + [False] * 3


def test_strich_im_gesamtwert_neben_zahlen_ist_ein_widerspruch():
    with pytest.raises(QuellenFehler, match="insgesamt 0, Summe der Teile 5") as fehler:
        lies(geschlechter(summe={"felder": ["g"]}), "nr;m;w;z\n1;5;-;-\n")
    assert ort(fehler.value.befunde[0]) == (2, 4)


def test_ein_unverstandenes_feld_loest_keine_folgemeldung_ueber_summen_aus():
    with pytest.raises(QuellenFehler) as fehler:
        lies(geschlechter(summe={"felder": ["g"]}), "nr;m;w;z\nx;1;1;9\n", kreis=frozenset("1"))
    assert [b.regel for b in fehler.value.befunde] == ["Das Feld nr hat einen unbekannten Wert"]


def test_vollstaendig_mit_feld_aus_spaltennamen_in_je():
    q = geschlechter(vollstaendig={"feld": "nr", "je": ["g"]})
    assert lies(q, "nr;m;w;z\n1;1;1;2\n2;1;1;2\n", kreis=frozenset("12")).zeilen == 2
    with pytest.raises(QuellenFehler, match="die ganze Datei: es fehlen 2 von 3: 2, 3"):
        lies(q, "nr;m;w;z\n1;1;1;2\n", kreis=frozenset("123"))


def test_vollstaendig_zaehlt_auch_was_eindeutig_nicht_sieht():
    q = geschlechter(eindeutig=[], vollstaendig={"feld": "nr"})
    with pytest.raises(QuellenFehler, match=r"1 \(2-mal\)"):
        lies(q, "nr;m;w;z\n1;1;1;2\n1;3;3;6\n2;1;1;2\n", kreis=frozenset("12"))


def test_schluessel_in_spaltennamen_koennen_vollstaendig_sein():
    felder = {"jahr": {"typ": "jahr"}, "ot": {"typ": "schluessel", "verzeichnis": "ortsteil"}}
    wertspalten = [{"muster": r"(?P<ot>\d+)", "merkmal": "n"}]
    q = quelle(felder, "werte", {"jahr": {"spalte": "jahr"}}, wertspalten, vollstaendig={"feld": "ot", "je": ["jahr"]})
    assert lies(q, "jahr;101;102\n2023;1;2\n2024;1;2\n", ortsteil=frozenset({"101", "102"})).zeilen == 2
    with pytest.raises(QuellenFehler) as fehler:
        lies(q, "jahr;101\n2023;1\n2024;1\n", ortsteil=frozenset({"101", "102"}))
    assert [b.gefunden[:32] for b in fehler.value.befunde] == [
        f"jahr {j}-12-31: es fehlen 1 von 2:"[:32] for j in (2023, 2024)
    ]


def test_lange_listen_fehlender_schluessel_werden_gekuerzt():
    q = geschlechter(vollstaendig={"feld": "nr"})
    with pytest.raises(QuellenFehler, match="… und 49 weitere") as fehler:
        lies(q, "nr;m;w;z\n100;1;1;2\n", kreis=frozenset(str(i) for i in range(100, 200)))
    assert "es fehlen 99 von 100: 101, 102" in str(fehler.value)


def test_nur_verlangt_seine_spalte_und_seine_werte():
    formate = [{"art": "csv", "orte": {"nr": {"spalte": "nr"}}, "nur": {"einheit": ["Anzahl", "Personen"]}}]
    q = quelle({"nr": {"typ": "text"}}, formate=formate)
    assert lies(q, "nr;einheit\n1;Anzahl\n2;Personen\n").zeilen == 2
    with pytest.raises(QuellenFehler, match="»%« \\(in 2 Zeilen\\)") as fehler:
        lies(q, "nr;einheit\n1;Anzahl\n2;%\n3;%\n")
    assert ort(fehler.value.befunde[0]) == (3, 2)
    with pytest.raises(QuellenFehler, match=r"»einheit« \(nur.einheit\)"):
        lies(q, "nr\n1\n")
