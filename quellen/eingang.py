"""Files that staff fetched by hand, taken into the archive like any other retrieval.

Belongs here: which Teil a file is, its reference date, and its record. Does not belong here: checking its contents
(done by the caller with ``vertrag``) and watching the folder.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from quellen.archiv import Abruf, Archiv, Objekt
from quellen.fehler import Befund, QuellenFehler
from quellen.lesen import inhaltshash
from quellen.modell import Quelle
from quellen.zugang.gemeinsam import berliner_tag, mit_ort, tag_aus_dateiname, tag_aus_text


def lege_ab(
    quelle: Quelle,
    datei: Path,
    archiv: Archiv,
    *,
    stand: date | None,
    teil: str | None,
    jetzt: datetime,
    jahrgang: int | None = None,
) -> Abruf:
    """Archive a file as a retrieval of ``quelle`` and return the record.

    ``teil`` and ``stand`` (``--stand``) win over what the file name says; ``jahrgang`` is the year it holds of a table
    that is fetched by year. Raises ``QuellenFehler`` if the file cannot
    be read, is empty or too large, or if its Teil or Stand stays unclear.
    """
    name = datei.name
    try:
        teil_name = teil_der_datei(quelle, name, teil)
        daten = _lies(datei, quelle.zugang.hoechstbytes)
        regel = quelle.teile[teil_name]
        if stand is None and regel.stand.aus == "dateiname":
            stand = tag_aus_dateiname(regel.stand, name)
        elif stand is None and regel.stand.aus == "abruf":
            stand = tag_aus_text(name) or berliner_tag(jetzt)
        objekt = Objekt(sha256=archiv.ablegen(daten), bytes=len(daten), datei=name, url=f"eingang:{name}")
        inhalt = inhaltshash([daten], regel)
    except QuellenFehler as fehler:
        raise mit_ort(fehler, quelle.id, datei=name) from None
    abruf = Abruf(
        quelle=quelle.id,
        teil=teil_name,
        abgerufen_am=jetzt,
        datenart="eingang",
        weg="eingang",
        lizenz=quelle.lizenz.id,
        inhalt=inhalt,
        objekte=(objekt,),
        stand=stand,
        jahrgang=jahrgang,
    )
    archiv.verzeichnen(abruf)
    return abruf


def teil_der_datei(quelle: Quelle, name: str, teil: str | None) -> str:
    """The Teil that was asked for, that the name matches, or the only one. Raises ``QuellenFehler`` if unclear."""
    if teil is not None and teil in quelle.teile:
        return teil
    passend = [t for t, regel in quelle.teile.items() if re.fullmatch(regel.dateimuster, name)]
    if teil is None and len(passend) == 1:
        return passend[0]
    if teil is None and len(quelle.teile) == 1:
        return next(iter(quelle.teile))
    gefunden = f"Teil {teil}" if teil is not None else f"{name} passt zu " + (", ".join(passend) or "keinem Teil")
    muster = "; ".join(f"{t} ({regel.dateimuster})" for t, regel in quelle.teile.items())
    raise QuellenFehler(
        Befund(
            regel="Es ist unklar, welcher Teil der Quelle die Datei ist",
            gefunden=gefunden,
            erwartet=f"genau einer der Teile {muster}",
            tun="die Datei umbenennen, sodass ihr Name zu einem Muster passt, oder den Teil angeben",
        )
    )


def _lies(datei: Path, hoechstens: int) -> bytes:
    """All bytes of a file, refusing more than ``hoechstens`` without reading them."""
    try:
        with datei.open("rb") as offen:
            daten = offen.read(hoechstens + 1)
    except OSError as fehler:
        raise _dateifehler(
            f"{datei}: {fehler.strerror or fehler}", "eine lesbare Datei", "Pfad und Rechte prüfen"
        ) from None
    if not daten:
        raise _dateifehler("0 Bytes", "eine Datei mit Inhalt", "die Datei neu herunterladen und noch einmal ablegen")
    if len(daten) > hoechstens:
        raise _dateifehler(
            f"mehr als {hoechstens} Bytes",
            f"höchstens {hoechstens} Bytes",
            "prüfen, ob es die richtige Datei ist; wenn ja, zugang.hoechstbytes der Quelle anheben",
        )
    return daten


def _dateifehler(gefunden: str, erwartet: str, tun: str) -> QuellenFehler:
    return QuellenFehler(Befund(regel="Die Datei ist nicht brauchbar", gefunden=gefunden, erwartet=erwartet, tun=tun))
