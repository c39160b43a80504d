"""The fault table: what a portal does, what the user reads, what is kept, what is released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stoerfaelle_werkbank import (
    Weise,
    einfach,
    platte_voll,
    tickend,
    unbekannte_stelle,
    verweigert,
    zugleich,
)

Ausgang = Literal["nichts geholt", "abgelehnt", "angenommen", "unverändert"]
"""What becomes of a retrieval.

``nichts geholt``: a fault on the way; nothing new in the archive, released is the last good state.
``abgelehnt``: the bytes are archived and break the contract; released is the last good state.
``angenommen``: the bytes differ and the contract holds; the new retrieval is released, with the deviations named.
``unverändert``: what came is what was there, if need be after some attempts; released as before, state good.
"""


@dataclass(frozen=True)
class Fall:
    """One row. ``liest``: pieces of what the user reads, as message or (``angenommen``) as deviation."""

    name: str
    quelle: str
    stoerungen: tuple[str, ...]
    ausgang: Ausgang
    liest: tuple[str, ...] = ()
    weise: Weise = einfach
    zugang: Mapping[str, float] = field(default_factory=dict)
    pausen: tuple[float, ...] | None = None


def _f(name: str, quelle: str, stoerung: str, ausgang: Ausgang, *liest: str, **mehr: object) -> Fall:
    """A row with one disturbance. A new ETag comes with it, lest the portal answers 304 before it is disturbed."""
    stoerungen = ("neuer-etag", stoerung) if stoerung else ()
    return Fall(name, quelle, stoerungen, ausgang, liest, **mehr)  # type: ignore[arg-type]


NICHT, AB, AN, WIE = "nichts geholt", "abgelehnt", "angenommen", "unverändert"
SPAETER = "Was tun: später wiederholen"
BEHAELT = f"{SPAETER}; das Archiv behält den letzten guten Stand"
HALB = f"{SPAETER}; nichts Halbes wurde archiviert"
VERBOTEN = (
    "Diese Adresse darf nicht abgerufen werden",
    "Erwartet: https und einer der Hosts amt.example",
    "zugang.hosts",
)
NACHFRAGEN = "Was tun: beim Herausgeber nachfragen"
WIEDER = (2.0, 4.0, 8.0)
CSV = "zaehlung/tabelle, Datei zaehlung.csv"

UEBERTRAGUNG = (
    _f("verbindung-abgelehnt", "zaehlung", "", NICHT, "zaehlung/tabelle: Das Portal ist nicht erreichbar",
       "Gefunden: Verbindung abgelehnt von", "(Versuch 4 von 4)", "Erwartet: eine Verbindung",
       "Was tun: Netz und Portal prüfen",
       weise=verweigert, pausen=WIEDER),
    _f("abbruch-mitten-im-inhalt", "zaehlung", "verbindung-abbruch", NICHT, "Die Übertragung ist unvollständig",
       "Gefunden: Verbindung abgebrochen von https://amt.example/zaehlung.csv (Versuch 4 von 4)",
       "Erwartet: die ganze Antwort",
       HALB, pausen=WIEDER),
    _f("abbruch-der-vergeht", "zaehlung", "verbindung-abbruch:zaehlung@2", WIE, pausen=WIEDER[:2]),
    _f("tropfen-bis-die-zeit-um-ist", "zaehlung", "langsam", NICHT, "Das Portal antwortet nicht rechtzeitig",
       "Gefunden: nach 20 s erst ", "Erwartet: eine vollständige Antwort in der vorgesehenen Zeit",
       "zugang.hoechstdauer_s prüfen",
       weise=tickend, zugang={"hoechstdauer_s": 20}),
    _f("schweigen", "zaehlung", "schweigen", NICHT, "Das Portal antwortet nicht rechtzeitig",
       "Gefunden: Zeitüberschreitung bei der Antwort von https://amt.example/zaehlung.csv", SPAETER,
       zugang={"hoechstdauer_s": 0.5}),
    _f("zertifikat-unbekannter-stelle", "zaehlung", "", NICHT, "Das Zertifikat des Portals ist ungültig",
       "Gefunden: ungültiges Zertifikat von amt.example (Aussteller unbekannt", "Erwartet: ein gültiges Zertifikat",
       "die Prüfung wird nicht abgeschaltet", weise=unbekannte_stelle, pausen=()),
    _f("gzip-abgeschnitten", "zaehlung", "gzip-abgeschnitten", NICHT, "Die Übertragung ist unvollständig",
       "Gefunden: abgeschnittene gzip-Daten", HALB, pausen=WIEDER),
    _f("gzip-abgeschnitten-einmal", "zaehlung", "gzip-abgeschnitten@1", WIE, pausen=WIEDER[:1]),
)  # fmt: skip

ANTWORTEN = (
    _f("http-429-mit-pause", "zaehlung", "status-429", NICHT, "Das Portal ist überlastet", "Gefunden: HTTP 429 von",
       "erbetene Pause 1 s (Versuch 4 von 4)", "Erwartet: HTTP 200", BEHAELT, pausen=(1, 1, 1)),
    _f("http-429-das-vergeht", "zaehlung", "status-429@2", WIE, pausen=(1, 1)),
    _f("http-429-mit-datum-das-vergeht", "zaehlung", "status-429-datum@1", WIE),
    _f("http-500", "zaehlung", "status-500", NICHT, "Das Portal meldet einen eigenen Fehler",
       "Gefunden: HTTP 500 von", BEHAELT,
       pausen=WIEDER),
    _f("http-503", "zaehlung", "status-503", NICHT, "Das Portal meldet einen eigenen Fehler",
       "Gefunden: HTTP 503 von", BEHAELT,
       pausen=WIEDER),
    _f("http-503-bei-der-anmeldung", "bevoelkerung_kreis", "status-503:logincheck",
       NICHT, "bevoelkerung_kreis/tabelle: ",
       "HTTP 503 von https://www.regionalstatistik.de/genesisws/rest/2020/helloworld/logincheck",
       BEHAELT, pausen=WIEDER),
    _f("http-403", "zaehlung", "status-403", NICHT, "Das Portal verweigert den Zugriff", "Gefunden: HTTP 403 von",
       "Schutz vor automatischen Abrufen", "sozialraum ablegen", pausen=()),
    _f("http-404", "zaehlung", "status-404", NICHT, "Die Adresse gibt es nicht (mehr)",
       "Gefunden: HTTP 404 für https://amt.example/zaehlung.csv", "als zugang.pfad eintragen", pausen=()),
    _f("umleitung-im-kreis", "zaehlung", "umleitung-schleife", NICHT, "Zu viele Umleitungen", "Gefunden: mehr als 5 ab",
       "Erwartet: höchstens fünf", "in der YAML-Datei der Quelle berichtigen", pausen=()),
    _f("umleitung-auf-fremden-host", "zaehlung", "umleitung-fremd",
       NICHT, *VERBOTEN, "Gefunden: https://fremd.invalid/daten.csv"),
    _f("umleitung-auf-datei", "zaehlung", "umleitung-datei", NICHT, *VERBOTEN, "Gefunden: file:///etc/hostname"),
    _f("umleitung-auf-private-adresse", "zaehlung", "umleitung-privat",
       NICHT, *VERBOTEN, "Gefunden: http://10.0.0.1/daten.csv"),
    _f("html-mit-200", "zaehlung", "html-200", NICHT, "HTML statt Daten",
       "Gefunden: die Webseite „Wartungsarbeiten“ unter",
       "Erwartet: eine Datei", "die Seite im Browser öffnen"),
    _f("html-mit-200-in-der-suche", "einrichtungen", "html-200:package_search", NICHT, "HTML statt Daten",
       "„Wartungsarbeiten“ unter https://amt.example/api/3/action/package_search"),
    _f("json-fehler-mit-200", "zaehlung", "json-fehler-200", NICHT, "JSON statt Daten", "Interner Fehler",
       "Erwartet: eine Datei als csv", "die Meldung des Portals lesen"),
    _f("json-fehler-mit-200-genesis", "bevoelkerung_kreis", "json-fehler-200:tablefile", NICHT,
       "Gefunden: Code -1 (Fehler): Es ist ein interner Fehler aufgetreten. (Tabelle 12411-03-03-4)",
       "Erwartet: die Tabelle"),
    _f("json-fehler-mit-200-karte", "umrisse", "json-fehler-200", NICHT, "Der Kartenserver meldet einen Fehler",
       "Code 500",
       "Erwartet: GeoJSON", "teile.tabelle.zugang.layer prüfen"),
    _f("json-fehler-mit-200-ckan", "einrichtungen", "json-fehler-200", NICHT, "Das Portal lehnt die Anfrage ab",
       "Die Suche ist fehlgeschlagen", "Erwartet: eine Antwort auf package_search mit success: true", SPAETER),
    _f("leer-mit-200", "zaehlung", "leer-200", NICHT, "Die Antwort ist leer", "Gefunden: HTTP 200 ohne Inhalt",
       SPAETER),
    _f("genesis-verlangt-einen-auftrag", "bevoelkerung_kreis", "genesis-job", WIE),
    _f("genesis-zu-viele-anfragen", "bevoelkerung_kreis", "genesis-code-6", WIE, pausen=(15.0, 30.0)),
    _f("neuer-etag-bei-gleichem-inhalt", "zaehlung", "neuer-etag", WIE),
)  # fmt: skip

HUELLEN = (
    _f("zip-abgeschnitten", "bevoelkerung_kreis", "zip-abgeschnitten", NICHT, "abgeschnitten oder beschädigt",
       "Erwartet: ein ganzes ZIP"),
    _f("zip-bombe", "bevoelkerung_kreis", "zip-bombe", AB, "Der Inhalt des ZIP ist zu groß", "-Fache des ZIP",
       "nicht öffnen, so packt keine Tabelle; beim Herausgeber nachfragen"),
    _f("zip-mit-pfaden", "bevoelkerung_kreis", "zip-pfade", WIE),
    _f("zip-mit-zwei-dateien", "bevoelkerung_kreis", "zip-zwei-dateien", AB, "Das ZIP enthält nicht genau eine Datei",
       "liesmich.txt", "Erwartet: genau eine Datei", "sozialraum ablegen"),
    _f("ffcsv-in-anderer-reihenfolge", "bevoelkerung_kreis", "zeilen-vertauscht", WIE),
    _f("xml-mit-fremder-entitaet", "schluessel", "xml-fremde-entitaet", AB, "schluessel/tabelle, Datei schluessel.xml",
       "Die Datei ist kein zulässiges XML", "Gefunden: eine Dokumenttyp-Deklaration (DTD) »Liste«",
       "Erwartet: vollständiges XML ohne DTD und Entitäten"),
    _f("xml-entitaetenbombe", "schluessel", "xml-entitaetenbombe", AB, "Die Datei ist kein zulässiges XML",
       "Gefunden: eine Dokumenttyp-Deklaration (DTD) »Liste«"),
    _f("andere-kodierung", "zaehlung", "kodierung-geaendert", AN, f"{CSV}, Zeile 2", "Die Kodierung hat sich geändert",
       "Gefunden: cp1252", "Erwartet: utf-8", "stimmen die Umlaute, kodierung: cp1252 eintragen"),
    _f("bom-vor-dem-text", "zaehlung", "bom-neu", AN, f"{CSV}, Zeile 1", "Byte-Reihenfolge-Marke (BOM)",
       "Erwartet: kodierung: utf-8-sig", "kodierung berichtigen"),
)  # fmt: skip

SPALTEN = (
    _f("neue-zeile-ueber-dem-kopf", "zaehlung", "kopfzeile-neu", AN, "Über der Kopfzeile stehen neue Zeilen",
       "»Stadt Duisburg, Auszug vom 01.01.2026«", "Erwartet: Spaltennamen in Zeile 1", "kopf_mit eintragen"),
    _f("spalte-umbenannt", "zaehlung", "spalte-umbenannt", AB, f"{CSV}, Zeile 1: Eine Spalte fehlt",
       "umbenannt in »Jahr_neu«?", "Erwartet: »Jahr« (orte.jahr)",
       "den Namen anpassen in quellen/katalog/zaehlung.yaml"),
    _f("spalte-eingefuegt-bei-zahlen", "zaehlung", "spalte-neu", AB, f"{CSV}, Zeile 1, Spalte 2",
       "Eine Spalte ist nicht deklariert", "Gefunden: Spalte »Bemerkung«", "die Spalte eintragen"),
    _f("spalte-eingefuegt-bei-listen", "schulliste", "spalte-neu", AN, "Datei schulliste.csv, Zeile 1, Spalte 2",
       "Gefunden: Spalte »Bemerkung«", "sie blieb außer Betracht"),
    _f("spalte-doppelt", "zaehlung", "spalte-doppelt", AB, "Ein Spaltenname ist nicht eindeutig",
       "Gefunden: »Jahr« in Spalte 1, 6", "Erwartet: jeder Name genau einmal", NACHFRAGEN),
    _f("spalten-in-anderer-reihenfolge", "zaehlung", "spalten-vertauscht", AN, f"{CSV}, Spalte 1",
       "Die Spalten stehen in anderer Reihenfolge", "Gefunden: »Ort«, wo bisher »Jahr« stand",
       "werden am Namen erkannt"),
)  # fmt: skip

INHALTE = (
    _f("zeile-doppelt", "zaehlung", "zeilen-doppelt", AB, f"{CSV}, Zeile 3", "Ein Schlüssel kommt doppelt vor",
       "Gefunden: Zeile 2 und Zeile 3: jahr »2023«, ort »101«", NACHFRAGEN),
    _f("letzte-seite-fehlt-arcgis", "umrisse", "letzte-seite-fehlt",
       NICHT, "Die Ebene ist nicht vollständig angekommen",
       "Gefunden: 6 Objekte", "Erwartet: 8 Objekte, wie vom Server angekündigt", "nichts wurde archiviert"),
    _f("letzte-seite-fehlt-ckan", "einrichtungen", "letzte-seite-fehlt:datastore_search", NICHT,
       "Die Tabelle ist nicht vollständig angekommen", "Gefunden: 9 Sätze", "Erwartet: 10 Sätze",
       "nichts wurde archiviert"),
    _f("suchtreffer-fehlen-ckan", "einrichtungen", "letzte-seite-fehlt:package_search", NICHT,
       "Die Trefferliste der Suche ist nicht vollständig angekommen", "Gefunden: 0 Pakete", SPAETER),
    _f("seite-doppelt-ckan", "einrichtungen", "seite-doppelt", NICHT, "Die Tabelle ist nicht vollständig angekommen",
       "davon nur 3 verschiedene", "Erwartet: 10 Sätze", "nichts wurde archiviert"),
    _f("gesamtzahl-wechselt-ckan", "einrichtungen", "anzahl-wechselt",
       NICHT, "Die Tabelle hat sich während des Abrufs geändert",
       "nach 3 Sätzen 11 statt 10 Sätze", "nichts wurde archiviert"),
    _f("summenzeile-fehlt", "zaehlung", "summenzeile-fehlt", AB, "Eine Summenzeile fehlt (gruppe)",
       "Gefunden: Teile ohne insgesamt bei jahr »2023«, ort »101«", "ein Wert für »Insgesamt«"),
    _f("gebiet-fehlt", "zaehlung", "gebiet-fehlt", AB, f"{CSV}: Die Tabelle ist nicht vollständig",
       "es fehlen 1 von 10: 101", "Erwartet: jeder Schlüssel des Verzeichnisses einmal in ort"),
    _f("gebiet-unbekannt", "zaehlung", "gebiet-unbekannt", AB, f"{CSV}, Zeile 2, Spalte 2", "Gefunden: »999«",
       "Erwartet: ein Schlüssel des Verzeichnisses ortsteil", "teile.tabelle.felder.ort anpassen"),
    _f("gebiet-unbekannt-im-zip", "bevoelkerung_kreis", "gebiet-unbekannt", AB, "_de_flat.csv, Zeile 2",
       "Gefunden: »05999«",
       "Erwartet: ein Schlüssel des Verzeichnisses kreis"),
    _f("zeichen-unbekannt", "zaehlung", "zeichen-unbekannt", AB, f"{CSV}, Zeile 2, Spalte 5", "Gefunden: »§«",
       "Erwartet: eine Zahl oder eines der Zeichen »-«", "die Zeichenerklärung des Herausgebers lesen"),
    _f("tausender-mit-komma", "zaehlung", "tausender-vertauscht", AB, f"{CSV}, Zeile 2, Spalte 5", "Gefunden: »2,923«",
       "Erwartet: eine ganze Zahl", "dezimal und tausender berichtigen"),
    _f("dezimalpunkt-statt-komma", "anteile", "dezimal-vertauscht", AB, "Datei anteile.csv, Zeile 2, Spalte 2",
       "Gefunden: »12.5«; sieht nach einer Kommazahl aus, deklariert ist dezimal ','"),
    _f("dezimalpunkt-wie-tausender", "promille", "dezimal-vertauscht", AB, "außerhalb des plausiblen Bereichs",
       "Gefunden: »12.375« für anteil bei ort »101«", "Erwartet: mindestens 0 und höchstens 100"),
    _f("zahl-negativ", "zaehlung", "zahl-negativ", AB, f"{CSV}, Zeile 2, Spalte 5", "Gefunden: »-2.923«",
       "Erwartet: mindestens 0", NACHFRAGEN),
    _f("ein-fuenftel-weniger-zeilen", "anteile", "zeilen-weniger", AB, "Der Abruf weicht zu stark vom vorigen ab",
       "Gefunden: Zeilen: 8 statt 10 (-20,0 %)", "Erwartet: höchstens 5 % Änderung",
       "sozialraum quelle annehmen anteile tabelle"),
    _f("jahr-fehlt", "zaehlung", "jahr-fehlt", AB, "Der Abruf weicht zu stark vom vorigen ab",
       "Gefunden: Stichtage: 1 von 2 verschwunden: 2023-12-31", "Erwartet: nichts verschwindet"),
)  # fmt: skip

MASCHINE = (
    _f("platte-voll-bei-den-bytes", "zaehlung", "bom-neu", NICHT, "Das Archiv konnte nicht geschrieben werden",
       "Gefunden: File too large", "Erwartet: Platz und Schreibrecht im Archivordner", "nichts Halbes blieb zurück",
       weise=platte_voll),
    Fall("platte-voll-beim-eintrag", "zaehlung", (), NICHT,
         ("zaehlung/tabelle", "Das Archiv konnte nicht geschrieben werden", "Platz schaffen"), weise=platte_voll),
    Fall("zwei-abrufe-zugleich", "zaehlung", ("neuer-etag", "bom-neu", "langsam"), AN,
         ("Byte-Reihenfolge-Marke (BOM)",), weise=zugleich),
)  # fmt: skip

FAELLE = (*UEBERTRAGUNG, *ANTWORTEN, *HUELLEN, *SPALTEN, *INHALTE, *MASCHINE)
