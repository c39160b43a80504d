"""Declarations of the composite index: what is refused, in which words, and that the declared one is right."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from gebaut import Gebaut
from makros import Abgelehnt
from verbundbau import BEKANNT, DEKLARATION, deklariert, komponente, makros, rendere

from pipelines.einstellungen import DBT_PROJEKT

ORT = "models/indikatoren/index.yml, Modell index, verbund"


def _mit(**angaben: Any) -> dict[str, Any]:
    """The declaration whose first component has other values."""
    erste, zweite = copy.deepcopy(DEKLARATION["komponenten"])
    return deklariert(komponenten=[{k: v for k, v in (erste | angaben).items() if v is not None}, zweite])


def _ohne(schluessel: str) -> dict[str, Any]:
    return {k: v for k, v in DEKLARATION.items() if k != schluessel}


SCHLECHT: dict[str, tuple[Any, str, str]] = {
    "unbekannter Indikator": (_mit(indikator="zuge"), "Indikator zuge", "einwohner, median, nur_stadt"),
    "Gewicht 0": (_mit(gewicht=0), "gewicht 0 von zuege", "eine Zahl über 0"),
    "Gewicht negativ": (_mit(gewicht=-1), "gewicht -1", "eine Zahl über 0"),
    "Gewicht ist Text": (_mit(gewicht="1"), "gewicht 1", "eine Zahl über 0"),
    "Gewicht ist wahr": (_mit(gewicht=True), "gewicht True", "eine Zahl über 0"),
    "ohne Gewicht": (_mit(gewicht=None), "kein gewicht", "gewicht ist Pflicht"),
    "ohne Begründung": (_mit(begruendung=None), "kein begruendung", "begruendung ist Pflicht"),
    "neutral ohne Richtung": (_mit(indikator="median"), "richtung neutral von median", "am Indikator oder hier"),
    "unbekannte Richtung": (_mit(richtung="hoch"), "richtung hoch", "niedrig_ist_belastung"),
    "abgeleitet": (_mit(indikator="rang"), "abgeleiteter Indikator rang", "aus Beobachtungen"),
    "nicht auf der Ebene": (_mit(indikator="nur_stadt"), "nur_stadt nur für stadt", "der Ebene ortsteil"),
    "unbekannter Bezug": (_mit(bezug="vorjahr"), "bezug vorjahr", "stichtag, zeitraum oder zuletzt"),
    "zuletzt ohne Frist": (_mit(bezug="zuletzt"), "hoechstens_tage ", "bei bezug zuletzt und nur dort"),
    "Frist ohne zuletzt": (_mit(hoechstens_tage=30), "hoechstens_tage 30", "bei bezug zuletzt und nur dort"),
    "Frist 0": (_mit(bezug="zuletzt", hoechstens_tage=0), "hoechstens_tage 0", "1 bis 1830"),
    "Dynamik ist Text": (_mit(dynamik="ja"), "dynamik ja", "true oder false"),
    "unbekannter Schlüssel einer Komponente": (_mit(gewichtung=1), "Schlüssel gewichtung", "indikator, gewicht"),
    "zweimal": (_mit(indikator="saldo"), "Komponente saldo zweimal", "jede einmal"),
    "eine Komponente": (deklariert(komponenten=[komponente("zuege")]), "komponenten [", "mindestens zwei"),
    "Komponenten sind keine Liste": (deklariert(komponenten={"zuege": 1, "saldo": 1}), "komponenten {", "eine Liste"),
    "Komponente ist ein Wort": (deklariert(komponenten=["zuege", "saldo"]), "Gefunden: zuege", "Angaben mit den"),
    "kein Stichtag": (
        deklariert(komponenten=[komponente("zuege", bezug="zeitraum"), komponente("saldo", bezug="zeitraum")]),
        "keine Komponente mit bezug stichtag", "sie gibt die Stichtage vor",
    ),
    "unbekannter Schlüssel": (deklariert(gewichte=[1]), "Schlüssel gewichte", "id, name, version"),
    "ohne Version": (_ohne("version"), "kein version", "version ist Pflicht"),
    "ohne Methode": (deklariert(methode=""), "kein methode", "methode ist Pflicht"),
    "unbekannte Mitte": (deklariert(mitte="median"), "mitte median", "gebietsmittel, stadtwert"),
    "unbekannte Streuung": (deklariert(streuung="iqr"), "streuung iqr", "n, n-1"),
    "unbekannte Basis": (deklariert(basis="zensus"), "basis zensus", "melderegister"),
    "neu_standardisiert ist Text": (deklariert(neu_standardisiert="ja"), "neu_standardisiert ja", "true oder false"),
    "Schwellen fallen": (deklariert(status={"schwellen": [-1, 1.5, 1]}), "nicht aufsteigend", "3 aufsteigende Zahlen"),
    "Schwellen gleich": (deklariert(status={"schwellen": [-1, 1, 1]}), "nicht aufsteigend", "sehr niedrig"),
    "zu wenig Schwellen": (deklariert(status={"schwellen": [-1, 1]}), "schwellen [-1, 1]", "3 aufsteigende Zahlen"),
    "Schwelle ist Text": (deklariert(status={"schwellen": [-1, "1", 2]}), "Schwelle 1", "3 aufsteigende Zahlen"),
    "Schwellen der Dynamik": (
        deklariert(dynamik={"jahre": 3, "schwellen": [1, -1]}), "nicht aufsteigend", "positiv, stabil, negativ",
    ),
    "Jahre 0": (deklariert(dynamik={"jahre": 0, "schwellen": [-1, 1]}), "jahre 0", "1 bis 10"),
    "Jahre gebrochen": (deklariert(dynamik={"jahre": 1.5, "schwellen": [-1, 1]}), "jahre 1.5", "ganze Zahl"),
    "Mindestbevölkerung 0": (
        deklariert(mindestbevoelkerung={"indikator": "einwohner", "anzahl": 0}), "anzahl 0", "eine ganze Zahl ab 1",
    ),
    "Mindestbevölkerung woran": (
        deklariert(mindestbevoelkerung={"indikator": "leute", "anzahl": 300}), "Indikator leute", "z. B. einwohner",
    ),
    "Mindestbevölkerung als Zahl": (deklariert(mindestbevoelkerung=300), "Gefunden: 300", "Angaben mit den"),
    "mehr verlangt als da": (deklariert(mindestkomponenten=3), "mindestkomponenten 3", "von 2 bis 2"),
    "eine genügt nicht": (deklariert(mindestkomponenten=1), "mindestkomponenten 1", "von 2 bis 2"),
    "mehr verlangt, als sich bewegen": (_mit(dynamik=False), "mindestkomponenten 2", "deren Veränderung zählt"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHLECHT)
def test_falsche_deklaration_wird_abgelehnt(name: str) -> None:
    deklaration, gefunden, erwartet = SCHLECHT[name]
    with pytest.raises(Abgelehnt) as fehler:
        makros()["verbund_ausgeschrieben"](deklaration, ORT, BEKANNT)
    text = str(fehler.value)
    assert text.startswith(ORT)
    vorn, hinten = text.split(". Erwartet: ", 1)
    assert gefunden in vorn
    assert erwartet in hinten
    assert "Was tun: " in hinten


def test_was_nicht_gesagt_ist_wird_ergaenzt() -> None:
    fertig = makros()["verbund_ausgeschrieben"](_ohne("mindestkomponenten"), ORT, BEKANNT)
    assert (fertig["mitte"], fertig["streuung"], fertig["neu_standardisiert"]) == ("gebietsmittel", "n", True)
    assert fertig["mindestkomponenten"] == 2
    assert [(k["vorzeichen"], k["bezug"], k["dynamik"]) for k in fertig["komponenten"]] == [
        (1, "stichtag", True), (-1, "stichtag", True),
    ]  # fmt: skip
    umgekehrt = _mit(richtung="niedrig_ist_belastung")
    assert makros()["verbund_ausgeschrieben"](umgekehrt, ORT, BEKANNT)["komponenten"][0]["vorzeichen"] == -1


def test_eine_komponente_aus_einem_nicht_gelesenen_thema_wird_abgelehnt() -> None:
    fertig = makros()["verbund_ausgeschrieben"](DEKLARATION, ORT, BEKANNT)
    with pytest.raises(Abgelehnt, match=r"Komponente zuege aus dem Thema wanderung\. .*komponentenwerte\.sql: schule"):
        makros()["verbundthemen_pruefen"](fertig, ["schule"])
    makros()["verbundthemen_pruefen"](fertig, ["wanderung"])
    makros()["verbundthemen_pruefen"]({}, [])


def test_die_tabellen_der_regeln_sagen_was_deklariert_ist(beispiel: Gebaut) -> None:
    inhalt = yaml.safe_load((DBT_PROJEKT / "models" / "indikatoren" / "index.yml").read_text(encoding="utf-8"))
    v = inhalt["models"][0]["config"]["meta"]["verbund"]
    (regel,) = beispiel.frage("select * from freigabe.index_definition").to_dict("records")
    grenzen = [regel[s] for s in ("status_ab_mittel", "status_bis_mittel", "status_bis_niedrig")]
    assert grenzen == v["status"]["schwellen"]
    assert [regel["dynamik_ab_stabil"], regel["dynamik_bis_stabil"]] == v["dynamik"]["schwellen"]
    assert regel["dynamik_jahre"] == v["dynamik"]["jahre"]
    gleich = ("name", "version", "basis", "ebene", "mitte", "streuung", "neu_standardisiert", "mindestkomponenten")
    assert {s: regel[s] for s in gleich} == {s: v[s] for s in gleich}
    assert regel["mindestbevoelkerung"] == v["mindestbevoelkerung"]["anzahl"]
    assert "kein amtlicher Index" in regel["methode"]
    teile = beispiel.frage("select * from freigabe.index_bestandteile order by nummer").to_dict("records")
    assert [(t["indikator"], t["gewicht"], t["begruendung"]) for t in teile] == [
        (k["indikator"], k["gewicht"], k["begruendung"]) for k in v["komponenten"]
    ]
    richtung = dict(
        beispiel.frage("select indikator, richtung from indikatoren.indikator_definitionen").itertuples(index=False)
    )
    for teil, k in zip(teile, v["komponenten"], strict=True):
        erwartet = k.get("richtung", richtung[k["indikator"]])
        assert teil["vorzeichen"] == {"hoch_ist_belastung": 1, "niedrig_ist_belastung": -1}[erwartet]


def test_text_der_deklaration_bricht_nicht_aus_dem_sql_aus() -> None:
    boese = deklariert(methode="'); drop table x; --", name="d'Or")
    sql = rendere("freigabe/index_definition", boese)
    assert "'''); drop table x; --'" in sql
    assert "'d''Or'" in sql
