"""Three releases of real nights, one after another: why figures changed, what they were, and one built again.

The nights are those of ``livenaechte``: a source without data, the same one healed, then six broken ones and one that
lost a year.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from cliruf import ruf
from laufhilfe import Lauf, Szene, frage
from livenaechte import freigabe_von, lege_nach

from pipelines.pruefe.revisionen import pruefe_revisionen
from quellen.archiv import Archiv

pytestmark = pytest.mark.langsam


@pytest.fixture
def folge(live: Szene) -> list[Path]:
    """The three releases, oldest first."""
    return [freigabe_von(live, nacht).parent for nacht in (0, 1, 3)]


def gruende(ordner: Path, sql: str = "true") -> set[tuple[object, ...]]:
    return set(
        frage(
            ordner / "sozialraum.duckdb",
            "select r.indikator, r.anlass, r.quelle from revisionen as r, freigabe as f "
            f"where f.id = r.freigabe_nachher and {sql}",
        )
    )


def test_jede_aenderung_ist_geklaert_und_nennt_nur_was_sich_aenderte(folge: list[Path]) -> None:
    assert gruende(folge[0]) == set()
    geheilt = gruende(folge[1])
    assert {"schueler", "schueler_je_100_6_9", "sozialindex_mittel"} <= {str(z[0]) for z in geheilt}
    assert {a for z in geheilt for a in str(z[1]).split(", ")} <= {"quelle", "quellenzustand", "abruftag"}
    assert {q for z in geheilt if z[1] == "quelle" for q in str(z[2]).split(", ")} == {"schuelerzahlen"}
    assert ("quellen_gestoert", "quellenzustand", "schuelerzahlen") in geheilt
    gestoert = gruende(folge[2])
    assert {q for z in gestoert if z[1] == "quelle" for q in str(z[2]).split(", ")} == {"einwohner_ortsteil"}
    assert {"einwohner", "bevoelkerungsdichte", "statusindex"} <= {str(z[0]) for z in gestoert if z[1] == "quelle"}
    assert "ungeklaert" not in {a for z in geheilt | gestoert for a in str(z[1]).split(", ")}


def test_die_pruefung_findet_die_revisionen_richtig(folge: list[Path]) -> None:
    for ordner in folge:
        with duckdb.connect(str(ordner / "sozialraum.duckdb"), read_only=True) as con:
            con.execute("set timezone = 'UTC'")
            schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
            punkt = pruefe_revisionen(con, ordner, schein)
        assert punkt.maengel == []
        assert punkt.hinweise == []


def test_stand_am_gibt_jede_fruehere_freigabe_aus_der_neuesten(folge: list[Path], tmp_path: Path) -> None:
    """The nights of this test are of one day; in a copy each release gets a day of its own."""
    kopie = tmp_path / "sozialraum.duckdb"
    shutil.copyfile(folge[-1] / "sozialraum.duckdb", kopie)
    kopie.chmod(0o644)
    with duckdb.connect(str(kopie)) as con:
        con.execute("update freigaben set freigegeben_am = date '2026-01-01' + nummer")
        for nummer, ordner in enumerate(folge, 1):
            con.execute(f"attach '{ordner / 'sozialraum.duckdb'}' as damals (read_only)")
            stand = f"from stand_am(date '2026-01-01' + {nummer})"
            for hier, dort in ((stand, "from damals.indikatoren"), ("from damals.indikatoren", stand)):
                assert con.execute(f"select count(*) from ({hier} except all {dort})").fetchall() == [(0,)]
            con.execute("detach damals")
        assert con.execute("from stand_am('2026-01-01')").fetchall() == []
        assert (
            con.execute("describe from stand_am('2026-01-02')").fetchall()
            == con.execute("describe indikatoren").fetchall()
        )


def vergleiche(live: Szene, *argumente: str) -> Lauf:
    return ruf("vergleich", *argumente, "--daten", str(live.daten))


def test_vergleich_erklaert_auch_ueber_mehrere_freigaben(live: Szene, folge: list[Path]) -> None:
    von, _, nach = (o.name for o in folge)
    lauf = vergleiche(live, von, nach, "--json")
    assert lauf.code == 0
    ergebnis = json.loads(lauf.text)
    assert (ergebnis["von"], ergebnis["nach"], ergebnis["erklaert"]) == (von, nach, True)
    assert ergebnis["freigaben"] == [o.name for o in folge[1:]]
    anders = frage(
        folge[2] / "sozialraum.duckdb",
        f"attach '{folge[0] / 'sozialraum.duckdb'}' as a (read_only); select count(*) from a.indikatoren as i "
        "full outer join main.indikatoren as j using (indikator, gebiet, stichtag, basis) where i.freigabe is null or "
        "j.freigabe is null or (i.wert, i.zaehler, i.nenner, i.status, i.vertraulichkeit, i.zuverlaessigkeit, "
        "i.unsicher_von, i.unsicher_bis) is distinct from (j.wert, j.zaehler, j.nenner, j.status, j.vertraulichkeit, "
        "j.zuverlaessigkeit, j.unsicher_von, j.unsicher_bis)",
    )
    assert [(len(ergebnis["unterschiede"]),)] == anders
    assert all(u["schritte"] for u in ergebnis["unterschiede"])


def test_vergleich_in_worten_nach_indikator_und_gebiet(live: Szene, folge: list[Path]) -> None:
    lauf = vergleiche(live, folge[1].name, "aktuell", "--indikator", "einwohner", "--gebiet", "Marxloh")
    assert lauf.code == 0, lauf.text
    assert re.search(
        r"1 Kennzahlen sind anders: 1 entfallen\n\nGründe, in zeitlicher Folge\n +1 × Quelle geändert: einwohner_",
        lauf.text,
    )
    assert re.search(
        r"einwohner\n  Marxloh \(05112000-202\), 31\.12\.\d{4}, melderegister: entfallen, wert \S+ → –", lauf.text
    )
    gleich = vergleiche(live, "aktuell", "aktuell")
    assert (gleich.code, gleich.text.splitlines()[1]) == (0, "Keine Kennzahl ist anders.")


@pytest.mark.parametrize(
    ("option", "worte"),
    [
        (("--indikator", "gibtsnicht"), "Den Indikator »gibtsnicht« gibt es in keiner"),
        (("--gebiet", "Atlantis"), "»Atlantis« ist kein eindeutiges Gebiet. Gefunden: keines"),
    ],
)
def test_ein_filter_der_nichts_trifft_ist_eine_meldung(
    live: Szene,
    folge: list[Path],
    option: tuple[str, str],
    worte: str,
) -> None:
    lauf = vergleiche(live, folge[0].name, folge[1].name, *option)
    assert (lauf.code, worte in lauf.text) == (1, True), lauf.text


def _zustand(ordner: Path) -> dict[str, tuple[int, int]]:
    return {str(p.relative_to(ordner)): (p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(ordner.rglob("*"))}


@pytest.mark.gruendlich
def test_nachbau_einer_nacht_mit_stoerungen_aus_gewachsenem_archiv(
    live: Szene,
    folge: list[Path],
    tmp_path: Path,
) -> None:
    """Another folder, sources backwards, without Dagster; later retrievals do not enter; nothing is changed."""
    shutil.copytree(live.daten / "archiv", tmp_path / "archiv")
    (tmp_path / "freigaben").symlink_to(live.daten / "freigaben")
    archiv = Archiv(tmp_path / "archiv")
    bisher = [a for a in archiv.abrufe("einwohner_ortsteil") if a.teil == "alter"][-1]
    lege_nach(archiv, "alter", archiv.lesen(bisher.objekte[0].sha256) + b"\n")
    vorher = _zustand(tmp_path), _zustand(live.daten / "freigaben")
    lauf = ruf("nachbau", folge[2].name, "--daten", str(tmp_path))
    schein = json.loads((folge[2] / "freigabe.json").read_text(encoding="utf-8"))
    assert lauf.code == 0, lauf.text
    for tabelle in schein["tabellen"]:
        assert re.search(rf"^gleich +{tabelle}$", lauf.text, re.MULTILINE), tabelle
    assert f"Ergebnis: alle {len(schein['tabellen'])} Tabellen haben denselben Inhalt." in lauf.text
    assert (_zustand(tmp_path), _zustand(live.daten / "freigaben")) == vorher
