"""Two releases side by side: differences of the files, explained by the revisions between them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from cliruf import ruf
from kleinkatalog import EINWOHNER
from kleinlager import Kleinfreigabe, baue_kleinlager
from revisionshilfe import trage_revisionen_nach

from pipelines.freigabe import freigeben
from pipelines.vergleich import VergleichFehler, als_json, als_text, vergleiche

MEHR = EINWOHNER.replace("2.510;7.510", "2.600;7.600")


@pytest.fixture(scope="module")
def vorlage(_vorlage: Kleinfreigabe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: more residents, then as before. Built once."""
    ordner = tmp_path_factory.mktemp("folge")
    freigaben = shutil.copytree(_vorlage.freigaben, ordner / "freigaben", symlinks=True)
    for nummer, einwohner in ((2, MEHR), (3, EINWOHNER)):
        klein = baue_kleinlager(
            ordner / str(nummer), id_=f"f{nummer}", vorgaenger=f"f{nummer - 1}", einwohner=einwohner
        )
        trage_revisionen_nach(klein.lager, freigaben / f"f{nummer - 1}")
        freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, f"f{nummer}")
    return freigaben


@pytest.fixture
def folge(vorlage: Path, tmp_path: Path) -> list[Path]:
    """Their folders, oldest first; may be spoiled."""
    freigaben = shutil.copytree(vorlage, tmp_path / "freigaben", symlinks=True)
    for datei in freigaben.glob("f*/sozialraum.duckdb"):
        datei.chmod(0o644)
    return [freigaben / f"f{nummer}" for nummer in (1, 2, 3)]


def test_nachbarn_mit_allen_feldern_und_gruenden(folge: list[Path]) -> None:
    ergebnis = vergleiche(folge[0], folge[1])
    assert (ergebnis.von, ergebnis.nach, ergebnis.dazwischen) == ("f1", "f2", ("f2",))
    assert len(ergebnis.unterschiede) == 9
    assert ergebnis.erklaert
    eine = next(u for u in ergebnis.unterschiede if u.indikator == "auslaenderanteil")
    assert (eine.art, eine.grund) == ("geändert", "Quelle geändert")
    assert set(eine.felder) == {"wert", "zaehler", "nenner", "unsicher_von", "unsicher_bis"}


def test_rueckwaerts_sind_die_werte_vertauscht_und_die_gruende_dieselben(folge: list[Path]) -> None:
    hin, her = vergleiche(folge[0], folge[1]), vergleiche(folge[1], folge[0])
    assert [u.schritte for u in hin.unterschiede] == [u.schritte for u in her.unterschiede]
    for a, b in zip(hin.unterschiede, her.unterschiede, strict=True):
        assert a.felder == {s: (alt, neu) for s, (neu, alt) in b.felder.items()}


def test_was_sich_hin_und_zurueck_aenderte_ist_kein_unterschied(folge: list[Path]) -> None:
    ergebnis = vergleiche(folge[0], folge[2])
    assert (ergebnis.dazwischen, ergebnis.unterschiede) == (("f2", "f3"), [])
    assert als_text(ergebnis).endswith("Keine Kennzahl ist anders.")


def test_zwei_schritte_nennen_jede_freigabe(folge: list[Path]) -> None:
    """Figures of the newest release are set to another value, so that both steps count."""
    with duckdb.connect(str(folge[2] / "sozialraum.duckdb")) as con:
        con.execute("update indikatoren set wert = wert + 1 where indikator = 'auslaenderanteil' and wert is not null")
    ergebnis = vergleiche(folge[0], folge[2], indikator="auslaenderanteil")
    mit = [u for u in ergebnis.unterschiede if u.schritte]
    assert {u.grund for u in mit} == {"f2: Quelle geändert – f3: Quelle geändert"}


def test_ein_unterschied_ohne_revision_wird_nicht_verschwiegen(folge: list[Path]) -> None:
    with duckdb.connect(str(folge[1] / "sozialraum.duckdb")) as con:
        con.execute("delete from revisionen where indikator = 'auslaenderanteil'")
        con.execute("update revisionen set anlass = 'ungeklaert' where indikator != 'auslaenderanteil'")
    ergebnis = vergleiche(folge[0], folge[1])
    assert not any(u.erklaert for u in ergebnis.unterschiede)
    assert "keine Revision nennt ihn" in als_text(ergebnis)
    lauf = ruf("vergleich", str(folge[0]), str(folge[1]), "--daten", str(folge[0].parent.parent))
    assert lauf.code == 1
    assert "Nicht jeder Unterschied ist durch Revisionen erklärt." in lauf.text


def test_filter_nach_indikator_und_gebiet(folge: list[Path]) -> None:
    alle = vergleiche(folge[0], folge[1]).unterschiede
    for eingabe in ("05112000-202", "202", "marxloh"):
        gewaehlt = vergleiche(folge[0], folge[1], gebiet=eingabe).unterschiede
        assert gewaehlt == [u for u in alle if u.gebiet == "05112000-202"] != []
    assert {u.indikator for u in vergleiche(folge[0], folge[1], "einwohner").unterschiede} <= {"einwohner"}


@pytest.mark.parametrize(
    ("filter_", "worte"),
    [
        ({"indikator": "x"}, "»x« gibt es in keiner"),
        ({"gebiet": "Mitte"}, "Gefunden: 05112000-500, 05999"),
        ({"gebiet": "x"}, "keines"),
    ],
)
def test_ein_filter_ohne_treffer(folge: list[Path], filter_: dict[str, str], worte: str) -> None:
    with pytest.raises(VergleichFehler, match=worte):
        vergleiche(folge[0], folge[1], **filter_)


def test_zwei_freigaben_ohne_gemeinsame_geschichte(folge: list[Path], tmp_path: Path) -> None:
    fremd = baue_kleinlager(tmp_path / "fremd", id_="g1")
    ordner = freigeben(fremd.lager, fremd.manifest, tmp_path / "woanders", fremd.archiv, "g1").ordner
    with pytest.raises(VergleichFehler, match="Zwischen den Freigaben g1 und f2 führt keine Kette"):
        vergleiche(ordner, folge[1])


def test_eine_freigabe_ohne_die_tabelle_freigaben(folge: list[Path]) -> None:
    with duckdb.connect(str(folge[0] / "sozialraum.duckdb")) as con:
        con.execute("drop table freigaben")
        con.execute("alter table indikatoren drop zuverlaessigkeit")
    assert len(vergleiche(folge[0], folge[1]).unterschiede) == 9
    with duckdb.connect(str(folge[1] / "sozialraum.duckdb")) as con:
        con.execute("drop table freigaben")
    with pytest.raises(VergleichFehler, match="führt keine Kette"):
        vergleiche(folge[0], folge[1])


@pytest.mark.parametrize("inhalt", [b"", b"kein DuckDB" * 500])
def test_eine_beschaedigte_datei_ist_eine_meldung(folge: list[Path], inhalt: bytes) -> None:
    (folge[0] / "sozialraum.duckdb").write_bytes(inhalt)
    lauf = ruf("vergleich", "f1", "f2", "--daten", str(folge[0].parent.parent))
    assert lauf.code == 1
    assert "lassen sich nicht vergleichen" in lauf.text
    assert "Was tun: " in lauf.text
    assert "Traceback" not in lauf.text


def test_unbekannte_freigabe_ist_falscher_aufruf(folge: list[Path]) -> None:
    lauf = ruf("vergleich", "f1", "f9", "--daten", str(folge[0].parent.parent))
    assert (lauf.code, "keine Freigabe f9" in lauf.text) == (2, True)


def test_worte_und_json_sagen_dasselbe(folge: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ergebnis = vergleiche(folge[0], folge[1])
    daten, text = als_json(ergebnis), als_text(ergebnis)
    assert daten["gruende"] == [{"grund": "Quelle geändert", "kennzahlen": 9}]
    assert "     9 × Quelle geändert" in text
    assert [u["gebiet"] for u in daten["unterschiede"]] == [u.gebiet for u in ergebnis.unterschiede]
    assert all(f"{u.name} ({u.gebiet})" in text for u in ergebnis.unterschiede)
    monkeypatch.setattr("pipelines.vergleich.darstellung.GEZEIGT", 4)
    assert "und 5 weitere (alle: --alle oder --json)" in als_text(ergebnis)
    assert "weitere" not in als_text(ergebnis, alle=True)
