"""Faults of disk and processes while archiving, injected for real: whatever happens, nothing in the archive is half.

Each fault happens in a process of its own, so that limits and signals hit only it.
"""

import errno
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quellen import archiv as archivmodul
from quellen.archiv import Archiv, sha256
from quellen.fehler import QuellenFehler

PROJEKT = Path(__file__).resolve().parents[2]
KOPF = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from quellen.archiv import Abruf, Archiv, Objekt, sha256
from quellen.fehler import QuellenFehler
archiv = Archiv(Path(sys.argv[1]))
def abruf(daten, teil="a", minute=0):
    hash_ = archiv.ablegen(daten)
    objekt = Objekt(sha256=hash_, bytes=len(daten), datei="a.csv", url="https://a.example/a.csv")
    return Abruf(quelle="probe", teil=teil, abgerufen_am=datetime(2026, 11, 22, 2, minute, tzinfo=UTC), weg="direkt",
                 datenart="amtlich", lizenz="l", inhalt=hash_, objekte=(objekt,))
"""


def starte(programm, ordner, *weitere):
    umgebung = {**os.environ, "PYTHONPATH": str(PROJEKT)}
    befehl = [sys.executable, "-c", KOPF + programm, str(ordner), *weitere]
    return subprocess.Popen(befehl, env=umgebung, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def laufe(programm, ordner, *weitere):
    prozess = starte(programm, ordner, *weitere)
    aus, fehler = prozess.communicate(timeout=60)
    return prozess.returncode, aus, fehler


def ganz(archiv):
    """Every object carries the bytes that its name promises; returns their number."""
    objekte = [p for p in archiv.ordner.glob("objekte/*/*") if not p.name.startswith(".")]
    assert [p for p in objekte if sha256(p.read_bytes()) != p.name] == []
    return len(objekte)


def test_platte_voll_bei_den_bytes(tmp_path):
    programm = """
archiv.verzeichnen(abruf(b"passt noch"))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    archiv.verzeichnen(abruf(b"x" * 1_000_000, minute=1))
except QuellenFehler as fehler:
    print(fehler)
print(archiv.ablegen(b"kleines geht weiter"))
"""
    code, aus, fehler = laufe(programm, tmp_path / "archiv")
    assert code == 0, fehler
    assert "Das Archiv konnte nicht geschrieben werden. Gefunden: File too large" in aus
    assert "nichts Halbes blieb zurück" in aus
    archiv = Archiv(tmp_path / "archiv")
    assert [a.objekte[0].bytes for a in archiv.abrufe("probe")] == [10]
    assert ganz(archiv) == 2
    assert list(archiv.ordner.rglob(".neu-*")) == [], "what was begun aside is gone too"


def test_platte_voll_beim_eintrag(tmp_path):
    """The bytes are there, the record is not: an orphan that nobody reads, and the next night adds the record."""
    programm = """
neu = abruf(b"x")
if sys.argv[2] == "eng":
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    archiv.verzeichnen(neu)
except QuellenFehler as fehler:
    print(fehler)
"""
    archiv = Archiv(tmp_path / "archiv")
    code, aus, fehler = laufe(programm, archiv.ordner, "eng")
    assert code == 0, fehler
    assert "nicht geschrieben" in aus
    assert archiv.abrufe("probe") == []
    assert ganz(archiv) == 1
    assert laufe(programm, archiv.ordner, "weit")[1] == ""
    assert [a.inhalt for a in archiv.abrufe("probe")] == [sha256(b"x")]


@pytest.mark.parametrize("stelle", ["fsync", "link"])
@pytest.mark.parametrize("nummer", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_jede_weigerung_der_platte_hat_eine_meldung(tmp_path, monkeypatch, stelle, nummer):
    """File systems may refuse as late as at the flush."""

    def weigert(*_):
        raise OSError(nummer, os.strerror(nummer))

    archiv = Archiv(tmp_path / "archiv")
    with monkeypatch.context() as voll:
        voll.setattr(archivmodul.os, stelle, weigert)
        with pytest.raises(QuellenFehler, match="nicht geschrieben") as fehler:
            archiv.ablegen(b"x")
    assert os.strerror(nummer) in str(fehler.value)
    assert [p for p in archiv.ordner.rglob("*") if p.is_file()] == []
    assert archiv.lesen(archiv.ablegen(b"x")) == b"x"


@pytest.mark.parametrize("wann", ["vor-dem-namen", "vor-dem-eintrag"])
def test_ein_absturz_hinterlaesst_nichts_halbes(tmp_path, wann):
    programm = """
if sys.argv[2] == "vor-dem-namen":
    os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
neu = abruf(b"x" * 100_000)
os.kill(os.getpid(), signal.SIGKILL)
"""
    archiv = Archiv(tmp_path / "archiv")
    code, _, _ = laufe(programm, archiv.ordner, wann)
    assert code == -signal.SIGKILL
    assert archiv.abrufe("probe") == []
    assert ganz(archiv) == (0 if wann == "vor-dem-namen" else 1)
    code, _, fehler = laufe('archiv.verzeichnen(abruf(b"x" * 100_000))', archiv.ordner)
    assert code == 0, fehler
    assert len(archiv.abrufe("probe")) == ganz(archiv) == 1


def test_zwei_abrufe_derselben_quelle_zugleich(tmp_path):
    """Several processes add the same bytes, the same records and records of their own; a reader looks on meanwhile."""
    programm = """
wer = int(sys.argv[2])
Path(sys.argv[1] + ".da").mkdir(exist_ok=True)
(Path(sys.argv[1] + ".da") / str(wer)).touch()
while len(list(Path(sys.argv[1] + ".da").iterdir())) < 3:
    pass
for runde in range(40):
    daten = bytes([runde]) * 20_000
    archiv.verzeichnen(abruf(daten, "gemeinsam", runde))
    archiv.verzeichnen(abruf(daten, f"eigen{wer}", runde))
"""
    archiv = Archiv(tmp_path / "archiv")
    prozesse = [starte(programm, archiv.ordner, str(wer)) for wer in range(3)]
    try:
        while any(p.poll() is None for p in prozesse):
            for eintrag in archiv.abrufe("probe"):
                assert archiv.pfad(eintrag.objekte[0].sha256).exists(), "no record without its bytes"
    finally:
        enden = [(p.communicate(timeout=60)[1], p.returncode) for p in prozesse]
    assert enden == [("", 0)] * 3
    teile = [a.teil for a in archiv.abrufe("probe")]
    assert {t: teile.count(t) for t in set(teile)} == {"gemeinsam": 40, "eigen0": 40, "eigen1": 40, "eigen2": 40}
    assert ganz(archiv) == 40
    assert list(archiv.ordner.rglob(".neu-*")) == []


def test_ordner_nur_zum_lesen():
    """A process without the right to write (root has every right, so the process gives it up)."""
    programm = """
if os.geteuid() == 0:
    os.setuid(65534)
try:
    archiv.ablegen(b"neu")
except QuellenFehler as fehler:
    print(fehler)
print(len(archiv.abrufe("probe")))
"""
    with tempfile.TemporaryDirectory() as wurzel:
        ordner = Path(wurzel) / "archiv"
        code, _, fehler = laufe('archiv.verzeichnen(abruf(b"alt"))', ordner)
        assert code == 0, fehler
        for pfad in [Path(wurzel), ordner, *ordner.rglob("*")]:
            pfad.chmod(0o444 if pfad.is_file() else 0o555)
        try:
            code, aus, fehler = laufe(programm, ordner)
        finally:
            for pfad in [Path(wurzel), ordner, *(p for p in ordner.rglob("*") if p.is_dir())]:
                pfad.chmod(0o755)
    assert code == 0, fehler
    assert "Das Archiv konnte nicht geschrieben werden. Gefunden: Permission denied" in aus
    assert aus.endswith("\n1\n"), "what is there can still be read"


def test_die_zeit_des_eintrags_steht_in_seinem_namen(tmp_path):
    """Two retrievals of one Teil in the same second stay two records in order."""
    archiv = Archiv(tmp_path / "archiv")
    code, _, fehler = laufe('[archiv.verzeichnen(abruf(b"x", minute=m)) for m in (5, 3)]', archiv.ordner)
    assert code == 0, fehler
    assert [a.abgerufen_am for a in archiv.abrufe("probe")] == [
        datetime(2026, 11, 22, 2, minute, tzinfo=UTC) for minute in (3, 5)
    ]
