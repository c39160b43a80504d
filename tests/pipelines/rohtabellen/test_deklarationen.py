"""The list of files that a release depends on, as the private file keeps it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from pipelines import fingerabdruck
from pipelines.einstellungen import PROJEKT, Einstellungen
from pipelines.fingerabdruck import abdruck, dateien, definitionen
from pipelines.lager import verbinden
from pipelines.rohtabellen.deklarationen import merke_deklarationen


def test_liste_und_abdruck_sagen_dasselbe(tmp_path: Path) -> None:
    e = Einstellungen(daten=tmp_path)
    with verbinden(e.lager) as con:
        anzahl = merke_deklarationen(con, e)
        assert merke_deklarationen(con, e) == anzahl > 300
        zeilen = con.execute("select pfad, sha256, text from raw.deklarationen order by pfad").fetchall()
    assert abdruck({p: h for p, h, _ in zeilen}) == definitionen(e)
    texte = {p: t for p, _, t in zeilen if t is not None}
    mitgegeben = [*PROJEKT.glob("quellen/katalog/*.yaml"), *PROJEKT.glob("dbt_projekt/seeds/*.csv")]
    assert set(texte) == {d.relative_to(PROJEKT).as_posix() for d in mitgegeben}
    for pfad, hash_, text in zeilen:
        inhalt = (PROJEKT / pfad).read_bytes()
        assert hash_ == hashlib.sha256(inhalt).hexdigest()
        assert text is None or text.encode() == inhalt


def test_ein_katalog_anderswo_steht_an_der_stelle_des_eigenen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same declarations in another folder are the same; the path in the list is that inside the project."""
    draussen = tmp_path / "katalog"
    shutil.copytree(PROJEKT / "quellen" / "katalog", draussen)
    eigene, andere = Einstellungen(), Einstellungen(katalog=draussen)
    assert definitionen(andere) == definitionen(eigene)
    (draussen / "neu.yaml").write_text("id: neu\n", encoding="utf-8")
    assert dateien(andere)["quellen/katalog/neu.yaml"] == draussen / "neu.yaml"
    assert set(dateien(andere)) - set(dateien(eigene)) == {"quellen/katalog/neu.yaml"}
    monkeypatch.setattr(fingerabdruck, "PROJEKT", tmp_path / "leer")
    assert dateien(eigene, ["dbt_projekt"]) == {}


@pytest.mark.parametrize(("a", "b"), [({"a": "1"}, {"a": "2"}), ({"a": "1"}, {"b": "1"}), ({"a": "1"}, {})])
def test_der_abdruck_unterscheidet(a: dict[str, str], b: dict[str, str]) -> None:
    assert abdruck(a) != abdruck(b)
    assert abdruck({"x": "1", "y": "2"}) == abdruck({"y": "2", "x": "1"})
