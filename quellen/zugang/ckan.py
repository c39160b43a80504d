"""CKAN portals (action API of CKAN 2.10): find a package by its title, then a resource of it, and fetch that.

Belongs here: searching, showing, and the pages of the datastore with the proof that everything arrived. Does not belong
here: choosing among what a catalogue names (``verteilung``), comparing licences (``lizenz``), and contents.

Ids of packages and resources change whenever a portal harvests anew, so both are resolved for each retrieval. Search
words are plain ASCII, since an umlaut makes GovData fail with status 500; some portals pass over the words altogether,
so the title is always compared on our side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from quellen.holen import Antwort
from quellen.zugang.gemeinsam import Auftrag, Geholt, Holung, fehler, kurz, lade_datei, lies_json, stand_von
from quellen.zugang.lizenz import pruefe_lizenz
from quellen.zugang.verteilung import Verteilung, adresse, waehle_satz, waehle_verteilung

TREFFER = 100
"""Packages asked for per page of a search."""
HOECHSTENS_TREFFER = 2000
"""A search that finds more than this is too wide, or the portal does not heed its words."""
SEITE, HOECHSTENS_SEITE = 10_000, 32_000
"""Records asked for per page of a datastore, and the most that CKAN gives."""
_ABLEHNUNGEN = {
    400: "die Anfrage ist fehlerhaft (Bad request)",
    403: "der Zugriff ist nicht erlaubt (Authorization Error)",
    404: "nicht gefunden (Not Found Error)",
    409: "die Angaben sind ungültig (Validation Error)",
}


def hole(auftrag: Auftrag) -> Holung:
    """Fetch the newest resource that matches: the pages of its datastore (``datastore: true``) or its file.

    Raises ``QuellenFehler``; one that names what the portal offers instead if no package or no resource matches.
    """
    gefunden = waehle_satz(auftrag, "paket", _suche(auftrag), "Pakete")
    paket = _frage(auftrag, "package_show", {"id": str(gefunden.get("id") or gefunden.get("name") or "")})[1]
    aus_datastore = auftrag.teil.zugang.get("datastore") is True
    roh = {str(r.get("id") or ""): r for r in paket.get("resources") or [] if isinstance(r, dict)}
    alle = [
        Verteilung(
            " ".join(str(r.get("name") or "").split()),
            adresse(auftrag, r.get("url")),
            str(r.get("format") or "").strip(),
            kennung,
        )
        for kennung, r in roh.items()
    ]
    wahl = waehle_verteilung(auftrag, "ressource", alle, lambda v: bool(v.kennung if aus_datastore else v.url))
    ressource = roh[wahl.kennung]
    lizenzen = [ressource.get("license"), *(paket.get(f"license_{was}") for was in ("url", "id", "title"))]
    pruefe_lizenz(auftrag, lizenzen)
    if aus_datastore:
        return _datastore(auftrag, wahl, _geaendert(ressource, paket))
    holung = lade_datei(auftrag, wahl.url)
    assert holung is not None  # only with ``auch``
    return holung


def _suche(auftrag: Auftrag) -> list[dict[str, Any]]:
    """All packages that the portal finds for ``zugang.suche`` (and ``organisation``), page by page."""
    anfrage = {"q": _suchworte(auftrag)}
    if auftrag.teil.zugang.get("organisation"):
        anfrage["fq"] = f"organization:{auftrag.angabe('organisation')}"
    pakete: dict[str, dict[str, Any]] = {}
    ab, anzahl = 0, 1
    while ab < anzahl:
        _, ergebnis = _frage(auftrag, "package_search", {**anfrage, "rows": str(TREFFER), "start": str(ab)})
        anzahl, saetze = ergebnis.get("count", -1), ergebnis.get("results")
        if not isinstance(anzahl, int) or anzahl < 0 or not isinstance(saetze, list):
            _andere_gestalt(auftrag, "package_search", "count und results", ergebnis)
        if anzahl > HOECHSTENS_TREFFER:
            raise fehler(
                "Die Suche im Portal ist zu weit",
                f"{anzahl} Pakete zu {anfrage} ({auftrag.basis}); vielleicht übergeht das Portal die Suchworte",
                f"höchstens {HOECHSTENS_TREFFER}",
                f"teile.{auftrag.teil_name}.zugang.suche enger fassen oder organisation angeben",
            )
        if not saetze:
            break
        ab += len(saetze)
        pakete.update({str(s.get("id") or s.get("name")): s for s in saetze if isinstance(s, dict)})
    if len(pakete) < anzahl:
        raise fehler(
            "Die Trefferliste der Suche ist nicht vollständig angekommen",
            f"{len(pakete)} Pakete zu {anfrage} ({auftrag.basis})",
            f"{anzahl} Pakete, wie vom Portal angekündigt",
            "später wiederholen",
            voruebergehend=True,
        )
    return list(pakete.values())


def _suchworte(auftrag: Auftrag) -> str:
    roh = auftrag.teil.zugang.get("suche", "")
    worte = " ".join(map(str, roh)) if isinstance(roh, list | tuple) else str(roh)
    if not worte.isascii():
        raise fehler(
            "Ein Suchwort enthält Umlaute",
            worte,
            "Suchworte ohne Umlaute, denn manche Portale antworten sonst mit HTTP 500",
            f"teile.{auftrag.teil_name}.zugang.suche kürzen; genau unterscheidet erst das Muster paket",
        )
    return worte


@dataclass
class _Bestand:
    """What has arrived of a datastore so far."""

    angekuendigt: int | None = None
    seiten: list[Geholt] = field(default_factory=list)
    kennungen: set[str] = field(default_factory=set)
    anzahl: int = 0
    umfang: int = 0

    def nimm(self, auftrag: Auftrag, antwort: Antwort, ergebnis: dict[str, Any]) -> int:
        """Add one page; returns its number of records. Raises ``QuellenFehler`` for a page that does not fit."""
        gesamt, saetze = ergebnis.get("total"), ergebnis.get("records")
        if not isinstance(gesamt, int) or not isinstance(saetze, list):
            _andere_gestalt(auftrag, "datastore_search", "total und records", ergebnis)
        if self.angekuendigt is None:
            self.angekuendigt = gesamt
        elif gesamt != self.angekuendigt:
            raise fehler(
                "Die Tabelle hat sich während des Abrufs geändert",
                f"nach {self.anzahl} Sätzen {gesamt} statt {self.angekuendigt} Sätze ({antwort.url})",
                "eine gleichbleibende Zahl von Sätzen",
                "später wiederholen; nichts wurde archiviert",
                voruebergehend=True,
            )
        for satz in saetze:
            kennung = satz.get("_id") if isinstance(satz, dict) else None
            if kennung is None:
                _andere_gestalt(auftrag, "datastore_search", "Sätze mit _id", satz)
            self.kennungen.add(str(kennung))
        if saetze:
            datei = f"{auftrag.teil_name}-{len(self.seiten) + 1:04d}.json"
            self.seiten.append(Geholt(antwort.url, datei, antwort.daten, antwort.status, antwort.kopf))
        self.anzahl += len(saetze)
        self.umfang += len(antwort.daten)
        return len(saetze)


def _datastore(auftrag: Auftrag, wahl: Verteilung, geaendert: str) -> Holung:
    """All pages of a resource's datastore, as they came. Raises ``QuellenFehler`` unless exactly the total arrived."""
    seite = min(int(auftrag.angabe("seite", SEITE)), HOECHSTENS_SEITE)
    anfrage = {"resource_id": wahl.kennung, "sort": "_id", "limit": str(seite)}
    bestand = _Bestand()
    frist = auftrag.abrufer.uhr() + auftrag.quelle.zugang.hoechstdauer_s
    while bestand.angekuendigt is None or bestand.anzahl < bestand.angekuendigt:
        antwort, ergebnis = _frage(auftrag, "datastore_search", {**anfrage, "offset": str(bestand.anzahl)})
        neu = bestand.nimm(auftrag, antwort, ergebnis)
        if not neu or bestand.umfang > auftrag.quelle.zugang.hoechstbytes or auftrag.abrufer.uhr() > frist:
            break
    anzahl, verschieden = bestand.anzahl, len(bestand.kennungen)
    if not bestand.seiten or not anzahl == bestand.angekuendigt == verschieden:
        doppelt = f", davon nur {verschieden} verschiedene" if verschieden != anzahl else ""
        raise fehler(
            "Die Tabelle ist nicht vollständig angekommen",
            f"{anzahl} Sätze{doppelt} von „{wahl}“ ({auftrag.basis})",
            f"{bestand.angekuendigt} Sätze, wie vom Portal angekündigt" if bestand.angekuendigt else "mindestens einer",
            "später wiederholen; nichts wurde archiviert",
            voruebergehend=True,
        )
    kopf = {"last-modified": geaendert} if geaendert else bestand.seiten[-1].kopf
    return Holung(tuple(bestand.seiten), stand_von(auftrag.teil.stand, wahl.name or wahl.titel, kopf, auftrag.heute))


def _geaendert(ressource: dict[str, Any], paket: dict[str, Any]) -> str:
    """When the data were last changed, as an HTTP date; empty if the portal does not say. CKAN's times are UTC."""
    for wert in (ressource.get("last_modified"), paket.get("metadata_modified")):
        try:
            zeit = datetime.fromisoformat(str(wert))
        except ValueError:
            continue
        return format_datetime((zeit if zeit.tzinfo else zeit.replace(tzinfo=UTC)).astimezone(UTC), usegmt=True)
    return ""


def _frage(auftrag: Auftrag, aktion: str, werte: dict[str, str]) -> tuple[Antwort, dict[str, Any]]:
    """One call of the API: the answer and its ``result``. Faults come with status 200 too."""
    url = f"{auftrag.basis}/{aktion}?{urlencode(werte, quote_via=quote)}"
    antwort = auftrag.abrufer.hole(url, auftrag.quelle.zugang, auch=tuple(_ABLEHNUNGEN))
    if antwort.status in _ABLEHNUNGEN:
        _abgelehnt(auftrag, aktion, f"HTTP {antwort.status}: {_ABLEHNUNGEN[antwort.status]} ({url})")
    inhalt = lies_json(antwort)
    if inhalt.get("success") is not True:
        meldung = inhalt.get("error")
        if isinstance(meldung, dict):
            meldung = ", ".join(f"{name}: {wert}" for name, wert in meldung.items())
        _abgelehnt(auftrag, aktion, f"{kurz(str(meldung or 'ohne success'))} ({url})")
    ergebnis = inhalt.get("result")
    if not isinstance(ergebnis, dict):
        _andere_gestalt(auftrag, aktion, "ein Objekt result", inhalt)
    return antwort, ergebnis


def _abgelehnt(auftrag: Auftrag, aktion: str, gefunden: str) -> NoReturn:
    """Raise: the portal refuses. Passing, because a portal that harvests anew does not know its ids for a while."""
    tun = {
        "datastore_search": "hat die Ressource keinen Datastore, datastore: true unter "
        f"teile.{auftrag.teil_name}.zugang streichen (dann wird die Datei geholt)",
        "package_show": "die Seite der Quelle im Browser öffnen",
    }.get(aktion, f"basis und teile.{auftrag.teil_name}.zugang prüfen")
    raise fehler(
        "Das Portal lehnt die Anfrage ab",
        gefunden,
        f"eine Antwort auf {aktion} mit success: true",
        f"später wiederholen, denn beim Neuernten wechseln die Kennungen; bleibt es dabei: {tun}",
        voruebergehend=True,
    )


def _andere_gestalt(auftrag: Auftrag, aktion: str, erwartet: str, gefunden: object) -> NoReturn:
    gestalt = ", ".join(map(str, gefunden)) if isinstance(gefunden, dict) else type(gefunden).__name__
    raise fehler(
        "Die Antwort des Portals hat eine andere Gestalt",
        f"{aktion} von {auftrag.basis} mit {kurz(gestalt, 160) or 'nichts'}",
        erwartet,
        "prüfen, ob das Portal noch CKAN ist, und zugang.portal anpassen",
    )
