"""Cases of changes with a known reason: facilities, index, directories, the pipeline, breaks, old releases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from revisionsbau import Revisionsbau

TAG = date(2024, 7, 31)
Tabellen = dict[str, list[dict[str, Any]]]
FELDER = {
    "ebene": "ortsteil",
    "einheit": "E",
    "status": "A",
    "vertraulichkeit": "F",
    "datenart": "amtlich",
    "revision": 0,
}


def kennzahl(indikator: str, gebiet: str, wert: float | None, **anders: Any) -> dict[str, Any]:
    return {"indikator": indikator, "gebiet": gebiet, "stichtag": TAG, "basis": "", "wert": wert} | FELDER | anders


def abruf(quelle: str, abruf: str, tag: str = "2026-01-01") -> dict[str, Any]:
    return {"quelle": quelle, "teil": "t", "abruf": abruf, "abgerufen_am": f"{tag}T00:00:00+00:00"}


def zelle(merkmal: str, gebiet: str, wert: float | None, abruf: str, **anders: Any) -> dict[str, Any]:
    return {
        "merkmal": merkmal, "gebiet": gebiet, "stichtag": TAG, "ist_summe": False, "wert": wert, "status": "A",
        "vertraulichkeit": "F", "basis": "", "quelle": "schulen", "abruf": abruf, "zeile": 1, "spalte": 1,
        "originaltext": str(wert), "datenart": "amtlich", "klasse": 1,
    } | anders  # fmt: skip


def ableitung(indikator: str, gebiet: str, rolle: str, merkmal: str, wert: float, **anders: Any) -> dict[str, Any]:
    return {
        "indikator": indikator, "gebiet": gebiet, "stichtag": TAG, "basis": "", "rolle": rolle, "merkmal": merkmal,
        "eingang_gebiet": gebiet, "eingang_stichtag": TAG, "eingang_basis": "", "wert": wert, "gewicht": 1.0,
    } | anders  # fmt: skip


def katalog(**themen: str) -> list[dict[str, Any]]:
    """Indicators and their themes; all but those of theme ``t`` are derived."""
    return [
        {"indikator": i, "thema": t, "form": "quotient" if t == "t" else "abgeleitet", "zaehler": "z"}
        for i, t in themen.items()
    ]


GEBIETE = [{"gebiet": g, "ebene": "ortsteil"} for g in ("A", "B")]
HUELLE = [{"gebiet": g, "teil": g, "gewicht": 1.0, "umgerechnet": False} for g in ("A", "B")]
ZUORDNUNG = [
    {"indikator": "anzahl", "klasse": 1, "rolle": "zaehler", "bezug": "stichtag", "versatz": 0, "basis": "",
     "gewicht": 1.0, "mass": "wert", "gemischt": False}
]  # fmt: skip
IMMER: Tabellen = {"gebiete": GEBIETE, "gebietshuelle": HUELLE, "klassenzuordnung": ZUORDNUNG}
Gruende = dict[tuple[str, str], set[tuple[str, str]]]


@pytest.fixture(scope="module")
def bau() -> Revisionsbau:
    return Revisionsbau()


def gruende(
    bau: Revisionsbau,
    alt: Mapping[str, list[dict[str, Any]]],
    neu: Mapping[str, list[dict[str, Any]]],
    definitionen: str = "d",
) -> Gruende:
    """The causes that the second of two releases names, per indicator and district, as (anlass, quelle)."""
    bau.gib_frei(1, IMMER | dict(alt), "d")
    bau.gib_frei(2, IMMER | dict(neu), definitionen)
    gefunden: Gruende = {}
    for i, g, anlass, quelle in bau.frage("select indikator, gebiet, anlass, coalesce(quelle, '') from ursachen"):
        gefunden.setdefault((i, g), set()).add((anlass, quelle))
    assert set(gefunden) == set(bau.frage("select distinct indikator, gebiet from revisionen"))
    return gefunden


def test_ein_neuer_umriss_versetzt_eine_schule(bau: Revisionsbau) -> None:
    """The file of the schools is the same; the cause is the outline, and the district is named by both figures."""

    def stand(gebiet: str, umriss: str) -> Tabellen:
        return {
            "beobachtungen": [zelle("schulen", gebiet, 1.0, "s1", einrichtung="7")],
            "merkmale": [{"merkmal": "schulen", "verzeichnis": True}],
            "indikator_katalog": katalog(anzahl="t"),
            "indikatoren": [kennzahl("anzahl", g, float(g == gebiet)) for g in ("A", "B")],
            "raw.abrufe": [abruf("schulen", "s1"), abruf("gebiete", umriss)],
        }

    assert gruende(bau, stand("A", "g1"), stand("B", "g2")) == {
        ("anzahl", g): {("quelle", "gebiete")} for g in ("A", "B")
    }


def test_ein_neues_verzeichnis_macht_gebiete_ohne_eintrag_zu_null(bau: Revisionsbau) -> None:
    alt: Tabellen = {
        "indikator_katalog": katalog(anzahl="t"),
        "merkmale": [{"merkmal": "schulen", "verzeichnis": True}],
        "raw.abrufe": [abruf("schulen", "s1")],
    }
    neu = alt | {
        "beobachtungen": [zelle("schulen", "A", 1.0, "s2", einrichtung="7")],
        "indikatoren": [kennzahl("anzahl", "A", 1.0), kennzahl("anzahl", "B", 0.0)],
        "raw.abrufe": [abruf("schulen", "s2")],
    }
    assert gruende(bau, alt, neu) == {("anzahl", g): {("quelle", "schulen")} for g in ("A", "B")}
    assert gruende(bau, alt | {"merkmale": []}, neu | {"merkmale": []})["anzahl", "B"] == {("ungeklaert", "")}


def test_eine_kennzahl_des_index_haengt_von_allen_ortsteilen_ab(bau: Revisionsbau) -> None:
    """Only A changed; by mean and spread B's index is another one, and its class in turn."""

    def stand(wert: float, gewicht: float, index: float, abruf_: str) -> Tabellen:
        return {
            "indikator_katalog": katalog(anzahl="t", lage="index", lageklasse="index"),
            "beobachtungen": [zelle("einwohner", "A", wert, abruf_), zelle("einwohner", "B", 5.0, abruf_)],
            "indikatoren": [
                kennzahl("anzahl", "A", wert), kennzahl("anzahl", "B", 5.0),
                *(kennzahl("lage", g, index) for g in ("A", "B")), kennzahl("lageklasse", "B", round(index)),
            ],
            "ableitungen": [
                ableitung("lage", "A", "komponente", "anzahl", wert, gewicht=gewicht),
                ableitung("lage", "B", "komponente", "anzahl", 5.0, gewicht=gewicht),
                ableitung("lageklasse", "B", "komponente", "lage", index),
            ],
            "raw.abrufe": [abruf("schulen", abruf_)],
        }  # fmt: skip

    erwartet = {("anzahl", "A"), ("lage", "A"), ("lage", "B"), ("lageklasse", "B")}
    gefunden = gruende(bau, stand(3.0, 0.5, 1.0, "q1"), stand(4.0, 0.6, 2.0, "q2"))
    assert gefunden == {k: {("quelle", "schulen")} for k in erwartet}
    unbewegt = gruende(bau, stand(3.0, 0.5, 1.0, "q1"), stand(4.0, 0.5, 2.0, "q2"))
    assert unbewegt["lage", "B"] == {("ungeklaert", "")}  # the weight did not change, so A's figure is no reason


def test_ein_anderes_gewicht_im_index_ist_eine_andere_definition(bau: Revisionsbau) -> None:
    def stand(gewicht: float) -> Tabellen:
        return {
            "indikator_katalog": katalog(lage="index"),
            "indikatoren": [kennzahl("lage", "A", gewicht)],
            "index_bestandteile": [{"indikator": "anzahl", "gewicht": str(gewicht)}],
        }

    assert gruende(bau, stand(1.0), stand(2.0), "e") == {("lage", "A"): {("definition", "")}}
    [(vorher, nachher)] = bau.frage("select definition_vorher, definition_nachher from revisionen")
    assert ("gewicht = 1.0" in vorher, "gewicht = 2.0" in nachher) == (True, True)


def test_erreichbarkeit_haengt_an_einrichtungen_und_adressen(bau: Revisionsbau) -> None:
    def stand(wert: float, kita: str, x: float, anteil: float, adressen: str) -> Tabellen:
        return {
            "indikator_katalog": katalog(wege="erreichbarkeit"),
            "indikatoren": [kennzahl("wege", "A", wert)],
            "einrichtungen": [
                {
                    "stichtag": TAG,
                    "art": "kita",
                    "einrichtung": "7",
                    "gebiet": "B",
                    "x": x,
                    "quelle": "kitas",
                    "abruf": kita,
                }
            ],
            "ableitungen": [ableitung("wege", "A", "einrichtung", "7", wert)],
            "nachfragepunkte": [{"gebiet": "A", "punkt": 1, "anteil": anteil}],
            "raw.abrufe": [abruf("kitas", kita), abruf("adressen", adressen)],
        }

    anfang = stand(1.0, "k1", 5.0, 1.0, "a1")
    assert gruende(bau, anfang, stand(2.0, "k2", 6.0, 1.0, "a1")) == {("wege", "A"): {("quelle", "kitas")}}
    assert gruende(bau, anfang, stand(2.0, "k1", 6.0, 1.0, "a2")) == {("wege", "A"): {("quelle", "adressen")}}
    assert gruende(bau, anfang, stand(2.0, "k1", 5.0, 0.5, "a2")) == {("wege", "A"): {("quelle", "adressen")}}
    assert gruende(bau, anfang, stand(2.0, "k1", 5.0, 1.0, "a2")) == {("wege", "A"): {("ungeklaert", "")}}


def test_ein_anderes_fusswegenetz_ist_ein_grund_fuer_wege_und_fuer_nichts_sonst(bau: Revisionsbau) -> None:
    def stand(wert: float, *netz: str) -> Tabellen:
        return {
            "indikator_katalog": katalog(wege="erreichbarkeit", dichte="siedlung"),
            "indikatoren": [kennzahl("wege", "A", wert), kennzahl("dichte", "A", wert)],
            "raw.abrufe": [abruf("kitas", "k1"), *(abruf("fusswegenetz", n) for n in netz)],
        }

    netz, nichts = {("quelle", "fusswegenetz")}, {("ungeklaert", "")}
    for vorher, nachher in (((), ("n1", "n2")), (("n1", "n2"), ("n1", "n3")), (("n1", "n2"), ())):
        assert gruende(bau, stand(1.0, *vorher), stand(2.0, *nachher)) == {
            ("wege", "A"): netz,
            ("dichte", "A"): nichts,
        }
    assert gruende(bau, stand(1.0, "n1"), stand(2.0, "n1"))["wege", "A"] == nichts


def test_die_flaeche_eines_umrisses_ist_ein_grund_nur_wo_keine_veroeffentlicht_ist(bau: Revisionsbau) -> None:
    def stand(flaeche: float, umriss: str, veroeffentlicht: float | None = None) -> Tabellen:
        return {
            "gebiete": [{"gebiet": "A", "ebene": "ortsteil", "flaeche_km2": veroeffentlicht}],
            "indikator_katalog": katalog(dichte="siedlung"),
            "indikatoren": [kennzahl("dichte", "A", 90 / flaeche, zaehler=90.0, nenner=flaeche)],
            "raw.abrufe": [abruf("gebiete", umriss)],
        }

    assert gruende(bau, stand(3.0, "g1"), stand(2.0, "g2")) == {("dichte", "A"): {("quelle", "gebiete")}}
    assert gruende(bau, stand(3.0, "g1"), stand(2.0, "g1")) == {("dichte", "A"): {("ungeklaert", "")}}
    assert gruende(bau, stand(3.0, "g1"), stand(2.0, "g2", 2.0)) == {("dichte", "A"): {("gebietsstand", "")}}
    assert gruende(bau, stand(3.0, "g1", 3.0), stand(2.0, "g2", 2.0)) == {("dichte", "A"): {("gebietsstand", "")}}


@pytest.mark.parametrize(("quelle", "merkmal"), [("schulen", "schulen"), ("kitas", "kita_plaetze_u3")])
def test_verortete_einrichtungen_haengen_an_denen_ihrer_art(bau: Revisionsbau, quelle: str, merkmal: str) -> None:
    anteile = {f"anteil_verortet{art}": "qualitaet" for art in ("", "_schulen", "_kitas")}

    def stand(gebiet: str, wert: float, umriss: str) -> Tabellen:
        return {
            "beobachtungen": [zelle(merkmal, gebiet, 1.0, "x", quelle=quelle, einrichtung="7")],
            "indikator_katalog": katalog(**anteile),
            "indikatoren": [kennzahl(i, "A", wert) for i in anteile],
            "raw.abrufe": [abruf(quelle, "x"), abruf("gebiete", umriss)],
        }

    art = f"anteil_verortet_{quelle}"
    andere = next(i for i in anteile if i not in ("anteil_verortet", art))
    assert gruende(bau, stand("A", 1.0, "g1"), stand("B", 2.0, "g2")) == {
        ("anteil_verortet", "A"): {("quelle", "gebiete")},
        (art, "A"): {("quelle", "gebiete")},
        (andere, "A"): {("ungeklaert", "")},
    }


def test_kennzahlen_des_betriebs_nennen_den_juengsten_abruf(bau: Revisionsbau) -> None:
    def stand(tag: date, abruf_: str) -> Tabellen:
        return {
            "indikator_katalog": katalog(anteil_verdeckt="qualitaet"),
            "indikatoren": [kennzahl("anteil_verdeckt", "A", 1.0, stichtag=tag)],
            "raw.abrufe": [abruf("kitas", "k1"), abruf("schulen", abruf_, str(tag))],
        }

    gefunden = gruende(bau, stand(date(2026, 3, 1), "s1"), stand(date(2026, 3, 2), "s2"))
    assert gefunden == {("anteil_verdeckt", "A"): {("abruftag", "schulen")}}
    assert bau.frage("select art, grund, abruf_vorher, abruf_nachher from revisionen order by art") == [
        (art, "Stichtag ist der Tag des jüngsten Abrufs: jüngster Abruf am 01.03.2026 (schulen) → jüngster Abruf am "
              "02.03.2026 (schulen)", "s1", "s2")
        for art in ("entfallen", "neu")
    ]  # fmt: skip


def test_was_gezaehlt_wird_gibt_seinen_grund_weiter(bau: Revisionsbau) -> None:
    """On one day: another share of hidden figures because one was hidden, by a source; the state of a source."""

    def stand(status: str, anteil: float, zustand: str, abruf_: str) -> Tabellen:
        return {
            "indikator_katalog": katalog(anzahl="t", anteil_verdeckt="qualitaet", quellen_gestoert="qualitaet"),
            "beobachtungen": [zelle("einwohner", "A", anteil, abruf_)],
            "indikatoren": [
                kennzahl("anzahl", "A", None if status == "Q" else 1.0, status=status),
                kennzahl("anteil_verdeckt", "A", anteil), kennzahl("quellen_gestoert", "A", float(zustand != "gut")),
            ],
            "raw.abrufe": [abruf("schulen", abruf_)],
            "raw.quellen": [{"quelle": "kitas", "zustand": zustand}],
        }  # fmt: skip

    assert gruende(bau, stand("A", 0.0, "gut", "s1"), stand("Q", 50.0, "ohne Daten", "s2")) == {
        ("anzahl", "A"): {("quelle", "schulen")},
        ("anteil_verdeckt", "A"): {("quelle", "schulen")},
        ("quellen_gestoert", "A"): {("quellenzustand", "kitas")},
    }


def test_die_erste_kennzahl_nach_einem_bruch_haengt_an_der_davor(bau: Revisionsbau) -> None:
    frueher = date(2023, 7, 31)

    def stand(davor: bool, abruf_: str) -> Tabellen:
        zellen = [zelle("einwohner", "A", 2.0, abruf_, stichtag=frueher)] if davor else []
        vorige = [kennzahl("anzahl", "A", 2.0, stichtag=frueher)] if davor else []
        return {
            "indikator_katalog": katalog(anzahl="t"),
            "beobachtungen": [zelle("einwohner", "A", 1.0, abruf_), *zellen],
            "indikatoren": [kennzahl("anzahl", "A", 1.0, status="B" if davor else "A"), *vorige],
            "raw.abrufe": [abruf("schulen", abruf_)],
        }

    gruende(bau, stand(False, "s1"), stand(True, "s2"))
    assert bau.frage("select stichtag, art, anlass from revisionen order by stichtag") == [
        (frueher, "neu", "quelle"),
        (TAG, "geändert", "quelle"),
    ]


def test_eine_definition_ist_nur_grund_wo_sie_etwas_anders_zaehlt(bau: Revisionsbau) -> None:
    """The new condition takes in boys; where there are none, the changed figure has another reason."""

    def stand(klasse: int, zaehler: str, wert: float, abruf_: str) -> Tabellen:
        return {
            "indikator_katalog": [{"indikator": "anzahl", "thema": "t", "form": "quotient", "zaehler": zaehler}],
            "klassenzuordnung": [ZUORDNUNG[0] | {"klasse": k} for k in sorted({1, klasse})],
            "beobachtungen": [
                zelle("einwohner", "A", 1.0, abruf_, geschlecht="weiblich"),
                zelle("einwohner", "B", wert, abruf_, geschlecht="weiblich"),
                zelle("einwohner", "A", 1.0, abruf_, geschlecht="maennlich", klasse=2),
            ],
            "indikatoren": [kennzahl("anzahl", "A", float(klasse)), kennzahl("anzahl", "B", wert)],
            "raw.abrufe": [abruf("schulen", abruf_)],
        }  # fmt: skip

    assert gruende(bau, stand(1, "Frauen", 1.0, "s1"), stand(2, "alle", 3.0, "s2"), "e") == {
        ("anzahl", "A"): {("definition", "")},
        ("anzahl", "B"): {("quelle", "schulen")},
    }


def test_ein_indikator_wird_deklariert_und_wieder_gestrichen(bau: Revisionsbau) -> None:
    ohne: Tabellen = {}
    mit: Tabellen = {"indikator_katalog": katalog(anzahl="t"), "indikatoren": [kennzahl("anzahl", "A", 1.0)]}
    assert gruende(bau, ohne, mit, "e") == {("anzahl", "A"): {("definition", "")}}
    assert bau.frage("select grund from revisionen") == [("Definition geändert, neu deklariert: z",)]
    assert gruende(bau, mit, ohne, "e") == {("anzahl", "A"): {("definition", "")}}
    assert bau.frage("select grund from revisionen") == [("Definition geändert, nicht mehr deklariert: z",)]


def test_ohne_beleg_ist_es_das_programm_oder_bleibt_offen(bau: Revisionsbau) -> None:
    alt: Tabellen = {"indikatoren": [kennzahl("anzahl", "A", 1.0)]}
    neu: Tabellen = {"indikatoren": [kennzahl("anzahl", "A", 2.0)]}
    assert gruende(bau, alt, neu, "e") == {("anzahl", "A"): {("programm", "")}}
    assert bau.frage("select grund from revisionen") == [("Programm geändert: code-d → code-e",)]
    assert gruende(bau, alt, neu, "d") == {("anzahl", "A"): {("ungeklaert", "")}}


@pytest.mark.parametrize(
    "feld", ["zaehler", "nenner", "status", "vertraulichkeit", "zuverlaessigkeit", "unsicher_bis", "datenart"]
)
def test_nicht_nur_der_wert_ist_eine_aenderung(bau: Revisionsbau, feld: str) -> None:
    neu = {feld: 2.0 if feld in ("zaehler", "nenner", "unsicher_bis") else "X"}
    gruende(
        bau, {"indikatoren": [kennzahl("anzahl", "A", 1.0)]}, {"indikatoren": [kennzahl("anzahl", "A", 1.0, **neu)]}
    )
    assert bau.frage(f"select art, {feld}_vorher is distinct from $1 from revisionen", neu[feld]) == [
        ("geändert", True)
    ]


def test_eine_freigabe_aelteren_programms_hat_weniger_spalten(bau: Revisionsbau) -> None:
    """What the predecessor does not have is no change; what it released before stays known as far as it was."""
    bau.gib_frei(1, IMMER | {"indikatoren": [kennzahl("anzahl", g, 1.0) for g in ("A", "B")]}, "d")
    for tabelle in ("ableitungen", "freigaben", "nachfragepunkte", "einrichtungen", "brueche"):
        bau.con.execute(f"drop table {tabelle}")
    bau.con.execute("alter table indikatoren drop zuverlaessigkeit")
    bau.con.execute("alter table indikator_katalog drop mindestbasis")
    bau.con.execute(
        "create or replace table revisionen as select 'anzahl' as indikator, 'A' as gebiet, date '2024-07-31' as "
        "stichtag, '' as basis, 'geändert' as art, 0.5 as wert_vorher, 1.0 as wert_nachher, 'f' as freigabe_vorher, "
        "'f1' as freigabe_nachher, 'Quelle geändert: q' as grund"
    )
    bau.werde_alt()
    neu = [kennzahl("anzahl", "A", 1.0, zuverlaessigkeit="B"), kennzahl("anzahl", "B", 2.0, zuverlaessigkeit="B")]
    bau.gib_frei(2, IMMER | {"indikatoren": neu, "brueche": [{"bruch": "b"}]}, "e", schon_alt=True)
    assert bau.frage("select gebiet, anlass, grund from revisionen order by freigabe_nachher") == [
        ("A", None, "Quelle geändert: q"),
        ("B", "programm", "Programm geändert: code-d → code-e"),
    ]
    assert bau.frage("select nummer, id from freigaben order by nummer") == [(1, "f1"), (2, "f2")]
    assert bau.frage("select gebiet, wert, freigabe from stand_am('2026-01-01') order by all") == [
        ("A", 1.0, "f1"),
        ("B", 1.0, "f1"),
    ]
