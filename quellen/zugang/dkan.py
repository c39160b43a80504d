"""DKAN portals: find a file by its titles in ``data.json`` (Project Open Data 1.1), then fetch it.

Belongs here: reading that catalogue with its known weaknesses. Does not belong here: the contents of the files.

File addresses die with every update (the date stands in the file name, Drupal appends ``_0``), so the address is
resolved anew for each retrieval, by the patterns ``titel`` and ``verteilung`` of the declaration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from quellen.zugang.gemeinsam import Auftrag, Holung, dateiname, fehler, kurz, lade_datei, lies_json, tag_aus_text

HOECHSTENS_GENANNT = 40
_ENDUNG = re.compile(r"(?:_(\d{1,3}))?(?:\.\w+)?$")
_JAHR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Verteilung:
    """One file of a dataset; ``url`` is empty if the catalogue gives nothing that is an address."""

    titel: str
    url: str

    @property
    def name(self) -> str:
        """File name from the address."""
        return dateiname(self.url) if self.url else ""

    @property
    def alter(self) -> tuple[date, int]:
        """Sorts newer files last: by the date (else year) in file name or title, then by Drupal's ``_0``, ``_1``."""
        stamm = self.name or self.titel
        jahr = _JAHR.findall(stamm) or _JAHR.findall(self.titel)
        tag = tag_aus_text(self.name) or tag_aus_text(self.titel) or date(int(jahr[-1]) if jahr else 1, 12, 31)
        endung = _ENDUNG.search(stamm)
        return tag, int(endung.group(1)) if endung and endung.group(1) else -1

    def __str__(self) -> str:
        return kurz(" / ".join(dict.fromkeys(t for t in (self.titel, self.name or "ohne Adresse") if t)), 90)


def hole(auftrag: Auftrag) -> Holung:
    """Fetch the newest distribution that matches. Raises ``QuellenFehler`` naming what the portal offers instead."""
    katalog = lies_json(auftrag.abrufer.hole(f"{auftrag.basis}/data.json", auftrag.quelle.zugang))
    saetze = katalog.get("dataset")
    if not isinstance(saetze, list):
        raise fehler(
            "Der Katalog des Portals hat eine andere Gestalt",
            f"data.json mit {', '.join(map(str, katalog)) or 'nichts'}",
            "eine Liste dataset",
            "prüfen, ob das Portal noch DKAN ist, und zugang.portal anpassen",
        )
    satz = _waehle_satz(auftrag, [s for s in saetze if isinstance(s, dict)])
    verteilung = _waehle_verteilung(auftrag, _verteilungen(auftrag, satz))
    holung = lade_datei(auftrag, verteilung.url)
    assert holung is not None  # only with ``auch``
    return holung


def _titel(satz: dict[str, Any]) -> str:
    return " ".join(str(satz.get("title") or "").split())


def _waehle_satz(auftrag: Auftrag, saetze: list[dict[str, Any]]) -> dict[str, Any]:
    muster = auftrag.angabe("titel")
    passend = [s for s in saetze if re.fullmatch(muster, _titel(s))]
    if len(passend) == 1:
        return passend[0]
    if passend:
        raise fehler(
            "Mehrere Datensätze passen",
            "; ".join(kurz(_titel(s), 90) for s in passend[:HOECHSTENS_GENANNT]),
            f"genau ein Titel zu {muster}",
            f"teile.{auftrag.teil_name}.zugang.titel in der YAML-Datei enger fassen",
        )
    worte = [w.lower() for w in re.findall(r"[^\W\d_]{4,}", muster)]
    titel = sorted({kurz(_titel(s), 90) for s in saetze}, key=lambda t: (-sum(w in t.lower() for w in worte), t))
    raise fehler(
        "Kein Datensatz im Portal passt",
        f"{len(saetze)} Datensätze, die ähnlichsten zuerst: " + ("; ".join(titel[:HOECHSTENS_GENANNT]) or "keine"),
        f"ein Titel zu {muster}",
        f"den richtigen Titel heraussuchen und teile.{auftrag.teil_name}.zugang.titel in der YAML-Datei anpassen",
    )


def _verteilungen(auftrag: Auftrag, satz: dict[str, Any]) -> list[Verteilung]:
    """Distributions of a dataset, whether the catalogue gives a list, a single object or nothing."""
    roh = satz.get("distribution") or []
    liste = [v for v in (roh if isinstance(roh, list) else [roh]) if isinstance(v, dict)]
    gefunden: dict[str, Verteilung] = {}
    for eintrag in liste:
        titel = " ".join(str(eintrag.get("title") or "").split())
        adressen = (_adresse(auftrag, eintrag.get(k)) for k in ("downloadURL", "accessURL"))
        verteilung = Verteilung(titel, next((a for a in adressen if a), ""))
        gefunden.setdefault(verteilung.url or titel, verteilung)
    return list(gefunden.values())


def _adresse(auftrag: Auftrag, wert: object) -> str:
    """An address as it can be asked: absolute, https, quoted. Empty for what is no address."""
    if not isinstance(wert, str) or not wert.strip():
        return ""
    try:
        teile = urlsplit(urljoin(auftrag.basis + "/", wert.strip()))
        host = teile.hostname or ""
    except ValueError:
        return ""
    if teile.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", host):
        return ""
    if host in auftrag.quelle.zugang.hosts and teile.scheme == "http":
        teile = teile._replace(scheme="https", netloc=teile.netloc.removesuffix(":80"))
    return teile.geturl()


def _waehle_verteilung(auftrag: Auftrag, alle: list[Verteilung]) -> Verteilung:
    muster = auftrag.angabe("verteilung")
    passend = [v for v in alle if v.url and any(re.fullmatch(muster, t) for t in (v.name, v.titel))]
    passend.sort(key=lambda v: v.alter)
    if not passend:
        raise fehler(
            "Keine Datei des Datensatzes passt",
            "; ".join(str(v) for v in alle[:HOECHSTENS_GENANNT]) or "keine Verteilung",
            f"eine Datei mit Adresse, deren Name oder Titel zu {muster} passt",
            f"teile.{auftrag.teil_name}.zugang.verteilung in der YAML-Datei anpassen",
        )
    if len(passend) > 1 and passend[-1].alter == passend[-2].alter:
        raise fehler(
            "Mehrere Dateien des Datensatzes passen, keine ist erkennbar die neueste",
            "; ".join(str(v) for v in passend[-HOECHSTENS_GENANNT:]),
            f"genau eine neueste Datei zu {muster}",
            f"teile.{auftrag.teil_name}.zugang.verteilung in der YAML-Datei enger fassen",
        )
    return passend[-1]
