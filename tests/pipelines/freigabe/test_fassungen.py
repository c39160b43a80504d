"""One reference date published twice: 31.12.2022 had 507,073 residents in January 2023 and 507,093 a year later.

Both are in the newest released file, each with the days it was the released one and down to the bytes it came from.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from kleinkatalog import EINWOHNER
from kleinlager import STADT, Kleinfreigabe, baue_kleinlager
from laufhilfe import frage
from revisionshilfe import trage_revisionen_nach

from pipelines.freigabe import freigeben

ERSTE, ZWEITE = (EINWOHNER.replace(";5.000\n", f";{zahl}\n") for zahl in ("489.373", "489.393"))
FASSUNGEN = f"from fassungen('einwohner', '{STADT}', '2022-12-31')"
TAG = date(2024, 5, 1)


@pytest.fixture(scope="module")
def revidiert(tmp_path_factory: pytest.TempPathFactory) -> Kleinfreigabe:
    """Three releases over one archive: the old count, the new one, and a night without news of residents."""
    ordner = tmp_path_factory.mktemp("revidiert")
    freigaben, vorher = ordner / "freigaben", None
    for nummer, einwohner in enumerate((ERSTE, ZWEITE, ZWEITE), 1):
        klein = baue_kleinlager(
            ordner, id_=f"f{nummer}", vorgaenger=f"f{nummer - 1}" if vorher else "", einwohner=einwohner
        )
        if vorher:
            trage_revisionen_nach(klein.lager, vorher.ordner)
        vorher = freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, klein.id)
    assert vorher is not None
    return Kleinfreigabe(klein, vorher, freigaben)


def summe(daten: bytes, stichtag: str) -> float:
    """Residents of a file, read with nothing but the standard library."""
    zeilen = csv.reader(io.StringIO(daten.decode()), delimiter=";")
    zellen = [z for zeile in zeilen if zeile[0] == stichtag for z in zeile[3:]]
    return sum(float(z.replace(".", "").replace("-", "0")) for z in zellen)


def test_beide_staende_sind_aus_der_neuesten_datei_zu_haben(revidiert: Kleinfreigabe) -> None:
    spalten = "wert, status, freigabe_von, gilt_von, freigabe_bis, gilt_bis, quelle, ersetzt_weil"
    assert frage(revidiert.datei, f"select {spalten} {FASSUNGEN}") == [
        (507073.0, "A", "f1", TAG, "f1", TAG + timedelta(1), "einwohner_ortsteil", "Quelle geändert"),
        (507093.0, "A", "f2", TAG + timedelta(1), None, None, "einwohner_ortsteil", None),
    ]
    for nummer, wert in enumerate((507073.0, 507093.0, 507093.0)):
        stand = frage(
            revidiert.datei,
            "select s.wert, s.freigabe from stand_am(?) as s "
            "where s.indikator = 'einwohner' and s.gebiet = ? and s.stichtag = date '2022-12-31'",
            TAG + timedelta(nummer), STADT,
        )  # fmt: skip
        assert stand == [(wert, f"f{nummer + 1}")]


def test_jede_fassung_fuehrt_zu_ihren_bytes(revidiert: Kleinfreigabe) -> None:
    fassungen = frage(revidiert.datei, f"select wert, abruf {FASSUNGEN}")
    assert len({abruf for _, abruf in fassungen}) == 2
    for wert, abruf in fassungen:
        daten = revidiert.klein.archiv.lesen(str(abruf))
        assert hashlib.sha256(daten).hexdigest() == abruf
        assert summe(daten, "31.12.2022") == wert
    zellen = frage(
        revidiert.datei,
        f"select abruf, gewicht * wert, zeile, spalte, originaltext "
        f"from herkunft('einwohner', '{STADT}', '2022-12-31')",
    )
    assert {z[0] for z in zellen} == {fassungen[1][1]}
    assert sum(z[1] for z in zellen) == fassungen[1][0]
    text = [zeile.split(";") for zeile in revidiert.klein.archiv.lesen(str(fassungen[1][1])).decode().splitlines()]
    assert [text[zeile - 1][spalte - 1] for *_, zeile, spalte, _ in zellen] == [z[-1] for z in zellen]


def test_was_sich_nie_aenderte_hat_eine_fassung(revidiert: Kleinfreigabe) -> None:
    unten = frage(revidiert.datei, "select wert, freigabe_von, gilt_bis, abruf from fassungen('einwohner', ?, ?)",
                  f"{STADT}-201", "2022-12-31")  # fmt: skip
    assert unten == [(6200.0, "f1", None, None)]
    assert frage(revidiert.datei, "from fassungen('einwohner', '05999', '2022-12-31')") == []


def test_entfallen_und_wiedergekommen(revidiert: Kleinfreigabe, tmp_path: Path) -> None:
    """A figure that a release lacked has two versions with a gap between them."""
    kopie = Path(shutil.copy(revidiert.datei, tmp_path))
    kopie.chmod(0o644)
    zeile = f"indikator = 'einwohner' and gebiet = '{STADT}' and stichtag = date '2022-12-31'"
    frei = "insert into revisionen by name select * replace ({}) from revisionen where " + zeile + " limit 1"
    with duckdb.connect(str(kopie)) as con:
        con.execute(f"update revisionen set art = 'entfallen' where {zeile}")
        con.execute(frei.format("'neu' as art, null as wert_vorher, 'f2' as freigabe_vorher, 'f3' as freigabe_nachher"))
        assert con.execute(f"select wert, freigabe_von, freigabe_bis {FASSUNGEN}").fetchall() == [
            (507073.0, "f1", "f1"),
            (507093.0, "f3", None),
        ]
