"""Second room as assets: raw tables per source, the districts of the schools, and the frame of the release to be made.

Belongs here: loading steps with their checks and metadata. Does not belong here: which retrieval counts and how it is
loaded (``pipelines.rohtabellen``).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from pipelines.assets.abruf import schluessel as archivschluessel
from pipelines.fingerabdruck import code_stand
from pipelines.freigabe import aktuelle
from pipelines.gebietsverzeichnis import verzeichnisse
from pipelines.ressourcen import Haus
from pipelines.rohtabellen.deklarationen import merke_deklarationen
from pipelines.rohtabellen.einrichtungsorte import baue_nachfragepunkte, verorte_einrichtungen
from pipelines.rohtabellen.figuren import FIGUREN, Spaltenquellen, baue_figuren, spaltenquellen
from pipelines.rohtabellen.flaechen import berechne_flaechen
from pipelines.rohtabellen.laden import GUT, lade_quelle, rohspalten
from pipelines.rohtabellen.lauf import bereite_lauf_vor
from pipelines.rohtabellen.verortung import verorte_schulen
from pipelines.rohtabellen.vorgaenger import VorgaengerFehler
from pipelines.transformation.spaltenherkunft import als_tabelle
from quellen.modell import Quelle

GRUPPE = "rohtabellen"
CHECK = "vertrag"
ABWEICHUNGEN = "abweichungen"
BEIWERK = {
    "zuordnungen": "Was die Texte der Quellen bedeuten, aus den Deklarationen",
    "zeichen": "Zeichen anstelle von Zahlen je Quelle, aus den Deklarationen",
    "abrufe": "Die Abrufe, die dieses Lager füllen",
    "quellen": "Die deklarierten Quellen und ihr Zustand in diesem Lauf",
    "lauf": "Kennung der entstehenden Freigabe und wovon sie abhängt",
    "archiveintraege": "Einträge des Archivs, als die Rohtabellen geladen wurden",
    "vorgaenger_indikatoren": "Kennzahlen der vorigen Freigabe",
    "vorgaenger_katalog": "Definitionen der vorigen Freigabe",
    "vorgaenger_abrufe": "Abrufe der vorigen Freigabe",
    "vorgaenger_quellen": "Zustand und Deklaration der Quellen in der vorigen Freigabe",
    "vorgaenger_beobachtungen": "Beobachtungen der vorigen Freigabe",
    "vorgaenger_zuordnung": "Welche Klasse in der vorigen Freigabe in welchen Indikator einging",
    "vorgaenger_gebietszuordnung": "Welche Gebiete in der vorigen Freigabe zusammengezählt wurden",
    "vorgaenger_gebiete": "Gebietsverzeichnis der vorigen Freigabe",
    "vorgaenger_ableitungen": "Was in der vorigen Freigabe in abgeleitete Kennzahlen einging",
    "vorgaenger_einrichtungen": "Einrichtungen der vorigen Freigabe",
    "vorgaenger_nachfragepunkte": "Nachfragepunkte der vorigen Freigabe",
    "vorgaenger_index_definition": "Definition des Verbundindex in der vorigen Freigabe",
    "vorgaenger_index_bestandteile": "Komponenten des Verbundindex in der vorigen Freigabe",
    "vorgaenger_reichweiten": "Regeln der Erreichbarkeit in der vorigen Freigabe",
    "vorgaenger_brueche": "Brüche in der vorigen Freigabe",
    "vorgaenger_revisionen": "Revisionen bis zur vorigen Freigabe",
    "vorgaenger_freigabe": "Woraus die vorige Freigabe entstand",
    "vorgaenger_freigaben": "Die Freigaben vor der vorigen",
    "vorgaenger_luecken": "Tabellen und Spalten, die die vorige Freigabe noch nicht hatte",
}


def schluessel(tabelle: str) -> dg.AssetKey:
    """Asset key of a raw table; the same that dbt's source has."""
    return dg.AssetKey(["raw", tabelle])


def _rohtabellen(quelle: Quelle) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            schluessel(quelle.rohtabelle(name)),
            deps=[archivschluessel(quelle.id)],
            description=f"{teil.beschreibung}. Alles Text, je Zelle Abruf, Zeile und Spalte.",
            kinds={"duckdb"},
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    [dg.TableColumn(spalte, typ) for spalte, typ in rohspalten(teil).items()]
                ),
                "Namensnennung": quelle.lizenz.namensnennung,
            },
        )
        for name, teil in quelle.teile.items()
    ]


def roh_asset(quelle: Quelle) -> dg.AssetsDefinition:
    """The assets ``raw/<quelle>__<teil>`` of one source, loaded in one step."""
    erste = schluessel(quelle.rohtabelle(next(iter(quelle.teile))))

    @dg.multi_asset(
        name=f"raw__{quelle.id}",
        group_name=GRUPPE,
        specs=_rohtabellen(quelle),
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=erste, description="Der neueste Abruf erfüllt den Vertrag der Quelle"),
            dg.AssetCheckSpec(
                ABWEICHUNGEN, asset=erste, description="Nichts weicht von dem ab, was deklariert oder bekannt ist"
            ),
        ],
        op_tags={"raum": "rohtabellen"},
    )
    def _roh(context: dg.AssetExecutionContext, haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with haus.lager() as con:
            bericht = lade_quelle(
                con,
                quelle,
                haus.archiv,
                verzeichnisse(),
                definitionen=haus.definitionen,
                mit_beispiel=haus.mit_beispiel,
                abrufmeldung=haus.abrufmeldung(quelle.id),
            )
            herkunft = _herkunft(con, quelle)
        if bericht.meldung:
            context.log.error(bericht.meldung)
        if bericht.abweichungen:
            context.log.warning(bericht.abweichungen)
        pruefungen = _pruefungen(erste, bericht.zustand, bericht.meldung, bericht.abweichungen)
        for tabelle, zeilen in bericht.zeilen.items():
            yield dg.MaterializeResult(
                asset_key=schluessel(tabelle),
                metadata={
                    "dagster/row_count": zeilen,
                    "Zustand": bericht.zustand,
                    "neu geladen": bericht.neu_geladen,
                    "Lizenz": quelle.lizenz.id,
                    "Abrufe": dg.MetadataValue.md(herkunft.get(tabelle, "keine")),
                },
                check_results=pruefungen if schluessel(tabelle) == erste else [],
            )

    return _roh


def _pruefungen(tabelle: dg.AssetKey, zustand: str, meldung: str, abweichungen: str) -> list[dg.AssetCheckResult]:
    """The contract stops nothing but ends the night red; a deviation is only shown."""
    return [
        dg.AssetCheckResult(
            check_name=CHECK,
            asset_key=tabelle,
            passed=zustand == GUT,
            severity=dg.AssetCheckSeverity.ERROR,
            description=meldung or zustand,
            metadata={"Zustand": zustand},
        ),
        dg.AssetCheckResult(
            check_name=ABWEICHUNGEN,
            asset_key=tabelle,
            passed=not abweichungen,
            severity=dg.AssetCheckSeverity.WARN,
            description=abweichungen or "keine",
        ),
    ]


def _herkunft(con: object, quelle: Quelle) -> dict[str, str]:
    zeilen = con.execute(  # type: ignore[attr-defined]
        "select teil, datei, abruf, abgerufen_am, datenart, coalesce(stand, ''), zeilen from raw.abrufe "
        "where quelle = ? order by teil, stand, datei",
        [quelle.id],
    ).fetchall()
    kopf = (
        "| Datei | sha256 | abgerufen am (UTC) | Datenart | Stand | Zeilen |\n| --- | --- | --- | --- | --- | --- |\n"
    )
    je_tabelle: dict[str, str] = {}
    for teil, datei, abruf, zeit, datenart, stand, anzahl in zeilen:
        name = quelle.rohtabelle(teil)
        text = f"| {datei} | `{abruf}` | {zeit} | {datenart} | {stand} | {anzahl} |\n"
        je_tabelle[name] = je_tabelle.get(name, kopf) + text
    return je_tabelle


@dg.asset(
    key=schluessel("verortung"),
    group_name=GRUPPE,
    deps=[schluessel(t) for t in ("schulen__verzeichnis", "gebiete__stadtbezirke", "gebiete__ortsteile")],
    description="In welchem Stadtbezirk und Ortsteil eine Schule liegt; ohne veröffentlichten Umriss bleibt er offen.",
    kinds={"python", "duckdb"},
)
def verortung(haus: Haus) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Point in polygon for every school with coordinates."""
    with haus.lager() as con:
        im_umriss = verorte_schulen(con)
    return dg.MaterializeResult(metadata={"dagster/row_count": im_umriss})


ORTE = {
    "verortung_einrichtungen": "Wo jede Tageseinrichtung und Schule der Stadt liegt, oder warum das offen bleibt",
    "nachfragepunkte": "Punkte, auf die sich die Kinder eines Ortsteils verteilen: Adressen in Zellen von 250 m",
    "gebietsflaechen": "Fläche jedes Gebiets mit Umriss, aus dem Umriss berechnet",
}


@dg.multi_asset(
    name="raw__einrichtungsorte",
    group_name=GRUPPE,
    specs=[
        dg.AssetSpec(
            schluessel(name),
            deps=[
                schluessel(t)
                for t in ("kitas__liste", "schulen__verzeichnis", "adressen__hausnummern", "gebiete__stadtbezirke")
            ]
            + [schluessel("gebiete__ortsteile")],
            description=beschreibung,
            kinds={"python", "duckdb"},
        )
        for name, beschreibung in ORTE.items()
    ],
)
def einrichtungsorte(haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Places of facilities and of those who may go there, and the areas of the districts in which they lie."""
    with haus.lager() as con:
        mit_ortsteil, punkte = verorte_einrichtungen(con), baue_nachfragepunkte(con)
        flaechen = berechne_flaechen(con)
        befunde = con.execute(
            "select o.quelle, coalesce(nullif(o.befund, ''), 'verortet') as befund, count(*) as n "
            "from raw.verortung_einrichtungen as o group by all order by all"
        ).fetchall()
    yield dg.MaterializeResult(
        asset_key=schluessel("verortung_einrichtungen"),
        metadata={
            "dagster/row_count": sum(n for _, _, n in befunde),
            "im Ortsteil": mit_ortsteil,
            "Befunde": dg.MetadataValue.md("\n".join(f"- {q}: {b} ({n})" for q, b, n in befunde)),
        },
    )
    yield dg.MaterializeResult(asset_key=schluessel("nachfragepunkte"), metadata={"dagster/row_count": punkte})
    yield dg.MaterializeResult(asset_key=schluessel("gebietsflaechen"), metadata={"dagster/row_count": flaechen})


GESTALT = {
    "figuren": "Alle Werte aller Quellen in einer Gestalt, noch als Text; die Spalten heißen nach ihrer Rolle",
    "zeilen": "Jede Quellzeile, die als Beobachtung oder in abgewiesen verbucht sein muss",
    "rollen": "Unter welchem Feld raw.zuordnungen die Texte einer Rolle kennt, aus den Deklarationen",
    "merkmale": "Merkmale, die Quellen selbst deklarieren",
}


def figuren_asset(quellen: Iterable[Quelle]) -> dg.AssetsDefinition:
    """What all sources have in common, made from the declarations: see ``pipelines.rohtabellen.figuren``."""
    quellen = list(quellen)
    herkunft = spaltenquellen(quellen)
    schema = dg.TableSchema([dg.TableColumn(spalte, typ) for spalte, typ in FIGUREN.items()])

    @dg.multi_asset(
        name="raw__figuren",
        group_name=GRUPPE,
        specs=[
            dg.AssetSpec(
                schluessel(name),
                deps=[schluessel(q.rohtabelle(t)) for q in quellen for t in q.teile],
                description=beschreibung,
                kinds={"duckdb"},
                metadata={"dagster/column_schema": schema} if name == "figuren" else {},
            )
            for name, beschreibung in GESTALT.items()
        ],
    )
    def _figuren(haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with haus.lager() as con:
            anzahl = baue_figuren(con, quellen)
        for name, zeilen in anzahl.items():
            yield dg.MaterializeResult(
                asset_key=schluessel(name),
                metadata={"dagster/row_count": zeilen} | _spaltenherkunft(herkunft.get(name, {})),
            )

    return _figuren


def _spaltenherkunft(herkunft: Spaltenquellen) -> dict[str, Any]:
    if not herkunft:
        return {}
    deps = {
        spalte: [dg.TableColumnDep(dg.AssetKey(tabelle.split(".")), name) for tabelle, name in quellen]
        for spalte, quellen in herkunft.items()
    }
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "Spaltenherkunft": dg.MetadataValue.md(als_tabelle(herkunft)),
    }


def laufstand_asset(quellen: Iterable[Quelle]) -> dg.AssetsDefinition:
    """The accompanying raw tables.

    If nothing changed since the current release it yields nothing, so that dbt and the release are skipped.
    """
    tabellen = [schluessel(q.rohtabelle(t)) for q in quellen for t in q.teile]

    @dg.multi_asset(
        name="raw__laufstand",
        group_name=GRUPPE,
        specs=[
            dg.AssetSpec(
                schluessel(name),
                deps=[*tabellen, *(schluessel(n) for n in ("verortung", *ORTE, "fusswege", *GESTALT))],
                description=beschreibung,
                skippable=True,
                kinds={"duckdb"},
            )
            for name, beschreibung in BEIWERK.items()
        ],
    )
    def _laufstand(context: dg.AssetExecutionContext, haus: Haus) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with haus.lager() as con:
            merke_deklarationen(con, haus.einstellungen)
            try:
                stand = bereite_lauf_vor(
                    con,
                    aktuelle(haus.einstellungen.freigaben),
                    jetzt=haus.jetzt,
                    definitionen=haus.definitionen,
                    code=code_stand(),
                    dagster_lauf=context.run_id,
                    betrieb=haus.einstellungen.betrieb,
                )
            except VorgaengerFehler as fehler:
                raise dg.Failure(description=str(fehler), allow_retries=False) from fehler
            if not stand.neues:
                context.log.info(f"Nichts Neues seit der Freigabe {stand.vorgaenger}: sie bleibt aktuell.")
                return
            anzahl = {
                name: con.execute(f"select count(*) from raw.{name}").fetchone()[0]  # noqa: S608 - fixed names
                for name in BEIWERK
            }
        for name in BEIWERK:
            yield dg.MaterializeResult(
                asset_key=schluessel(name),
                metadata={"dagster/row_count": anzahl[name], "Freigabe": stand.id, "Archivstand": stand.archivstand},
            )

    return _laufstand


def zustandsbericht_asset(quellen: Iterable[Quelle]) -> dg.AssetsDefinition:
    """Last word of a night: fails the run if a source does not stand at its newest retrieval."""
    quellen = list(quellen)

    @dg.asset(
        key=dg.AssetKey(["bericht", "quellenzustand"]),
        group_name="freigabe",
        deps=[*(schluessel(q.rohtabelle(t)) for q in quellen for t in q.teile), schluessel("fusswege")],
        description="Zustand jeder Quelle in dieser Nacht; schlägt fehl, wenn eine nicht auf dem neuesten ist.",
    )
    def _bericht(haus: Haus) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with haus.lager() as con:
            zeilen = con.execute("select quelle, zustand, meldung from raw.quellen order by quelle").fetchall()
        kopf = "| Quelle | Zustand | Meldung |\n| --- | --- | --- |\n"
        text = kopf + "\n".join(f"| {q} | {z} | {m.replace(chr(10), ' ')} |" for q, z, m in zeilen)
        schlecht = [f"{q}: {z}. {m}" for q, z, m in zeilen if m]
        if schlecht:
            raise dg.Failure(
                description="Nicht alle Quellen sind auf ihrem neuesten Stand.\n" + "\n".join(schlecht),
                metadata={"Quellen": dg.MetadataValue.md(text)},
                allow_retries=False,
            )
        return dg.MaterializeResult(metadata={"Quellen": dg.MetadataValue.md(text)})

    return _bericht
