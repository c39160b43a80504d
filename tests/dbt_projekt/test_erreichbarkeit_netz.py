"""Reach over a network of footpaths, from the raw ways to released figures; beside it, where the network has no way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from gebaut import Gebaut
from versorgungswelten import ABSEITS, AM_NETZ, LUECKENHAFT, NETZ, OHNE_VERBINDUNG, Versorgungswelt

BASIS = "melderegister"
LUFTLINIE, IM_NETZ, GEMISCHT = "Luftlinie mal Umwegfaktor", "Fußwegenetz", "teils Luftlinie mal Umwegfaktor"


def _wert(welt: Gebaut, indikator: str, ort: str, jahr: int = NETZ) -> Any:
    return welt.zeile(indikator, ort, date(jahr, 7, 31), BASIS)


def _bemerkungen(welt: Gebaut, indikator: str, ort: str, rolle: str, jahr: int = NETZ) -> list[str]:
    t = welt.frage(
        "select a.bemerkung from freigabe.ableitungen as a inner join stammdaten.gebiete as g on g.gebiet = a.gebiet "
        f"where a.indikator = '{indikator}' and g.kurz = '{ort}' and a.rolle = '{rolle}' "
        f"and a.stichtag = '{jahr}-07-31' order by all"
    )
    return list(t["bemerkung"])


def test_ein_umweg_im_netz_nimmt_eine_einrichtung_aus_der_reichweite(versorgungswelt: Versorgungswelt) -> None:
    """By the straight line Kita 1 is 390 m from both points; round about it is 1,200 m from the second."""
    paare = versorgungswelt.frage(
        "select einrichtung, punkt, weg, wegart from indikatoren.reichweite as r "
        f"inner join stammdaten.gebiete as g on g.gebiet = r.gebiet and g.kurz = '{AM_NETZ}' "
        f"where r.angebot = 'u3' and r.stichtag = '{NETZ}-07-31' order by all"
    )
    assert paare.values.tolist() == [["1", 1, 300.0, IM_NETZ], ["2", 2, 310.0, IM_NETZ]]
    assert _wert(versorgungswelt, "kitaweg_mittel", AM_NETZ)["wert"] == pytest.approx(305.0)
    assert _wert(versorgungswelt, "anteil_0_5_kita_500m", AM_NETZ)["wert"] == 100
    assert _wert(versorgungswelt, "grundschulweg_mittel", AM_NETZ)["wert"] == pytest.approx((300 + 1200) / 2)
    assert _wert(versorgungswelt, "anteil_6_9_grundschule_1000m", AM_NETZ)["wert"] == 50


@pytest.mark.parametrize(("ort", "weg"), [(OHNE_VERBINDUNG, 1.3 * 200), (ABSEITS, 1.3 * 400)])
def test_ohne_weg_im_netz_gilt_die_luftlinie(versorgungswelt: Versorgungswelt, ort: str, weg: float) -> None:
    assert _wert(versorgungswelt, "kitaweg_mittel", ort)["wert"] == pytest.approx(weg)
    assert _wert(versorgungswelt, "anteil_0_5_kita_500m", ort)["wert"] == (100 if weg <= 500 else 0)


def test_alle_plaetze_sind_verteilt(versorgungswelt: Versorgungswelt) -> None:
    """Σ Aᵢ·Nᵢ = Σ Pⱼ, whichever way is measured how."""
    for indikator, plaetze in (
        ("erreichbare_plaetze_u3", {AM_NETZ: 50, OHNE_VERBINDUNG: 5, ABSEITS: 7, "600": 62}),
        ("erreichbare_plaetze_ue3", {AM_NETZ: 70, OHNE_VERBINDUNG: 6, ABSEITS: 8, "600": 84}),
        ("erreichbare_plaetze_grundschule", {AM_NETZ: 44, "600": 44}),
    ):
        for ort, soll in plaetze.items():
            z = _wert(versorgungswelt, indikator, ort)
            assert z["wert"] * z["nenner"] / 100 == pytest.approx(soll)


def test_jede_kennzahl_sagt_wie_ihre_wege_gemessen_sind(versorgungswelt: Versorgungswelt) -> None:
    kinder = "Kinder, gleichmäßig auf die Adressen ihres Ortsteils verteilt; Fußwege: "
    for ort, art in ((AM_NETZ, IM_NETZ), (OHNE_VERBINDUNG, LUFTLINIE), (ABSEITS, LUFTLINIE), ("600", GEMISCHT)):
        for indikator in ("kitaweg_mittel", "erreichbare_plaetze_u3"):
            assert _bemerkungen(versorgungswelt, indikator, ort, "komponente") == [kinder + art]
    assert _bemerkungen(versorgungswelt, "kitaweg_mittel", "508", "komponente", LUECKENHAFT) == [kinder + LUFTLINIE]
    assert _bemerkungen(versorgungswelt, "erreichbare_plaetze_u3", "600", "einrichtung") == [
        "Kita 1, Fußweg ab 300 m (Fußwegenetz)",
        "Kita 2, Fußweg ab 310 m (Fußwegenetz)",
        "Kita 3, Fußweg ab 260 m (Luftlinie mal Umwegfaktor)",
        "Kita 4, Fußweg ab 520 m (Luftlinie mal Umwegfaktor)",
    ]


def test_ein_von_hand_abgelegtes_netz_macht_die_kennzahlen_zu_solchen(versorgungswelt: Versorgungswelt) -> None:
    assert _wert(versorgungswelt, "kitaweg_mittel", AM_NETZ)["datenart"] == "eingang"
    assert _wert(versorgungswelt, "u3_platzquote_0_2", AM_NETZ)["datenart"] == "amtlich"


def test_ohne_netz_ist_jeder_weg_luftlinie_mal_umwegfaktor(beispiel: Gebaut) -> None:
    arten = beispiel.frage("select wegart, count(*) as n from indikatoren.fusswege group by all")
    assert list(arten["wegart"]) == [LUFTLINIE]
    assert arten["n"].item() > 100_000
    falsch = beispiel.frage(
        "select count(*) as n from indikatoren.fusswege as f inner join freigabe.nachfragepunkte as p "
        "on p.gebiet = f.gebiet and p.punkt = f.punkt "
        "where abs(f.weg - 1.3 * sqrt((f.x - p.x)^2 + (f.y - p.y)^2)) > 1e-6"
    )
    assert falsch["n"].item() == 0
    doppelt = beispiel.frage(
        "select 1 from indikatoren.fusswege group by umwegfaktor, anschluss_m, x, y, gebiet, punkt having count(*) > 1"
    )
    assert doppelt.empty
