"""Which records of the archive a release could know of, and what its declarations say about cells."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from rohhilfe import KOPF, Rohlager, mit_regeln, zaehlung

from pipelines.rohtabellen.deklarationstext import deklarationstext
from quellen.modell import lade_katalog

EINTRAEGE = "select quelle, eintrag, sha256 from raw.archiveintraege order by eintrag"


def test_jeder_eintrag_mit_seinem_hash_auch_wenn_nichts_neu_zu_laden_ist(tmp_path: Path) -> None:
    lager = Rohlager(tmp_path, zaehlung())
    lager.kommt(KOPF + "101;1\n")
    lager.lade()
    lager.archiv.vermerken("annahmen/zaehlung/eine.json", "{}")
    lager.archiv.vermerken("annahmen/andere/keine.json", "{}")
    eintraege = sorted((tmp_path / "archiv").glob("abrufe/zaehlung/*.json"))
    assert [z[1] for z in lager.frage(EINTRAEGE)] == [f"abrufe/zaehlung/{e.name}" for e in eintraege]
    lager.lade("Das Portal antwortet nicht.")
    (tmp_path / "archiv" / "annahmen" / "zaehlung" / "eine.json").unlink()
    lager.kommt(KOPF + "101;1\n")
    assert not lager.lade(definitionen="d1").meldung
    for quelle, eintrag, sha256 in lager.frage(EINTRAEGE):
        assert quelle == "zaehlung"
        assert hashlib.sha256((tmp_path / "archiv" / eintrag).read_bytes()).hexdigest() == sha256
    assert len(lager.frage(EINTRAEGE)) == 2


def test_ein_beschaedigter_eintrag_ist_auch_einer(tmp_path: Path) -> None:
    lager = Rohlager(tmp_path, zaehlung())
    lager.kommt(KOPF + "101;1\n")
    [datei] = (tmp_path / "archiv").glob("abrufe/zaehlung/*.json")
    datei.chmod(0o644)
    datei.write_text("{", encoding="utf-8")
    assert lager.lade().meldung
    assert lager.frage(EINTRAEGE) == [("zaehlung", f"abrufe/zaehlung/{datei.name}", hashlib.sha256(b"{").hexdigest())]


@pytest.mark.parametrize(
    ("anders", "zeile"),
    [
        ({"zeichen": {"-": {"wert": 1, "status": "A", "bedeutung": "eins"}}}, "zeichen.-.wert = 1.0"),
        ({"basis": "melderegister"}, 'basis = "melderegister"'),
        ({"teile": ("anzahlen", "weitere")}, 'teile.weitere.form = "werte"'),
    ],
)
def test_was_zellen_bedeuten_steht_im_deklarationstext(anders: dict[str, object], zeile: str) -> None:
    vorher, nachher = (set(deklarationstext(q).splitlines()) for q in (zaehlung(), zaehlung(**anders)))  # type: ignore[arg-type]
    assert zeile in nachher - vorher


def test_worte_die_nichts_aendern_stehen_nicht_darin() -> None:
    anders = {"titel": "Anders", "seite": "https://anders.example/", "rhythmus": "nie", "hoechstalter_tage": 1}
    assert deklarationstext(zaehlung()) == deklarationstext(zaehlung(**anders))
    assert "korrektur" not in deklarationstext(mit_regeln())


def test_jede_deklaration_des_katalogs_ergibt_verschiedene_zeilen() -> None:
    for quelle in lade_katalog().values():
        zeilen = deklarationstext(quelle).splitlines()
        assert len(zeilen) == len(set(zeilen))
        assert all(" = " in z for z in zeilen)
