"""Yearly tables by year: one partitioned asset per source, for backfills from the UI.

Belongs here: partitions, and which years a run has to deal with. Does not belong here: fetching a year
(``quellen.abrufen.hole_jahrgang``) and the nightly years (``assets.abruf``).

A backfill is one run for all its years (``BackfillPolicy.single_run``): runs wait for each other anyway (one at a time,
one polite request after the other), and every further process would load the project again. Each year that is in the
archive afterwards is reported by itself, so that a fault in one year leaves the others present.
"""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from pipelines.assets.abruf import BEISPIELARCHIV, BERLIN
from pipelines.ressourcen import Haus
from quellen.abrufen import hole_jahrgang
from quellen.archiv import Abruf, Archiv
from quellen.fehler import Befund, NochNichtDa, QuellenFehler
from quellen.modell import Quelle

GRUPPE = "nachholen"
GEHOLT, VORHANDEN = "geholt", "war da"


def schluessel(quelle: str) -> dg.AssetKey:
    """Asset key of a source's years."""
    return dg.AssetKey(["jahrgaenge", quelle])


def jaehrliche_teile(quelle: Quelle) -> dict[str, int]:
    """Teile that are fetched year by year, with their first year."""
    return {name: teil.jahrgaenge.ab for name, teil in quelle.teile.items() if teil.jahrgaenge is not None}


def jahrespartitionen(quelle: Quelle) -> dg.TimeWindowPartitionsDefinition:
    """One partition per year from the smallest ``ab`` to last year, growing by itself on 1 January."""
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule="0 0 1 1 *",
        start=str(min(jaehrliche_teile(quelle).values())),
        fmt="%Y",
        timezone=str(BERLIN),
    )


def jahrgang_assets(quellen: list[Quelle]) -> list[dg.AssetsDefinition]:
    """The asset ``jahrgaenge/<quelle>`` of every source that has yearly tables."""
    return [jahrgang_asset(q) for q in quellen if jaehrliche_teile(q)]


def jahrgang_asset(quelle: Quelle) -> dg.AssetsDefinition:
    """The asset ``jahrgaenge/<quelle>``; a partition is a year of all its yearly Teile."""
    teile = ", ".join(f"{name} ab {ab}" for name, ab in jaehrliche_teile(quelle).items())

    @dg.multi_asset(
        name=f"jahrgaenge__{quelle.id}",
        group_name=GRUPPE,
        specs=[
            dg.AssetSpec(
                schluessel(quelle.id),
                partitions_def=jahrespartitionen(quelle),
                skippable=True,
                description=f"Jahrgänge von »{quelle.titel}« im Archiv ({teile}). Ein Nachholen (Backfill) ruft ab, "
                "was fehlt, sonst nichts; der nächste Nachtlauf rechnet damit.",
                kinds={quelle.zugang.portal},
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
        op_tags={"raum": "abruf"},
    )
    def _jahrgaenge(context: dg.AssetExecutionContext, haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        fehler: list[str] = []
        for jahr in map(int, context.partition_keys):
            ergebnisse = {}
            try:
                for teil, ab in jaehrliche_teile(quelle).items():
                    if jahr >= ab:
                        ergebnisse[teil] = _hole(haus, quelle, teil, jahr)
            except NochNichtDa as ursache:
                context.log.warning(str(ursache))
                if jahr < haus.jetzt.astimezone(BERLIN).year - 1:
                    fehler.append(str(ursache))
                continue
            except QuellenFehler as ursache:
                context.log.error(str(ursache))
                fehler.append(str(ursache))
                continue
            context.log.info(f"{jahr}: {', '.join(f'{t} {e}' for t, e in ergebnisse.items())}")
            context.log_event(_meldung(quelle, jahr, ergebnisse, haus.archiv.abrufe(quelle.id)))
        if fehler:
            raise dg.Failure(
                description="Nicht alle Jahrgänge ließen sich holen; die übrigen sind im Archiv.\n" + "\n".join(fehler),
                allow_retries=False,
            )
        yield from ()

    return _jahrgaenge


def _hole(haus: Haus, quelle: Quelle, teil: str, jahr: int) -> str:
    """Fetch or take over one year of one Teil, unless it is there. Raises ``QuellenFehler``."""
    if haus.einstellungen.betrieb == "beispiel":
        return _uebernimm(haus.archiv, Archiv(BEISPIELARCHIV), quelle, teil, jahr)
    heute: date = haus.jetzt.astimezone(BERLIN).date()
    geholt = hole_jahrgang(quelle, teil, jahr, haus.archiv, haus.abrufer, heute=heute, jetzt=haus.jetzt)
    return GEHOLT if geholt else VORHANDEN


def _uebernimm(archiv: Archiv, beispiel: Archiv, quelle: Quelle, teil: str, jahr: int) -> str:
    """Copy the example's records of a year. Raises ``NochNichtDa`` if the example does not have it."""
    if _von(archiv.abrufe(quelle.id), teil, jahr):
        return VORHANDEN
    gefunden = _von(beispiel.abrufe(quelle.id), teil, jahr)
    if not gefunden:
        raise NochNichtDa(
            Befund(
                regel="Das Beispielarchiv hat diesen Jahrgang nicht",
                gefunden=f"nichts für {jahr}",
                erwartet="ein Abruf dieses Jahrgangs",
                tun="mit SOZIALRAUM_BETRIEB=live vom Portal nachholen",
                quelle=quelle.id,
                teil=teil,
            )
        )
    for abruf in gefunden:
        for objekt in abruf.objekte:
            archiv.ablegen(beispiel.lesen(objekt.sha256))
        archiv.verzeichnen(abruf)
    return GEHOLT


def _von(abrufe: list[Abruf], teil: str, jahr: int) -> list[Abruf]:
    return [a for a in abrufe if a.teil == teil and a.jahrgang == jahr]


def _meldung(quelle: Quelle, jahr: int, ergebnisse: dict[str, str], abrufe: list[Abruf]) -> dg.AssetMaterialization:
    kopf = "| Teil | Ergebnis | abgerufen am | Datenart | sha256 |\n| --- | --- | --- | --- | --- |\n"
    zeilen = []
    for teil, ergebnis in ergebnisse.items():
        for abruf in _von(abrufe, teil, jahr)[-1:]:
            zeit = f"{abruf.abgerufen_am.astimezone(BERLIN):%d.%m.%Y %H:%M:%S}"
            hashes = ", ".join(f"`{o.sha256}`" for o in abruf.objekte)
            zeilen.append(f"| {teil} | {ergebnis} | {zeit} | {abruf.datenart} | {hashes} |")
    return dg.AssetMaterialization(
        asset_key=schluessel(quelle.id),
        partition=str(jahr),
        description=f"Jahrgang {jahr} ist im Archiv",
        metadata={
            "geholt": sum(e == GEHOLT for e in ergebnisse.values()),
            "war da": sum(e == VORHANDEN for e in ergebnisse.values()),
            "Abrufe": dg.MetadataValue.md(kopf + "\n".join(zeilen)),
        },
    )


def gemeldete_jahre(quelle: Quelle, archiv: Archiv, instanz: dg.DagsterInstance) -> list[dg.AssetMaterialization]:
    """Years that are whole in the archive and that Dagster does not show as present yet.

    The nightly fetch may log them (``context.log_event``), so that the UI shows what a backfill would skip.
    """
    teile = jaehrliche_teile(quelle)
    if not teile:
        return []
    abrufe = archiv.abrufe(quelle.id)
    bekannt = instanz.get_materialized_partitions(schluessel(quelle.id))
    ergebnis = []
    for jahr in map(int, jahrespartitionen(quelle).get_partition_keys()):
        faellig = [t for t, ab in teile.items() if jahr >= ab]
        if str(jahr) not in bekannt and all(_von(abrufe, t, jahr) for t in faellig):
            ergebnis.append(_meldung(quelle, jahr, dict.fromkeys(faellig, VORHANDEN), abrufe))
    return ergebnis
