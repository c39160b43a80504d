"""Files under a fixed address, or one that carries the school year.

Belongs here: making the address. Does not belong here: addresses that a catalogue names (``dkan``).
"""

from __future__ import annotations

from datetime import date

from quellen.modell import schuljahr
from quellen.zugang.gemeinsam import Auftrag, Holung, fehler, lade_datei


def schuljahre(heute: date, zurueck: int) -> list[str]:
    """School years as ``25_26``, the current one first (it turns on 1 August)."""
    beginn = schuljahr(heute)[0].year
    return [f"{jahr % 100:02d}_{(jahr + 1) % 100:02d}" for jahr in range(beginn, beginn - zurueck - 1, -1)]


def hole(auftrag: Auftrag) -> Holung:
    """Fetch ``zugang.pfad``. With ``{sj}`` in it, go back up to ``schuljahre_zurueck`` school years on 404.

    Raises ``QuellenFehler`` with all addresses tried if none of them exists.
    """
    pfad = auftrag.angabe("pfad")
    url = auftrag.basis + "/" + pfad.lstrip("/")
    if "{sj}" not in pfad:
        adressen = [url]
    else:
        jahre = schuljahre(auftrag.heute, int(auftrag.angabe("schuljahre_zurueck", 0)))
        adressen = [url.replace("{sj}", jahr) for jahr in jahre]
    for adresse in adressen:
        holung = lade_datei(auftrag, adresse, auch=(404, 410))
        if holung is not None:
            return holung
    raise fehler(
        "Die Adresse gibt es nicht (mehr)",
        "HTTP 404 für " + ", ".join(adressen),
        "eine Datei unter einer dieser Adressen",
        "auf der Seite der Quelle die neue Adresse suchen und als zugang.pfad eintragen "
        f"({auftrag.quelle.seite}), oder die Datei von Hand ablegen",
    )
