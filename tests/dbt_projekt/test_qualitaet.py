"""Quality figures: counted from tables made by hand and, on the example archive, a second way."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from gebaut import Gebaut
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT

STADT, NORD, A, B, FREMD = "05112000", "05112000-100", "05112000-101", "05112000-102", "05113"
EBENEN = {STADT: "stadt", NORD: "stadtbezirk", A: "ortsteil", B: "ortsteil", FREMD: "kreis"}
HUELLE = {STADT: [STADT, NORD, A, B], NORD: [NORD, A, B], A: [A], B: [B], FREMD: [FREMD]}
TAG = date(2024, 5, 2)
Kennzahl = tuple[str, str, date, float | None, str, str]
"""Indicator, district, date, value, status, kind of data."""
kennzahlen = st.builds(
    lambda i, g, t, w, s, d: (i, g, t, w if s == "A" else None, s, d),
    st.sampled_from("ij"),
    st.sampled_from(list(EBENEN)),
    st.sampled_from([date(2022, 12, 31), date(2023, 12, 31), date(2024, 5, 2), date(2024, 7, 31)]),
    st.integers(0, 3).map(float),
    st.sampled_from(["A", "A", "O", "Q"]),
    st.sampled_from(["amtlich", "amtlich", "eingang", "beispiel"]),
)


def zaehle(
    neu: list[Kennzahl],
    vorher: list[tuple[Any, ...]] = (),  # type: ignore[assignment]
    schulen: list[tuple[Any, ...]] = (),  # type: ignore[assignment]
    quellen: list[tuple[str, str]] = (),  # type: ignore[assignment]
    abrufe: list[tuple[str, str, str]] = [("q", "2024-05-01T23:30:00-01:00", "amtlich")],  # noqa: B006
) -> dict[tuple[str, str], dict[str, Any]]:
    """Figures about the pipeline by indicator and district, from these tables."""
    con = duckdb.connect(config={"threads": 1})
    tabellen: dict[str, tuple[str, list[Any]]] = {
        "alle_werte": (
            "indikator varchar, gebiet varchar, stichtag date, wert double, status varchar, datenart varchar, "
            "basis varchar default ''",
            [(*k, "") for k in neu],
        ),
        "raw_vorgaenger_indikatoren": (
            "indikator varchar, gebiet varchar, stichtag date, wert double, revision integer, basis varchar",
            [(*k, "") for k in vorher],
        ),
        "stg_schulen": (
            "abruf varchar, zeile integer, gebiet varchar, ortsteil varchar, stand date, datenart varchar, "
            "grund varchar, quelle varchar",
            [(*s, "schulen") for s in schulen],
        ),
        "raw_quellen": ("quelle varchar, zustand varchar", list(quellen)),
        "raw_abrufe": ("quelle varchar, abgerufen_am varchar, datenart varchar", list(abrufe)),
        "gebiete": ("gebiet varchar, ebene varchar", list(EBENEN.items())),
        "gebietshuelle": (
            "gebiet varchar, teil varchar, umgerechnet boolean", [(g, t, False) for g in HUELLE for t in HUELLE[g]],
        ),
    }  # fmt: skip
    for name, (spalten, zeilen) in tabellen.items():
        con.execute(f"create table {name} ({spalten})")
        if zeilen:
            con.executemany(f"insert into {name} values ({', '.join('?' * len(zeilen[0]))})", [list(z) for z in zeilen])
    makros = lade_makros(ref=lambda name: name, source=lambda schema, name: f"{schema}_{name}")
    for modell in ("einrichtungen_verortet", "qualitaet_zaehlungen"):
        text = (DBT_PROJEKT / "models" / "indikatoren" / f"{modell}.sql").read_text(encoding="utf-8")
        sql = Environment(extensions=["jinja2.ext.do"]).from_string(text).render(makros)
        con.execute(f"create table {modell} as {sql}")
    ergebnis = con.execute("select * from qualitaet_zaehlungen")
    namen = [s[0] for s in ergebnis.description]
    zeilen = [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]
    assert {z["stichtag"] for z in zeilen} <= {TAG}
    return {(z["indikator"], z["gebiet"]): z for z in zeilen}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    st.lists(kennzahlen, max_size=12, unique_by=lambda k: k[:3]),
    st.lists(kennzahlen, max_size=12, unique_by=lambda k: k[:3]),
    st.integers(0, 2),
)
def test_verdeckt_revidiert_und_alter_wie_in_schleifen(neu: list[Kennzahl], alt: list[Kennzahl], revision: int) -> None:
    ist = zaehle(neu, [(*k[:4], revision) for k in alt])
    vorher = {k[:3]: k[3] for k in alt}
    rang = {"amtlich": 0, "eingang": 1, "beispiel": 2}
    for gebiet, teile in HUELLE.items():
        eigene = [k for k in neu if k[1] in teile]
        if EBENEN[gebiet] == "kreis" or not eigene:
            assert ("anteil_verdeckt", gebiet) not in ist
            continue
        verdeckt, revidiert = ist["anteil_verdeckt", gebiet], ist["anteil_revidiert", gebiet]
        assert (verdeckt["zaehler"], verdeckt["nenner"]) == (sum(k[4] == "Q" for k in eigene), len(eigene))
        geaendert = [k for k in eigene if k[:3] in vorher and (revision > 0 or vorher[k[:3]] != k[3])]
        assert (revidiert["zaehler"], revidiert["nenner"]) == (len(geaendert), len(eigene))
        assert verdeckt["datenart_rang"] == max(rang[k[5]] for k in eigene)
        tage = [(TAG - k[2]).days for k in eigene if k[3] is not None and k[2] <= TAG]
        alter = ist["alter_neueste_kennzahl", gebiet]
        assert alter["zaehler"] == (min(tage) if tage else None)
        assert alter["status"] == ("A" if tage else "O")


def test_verortet_sind_nur_einrichtungen_des_neuesten_verzeichnisses_der_stadt() -> None:
    alt, neu = date(2022, 10, 15), date(2023, 10, 15)
    schulen = [
        ("x", 1, A, A, neu, "amtlich", None),
        ("x", 2, B, B, neu, "amtlich", None),
        ("x", 3, NORD, None, neu, "amtlich", None),
        ("x", 4, STADT, None, neu, "amtlich", None),
        ("x", 5, FREMD, None, neu, "amtlich", None),
        ("x", 6, A, A, neu, "amtlich", "unbekannter Kreis"),
        ("w", 1, STADT, None, alt, "amtlich", None),
    ]
    ist = zaehle([], schulen=schulen)
    zahlen = {g: (z["zaehler"], z["nenner"]) for (i, g), z in ist.items() if i == "anteil_verortet"}
    assert zahlen == {STADT: (2, 4), NORD: (2, 3)}
    assert ist["anteil_verortet", STADT]["datenart_rang"] == 0
    umriss = [("q", "2024-05-02T00:00:00+00:00", "amtlich"), ("gebiete", "2024-05-01T00:00:00+00:00", "beispiel")]
    assert zaehle([], schulen=schulen, abrufe=umriss)["anteil_verortet", STADT]["datenart_rang"] == 2


@pytest.mark.parametrize(
    ("zustaende", "gestoert", "status"),
    [
        (["gut", "gut"], 0, "A"),
        (["gut", "letzter guter Stand", "ohne Daten"], 2, "A"),
        ([], 0, "M"),
    ],
)
def test_gestoerte_quellen(zustaende: list[str], gestoert: int, status: str) -> None:
    ist = zaehle([], quellen=[(f"q{i}", z) for i, z in enumerate(zustaende)])
    anteil, anzahl = ist["anteil_quellen_gestoert", STADT], ist["quellen_gestoert", STADT]
    assert (anteil["zaehler"], anteil["nenner"], anteil["status"]) == (gestoert, len(zustaende), status)
    assert (anzahl["zaehler"], anzahl["nenner"], anzahl["status"]) == (gestoert, None, "A")
    namen = ", ".join(f"q{i}" for i, z in enumerate(zustaende) if z != "gut")
    assert anteil["bemerkung"] == (namen or "alle Quellen sind gut")


def test_ohne_abruf_keine_kennzahl_ueber_die_verarbeitung() -> None:
    assert zaehle([("i", A, date(2022, 12, 31), 1.0, "A", "amtlich")], abrufe=[]) == {}


def test_bilanzrest_und_register_gegen_fortschreibung_des_beispiels(beispiel: Gebaut) -> None:
    werte = beispiel.frage(
        "select indikator, gebiet, stichtag, basis, wert from freigabe.indikatoren where indikator in "
        "('einwohner', 'bilanzrest', 'bilanzrest_anteil', 'register_fortschreibung_differenz')"
    )
    je = {(z.indikator, z.gebiet, z.stichtag, z.basis): z.wert for z in werte.itertuples(index=False)}
    anteile = {k: v for k, v in je.items() if k[0] == "bilanzrest_anteil"}
    assert len(anteile) > 400
    for (_, *rest), wert in anteile.items():
        soll = 100 * je["bilanzrest", *rest] / je["einwohner", *rest]
        assert wert == pytest.approx(soll, rel=1e-12, abs=1e-12)
    differenzen = {k: v for k, v in je.items() if k[0] == "register_fortschreibung_differenz"}
    assert len(differenzen) == 3
    for (_, gebiet, tag, _basis), wert in differenzen.items():
        fortgeschrieben = je["einwohner", gebiet, tag, "fortschreibung"]
        register = je["einwohner", gebiet, tag, "melderegister"]
        assert wert == pytest.approx(100 * (register - fortgeschrieben) / fortgeschrieben)


def test_was_gezaehlt_ist_steht_in_den_ableitungen(beispiel: Gebaut) -> None:
    werte = beispiel.frage(
        "select w.indikator, w.gebiet, w.stichtag, w.zaehler, w.nenner, d.zaehler as zaehler_text, "
        "d.nenner as nenner_text from indikatoren.werte_qualitaet as w inner join indikatoren.indikator_definitionen "
        "as d on d.indikator = w.indikator where d.form = 'abgeleitet'"
    )
    gezaehlt = beispiel.frage("select * from indikatoren.ableitungen_qualitaet")
    je = {(z.indikator, z.gebiet, z.stichtag, z.rolle): z for z in gezaehlt.itertuples(index=False)}
    assert len(werte) > 160
    for w in werte.itertuples(index=False):
        for rolle, wert, text in (("zaehler", w.zaehler, w.zaehler_text), ("nenner", w.nenner, w.nenner_text)):
            if text:
                z = je.pop((w.indikator, w.gebiet, w.stichtag, rolle))
                assert (z.wert, z.merkmal, z.gewicht) == (wert, text, 1.0)
    assert je == {}
