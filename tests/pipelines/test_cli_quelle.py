"""``sozialraum quelle …``: draft, contract and file side by side, accepting once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cliruf import beispieldatei, ruf
from laufhilfe import BEISPIELARCHIV, Lauf

from pipelines.ablegen import pruefe_und_lege_ab
from quellen.annahmen import annahmen
from quellen.archiv import Archiv
from quellen.modell import KATALOG, lade_quelle
from quellen.portal import starten

TABELLE = """Stichtag;Ortsteil_ID;Einwohner
31.12.2023;101;1.204
31.12.2023;102;-
31.12.2023;103;12
"""
DEKLARATION = """
id: probe
titel: Probe
herausgeber: Amt
lizenz: {id: cc0, url: https://example.org/l, namensnennung: Amt}
seite: https://example.org/
rhythmus: jährlich
hoechstalter_tage: 400
bestaetigt: true
zugang: {portal: direkt, basis: https://daten.example.org, hosts: [daten.example.org]}
zeichen: {"-": {wert: 0, status: A, bedeutung: nichts}}
merkmale: {einwohner: {name: Einwohner, einheit: Personen}}
teile:
  tabelle:
    beschreibung: Einwohner je Ortsteil
    form: werte
    dateimuster: 'einwohner.*'
    zugang: {pfad: /a.csv}
    felder:
      stichtag: {typ: datum}
      ortsteil: {typ: schluessel, verzeichnis: ortsteil}
    eindeutig: [stichtag, ortsteil]
    bereiche: [{merkmal: einwohner, von: 0, bis: 5000}]
    aenderung: {zeilen: {prozent: 10, grund: kleine Schwankungen, bis: 2030-12-31}}
    beobachtung: {gebiet: ortsteil, stichtag: stichtag}
    formate:
      - art: csv
        tausender: "."
        orte: {stichtag: {spalte: Stichtag}, ortsteil: {spalte: Ortsteil_ID}}
        wertspalten: [{muster: Einwohner, merkmal: einwohner}]
"""


@pytest.fixture
def katalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue with one more source, and runtime data of its own."""
    ordner = tmp_path / "katalog"
    shutil.copytree(KATALOG, ordner)
    (ordner / "probe.yaml").write_text(DEKLARATION, encoding="utf-8")
    monkeypatch.setenv("SOZIALRAUM_KATALOG", str(ordner))
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path / "daten"))
    return ordner


@pytest.fixture
def archiv(tmp_path: Path) -> Archiv:
    return Archiv(tmp_path / "daten" / "archiv")


def datei(ordner: Path, text: str = TABELLE) -> Path:
    pfad = ordner / "einwohner.csv"
    pfad.write_text(text, encoding="utf-8")
    return pfad


def zeile(ergebnis: Lauf, anfang: str) -> list[str]:
    """The cells of one line of the drawn table."""
    [gefunden] = [z for z in ergebnis.text.splitlines() if z.startswith(f"│ {anfang} ")]
    return [t.strip() for t in gefunden.strip("│").split("│")]


class TestNeu:
    def test_auf_die_ausgabe(self, katalog: Path, tmp_path: Path) -> None:
        ergebnis = ruf("quelle", "neu", str(datei(tmp_path)), "--id", "neues")
        assert ergebnis.code == 0, ergebnis.text
        text, _, rest = ergebnis.text.partition("Der Entwurf nimmt diese Datei an.")
        assert rest
        assert yaml.safe_load(text)["id"] == "neues"

    def test_in_eine_datei_und_nie_darueber(self, katalog: Path, tmp_path: Path) -> None:
        ziel = katalog / "neues.yaml"
        assert ruf("quelle", "neu", str(datei(tmp_path)), "--nach", str(ziel)).code == 0
        quelle = lade_quelle(ziel)
        assert (quelle.id, quelle.bestaetigt) == ("neues", False)
        vorher = ziel.read_bytes()
        ergebnis = ruf("quelle", "neu", str(datei(tmp_path)), "--nach", str(ziel))
        assert ergebnis.code == 2
        assert "gibt es schon" in ergebnis.text.replace("\n", " ")
        assert ziel.read_bytes() == vorher
        geprueft = ruf("quelle", "pruefe", "neues", str(datei(tmp_path)))
        assert geprueft.code == 0, geprueft.text

    def test_datei_und_kennung_heissen_gleich(self, katalog: Path, tmp_path: Path) -> None:
        assert ruf("quelle", "neu", str(datei(tmp_path)), "--nach", str(katalog / "a.yaml"), "--id", "b").code == 2

    def test_von_einer_adresse(self, katalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Over a real socket, through the replica of the portals."""
        quelle = lade_quelle(KATALOG / "schulen.yaml")
        with starten(Archiv(BEISPIELARCHIV), {quelle.id: quelle}) as nachbau:
            monkeypatch.setenv("SOZIALRAUM_PORTAL", nachbau.url)
            url = f"{quelle.zugang.basis}{quelle.teile['verzeichnis'].zugang['pfad']}"
            ergebnis = ruf("quelle", "neu", url)
        assert ergebnis.code == 0, ergebnis.text
        entwurf = yaml.safe_load(ergebnis.text.partition("Der Entwurf nimmt")[0])
        assert entwurf["zugang"]["hosts"] == ["www.schulministerium.nrw.de"]
        assert entwurf["teile"]["tabelle"]["kennung"] == "schulnummer"

    @pytest.mark.parametrize(
        ("woher", "satz"),
        [
            ("http://example.org/a.csv", "darf nicht abgerufen werden"),
            ("https://127.0.0.1/a.csv", "darf nicht abgerufen werden"),
            ("gibtsnicht.csv", "Die Datei ist nicht lesbar"),
        ],
    )
    def test_was_nicht_geht(self, katalog: Path, woher: str, satz: str) -> None:
        ergebnis = ruf("quelle", "neu", woher)
        assert ergebnis.code == 1
        assert satz in ergebnis.text
        assert "Was tun: " in ergebnis.text


class TestPruefe:
    def test_alles_haelt(self, katalog: Path, tmp_path: Path) -> None:
        ergebnis = ruf("quelle", "pruefe", "probe", str(datei(tmp_path)))
        assert ergebnis.code == 0, ergebnis.text
        assert "Der Vertrag hält." in ergebnis.text
        assert "✗" not in ergebnis.text
        assert zeile(ergebnis, "Zeichen") == ["Zeichen", "»-«", "»-«", "✓"]
        assert zeile(ergebnis, "Zeilen")[1:3] == ["mindestens 1", "3"]
        assert zeile(ergebnis, "Feld ortsteil")[1] == "Ortsteil_ID: schluessel (ortsteil)"
        assert "»101«, »102«, »103«" in zeile(ergebnis, "Feld ortsteil")[2]
        assert zeile(ergebnis, "Änderung")[2] == "nichts zum Vergleichen im Archiv"

    @pytest.mark.parametrize(
        ("alt", "neu", "was", "gefunden"),
        [
            ("103;12", "999;12", "Feld ortsteil", "»999«"),
            ("103;12", "103;neun", "Zeichen", "»neun«"),
            ("103;12", "103;-12", "Zahlen", "»-12«"),
            ("103;12", "102;12", "Eindeutig", "Zeile 3 und Zeile 4"),
            ("103;12", "103;9.999", "Bereich", "9.999"),
            ("Einwohner\n", "Personen\n", "Wertspalte → einwohner", "Personen"),
        ],
    )
    def test_die_verletzte_regel_ist_rot(
        self, katalog: Path, tmp_path: Path, alt: str, neu: str, was: str, gefunden: str
    ) -> None:
        ergebnis = ruf("quelle", "pruefe", "probe", str(datei(tmp_path, TABELLE.replace(alt, neu, 1))))
        assert ergebnis.code == 1
        assert "Was tun: " in ergebnis.text
        assert gefunden in ergebnis.text
        if was.startswith("Wertspalte"):  # the format does not fit at all: the finding has a line of its own
            assert "Eine Spalte fehlt" in ergebnis.text
        else:
            rote = [z for z in ergebnis.text.splitlines() if z.startswith("│") and "✗" in z]
            namen = {z.strip("│ ").partition(" ")[0] for z in rote}
            assert namen - ({"Bereich"} if was == "Zahlen" else set()) == {was.partition(" ")[0]}

    def test_ein_ganz_anderes_format(self, katalog: Path, tmp_path: Path) -> None:
        ergebnis = ruf("quelle", "pruefe", "probe", str(datei(tmp_path, "<a><b><c>1</c></b></a>")))
        assert ergebnis.code == 1
        assert "kein deklariertes Format" in ergebnis.text
        assert "xml" in zeile(ergebnis, "Format")[2]

    def test_der_neueste_abruf_im_archiv_gegen_den_davor(self, katalog: Path, tmp_path: Path, archiv: Archiv) -> None:
        leer = ruf("quelle", "pruefe", "probe")
        assert leer.code == 0
        assert "kein Abruf im Archiv" in leer.text
        quelle = lade_quelle(katalog / "probe.yaml")
        for tag, text in ((1, TABELLE), (2, TABELLE + "31.12.2023;104;5\n")):
            jetzt = datetime(2026, 11, tag, tzinfo=UTC)
            pruefe_und_lege_ab(quelle, datei(tmp_path, text), archiv, stand=None, teil=None, jetzt=jetzt)
        ergebnis = ruf("quelle", "pruefe", "probe")
        assert ergebnis.code == 1
        assert "abgerufen am 01.11.2026" in ergebnis.text
        assert "Der Abruf weicht zu stark vom vorigen ab" in ergebnis.text
        angenommen = ruf(
            "quelle", "annehmen", "probe", "tabelle", "--regel", "aenderung", "--grund", "neuer Ortsteil gebildet"
        )
        assert angenommen.code == 0, angenommen.text
        danach = ruf("quelle", "pruefe", "probe")
        assert danach.code == 0, danach.text
        assert "neuer Ortsteil gebildet" in danach.text

    def test_das_beispielarchiv_haelt_seine_vertraege(self, katalog: Path, archiv: Archiv) -> None:
        archiv.uebernehmen(Archiv(BEISPIELARCHIV), "einwohner_ortsteil")
        ergebnis = ruf("quelle", "pruefe", "einwohner_ortsteil", "--teil", "alter")
        assert ergebnis.code == 0, ergebnis.text
        assert "staatsangehoerigkeit: " not in ergebnis.text.splitlines()[0]

    def test_falscher_gebrauch(self, katalog: Path, tmp_path: Path) -> None:
        assert ruf("quelle", "pruefe", "wetter").code == 2
        assert ruf("quelle", "pruefe", "probe", "--teil", "wetter").code == 2
        assert ruf("quelle", "pruefe", "probe", str(tmp_path / "nix.csv")).code == 1
        assert ruf("quelle").code == 2


class TestAnnehmen:
    def test_mit_grund_und_person(self, katalog: Path, tmp_path: Path, archiv: Archiv) -> None:
        beispieldatei("schulen", "verzeichnis", tmp_path)
        archiv.uebernehmen(Archiv(BEISPIELARCHIV), "einwohner_ortsteil")
        ergebnis = ruf(
            *("quelle", "annehmen", "einwohner_ortsteil", "alter", "--regel", "bereich"),
            *("--grund", "vom Amt am Telefon bestätigt", "--wer", "A. Muster"),
        )
        assert ergebnis.code == 0, ergebnis.text
        [annahme] = annahmen(archiv, "einwohner_ortsteil")
        assert (annahme.regel, annahme.wer, annahme.teil) == ("bereich", "A. Muster", "alter")
        liste = ruf("quelle", "annahmen")
        assert liste.code == 0
        for stueck in ("vom Amt am Telefon bestätigt", "A. Muster", "bereich", annahme.inhalt[:12]):
            assert stueck in liste.text

    def test_der_angemeldete_benutzer_ist_die_vorgabe(
        self, katalog: Path, archiv: Archiv, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOGNAME", "meier")
        archiv.uebernehmen(Archiv(BEISPIELARCHIV), "schulen")
        ruf("quelle", "annehmen", "schulen", "verzeichnis", "--regel", "aenderung", "--grund", "Schulen neu gezählt")
        assert [a.wer for a in annahmen(archiv, "schulen")] == ["meier"]

    @pytest.mark.parametrize(
        ("argumente", "code", "satz"),
        [
            (("probe", "tabelle", "--regel", "aenderung", "--grund", "lang genug ist er"), 1, "kein Abruf"),
            (("schulen", "verzeichnis", "--regel", "aenderung", "--grund", "kurz"), 1, "Grund"),
            (("schulen", "verzeichnis", "--regel", "eindeutig", "--grund", "lang genug ist er"), 2, "eindeutig"),
            (("schulen", "wetter", "--regel", "bereich", "--grund", "lang genug ist er"), 2, "unbekannter Teil"),
            (("schulen", "verzeichnis", "--regel", "bereich"), 2, "--grund"),
        ],
    )
    def test_was_nicht_geht(
        self, katalog: Path, archiv: Archiv, argumente: tuple[str, ...], code: int, satz: str
    ) -> None:
        archiv.uebernehmen(Archiv(BEISPIELARCHIV), "schulen")
        ergebnis = ruf("quelle", "annehmen", *argumente)
        assert ergebnis.code == code
        assert satz in ergebnis.text
        assert annahmen(archiv, "schulen") == []

    def test_nichts_angenommen(self, katalog: Path) -> None:
        ergebnis = ruf("quelle", "annahmen", "schulen")
        assert (ergebnis.code, "nichts angenommen" in ergebnis.text) == (0, True)
