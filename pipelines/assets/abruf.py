"""First room as assets: one per source, from the portal (or the bundled example) into the archive.

Belongs here: fetching with retries, and what the UI shows about a retrieval. Does not belong here: how a portal is
spoken to (``quellen.zugang``). A source that cannot be fetched does not stop the others: its check fails, what was
archived before stays, and the night report at the end of the run names it.
"""

import os
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.einstellungen import PROJEKT
from pipelines.ressourcen import Haus
from quellen.abrufen import abrufe_quelle
from quellen.archiv import Abruf, Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle

GRUPPE = "abruf"
CHECK = "abruf"
BEISPIELARCHIV = PROJEKT / "quellen" / "beispiel" / "archiv"
VERSUCHE = 2
BERLIN = ZoneInfo("Europe/Berlin")


def schluessel(quelle: str) -> dg.AssetKey:
    """Asset key of a source's archive."""
    return dg.AssetKey(["archiv", quelle])


def _warte_s(versuch: int) -> float:
    return float(os.environ.get("SOZIALRAUM_WARTEZEIT", "30")) * 2.0**versuch


def abruf_asset(quelle: Quelle) -> dg.AssetsDefinition:
    """The asset ``archiv/<quelle>``."""

    @dg.asset(
        key=schluessel(quelle.id),
        group_name=GRUPPE,
        description=f"{quelle.titel}. {quelle.herausgeber}. Rhythmus: {quelle.rhythmus.removesuffix('.')}.",
        kinds={quelle.zugang.portal},
        metadata={
            "Lizenz": dg.MetadataValue.url(quelle.lizenz.url),
            "Namensnennung": quelle.lizenz.namensnennung,
            "Seite": dg.MetadataValue.url(quelle.seite),
            "Format bestätigt": quelle.bestaetigt,
        },
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=schluessel(quelle.id), description="Der Abruf am Portal gelang vollständig")
        ],
        op_tags={"raum": "abruf"},
    )
    def _abruf(context: dg.AssetExecutionContext, haus: Haus) -> dg.MaterializeResult:  # type: ignore[type-arg]
        meldung, neu = "", 0
        try:
            neu = _hole(context, haus, quelle)
        except QuellenFehler as fehler:
            if fehler.voruebergehend and context.retry_number < VERSUCHE:
                raise dg.RetryRequested(VERSUCHE, _warte_s(context.retry_number)) from fehler
            meldung = str(fehler)
            context.log.error(meldung)
        haus.merke_abruf(quelle.id, meldung)
        abrufe = haus.archiv.abrufe(quelle.id)
        return dg.MaterializeResult(
            metadata={"Neue Inhalte": neu, **_metadaten(abrufe)},
            check_results=[
                dg.AssetCheckResult(
                    check_name=CHECK,
                    passed=not meldung,
                    severity=dg.AssetCheckSeverity.ERROR,
                    description=meldung or "vollständig",
                )
            ],
        )

    return _abruf


def _hole(context: dg.AssetExecutionContext, haus: Haus, quelle: Quelle) -> int:
    """Fetch or take over; returns the number of Teile with new content. Raises ``QuellenFehler``."""
    e = haus.einstellungen
    if e.auswahl and quelle.id not in e.auswahl:
        context.log.info("nicht ausgewählt: es gilt, was im Archiv liegt")
        return 0
    if e.betrieb == "beispiel":
        return haus.archiv.uebernehmen(Archiv(BEISPIELARCHIV), quelle.id)
    ergebnis = abrufe_quelle(
        quelle, haus.archiv, haus.abrufer, heute=haus.jetzt.astimezone(BERLIN).date(), jetzt=haus.jetzt
    )
    if ergebnis.fehler:
        fehler = ergebnis.fehler.values()
        befunde = [b for f in fehler for b in f.befunde]
        raise QuellenFehler(befunde, voruebergehend=all(f.voruebergehend for f in fehler))
    return sum(t.neu for t in ergebnis.teile.values())


def _metadaten(abrufe: list[Abruf]) -> dict[str, dg.MetadataValue]:
    if not abrufe:
        return {"Stand": dg.MetadataValue.text("noch kein Abruf im Archiv")}
    neueste = {a.teil: a for a in abrufe}
    kopf = "| Teil | abgerufen am | Datei | Bytes | sha256 | HTTP | Datenart |\n" + "| --- " * 7 + "|\n"
    zeilen = [
        f"| {a.teil} | {a.abgerufen_am.astimezone(BERLIN):%d.%m.%Y %H:%M:%S} | {o.datei} | {o.bytes} | `{o.sha256}` | "
        f"{o.http_status or ''} | {a.datenart} |"
        for a in neueste.values()
        for o in a.objekte
    ]
    letzter = max(abrufe, key=lambda a: a.abgerufen_am)
    return {
        "Abrufe": dg.MetadataValue.md(kopf + "\n".join(zeilen)),
        "Abgerufen am": dg.MetadataValue.timestamp(letzter.abgerufen_am),
        "sha256": dg.MetadataValue.text(letzter.objekte[0].sha256),
        "Datenart": dg.MetadataValue.text(letzter.datenart),
        "Lizenz": dg.MetadataValue.text(letzter.lizenz),
    }
