"""The office's signature under a release note: ed25519 in minisign's format, so that any auditor's tool can check it.

Belongs here: keys and signatures as texts, signing and checking with ``cryptography``. Does not belong here: what is
signed (``beilagen``) and what a missing signature means (``pipelines.pruefe``).

The secret key comes from the environment only (``SOZIALRAUM_SIGNATURSCHLUESSEL``: the path of a key file, or the key
itself as one line of base64) and is never part of a message. A nightly run can type no password, so the key file must
be one without (``sozialraum schluessel``, or ``minisign -G -W``); protect it by the rights of the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

UMGEBUNG = "SOZIALRAUM_SIGNATURSCHLUESSEL"
ENDUNG = ".minisig"
KOMMENTAR = "untrusted comment: Unterschrift unter freigabe.json, pruefbar mit minisign"
_VERMERK = "trusted comment: "
_LEER = bytes(32 + 8 + 8)  # salt and limits of a password that there is none of
_LAENGE_GEHEIM, _LAENGE_OEFFENTLICH, _LAENGE_SIGNATUR = 158, 42, 74


class SignaturFehler(Exception):
    """A key or a signature is missing, unreadable or wrong; the text is German and holds no secret."""


@dataclass(frozen=True)
class OeffentlicherSchluessel:
    """A public key with the number that minisign gives a pair."""

    nummer: bytes
    roh: bytes

    @property
    def zeile(self) -> str:
        """One line of base64, as ``minisign -P`` takes it."""
        return base64.b64encode(b"Ed" + self.nummer + self.roh).decode()

    @property
    def kennung(self) -> str:
        """The pair's number as minisign prints it."""
        return self.nummer[::-1].hex().upper()


@dataclass(frozen=True)
class Schluessel:
    """A secret key; nothing secret is shown when it is printed."""

    nummer: bytes
    geheim: Ed25519PrivateKey = field(repr=False)

    @property
    def oeffentlich(self) -> OeffentlicherSchluessel:
        """The public half."""
        return OeffentlicherSchluessel(self.nummer, self.geheim.public_key().public_bytes_raw())


def neues_paar() -> tuple[str, str]:
    """Texts of a new secret and public key file."""
    geheim, nummer = Ed25519PrivateKey.generate(), os.urandom(8)
    oeffentlich = Schluessel(nummer, geheim).oeffentlich
    roh = b"Ed\0\0B2" + _LEER + nummer + geheim.private_bytes_raw() + oeffentlich.roh + bytes(32)
    kopf = "untrusted comment: minisign"
    return (
        f"{kopf} secret key without password\n{base64.b64encode(roh).decode()}\n",
        f"{kopf} public key {oeffentlich.kennung}\n{oeffentlich.zeile}\n",
    )


def schreibe_paar(datei: Path) -> Path:
    """Write a new pair: ``datei``, readable by its owner only, and beside it ``.pub``, whose path is returned.

    Raises ``SignaturFehler`` if one of them is there already or cannot be written.
    """
    oeffentlich = datei.with_name(f"{datei.name}.pub")
    if oeffentlich.exists():
        raise SignaturFehler(f"{oeffentlich} gibt es schon und wird nicht überschrieben. Was tun: anders benennen.")
    for pfad, text, rechte in zip((datei, oeffentlich), neues_paar(), (0o600, 0o644), strict=True):
        try:
            deskriptor = os.open(pfad, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rechte)
            with os.fdopen(deskriptor, "w", encoding="utf-8") as strom:
                strom.write(text)
        except OSError as fehler:
            raise SignaturFehler(
                f"{pfad} lässt sich nicht anlegen: {fehler.strerror}. Was tun: einen neuen Namen in einem Ordner mit "
                "Schreibrecht nennen; ein vorhandener Schlüssel wird nicht überschrieben."
            ) from None
    return oeffentlich


def aus_umgebung() -> Schluessel | None:
    """The key that the environment names, ``None`` if it names none. Raises ``SignaturFehler``."""
    angabe = os.environ.get(UMGEBUNG, "").strip()
    if not angabe:
        return None
    text = _wortlaut(angabe, f"Die Datei aus {UMGEBUNG}")
    try:
        return lies_geheim(text)
    except SignaturFehler as fehler:
        raise SignaturFehler(
            f"{UMGEBUNG} nennt weder eine lesbare Schlüsseldatei, noch ist es ein Schlüssel: {fehler}"
        ) from None


def lies_geheim(text: str) -> Schluessel:
    """A secret key from the text of its file or its line of base64. Raises ``SignaturFehler``."""
    roh = _base64(_letzte_zeile(text), _LAENGE_GEHEIM, "Der geheime Schlüssel")
    if roh[2:4] != b"\0\0":
        raise SignaturFehler(
            "Der geheime Schlüssel ist mit einem Kennwort geschützt, das ein Nachtlauf nicht eingeben kann. Erwartet: "
            "einer ohne Kennwort. Was tun: »sozialraum schluessel DATEI« oder »minisign -G -W« macht einen."
        )
    schluessel = Schluessel(roh[54:62], Ed25519PrivateKey.from_private_bytes(roh[62:94]))
    if roh[:6] != b"Ed\0\0B2" or schluessel.oeffentlich.roh != roh[94:126]:
        raise SignaturFehler("Der geheime Schlüssel ist beschädigt. Was tun: ihn aus der Sicherung wiederherstellen.")
    return schluessel


def lies_oeffentlich(angabe: str) -> OeffentlicherSchluessel:
    """A public key from a file's path, the text of the file or its line of base64. Raises ``SignaturFehler``."""
    roh = _base64(_letzte_zeile(_wortlaut(angabe, angabe)), _LAENGE_OEFFENTLICH, "Der öffentliche Schlüssel")
    if roh[:2] != b"Ed":
        raise SignaturFehler("Der öffentliche Schlüssel ist keiner für ed25519.")
    return OeffentlicherSchluessel(roh[2:10], roh[10:])


def unterschreibe(daten: bytes, schluessel: Schluessel, vermerk: str) -> str:
    """Text of the signature file: a prehashed signature, and one over it with the trusted comment."""
    signatur = schluessel.geheim.sign(_abdruck(daten))
    gesamt = schluessel.geheim.sign(signatur + vermerk.encode())
    zeile = base64.b64encode(b"ED" + schluessel.nummer + signatur).decode()
    return f"{KOMMENTAR}\n{zeile}\n{_VERMERK}{vermerk}\n{base64.b64encode(gesamt).decode()}\n"


def pruefe_unterschrift(daten: bytes, text: str, schluessel: OeffentlicherSchluessel) -> str:
    """The trusted comment of a signature that holds. Raises ``SignaturFehler`` that says what does not."""
    zeilen = text.split("\n")
    if len(zeilen) != 5 or zeilen[4] or not zeilen[0].startswith("untrusted comment: ") or zeilen[2][:17] != _VERMERK:
        raise SignaturFehler("die Unterschrift hat nicht das Format von minisign")
    kopf = _base64(zeilen[1], _LAENGE_SIGNATUR, "die Unterschrift")
    gesamt, vermerk = _base64(zeilen[3], 64, "die Unterschrift unter dem Vermerk"), zeilen[2][17:]
    if kopf[:2] != b"ED":
        raise SignaturFehler("die Unterschrift ist nicht von der Art ED (über blake2b)")
    if kopf[2:10] != schluessel.nummer:
        fremd = OeffentlicherSchluessel(kopf[2:10], b"").kennung
        raise SignaturFehler(f"die Unterschrift nennt den Schlüssel {fremd} statt {schluessel.kennung}")
    oeffentlich = Ed25519PublicKey.from_public_bytes(schluessel.roh)
    for signatur, worueber, was in (
        (kopf[10:], _abdruck(daten), "die Unterschrift passt nicht zu diesem Inhalt"),
        (gesamt, kopf[10:] + vermerk.encode(), "der Vermerk der Unterschrift wurde verändert"),
    ):
        try:
            oeffentlich.verify(signatur, worueber)
        except InvalidSignature:
            raise SignaturFehler(f"{was} (Schlüssel {schluessel.kennung})") from None
    return vermerk


def _wortlaut(angabe: str, wer: str) -> str:
    """The text of the file at this path, or the text itself if it is none."""
    if len(angabe) >= 1000 or not Path(angabe).is_file():
        return angabe
    try:
        return Path(angabe).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fehler:
        raise SignaturFehler(f"{wer} ist nicht lesbar ({type(fehler).__name__}).") from None


def _abdruck(daten: bytes) -> bytes:
    return hashlib.blake2b(daten, digest_size=64).digest()


def _letzte_zeile(text: str) -> str:
    zeilen = text.strip().splitlines()
    return zeilen[-1].strip() if zeilen else ""


def _base64(zeile: str, laenge: int, was: str) -> bytes:
    """Exactly this many bytes, written in the one way in which base64 writes them."""
    try:
        roh = base64.b64decode(zeile, validate=True)
    except (binascii.Error, ValueError):
        roh = b""
    if len(roh) != laenge or base64.b64encode(roh).decode() != zeile:
        raise SignaturFehler(f"{was} ist keine Zeile von {laenge} Bytes in base64, wie minisign sie schreibt")
    return roh
