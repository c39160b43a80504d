"""Backfill of yearly tables: real runs of Dagster against the replica, counting what the portal was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest
from laufhilfe import GENESIS

from pipelines.assets import jahrgaenge
from pipelines.assets.jahrgaenge import gemeldete_jahre, jahrespartitionen, jahrgang_asset, jahrgang_assets, schluessel
from pipelines.ressourcen import Haus
from quellen import holen
from quellen.abrufen import hole_jahrgang
from quellen.archiv import Abruf, Archiv, Objekt
from quellen.fehler import Befund, NochNichtDa, QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle

JETZT = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
KOPF = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label\n"
)


def quelle(ab: int = 2020, **weitere: int) -> Quelle:
    """A yearly GENESIS table; further Teile begin in other years."""
    teil = {
        "beschreibung": "Fälle je Jahr",
        "form": "werte",
        "dateimuster": ".*",
        "sortiert_egal": True,
        "felder": {"jahr": {"typ": "jahr"}, "kreis": {"typ": "schluessel", "verzeichnis": "kreis"}},
        "eindeutig": ["jahr", "kreis"],
        "formate": [
            {
                "art": "ffcsv",
                "kodierung": "utf-8-sig",
                "orte": {"jahr": {"spalte": "time"}, "kreis": {"variable": ["KREISE"]}},
                "wertspalten": [{"muster": "value", "merkmal": "faelle"}],
            }
        ],
    }
    anfaenge = {"tabelle": ab} | weitere
    return Quelle.model_validate(
        {
            "id": "jahre",
            "titel": "Jahre",
            "herausgeber": "Amt",
            "lizenz": {"id": "dl-de/by-2-0", "url": "https://example.org/l", "namensnennung": "Amt"},
            "seite": "https://example.org/",
            "rhythmus": "jährlich",
            "hoechstalter_tage": 400,
            "bestaetigt": True,
            "zugang": {"portal": "direkt", "basis": "https://portal.example.org", "hosts": ["portal.example.org"]},
            "teile": {
                name: teil | {"zugang": {"pfad": f"/{name}_{{jahr}}.csv"}, "jahrgaenge": {"ab": erstes}}
                for name, erstes in anfaenge.items()
            },
        }
    )


def jahresdatei(jahr: int) -> bytes:
    return (KOPF + f"1;Fälle;JAHR;Jahr;{jahr};KREISE;Kreise;05112;Duisburg;{jahr};Anzahl;F;Fälle\n").encode()


def verzeichne(archiv: Archiv, jahr: int, teil: str = "tabelle", weg: str = "direkt") -> None:
    daten = jahresdatei(jahr)
    archiv.verzeichnen(
        Abruf(
            quelle="jahre",
            teil=teil,
            abgerufen_am=JETZT,
            datenart="beispiel",
            weg=weg,
            lizenz="dl-de/by-2-0",
            inhalt=f"{teil}{jahr}",
            objekte=(Objekt(sha256=archiv.ablegen(daten), bytes=len(daten), datei=f"{jahr}.csv", url="https://x"),),
            jahrgang=jahr,
        )
    )


class Portal:
    """Stands for ``hole_jahrgang`` at its far end: records what is really fetched, into the real archive."""

    def __init__(self) -> None:
        self.gefragt: list[tuple[str, int]] = []
        self.fehlt: dict[int, type[QuellenFehler]] = {}

    def __call__(
        self, q: Quelle, teil: str, jahr: int, archiv: Archiv, abrufer: Abrufer, *, heute: date, jetzt: datetime
    ) -> bool:
        assert heute.year >= jahr
        if any((a.teil, a.jahrgang) == (teil, jahr) for a in archiv.abrufe(q.id)):
            return False
        self.gefragt.append((teil, jahr))
        if jahr in self.fehlt:
            raise self.fehlt[jahr](Befund("Es geht nicht", str(jahr), "Daten", "warten", quelle=q.id, teil=teil))
        verzeichne(archiv, jahr, teil)
        return True


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Portal:
    ersatz = Portal()
    monkeypatch.setattr(jahrgaenge, "hole_jahrgang", ersatz)
    return ersatz


@pytest.fixture
def archiv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archiv:
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path))
    monkeypatch.setenv("SOZIALRAUM_BETRIEB", "live")
    return Archiv(tmp_path / "archiv")


@pytest.fixture
def instanz() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as offen:
        yield offen


def hole_nach(instanz: dg.DagsterInstance, q: Quelle, von: int, bis: int) -> dg.ExecuteInProcessResult:
    """One run over a range of years, as a backfill with the policy ``single_run`` starts it."""
    bereich = {
        "dagster/asset_partition_range_start": str(von),
        "dagster/asset_partition_range_end": str(bis),
    }
    defs = dg.Definitions([jahrgang_asset(q)], jobs=[dg.define_asset_job("nachholen")], resources={"haus": Haus()})
    job = defs.resolve_job_def("nachholen")
    return job.execute_in_process(instance=instanz, tags=bereich, raise_on_error=False)


def da(instanz: dg.DagsterInstance) -> set[str]:
    return instanz.get_materialized_partitions(schluessel("jahre"))


def test_drei_jahre_von_denen_eines_da_ist(archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance) -> None:
    verzeichne(archiv, 2021)
    ergebnis = hole_nach(instanz, quelle(), 2020, 2022)
    assert ergebnis.success
    assert portal.gefragt == [("tabelle", 2020), ("tabelle", 2022)]
    assert da(instanz) == {"2020", "2021", "2022"}
    assert sorted(a.jahrgang or 0 for a in archiv.abrufe("jahre")) == [2020, 2021, 2022]
    ereignisse = [e.step_materialization_data.materialization for e in ergebnis.all_events if e.is_step_materialization]
    assert {m.partition: m.metadata["geholt"].value for m in ereignisse} == {"2020": 1, "2021": 0, "2022": 1}
    assert "war da" in ereignisse[1].metadata["Abrufe"].value


def test_noch_einmal_holt_nichts(archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance) -> None:
    hole_nach(instanz, quelle(), 2020, 2021)
    portal.gefragt.clear()
    assert hole_nach(instanz, quelle(), 2020, 2021).success
    assert portal.gefragt == []
    assert len(archiv.abrufe("jahre")) == 2


def test_ein_fehler_laesst_die_anderen_jahre_gelten(
    archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance
) -> None:
    portal.fehlt[2021] = QuellenFehler
    ergebnis = hole_nach(instanz, quelle(), 2020, 2022)
    assert not ergebnis.success
    assert da(instanz) == {"2020", "2022"}
    [schritt] = [e for e in ergebnis.all_events if e.event_type_value == "STEP_FAILURE"]
    assert "Es geht nicht. Gefunden: 2021" in (schritt.step_failure_data.user_failure_data.description or "")


def test_was_noch_nicht_erschienen_sein_kann_ist_kein_fehler(
    archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance
) -> None:
    letztes = int(jahrespartitionen(quelle()).get_last_partition_key() or 0)
    portal.fehlt[letztes] = portal.fehlt[2020] = NochNichtDa
    assert hole_nach(instanz, quelle(), letztes - 1, letztes).success
    assert da(instanz) == {str(letztes - 1)}
    assert not hole_nach(instanz, quelle(), 2020, 2020).success


def test_ein_teil_der_spaeter_beginnt(archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance) -> None:
    assert hole_nach(instanz, quelle(2020, zweite=2021), 2020, 2021).success
    assert portal.gefragt == [("tabelle", 2020), ("tabelle", 2021), ("zweite", 2021)]


def test_partitionen_vom_kleinsten_anfang_bis_zum_vorjahr() -> None:
    schluessel_ = jahrespartitionen(quelle(2020, zweite=2018)).get_partition_keys(current_time=JETZT)
    assert list(schluessel_) == [str(j) for j in range(2018, 2026)]


def test_nur_quellen_mit_jahrgaengen_bekommen_ein_asset() -> None:
    ohne = quelle().model_copy(
        update={"teile": {n: t.model_copy(update={"jahrgaenge": None}) for n, t in quelle().teile.items()}}
    )
    assert jahrgang_assets([ohne]) == []
    [asset] = jahrgang_assets([ohne, quelle()])
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()
    assert {s.group_name for s in asset.specs} == {"nachholen"}


def test_im_beispielbetrieb_aus_dem_beispielarchiv(
    archiv: Archiv, portal: Portal, instanz: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beispiel = Archiv(tmp_path / "beispiel")
    verzeichne(beispiel, 2020)
    verzeichne(beispiel, 2021)
    monkeypatch.setattr(jahrgaenge, "BEISPIELARCHIV", beispiel.ordner)
    monkeypatch.setenv("SOZIALRAUM_BETRIEB", "beispiel")
    assert hole_nach(instanz, quelle(), 2020, 2020).success
    assert [a.jahrgang for a in archiv.abrufe("jahre")] == [2020]
    assert archiv.lesen(archiv.abrufe("jahre")[0].objekte[0].sha256) == jahresdatei(2020)
    fehlt = hole_nach(instanz, quelle(), 2022, 2022)
    assert not fehlt.success
    assert portal.gefragt == []


def test_was_die_nacht_geholt_hat_laesst_sich_melden(archiv: Archiv, instanz: dg.DagsterInstance) -> None:
    verzeichne(archiv, 2020)
    verzeichne(archiv, 2021)
    verzeichne(archiv, 2021, "zweite")
    q = quelle(2020, zweite=2020)
    [meldung] = gemeldete_jahre(q, archiv, instanz)
    assert (meldung.partition, meldung.asset_key) == ("2021", schluessel("jahre"))
    instanz.report_runless_asset_event(meldung)
    assert gemeldete_jahre(q, archiv, instanz) == []


def test_mit_dem_echten_abruf_ueber_das_netz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instanz: dg.DagsterInstance
) -> None:
    """The real ``hole_jahrgang`` asks a replica over sockets: for the missing years, once each."""
    from quellen.modell import lade_katalog  # noqa: PLC0415
    from quellen.portal import starten  # noqa: PLC0415

    vorlage = lade_katalog()["bevoelkerung_kreis"]
    teil = vorlage.teile["tabelle"].model_copy(update={"jahrgaenge": quelle(2022).teile["tabelle"].jahrgaenge})
    q = vorlage.model_copy(update={"teile": {"tabelle": teil}})
    from laufhilfe import BEISPIELARCHIV  # noqa: PLC0415

    with starten(Archiv(BEISPIELARCHIV), {q.id: q}) as nachbau:
        for name, wert in (GENESIS | {"SOZIALRAUM_PORTAL": nachbau.url, "SOZIALRAUM_BETRIEB": "live"}).items():
            monkeypatch.setenv(name, wert)
        monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path))
        monkeypatch.setattr(holen, "PAUSE_S", 0.0)
        heute = datetime.now(UTC)
        assert hole_jahrgang(
            q,
            "tabelle",
            2023,
            Archiv(tmp_path / "archiv"),
            Abrufer(portal=nachbau.url),
            heute=heute.date(),
            jetzt=heute,
        )
        vorher = len(nachbau.protokoll)
        ergebnis = hole_nach(instanz, q, 2022, 2024)
        assert ergebnis.success, [e.message for e in ergebnis.all_events if e.is_failure]
        gefragt = [e for e in nachbau.protokoll[vorher:] if "tablefile" in str(e)]
        assert len(gefragt) == 2, nachbau.protokoll[vorher:]
    assert sorted(a.jahrgang or 0 for a in Archiv(tmp_path / "archiv").abrufe(q.id)) == [2022, 2023, 2024]
    assert instanz.get_materialized_partitions(schluessel(q.id)) == {"2022", "2023", "2024"}
