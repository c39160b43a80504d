"""Any file of a source as CSV: the text table with the source line of every record.

Belongs here: unwrapping, reading in a given or recognised form, writing. Does not belong here: the command's options.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from quellen.entwurf import lies_erkannt, rate_format
from quellen.fehler import ZIP_FEHLER, Befund, QuellenFehler
from quellen.lesen import lesen_stueckweise
from quellen.lesen.huelle import entpacken
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import Format

GRENZE_BYTES = 2_000_000_000
GANZ_BYTES = 32_000_000
"""A larger CSV is read in pieces."""
PROBE_BYTES = 4_000_000
_STUECK = 20_000


def schreibe_csv(datei: Path, angaben: Mapping[str, Any], ausgabe: BinaryIO, bemerke: Callable[[str], None]) -> None:
    """Write the table of a file as CSV in UTF-8, ``zeile`` first; guesses and deviations go to ``bemerke``.

    ``angaben`` are keys of ``Format`` that somebody gave, and ``innen`` (see ``Teil.innen``). A large CSV is read in
    pieces: memory does not grow with it, and a fault further down comes after the lines before it. Raises
    ``QuellenFehler``.
    """
    innen_muster = angaben.get("innen")
    angaben = {k: w for k, w in angaben.items() if k != "innen"}
    try:
        groesse = datei.stat().st_size
        probe = _probe(datei) if groesse > GANZ_BYTES and innen_muster is None else b""
        art = rate_format(probe, angaben).art if probe else ""
        if art in ("csv", "ffcsv"):
            format_ = rate_format(probe, angaben)
            _sage_erkanntes(format_, angaben, bemerke)
            with datei.open("rb") as strom:
                _schreibe(lesen_stueckweise(strom, format_, datei=datei.name), ausgabe, bemerke)
            return
        roh = datei.read_bytes()
    except OSError as fehler:
        if isinstance(fehler, BrokenPipeError):
            raise
        raise _fehler(
            "Die Datei ist nicht lesbar", fehler.strerror or str(fehler), "eine Datei", "Pfad und Rechte prüfen", datei
        ) from None
    except ValidationError as fehler:
        raise _unbrauchbar(fehler, datei) from None
    inhalt, innen = entpacken(roh, datei.name, GRENZE_BYTES, innen=innen_muster)
    del roh
    if innen != datei.name:
        bemerke(f"Ausgepackt: {innen}")
    try:
        tabelle, format_ = lies_erkannt(inhalt, innen, angaben)
    except ValidationError as fehler:
        raise _unbrauchbar(fehler, datei) from None
    _sage_erkanntes(format_, angaben, bemerke)
    _schreibe([tabelle], ausgabe, bemerke)


def _probe(datei: Path) -> bytes:
    """The beginning of a file, or of the first one in a ZIP."""
    if zipfile.is_zipfile(datei):
        try:
            with zipfile.ZipFile(datei) as archiv:
                eintraege = [e for e in archiv.infolist() if not e.is_dir()]
                if len(eintraege) != 1:
                    return b""
                with archiv.open(eintraege[0]) as offen:
                    return _ganze_zeilen(offen.read(PROBE_BYTES))
        except ZIP_FEHLER:
            return b""
    with datei.open("rb") as offen_:
        return _ganze_zeilen(offen_.read(PROBE_BYTES))


def _ganze_zeilen(daten: bytes) -> bytes:
    return daten[: daten.rfind(b"\n") + 1] or daten


def _unbrauchbar(fehler: ValidationError, datei: Path) -> QuellenFehler:
    gefunden = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in fehler.errors())
    return _fehler(
        "Die Angaben zum Format sind unbrauchbar",
        gefunden,
        "Werte wie unter formate in einer Deklaration",
        "die genannte Option berichtigen",
        datei,
    )


def _sage_erkanntes(format_: Format, angaben: Mapping[str, Any], bemerke: Callable[[str], None]) -> None:
    erkannt = _erkannt(format_, angaben)
    if erkannt:
        bemerke(f"Erkannt: {erkannt}")


def _erkannt(format_: Format, angaben: Mapping[str, Any]) -> str:
    """What nobody gave, as options of the command."""
    werte = format_.model_dump(
        include={"art", "kodierung", "kopf_mit", "kopfzeilen", "fuss", "blatt", "pfad", "element"}
    )
    if format_.art in ("csv", "ffcsv", "datencsv", "genesis-csv"):
        werte["trenner"] = format_.trenner
    if format_.art == "xlsx":
        del werte["kodierung"]
    namen = {"art": "format"}
    texte = []
    for name, wert in werte.items():
        if name in angaben or wert in ("", None, ()) or (name == "kopfzeilen" and wert == 1):
            continue
        option = f"--{namen.get(name, name).replace('_', '-')}"
        texte += [f"{option} {w!r}" if str(w).strip() != str(w) or " " in str(w) else f"{option} {w}" for w in (
            wert if isinstance(wert, tuple) else (wert,)
        )]  # fmt: skip
    return " ".join(texte)


def _schreibe(tabellen: Iterable[Texttabelle], ausgabe: BinaryIO, bemerke: Callable[[str], None]) -> None:
    text = io.TextIOWrapper(ausgabe, encoding="utf-8", newline="", write_through=False)
    spalten: list[str] = []
    try:
        schreiber = csv.writer(text, lineterminator="\n")
        for tabelle in tabellen:
            if not spalten:
                spalten = ["zeile", *tabelle.spalten]
                schreiber.writerow(spalten)
            for beginn in range(0, len(tabelle.daten), _STUECK):
                stueck = tabelle.daten.iloc[beginn : beginn + _STUECK]
                schreiber.writerows(zip(*(stueck[s] for s in spalten), strict=True))
            for abweichung in tabelle.abweichungen:
                bemerke(str(abweichung))
        text.flush()
    finally:
        _loese(text)


def _loese(text: io.TextIOWrapper) -> None:
    """Give the stream back without closing it; what a broken pipe did not take is dropped."""
    try:
        text.detach()
    except (BrokenPipeError, ValueError):
        return


def _fehler(regel: str, gefunden: str, erwartet: str, tun: str, datei: Path) -> QuellenFehler:
    return QuellenFehler(Befund(regel=regel, gefunden=gefunden, erwartet=erwartet, tun=tun, datei=datei.name))
