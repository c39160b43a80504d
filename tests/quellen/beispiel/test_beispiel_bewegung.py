"""The movements explain every change of the stock, to the person."""

import itertools

import pytest

from quellen.beispiel.bevoelkerung import ALTER, altersgruppe
from quellen.beispiel.ortsteile import ORTSTEILE

_ZU = ("Zuzüge über die Stadtgrenze", "Zuzüge innerhalb der Stadt", "Geburten")
_AB = ("Fortzüge über die Stadtgrenze", "Fortzüge innerhalb der Stadt", "Sterbefälle")
_GRUPPEN = ("unter 6 Jahre", "6 bis unter 18 Jahre", "18 Jahre und älter")


def zahl(text: str) -> int:
    return 0 if text == "-" else int(text.replace(".", ""))


@pytest.fixture(scope="session")
def summen(bewegungen) -> dict[tuple[str, int, str], int]:
    """(Ortsteil, year, column) → sum over citizenship and age group."""
    werte: dict[tuple[str, int, str], int] = {}
    for z in bewegungen:
        for spalte in (*_ZU, *_AB):
            schluessel = (z["Ortsteil_ID"], int(z["Jahr"]), spalte)
            werte[schluessel] = werte.get(schluessel, 0) + zahl(z[spalte])
    return werte


def test_kopf_und_umfang(leser, bewegungen) -> None:
    kopf = leser.text("bewegungen_ortsteil", "bewegungen").split("\n", 1)[0].split(";")
    assert kopf == [
        *("Jahr", "Stadtbezirk_ID", "Stadtbezirk_Name", "Ortsteil_ID", "Ortsteil_Name", "Staatsangehörigkeit"),
        *("Altersgruppe", "Zuzüge über die Stadtgrenze", "Fortzüge über die Stadtgrenze"),
        *("Zuzüge innerhalb der Stadt", "Fortzüge innerhalb der Stadt", "Geburten", "Sterbefälle"),
    ]
    jahre = [jahr for jahr, _ in itertools.groupby(z["Jahr"] for z in bewegungen)]
    assert jahre == [str(j) for j in range(2025, 2016, -1)]
    assert len(bewegungen) == 9 * 46 * 2 * 3
    assert {z["Altersgruppe"] for z in bewegungen} == set(_GRUPPEN)


@pytest.mark.parametrize("jahr", range(2017, 2026))
def test_bilanz_geht_je_ortsteil_auf(jahr: int, bestand, summen) -> None:
    for o in ORTSTEILE:
        vorher = bestand[o.schluessel, jahr - 1, "deutsch"] + bestand[o.schluessel, jahr - 1, "nichtdeutsch"]
        jetzt = bestand[o.schluessel, jahr, "deutsch"] + bestand[o.schluessel, jahr, "nichtdeutsch"]
        dazu = sum(summen[o.schluessel, jahr, s] for s in _ZU)
        davon = sum(summen[o.schluessel, jahr, s] for s in _AB)
        assert jetzt == vorher + dazu - davon, o.name


@pytest.mark.parametrize("jahr", range(2017, 2026))
def test_umzuege_gleichen_sich_aus(jahr: int, bewegungen) -> None:
    for staat in ("deutsch", "nichtdeutsch"):
        for gruppe in _GRUPPEN:
            zeilen = [
                z
                for z in bewegungen
                if (z["Jahr"], z["Staatsangehörigkeit"], z["Altersgruppe"]) == (str(jahr), staat, gruppe)
            ]
            her = sum(zahl(z["Zuzüge innerhalb der Stadt"]) for z in zeilen)
            weg = sum(zahl(z["Fortzüge innerhalb der Stadt"]) for z in zeilen)
            assert her == weg > 0


@pytest.mark.parametrize("jahr", range(2017, 2026))
def test_groessenordnungen(jahr: int, summen) -> None:
    def stadt(spalte: str) -> int:
        return sum(w for (_, j, s), w in summen.items() if (j, s) == (jahr, spalte))

    assert 30000 < stadt("Zuzüge über die Stadtgrenze") < 43000
    assert 30000 < stadt("Fortzüge über die Stadtgrenze") < 36000
    assert 37000 < stadt("Zuzüge innerhalb der Stadt") < 43000
    assert 4300 < stadt("Geburten") < 5300
    assert 5300 < stadt("Sterbefälle") < 6800


def test_geburten_nur_unter_sechs_und_null_als_strich(bewegungen) -> None:
    for z in bewegungen:
        if z["Altersgruppe"] != _GRUPPEN[0]:
            assert z["Geburten"] == "-"
        assert "0" not in [z[s] for s in (*_ZU, *_AB)]


def test_geborene_leben_am_jahresende(alter, summen) -> None:
    """There are about as many children under one year as were born, and never twice as many."""
    for jahr in range(2017, 2026):
        nulljaehrig = sum(
            int(z["0 bis unter 1 Jahr m"]) + int(z["0 bis unter 1 Jahr w"])
            for z in alter
            if z["Stichtag"] == f"31.12.{jahr}"
        )
        geboren = sum(w for (_, j, s), w in summen.items() if (j, s) == (jahr, "Geburten"))
        assert 0.93 < nulljaehrig / geboren < 1.12


@pytest.mark.parametrize(("alter_", "gruppe"), [(0, 0), (5, 0), (6, 1), (17, 1), (18, 2), (100, 2)], ids=str)
def test_altersgruppe(alter_: int, gruppe: int) -> None:
    assert altersgruppe(alter_) == altersgruppe(ALTER + alter_) == _GRUPPEN[gruppe]
