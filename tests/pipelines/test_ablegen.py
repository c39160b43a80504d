"""Files put down by hand: refused before anything is archived, and of a table by year with the year they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rohhilfe import Rohlager, mit_regeln

from pipelines.ablegen import pruefe_und_lege_ab
from quellen.archiv import Abruf
from quellen.fehler import QuellenFehler
from quellen.vertrag import Rohsatz

KOPF = "Jahr;Ort;Anzahl\n"
JETZT = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    return Rohlager(tmp_path, mit_regeln(jahrgaenge={"ab": 2011}, bereiche=[{"merkmal": "zahl", "bis": 500}]))


def lege(lager: Rohlager, text: str, **weiteres: Any) -> tuple[Abruf, Rohsatz]:
    datei = lager.ordner / "anzahlen 1.csv"
    datei.write_text(KOPF + text, encoding="utf-8")
    return pruefe_und_lege_ab(
        lager.quelle, datei, lager.archiv, stand=None, teil=None, jetzt=weiteres.get("jetzt", JETZT)
    )


def test_eine_datei_mit_einem_jahr_bekommt_es(lager: Rohlager) -> None:
    abruf, satz = lege(lager, "2024;101;5\n2024;102;6\n")
    assert (abruf.jahrgang, abruf.datenart, satz.zeilen) == (2024, "eingang", 2)
    assert lager.archiv.abrufe("zaehlung") == [abruf]
    lege(lager, "2023;101;4\n", jetzt=JETZT + timedelta(hours=1))
    assert lager.lade().zustand == "gut"
    assert lager.frage("select tag, originaltext from raw.zaehlung__anzahlen order by all") == [
        ("2023", "4"),
        ("2024", "5"),
        ("2024", "6"),
    ]


def test_mehrere_jahre_gelten_solange_keines_einzeln_da_ist(lager: Rohlager) -> None:
    mehrere, _ = lege(lager, "2023;101;5\n2024;101;6\n")
    assert mehrere.jahrgang is None
    lager.kommt(KOPF + "2024;101;6\n", jahrgang=2024, datenart="beispiel")
    assert lege(lager, "2023;101;5\n2024;101;7\n")[0].jahrgang is None
    lager.kommt(KOPF + "2024;101;6\n", jahrgang=2024)
    vorher = lager.archiv.abrufe("zaehlung")
    with pytest.raises(QuellenFehler, match="Die Datei hat mehrere Jahre") as fehler:
        lege(lager, "2023;101;5\n2024;101;8\n")
    [befund] = fehler.value.befunde
    assert "die Jahre 2023, 2024" in befund.gefunden
    assert "je Jahr eine Datei ablegen" in befund.tun
    assert lager.archiv.abrufe("zaehlung") == vorher


def test_ohne_jahrgaenge_bleibt_das_feld_leer(tmp_path: Path) -> None:
    lager = Rohlager(tmp_path, mit_regeln())
    assert lege(lager, "2024;101;5\n")[0].jahrgang is None


def test_ein_gebrochener_vertrag_laesst_das_archiv_wie_es_war(lager: Rohlager) -> None:
    with pytest.raises(QuellenFehler, match="»§«"):
        lege(lager, "2024;101;§\n")
    assert lager.archiv.abrufe("zaehlung") == []
    assert not (lager.archiv.ordner / "objekte").exists()


def test_was_annehmbar_ist_entscheidet_der_naechste_lauf(lager: Rohlager) -> None:
    """Only what is archived can be accepted, so a range does not keep a file out; it is said at once, though."""
    _, satz = lege(lager, "2024;101;501\n")
    [befund] = satz.abweichungen
    assert "außerhalb des plausiblen Bereichs" in befund.regel
    assert "der nächste Lauf entscheidet" in befund.tun
    assert "--regel bereich" in lager.lade().meldung


def test_die_frist_einer_korrektur_zaehlt_am_tag_des_ablegens(tmp_path: Path) -> None:
    eintrag = {
        "teil": "anzahlen", "schluessel": {"ort": "101"}, "spalte": "Anzahl", "alt": "5", "neu": "50",
        "grund": "Zahlendreher in der Lieferung", "gemeldet_von": "Meier", "bis": date(2026, 2, 1),
    }  # fmt: skip
    lager = Rohlager(tmp_path, mit_regeln(korrekturen=[eintrag]))
    assert lege(lager, "2024;101;5\n")[1].daten["korrigiert"].tolist() == ["50"]
    spaet = datetime(2026, 2, 1, 23, 30, tzinfo=UTC)  # the second of February in Duisburg
    assert lege(lager, "2024;101;5\n", jetzt=spaet)[1].daten["korrigiert"].tolist() == [None]
