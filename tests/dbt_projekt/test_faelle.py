"""Signs, gaps, edges and outlines: one situation each, with the answer worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest
from faelle import FAELLE, Fall, jahr
from gebaut import Kleinwelt, status_ohne_bruch, zeilen


@pytest.mark.parametrize("nr", range(len(FAELLE)), ids=[f.name for f in FAELLE])
def test_fall(kleinwelt: Kleinwelt, nr: int) -> None:
    fall = FAELLE[nr]
    tag = _tag(fall, jahr(nr))
    for (indikator, kurz), antwort in fall.erwartet.items():
        z = kleinwelt.zeile(indikator, kurz, tag, fall.basis)
        if antwort is None:
            assert z is None, f"{indikator} in {kurz} dürfte es nicht geben"
            continue
        wert, status = antwort
        assert z is not None, f"{indikator} in {kurz} fehlt"
        assert status_ohne_bruch(z["status"]) == status, f"{indikator} in {kurz}"
        assert math.isnan(z["wert"]) if wert is None else z["wert"] == pytest.approx(wert, rel=1e-12), indikator


def _tag(fall: Fall, jahr_: int) -> date:
    return date(jahr_ + 1, 7, 31) if fall.schuljahr else date(jahr_, 12, 31)


def _fall(name: str) -> date:
    (nr,) = [i for i, f in enumerate(FAELLE) if f.name == name]
    return _tag(FAELLE[nr], jahr(nr))


def test_anteil_ueber_100_hat_kein_intervall(kleinwelt: Kleinwelt) -> None:
    z = kleinwelt.zeile("anteil_bg_ro", "202", _fall("Zähler über dem Nenner"), "melderegister")
    assert z is not None
    assert z[["unsicher_von", "unsicher_bis", "zuverlaessigkeit"]].isna().all()


def test_ein_beispielhafter_index_macht_die_zahl_zum_beispiel(kleinwelt: Kleinwelt) -> None:
    for name, datenart in (("Index aus dem Beispiel", "beispiel"), ("verdeckte Schülerzahl", "amtlich")):
        for kurz in ("202", "05112"):
            z = kleinwelt.zeile("sozialindex_mittel", kurz, _fall(name), "")
            assert z is not None
            assert z["datenart"] == datenart


def test_zeitraum_von_schuljahr_und_kalenderjahr(kleinwelt: Kleinwelt) -> None:
    schule, bewegung = _fall("Schulen"), _fall("ein Jahr Bewegung")
    for kurz in ("202", "204", "203", "05112", "05111"):
        z = kleinwelt.zeile("schulen", kurz, schule, "")
        assert z is not None
        assert z["zeitraum_von"].date() == date(schule.year - 1, 8, 1)
    z = kleinwelt.zeile("bilanzrest", "202", bewegung, "melderegister")
    assert z is not None
    assert z["zeitraum_von"].date() == date(bewegung.year, 1, 1)
    z = kleinwelt.zeile("einwohner", "202", bewegung, "melderegister")
    assert z is not None
    assert str(z["zeitraum_von"]) == "NaT"


def test_zuverlaessigkeit_nach_zaehler_und_nenner(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    assert set(t.zuverlaessigkeit.dropna()) == {"A", "B", "C", "D"}
    for z in zeilen(t.loc[t.unsicher_von.notna()]):
        assert z.nenner >= 100
        assert z.zaehler >= 3
        assert z.zuverlaessigkeit == ("C" if z.zaehler < 20 else "B" if z.nenner < 300 else "A")
        assert (z.status == "U") == (z.zuverlaessigkeit == "C")


def test_was_zu_klein_ist_wird_nicht_gezeigt(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    t = t.loc[t.zuverlaessigkeit == "D"]
    assert len(t) > 20
    assert t[["wert", "zaehler", "nenner", "unsicher_von", "unsicher_bis"]].isna().all(axis=None)
    assert set(t.status) == {"Q"}
    assert set(t.vertraulichkeit) == {"A"}
