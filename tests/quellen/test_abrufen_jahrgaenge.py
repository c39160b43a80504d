"""Yearly tables and ways: one record per year, what an earlier record is good for, and exactly one year on demand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from quellen import zugang as zugangsmodul
from quellen.abrufen import abrufe_quelle, hole_jahrgang
from quellen.abrufen.posten import Posten, posten_von
from quellen.archiv import Abruf, Archiv, Objekt
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.modell import Quelle
from quellen.zugang.gemeinsam import Geholt, Holung, fehler

JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
HEUTE = date(2026, 11, 22)
PFAD = "/www.amt.example"


def jahresprotokoll(auftrag):
    """A small protocol: a file per year under ``pfad``, 404 for a year without data, 410 for "nothing new"."""
    url = f"{auftrag.basis}{auftrag.angabe('pfad')}/{auftrag.jahr or 'alle'}.csv"
    bisher = auftrag.bisher.objekte[0].kopf if auftrag.bisher else None
    antwort = auftrag.abrufer.hole(url, auftrag.quelle.zugang, bisher=bisher, auch=(404, 410))
    if antwort.status == 404:
        raise NochNichtDa(fehler("Für dieses Jahr gibt es nichts", f"404 von {url}", "eine Datei", "warten").befunde)
    if antwort.status == 410:
        return Holung((), None, unveraendert=True)
    geholt = Geholt(antwort.url, f"{auftrag.jahr}.csv", antwort.daten, antwort.status, antwort.kopf)
    return Holung((geholt,), None, unveraendert=antwort.status == 304)


@pytest.fixture(autouse=True)
def protokoll(monkeypatch):
    monkeypatch.setitem(zugangsmodul._PORTALE, "direkt", jahresprotokoll)


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


@pytest.fixture
def baue(baue_quelle):
    def _baue(ab=2020, rueckblick=3, **mehr):
        jahrgaenge = {"ab": ab, "rueckblick": rueckblick}
        return baue_quelle("direkt", t={"zugang": {"pfad": "/t"}, "jahrgaenge": jahrgaenge}, **mehr)

    return _baue


def mit_zweitem_weg(quelle):
    weg = {
        "zugang": {"id": "zweit", "portal": "direkt", "basis": "https://amt.example", "hosts": ["amt.example"]},
        "teile": {"t": {"pfad": "/w"}},
    }
    inhalt = quelle.model_dump(mode="json")
    return Quelle.model_validate({**inhalt, "weitere_wege": [weg]})


@pytest.fixture
def nacht(archiv):
    naechste = iter(range(100))

    def _nacht(quelle, abrufer):
        tag = timedelta(days=next(naechste))
        return abrufe_quelle(quelle, archiv, abrufer, heute=HEUTE + tag, jetzt=JETZT + tag)

    return _nacht


@pytest.mark.parametrize(
    ("ab", "rueckblick", "jahre"),
    [(2020, 3, [2024, 2025, 2026]), (2025, 3, [2025, 2026]), (2020, 1, [2026]), (2027, 5, [])],
)
def test_welche_jahre_eine_nacht_holt(baue, ab, rueckblick, jahre):
    quelle = baue(ab, rueckblick, alle={"zugang": {"pfad": "/a"}})
    assert posten_von(quelle, HEUTE) == [*(Posten("t", jahr) for jahr in jahre), Posten("alle")]


def test_ein_eintrag_je_jahr_und_das_neueste_darf_fehlen(nacht, baue, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(f"{PFAD}/t/2024.csv", sendung(200, b"Nummer\n1\n"))
    skriptportal.auf(f"{PFAD}/t/2025.csv", sendung(200, b"Nummer\n2\n"))
    zeilen = []
    skriptabrufer.melde = zeilen.append
    ergebnis = nacht(baue(), skriptabrufer)
    assert ergebnis.vollstaendig
    assert {k: e.abruf.jahrgang for k, e in ergebnis.teile.items()} == {"t/2024": 2024, "t/2025": 2025}
    assert ergebnis.noch_nicht == ("t/2026",)
    assert [(a.teil, a.jahrgang) for a in archiv.abrufe("probe")] == [("t", 2024), ("t", 2025)]
    assert "probe/t/2026: noch nicht veröffentlicht" in zeilen
    assert {(a.jahrgang, archiv.lesen(a.objekte[0].sha256)) for a in archiv.abrufe("probe")} == {
        (2024, b"Nummer\n1\n"),
        (2025, b"Nummer\n2\n"),
    }


def test_ein_altes_jahr_ohne_daten_ist_ein_fehler(nacht, baue, skriptportal, skriptabrufer, sendung):
    """The current and the previous year may be missing, an earlier one may not."""
    skriptportal.auf(f"{PFAD}/t/2026.csv", sendung(200, b"x"))
    ergebnis = nacht(baue(rueckblick=4), skriptabrufer)
    assert ergebnis.noch_nicht == ("t/2025",)
    assert list(ergebnis.fehler) == ["t/2023", "t/2024"]
    assert str(ergebnis.fehler["t/2024"]).startswith("probe/t/2024: Für dieses Jahr gibt es nichts")


def test_jahre_antworten_nicht_fuereinander(nacht, baue, skriptportal, skriptabrufer, sendung):
    """Each year is asked conditionally on its own record, never on another year's."""
    for jahr in (2025, 2026):
        skriptportal.auf(f"{PFAD}/t/{jahr}.csv", sendung(200, b"gleich", {"ETag": f'"{jahr}"'}))
    quelle = baue(rueckblick=2)
    erste, zweite = nacht(quelle, skriptabrufer), nacht(quelle, skriptabrufer)
    assert [g.kopf.get("if-none-match") for g in skriptportal.gesehen] == [None, None, '"2025"', '"2026"']
    assert [e.neu for e in erste.teile.values()] == [True, True], "the same bytes are new for each year"
    assert [e.neu for e in zweite.teile.values()] == [False, False]


def test_nichts_neues_ohne_304_wiederholt_die_objekte(nacht, baue, skriptportal, skriptabrufer, sendung):
    """GENESIS says "nothing new" in a message; the record then shows the earlier objects as they came."""
    skriptportal.auf(f"{PFAD}/t/2026.csv", sendung(200, b"x", {"ETag": '"1"'}), sendung(410), sendung(410))
    quelle = baue(rueckblick=1)
    erste, zweite, dritte = (nacht(quelle, skriptabrufer).teile["t/2026"] for _ in range(3))
    assert zweite.abruf.objekte == dritte.abruf.objekte == erste.abruf.objekte
    assert (zweite.neu, zweite.abruf.inhalt) == (False, erste.abruf.inhalt)
    assert zweite.abruf.abgerufen_am == JETZT + timedelta(days=1)


def test_unveraendert_ohne_vorgaenger_ist_kein_leerer_abruf(nacht, baue, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(f"{PFAD}/t/2026.csv", sendung(410))
    ergebnis = nacht(baue(rueckblick=1), skriptabrufer)
    assert "kein früherer Abruf auf diesem Weg" in str(ergebnis.fehler["t/2026"])
    assert archiv.abrufe("probe") == []


def test_jeder_weg_fragt_nur_nach_seinem_eigenen(nacht, baue, archiv, skriptportal, skriptabrufer, sendung):
    """The night after a detour asks the first way on its record of the night before, not on the detour's."""
    quelle = mit_zweitem_weg(baue(rueckblick=1))
    erster, zweiter = f"{PFAD}/t/2026.csv", "/amt.example/w/2026.csv"
    skriptportal.auf(erster, sendung(200, b"x", {"ETag": '"1"'}), sendung(403), sendung(304), sendung(403))
    skriptportal.auf(zweiter, sendung(200, b"x", {"ETag": '"2"'}), sendung(304))
    zeilen = []
    skriptabrufer.melde = zeilen.append
    ergebnisse = [nacht(quelle, skriptabrufer).teile["t/2026"] for _ in range(4)]
    assert [e.abruf.weg for e in ergebnisse] == ["direkt", "zweit", "direkt", "zweit"]
    gefragt = [(g.pfad, g.kopf.get("if-none-match")) for g in skriptportal.gesehen]
    assert gefragt == [
        (erster, None),
        (erster, '"1"'),
        (zweiter, None),
        (erster, '"1"'),
        (erster, '"1"'),
        (zweiter, '"2"'),
    ]
    assert [e.neu for e in ergebnisse] == [True, False, False, False]
    assert [o.http_status for e in ergebnisse for o in e.abruf.objekte] == [200, 200, 304, 304]
    assert [bool(e.abruf.umwege) for e in ergebnisse] == [False, True, False, True]
    assert archiv.abrufe("probe")[1].umwege[0].startswith("direkt: probe/t: Das Portal verweigert den Zugriff")
    assert zeilen.count("probe/t/2026: über den Weg zweit, denn es scheiterte direkt") == 2


def test_sagt_der_erste_weg_noch_nicht_wird_kein_anderer_versucht(nacht, baue, skriptportal, skriptabrufer, sendung):
    quelle = mit_zweitem_weg(baue(rueckblick=1))
    skriptportal.auf("/amt.example/w/2026.csv", sendung(200, b"x"))
    assert nacht(quelle, skriptabrufer).noch_nicht == ("t/2026",)
    assert skriptportal.pfade == [f"{PFAD}/t/2026.csv"]
    skriptportal.auf(f"{PFAD}/t/2026.csv", sendung(403))
    skriptportal.auf("/amt.example/w/2026.csv", sendung(404))
    meldung = str(nacht(quelle, skriptabrufer).fehler["t/2026"])
    assert "Weg direkt: Das Portal verweigert" in meldung, "a second way's word does not excuse the first one's fault"
    assert "Weg zweit: Für dieses Jahr gibt es nichts" in meldung


class TestEinJahr:
    def hole(self, quelle, jahr, archiv, abrufer, teil="t"):
        return hole_jahrgang(quelle, teil, jahr, archiv, abrufer, heute=HEUTE, jetzt=JETZT)

    def test_nur_was_fehlt(self, baue, archiv, skriptportal, skriptabrufer, sendung):
        skriptportal.auf(f"{PFAD}/t/2021.csv", sendung(200, b"x"))
        assert [self.hole(baue(), 2021, archiv, skriptabrufer) for _ in range(2)] == [True, False]
        assert skriptportal.pfade == [f"{PFAD}/t/2021.csv"]
        assert [(a.teil, a.jahrgang) for a in archiv.abrufe("probe")] == [("t", 2021)]

    def test_ein_beispiel_ersetzt_kein_amtliches_jahr_eine_datei_von_hand_schon(
        self, baue, archiv, skriptportal, skriptabrufer, echtabrufer, sendung
    ):
        for jahr in (2021, 2022):
            skriptportal.auf(f"{PFAD}/t/{jahr}.csv", sendung(200, b"x"))
        assert self.hole(baue(), 2021, archiv, skriptabrufer)
        assert self.hole(baue(), 2021, archiv, echtabrufer), "what a replica gave is no publisher's year"
        assert {a.datenart for a in archiv.abrufe("probe")} == {"beispiel", "amtlich"}
        objekt = Objekt(sha256=archiv.ablegen(b"y"), bytes=1, datei="2022.csv", url="eingang:2022.csv")
        vorlage = archiv.abrufe("probe")[0].model_dump(exclude={"objekte"})
        von_hand = {"jahrgang": 2022, "weg": "eingang", "datenart": "eingang"}
        archiv.verzeichnen(Abruf.model_validate({**vorlage, **von_hand, "objekte": (objekt,)}))
        assert not self.hole(baue(), 2022, archiv, echtabrufer)
        assert not self.hole(baue(), 2022, archiv, skriptabrufer)

    @pytest.mark.parametrize("jahr", [2019, 2027])
    def test_jahre_die_es_nicht_gibt(self, baue, archiv, skriptportal, skriptabrufer, jahr):
        with pytest.raises(QuellenFehler, match=rf"Diesen Jahrgang gibt es nicht\. Gefunden: t/{jahr}") as fehler:
            self.hole(baue(), jahr, archiv, skriptabrufer)
        assert "t ab 2020 bis 2026" in str(fehler.value)
        assert skriptportal.gesehen == []

    def test_teile_die_es_nicht_gibt_oder_die_keine_jahre_haben(self, baue_quelle, archiv, skriptabrufer):
        quelle = baue_quelle("direkt", eins={"zugang": {"pfad": "/e"}})
        for teil in ("eins", "zwei"):
            with pytest.raises(QuellenFehler, match="eine Quelle mit jahrgaenge"):
                self.hole(quelle, 2024, archiv, skriptabrufer, teil)

    def test_was_es_noch_nicht_gibt(self, baue, archiv, skriptabrufer):
        with pytest.raises(NochNichtDa, match="probe/t/2026"):
            self.hole(baue(), 2026, archiv, skriptabrufer)
        with pytest.raises(NochNichtDa, match="probe/t/2021: Für dieses Jahr gibt es nichts"):
            self.hole(baue(), 2021, archiv, skriptabrufer)
        assert archiv.abrufe("probe") == []

    def test_ein_fehler_des_portals(self, baue, archiv, skriptportal, skriptabrufer, sendung):
        skriptportal.auf(f"{PFAD}/t/2021.csv", sendung(403))
        with pytest.raises(QuellenFehler, match="probe/t/2021: Das Portal verweigert"):
            self.hole(baue(), 2021, archiv, skriptabrufer)


def test_ergaenzt_laesst_nur_stehen_was_noch_fehlt(nacht, baue, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(f"{PFAD}/t/2026.csv", sendung(200, b"x"))
    skriptportal.auf(f"{PFAD}/t/2024.csv", sendung(403), sendung(200, b"y"))
    quelle = baue()
    erst, dann = nacht(quelle, skriptabrufer), nacht(quelle, skriptabrufer)
    assert (list(erst.fehler), erst.noch_nicht) == (["t/2024"], ("t/2025",))
    zusammen = erst.ergaenzt(replace(dann, teile={"t/2024": dann.teile["t/2024"]}, noch_nicht=()))
    assert zusammen.vollstaendig
    assert set(zusammen.teile) == {"t/2024", "t/2026"}
    assert zusammen.noch_nicht == ("t/2025",)
