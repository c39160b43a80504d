"""The contract on GENESIS tables: axes, totals and sums of one table in its two forms."""

import json

import pytest

from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog
from quellen.vertrag import lies_und_pruefe

KATALOG = lade_katalog()
GEBIETE = {"kreis": frozenset({"05112"})}
ACHSEN = {
    "r": ("KREISE", "05112", "Duisburg"),
    "a": ("ALT021", "A", "Insgesamt"),
    "g": ("GES", "", "Insgesamt"),
    "n": ("NAT", "", ""),
}
FFKOPF = (
    "statistics_code;statistics_label;time_code;time_label;time;{};"
    "value;value_unit;value_variable_code;value_variable_label"
)
ALTER = ("unter 3 Jahre", "3 Jahre und mehr", "Insgesamt")


def ffzeile(wert, reihenfolge="ragn", einheit="Anzahl", **anders):
    achsen = {**ACHSEN, **anders}
    teile = [f"{code};Achse;{attribut};{label}" for code, attribut, label in (achsen[k] for k in reihenfolge)]
    return f"12411;F;STAG;S;2024-12-31;{';'.join(teile)};{wert};{einheit};BEVSTD;B"


def wuerfel(faktor=1, zeichen=None, region="05112"):
    """All 27 cells of one region; the total is the last."""
    for n, nat in (1, "NATD"), (2, "NATA"), (3, ""):
        for g, ges in (1, "GESM"), (2, "GESW"), (3, ""):
            for a, alter in enumerate(ALTER, 1):
                wert = zeichen or faktor * n * g * a
                yield ffzeile(wert, "ragn" if a != 2 else "ngar", a=("ALT021", "x", alter), g=("GES", ges, "?"),
                              n=("NAT", nat, "?"), r=("KREISE", region, "Duisburg"))  # fmt: skip


def ffcsv(zeilen, kreise=GEBIETE["kreis"]):
    achsen = [
        f"{i}_{t}"
        for i in range(1, 5)
        for t in ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
    ]
    text = "\ufeff" + "\n".join([FFKOPF.format(";".join(achsen)), *zeilen]) + "\n"
    return lies_und_pruefe(text.encode(), KATALOG["bevoelkerung_kreis"], "tabelle", "t.csv", {"kreis": kreise})


def test_achsen_werden_je_zeile_nach_code_gefunden():
    satz = ffcsv(wuerfel())
    assert (satz.format_art, satz.zeilen, len(satz.daten)) == ("ffcsv", 27, 27)
    vertauscht = satz.daten.iloc[1]
    assert vertauscht[["region", "alter", "geschlecht", "staatsangehoerigkeit"]].tolist() == [
        "05112",
        ALTER[1],
        "GESM",
        "NATD",
    ]
    assert set(satz.daten["spalte"]) == {22}
    assert not satz.daten["total_fehlt"].any()
    assert {
        ("alter", "Insgesamt", "insgesamt"),
        ("alter_von", "Insgesamt", ""),
        ("geschlecht", "", "insgesamt"),
    } <= set(satz.zuordnungen)


@pytest.mark.parametrize(
    ("ersatz", "regel", "gefunden"),
    [
        (ffzeile(1, n=("NAT", "NATX", "?")), "staatsangehoerigkeit hat einen unbekannten", "NATX"),
        (ffzeile(1, n=("BUNT", "1", "?")), "Achse ist nicht deklariert", "BUNT"),
        (ffzeile(1, n=("BUNT", "1", "?")), "Achse ist nicht eindeutig", "keine Achse für staatsangehoerigkeit"),
        (ffzeile(1, n=("GES", "GESM", "?")), "Achse ist nicht eindeutig", "mehrere Achsen für geschlecht"),
        (ffzeile(1, einheit="%"), "value_unit", "»%«"),
        (ffzeile(1, r=("KREISE", "05999", "?")), "Feld region", "05999"),
        (ffzeile(1, r=("KREISE", "05113", "Essen")), "Feld region", "05113"),
    ],
)
def test_fremdes_im_wuerfel_wird_genannt(ersatz, regel, gefunden):
    with pytest.raises(QuellenFehler) as fehler:
        ffcsv([*wuerfel(), ersatz])
    befunde = [b for b in fehler.value.befunde if regel in b.regel]
    assert gefunden in befunde[0].gefunden
    assert befunde[0].zeile == 29


@pytest.mark.parametrize(
    ("nummer", "felder"),
    [(27, {"alter", "geschlecht", "staatsangehoerigkeit"}), (26, {"geschlecht", "alter", "staatsangehoerigkeit"})],
)
def test_falsche_summe_nennt_beide_zahlen(nummer, felder):
    zeilen = list(wuerfel())
    alt = zeilen[nummer - 1].split(";")
    alt[21] = "99"
    zeilen[nummer - 1] = ";".join(alt)
    with pytest.raises(QuellenFehler) as fehler:
        ffcsv(zeilen)
    befunde = fehler.value.befunde
    assert {b.regel.split("(")[1][:-1] for b in befunde} == felder
    assert any(b.zeile == nummer + 1 and b.gefunden.startswith("insgesamt 99, Summe der Teile") for b in befunde)


def test_unbekannter_teil_verhindert_nur_seine_summe():
    zeilen = [z.replace(";1;Anzahl", ";.;Anzahl") for z in wuerfel()]
    assert ffcsv(zeilen).daten["originaltext"].tolist().count(".") == 1


def test_strich_im_gesamtwert_heisst_nicht_geliefert():
    satz = ffcsv([*wuerfel(), *wuerfel(zeichen="-", region="05334")], frozenset({"05112", "05334"}))
    fehlt = satz.daten.groupby("region")["total_fehlt"].agg(["min", "max"])
    assert fehlt.loc["05334"].tolist() == [True, True]
    assert fehlt.loc["05112"].tolist() == [False, False]


def test_strich_im_teil_ist_eine_null():
    with pytest.raises(QuellenFehler, match="insgesamt 2, Summe der Teile 0"):
        ffcsv([ffzeile("-", a=("ALT021", "x", ALTER[0])), ffzeile("2")])
    assert not ffcsv([ffzeile("-", a=("ALT021", "x", ALTER[0])), ffzeile("0")]).daten["total_fehlt"].any()


def test_nicht_gefuehrte_schluessel_bleiben_mit_grund():
    satz = ffcsv([*wuerfel(), *wuerfel(region="05334002")])
    assert satz.zeilen == 54
    assert any(z[1] == "05334002" and z[2].startswith("nicht_gefuehrt:Teil eines Kreises") for z in satz.zuordnungen)


def test_doppelte_zahl_im_wuerfel():
    with pytest.raises(QuellenFehler, match="Zeile 2 und Zeile 29"):
        ffcsv([*wuerfel(), next(wuerfel())])


def test_datencsv_in_genesis_json():
    kopf = ";;;;Total;Total;Total\n;;;;Total;männlich;weiblich\n"
    daten = "".join(
        f"2024-12-31;05112;  Duisburg;{a};{3 * i};{i};{2 * i}\n" for i, a in enumerate([*ALTER[:2], "Total"], 1)
    )
    text = f"Tabelle: 12411-03-03-4\nTitel;;;;;;\n{kopf}{daten}__________\ncreated: 2025-12-16 / 16:30:59\n"
    antwort = json.dumps({"Status": {"Code": 0}, "Object": {"Content": text}}).encode()
    satz = lies_und_pruefe(antwort, KATALOG["bevoelkerung_kreis"], "tabelle", "t.json", GEBIETE)
    assert (satz.format_art, satz.zeilen, len(satz.daten)) == ("datencsv", 3, 9)
    assert satz.daten.loc[8, ["zeile", "spalte", "spaltenname", "originaltext"]].tolist() == [
        7,
        7,
        "Total|weiblich",
        "6",
    ]
    with pytest.raises(QuellenFehler, match=r"Summe \(alter\)"):
        lies_und_pruefe(
            antwort.replace(b"Total;9;3;6", b"Total;8;2;6"), KATALOG["bevoelkerung_kreis"], "tabelle", "t", GEBIETE
        )
