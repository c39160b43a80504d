"""Accepting once: what may be accepted, what the record holds, and that it holds for one content only."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from quellen.annahmen import angenommen, annahmen, nimm_an
from quellen.archiv import Abruf, Archiv, Objekt
from quellen.fehler import QuellenFehler
from quellen.vertrag import ANNEHMBAR

JETZT = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
GRUND = "Der Herausgeber bestätigt die Zahlen"


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


def kommt(archiv, inhalt, tag=1, **anders):
    hash_ = archiv.ablegen(inhalt.encode())
    abruf = Abruf(
        quelle="probe",
        teil=anders.pop("teil", "t"),
        abgerufen_am=JETZT - timedelta(days=10 - tag),
        datenart="amtlich",
        weg="direkt",
        lizenz="l",
        inhalt=inhalt,
        objekte=(Objekt(sha256=hash_, bytes=len(inhalt), datei="d.csv", url="u"),),
        **anders,
    )
    archiv.verzeichnen(abruf)
    return abruf


def nimm(archiv, teil="t", regel="aenderung", grund=GRUND, wer="Meier", jetzt=JETZT):
    return nimm_an(archiv, "probe", teil, regel, grund, wer, jetzt)


def test_die_annahme_gilt_dem_neuesten_abruf_des_teils(archiv):
    kommt(archiv, "alt", 1)
    kommt(archiv, "neu", 2)
    kommt(archiv, "fremd", 3, teil="u")
    annahme = nimm(archiv)
    assert annahme.model_dump() == {
        "quelle": "probe", "teil": "t", "inhalt": "neu", "regel": "aenderung", "grund": GRUND, "wer": "Meier",
        "wann": JETZT,
    }  # fmt: skip
    assert annahmen(archiv, "probe") == [annahme]
    assert annahmen(archiv, "andere") == []


def test_der_beleg_liegt_lesbar_im_archiv_und_laesst_sich_nicht_ueberschreiben(archiv):
    kommt(archiv, "neu")
    nimm(archiv)
    [datei] = (archiv.ordner / "annahmen" / "probe").iterdir()
    assert datei.name.startswith("20260110T090000000000-")
    assert json.loads(datei.read_text(encoding="utf-8"))["grund"] == GRUND
    assert datei.stat().st_mode & 0o222 == 0
    assert archiv.abrufe("probe")[0].inhalt == "neu"


def test_dieselbe_annahme_zweimal_ist_eine(archiv):
    kommt(archiv, "neu")
    erste = nimm(archiv)
    assert nimm(archiv, grund="ein ganz anderer Grund", jetzt=JETZT + timedelta(days=1)) == erste
    assert annahmen(archiv, "probe") == [erste]
    assert [a.regel for a in (*annahmen(archiv, "probe"), nimm(archiv, regel="bereich"))] == ["aenderung", "bereich"]


def test_angenommen_ist_nur_dieser_inhalt_mit_grund_und_person(archiv):
    kommt(archiv, "neu")
    nimm(archiv)
    liste = annahmen(archiv, "probe")
    assert angenommen(liste, "t", "neu") == {"aenderung": f"{GRUND} (Meier, 10.01.2026)"}
    assert angenommen(liste, "t", "neuer") == angenommen(liste, "u", "neu") == {}


def test_alle_jahre_des_neuesten_laufs_gelten_als_angenommen(archiv):
    kommt(archiv, "2022 alt", 1, jahrgang=2022)
    for jahr in (2024, 2023):
        kommt(archiv, f"{jahr}", 2, jahrgang=jahr)
    assert nimm(archiv).inhalt == "2024"
    assert {a.inhalt for a in annahmen(archiv, "probe")} == {"2023", "2024"}


@pytest.mark.parametrize(
    ("anders", "gefunden", "tun"),
    [
        ({"teil": "weg"}, "kein Abruf", "erst abrufen oder ablegen"),
        ({"regel": "schluessel"}, "»schluessel«", "Deklaration berichtigen"),
        ({"regel": "minimum"}, "»minimum«", "andere Regeln sind nicht annehmbar"),
        ({"grund": "zu kurz"}, "»zu kurz«", "begründen"),
        ({"grund": " " * 20}, "Grund", "begründen"),
        ({"wer": " "}, "von » «", "begründen"),
    ],
)
def test_was_nicht_geht_sagt_warum_und_schreibt_nichts(archiv, anders, gefunden, tun):
    kommt(archiv, "neu")
    with pytest.raises(QuellenFehler) as fehler:
        nimm(archiv, **anders)
    [befund] = fehler.value.befunde
    assert befund.regel == "Es lässt sich nichts annehmen"
    assert gefunden in befund.gefunden
    assert tun in befund.tun
    assert annahmen(archiv, "probe") == []


def test_annehmbar_sind_genau_die_regeln_die_der_vertrag_so_nennt(archiv):
    kommt(archiv, "neu")
    assert [nimm(archiv, regel=regel).regel for regel in ANNEHMBAR] == list(ANNEHMBAR)


@pytest.mark.parametrize("text", ["{", "{}", '{"quelle": 1}'])
def test_ein_beschaedigter_beleg_ist_ein_befund(archiv, text):
    kommt(archiv, "neu")
    nimm(archiv)
    archiv.vermerken("annahmen/probe/20270101T000000000000-kaputt.json", text)
    with pytest.raises(QuellenFehler, match="Eine Annahme im Archiv ist beschädigt") as fehler:
        annahmen(archiv, "probe")
    assert fehler.value.befunde[0].datei == "20270101T000000000000-kaputt.json"
    assert "Sicherung" in fehler.value.befunde[0].tun
