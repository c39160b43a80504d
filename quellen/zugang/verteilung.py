"""Files that a portal's catalogue names: addresses as they can be asked, and the choice of data set and newest file.

Belongs here: what catalogues have in common (DKAN's ``data.json``, CKAN's packages). Does not belong here: reading one
kind of catalogue (``dkan``, ``ckan``) and the contents of the files.

File addresses die with every update (the date stands in the file name, Drupal appends ``_0``), so a file is chosen
anew for each retrieval, by the patterns of the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from quellen.zugang.gemeinsam import Auftrag, dateiname, fehler, kurz, tag_aus_text

HOECHSTENS_GENANNT = 40
_ENDUNG = re.compile(r"(?:_(\d{1,3}))?(?:\.\w+)?$")
_JAHR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Verteilung:
    """One file of a data set; ``url`` is empty if the catalogue gives nothing that is an address.

    ``format`` is what the catalogue calls it, empty where that is not to be trusted; ``kennung`` its id there.
    """

    titel: str
    url: str
    format: str = ""
    kennung: str = ""

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

    def passt(self, muster: str) -> bool:
        """Whether the pattern matches file name, title, address or format as a whole."""
        return any(re.fullmatch(muster, t) for t in (self.name, self.titel, self.url, self.format) if t)

    def __str__(self) -> str:
        namen = dict.fromkeys(t for t in (self.titel, self.name or "ohne Adresse") if t)
        return kurz(" / ".join(namen) + (f" ({self.format})" if self.format else ""), 90)


def titel_von(satz: dict[str, Any]) -> str:
    """Title of a data set on one line."""
    return " ".join(str(satz.get("title") or "").split())


def adresse(auftrag: Auftrag, wert: object) -> str:
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


def waehle_satz(auftrag: Auftrag, angabe: str, saetze: Sequence[dict[str, Any]], was: str) -> dict[str, Any]:
    """The only data set whose title the declared pattern ``zugang.<angabe>`` matches as a whole.

    ``was``: what the portal calls its data sets. Raises ``QuellenFehler`` naming what the portal offers instead.
    """
    muster = auftrag.angabe(angabe)
    stelle = f"teile.{auftrag.teil_name}.zugang.{angabe} in der YAML-Datei"
    passend = [s for s in saetze if re.fullmatch(muster, titel_von(s))]
    if len(passend) == 1:
        return passend[0]
    if passend:
        raise fehler(
            f"Mehrere {was} passen",
            "; ".join(kurz(titel_von(s), 90) for s in passend[:HOECHSTENS_GENANNT]),
            f"genau ein Titel zu {muster}",
            f"{stelle} enger fassen",
        )
    worte = [w.lower() for w in re.findall(r"[^\W\d_]{4,}", muster)]
    titel = sorted({kurz(titel_von(s), 90) for s in saetze}, key=lambda t: (-sum(w in t.lower() for w in worte), t))
    raise fehler(
        "Kein Datensatz im Portal passt",
        f"{len(saetze)} {was}, die ähnlichsten zuerst: " + ("; ".join(titel[:HOECHSTENS_GENANNT]) or "keine"),
        f"ein Titel zu {muster}",
        f"den richtigen Titel heraussuchen und {stelle} anpassen",
    )


def waehle_verteilung(
    auftrag: Auftrag, angabe: str, alle: Sequence[Verteilung], brauchbar: Callable[[Verteilung], bool]
) -> Verteilung:
    """The newest file that the declared pattern ``zugang.<angabe>`` matches.

    Raises ``QuellenFehler`` naming the files there are if none fits or none is recognisably the newest.
    """
    muster = auftrag.angabe(angabe)
    stelle = f"teile.{auftrag.teil_name}.zugang.{angabe} in der YAML-Datei"
    passend = sorted((v for v in alle if brauchbar(v) and v.passt(muster)), key=lambda v: v.alter)
    if not passend:
        raise fehler(
            "Keine Datei des Datensatzes passt",
            "; ".join(str(v) for v in alle[:HOECHSTENS_GENANNT]) or "keine Verteilung",
            f"eine Datei mit Adresse, deren Name oder Titel zu {muster} passt",
            f"{stelle} anpassen",
        )
    if len(passend) > 1 and passend[-1].alter == passend[-2].alter:
        raise fehler(
            "Mehrere Dateien des Datensatzes passen, keine ist erkennbar die neueste",
            "; ".join(str(v) for v in passend[-HOECHSTENS_GENANNT:]),
            f"genau eine neueste Datei zu {muster}",
            f"{stelle} enger fassen",
        )
    return passend[-1]
