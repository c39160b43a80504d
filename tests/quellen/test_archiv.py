"""The archive by itself: what is kept, how it is read back, and how damage shows."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quellen.archiv import Abruf, Archiv, Objekt, sha256
from quellen.fehler import QuellenFehler

JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


def abruf(archiv, daten=b"a;b\n", **mehr):
    objekt = Objekt(sha256=archiv.ablegen(daten), bytes=len(daten), datei="a.csv", url="https://a.example/a.csv")
    angaben = {
        "quelle": "probe",
        "teil": "a",
        "abgerufen_am": JETZT,
        "datenart": "amtlich",
        "weg": "direkt",
        "lizenz": "dl-de/by-2-0",
        "inhalt": sha256(daten),
        "objekte": (objekt,),
    }
    return Abruf(**{**angaben, **mehr})


def ueberschreibe(pfad, daten):
    pfad.chmod(0o644)
    pfad.write_bytes(daten)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=5000))
def test_was_hineingeht_kommt_heraus(archiv, daten):
    hash_ = archiv.ablegen(daten)
    assert archiv.ablegen(daten) == hash_ == sha256(daten)
    assert archiv.lesen(hash_) == daten
    with archiv.oeffne(hash_) as strom:
        assert strom.read() == daten
    assert archiv.pfad(hash_).stat().st_mode & 0o222 == 0, "nobody writes there by accident"


def test_ein_abruf_hin_und_zurueck(archiv):
    neu = abruf(archiv, stand=date(2026, 1, 1), jahrgang=2024, umwege=("dkan: kaputt",))
    datei = archiv.verzeichnen(neu)
    assert archiv.verzeichnen(neu) == datei
    spaeter = abruf(archiv, abgerufen_am=JETZT + timedelta(days=1))
    frueher = abruf(archiv, abgerufen_am=JETZT - timedelta(days=1))
    archiv.verzeichnen(spaeter)
    archiv.verzeichnen(frueher)
    assert archiv.abrufe("probe") == [frueher, neu, spaeter]
    assert archiv.abrufe("andere") == []


def test_ohne_bytes_kein_eintrag(archiv, tmp_path):
    fremd = abruf(Archiv(tmp_path / "woanders"))
    with pytest.raises(ValueError, match="nicht archiviert"):
        archiv.verzeichnen(fremd)
    assert archiv.abrufe("probe") == []


@pytest.mark.parametrize("lesen", [Archiv.lesen, Archiv.oeffne])
def test_fehlende_und_veraenderte_bytes(archiv, lesen):
    hash_ = archiv.ablegen(b"a;b\n1;2\n")
    ueberschreibe(archiv.pfad(hash_), b"a;b\n1;3\n")
    with pytest.raises(QuellenFehler, match="wurde verändert") as fehler:
        lesen(archiv, hash_)
    assert sha256(b"a;b\n1;3\n") in str(fehler.value)
    archiv.pfad(hash_).unlink()
    with pytest.raises(QuellenFehler, match=f"Objekt fehlt.*{hash_}"):
        lesen(archiv, hash_)


def test_ein_abgeschnittenes_objekt_gilt_nicht_als_vorhanden(archiv):
    """A disk that lost the end of a file: the same bytes fetched again must not be taken for kept."""
    hash_ = archiv.ablegen(b"x" * 1000)
    ueberschreibe(archiv.pfad(hash_), b"x" * 10)
    with pytest.raises(QuellenFehler, match=r"wurde verändert\. Gefunden: 10 Bytes"):
        archiv.ablegen(b"x" * 1000)


def test_grosse_dateien_ohne_sie_in_den_speicher_zu_holen(archiv):
    hash_ = archiv.ablegen(b"0123456789abcdef" * 2_000_000)
    tracemalloc.start()
    try:
        with archiv.oeffne(hash_) as strom:
            anfang = strom.read(16)
        hoechstens = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert anfang == b"0123456789abcdef"
    assert hoechstens < 2_000_000


@pytest.mark.parametrize(
    ("schaden", "gefunden"),
    [
        (lambda text: text[: len(text) // 2], "Invalid JSON"),
        (lambda text: b"", "Invalid JSON"),
        (lambda text: text.replace(b'"teil"', b'"tiel"'), "teil"),
        (lambda text: text.replace(b'"probe"', b'"andere"'), "ein Eintrag der Quelle andere"),
    ],
)
def test_ein_beschaedigter_eintrag_nennt_quelle_und_datei(archiv, schaden, gefunden):
    archiv.verzeichnen(abruf(archiv))
    kaputt = archiv.verzeichnen(abruf(archiv, abgerufen_am=JETZT + timedelta(days=1)))
    ueberschreibe(kaputt, schaden(kaputt.read_bytes()))
    with pytest.raises(QuellenFehler) as fehler:
        archiv.abrufe("probe")
    befund = fehler.value.befunde[0]
    assert befund.ort == f"probe, Datei {kaputt.name}"
    assert gefunden in befund.gefunden
    assert "aus der Sicherung" in befund.tun


def test_was_im_weg_liegt_ist_kein_leeres_verzeichnis(archiv):
    """An unreadable folder of records must not look like a source that was never fetched."""
    archiv.ordner.mkdir()
    (archiv.ordner / "abrufe").mkdir()
    (archiv.ordner / "abrufe" / "probe").write_text("im Weg")
    with pytest.raises(QuellenFehler, match="beschädigt"):
        archiv.abrufe("probe")
    (archiv.ordner / "abrufe" / "andere").mkdir()
    (archiv.ordner / "abrufe" / "andere" / "1.json").mkdir()
    with pytest.raises(QuellenFehler, match="beschädigt"):
        archiv.abrufe("andere")


@pytest.mark.parametrize("hash_", ["../../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_kein_eintrag_zeigt_aus_dem_archiv_hinaus(hash_):
    with pytest.raises(ValidationError):
        Objekt(sha256=hash_, bytes=1, datei="x", url="https://a.example/x")


def test_uebernehmen_holt_nur_neues(archiv, tmp_path):
    quelle = Archiv(tmp_path / "beispiel")
    for tag in range(3):
        quelle.verzeichnen(abruf(quelle, f"{tag}".encode(), abgerufen_am=JETZT + timedelta(days=tag)))
    assert [archiv.uebernehmen(quelle, "probe") for _ in range(2)] == [3, 0]
    assert archiv.abrufe("probe") == quelle.abrufe("probe")
    assert [archiv.lesen(a.objekte[0].sha256) for a in archiv.abrufe("probe")] == [b"0", b"1", b"2"]


def test_uebernehmen_prueft_die_bytes(archiv, tmp_path):
    quelle = Archiv(tmp_path / "beispiel")
    quelle.verzeichnen(abruf(quelle, b"gut"))
    ueberschreibe(quelle.pfad(sha256(b"gut")), b"schlecht")
    with pytest.raises(QuellenFehler, match="wurde verändert"):
        archiv.uebernehmen(quelle, "probe")
    assert archiv.abrufe("probe") == []
