"""The composite index: the models' SQL against a second calculation, its invariants, and what happens at the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from gebaut import Gebaut
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy import stats
from verbundbau import (
    ORTE,
    STADT,
    Kennzahl,
    baue,
    deklarationen,
    deklariert,
    jahresende,
    kleinstaedte,
    komponente,
    stadt_aus,
)

from pipelines.pruefe.verbund import pruefe_verbund

TAG, VORHER = jahresende(2020), jahresende(2019)
REIHEN = {"zuege": [10.0, 20.0, 30.0, 90.0], "saldo": [5.0, -1.0, 2.0, -8.0]}
langsam = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
reihen = st.lists(st.floats(-1e4, 1e4).map(lambda x: round(x, 4)), min_size=4, max_size=6)


def _index(werte: Mapping[str, Any]) -> list[float | None]:
    return [werte.get(o) for o in ORTE if o in werte]


def _stehen_auseinander(*listen: Sequence[float]) -> bool:
    return all(np.std(x) > 1e-3 for x in listen)


@langsam
@given(kleinstaedte(), deklarationen(), st.sampled_from([None, date(2021, 12, 31), date(2022, 7, 1)]))
def test_jede_tabelle_wie_in_numpy_nachgerechnet(stadt: Any, deklaration: dict[str, Any], bruch: date | None) -> None:
    zeilen, status = stadt
    bau = baue(zeilen, deklaration, status, bruch)
    punkt = pruefe_verbund(bau.con)
    assert punkt.maengel == []
    for z in bau.frage("select w.*, s.hat_wert from werte_index as w join status as s using (status)"):
        assert (z["wert"] is not None) == (z["hat_wert"] == "true")
        assert all(z[s] is None or np.isfinite(z[s]) for s in ("wert", "zaehler", "nenner"))
    for z in bau.frage("select * from index_komponenten"):
        assert all(v is None or not isinstance(v, float) or np.isfinite(v) for v in z.values())


@langsam
@given(reihen, reihen, st.sampled_from([1, 2, 0.25]), st.sampled_from(["n", "n-1"]))
def test_wie_mit_scipy(a: list[float], b: list[float], gewicht: float, streuung: str) -> None:
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    ddof = int(streuung == "n-1")
    if not _stehen_auseinander(a, b):
        return
    summe = stats.zscore(a, ddof=ddof) - gewicht * stats.zscore(b, ddof=ddof)
    if np.std(summe) < 1e-6:
        return
    deklaration = deklariert(streuung=streuung, komponenten=[komponente("zuege"), komponente("saldo", gewicht)])
    index = _index(baue(stadt_aus({"zuege": a, "saldo": b}), deklaration).werte("statusindex", TAG))
    assert index == pytest.approx(list(stats.zscore(summe, ddof=ddof)), rel=1e-6, abs=1e-8)
    assert np.mean(index) == pytest.approx(0, abs=1e-9)
    assert np.std(index, ddof=ddof) == pytest.approx(1, rel=1e-9)


@langsam
@given(reihen, st.floats(0.01, 1000), st.floats(-1e4, 1e4))
def test_einheit_und_nullpunkt_einer_komponente_sind_gleichgueltig(a: list[float], mal: float, plus: float) -> None:
    b = [float(i * i) for i in range(len(a))]
    if not _stehen_auseinander(a, [mal * x for x in a]):
        return
    wie = _index(baue(stadt_aus({"zuege": a, "saldo": b})).werte("statusindex", TAG))
    anders = _index(baue(stadt_aus({"zuege": [mal * x + plus for x in a], "saldo": b})).werte("statusindex", TAG))
    if None not in wie and None not in anders:
        assert anders == pytest.approx(wie, rel=1e-5, abs=1e-5)


def test_die_richtung_dreht_das_vorzeichen() -> None:
    def index(erste: str, zweite: str) -> list[float | None]:
        teile = [komponente("zuege", richtung=erste), komponente("saldo", richtung=zweite)]
        return _index(baue(stadt_aus(REIHEN), deklariert(komponenten=teile)).werte("statusindex", TAG))

    hoch, niedrig = "hoch_ist_belastung", "niedrig_ist_belastung"
    wie, verkehrt = index(hoch, niedrig), index(niedrig, hoch)
    assert verkehrt == pytest.approx([-x for x in wie if x is not None])
    gespiegelt = REIHEN | {"saldo": [-x for x in REIHEN["saldo"]]}
    assert _index(baue(stadt_aus(gespiegelt)).werte("statusindex", TAG)) == pytest.approx(index(hoch, hoch))


def test_ohne_neue_standardisierung_das_gewogene_mittel_der_komponenten() -> None:
    teile = [komponente("zuege", 3), komponente("saldo", 1)]
    bau = baue(stadt_aus(REIHEN), deklariert(neu_standardisiert=False, komponenten=teile))
    soll = (3 * stats.zscore(REIHEN["zuege"]) - stats.zscore(REIHEN["saldo"])) / 4
    assert _index(bau.werte("statusindex", TAG)) == pytest.approx(list(soll))


def test_der_stadtwert_verschiebt_die_mitte_und_nicht_die_streuung() -> None:
    stadt: list[Kennzahl] = [("zuege", STADT, TAG, 20.0), ("saldo", STADT, TAG, 1.0)]
    bau = baue([*stadt_aus(REIHEN), *stadt], deklariert(mitte="stadtwert"))
    z = [(np.array(REIHEN[k]) - m) / np.std(REIHEN[k]) for k, m in (("zuege", 20.0), ("saldo", 1.0))]
    summe = z[0] - z[1]
    assert _index(bau.werte("statusindex", TAG)) == pytest.approx(list(summe / np.std(summe)))


def test_ohne_eigenen_stadtwert_aus_zaehlern_und_nennern() -> None:
    bau = baue(stadt_aus(REIHEN), deklariert(mitte="stadtwert"))
    mitten = {z["indikator"]: z["mitte"] for z in bau.frage("select * from index_komponenten")}
    assert mitten == pytest.approx({k: sum(v) / 4 for k, v in REIHEN.items()})  # equal denominators


@pytest.mark.parametrize("gleich", [[3.0] * 4, [0.1] * 4, [1e9] * 4, [0.0] * 4])
def test_ohne_streuung_kein_index(gleich: list[float]) -> None:
    bau = baue(stadt_aus(REIHEN | {"saldo": gleich}))
    assert set(bau.werte("statusindex", TAG).values()) == {None}
    assert set(bau.werte("statusindex", TAG, "status").values()) == {"M"}
    assert {z["streuung"] for z in bau.frage("select * from index_komponenten where indikator = 'saldo'")} == {None}


def test_wenn_sich_die_komponenten_aufheben_kein_index() -> None:
    teile = [komponente("zuege"), komponente("saldo", richtung="hoch_ist_belastung")]
    gegen = {"zuege": REIHEN["zuege"], "saldo": [100 - x / 3 for x in REIHEN["zuege"]]}
    bau = baue(stadt_aus(gegen), deklariert(komponenten=teile))
    assert set(bau.werte("statusindex", TAG, "status").values()) == {"M"}


@pytest.mark.parametrize("streuung", ["n", "n-1"])
def test_ein_einziges_gebiet_hat_keinen_index(streuung: str) -> None:
    bau = baue(stadt_aus({"zuege": [1.0], "saldo": [2.0]}), deklariert(streuung=streuung))
    assert bau.werte("statusindex", TAG, "status") == {ORTE[0]: "M"}
    assert bau.frage("select * from index_klassen")[0]["statusklasse"] is None


@pytest.mark.parametrize(
    ("zeichen", "status", "geheim"), [("O", "O", "F"), ("M", "O", "F"), ("Q", "Q", "A"), ("L", "O", "F")]
)
def test_ohne_eine_komponente_kein_index_und_fuer_die_anderen_als_gaebe_es_das_gebiet_nicht(
    zeichen: str, status: str, geheim: str
) -> None:
    mit = {k: [*v, None if k == "saldo" else 7.0] for k, v in REIHEN.items()}
    bau = baue(stadt_aus(mit), status={("saldo", ORTE[4], TAG): zeichen})
    index = bau.werte("statusindex", TAG)
    assert index.pop(ORTE[4]) is None
    assert bau.werte("statusindex", TAG, "status")[ORTE[4]] == status
    assert bau.werte("statusindex", TAG, "vertraulichkeit")[ORTE[4]] == geheim
    assert index == pytest.approx(baue(stadt_aus(REIHEN)).werte("statusindex", TAG))
    (zeile,) = bau.frage(f"select * from index_komponenten where gebiet = '{ORTE[4]}' and indikator = 'saldo'")
    assert (zeile["wert"], zeile["z"], zeile["mitte"]) == (None, None, None)


def test_zu_wenig_einwohner_kein_index_und_kein_gewicht_in_der_mitte() -> None:
    zeilen: list[Kennzahl] = [z for z in stadt_aus(REIHEN) if z[:2] != ("einwohner", ORTE[3])]
    for menschen, soll in ((299.0, "M"), (300.0, "A"), (None, "O")):
        bau = baue([*zeilen, ("einwohner", ORTE[3], TAG, menschen)])
        assert bau.werte("statusindex", TAG, "status")[ORTE[3]] == soll
        n = bau.frage("select n from index_masse where variante = 'wie deklariert'")
        assert {z["n"] for z in n} == {4 if soll == "A" else 3}
    assert baue(zeilen).werte("statusindex", TAG, "status")[ORTE[3]] == "O"


def test_eine_komponente_die_es_nirgends_gibt_faellt_fuer_alle_weg() -> None:
    teile = [komponente("zuege"), komponente("saldo"), komponente("stufe", richtung="hoch_ist_belastung")]
    bau = baue(stadt_aus(REIHEN), deklariert(komponenten=teile))
    assert bau.werte("statusindex", TAG) == pytest.approx(baue(stadt_aus(REIHEN)).werte("statusindex", TAG))
    assert baue(stadt_aus(REIHEN), deklariert(komponenten=teile, mindestkomponenten=3)).werte("statusindex", TAG) == {}


def test_bezug_zeitraum_und_zuletzt() -> None:
    zeilen: list[tuple[Any, ...]] = [*stadt_aus(REIHEN)]
    for ende, mal in ((2020, 1.0), (2021, 10.0)):
        von = date(ende - 1, 8, 1)
        zeilen += [("stufe", ORTE[i], date(ende, 7, 31), mal * w, von) for i, w in enumerate((1.0, 2.0, 3.0, 5.0))]

    def eingang(**bezug: Any) -> set[Any]:
        teile = [komponente("zuege"), komponente("saldo"), komponente("stufe", richtung="hoch_ist_belastung", **bezug)]
        bau = baue(zeilen, deklariert(komponenten=teile))
        return {z["eingang_stichtag"] for z in bau.frage("select * from index_komponenten where indikator = 'stufe'")}

    assert eingang(bezug="zeitraum") == {date(2021, 7, 31)}
    tage = (TAG - date(2020, 7, 31)) // timedelta(days=1)
    assert eingang(bezug="zuletzt", hoechstens_tage=tage) == {date(2020, 7, 31)}
    assert eingang(bezug="zuletzt", hoechstens_tage=tage - 1) == set()
    assert eingang() == set()


def test_dynamik_aus_den_veraenderungen_derselben_komponenten() -> None:
    vorher = {"zuege": [1.0, 2.0, 50.0, 4.0], "saldo": [0.0, 1.0, 2.0, 9.0]}
    bau = baue([*stadt_aus(REIHEN), *stadt_aus(vorher, 2019)])
    veraenderung = {k: np.array(REIHEN[k]) - vorher[k] for k in REIHEN}
    soll = stats.zscore(stats.zscore(veraenderung["zuege"]) - stats.zscore(veraenderung["saldo"]))
    assert _index(bau.werte("dynamikindex", TAG)) == pytest.approx(list(soll))
    assert bau.werte("dynamikindex", VORHER) == {}
    assert set(bau.werte("dynamikindex", TAG, "zeitraum_von").values()) == {date(2020, 1, 1)}
    klassen = [1 if x < -1 else 3 if x > 1 else 2 for x in np.round(soll, 9)]
    assert _index(bau.werte("dynamikklasse", TAG)) == klassen
    for z in bau.frage(f"select * from index_klassen where stichtag = date '{TAG}'"):
        assert z["gruppe"] == 3 * (z["statusklasse"] - 1) + z["dynamikklasse"]
        assert 1 <= z["gruppe"] <= 12
    assert {z["gruppe"] for z in bau.frage(f"select gruppe from index_klassen where stichtag = date '{VORHER}'")} == {
        None
    }


def test_ueber_einen_bruch_hinweg_keine_veraenderung() -> None:
    vorher = {"zuege": [10.0, 20.0, 30.0, 40.0], "saldo": [1.0, 5.0, 2.0, 9.0], "median": [4.0, 3.0, 9.0, 1.0]}
    zeilen = stadt_aus(vorher, 2019) + stadt_aus(REIHEN | {"median": [5.0, 7.0, 7.0, 2.0]}, 2020)
    drei = deklariert(komponenten=[komponente(k, richtung="hoch_ist_belastung") for k in ("zuege", "saldo", "median")])

    def veraendert(ab: date, mindestens: int) -> list[Any]:
        bau = baue(zeilen, drei | {"mindestkomponenten": mindestens}, bruch=ab)
        assert pruefe_verbund(bau.con).maengel == []
        assert _index(bau.werte("statusindex", TAG)) == _index(baue(zeilen, drei).werte("statusindex", TAG))
        gefragt = "select distinct indikator from index_komponenten where art = 'dynamik' order by all"
        return [z["indikator"] for z in bau.frage(gefragt)]

    for daneben in (VORHER, TAG + timedelta(days=1)):
        assert veraendert(daneben, 3) == ["median", "saldo", "zuege"]
    for dazwischen in (VORHER + timedelta(days=1), TAG):
        assert veraendert(dazwischen, 2) == ["median", "saldo"]
        assert veraendert(dazwischen, 3) == []


def test_aus_anderen_komponenten_beginnt_eine_neue_reihe() -> None:
    drei = {"zuege": [10.0, 20.0, 30.0, 40.0], "saldo": [1.0, 5.0, 2.0, 9.0], "median": [4.0, 3.0, 9.0, 1.0]}
    zeilen = stadt_aus(drei, 2018) + stadt_aus(drei, 2019) + stadt_aus(REIHEN, 2020) + stadt_aus(REIHEN, 2021)
    deklaration = deklariert(
        komponenten=[komponente(k, richtung="hoch_ist_belastung") for k in ("zuege", "saldo", "median")]
    )
    bau = baue(zeilen, deklaration)
    status = {jahr: set(bau.werte("statusindex", jahresende(jahr), "status").values()) for jahr in range(2018, 2022)}
    assert status == {2018: {"A"}, 2019: {"A"}, 2020: {"B"}, 2021: {"A"}}
    assert set(bau.werte("statusklasse", TAG, "status").values()) == {"B"}
    assert pruefe_verbund(bau.con).maengel == []


@pytest.mark.parametrize(("ab", "status"), [(VORHER, "A"), (VORHER + timedelta(days=1), "B"), (TAG, "B")])
def test_hinter_einem_bruch_seiner_komponenten_beginnt_eine_neue_reihe(ab: date, status: str) -> None:
    bau = baue(stadt_aus(REIHEN, 2019) + stadt_aus(REIHEN, 2020), bruch=ab)
    assert set(bau.werte("statusindex", VORHER, "status").values()) == {"A"}
    assert set(bau.werte("statusindex", TAG, "status").values()) == {status}
    assert pruefe_verbund(bau.con).maengel == []


def test_klassen_an_ihren_grenzen() -> None:
    """Two equal components give the index itself; -1 and 1 belong to the middle, 1.5 to the class below."""
    werte = [-1.0, -1.0 - 1e-6, 1.0, 1.0 + 1e-6, 1.5, 1.5 + 1e-6]
    teile = [komponente("zuege"), komponente("saldo", richtung="hoch_ist_belastung")]
    mitte, streuung = np.mean(werte), np.std(werte)
    schwellen = [round((g - mitte) / streuung, 9) for g in (-1, 1, 1.5)]
    doppelt = {"zuege": werte, "saldo": werte}
    bau = baue(stadt_aus(doppelt), deklariert(komponenten=teile, status={"schwellen": schwellen}))
    zeilen = bau.frage("select * from index_klassen order by gebiet")
    assert [z["statusklasse"] for z in zeilen] == [2, 1, 2, 3, 3, 4]
    namen = ["mittel", "hoch", "mittel", "niedrig", "niedrig", "sehr niedrig"]
    assert [z["statusklasse_name"] for z in zeilen] == namen
    assert {z["treiber"] for z in zeilen} == {"zuege, saldo"}
    assert {z["wechsel_ohne"] for z in zeilen} == {""}


def test_treiber_und_wechsel_ohne_und_wie_viele() -> None:
    bau = baue(stadt_aus({"zuege": [0.0, 0.0, 0.0, 0.0, 10.0], "saldo": [9.0, 1.0, 1.0, 1.0, 1.0]}))
    index = {k: stats.zscore(v) for k, v in (("zuege", [0, 0, 0, 0, 10]), ("saldo", [-9, -1, -1, -1, -1]))}
    beides = stats.zscore(index["zuege"] + index["saldo"])

    def klasse(x: float) -> int:
        return 1 + (x >= -1) + (x > 1) + (x > 1.5)

    zeilen = bau.frage("select * from index_klassen order by gebiet")
    assert (zeilen[0]["treiber"], zeilen[4]["treiber"]) == ("saldo", "zuege")
    allein = {"zuege": "saldo", "saldo": "zuege"}  # what is left without it
    for i, z in enumerate(zeilen):
        soll = [k for k in ("zuege", "saldo") if klasse(index[allein[k]][i]) != klasse(beides[i])]
        assert z["wechsel_ohne"] == ", ".join(soll)
    for ohne, rest in allein.items():
        (zeile,) = bau.frage(f"select * from index_empfindlichkeit where ohne = '{ohne}'")
        wechsel = [klasse(a) - klasse(b) for a, b in zip(index[rest], beides, strict=True)]
        zahlen = (sum(w != 0 for w in wechsel), sum(w < 0 for w in wechsel), sum(w > 0 for w in wechsel))
        assert (zeile["wechsel"], zeile["weniger_belastet"], zeile["mehr_belastet"]) == zahlen
        assert (zeile["gebiete"], zeile["vergleichbar"]) == (5, 5)
    assert {z["variante"] for z in bau.frage("select * from index_empfindlichkeit")} == {
        "ohne zuege", "ohne saldo", "Mitte: gebietsmittel, Streuung: n-1", "Mitte: stadtwert, Streuung: n",
        "Mitte: stadtwert, Streuung: n-1",
    }  # fmt: skip


@langsam
@given(kleinstaedte(), deklarationen())
def test_jeder_indexwert_ist_die_summe_dessen_was_herkunft_zeigt(stadt: Any, deklaration: dict[str, Any]) -> None:
    zeilen, status = stadt
    bau = baue(zeilen, deklaration, status)
    abzug: dict[tuple[Any, ...], float] = {}
    gewicht: dict[tuple[Any, ...], float] = {}
    for z in bau.frage("select * from ableitungen_index where indikator like '%index'"):
        key = (z["indikator"], z["gebiet"], z["stichtag"])
        gewicht[key] = gewicht.get(key, 0) + (z["gewicht"] or 0) * (z["wert"] or 0)
    for z in bau.frage(
        "select k.*, w.nenner from index_komponenten as k inner join werte_index as w "
        "on w.indikator = k.art || 'index' and w.gebiet = k.gebiet and w.stichtag = k.stichtag where w.wert is not null"
    ):
        key = (f"{z['art']}index", z["gebiet"], z["stichtag"])
        abzug[key] = abzug.get(key, 0) + z["vorzeichen"] * z["gewicht"] * z["mitte"] / z["streuung"] / z["nenner"]
    for z in bau.frage("select * from werte_index where indikator like '%index'"):
        key = (z["indikator"], z["gebiet"], z["stichtag"])
        assert key in gewicht
        if z["wert"] is not None:
            groesse = max(1.0, abs(abzug[key]), abs(gewicht[key]))
            assert gewicht[key] - abzug[key] == pytest.approx(z["wert"], abs=1e-8 * groesse)


def test_die_datenart_ist_die_schlechteste_aller_gebiete() -> None:
    bau = baue(stadt_aus(REIHEN), status={("saldo", ORTE[1], TAG): "E"})
    assert set(bau.werte("statusindex", TAG, "datenart").values()) == {"beispiel"}
    assert bau.werte("statusindex", TAG, "status") == {o: "E" if o == ORTE[1] else "A" for o in ORTE[:4]}


@langsam
@given(kleinstaedte(), deklarationen(), st.randoms())
def test_die_reihenfolge_der_zeilen_ist_gleichgueltig(stadt: Any, deklaration: dict[str, Any], strom: Any) -> None:
    zeilen, status = stadt
    gemischt = list(zeilen)
    strom.shuffle(gemischt)
    abfrage = "select * from werte_index order by all"
    assert baue(zeilen, deklaration, status).frage(abfrage) == baue(gemischt, deklaration, status).frage(abfrage)


def test_der_index_des_beispiels_wie_mit_scipy(beispiel: Gebaut) -> None:
    tag = date(2024, 12, 31)
    werte = beispiel.frage(
        "select indikator, gebiet, wert from freigabe.indikatoren where ebene = 'ortsteil' and stichtag = "
        f"date '{tag}' and basis = 'melderegister'"
    ).pivot(index="gebiet", columns="indikator", values="wert")
    z = stats.zscore(werte["mobilitaetsziffer"]) + stats.zscore(werte["binnenfortzugsziffer"])
    soll = stats.zscore(z - stats.zscore(werte["wanderungssaldo_u6"]))
    assert len(soll) == 46
    assert list(werte["statusindex"]) == pytest.approx(list(soll), rel=1e-8, abs=1e-8)
    assert set(werte["statusklasse"]) <= {1.0, 2.0, 3.0, 4.0}
    oeffnung = beispiel.frage("select count(*) as n from indikatoren.werte_index as w anti join "
        "indikatoren.ableitungen_index as a on a.indikator = w.indikator and a.gebiet = w.gebiet and "
        "a.stichtag = w.stichtag and a.basis = w.basis")  # fmt: skip
    assert oeffnung["n"].item() == 0
