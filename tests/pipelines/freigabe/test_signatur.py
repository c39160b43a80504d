"""Keys and signatures in minisign's format; the known answer was made by minisign 0.11 itself."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from kleinlager import Klein

from pipelines.freigabe import FreigabeFehler, baue
from pipelines.freigabe.signatur import (
    KOMMENTAR,
    UMGEBUNG,
    Schluessel,
    SignaturFehler,
    aus_umgebung,
    lies_geheim,
    lies_oeffentlich,
    neues_paar,
    pruefe_unterschrift,
    schreibe_paar,
    unterschreibe,
)

# a pair made for this test by "minisign -G -W", and what "minisign -S -t 'Freigabe abc'" made of DATEN with it
GEHEIM = (
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7kX7TIlHEJEKMLBtWmS2TtT3omE70kdN"
    "8+txsW5H5tTnSjscyBK48P5q0zPPryHnPfaEqtkYlAfzgkeLcIAvJfrdRgGM4vU1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)
OEFFENTLICH = "RWTuRftMiUcQkf5q0zPPryHnPfaEqtkYlAfzgkeLcIAvJfrdRgGM4vU1"
DATEN, VERMERK = b"hallo\n", "Freigabe abc"
SIGNATUR = """untrusted comment: signature from minisign secret key
RUTuRftMiUcQkdjMxkXT5m2rJPe9tEZS/4QOoPNnQXgtnNcPVQGikOY7rhXUxQZ+zboesIDqsCA88MKsKeP7uabWXI+KPUIcDww=
trusted comment: Freigabe abc
+8U6LLeDdrqMmkeSfPWeOMt8Cp3vg5BNiep+UBB9r6YXYqdUCTLede6r4MSYclITzS9xGCDrrXo3RW5kaKbVAg==
"""


@pytest.fixture
def amt() -> Schluessel:
    return lies_geheim(GEHEIM)


def test_bekannte_antwort_von_minisign(amt: Schluessel) -> None:
    """Signatures of ed25519 are determined, so ours must be minisign's, apart from the comment that nobody trusts."""
    assert unterschreibe(DATEN, amt, VERMERK).split("\n")[1:] == SIGNATUR.split("\n")[1:]
    assert amt.oeffentlich.zeile == OEFFENTLICH
    assert amt.oeffentlich.kennung == "911047894CFB45EE"
    assert pruefe_unterschrift(DATEN, SIGNATUR, lies_oeffentlich(OEFFENTLICH)) == VERMERK


def test_ein_neues_paar_unterschreibt_und_prueft() -> None:
    geheim, oeffentlich = neues_paar()
    text = unterschreibe(b"", lies_geheim(geheim), "Freigabe ü")
    assert text.startswith(f"{KOMMENTAR}\n")
    assert pruefe_unterschrift(b"", text, lies_oeffentlich(oeffentlich)) == "Freigabe ü"
    assert neues_paar() != neues_paar()


def test_jedes_gekippte_bit_der_unterschrift_faellt_auf(amt: Schluessel) -> None:
    gut = unterschreibe(DATEN, amt, VERMERK).encode()
    ab = len(KOMMENTAR) + 1  # who reads a release compares this line as a whole
    for stelle in range(ab, len(gut)):
        for bit in (0, 3, 6):
            schlecht = gut[:stelle] + bytes([gut[stelle] ^ 1 << bit]) + gut[stelle + 1 :]
            with pytest.raises(SignaturFehler):
                pruefe_unterschrift(DATEN, schlecht.decode("utf-8", errors="replace"), amt.oeffentlich)


@pytest.mark.parametrize(
    ("daten", "text", "meldung"),
    [
        (b"hallo!\n", SIGNATUR, "passt nicht zu diesem Inhalt"),
        (DATEN, SIGNATUR.replace("Freigabe abc", "Freigabe abd"), "der Vermerk der Unterschrift wurde verändert"),
        (DATEN, SIGNATUR.replace("RUTuRftM", "RUTuRftN"), "nennt den Schlüssel"),
        (DATEN, SIGNATUR.replace("\nRUTu", "\nRWTu"), "nicht von der Art ED"),
        (DATEN, SIGNATUR + "\n", "nicht das Format von minisign"),
        (DATEN, "", "nicht das Format von minisign"),
        (DATEN, SIGNATUR.replace("\nRUTu", "\n RUTu"), "ist keine Zeile von 74 Bytes in base64"),
    ],
)
def test_was_nicht_stimmt_wird_benannt(amt: Schluessel, daten: bytes, text: str, meldung: str) -> None:
    with pytest.raises(SignaturFehler, match=meldung):
        pruefe_unterschrift(daten, text, amt.oeffentlich)


def test_der_schluessel_eines_anderen_faellt_auf(amt: Schluessel) -> None:
    fremd = lies_geheim(neues_paar()[0])
    mit_seiner_nummer = Schluessel(amt.nummer, fremd.geheim)
    with pytest.raises(SignaturFehler, match="nennt den Schlüssel"):
        pruefe_unterschrift(DATEN, unterschreibe(DATEN, fremd, VERMERK), amt.oeffentlich)
    with pytest.raises(SignaturFehler, match="passt nicht zu diesem Inhalt"):
        pruefe_unterschrift(DATEN, unterschreibe(DATEN, mit_seiner_nummer, VERMERK), amt.oeffentlich)


def test_schluessel_aus_der_umgebung_als_datei_oder_selbst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aus_umgebung() is None
    oeffentlich = schreibe_paar(tmp_path / "amt.key")
    assert stat.S_IMODE((tmp_path / "amt.key").stat().st_mode) == 0o600
    for angabe in (str(tmp_path / "amt.key"), (tmp_path / "amt.key").read_text().splitlines()[1]):
        monkeypatch.setenv(UMGEBUNG, angabe)
        schluessel = aus_umgebung()
        assert schluessel is not None
        assert schluessel.oeffentlich == lies_oeffentlich(str(oeffentlich))


def test_ein_vorhandener_schluessel_wird_nicht_ueberschrieben(tmp_path: Path) -> None:
    schreibe_paar(tmp_path / "amt.key")
    vorher = (tmp_path / "amt.key").read_bytes()
    with pytest.raises(SignaturFehler, match="wird nicht überschrieben"):
        schreibe_paar(tmp_path / "amt.key")
    (tmp_path / "amt.key.pub").unlink()
    with pytest.raises(SignaturFehler, match="lässt sich nicht anlegen"):
        schreibe_paar(tmp_path / "amt.key")
    assert (tmp_path / "amt.key").read_bytes() == vorher


def _mit_kennwort() -> str:
    roh = base64.b64decode(GEHEIM)
    return base64.b64encode(roh[:2] + b"Sc" + roh[4:]).decode()


def _beschaedigt() -> str:
    roh = bytearray(base64.b64decode(GEHEIM))
    roh[70] ^= 1
    return base64.b64encode(roh).decode()


@pytest.mark.parametrize(
    ("angabe", "meldung"),
    [
        ("/gibt/es/nicht.key", "weder eine lesbare Schlüsseldatei"),
        (OEFFENTLICH, "keine Zeile von 158 Bytes"),
        (GEHEIM[:-8], "keine Zeile von 158 Bytes"),
        (_mit_kennwort(), "mit einem Kennwort geschützt"),
        (_beschaedigt(), "ist beschädigt"),
    ],
)
def test_ein_unbrauchbarer_schluessel_ist_ein_fehler_der_ihn_nicht_verraet(
    monkeypatch: pytest.MonkeyPatch, angabe: str, meldung: str
) -> None:
    monkeypatch.setenv(UMGEBUNG, angabe)
    with pytest.raises(SignaturFehler, match=meldung) as gefangen:
        aus_umgebung()
    assert angabe not in str(gefangen.value)


def test_ohne_brauchbaren_schluessel_entsteht_keine_freigabe(
    klein: Klein, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UMGEBUNG, "unsinn")
    with pytest.raises(FreigabeFehler, match="Die Freigabe kann nicht unterschrieben werden"):
        baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv)
    assert not (tmp_path / "neu").exists()


def test_eine_unterschriebene_freigabe(
    klein: Klein, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amt: Schluessel
) -> None:
    monkeypatch.setenv(UMGEBUNG, GEHEIM)
    ordner = baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv).ordner
    schein = (ordner / "freigabe.json").read_bytes()
    unterschrift = (ordner / "freigabe.json.minisig").read_text(encoding="utf-8")
    assert pruefe_unterschrift(schein, unterschrift, amt.oeffentlich) == "Freigabe f1"
    assert f'"signaturschluessel": "{OEFFENTLICH}"'.encode() in schein
    for datei in (p for p in ordner.rglob("*") if p.is_file()):
        assert GEHEIM.encode() not in datei.read_bytes()
    assert GEHEIM not in repr(amt)
