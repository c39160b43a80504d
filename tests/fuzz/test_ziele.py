"""Every target accepts its own seeds, and notices a reader that breaks its promise."""

import contextlib

import pytest
from ziele import FORMATE, pruefe_leser, saaten, ziele

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.modell import FORMATARTEN


@pytest.mark.parametrize("ziel", sorted(ziele()))
def test_saaten_laufen_durch(ziel):
    assert len(saaten(ziel)) > 0
    for saat in saaten(ziel):
        ziele()[ziel](saat)
        ziele()[ziel](saat[: len(saat) // 2])


def test_jedes_format_wird_geprueft():
    assert set(FORMATE) == set(FORMATARTEN.__args__)
    assert set(ziele()) == {*FORMATE, "huelle", "alter"}


@pytest.mark.parametrize("art", sorted(FORMATE))
def test_eine_saat_je_format_ist_lesbar(art):
    """Otherwise the fuzzer would only see refusals."""
    gelesen = []
    for saat in saaten(art):
        with contextlib.suppress(QuellenFehler):
            gelesen.append(lesen(saat, FORMATE[art][0], datei="d"))
    assert any(len(t.daten) for t in gelesen)


def test_fremde_ausnahme_und_anderes_ergebnis_fallen_auf(monkeypatch):
    monkeypatch.setattr("ziele.lesen", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pruefe_leser(b"a;b\n1;2\n", FORMATE["csv"][:1])
    monkeypatch.setattr("ziele.lesen", lesen)
    monkeypatch.setattr("ziele.lesen_stueckweise", lambda *a, **k: iter(()))
    with pytest.raises(AssertionError):
        pruefe_leser(b"a;b\n1;2\n", FORMATE["csv"][:1])
