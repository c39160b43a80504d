"""First room as assets: one per source, from the portal (or the bundled example) into the archive.

Belongs here: the one step that fetches whatever sources are wanted, and what the UI shows about a retrieval. Does not
belong here: how a portal is spoken to (``quellen.zugang``), who runs beside whom and retries (``quellen.abrufen``). A
source that cannot be fetched does not stop the others: its check fails, what was archived before stays, and the night
report at the end of the run names it.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.einstellungen import PROJEKT
from pipelines.ressourcen import Haus
from quellen.abrufen import Ergebnis, abrufe_quellen
from quellen.archiv import Abruf, Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle

GRUPPE = "abruf"
CHECK = "abruf"
BEISPIELARCHIV = PROJEKT / "quellen" / "beispiel" / "archiv"
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class _Ausgang:
    """What became of one source in this step. ``meldung`` is empty if all is well."""

    quelle: Quelle
    neu: int = 0
    meldung: str = ""
    noch_nicht: tuple[str, ...] = ()

    @property
    def kurz(self) -> str:
        """One line for the check and the terminal."""
        if self.meldung:
            return self.meldung
        return f"vollständig, {self.neu} neu" if self.neu else "vollständig, nichts Neues"


def schluessel(quelle: str) -> dg.AssetKey:
    """Asset key of a source's archive."""
    return dg.AssetKey(["archiv", quelle])


def _spec(quelle: Quelle) -> dg.AssetSpec:
    return dg.AssetSpec(
        schluessel(quelle.id),
        group_name=GRUPPE,
        description=f"{quelle.titel}. {quelle.herausgeber}. Rhythmus: {quelle.rhythmus.removesuffix('.')}.",
        kinds={quelle.zugang.portal},
        metadata={
            "Lizenz": dg.MetadataValue.url(quelle.lizenz.url),
            "Namensnennung": quelle.lizenz.namensnennung,
            "Seite": dg.MetadataValue.url(quelle.seite),
            "Format bestätigt": quelle.bestaetigt,
        },
    )


def abruf_asset(quellen: Iterable[Quelle]) -> dg.AssetsDefinition:
    """The assets ``archiv/<quelle>`` of all sources, fetched side by side in one step; any of them can be run alone."""
    je_schluessel = {schluessel(q.id): q for q in quellen}

    @dg.multi_asset(
        name=GRUPPE,
        specs=[_spec(q) for q in je_schluessel.values()],
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=k, description="Der Abruf am Portal gelang vollständig")
            for k in je_schluessel
        ],
        can_subset=True,
        op_tags={"raum": "abruf"},
    )
    def _abruf(context: dg.AssetExecutionContext, haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        gewuenscht = [q for k, q in je_schluessel.items() if k in context.selected_asset_keys]
        for ausgang in _ausgaenge(context, haus, gewuenscht):
            quelle = ausgang.quelle
            if ausgang.meldung:
                context.log.error(ausgang.meldung)
            haus.merke_abruf(quelle.id, ausgang.meldung)
            pruefung = dg.AssetCheckResult(
                check_name=CHECK,
                asset_key=schluessel(quelle.id),
                passed=not ausgang.meldung,
                severity=dg.AssetCheckSeverity.ERROR,
                description=ausgang.kurz,
            )
            geprueft = dg.AssetCheckKey(schluessel(quelle.id), CHECK) in context.selected_asset_check_keys
            yield dg.MaterializeResult(
                asset_key=schluessel(quelle.id),
                metadata={"Neue Inhalte": ausgang.neu, **_metadaten(haus.archiv, ausgang)},
                check_results=[pruefung] if geprueft else [],
            )

    return _abruf


def _ausgaenge(context: dg.AssetExecutionContext, haus: Haus, quellen: list[Quelle]) -> Iterator[_Ausgang]:
    """Fetch or take over; each source's outcome as soon as it is final."""
    e = haus.einstellungen
    ruhend = [q for q in quellen if e.auswahl and q.id not in e.auswahl]
    gefragt = {q.id: q for q in quellen if q not in ruhend}
    for quelle in ruhend:
        context.log.info(f"{quelle.id}: nicht ausgewählt: es gilt, was im Archiv liegt")
        yield _Ausgang(quelle)
    if e.betrieb == "beispiel":
        yield from (_uebernommen(haus.archiv, q) for q in gefragt.values())
        return
    haus.abrufer.melde = context.log.info
    for ergebnis in abrufe_quellen(
        gefragt.values(),
        haus.archiv,
        haus.abrufer,
        heute=haus.jetzt.astimezone(BERLIN).date(),
        jetzt=haus.jetzt,
        wartezeit_s=float(os.environ.get("SOZIALRAUM_WARTEZEIT", "30")),
    ):
        yield _ausgang(gefragt[ergebnis.quelle], ergebnis)


def _uebernommen(archiv: Archiv, quelle: Quelle) -> _Ausgang:
    try:
        return _Ausgang(quelle, archiv.uebernehmen(Archiv(BEISPIELARCHIV), quelle.id))
    except QuellenFehler as fehler:
        return _Ausgang(quelle, meldung=str(fehler))


def _ausgang(quelle: Quelle, ergebnis: Ergebnis) -> _Ausgang:
    meldungen = dict.fromkeys(str(f) for f in ergebnis.fehler.values())
    neu = sum(t.neu for t in ergebnis.teile.values())
    return _Ausgang(quelle, neu, "\n".join(meldungen), ergebnis.noch_nicht)


def _metadaten(archiv: Archiv, ausgang: _Ausgang) -> dict[str, dg.MetadataValue]:
    """What the archive has of the source after the step. A damaged archive is this source's trouble only."""
    weitere = {"Noch nicht veröffentlicht": dg.MetadataValue.text(", ".join(ausgang.noch_nicht))}
    try:
        abrufe = archiv.abrufe(ausgang.quelle.id)
    except QuellenFehler as fehler:
        return {"Stand": dg.MetadataValue.text(str(fehler))}
    if not abrufe:
        return {"Stand": dg.MetadataValue.text("noch kein Abruf im Archiv")}
    neueste = {(a.teil, a.jahrgang): a for a in abrufe}
    kopf = "| Teil | abgerufen am | Datei | Bytes | sha256 | HTTP | Datenart | Weg |\n" + "| --- " * 8 + "|\n"
    zeilen = [
        f"| {_teil(a)} | {a.abgerufen_am.astimezone(BERLIN):%d.%m.%Y %H:%M:%S} | {_zelle(o.datei)} | {o.bytes} | "
        f"`{o.sha256}` | {o.http_status or ''} | {a.datenart} | {a.weg} |"
        for a in neueste.values()
        for o in a.objekte
    ]
    umwege = [f"- {_teil(a)}: {_zelle(umweg)}" for a in neueste.values() for umweg in a.umwege]
    letzter = max(abrufe, key=lambda a: a.abgerufen_am)
    return {
        "Abrufe": dg.MetadataValue.md(kopf + "\n".join(zeilen)),
        "Abgerufen am": dg.MetadataValue.timestamp(letzter.abgerufen_am),
        "sha256": dg.MetadataValue.text(letzter.objekte[0].sha256),
        "Datenart": dg.MetadataValue.text(letzter.datenart),
        "Lizenz": dg.MetadataValue.text(letzter.lizenz),
        "Weg": dg.MetadataValue.text(", ".join(dict.fromkeys(a.weg for a in neueste.values()))),
        "Umwege": dg.MetadataValue.md("\n".join(umwege) or "keine"),
        **(weitere if ausgang.noch_nicht else {}),
    }


def _teil(abruf: Abruf) -> str:
    return abruf.teil if abruf.jahrgang is None else f"{abruf.teil}/{abruf.jahrgang}"


def _zelle(text: str) -> str:
    """A text of a portal as it may stand in a table of the UI: one line, without marks that Markdown acts on."""
    return " ".join(re.sub(r"([\\|`*_\[\]<>])", r"\\\1", text).split())
