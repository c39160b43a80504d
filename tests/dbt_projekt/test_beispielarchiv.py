"""Every figure of the example archive, recomputed from the archived files by other means."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import beispielquellen
import numpy as np
import pytest
from beispielquellen import NICHT_IM_SCHULBETRIEB, Quellen, Zahlen
from gebaut import Gebaut, status_ohne_bruch, zeilen
from rohbau import STADT, gebiete

Zahl = float | None
Wert = tuple[str, str, date, str, Zahl, Zahl, float]
NICHT_IN_ALTERSGRUPPEN = {"anteil_10_15", "anteil_16_20", "durchschnittsalter"}
SCHULJAHRESENDE = date(2026, 7, 31)
MIT_INTERVALL = {f"anteil_{n}" for n in ("u3", "3_5", "6_9", "10_15", "16_20", "u18", "65plus", "80plus", "bg_ro")} | {
    f"{n}ziffer" for n in ("zuzugs", "fortzugs", "binnenzuzugs", "binnenfortzugs", "mobilitaets", "geburten", "sterbe")
}
MIT_INTERVALL |= {"auslaenderanteil", "auslaenderanteil_u18"}


@pytest.fixture(scope="module")
def quellen() -> Quellen:
    return beispielquellen.lies()


def _bevoelkerung(n: Zahlen) -> dict[str, tuple[float, Zahl, float]]:
    """Numerator, denominator and factor from counts by [staat, sex, age]."""
    jahre, fremd = n.sum(axis=(0, 1)), n[1].sum(axis=0)
    alle = jahre.sum()
    mitte = jahre[18:65].sum()
    ergebnis: dict[str, tuple[float, Zahl, float]] = {
        f"anteil_{name}": (jahre[von:bis].sum(), alle, 100)
        for name, von, bis in (
            ("u3", 0, 3),
            ("3_5", 3, 6),
            ("6_9", 6, 10),
            ("10_15", 10, 16),
            ("16_20", 16, 21),
            ("u18", 0, 18),
            ("65plus", 65, None),
            ("80plus", 80, None),
        )
    }
    return ergebnis | {
        "einwohner": (alle, None, 1),
        "jugendquotient": (jahre[:18].sum(), mitte, 100),
        "altenquotient": (jahre[65:].sum(), mitte, 100),
        "gesamtquotient": (alle - mitte, mitte, 100),
        "durchschnittsalter": ((jahre * (np.arange(101) + 0.5)).sum(), alle, 1),
        "billeter_mass": (jahre[:15].sum() - jahre[50:].sum(), jahre[15:50].sum(), 1),
        "auslaenderanteil": (fremd.sum(), alle, 100),
        "auslaenderanteil_u18": (fremd[:18].sum(), jahre[:18].sum(), 100),
        "geschlechterproportion": (n[:, 0].sum(), n[:, 1].sum(), 100),
    }


def _wanderung(b: Zahlen, jetzt: Zahlen, vorher: Zahlen, ortsteil: bool) -> dict[str, tuple[float, Zahl, float]]:
    zu, fort, hin, weg, geboren, gestorben = b.sum(axis=0)
    mittel = (jetzt.sum() + vorher.sum()) / 2
    u6 = b[0]
    ergebnis: dict[str, tuple[float, Zahl, float]] = {
        "zuzugsziffer": (zu, mittel, 1000),
        "fortzugsziffer": (fort, mittel, 1000),
        "wanderungssaldo": (zu + hin - fort - weg, mittel, 1000),
        "mobilitaetsziffer": (zu + fort, mittel, 1000),
        "wanderungssaldo_u6": (u6[0] + u6[2] - u6[1] - u6[3], jetzt[:, :, :6].sum(), 100),
        "geburtenziffer": (geboren, mittel, 1000),
        "sterbeziffer": (gestorben, mittel, 1000),
        "bilanzrest": (jetzt.sum() - vorher.sum() - geboren + gestorben - zu - hin + fort + weg, None, 1),
    }
    if ortsteil:
        ergebnis |= {"binnenzuzugsziffer": (hin, mittel, 1000), "binnenfortzugsziffer": (weg, mittel, 1000)}
    return ergebnis


def _schule(q: Quellen, gebiet: str) -> dict[str, tuple[float, Zahl, float]]:
    hier = [s for s in q.schulen if gebiet in s.gebiete]
    kinder = [(s, s.schueler) for s in hier if s.schueler is not None]
    mit_index = [(int(s.index), n) for s, n in kinder if s.index.isdigit()]
    nenner = sum(n for _, n in mit_index)
    return {
        "schulen": (sum(s.betrieb == "1" and s.form not in NICHT_IM_SCHULBETRIEB for s in hier), None, 1),
        "schueler": (sum(n for _, n in kinder), None, 1),
        "sozialindex_mittel": (sum(stufe * n for stufe, n in mit_index), nenner, 1),
        "anteil_schueler_sozialindex_7_9": (sum(n for stufe, n in mit_index if stufe >= 7), nenner, 100),
    }


def _soll(q: Quellen) -> Iterator[Wert]:
    for (gebiet, jahr), n in q.einwohner.items():
        werte = _bevoelkerung(n) | {"anteil_bg_ro": (q.bg_ro[gebiet, jahr], n.sum(), 100)}
        if (gebiet, jahr) in q.bewegungen:
            werte |= _wanderung(
                q.bewegungen[gebiet, jahr], n, q.einwohner[gebiet, jahr - 1], gebiet[-2:] != "00" != gebiet[-3:-1]
            )
        yield from ((i, gebiet, date(jahr, 12, 31), "melderegister", *w) for i, w in werte.items())
    for (gebiet, tag), n in q.kreise.items():
        werte = {i: w for i, w in _bevoelkerung(n).items() if i not in NICHT_IN_ALTERSGRUPPEN}
        yield from ((i, gebiet, tag, "fortschreibung", *w) for i, w in werte.items())
    orte = {g for s in q.schulen for g in s.gebiete}
    stadtgebiete = {g for g, ebene in gebiete().values() if ebene in ("ortsteil", "stadtbezirk", "stadt")}
    for gebiet in sorted(orte | stadtgebiete):
        werte = _schule(q, gebiet)
        if gebiet in stadtgebiete - q.mit_umriss - {STADT}:
            werte = dict.fromkeys(werte, (math.nan, None, 1))
        yield from ((i, gebiet, SCHULJAHRESENDE, "", *w) for i, w in werte.items())
        if gebiet in stadtgebiete:
            primar = sum(s.schueler or 0 for s in q.schulen if gebiet in s.gebiete and s.form == "02")
            kinder = q.einwohner[gebiet, 2025][:, :, 6:10].sum()
            zaehler = primar if gebiet in q.mit_umriss | {STADT} else math.nan
            yield ("schueler_je_100_6_9", gebiet, SCHULJAHRESENDE, "melderegister", zaehler, kinder, 100)


def test_jede_kennzahl_stimmt_mit_den_quelldateien(beispiel: Gebaut, quellen: Quellen) -> None:
    soll = {s[:4]: s[4:] for s in _soll(quellen)}
    bekannt = beispiel.indikatoren.loc[beispiel.indikatoren.indikator.isin({i for i, *_ in soll})]
    ist = {(z.indikator, z.gebiet, z.stichtag, z.basis): z for z in zeilen(bekannt)}
    assert sorted(soll.keys() - ist.keys()) == []
    assert sorted(ist.keys() - soll.keys()) == []
    falsch = []
    for schluessel, (zaehler, nenner, faktor) in soll.items():
        z = ist[schluessel]
        if zaehler is None or math.isnan(zaehler) or (nenner is not None and (math.isnan(nenner) or nenner == 0)):
            gut = math.isnan(z.wert) and z.status == ("M" if nenner == 0 else "O")
        elif schluessel[0] in MIT_INTERVALL and nenner is not None and (nenner < 100 or zaehler < 3):
            gut = math.isnan(z.wert) and math.isnan(z.zaehler) and (z.status, z.zuverlaessigkeit) == ("Q", "D")
        else:
            wert = faktor * zaehler / (1 if nenner is None else nenner)
            paare = ((z.wert, wert), (z.zaehler, zaehler), (z.nenner, nenner))
            klein = schluessel[0] in MIT_INTERVALL and zaehler < 20
            gut = status_ohne_bruch(z.status) == ("U" if klein else "A") and all(_gleich(i, s) for i, s in paare)
        if not gut:
            falsch.append((schluessel, (z.status, z.wert, z.zaehler, z.nenner), (zaehler, nenner, faktor)))
    assert falsch[:5] == []
    assert len({i for i, *_ in soll}) == 33
    assert set(bekannt.loc[bekannt.unsicher_von.notna(), "indikator"]) == MIT_INTERVALL


def _gleich(ist: float, soll: Zahl) -> bool:
    return math.isnan(ist) if soll is None else math.isclose(ist, soll, rel_tol=1e-9, abs_tol=1e-9)


def test_kreistabelle_traegt_nur_was_ihre_altersgruppen_hergeben(beispiel: Gebaut) -> None:
    t = beispiel.indikatoren
    vorhanden = set(t.loc[t.basis == "fortschreibung", "indikator"])
    assert vorhanden.isdisjoint({*NICHT_IN_ALTERSGRUPPEN, "anteil_bg_ro", "zuzugsziffer"})
    assert {"anteil_u3", "anteil_u18", "anteil_80plus", "billeter_mass", "auslaenderanteil"} <= vorhanden


def test_bilanz_des_beispiels_geht_ueberall_auf(beispiel: Gebaut) -> None:
    t = beispiel.indikatoren
    rest = t.loc[t.indikator == "bilanzrest"]
    assert len(rest) == 9 * (46 + 7 + 1)
    assert (rest.wert == 0).all()


def test_alles_im_beispiel_ist_als_beispiel_gekennzeichnet(beispiel: Gebaut) -> None:
    assert set(beispiel.indikatoren.datenart) == {"beispiel"}
    for thema in ("bevoelkerung", "wanderung", "schule"):
        t = beispiel.frage(f"select distinct enthaelt_beispiel from freigabe.indikatoren_{thema}")
        assert t["enthaelt_beispiel"].tolist() == [True]
