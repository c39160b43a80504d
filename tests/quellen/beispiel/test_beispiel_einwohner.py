"""The city's files on residents: form, and that they agree with each other."""

import itertools
import re

from quellen.beispiel.bewegung import altersspalten
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, ORTSTEILE, STADTBEZIRKE
from quellen.beispiel.zielwerte import JAHRE


def zahl(text: str) -> int:
    return 0 if text == "-" else int(text.replace(".", ""))


_NAMEN = {o.schluessel: o.name for o in ORTSTEILE}
_STAATEN = (
    *("Türkei", "Bulgarien", "Rumänien", "Syrien", "Polen", "Ukraine"),
    *("Italien", "Serbien", "Nordmazedonien", "Niederlande"),
)


def test_kopf_der_altersdatei(leser) -> None:
    kopf = leser.text("einwohner_ortsteil", "alter").split("\n", 1)[0].split(";")
    assert kopf[:8] == [
        *("Stichtag", "Stadtbezirk_ID", "Stadtbezirk_Name", "Ortsteil_ID", "Ortsteil_Name", "Staatsangehörigkeit"),
        *("0 bis unter 1 Jahr m", "0 bis unter 1 Jahr w"),
    ]
    assert kopf[8] == "1 bis unter 2 Jahre m"
    assert kopf[-4:] == [
        *("99 bis unter 100 Jahre m", "99 bis unter 100 Jahre w"),
        *("100 Jahre und älter m", "100 Jahre und älter w"),
    ]
    assert len(kopf) == 6 + 202 == len(set(kopf))
    assert kopf[6:] == altersspalten()


def test_kopf_der_staatsangehoerigkeiten(leser) -> None:
    kopf = leser.text("einwohner_ortsteil", "staatsangehoerigkeit").split("\n", 1)[0].split(";")
    assert kopf[5:] == ["deutsch", "davon deutsch mit 2. StA", "nichtdeutsch", *(f"davon {s}" for s in _STAATEN)]


def test_kodierung_und_zeilenenden(leser) -> None:
    for teil in ("alter", "staatsangehoerigkeit"):
        (daten,) = leser.bytes("einwohner_ortsteil", teil)
        assert not daten.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in daten
        assert daten.endswith(b"\n")
        assert "Rö" in daten.decode("utf-8")


def test_juengster_stichtag_zuerst_und_jeder_ortsteil_genau_einmal(alter, staaten) -> None:
    for zeilen, je in ((alter, 2), (staaten, 1)):
        tage = [tag for tag, _ in itertools.groupby(z["Stichtag"] for z in zeilen)]
        assert tage == [f"31.12.{jahr}" for jahr in range(2025, 2015, -1)]
        assert len(zeilen) == 10 * 46 * je
    paare = {(z["Stichtag"], z["Ortsteil_ID"], z["Staatsangehörigkeit"]) for z in alter}
    assert len(paare) == len(alter)


def test_schluessel_und_namen(alter, staaten, bewegungen) -> None:
    for z in [*alter, *staaten, *bewegungen]:
        assert z["Ortsteil_Name"] == _NAMEN[z["Ortsteil_ID"]]
        assert z["Stadtbezirk_ID"] == z["Ortsteil_ID"][0] + "00"
        assert z["Stadtbezirk_Name"] == STADTBEZIRKE[z["Stadtbezirk_ID"]]
    assert len(JE_SCHLUESSEL) == 46


def test_summen_der_beiden_dateien_sind_gleich(bestand, staaten) -> None:
    for z in staaten:
        for spalte in ("deutsch", "nichtdeutsch"):
            assert zahl(z[spalte]) == bestand[z["Ortsteil_ID"], int(z["Stichtag"][-4:]), spalte]


def test_davon_ist_teilmenge(staaten) -> None:
    for z in staaten:
        assert sum(zahl(z[f"davon {s}"]) for s in _STAATEN) <= zahl(z["nichtdeutsch"])
        zweite = z["davon deutsch mit 2. StA"]
        if zweite != "\u00a0":
            assert 0 < zahl(zweite) < zahl(z["deutsch"])


def test_fehlende_zellen_sind_geschuetzte_leerzeichen(staaten) -> None:
    fehlt = [z for z in staaten if z["davon deutsch mit 2. StA"] == "\u00a0"]
    assert 3 <= len(fehlt) <= 25
    for z in staaten:
        andere = [w for k, w in z.items() if k != "davon deutsch mit 2. StA"]
        assert "\u00a0" not in "".join(andere)


def test_tausenderpunkte(staaten) -> None:
    zahlen = [w for z in staaten for k, w in list(z.items())[5:] if w != "\u00a0"]
    assert all(re.fullmatch(r"\d{1,3}(\.\d{3})*", w) for w in zahlen)
    assert any("." in w for w in zahlen)


def test_jung_im_norden_alt_im_sueden(alter) -> None:
    def anteil(ortsteil: str, von: int, bis: int) -> float:
        jung = gesamt = 0
        for z in alter:
            if z["Ortsteil_ID"] == ortsteil and z["Stichtag"] == "31.12.2025":
                werte = [int(w) for w in list(z.values())[6:]]
                gesamt += sum(werte)
                jung += sum(werte[2 * von : 2 * bis])
        return jung / gesamt

    for nord in ("202", "508", "301"):
        for sued in ("707", "709", "706", "404"):
            assert anteil(nord, 0, 18) > anteil(sued, 0, 18) + 0.02
            assert anteil(nord, 65, 101) < anteil(sued, 65, 101) - 0.05


def test_jahrgaenge_altern(alter) -> None:
    """A cohort of the whole city changes from year to year by little: it grows a year older, does not jump."""
    stadt = {jahr: [0] * 101 for jahr in JAHRE}
    for z in alter:
        for i, wert in enumerate(list(z.values())[6:]):
            stadt[int(z["Stichtag"][-4:])][i // 2] += int(wert)
    for jahr in JAHRE[1:]:
        for a in range(1, 80):
            vorher, jetzt = stadt[jahr - 1][a - 1], stadt[jahr][a]
            assert abs(jetzt - vorher) < 0.16 * vorher, (jahr, a, vorher, jetzt)


def test_groessenordnungen_der_stadt(alter) -> None:
    """Close to published figures: 78559 aged 0 to 15 at the end of 2021, 14259 under three in 2023."""

    def summe(jahr: int, bis: int) -> int:
        zeilen = [z for z in alter if z["Stichtag"] == f"31.12.{jahr}"]
        return sum(int(w) for z in zeilen for w in list(z.values())[6 : 6 + 2 * bis])

    assert abs(summe(2021, 16) / 78559 - 1) < 0.04
    assert abs(summe(2023, 3) / 14259 - 1) < 0.06


def test_staatsangehoerigkeiten_springen_nicht(staaten) -> None:
    werte = {(z["Ortsteil_ID"], int(z["Stichtag"][-4:]), s): zahl(z[f"davon {s}"]) for z in staaten for s in _STAATEN}
    for (ortsteil, jahr, staat), wert in werte.items():
        vorher = werte.get((ortsteil, jahr - 1, staat), 0)
        if vorher > 300 and staat != "Ukraine":
            assert 0.75 < wert / vorher < 1.35, (ortsteil, jahr, staat, vorher, wert)
