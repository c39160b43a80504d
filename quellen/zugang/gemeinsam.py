"""What all portal protocols share: task and result, file names, reference dates, telling data from web pages.

Belongs here: rules that hold whatever the portal speaks. Does not belong here: any single protocol
(the modules beside this one) and the contents of the files (``lesen``).
"""

from __future__ import annotations

import calendar
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from requests.utils import requote_uri

from quellen.archiv import Abruf
from quellen.fehler import Befund, NochNichtDa, QuellenFehler
from quellen.holen import Abrufer, Antwort
from quellen.modell import Quelle, Stand, Teil
from quellen.zugang.genesis_tabelle import jahre, nur_kopf

BERLIN = ZoneInfo("Europe/Berlin")
SCHULSTICHTAG = (10, 15)
"""Month and day of the official school statistics; stands for a school year that a file name gives by its year."""
GENESISFORMATE = frozenset({"ffcsv", "datencsv", "genesis-csv"})
_HTML = re.compile(rb"(<\?xml[^>]*>)?\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TITEL = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"(?<!\d)(?:(\d{2})[._-](\d{2})[._-](\d{4})|(\d{4})[._-](\d{2})[._-](\d{2}))(?!\d)")


@dataclass(frozen=True)
class Geholt:
    """One fetched file. ``url`` is the publisher's address; ``kopf`` the kept headers in lower case."""

    url: str
    datei: str
    daten: bytes
    http_status: int
    kopf: dict[str, str]


@dataclass(frozen=True)
class Holung:
    """What one Teil's portal gave. ``unveraendert``: the last record still holds.

    Unchanged is a single ``Geholt`` with status 304 and no bytes, or no object at all where a portal says it in a
    message. ``hinweise``: what the portal wants known about its answer. ``weg`` is the name of the way taken,
    ``umwege`` what failed on the ways tried before (filled in by ``hole_teil``).
    """

    objekte: tuple[Geholt, ...]
    stand: date | None
    unveraendert: bool = False
    weg: str = ""
    umwege: tuple[str, ...] = ()
    hinweise: tuple[str, ...] = ()


@dataclass(frozen=True)
class Auftrag:
    """One Teil to fetch, with everything that a protocol needs for it. ``bisher`` allows conditional requests.

    ``quelle`` is the source as seen on one way (``Quelle.wege``). ``jahr`` is the year to fetch of a Teil with
    ``jahrgaenge``, else ``None``.
    """

    quelle: Quelle
    teil_name: str
    abrufer: Abrufer = field(repr=False)
    bisher: Abruf | None
    heute: date
    jahr: int | None = None

    @property
    def teil(self) -> Teil:
        """The declaration of the Teil."""
        return self.quelle.teile[self.teil_name]

    @property
    def basis(self) -> str:
        """Address of the portal without a slash at the end."""
        return self.quelle.zugang.basis.rstrip("/")

    def angabe(self, name: str, ersatz: object = None) -> str:
        """A value under ``zugang`` of the Teil, as text. Raises ``QuellenFehler`` if missing without ``ersatz``."""
        wert = self.teil.zugang.get(name, ersatz)
        if wert is None:
            raise fehler(
                "In der Deklaration fehlt eine Angabe",
                f"zugang mit {', '.join(self.teil.zugang) or 'nichts'}",
                f"zugang.{name} (Portal {self.quelle.zugang.portal})",
                f"teile.{self.teil_name}.zugang in der YAML-Datei ergänzen",
            )
        return str(wert)


def fehler(regel: str, gefunden: str, erwartet: str, tun: str, *, voruebergehend: bool = False) -> QuellenFehler:
    """A finding as an exception; source and Teil are added by ``zugang.hole_teil``."""
    befund = Befund(regel=regel, gefunden=gefunden, erwartet=erwartet, tun=tun)
    return QuellenFehler(befund, voruebergehend=voruebergehend)


def mit_ort(ursache: QuellenFehler, quelle: str, teil: str = "", datei: str = "") -> QuellenFehler:
    """The same fault with source, Teil and file filled in where its findings do not name them."""
    befunde = [
        replace(b, quelle=b.quelle or quelle, teil=b.teil or teil, datei=b.datei or datei) for b in ursache.befunde
    ]
    art = NochNichtDa if isinstance(ursache, NochNichtDa) else QuellenFehler
    return art(befunde, voruebergehend=ursache.voruebergehend)


def kurz(text: str, laenge: int = 300) -> str:
    """A text of a portal on one line, cut to ``laenge`` characters."""
    glatt = " ".join(text.split())
    return glatt if len(glatt) <= laenge else glatt[: laenge - 1] + "…"


def dateiname(url: str) -> str:
    """Decoded last part of an address's path, without anything that a file name cannot carry."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return re.sub(r"[\x00-\x1f/\\]", "_", name) or "antwort"


def pruefe_daten(antwort: Antwort) -> bytes:
    """The bytes of an answer. Raises ``QuellenFehler`` if they are empty or a web page."""
    anfang = antwort.daten[:100_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not anfang:
        raise fehler(
            "Die Antwort ist leer",
            f"HTTP {antwort.status} ohne Inhalt von {antwort.url}",
            "eine Datei",
            "später wiederholen und die Adresse im Browser prüfen",
            voruebergehend=True,
        )
    if _HTML.match(anfang):
        titel = _TITEL.search(anfang.decode("utf-8", "replace"))
        name = kurz(html.unescape(titel.group(1)), 120) if titel else "ohne Titel"
        raise fehler(
            "HTML statt Daten",
            f"die Webseite „{name}“ unter {antwort.url}",
            "eine Datei",
            "die Seite im Browser öffnen: Wartung, Anmeldung oder Umzug; dann wiederholen oder die Adresse anpassen",
        )
    return antwort.daten


def pruefe_tabelle(auftrag: Auftrag, daten: bytes, woher: str) -> None:
    """Refuse GENESIS tables that hold nothing or, for a fetch by year, another year; anything else passes.

    Both come with status 200. Raises ``NochNichtDa`` if a fetch by year finds none of its rows, else ``QuellenFehler``.
    """
    if not any(f.art in GENESISFORMATE for f in auftrag.teil.formate):
        return
    gefunden = jahre(daten) if auftrag.jahr is not None else None
    if nur_kopf(daten) or (gefunden and auftrag.jahr not in gefunden):
        befund = fehler(
            "Die Tabelle ist leer",
            f"eine Tabelle mit {'anderen Jahren: ' + _liste(gefunden) if gefunden else 'nur einem Kopf'} von {woher}",
            f"Zeilen{f' des Jahres {auftrag.jahr}' if auftrag.jahr is not None else ''}",
            "die Angaben unter zugang prüfen; manche Tabellen führt das Portal nur im Verzeichnis",
        )
        raise befund if auftrag.jahr is None else NochNichtDa(befund.befunde)
    if gefunden and gefunden != {auftrag.jahr}:
        raise fehler(
            "Die Tabelle enthält fremde Jahre",
            f"{_liste(gefunden)} von {woher}",
            f"nur {auftrag.jahr}, denn der Teil wird jahrweise abgerufen",
            "die Angaben unter zugang prüfen: Dieser Weg kann kein einzelnes Jahr liefern",
        )


def _liste(werte: set[int] | None) -> str:
    return ", ".join(map(str, sorted(werte or ())))


def lies_json(antwort: Antwort) -> dict[str, Any]:
    """An answer as a JSON object. Raises ``QuellenFehler`` if it is anything else."""
    try:
        inhalt = json.loads(pruefe_daten(antwort).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as ursache:
        raise fehler(
            "Die Antwort ist kein JSON",
            f"{kurz(str(ursache), 120)} in der Antwort von {antwort.url}",
            "ein JSON-Objekt",
            "die Adresse im Browser öffnen und das Portal unter zugang prüfen",
        ) from None
    if not isinstance(inhalt, dict):
        raise fehler(
            "Die Antwort hat eine andere Gestalt",
            f"JSON vom Typ {type(inhalt).__name__} von {antwort.url}",
            "ein JSON-Objekt",
            "die Adresse im Browser öffnen und das Portal unter zugang prüfen",
        )
    return inhalt


def tag_aus_text(text: str) -> date | None:
    """The last full date in a text (``TT.MM.JJJJ`` or ``JJJJ-MM-TT``; ``_`` and ``-`` as separators too)."""
    gefunden = None
    for t1, m1, j1, j2, m2, t2 in _TAG.findall(text):
        try:
            gefunden = date(int(j1 or j2), int(m1 or m2), int(t1 or t2))
        except ValueError:
            continue
    return gefunden


def tag_aus_dateiname(stand: Stand, name: str) -> date:
    """The reference date that the groups ``jahr``/``monat``/``tag`` of ``stand.muster`` find in a file name.

    A year alone means its last day, a month its last day; with ``art: schuljahr`` the year is the one in which
    the school year begins, and its statistics' day (15 October) stands for it. Raises ``QuellenFehler``.
    """
    treffer = re.search(stand.muster or "", name)
    texte = {k: v for k, v in (treffer.groupdict() if treffer else {}).items() if v and v.isdecimal()}
    gruppen = {k: int(v) for k, v in texte.items()}
    try:
        jahr = gruppen["jahr"] + (2000 if len(texte["jahr"]) == 2 else 0)
        if "monat" not in gruppen and stand.art == "schuljahr":
            return date(jahr, *SCHULSTICHTAG)
        monat = gruppen.get("monat", 12)
        return date(jahr, monat, gruppen["tag"] if "tag" in gruppen else calendar.monthrange(jahr, monat)[1])
    except (KeyError, ValueError):  # IllegalMonthError is a ValueError
        raise fehler(
            "Der Dateiname nennt keinen Stand",
            name,
            f"ein Name zum Muster {stand.muster} mit gültigem Datum",
            "stand.muster in der YAML-Datei anpassen; von Hand: --stand JJJJ-MM-TT angeben",
        ) from None


def stand_von(stand: Stand, datei: str, kopf: Mapping[str, str], heute: date) -> date | None:
    """The reference date of a fetched file after the Teil's rule; ``None`` if its rows carry it."""
    if stand.aus == "inhalt":
        return None
    if stand.aus == "dateiname":
        return tag_aus_dateiname(stand, datei)
    try:
        geaendert = parsedate_to_datetime(kopf.get("last-modified", ""))
    except ValueError:
        return heute
    if geaendert.tzinfo is None:
        geaendert = geaendert.replace(tzinfo=UTC)
    return min(geaendert.astimezone(BERLIN).date(), heute)


def berliner_tag(zeit: datetime) -> date:
    """The calendar day in Duisburg of a moment."""
    return zeit.astimezone(BERLIN).date()


def lade_datei(auftrag: Auftrag, url: str, *, auch: tuple[int, ...] = (), datei: str = "") -> Holung | None:
    """Fetch one file, conditionally if the last record has the same address. ``None`` for a status in ``auch``.

    ``datei`` names the archived file if its address does not. Raises ``QuellenFehler``; a refusal (403) counts as
    passing, because portals shut out robots for hours and let them in again.
    """
    bisher = auftrag.bisher
    alt = bisher.objekte[0] if bisher and len(bisher.objekte) == 1 else None
    bedingung = alt.kopf if alt is not None and alt.url == requote_uri(url) else None
    antwort = auftrag.abrufer.hole(url, auftrag.quelle.zugang, bisher=bedingung, auch=(*auch, 403))
    datei = datei or dateiname(antwort.url)
    if antwort.status == 304 and bisher is not None:
        return Holung((Geholt(antwort.url, datei, b"", 304, antwort.kopf),), bisher.stand, unveraendert=True)
    if antwort.status == 403:
        raise fehler(
            "Das Portal verweigert den Zugriff",
            f"HTTP 403 von {antwort.url}",
            "HTTP 200",
            "später wiederholen, denn oft ist es ein Schutz vor automatischen Abrufen, der von selbst wieder öffnet; "
            "sonst die Datei im Browser laden und mit »sozialraum ablegen« ablegen oder den Herausgeber ansprechen",
            voruebergehend=True,
        )
    if antwort.status != 200:
        return None
    daten = pruefe_daten(antwort)
    anfang = daten[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if anfang[:1] in (b"{", b"[") and not any(f.art in ("geojson", "json") for f in auftrag.teil.formate):
        raise fehler(
            "JSON statt Daten",
            f"{kurz(anfang.decode('utf-8', 'replace'), 160)} von {antwort.url}",
            "eine Datei als " + " oder ".join(dict.fromkeys(f.art for f in auftrag.teil.formate)),
            "die Meldung des Portals lesen; später wiederholen oder die Adresse anpassen",
        )
    pruefe_tabelle(auftrag, daten, antwort.url)
    stand = stand_von(auftrag.teil.stand, datei, antwort.kopf, auftrag.heute)
    return Holung((Geholt(antwort.url, datei, daten, antwort.status, antwort.kopf),), stand)
