"""The page of the data dictionary, from contents made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.woerterbuch.formel import bruchseite, formel, zahl
from pipelines.woerterbuch.inhalt import Inhalt, Spalte, Tabelle
from pipelines.woerterbuch.seite import als_markdown, tafel, text

LEER = dict.fromkeys(
    ("nenner", "richtung", "quellen", "basis", "methode", "unsicherheit", "ebenen", "gliederungen", "benoetigt"), ""
)


def indikator(**angaben: Any) -> dict[str, Any]:
    return (
        LEER
        | {
            "indikator": "anteil",
            "name": "Ein Anteil",
            "beschreibung": "Die einen an allen.",
            "form": "quotient",
            "zaehler": "einwohner (Alter 0 bis 2)",
            "faktor": 100.0,
            "ziel": None,
            "einheit": "Prozent",
            "modul": "M2",
            "modul_name": "Frühe Hilfen",
            "thema": "probe",
            "mindestbasis": None,
            "mindeststatus": "A",
            "definition": "VDSt",
            "verfuegbar": True,
        }
        | angaben
    )


def inhalt(*indikatoren: dict[str, Any], beispiel: bool = False) -> Inhalt:
    quelle = {"quelle": "q1", "titel": "Ein | Titel", "herausgeber": "Stadt", "lizenz": "dl-de/by-2-0"}
    return Inhalt(
        freigabe={"id": "f1", "erstellt_am": datetime(2026, 11, 2, tzinfo=UTC)},
        beispiel=beispiel,
        tabellen=(Tabelle("indikatoren_probe", "Die Probe", (Spalte("anteil", "DOUBLE", "Die einen an allen."),)),),
        indikatoren=indikatoren,
        module=({"modul": "R", "name": "Rahmen"}, {"modul": "M2", "name": "Frühe Hilfen"}),
        quellen=(quelle | {"lizenz_url": "", "namensnennung": "Stadt Duisburg, Probe", "url": ""},),
    )


def abschnitt(seite: str, ueberschrift: str) -> str:
    """From a heading to the next one of its level or above."""
    tiefe = ueberschrift.split(" ", maxsplit=1)[0]
    zeilen = seite.splitlines()
    anfang = zeilen.index(ueberschrift)
    rest = zeilen[anfang + 1 :]
    ende = next((n for n, z in enumerate(rest) if z.startswith("#") and len(z.split(" ")[0]) <= len(tiefe)), len(rest))
    return "\n".join(rest[:ende])


def test_ein_indikator_mit_allem_was_gesagt_ist() -> None:
    seite = als_markdown(
        inhalt(
            indikator(
                nenner="einwohner", quellen="q1", basis="melderegister", ebenen="ortsteil", gliederungen="geschlecht",
                mindestbasis=100, unsicherheit="Wilson", methode="ein Hinweis", richtung="neutral",
            )
        )
    )  # fmt: skip
    assert abschnitt(seite, '#### <a id="anteil"></a>Ein Anteil').strip().splitlines() == [
        "Die einen an allen.",
        "",
        "- Kennung: `anteil`",
        "- Station: M2, Frühe Hilfen",
        "- Formel: 100 × Zähler ÷ Nenner",
        "- Zähler: einwohner (Alter 0 bis 2)",
        "- Nenner: einwohner",
        "- Einheit: Prozent",
        "- Richtung: neutral",
        "- Bevölkerungsbasis: melderegister",
        "- Ebenen: ortsteil",
        "- Gliederungen: geschlecht",
        "- Kleinster Nenner: 100",
        "- Unsicherheit: Wilson",
        "- Hinweis: ein Hinweis",
        "- Herkunft der Definition: VDSt",
        "- Quellen: q1",
        "- Quellenvermerk: Stadt Duisburg, Probe",
    ]


def test_was_nicht_gesagt_ist_steht_nicht_da() -> None:
    teil = abschnitt(als_markdown(inhalt(indikator())), '#### <a id="anteil"></a>Ein Anteil')
    for label in ("Nenner", "Ebenen", "Hinweis", "Quellenvermerk", "Status"):
        assert f"- {label}:" not in teil


def test_geschaetztes_nennt_seinen_status() -> None:
    teil = abschnitt(als_markdown(inhalt(indikator(mindeststatus="E"))), '#### <a id="anteil"></a>Ein Anteil')
    assert "- Status: mindestens E" in teil


def test_nach_stationen_und_ohne_indikator() -> None:
    seite = als_markdown(inhalt(indikator(), indikator(indikator="zweiter", name="Ein anderer")))
    assert abschnitt(seite, "### M2: Frühe Hilfen").split() == (
        ["-", "[Ein", "Anteil](#anteil)", "-", "[Ein", "anderer](#zweiter)"]
    )
    assert abschnitt(seite, "### R: Rahmen").strip() == "Kein Indikator."


def test_was_fehlt_steht_nur_unter_dem_was_fehlt() -> None:
    fehlt = indikator(
        indikator="fehlt", name="Was fehlt", verfuegbar=False, thema="", form="", faktor=None, benoetigt="Daten vom Amt"
    )
    seite = als_markdown(inhalt(indikator(), fehlt))
    assert "1 Indikatoren, \n1 weitere" in seite
    tafel_ = abschnitt(seite, "### M2: Frühe Hilfen (nicht verfügbar)")
    assert (
        "| Was fehlt | Die einen an allen. | einwohner (Alter 0 bis 2) |  | Prozent | VDSt | Daten vom Amt |" in tafel_
    )
    assert seite.count("Was fehlt") == 1
    assert "### Thema \n" not in seite
    assert abschnitt(als_markdown(inhalt(indikator())), "## Aus offenen Daten nicht zu bilden").strip() == "Keine."


def test_tabellen_und_quellen() -> None:
    seite = als_markdown(inhalt(indikator()))
    assert "| `anteil` | DOUBLE | Die einen an allen. |" in abschnitt(
        seite, "### Tabelle indikatoren\\_probe".replace("\\", "")
    )
    assert "| `q1` | Ein \\| Titel | Stadt | dl-de/by-2-0 | Stadt Duisburg, Probe |" in abschnitt(seite, "## Quellen")


@pytest.mark.parametrize("beispiel", [True, False])
def test_beispieldaten_sind_angesagt(beispiel: bool) -> None:
    assert (
        "Beispieldaten – keine Angaben über Duisburg" in als_markdown(inhalt(indikator(), beispiel=beispiel))
    ) is beispiel


@pytest.mark.parametrize(
    ("angaben", "erwartet"),
    [
        ({"nenner": "n"}, "100 × Zähler ÷ Nenner"),
        ({"nenner": "n", "faktor": 1.0}, "Zähler ÷ Nenner"),
        ({"faktor": 1.0}, "Zähler"),
        ({"nenner": "n", "form": "luecke", "ziel": 0.32, "faktor": 1.0}, "0,32 × Nenner, aufgerundet, minus Zähler"),
        ({"nenner": "n", "form": "kleinere_seite"}, "100 × die kleinere der beiden Bedingungen des Zählers ÷ Nenner"),
        ({"form": "neue_form", "faktor": 1.0}, "neue_form"),
    ],
)
def test_formel(angaben: dict[str, Any], erwartet: str) -> None:
    assert formel(indikator(**angaben)) == erwartet


@pytest.mark.parametrize(
    ("wert", "erwartet"), [(None, ""), (1.0, "1"), (0.32, "0,32"), (1000.0, "1000"), (-2, "-2"), (2e6, "2000000")]
)
def test_zahl(wert: float | None, erwartet: str) -> None:
    assert zahl(wert) == erwartet


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=3, max_size=3))
def test_kein_text_zerlegt_eine_tafel(worte: list[str]) -> None:
    """Texts of sources are data: whatever they hold, a row keeps its three cells and its line."""
    zeilen = list(tafel(("a", "b", "c"), [[text(w) for w in worte]]))
    assert len(zeilen) == 3
    assert "\n" not in zeilen[2]
    ohne_geschuetzte = zeilen[2].replace("\\\\", "").replace("\\|", "")
    assert ohne_geschuetzte.count("|") == 4
    assert "<" not in ohne_geschuetzte.replace("\\<", "")


@pytest.mark.parametrize(
    ("form", "soll"),
    [("quotient", "3 Jahre zusammen: a − (b + c) + 0,5 × d"), ("simpson", "3 Jahre zusammen: a; − (b + c); 0,5 × d")],
)
def test_glieder_einer_seite_stehen_als_summe_da(form: str, soll: str) -> None:
    eintrag = indikator(form=form, zaehler="3 Jahre zusammen: a; − (b + c); 0,5 × d")
    assert bruchseite(eintrag, "zaehler") == soll
    assert f"- Zähler: {text(soll)}" in als_markdown(inhalt(eintrag))
    assert bruchseite(indikator(), "nenner") == ""
