"""Content disturbances: change archived bytes as a publisher might, one thing at a time.

Belongs here: editing CSV, ffcsv inside a ZIP and GeoJSON so that everything but the named fault stays as it was.
Does not belong here: when a fault is due (``stoerung``) and checking data (``vertrag``). What a kind cannot
be applied to comes back unchanged.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from quellen.modell import Feld, Format, Teil

NEUE_SPALTE = "Bemerkung"
UNBEKANNTES_ZEICHEN = "§"
_VARIABLE = re.compile(r"(\d+)_variable_code")


def verfaelsche(art: str, daten: bytes, teil: Teil) -> bytes:
    """The bytes with the fault ``art`` (one of ``stoerung.INHALT``); unchanged where it does not apply."""
    if daten.startswith(b"PK"):
        return _im_zip(art, daten, teil)
    if art == "zeilen-vertauscht":
        return daten
    kodierung = _kodierung(daten, teil)
    try:
        text = daten.decode(kodierung)
    except UnicodeDecodeError:
        return daten
    if art == "kodierung-geaendert":
        return _umkodiert(text, daten, kodierung)
    neu = _geojson(art, text, teil) if text.lstrip().startswith("{") else _csv(art, text, teil)
    return daten if neu == text else neu.encode(kodierung, errors="replace" if kodierung == "cp850" else "strict")


def zellen(zeile: str, trenner: str) -> list[str]:
    """Raw cells of a CSV line with their quotes; joining them by ``trenner`` gives the line again."""
    teile, in_anfuehrung, anfang = [], False, 0
    for stelle, zeichen in enumerate(zeile):
        if zeichen == '"':
            in_anfuehrung = not in_anfuehrung
        elif zeichen == trenner and not in_anfuehrung:
            teile.append(zeile[anfang:stelle])
            anfang = stelle + 1
    return [*teile, zeile[anfang:]]


def entpackt(daten: bytes) -> tuple[str, bytes]:
    """Name and bytes of the first file of a ZIP."""
    with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
        name = archiv.namelist()[0]
        return name, archiv.read(name)


def gepackt(name: str, daten: bytes) -> bytes:
    """A ZIP with one file and a fixed date, so that equal input gives equal bytes."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        archiv.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), daten, zipfile.ZIP_DEFLATED)
    return puffer.getvalue()


def _im_zip(art: str, daten: bytes, teil: Teil) -> bytes:
    name, inneres = entpackt(daten)
    if art == "zeilen-vertauscht":
        kopf, *rest = inneres.split(b"\n")
        zeilen = [zeile for zeile in rest if zeile]
        ende = b"\n" if inneres.endswith(b"\n") else b""
        return gepackt(_anderer_name(name), b"\n".join([kopf, *reversed(zeilen)]) + ende)
    neu = verfaelsche(art, inneres, teil)
    return daten if neu == inneres else gepackt(name, neu)


def _anderer_name(name: str) -> str:
    """GENESIS puts the milliseconds of the request into the name: another request, another name."""
    neu = re.sub(r"_(\d{6,})_", lambda treffer: f"_{int(treffer[1]) + 86_400_000}_", name)
    return neu if neu != name else "neu_" + name


def _kodierung(daten: bytes, teil: Teil) -> str:
    if daten.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    erstes = teil.formate[0].kodierung
    return "utf-8" if erstes == "utf-8-sig" else erstes


def _umkodiert(text: str, daten: bytes, kodierung: str) -> bytes:
    ziel = "cp1252" if kodierung == "utf-8" else "utf-8"
    neu = text.removeprefix("\ufeff").encode(ziel, errors="replace")
    return neu if neu != daten else text.encode("utf-16")


def _csv(art: str, text: str, teil: Teil) -> str:
    zeilen = text.split("\n")
    nummer = 1 if zeilen[0].removeprefix("\ufeff").lower().startswith("sep=") else 0
    if len(zeilen) <= nummer:
        return text
    format_ = _format(zeilen[nummer], teil)
    if format_ is None:
        return text
    tabelle = _Tabelle(zeilen, nummer, format_, teil)
    {
        "spalte-umbenannt": tabelle.spalte_umbenennen,
        "spalte-neu": tabelle.spalte_einfuegen,
        "gebiet-unbekannt": tabelle.gebiet_ersetzen,
        "zeichen-unbekannt": tabelle.zahl_ersetzen,
    }[art]()
    return "\n".join(tabelle.zeilen)


def _format(kopfzeile: str, teil: Teil) -> Format | None:
    art = "ffcsv" if "statistics_code" in kopfzeile else "csv"
    return next((format_ for format_ in teil.formate if format_.art == art), None)


def _name(zelle: str) -> str:
    return zelle.strip("\ufeff\r").strip('"')


def _ersetzt(zelle: str, wert: str) -> str:
    """The cell with another value; mark, quotes and line end stay."""
    vorne = "\ufeff" if zelle.startswith("\ufeff") else ""
    hinten = "\r" if zelle.endswith("\r") else ""
    return f'{vorne}"{wert}"{hinten}' if '"' in zelle else f"{vorne}{wert}{hinten}"


def _schluesselfelder(teil: Teil) -> list[tuple[str, Feld]]:
    """Key fields, small areas first, keys without a directory last."""
    rang = {"ortsteil": 0, "kreis": 1, "stadtbezirk": 2, None: 3}
    felder = [(name, feld) for name, feld in teil.felder.items() if feld.typ == "schluessel"]
    return sorted(felder, key=lambda paar: rang[paar[1].verzeichnis])


def _unbekannter_schluessel(feld: Feld) -> str:
    """A key that no directory holds and no pattern allows; three digits are a known level among keys of Kreise."""
    if feld.verzeichnis == "kreis":
        return "05999"
    return "???" if feld.verzeichnis is None and feld.muster and re.fullmatch(feld.muster, "999") else "999"


class _Tabelle:
    """Lines of a CSV with its header at ``nummer``; each method changes ``zeilen`` in place."""

    def __init__(self, zeilen: list[str], nummer: int, format_: Format, teil: Teil) -> None:
        self.zeilen = zeilen
        self.nummer = nummer
        self.format = format_
        self.teil = teil
        self.kopf = [_name(zelle) for zelle in zellen(zeilen[nummer], format_.trenner)]

    def _setze(self, zeile: int, spalte: int, wert: str) -> None:
        teile = zellen(self.zeilen[zeile], self.format.trenner)
        teile[spalte] = _ersetzt(teile[spalte], wert)
        self.zeilen[zeile] = self.format.trenner.join(teile)

    def _datenzeilen(self) -> list[tuple[int, list[str]]]:
        """Number and values of each line below the header that the declaration keeps (``nur``)."""
        gefunden = []
        for nummer in range(self.nummer + 1, len(self.zeilen)):
            werte = [_name(zelle) for zelle in zellen(self.zeilen[nummer], self.format.trenner)]
            if len(werte) < len(self.kopf) - 1:
                continue
            satz = dict(zip(self.kopf, werte, strict=False))
            if all(satz.get(spalte) in erlaubt for spalte, erlaubt in self.format.nur.items()):
                gefunden.append((nummer, werte))
        return gefunden

    def spalte_umbenennen(self) -> None:
        for ort in self.format.orte.values():
            for name in ort.spalten:
                if name in self.kopf:
                    self._setze(self.nummer, self.kopf.index(name), f"{name}_neu")
                    return

    def spalte_einfuegen(self) -> None:
        for nummer in range(self.nummer, len(self.zeilen)):
            teile = zellen(self.zeilen[nummer], self.format.trenner)
            if len(teile) > 1:
                wert = NEUE_SPALTE if nummer == self.nummer else "neu"
                teile.insert(1, _ersetzt(teile[0].strip("\ufeff"), wert))
                self.zeilen[nummer] = self.format.trenner.join(teile)

    def gebiet_ersetzen(self) -> None:
        for name, feld in _schluesselfelder(self.teil):
            for nummer, werte in self._datenzeilen():
                spalte = self._spalte(name, werte)
                if spalte is not None and spalte < len(werte) and not self._nicht_gefuehrt(feld, werte[spalte]):
                    self._setze(nummer, spalte, _unbekannter_schluessel(feld))
                    return

    def _nicht_gefuehrt(self, feld: Feld, wert: str) -> bool:
        return any(re.fullmatch(regel.muster, wert) for regel in feld.nicht_gefuehrt)

    def _spalte(self, feldname: str, werte: list[str]) -> int | None:
        ort = self.format.orte.get(feldname)
        if ort is None:
            return None
        for name in ort.spalten:
            if name in self.kopf:
                return self.kopf.index(name)
        for stelle, name in enumerate(self.kopf):
            treffer = _VARIABLE.fullmatch(name)
            if treffer and werte[stelle] in ort.variable:
                ziel = f"{treffer[1]}_variable_attribute_code"
                return self.kopf.index(ziel) if ziel in self.kopf else None
        return None

    def zahl_ersetzen(self) -> None:
        muster = [wertspalte.muster for wertspalte in self.format.wertspalten]
        for feldname, feld in self.teil.felder.items():
            if feld.typ == "zahl" and feldname in self.format.orte:
                muster += [re.escape(name) for name in self.format.orte[feldname].spalten]
        for stelle, name in enumerate(self.kopf):
            if any(re.fullmatch(m, name) for m in muster):
                for nummer, werte in self._datenzeilen():
                    if stelle < len(werte) and any(zeichen.isdigit() for zeichen in werte[stelle]):
                        self._setze(nummer, stelle, UNBEKANNTES_ZEICHEN)
                        return


def _geojson(art: str, text: str, teil: Teil) -> str:
    try:
        inhalt: dict[str, Any] = json.loads(text)
    except ValueError:
        return text
    format_ = next((f for f in teil.formate if f.art == "geojson"), None)
    saetze = [f.get("properties") or {} for f in inhalt.get("features", [])]
    if format_ is None or not saetze:
        return text
    if art == "spalte-neu":
        for satz in saetze:
            satz[NEUE_SPALTE.upper()] = "neu"
    elif art in ("spalte-umbenannt", "gebiet-unbekannt"):
        felder = _schluesselfelder(teil)
        treffer = [
            (n, f) for feld, f in felder if feld in format_.orte for n in format_.orte[feld].spalten if n in saetze[0]
        ]
        if not treffer:
            return text
        name, feld = treffer[0]
        if art == "gebiet-unbekannt":
            saetze[0][name] = _unbekannter_schluessel(feld)
        else:
            for satz in saetze:
                satz[f"{name}_neu"] = satz.pop(name, None)
    else:
        return text
    return json.dumps(inhalt, ensure_ascii=False, separators=(",", ":"))
