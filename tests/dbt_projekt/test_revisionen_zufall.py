"""Random histories of source revisions, corrections, definitions, districts, rules, code and reruns: every difference
between any two releases has exactly its reasons, and nothing else is a revision."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kennzahlfelder import FELDER
from revisionsbau import Revisionsbau
from revisionswelt import ALT, TAGE, ZELLEN, A, B, Schluessel, Welt, anders, gruende, tabellen

ZAHLEN = st.one_of(st.integers(0, 60).map(str), st.just("-"))
TEXTE = st.fixed_dictionaries(dict.fromkeys(ZELLEN, ZAHLEN))


def _quelle(ziehe: st.DataObject, w: Welt) -> None:
    w.texte[ziehe.draw(st.sampled_from(ZELLEN))] = ziehe.draw(ZAHLEN)


def _korrektur(ziehe: st.DataObject, w: Welt) -> None:
    zelle = ziehe.draw(st.sampled_from(ZELLEN))
    if w.korrekturen.pop(zelle, None) is None:
        w.korrekturen[zelle] = ziehe.draw(st.integers(0, 60).map(str))


def _zeichen(ziehe: st.DataObject, w: Welt) -> None:
    w.strich[ziehe.draw(st.sampled_from(["qa", "qb"]))] = ziehe.draw(st.integers(0, 3))


def _setze(feld: str, *werte: Any) -> Callable[[st.DataObject, Welt], None]:
    return lambda ziehe, w: setattr(w, feld, ziehe.draw(st.sampled_from(werte)))


EREIGNISSE: dict[str, Callable[[st.DataObject, Welt], None]] = {
    "quelle": _quelle,
    "noch eine Quelle": _quelle,
    "korrektur": _korrektur,
    "zeichen": _zeichen,
    "faktor": _setze("faktor", 100.0, 1000.0),
    "zaehlt": _setze("zaehlt", ("nichtdeutsch",), ("deutsch",)),
    "mindestbasis": _setze("mindestbasis", 0, 10, 60, 120),
    "bruecke": _setze("gewicht", 0.0, 0.5, 0.25),
    "flaeche": _setze("flaeche", 2.0, 4.0),
    "programm": _setze("programm", 0, 1),
    "wiederholung": lambda _ziehe, _w: None,
}


@pytest.fixture(scope="module")
def bau() -> Revisionsbau:
    return Revisionsbau()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    TEXTE,
    st.lists(st.lists(st.sampled_from(sorted(EREIGNISSE)), min_size=1, max_size=3), min_size=2, max_size=3),
    st.data(),
)
def test_jede_aenderung_hat_genau_ihre_gruende(
    bau: Revisionsbau, texte: dict[Any, str], folge: list[list[str]], ziehe: st.DataObject
) -> None:
    welten = [Welt(texte)]
    for ereignisse in folge:
        neu = copy.deepcopy(welten[-1])
        for ereignis in ereignisse:
            EREIGNISSE[ereignis](ziehe, neu)
        welten.append(neu)
    _gib_alle_frei(bau, welten)


def test_zwei_gruende_auf_einmal(bau: Revisionsbau) -> None:
    """Every pair of causes in one night, each step from the same beginning and back."""
    frueher, spaeter = ("qa", B, TAGE[0], "deutsch"), ("qa", B, TAGE[1], "deutsch")
    einzeln: list[Callable[[Welt], None]] = [
        lambda w: w.texte.update({frueher: "41", spaeter: "-"}),
        lambda w: w.texte.update({("qa", ALT, TAGE[1], "deutsch"): "7", ("qb", A, TAGE[1], ""): "5"}),
        lambda w: w.korrekturen.update({frueher: "33", spaeter: "34"}),
        lambda w: w.strich.update({"qa": 3}),
        lambda w: setattr(w, "faktor", 1000.0),
        lambda w: setattr(w, "mindestbasis", 45),
        lambda w: setattr(w, "gewicht", 0.25),
    ]
    anfang = Welt({z: "-" if z[1] == A and z[3] == "nichtdeutsch" else "40" for z in ZELLEN})
    welten = [anfang]
    for eines, anderes in combinations(einzeln, 2):
        neu = copy.deepcopy(anfang)
        eines(neu)
        anderes(neu)
        welten.append(neu)
    _gib_alle_frei(bau, welten)


def _gib_alle_frei(bau: Revisionsbau, welten: list[Welt]) -> None:
    bau.gib_frei(1, tabellen(welten[0]), welten[0].definitionen)
    assert bau.frage("from revisionen") == []
    for nummer, (alt, neu) in enumerate(pairwise(welten), 2):
        bau.gib_frei(nummer, tabellen(neu), neu.definitionen)
        soll = {k: gruende(alt, neu, k) for k in anders(alt, neu)}
        ist: dict[Schluessel, set[tuple[str, str]]] = {}
        for i, g, t, anlass, quelle in bau.frage(
            "select indikator, gebiet, stichtag, anlass, coalesce(quelle, '') from ursachen"
        ):
            ist.setdefault((i, g, t), set()).add((anlass, quelle))
        assert ist == soll
        zeilen = bau.frage(
            "select indikator, gebiet, stichtag, anlass, grund from revisionen where freigabe_nachher = ?", f"f{nummer}"
        )
        assert {z[:3]: z[3] for z in zeilen} == {k: ", ".join(sorted({a for a, _ in g})) for k, g in soll.items()}
        assert all(z[4] for z in zeilen)
    _pruefe_alle_paare(bau, welten)


def _pruefe_alle_paare(bau: Revisionsbau, welten: list[Welt]) -> None:
    """From the newest release alone: every earlier one, and every difference between any two."""
    spalten = ", ".join(["indikator", "gebiet", "stichtag", *FELDER])
    for nummer, welt in enumerate(welten, 1):
        stand = bau.frage(f"select {spalten} from stand_am(?)", f"2026-01-{nummer:02}")
        assert {z[:3]: dict(zip(FELDER, z[3:], strict=True)) for z in stand} == welt.kennzahlen()
    assert bau.frage("from stand_am('2025-12-31')") == []
    for schluessel in {k for welt in welten for k in welt.kennzahlen()}:
        _pruefe_fassungen(bau, [welt.kennzahlen().get(schluessel) for welt in welten], schluessel)
    je_schritt: dict[int, set[Schluessel]] = {}
    for freigabe, *schluessel in bau.frage("select freigabe_nachher, indikator, gebiet, stichtag from revisionen"):
        je_schritt.setdefault(int(freigabe[1:]), set()).add(tuple(schluessel))
    for a, b in combinations(range(1, len(welten) + 1), 2):
        dazwischen = set().union(*(je_schritt.get(n, set()) for n in range(a + 1, b + 1)))
        assert anders(welten[a - 1], welten[b - 1]) <= dazwischen


def _pruefe_fassungen(bau: Revisionsbau, verlauf: list[dict[str, Any] | None], schluessel: Schluessel) -> None:
    """All versions of one figure: the runs of releases in which it was the same."""
    felder = [f for f in FELDER if f in ("wert", "zaehler", "nenner", "status", "vertraulichkeit", "datenart")]
    soll, anfang = [], 0
    for nummer in range(1, len(verlauf) + 1):
        zuende = nummer == len(verlauf)
        if zuende or verlauf[nummer] != verlauf[anfang]:
            damals = verlauf[anfang]
            if damals is not None:
                bis = (None, None) if zuende else (f"f{nummer}", date(2026, 1, nummer + 1))
                soll.append((*(damals[f] for f in felder), f"f{anfang + 1}", date(2026, 1, anfang + 1), *bis))
            anfang = nummer
    spalten = ", ".join([*felder, "freigabe_von", "gilt_von", "freigabe_bis", "gilt_bis"])
    assert bau.frage(f"select {spalten} from fassungen(?, ?, ?)", *schluessel) == soll
