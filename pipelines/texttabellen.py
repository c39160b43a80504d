"""Any file of a source as CSV: the text table with the source line of every record.

Belongs here: unwrapping, reading in a given or recognised form, writing. Does not belong here: the command's options.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from quellen.entwurf import lies_erkannt
from quellen.fehler import Befund, QuellenFehler
from quellen.lesen.huelle import entpacken
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import Format

GRENZE_BYTES = 2_000_000_000
_STUECK = 20_000


def schreibe_csv(datei: Path, angaben: Mapping[str, Any], ausgabe: BinaryIO, bemerke: Callable[[str], None]) -> None:
    """Write the table of a file as CSV in UTF-8, ``zeile`` first; what was guessed goes to ``bemerke``.

    ``angaben`` are keys of ``Format`` that somebody gave. Raises ``QuellenFehler``.
    """
    try:
        roh = datei.read_bytes()
    except OSError as fehler:
        raise _fehler(
            "Die Datei ist nicht lesbar", fehler.strerror or str(fehler), "eine Datei", "Pfad und Rechte prüfen", datei
        ) from None
    inhalt, innen = entpacken(roh, datei.name, GRENZE_BYTES)
    del roh
    if innen != datei.name:
        bemerke(f"Ausgepackt: {innen}")
    try:
        tabelle, format_ = lies_erkannt(inhalt, innen, angaben)
    except ValidationError as fehler:
        gefunden = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in fehler.errors())
        raise _fehler(
            "Die Angaben zum Format sind unbrauchbar", gefunden, "Werte wie unter formate in einer Deklaration",
            "die genannte Option berichtigen", datei,
        ) from None  # fmt: skip
    erkannt = _erkannt(format_, angaben)
    if erkannt:
        bemerke(f"Erkannt: {erkannt}")
    _schreibe(tabelle, ausgabe)


def _erkannt(format_: Format, angaben: Mapping[str, Any]) -> str:
    """What nobody gave, as options of the command."""
    werte = format_.model_dump(include={"art", "kodierung", "kopf_mit", "kopfzeilen", "fuss", "pfad", "element"})
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


def _schreibe(tabelle: Texttabelle, ausgabe: BinaryIO) -> None:
    spalten = ["zeile", *tabelle.spalten]
    text = io.TextIOWrapper(ausgabe, encoding="utf-8", newline="", write_through=False)
    try:
        schreiber = csv.writer(text, lineterminator="\n")
        schreiber.writerow(spalten)
        for beginn in range(0, len(tabelle.daten), _STUECK):
            stueck = tabelle.daten.iloc[beginn : beginn + _STUECK]
            schreiber.writerows(zip(*(stueck[s] for s in spalten), strict=True))
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
