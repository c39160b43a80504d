"""The whole declaration as text: the source around a drafted Teil.

Belongs here: what is known of publisher and access from the name of the file or the address. Does not belong here: the
table (``bauen``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from quellen.entwurf.bauen import Teilentwurf
from quellen.entwurf.feld import kurzname
from quellen.entwurf.schreiben import eintraege, felder, fluss
from quellen.entwurf.spalten import woertlich

_TABELLE = re.compile(r"(?<![0-9A-Za-z])(?:\d{5}|\d{4}[A-Z])(?:-[0-9A-Za-z]{1,5})+")
_TAG = re.compile(r"(\d{2})([._-])(\d{2})\2(\d{4})")
NIRGENDS = "unbekannt.invalid"
"""Stands for a host that a person must fill in; no such name exists anywhere."""


def genesis_tabelle(datei: str) -> str:
    """Name of the GENESIS table in a file name, e.g. ``12411-03-03-4``; empty if there is none."""
    treffer = _TABELLE.search(datei)
    return treffer.group(0) if treffer else ""


def kennung_aus(datei: str) -> str:
    """A proposal for the id of a source from a file name or address."""
    stamm = PurePosixPath(unquote(urlsplit(datei).path) if "://" in datei else datei).name.split(".")[0]
    return kurzname(genesis_tabelle(datei) or stamm, "tabelle")


def quelltext(entwurf: Teilentwurf, kennung: str, datei: str, url: str) -> str:
    """The YAML of a source with the one Teil ``tabelle``."""
    genesis = entwurf.format_.art in ("ffcsv", "datencsv", "genesis-csv")
    zeilen = [
        f"# Entwurf aus {re.sub(r'[^ -~äöüÄÖÜß]', '?', url or datei)}: {entwurf.zeilen} Zeilen, {entwurf.format_.art}.",
        "# Jede Vermutung trägt einen Kommentar. Berichtigen, unbekannt abarbeiten, dann bestaetigt: true.",
        f"id: {kennung}",
        *_kopf(entwurf, datei, url, genesis),
        *_zugang(datei, url, genesis),
        *_zeichen(entwurf),
        *_merkmale(entwurf),
        "teile:",
        "  tabelle:",
        *_teil(entwurf, datei, url, genesis),
        *_format(entwurf),
    ]
    return "\n".join(zeilen) + "\n"


def _kopf(entwurf: Teilentwurf, datei: str, url: str, genesis: bool) -> Iterator[str]:
    titel = f"Tabelle {genesis_tabelle(datei)}" if genesis and genesis_tabelle(datei) else PurePosixPath(datei).stem
    unbekannt = [*entwurf.unbekannt, "Titel, Rhythmus und Höchstalter", "Bedeutung der Zeichen laut Herausgeber"]
    if not genesis:
        unbekannt.append("Herausgeber und Lizenz")
    if not url and not genesis:
        unbekannt.append("woher die Datei kommt (zugang)")
    herausgeber = "Statistische Ämter des Bundes und der Länder" if genesis else "unbekannt"
    yield from eintraege({"titel": titel, "herausgeber": herausgeber}, 0)
    if genesis:
        yield "# üblich bei GENESIS; am Fuß der Tabelle nachsehen"
    yield "lizenz:"
    yield from eintraege(
        {
            "id": "dl-de/by-2-0" if genesis else "unbekannt",
            "url": "https://www.govdata.de/dl-de/by-2-0" if genesis else f"https://{NIRGENDS}/",
            "namensnennung": f"{herausgeber}, {titel}"
            + (", dl-de/by-2-0 (www.govdata.de/dl-de/by-2-0); Daten verändert (eigene Berechnung)" if genesis else ""),
        },
        2,
    )
    seite = url or ("https://www.regionalstatistik.de/" if genesis else f"https://{NIRGENDS}/")
    yield from eintraege({"seite": seite, "rhythmus": "unbekannt"}, 0)
    yield "# nach so vielen Tagen ohne neuen Stand gilt die Quelle als veraltet"
    yield from eintraege({"hoechstalter_tage": 400, "bestaetigt": False}, 0)
    yield "unbekannt:"
    yield from (f"  - {fluss(u)}" for u in dict.fromkeys(unbekannt))


def _zugang(datei: str, url: str, genesis: bool) -> Iterator[str]:
    if url:
        teile = urlsplit(url)
        yield from eintraege(
            {"zugang": {"portal": "direkt", "basis": f"https://{teile.hostname}", "hosts": [teile.hostname]}}, 0
        )
    elif genesis and genesis_tabelle(datei):
        yield "# geraten: die Tabelle kann auch aus einer anderen GENESIS-Datenbank sein"
        yield from eintraege(
            {
                "zugang": {
                    "portal": "genesis",
                    "basis": "https://www.regionalstatistik.de/genesisws/rest/2020",
                    "hosts": ["www.regionalstatistik.de"],
                    "abstand_s": 2.0,
                }
            },
            0,
        )
    else:
        yield "# von Hand: woher kommt die Datei? Bis dahin nimmt »sozialraum ablegen« sie an"
        yield from eintraege({"zugang": {"portal": "direkt", "basis": f"https://{NIRGENDS}", "hosts": [NIRGENDS]}}, 0)


def _zeichen(entwurf: Teilentwurf) -> Iterator[str]:
    if entwurf.zeichen:
        yield "# Texte in Zahlenspalten, Bedeutung wie in amtlichen Tabellen üblich: in der Legende nachsehen"
        yield "zeichen:"
        yield from eintraege(entwurf.zeichen, 2)


def _merkmale(entwurf: Teilentwurf) -> Iterator[str]:
    if entwurf.merkmale:
        yield "# was die Zahlen zählen; der Name links ist unserer"
        yield "merkmale:"
        yield from eintraege(entwurf.merkmale, 2)


def _teil(entwurf: Teilentwurf, datei: str, url: str, genesis: bool) -> Iterator[str]:
    teile = urlsplit(url)
    tabelle = genesis_tabelle(datei) if genesis else ""
    pfad = {"pfad": teile.path + (f"?{teile.query}" if teile.query else "")}
    yield from eintraege({"beschreibung": f"Entwurf aus {datei}", "form": entwurf.form}, 4)
    if entwurf.form == "liste":
        yield from eintraege({"kennung": entwurf.kennung}, 4)
    innen = {"innen": entwurf.innen} if entwurf.innen else {}
    yield from eintraege({"dateimuster": _dateimuster(datei, tabelle)} | innen, 4)
    if entwurf.form == "liste" or not entwurf.feld_mit("datum", "jahr", "zeitraum"):
        yield from _stand(datei)
    if genesis:
        yield "    # die Reihenfolge der Zeilen hat keine Bedeutung"
        yield "    sortiert_egal: true"
    yield from eintraege({"zugang": pfad if url else {"tabelle": tabelle} if tabelle else {}}, 4)
    if not entwurf.ganzzahl and entwurf.form == "werte":
        yield "    # es gibt Kommazahlen"
        yield "    ganzzahl: false"
    if entwurf.negativ and entwurf.form == "werte":
        yield "    # es gibt negative Zahlen"
        yield "    minimum: null"
    yield from felder(entwurf.felder, 4)
    if entwurf.eindeutig:
        for satz in entwurf.kandidaten[1:]:
            yield f"    # auch eindeutig: {', '.join(satz)}"
        yield from eintraege({"eindeutig": list(entwurf.eindeutig)}, 4)
    yield from _regeln(entwurf)


def _stand(datei: str) -> Iterator[str]:
    if treffer := _TAG.search(datei):
        trenner = woertlich(treffer.group(2))
        muster = rf".*(?P<tag>\d{{2}}){trenner}(?P<monat>\d{{2}}){trenner}(?P<jahr>\d{{4}}).*"
        yield "    # kein Feld nennt den Stichtag: das Datum im Dateinamen"
        yield from eintraege({"stand": {"aus": "dateiname", "muster": muster}}, 4)
    else:
        yield "    # kein Feld nennt den Stichtag: der Tag des Abrufs, von Hand --stand"
        yield from eintraege({"stand": {"aus": "abruf"}}, 4)


def _regeln(entwurf: Teilentwurf) -> Iterator[str]:
    if entwurf.form != "werte":
        return
    if entwurf.vollstaendig:
        je = [f for f in entwurf.eindeutig if f != entwurf.feld_mit("ortsteil")]
        yield from eintraege({"vollstaendig": {"feld": entwurf.feld_mit("ortsteil"), "je": je}}, 4)
    if entwurf.summen and entwurf.eindeutig:
        if not entwurf.additiv:
            yield "    # in dieser Datei ergeben die Teile nicht überall die Summe: gerundet, geheim, falsch?"
        yield from eintraege(
            {"summe": {"felder": entwurf.summen, **({} if entwurf.additiv else {"additiv": False})}}, 4
        )
    gebiet, zeit = entwurf.feld_mit("ortsteil", "stadtbezirk", "kreis"), entwurf.feld_mit("datum", "jahr", "zeitraum")
    if gebiet:
        yield "    # wie eine Zeile zur Beobachtung wird"
        angaben = {"gebiet": gebiet, "stichtag": zeit or "stand"}
        yield from eintraege({"beobachtung": angaben | ({"merkmal": entwurf.groesse} if entwurf.groesse else {})}, 4)


def _format(entwurf: Teilentwurf) -> Iterator[str]:
    form = entwurf.format_
    angaben: dict[str, Any] = {"art": form.art}
    fest = form.model_dump(exclude_defaults=True, exclude={"art", "orte"})
    angaben |= {k: list(v) if isinstance(v, tuple) else v for k, v in fest.items()}
    dezimal, tausender = entwurf.zahlform
    angaben |= {"dezimal": dezimal} | ({"tausender": tausender} if tausender else {})
    yield "    formate:"
    for nummer, zeile in enumerate(eintraege(angaben, 8)):
        yield f"      - {zeile.strip()}" if nummer == 0 else zeile
    yield "        orte:"
    yield from eintraege({f.name: f.ort for f in entwurf.felder}, 10)
    if entwurf.nur:
        yield "        # andere Größen und Einheiten wären eine andere Reihe"
        yield from eintraege({"nur": entwurf.nur}, 8)
    if entwurf.ignoriert:
        yield from eintraege({"ignoriert": entwurf.ignoriert}, 8)
    if entwurf.wertspalten:
        yield "        wertspalten:"
        yield from (f"          - {fluss(w)}" for w in entwurf.wertspalten)


def _dateimuster(datei: str, tabelle: str) -> str:
    if tabelle:
        return rf"(?i).*{woertlich(tabelle)}.*\.(csv|zip|json)"
    return "(?i)" + re.sub(r"\d+", r"\\d+", woertlich(datei).replace(r"\ ", " "))
