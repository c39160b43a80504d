"""Totals per Ortsteil and year: sums, smoothness, and contradictions that are noticed."""

import pytest

from quellen.beispiel import zielwerte
from quellen.beispiel.anker import STADT
from quellen.beispiel.ortsteile import ORTSTEILE


@pytest.fixture(scope="module")
def alle() -> zielwerte.Reihe:
    return zielwerte.einwohner()


def test_summe_der_ortsteile_ist_die_stadt(alle) -> None:
    for jahr, stadt in zielwerte.stadtwerte().items():
        assert sum(alle[o.schluessel, jahr] for o in ORTSTEILE) == stadt


def test_kein_ortsteil_springt(alle) -> None:
    """No change of more than five per cent in a year: anchors are approached, not jumped to."""
    for o in ORTSTEILE:
        for jahr in zielwerte.JAHRE[1:]:
            vorher, jetzt = alle[o.schluessel, jahr - 1], alle[o.schluessel, jahr]
            assert abs(jetzt / vorher - 1) < 0.05, (o.name, jahr, vorher, jetzt)


def test_nichtdeutsche_sind_ein_teil_aller(alle) -> None:
    teil = zielwerte.nichtdeutsche(alle)
    assert teil.keys() == alle.keys()
    assert all(0 < teil[k] < 0.75 * alle[k] for k in alle)
    for jahr in zielwerte.JAHRE:
        anteil = sum(teil[o.schluessel, jahr] for o in ORTSTEILE) / zielwerte.stadtwerte()[jahr]
        assert 0.18 < anteil < 0.26


def test_widerspruechliche_anker_werden_gemeldet(monkeypatch) -> None:
    echt = zielwerte.anker

    def falsch(merkmal):
        werte = dict(echt(merkmal))
        if merkmal == "einwohner":
            werte["703", 2016] = 14000  # as printed: does not add up to the Stadtbezirk
        return werte

    monkeypatch.setattr(zielwerte, "anker", falsch)
    with pytest.raises(ValueError, match="Anker widersprechen sich"):
        zielwerte.einwohner()


def test_anker_ueber_der_stadt_werden_gemeldet(monkeypatch) -> None:
    echt = zielwerte.anker

    def falsch(merkmal):
        werte = dict(echt(merkmal))
        if merkmal == "einwohner":
            werte[STADT, 2019] = 150_000  # less than the three Stadtbezirke known for that year
        return werte

    monkeypatch.setattr(zielwerte, "anker", falsch)
    with pytest.raises(ValueError, match="keinen Rest"):
        zielwerte.einwohner()
