"""Single macros: which combinations a term takes, in which words it is told, and the bounds of a school year."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makros import lade_makros
from nachrechnung import Term, lage
from rohbau import Alter, Fakt

from quellen.modell import schuljahr

MAKROS = lade_makros()
altersgruppen: st.SearchStrategy[Alter] = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(0, 100), st.none()),
    st.tuples(st.integers(0, 100), st.integers(0, 30)).map(lambda p: (p[0], p[0] + p[1])),
)
fakten = st.builds(
    Fakt,
    merkmal=st.sampled_from(["einwohner", "geburten"]),
    gebiet=st.just(""),
    stichtag=st.just(date(2020, 1, 1)),
    basis=st.just(""),
    wert=st.just(1.0),
    status=st.just("A"),
    geschlecht=st.sampled_from([None, "maennlich", "weiblich"]),
    alter=altersgruppen,
    staatsangehoerigkeit=st.sampled_from([None, "deutsch", "nichtdeutsch"]),
)


@st.composite
def terme(draw: st.DrawFn) -> tuple[dict[str, Any], Term]:
    """A term as it is declared, and the same as the recomputation knows it."""
    von, bis = draw(altersgruppen)
    geschlecht, fremd = draw(st.sampled_from(["", "weiblich"])), draw(st.sampled_from(["", "nichtdeutsch"]))
    gewicht = draw(st.sampled_from(["", "", "alter"]))
    term: dict[str, Any] = {"merkmal": "einwohner"}
    term |= {"alter": [von, bis]} if von is not None else {}
    term |= {"geschlecht": geschlecht} if geschlecht else {}
    term |= {"staatsangehoerigkeit": fremd} if fremd else {}
    term |= {"gewicht": "alter_mitte"} if gewicht else {}
    return term, Term(("einwohner",), von, bis, geschlecht, fremd, gewicht=gewicht)


@settings(max_examples=60, deadline=None)
@given(terme(), st.lists(fakten, min_size=1, max_size=25))
def test_bedingung_wie_im_klartext(term: tuple[dict[str, Any], Term], gruppen: list[Fakt]) -> None:
    deklariert, klartext = term
    assert _lagen(deklariert, gruppen) == [lage(klartext, f) for f in gruppen]


def _lagen(term: dict[str, Any], gruppen: list[Fakt], weitere: str = "") -> list[str]:
    with duckdb.connect() as con:
        con.execute(
            "create table k (nr int, merkmal varchar, geschlecht varchar, alter_von int, alter_bis int, "
            "staatsangehoerigkeit varchar, staat varchar, schulform varchar)"
        )
        for nr, f in enumerate(gruppen):
            zeile = [nr, f.merkmal, f.geschlecht, *f.alter, f.staatsangehoerigkeit, f.staat, f.schulform]
            con.execute("insert into k values (?, ?, ?, ?, ?, ?, ?, ?)", zeile)
        sql = f"select {MAKROS['beruehrt'](term)}, {MAKROS['liegt_ganz_in'](term)} from k order by nr"
        return ["drin" if b and ganz else "quer" if b else "fort" for b, ganz in con.execute(sql).fetchall()]


def test_ausser_nimmt_eine_nicht_gegliederte_zahl_nicht_fuer_ganz() -> None:
    def person(geschlecht: str | None) -> Fakt:
        return Fakt("einwohner", "", date(2020, 1, 1), "", 1.0, "A", geschlecht)

    gruppen = [person("maennlich"), person("weiblich"), person(None)]
    assert _lagen({"merkmal": "einwohner", "ausser": {"geschlecht": "weiblich"}}, gruppen) == ["drin", "fort", "quer"]


def test_ausser_laesst_eine_schule_ohne_diese_schulform_drin() -> None:
    schulen = [Fakt("schulen", "", date(2020, 1, 1), "", 1.0, "A", schulform=form) for form in ("02", "0A", None)]
    assert _lagen({"merkmal": "schulen", "ausser": {"schulform": ["0A"]}}, schulen) == ["drin", "fort", "drin"]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ({"merkmal": "einwohner"}, "einwohner"),
        ({"merkmal": ["geburten", "sterbefaelle"]}, "geburten + sterbefaelle"),
        ({"merkmal": ["geburten", "sterbefaelle"], "faktor": -1}, "− (geburten + sterbefaelle)"),
        ({"merkmal": ["zuzuege", "geburten"], "alter": [0, 5]}, "(zuzuege + geburten) (Alter 0 bis 5)"),
        ({"merkmal": "einwohner", "faktor": -0.5, "alter": [0, None]}, "− 0,5 × einwohner (Alter 0 und älter)"),
        ({"merkmal": "einwohner", "bezug": "jahresende"}, "einwohner, gezählt im Lauf des Jahres"),
        (
            {"merkmal": "einwohner", "alter": [6, 9], "bezug": "schuljahr"},
            "einwohner (Alter 6 bis 9) am 31.12. im Schuljahr",
        ),
        ({"merkmal": "einwohner", "bezug": "vorjahr"}, "einwohner am Stichtag des Vorjahres"),
        ({"merkmal": "staatsangehoerige", "staat": ["BG", "RO"]}, "staatsangehoerige (staat BG/RO)"),
        ({"merkmal": "schulen", "ausser": {"schulform": ["0A", "50"]}}, "schulen (ohne schulform 0A/50)"),
        ({"merkmal": "schueler", "gewicht": "sozialindexstufe"}, "schueler × sozialindexstufe"),
    ],
)
def test_term_in_worten(term: dict[str, Any], text: str) -> None:
    assert MAKROS["term_text"](term) == text


def test_zusammengefasste_jahre_gelten_fuer_die_ganze_seite() -> None:
    seite = [{"merkmal": "zuzuege"}, {"merkmal": "fortzuege", "faktor": -1}]
    assert MAKROS["terme_text"](seite) == "zuzuege; − fortzuege"
    assert MAKROS["terme_text"](seite, 3) == "3 Jahre zusammen: zuzuege; − fortzuege"
    assert MAKROS["terme_text"]([], 3) == ""


def test_schuljahr_an_jedem_tag_wie_in_den_quellen() -> None:
    von, bis = MAKROS["schuljahr_von"]("tag"), MAKROS["schuljahr_bis"]("tag")
    alle = "select cast(t as date) as tag from range(date '2019-12-25', date '2024-09-05', interval 1 day) as r(t)"
    tage = duckdb.sql(f"select tag, {von}, {bis} from ({alle})").fetchall()
    assert len(tage) > 1700
    for tag, erster, letzter in tage:
        assert (erster, letzter) == schuljahr(tag)


def test_anfuehrungszeichen_brechen_nicht_aus_der_liste_aus() -> None:
    werte = ["0A", "d'Or", "x'); drop table k; --"]
    assert duckdb.sql(f"select [{MAKROS['sql_liste'](werte)}]").fetchall() == [(werte,)]
