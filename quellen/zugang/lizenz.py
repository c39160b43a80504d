"""Licences as catalogues spell them, compared with the declared one.

Belongs here: bringing spellings of one licence together (URIs of dcat-ap.de, Creative Commons and GovData, CKAN's ids,
German titles). Does not belong here: what a licence permits and who has to be named (the declaration).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quellen.zugang.gemeinsam import Auftrag, fehler, kurz

_KEINE = re.compile(r"(?i)\s*|(license )?not[ -]?specified|notspecified|none|null|keine angabe|unbekannt")
_FASSUNG = re.compile(r"(?<!\w)v?(\d)[.-](\d)(?!\d)")
_ZUSATZ = {
    "nc": r"nc|noncommercial|non commercial|nicht kommerziell\w*",
    "nd": r"nd|noderivatives|no derivatives|keine bearbeitung\w*",
    "sa": r"sa|share ?alike|weitergabe unter gleichen bedingungen",
}


@dataclass(frozen=True)
class Kuerzel:
    """A licence taken apart. ``familie`` is the whole text for a licence that is not known here."""

    familie: str
    fassung: str = ""
    land: str = ""

    def vertraegt(self, andere: Kuerzel) -> bool:
        """Whether both may mean the same licence: what both say must be equal (CKAN's ``cc-by`` has no version)."""
        paare = ((self.fassung, andere.fassung), (self.land, andere.land))
        return self.familie == andere.familie and all(not a or not b or a == b for a, b in paare)


def kuerzel(text: str) -> Kuerzel | None:
    """A licence from any of its spellings; ``None`` if the text names none."""
    if _KEINE.fullmatch(text.strip()):
        return None
    worte = _worte(text)
    fassung = _FASSUNG.search(text)
    nummer = f"{fassung[1]}.{fassung[2]}" if fassung else ""
    if re.search(r"\bdl\b|\bdatenlizenz\b", worte):
        if re.search(r"\bzero\b", worte):
            return Kuerzel("dl-zero", nummer)
        if re.search(r"\bby\b|\bnamensnennung\b", worte):
            return Kuerzel("dl-by", nummer)
    if re.search(r"\bcc0\b|\bcc zero\b|\bpublicdomain zero\b|\bpublic domain dedication\b", worte):
        return Kuerzel("cc-zero", nummer)
    if re.search(r"\bcc\b|\bcreative ?commons\b", worte) and re.search(r"\bby\b|namensnennung|attribution", worte):
        zusatz = [name for name, muster in _ZUSATZ.items() if re.search(rf"\b({muster})\b", worte)]
        land = "de" if re.search(r"\bde\b|\bdeutschland\b|\bgermany\b", worte) else ""
        return Kuerzel("-".join(["cc-by", *zusatz]), nummer, land)
    return Kuerzel(" ".join(worte.split()))


def _worte(text: str) -> str:
    """Lower case, words separated by blanks; of an address only its path, with the publisher's own mark before it."""
    text = text.strip().lower()
    adresse = re.match(r"https?://([^/?#]*)(.*)", text, re.DOTALL)
    if adresse:
        text = ("creativecommons" if adresse[1].endswith("creativecommons.org") else "") + adresse[2]
    return " ".join(re.findall(r"[^\W_]+", text))


def pruefe_lizenz(auftrag: Auftrag, genannt: Sequence[object]) -> None:
    """Compare what a catalogue says with the declared licence; the first text that names one counts.

    ``zugang.lizenz`` of the Teil gives further texts that mean the declared licence. Raises ``QuellenFehler`` for any
    other licence; a catalogue that names none is taken for silent.
    """
    texte = [t.strip() for t in genannt if isinstance(t, str) and kuerzel(t) is not None]
    erlaubt = auftrag.teil.zugang.get("lizenz") or []
    gleich = [
        auftrag.quelle.lizenz.id,
        auftrag.quelle.lizenz.url,
        *([erlaubt] if isinstance(erlaubt, str) else erlaubt),
    ]
    soll = [k for k in (kuerzel(str(t)) for t in gleich) if k is not None]
    if not texte:
        return
    ist = kuerzel(texte[0])
    if ist is not None and any(ist.vertraegt(k) for k in soll):
        return
    raise fehler(
        "Die Lizenz hat sich geändert",
        f"„{kurz(texte[0], 160)}“ im Katalog {auftrag.basis}",
        f"{auftrag.quelle.lizenz.id} wie deklariert",
        "beim Herausgeber klären, was gilt; danach lizenz (id, url, namensnennung) in der YAML-Datei der Quelle "
        f"anpassen, oder, ist nur die Schreibweise neu, sie unter teile.{auftrag.teil_name}.zugang.lizenz eintragen",
    )
