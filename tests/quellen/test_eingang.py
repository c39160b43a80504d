"""Files dropped by hand: which Teil, which Stand, and refusing what is no file."""

from datetime import UTC, date, datetime

import pytest

from quellen.archiv import Archiv, sha256
from quellen.eingang import lege_ab
from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog

JETZT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
CSV = b"Nummer\n1\n"


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


@pytest.fixture
def ablegen(tmp_path, archiv):
    def _ablegen(quelle, name, daten=CSV, *, stand=None, teil=None):
        datei = tmp_path / "eingang" / name
        datei.parent.mkdir(exist_ok=True)
        datei.write_bytes(daten)
        return lege_ab(quelle, datei, archiv, stand=stand, teil=teil, jetzt=JETZT)

    return _ablegen


@pytest.fixture
def zwei(baue_quelle):
    return baue_quelle(
        "direkt",
        alter={"zugang": {"pfad": "/a"}, "dateimuster": r"(?i)einwohner.*alter.*\.csv"},
        staat={"zugang": {"pfad": "/s"}, "dateimuster": r"(?i)einwohner.*staat.*\.csv"},
    )


def test_verzeichnis_und_bytes(ablegen, zwei, archiv):
    abruf = ablegen(zwei, "Einwohner Alter 2024.csv")
    assert archiv.lesen(sha256(CSV)) == CSV
    assert archiv.abrufe("probe") == [abruf]
    assert (abruf.quelle, abruf.teil, abruf.weg, abruf.datenart) == ("probe", "alter", "eingang", "eingang")
    assert (abruf.stand, abruf.abgerufen_am, abruf.lizenz) == (None, JETZT, "dl-de/by-2-0")
    objekt = abruf.objekte[0]
    assert (objekt.datei, objekt.url) == ("Einwohner Alter 2024.csv", "eingang:Einwohner Alter 2024.csv")
    assert (objekt.http_status, objekt.bytes, objekt.kopf) == (None, len(CSV), {})


def test_inhalt_ist_derselbe_wie_beim_abruf_ueber_das_netz(ablegen, baue_quelle):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": "/a"}, "sortiert_egal": True})
    assert ablegen(quelle, "a.csv", b"a\nb\n").inhalt == ablegen(quelle, "b.csv", b"b\na\n").inhalt
    assert ablegen(quelle, "a.csv", b"a\nb\n").inhalt != ablegen(quelle, "b.csv", b"b\nc\n").inhalt


@pytest.mark.parametrize(("name", "teil"), [("EINWOHNER_alter.CSV", "alter"), ("einwohner staat 1.csv", "staat")])
def test_teil_nach_dateimuster(ablegen, zwei, name, teil):
    assert ablegen(zwei, name).teil == teil


@pytest.mark.parametrize("name", ["unklar.csv", "einwohner alter staat.csv", "einwohner alter.csv.bak"])
def test_unklarer_teil_nennt_teile_und_muster(ablegen, zwei, archiv, name):
    with pytest.raises(QuellenFehler) as fehler:
        ablegen(zwei, name)
    text = str(fehler.value)
    assert text.startswith(f"probe, Datei {name}: ")
    assert r"alter ((?i)einwohner.*alter.*\.csv); staat ((?i)einwohner.*staat.*\.csv)" in text
    assert ("alter, staat" if "alter staat" in name else "keinem Teil") in text
    assert archiv.abrufe("probe") == []


def test_genannter_teil_geht_vor(ablegen, zwei):
    assert ablegen(zwei, "einwohner alter.csv", teil="staat").teil == "staat"
    with pytest.raises(QuellenFehler, match="Teil gibtsnicht"):
        ablegen(zwei, "einwohner alter.csv", teil="gibtsnicht")


def test_einziger_teil_braucht_keinen_passenden_namen(ablegen, baue_quelle):
    assert ablegen(baue_quelle("direkt", eins={"zugang": {"pfad": "/a"}}), "irgendwas.txt").teil == "eins"


@pytest.mark.parametrize(
    ("name", "stand", "erwartet"),
    [
        ("a_2024-12-31.csv", None, date(2024, 12, 31)),
        ("a 31.12.2023_0.csv", None, date(2023, 12, 31)),
        ("a.csv", None, date(2026, 11, 23)),
        ("a_2024-12-31.csv", date(2020, 1, 1), date(2020, 1, 1)),
    ],
)
def test_stand_nach_abruf(ablegen, baue_quelle, name, stand, erwartet):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": "/a"}, "stand": {"aus": "abruf"}})
    assert ablegen(quelle, name, stand=stand).stand == erwartet


def test_stand_aus_dateiname(ablegen, archiv):
    quelle = lade_katalog()["schulsozialindex"]
    assert ablegen(quelle, "schulliste_sj_24_25_open_data.csv").stand == date(2024, 10, 15)
    assert ablegen(quelle, "liste.csv", stand=date(2025, 10, 15)).stand == date(2025, 10, 15)
    with pytest.raises(QuellenFehler, match=r"schulsozialindex, Datei liste\.csv.*--stand"):
        ablegen(quelle, "liste.csv")
    assert len(archiv.abrufe("schulsozialindex")) == 2


def test_unbrauchbare_dateien(ablegen, baue_quelle, archiv, tmp_path):
    quelle = baue_quelle("direkt", zugang={"hoechstbytes": 10}, eins={"zugang": {"pfad": "/a"}})
    with pytest.raises(QuellenFehler, match="0 Bytes"):
        ablegen(quelle, "leer.csv", b"")
    with pytest.raises(QuellenFehler, match=r"mehr als 10 Bytes.*hoechstbytes"):
        ablegen(quelle, "gross.csv", b"x" * 11)
    assert ablegen(quelle, "passt.csv", b"x" * 10).objekte[0].bytes == 10
    with pytest.raises(QuellenFehler, match=r"fehlt\.csv.*No such file"):
        lege_ab(quelle, tmp_path / "fehlt.csv", archiv, stand=None, teil=None, jetzt=JETZT)
    with pytest.raises(QuellenFehler, match="Is a directory"):
        lege_ab(quelle, tmp_path, archiv, stand=None, teil=None, jetzt=JETZT)
    assert len(archiv.abrufe("probe")) == 1
