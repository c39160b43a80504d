"""Example tables of the GENESIS family: sums computed anew, published figures, forms of the files."""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.beispiel.kreistabellen import GRUPPEN_17, altersname, gerundet_auf_5
from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.tabellen import INSGESAMT, REGIONEN, klassisch, kreuztabelle, mit_summen
from quellen.beispiel.weitere_tabellen import PROFILGRUPPEN
from quellen.lesen.alter import alter_grenzen

FEIN = {
    ("bevoelkerung_altersjahre_kreis", "altersgruppen"): 3,
    ("bevoelkerung_altersjahre_kreis", "altersjahre"): 3,
    ("wanderungen_kreis", "altersgruppen"): 3,
    ("kindertagesbetreuung_kreis", "einrichtungen"): 2,
}
LEER = {"05313", "05354"}


def wuerfel(zeilen, achsen: int) -> dict[tuple[str, ...], dict[tuple[str, ...], str]]:
    """(region, value) → (labels of the other axes) → text."""
    ergebnis = defaultdict(dict)
    for z in zeilen:
        schluessel = (z["1_variable_attribute_code"], z["value_variable_label"])
        stelle = tuple(z[f"{n}_variable_attribute_label"] for n in range(2, achsen + 1))
        assert stelle not in ergebnis[schluessel]
        ergebnis[schluessel][stelle] = z["value"]
    return ergebnis


@pytest.mark.parametrize(("quelle", "teil"), FEIN)
def test_teile_ergeben_in_jeder_richtung_die_summe(leser, quelle: str, teil: str) -> None:
    for abruf in leser.abrufe(quelle, teil):
        for (region, _), werte in wuerfel(leser.flach(quelle, teil, abruf.jahrgang), FEIN[quelle, teil]).items():
            if region in LEER:
                assert set(werte.values()) == {"-"}
                continue
            if "" in {a for stelle in werte for a in stelle}:
                continue  # counted without that axis
            for stelle, text in werte.items():
                for i, attribut in enumerate(stelle):
                    if attribut != "Insgesamt":
                        continue
                    teile = [w for s, w in werte.items() if s[:i] == stelle[:i] and s[i + 1 :] == stelle[i + 1 :]]
                    assert sum(map(int, teile)) == 2 * int(text)


def test_bevoelkerung_passt_zur_tabelle_mit_nationalitaet(leser, kreise) -> None:
    for teil in ("altersgruppen", "altersjahre"):
        for jahr in (2023, 2024):
            for (region, _), werte in wuerfel(leser.flach("bevoelkerung_altersjahre_kreis", teil, jahr), 3).items():
                if region not in LEER:
                    erwartet = kreise[str(jahr), region, "Insgesamt", "", ""]
                    assert int(werte["Insgesamt", "Insgesamt"]) == erwartet
                    assert int(werte["Insgesamt", "weiblich"]) == kreise[str(jahr), region, "Insgesamt", "", "GESW"]
    profil = leser.klassisch("bevoelkerung_profil_nrw", "profil")
    gesamt = {(z[0][-4:], z[1][:5]): z[4:] for z in profil if z[3] == "Insgesamt"}
    assert gesamt["2024", "05112"] == ["502270", "249294", "252976", "383313", "118957"]
    for (jahr, region), (alle, m, w, deutsch, fremd) in gesamt.items():
        assert int(alle) == kreise[jahr, region, "Insgesamt", "", ""] == int(m) + int(w) == int(deutsch) + int(fremd)
    destatis = leser.klassisch("bevoelkerung_altersgruppen_destatis", "altersgruppen", 2024)
    for _, region, _, *werte in destatis:
        if region in LEER:
            assert set(werte) == {"-"}
        else:
            assert sum(map(int, werte[:-1])) == int(werte[-1]) == kreise["2024", region, "Insgesamt", "", ""]


def test_79_altersjahre_lueckenlos(leser) -> None:
    zeilen = leser.flach("bevoelkerung_altersjahre_kreis", "altersjahre", 2024)
    texte = {z["2_variable_attribute_label"] for z in zeilen} - {"Insgesamt"}
    grenzen = sorted(alter_grenzen(t) for t in texte)
    assert len(grenzen) == 79
    assert grenzen[0] == (0, 0)
    assert grenzen[-1] == (90, None)
    assert all(b[0] == a[1] + 1 for a, b in itertools.pairwise(grenzen))


def test_jahressumme_ist_die_summe_der_altersgruppen(leser) -> None:
    for jahr in (2023, 2024):
        fein = wuerfel(leser.flach("wanderungen_kreis", "altersgruppen", jahr), 3)
        grob = wuerfel(leser.flach("wanderungen_kreis", "jahressumme", jahr), 1)
        assert {k: w["Insgesamt", "Insgesamt"] for k, w in fein.items()} == {k: w[()] for k, w in grob.items()}
        assert 20_000 < int(grob["05112", "Zuzüge (über Gemeindegrenzen)"][()]) < 35_000


def test_letztes_jahr_ist_fuer_kreise_noch_nicht_geliefert(leser) -> None:
    for z in leser.flach("wanderungen_kreis", "jahressumme", 2025):
        assert (z["value"] == "-") == (z["1_variable_code"] == "KREISE")


def test_regionen_mit_beiden_aachen_und_aufgeloesten_kreisen(leser) -> None:
    zeilen = leser.flach("grundsicherung_kreis", "leistungsarten", 2023)
    regionen = [z["1_variable_attribute_code"] for z in zeilen]
    assert set(regionen) == {r.schluessel for r in REGIONEN}
    assert regionen != sorted(regionen)
    assert {"05112", "05334", "05334002", "05313", "05354", "051", "05", "DG"} <= set(regionen)


def test_zeichen_kommen_vor(leser) -> None:
    assert "." in {z["value"] for z in leser.flach("grundsicherung_kreis", "leistungsarten", 2023)}
    assert "." in {z["value"] for z in leser.flach("kindertagesbetreuung_kreis", "einrichtungen", 2024)}
    assert {"x", "-"} <= {w for z in leser.klassisch("schulen_kreis", "schularten", 2024) for w in z[4:]}
    assert {".", "-"} <= {w for z in leser.klassisch("mindestsicherung_nrw", "quote") for w in z[3:]}


def test_gerundetes_ist_durch_fuenf_teilbar(leser) -> None:
    for jahr in (2023, 2024):
        for z in leser.klassisch("abgaenge_kreis", "abschluesse", jahr):
            if z[1] != "DG":
                assert all(w == "-" or int(w) % 5 == 0 for w in z[3:])
        for z in leser.flach("grundsicherung_kreis", "leistungsarten", jahr):
            assert z["value"] in {"-", "."} or int(z["value"]) % 5 == 0
    assert [gerundet_auf_5(w) for w in (0, 2, 3, 7, 8)] == [0, 0, 5, 5, 10]


def test_veroeffentlichte_zahlen(leser) -> None:
    zensus = {z["1_variable_attribute_code"]: z["value"] for z in leser.flach("zensus_bevoelkerung", "gemeinden")}
    assert (zensus["051120000000"], zensus["DG"]) == ("501415", "82719540")
    (abgaenge,) = [z for z in leser.klassisch("abgaenge_kreis", "abschluesse", 2023) if z[1] == "05112"]
    assert abgaenge[3:7] == ["4620", "2265", "395", "175"]
    schulen = {z[3]: z[4:] for z in leser.klassisch("schulen_kreis", "schularten", 2023) if z[1] == "05112"}
    assert schulen["Grundschulen"] == ["76", "20745", "10220", "6255", "x", "x"]
    assert schulen["Insgesamt"][:2] == ["x", "55825"]


def test_quote_passt_zu_den_empfaengern(leser) -> None:
    einwohner = {r.schluessel: r.tausend * 1000 for r in REGIONEN}
    verglichen = 0
    for _, key, _, personen, quote in leser.klassisch("mindestsicherung_nrw", "quote"):
        if personen.isdigit():
            erwartet = 100 * int(personen) / einwohner[re.sub(r"^(\d{5})000$", r"\1", key)]
            assert math.isclose(float(quote.replace(",", ".")), erwartet, abs_tol=0.051)
            verglichen += 1
    assert verglichen == 3 * 10


@pytest.mark.parametrize(
    ("quelle", "teil", "jahrgang", "kopf"),
    [
        ("schulen_kreis", "schularten", 2023, 3),
        ("abgaenge_kreis", "abschluesse", 2023, 3),
        ("bevoelkerung_altersgruppen_destatis", "altersgruppen", 2024, 2),
        ("bevoelkerung_profil_nrw", "profil", None, 4),
        ("mindestsicherung_nrw", "quote", None, 2),
    ],
)
def test_klassische_csv_hat_titel_kopf_und_fuss(leser, quelle: str, teil: str, jahrgang, kopf: int) -> None:
    text = leser.innen(quelle, teil, jahrgang).decode("iso-8859-1")
    oben, unten = text.split("__________\n")
    zeilen = oben.splitlines()
    assert zeilen[0].startswith("GENESIS-Tabelle: ")
    assert ";" not in zeilen[0]
    kopfzeilen = [z for z in zeilen if z.startswith(";;;")]
    assert len(kopfzeilen) == kopf + (quelle == "schulen_kreis")
    assert len({z.count(";") for z in zeilen[1:]}) == 1
    assert "©" in unten
    assert re.search(r"^Stand: \d\d\.\d\d\.\d{4} / \d\d:\d\d:\d\d$", unten, re.MULTILINE)


def test_klassisch_verweigert_was_die_kodierung_nicht_kann() -> None:
    with pytest.raises(UnicodeEncodeError):
        klassisch(("T", "Łódź"), [["", "a"]], [["1", "2"]], "")


@given(
    st.integers(0, 10_000_000),
    st.lists(st.lists(st.floats(0.01, 10), min_size=1, max_size=5), min_size=1, max_size=3),
)
def test_kreuztabelle_summiert_sich_in_jeder_richtung(summe: int, gewichte: list[list[float]]) -> None:
    achsen = [{(f"{n}.{i}", f"{n}.{i}"): g for i, g in enumerate(achse)} for n, achse in enumerate(gewichte)]
    zellen = kreuztabelle(summe, achsen, Zufall(7))
    assert len(zellen) == math.prod(len(a) + 1 for a in achsen)
    assert zellen[(INSGESAMT,) * len(achsen)] == summe
    for n, achse in enumerate(achsen):
        for stelle, wert in zellen.items():
            if stelle[n] == INSGESAMT:
                assert wert == sum(zellen[(*stelle[:n], a, *stelle[n + 1 :])] for a in achse)


def test_ohne_achse_ist_die_zelle_ihre_eigene_summe() -> None:
    assert mit_summen({(): 5}) == {(): 5}


@pytest.mark.parametrize("grenzen", [GRUPPEN_17, PROFILGRUPPEN])
def test_altersnamen_liest_der_leser_zurueck(grenzen: tuple[int, ...]) -> None:
    for von, bis in zip(grenzen, [*grenzen[1:], None], strict=True):
        assert alter_grenzen(altersname(von, bis)) == (von, None if bis is None else bis - 1)
