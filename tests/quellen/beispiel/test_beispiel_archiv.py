"""The bundled archive as a whole: complete, small, made by this code, accepted by the contracts."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from quellen.archiv import Archiv
from quellen.beispiel import __main__ as programm
from quellen.beispiel.ablage import Datei, Lieferung, ministerium, tausender, zeilen, zeitpunkt
from quellen.beispiel.kreis import KREISE
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, STADTBEZIRKE
from quellen.lesen import inhaltshash
from quellen.modell import lade_katalog
from quellen.vertrag import lies_und_pruefe

KATALOG = lade_katalog()
TEILE = [(quelle.id, teil) for quelle in KATALOG.values() for teil in quelle.teile]
ABRUFE = [(a.quelle, a.teil, a.jahrgang) for quelle in KATALOG for a in Archiv(programm.ARCHIV).abrufe(quelle)]
VERZEICHNISSE = {
    "ortsteil": frozenset(JE_SCHLUESSEL),
    "stadtbezirk": frozenset(STADTBEZIRKE),
    "kreis": frozenset([*(k.schluessel for k in KREISE), "05354", "05", "DG"]),
}


def inhalt(ordner: Path) -> dict[str, bytes]:
    return {str(p.relative_to(ordner)): p.read_bytes() for p in sorted(ordner.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def neu(tmp_path_factory) -> Path:
    ordner = tmp_path_factory.mktemp("beispiel") / "archiv"
    assert programm.main(["--ziel", str(ordner)]) == 0
    return ordner


def test_erzeugen_gibt_genau_das_abgelegte_archiv(neu: Path) -> None:
    """If this fails after a wanted change: ``python -m quellen.beispiel`` and commit the folder."""
    erzeugt, abgelegt = inhalt(neu), inhalt(programm.ARCHIV)
    assert sorted(erzeugt) == sorted(abgelegt)
    assert [name for name in erzeugt if erzeugt[name] != abgelegt[name]] == []


def test_zweimal_erzeugen_gibt_dasselbe_und_ersetzt_ganz(neu: Path, tmp_path: Path) -> None:
    ziel = tmp_path / "archiv"
    shutil.copytree(neu, ziel)
    alt = ziel / "objekte" / "00" / ("0" * 64)
    alt.parent.mkdir(exist_ok=True)
    alt.write_bytes(b"von frueher")
    assert programm.main(["--ziel", str(ziel)]) == 0
    assert inhalt(ziel) == inhalt(neu)
    assert [p.name for p in tmp_path.iterdir()] == ["archiv"]


def test_fremder_ordner_wird_nicht_geloescht(tmp_path: Path, capsys) -> None:
    (tmp_path / "wichtig.txt").write_text("nicht loeschen", encoding="utf-8")
    assert programm.main(["--ziel", str(tmp_path)]) == 1
    assert (tmp_path / "wichtig.txt").read_text(encoding="utf-8") == "nicht loeschen"
    meldung = capsys.readouterr().err
    assert "wichtig.txt" in meldung
    assert "--ziel" in meldung


def test_teil_ohne_beispiel_wird_gemeldet(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(programm, "lieferungen", lambda: [])
    with pytest.raises(ValueError, match=r"Teile ohne Beispiel.*schulsozialindex"):
        programm.schreiben(tmp_path / "archiv")


def test_jahrgang_der_fehlt_oder_doppelt_kommt_wird_gemeldet(tmp_path: Path, monkeypatch) -> None:
    alle = programm.lieferungen()
    jaehrlich = next(lief for lief in alle if lief.jahrgang is not None)
    ohne_jahr = [lief._replace(jahrgang=None) if lief is jaehrlich else lief for lief in alle]
    for fassung in (ohne_jahr, [*alle, jaehrlich], [*alle, alle[0]._replace(jahrgang=2023)]):
        monkeypatch.setattr(programm, "lieferungen", lambda fassung=fassung: fassung)
        with pytest.raises(ValueError, match="Jahrgang fehlt, ist zu viel oder kommt doppelt"):
            programm.schreiben(tmp_path / "archiv")
    assert not (tmp_path / "archiv").exists()


def test_groesse() -> None:
    dateien = [p for p in programm.ARCHIV.rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in dateien) < 4_000_000


def test_kein_objekt_ohne_abruf() -> None:
    archiv = Archiv(programm.ARCHIV)
    benutzt = {o.sha256 for q in KATALOG for a in archiv.abrufe(q) for o in a.objekte}
    assert {p.name for p in (programm.ARCHIV / "objekte").glob("*/*")} == benutzt


@pytest.mark.parametrize(("quelle", "teil"), TEILE)
def test_jaehrliche_teile_haben_mehrere_jahrgaenge_andere_genau_einen_abruf(leser, quelle: str, teil: str) -> None:
    jahre = [a.jahrgang for a in leser.abrufe(quelle, teil)]
    regel = KATALOG[quelle].teile[teil].jahrgaenge
    if regel is None:
        assert jahre == [None]
    else:
        assert len(set(jahre)) == len(jahre) >= 2
        assert min(jahre) >= regel.ab


@pytest.mark.parametrize(("quelle", "teil", "jahrgang"), ABRUFE)
def test_abruf(leser, quelle: str, teil: str, jahrgang: int | None) -> None:
    abruf = leser.abruf(quelle, teil, jahrgang)
    deklaration = KATALOG[quelle]
    assert (abruf.datenart, abruf.weg) == ("beispiel", "beispiel")
    assert abruf.abgerufen_am.isoformat() == "2026-11-01T02:30:00+00:00"
    assert abruf.lizenz == deklaration.lizenz.id
    daten = leser.bytes(quelle, teil, jahrgang)
    assert abruf.inhalt == inhaltshash(daten, deklaration.teile[teil])
    for objekt, bytes_ in zip(abruf.objekte, daten, strict=True):
        assert objekt.bytes == len(bytes_)
        assert objekt.http_status == 200
        assert set(objekt.kopf) == {"etag", "last-modified", "content-type"}
        assert re.search(deklaration.teile[teil].dateimuster, objekt.datei)
        assert re.match(r"https://([a-z0-9.-]+)/", objekt.url)[1] in deklaration.zugang.hosts


def test_dateiname_passt_auf_genau_einen_teil(leser) -> None:
    for quelle, teil, jahrgang in ABRUFE:
        for objekt in leser.abruf(quelle, teil, jahrgang).objekte:
            passend = [t for t, d in KATALOG[quelle].teile.items() if re.search(d.dateimuster, objekt.datei)]
            assert passend == [teil]


@pytest.mark.parametrize(
    ("quelle", "teil", "stand"),
    [
        ("schulen", "verzeichnis", date(2026, 6, 15)),
        ("schuelerzahlen", "anzahlen", date(2026, 2, 10)),
        ("schulsozialindex", "stufen", date(2025, 10, 15)),
        ("gebiete", "ortsteile", date(2026, 3, 3)),
        ("einwohner_ortsteil", "alter", None),
        ("bevoelkerung_kreis", "tabelle", None),
    ],
)
def test_stand(leser, quelle: str, teil: str, stand: date | None) -> None:
    assert leser.abruf(quelle, teil).stand == stand


@pytest.mark.parametrize(("quelle", "teil", "jahrgang"), ABRUFE)
def test_jedes_objekt_erfuellt_seinen_vertrag(leser, quelle: str, teil: str, jahrgang: int | None) -> None:
    objekte = leser.abruf(quelle, teil, jahrgang).objekte
    for objekt, daten in zip(objekte, leser.bytes(quelle, teil, jahrgang), strict=True):
        rohsatz = lies_und_pruefe(daten, KATALOG[quelle], teil, objekt.datei, VERZEICHNISSE)
        assert rohsatz.zeilen > 0
        assert len(rohsatz.daten) >= rohsatz.zeilen


def test_tausender() -> None:
    assert [tausender(z) for z in (0, 999, 1000, 1234567)] == ["0", "999", "1.000", "1.234.567"]


@pytest.mark.parametrize("zelle", ["a;b", 'a"b', "a\nb"])
def test_zelle_die_anfuehrungszeichen_braucht_wird_verweigert(zelle: str) -> None:
    assert zeilen([["a", "b"], ["1", "2"]]) == "a;b\n1;2\n"
    with pytest.raises(ValueError, match="braucht Anführungszeichen"):
        zeilen([["gut", zelle]])


def test_ministerium_verdoppelt_anfuehrungszeichen() -> None:
    daten = ministerium(("A", "B"), [('x"y', "")])
    assert daten == b'\xef\xbb\xbfsep=;\nA;B;\n"x""y";""\n'
    assert ministerium(("A", "B"), [], kopf_gequotet=True) == b'\xef\xbb\xbfsep=;\n"A";"B"\n'


def test_abruf_von_mehreren_seiten() -> None:
    namen = ("ortsteile-0001.geojson", "ortsteile-0002.geojson")
    seiten = tuple(Datei(n, f"https://geoportal.duisburg.de/{n}", n.encode(), "application/geo+json") for n in namen)
    lieferung = Lieferung("gebiete", "ortsteile", seiten, zeitpunkt(2026, 3, 3, 23))
    abruf = programm.abruf_von(lieferung, KATALOG["gebiete"])
    assert tuple(o.datei for o in abruf.objekte) == namen
    assert abruf.etag.startswith('"')
    assert abruf.objekte[0].kopf["last-modified"] == "Tue, 03 Mar 2026 23:00:00 GMT"
    assert abruf.stand == date(2026, 3, 4)  # past midnight in Duisburg
