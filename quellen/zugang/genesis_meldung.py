"""What GENESIS says in place of a table: the status of its JSON answers and what follows from each code.

Belongs here: codes, their reading and the faults that they become. Does not belong here: the conversation
(``genesis_sitzung``). Codes: 0 fine, 22 fine with changed parameters, 50 nothing new, 90 no such table, 98 too large
without a job, 99 and 100 job taken on, 104 no object, 6 too many requests at once, -1 any other fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.zugang.gemeinsam import Auftrag, fehler, kurz
from quellen.zugang.genesis_konto import Zugangsdaten

SYSTEMFEHLER, GUT, AUSGELASTET, ANGEPASST, NICHTS_NEUES = -1, 0, 6, 22, 50
OHNE_TABELLE, ZU_GROSS, AUFTRAG, KEIN_OBJEKT = 90, 98, (99, 100), 104
_ARTEN = {"error": "Fehler", "warning": "Warnung", "information": "Information"}
_NICHTS_DA = re.compile(r"(?i)\bkeine?\s+(daten|objekt|werte)|\bno (data|objects|values)\b")


@dataclass(frozen=True)
class Meldung:
    """The ``Status`` of a JSON answer. ``code`` is ``None`` where it is a mere text (logincheck) or missing."""

    code: int | None
    text: str
    art: str

    @classmethod
    def aus(cls, inhalt: dict[str, Any], daten: Zugangsdaten) -> Meldung:
        """Read ``Status``, be it an object or a text; ``Type`` is spelled in German or English, upper or lower case."""
        status = inhalt.get("Status")
        if isinstance(status, dict):
            roh, text, art = str(status.get("Code")), str(status.get("Content") or ""), str(status.get("Type") or "")
            code = int(roh) if re.fullmatch(r"-?\d{1,6}", roh) else None
        else:
            code, text, art = None, str(status or "ohne Status"), ""
        art = _ARTEN.get(art.lower(), art.capitalize())
        return cls(code, kurz(daten.geschwaerzt(text)), daten.geschwaerzt(art))

    @property
    def ist_gut(self) -> bool:
        """Whether the request was carried out, as asked or with changed parameters."""
        return self.code in (GUT, ANGEPASST)

    @property
    def sagt_nichts_da(self) -> bool:
        """Whether it says that there are no figures for what was asked."""
        return self.code == KEIN_OBJEKT or (self.code == SYSTEMFEHLER and bool(_NICHTS_DA.search(self.text)))

    def __str__(self) -> str:
        code = self.code if self.code is not None else "fehlt"
        return f"Code {code}{f' ({self.art})' if self.art else ''}: {self.text}"


def fehlschlag(auftrag: Auftrag, meldung: Meldung | None) -> QuellenFehler:
    """The fault that a message means where a table was expected; ``NochNichtDa`` for a year without figures."""
    tun = {
        OHNE_TABELLE: "zugang.tabelle in der YAML-Datei prüfen: Die Tabelle wurde umbenannt oder aufgegeben",
        ANGEPASST: "die Parameter unter zugang prüfen, GENESIS hat sie geändert und keine Tabelle geschickt",
        KEIN_OBJEKT: "zugang.tabelle und die Jahre unter zugang prüfen",
    }.get(
        meldung.code if meldung and meldung.code is not None else GUT,
        "die Meldung lesen; die Parameter unter zugang prüfen oder später wiederholen",
    )
    jahr = f", Jahr {auftrag.jahr}" if auftrag.jahr is not None else ""
    nichts_da = meldung is not None and meldung.sagt_nichts_da
    befund = fehler(
        "GENESIS liefert die Tabelle nicht",
        f"{meldung or 'eine Datei, wo eine Meldung stehen müsste'} (Tabelle {auftrag.angabe('tabelle')}{jahr})",
        "die Tabelle",
        tun,
        voruebergehend=meldung is not None and meldung.code == SYSTEMFEHLER and not nichts_da,
    )
    return NochNichtDa(befund.befunde) if nichts_da and auftrag.jahr is not None else befund


def abgelehnt(auftrag: Auftrag, woran: str, variablen: tuple[str, str]) -> QuellenFehler:
    """The database does not take the credentials; ``woran``: by what that was seen."""
    return fehler(
        "GENESIS lehnt die Zugangsdaten ab",
        woran,
        "ein gültiges Konto dieses Portals; jede Datenbank der Familie führt eigene Konten, nicht jede nimmt Token",
        f"{' und '.join(variablen)} prüfen und im Browser am Portal anmelden ({auftrag.quelle.zugang.hosts[0]})",
    )
