"""A member of the data team visits the Dagster UI in a browser, launches the nightly job and looks at the result."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dienst import Dienst, dagster_dev
from laufhilfe import frage
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTE = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RAEUME = ["abruf", "rohtabellen", "staging", "beobachtungen", "indikatoren", "freigabe"]
WARTEN_MS = 120_000
LAUF_MS = 480_000

pytestmark = [pytest.mark.browser, pytest.mark.langsam]


@pytest.fixture
def dienst(tmp_path: Path) -> Iterator[Dienst]:
    """The UI on an empty runtime folder."""
    if not CHROMIUM.exists():
        assert not os.environ.get("CI"), f"{CHROMIUM} fehlt: .ci/run soll es einrichten"
        pytest.skip(f"{CHROMIUM} fehlt (Debian: apt-get install chromium)")
    with dagster_dev(tmp_path) as laeuft:
        yield laeuft


@pytest.fixture
def seite(dienst: Dienst) -> Iterator[Page]:
    """A browser tab."""
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTE)
        tab = browser.new_page(viewport={"width": 1600, "height": 1300}, locale="de-DE", timezone_id="Europe/Berlin")
        tab.set_default_timeout(WARTEN_MS)
        expect.set_options(timeout=WARTEN_MS)
        yield tab
        browser.close()


def test_ein_besuch(dienst: Dienst, seite: Page, tmp_path: Path):
    hosts: set[str] = set()
    seite.on("request", lambda anfrage: hosts.add(urlsplit(anfrage.url).netloc))
    sieh_den_graphen(dienst, seite, tmp_path)
    sieh_den_zeitplan(dienst, seite, tmp_path)
    lauf = starte_den_nachtlauf(dienst, seite)
    warte_auf_den_erfolg(dienst, seite, lauf, tmp_path)
    sieh_die_pruefungen(dienst, seite, tmp_path)
    sieh_die_spaltenherkunft(dienst, seite, tmp_path)
    sieh_den_abruf(dienst, seite, tmp_path)
    datei = dienst.daten / "freigaben" / "aktuell" / "sozialraum.duckdb"
    assert frage(datei, "select f.lauf from freigabe as f") == [(lauf,)]
    assert hosts - {""} == {urlsplit(dienst.url).netloc}


def sieh_den_graphen(dienst: Dienst, seite: Page, bilder: Path) -> None:
    """All rooms stand in the graph, not only in the list beside it."""
    seite.goto(f"{dienst.url}/asset-groups")
    for raum in RAEUME:
        expect(seite.locator("foreignObject").get_by_text(raum, exact=True).first).to_be_visible()
    seite.screenshot(path=bilder / "1_graph.png")


def sieh_den_zeitplan(dienst: Dienst, seite: Page, bilder: Path) -> None:
    """The schedule says when it runs, in German local time."""
    seite.goto(f"{dienst.url}/locations/sozialraum/schedules/nachtlauf")
    expect(seite.get_by_text("Europe/Berlin")).to_be_visible()
    expect(seite.get_by_text("At 02:30").first).to_be_visible()
    expect(seite.get_by_text("30 2 * * *")).to_be_visible()
    seite.screenshot(path=bilder / "2_zeitplan.png")


def starte_den_nachtlauf(dienst: Dienst, seite: Page) -> str:
    """Press the button on the job's page; returns the id of the run that it launched."""
    seite.goto(f"{dienst.url}/locations/sozialraum/jobs/nachtlauf")
    seite.get_by_role("button", name="Materialize all").click()
    expect(seite.get_by_text(re.compile("Launched run")).first).to_be_visible()
    seite.goto(f"{dienst.url}/runs")
    verweis = seite.locator('a[href^="/runs/"]').filter(has_text=re.compile("^[0-9a-f]{8}$"))
    expect(verweis).to_have_count(1)
    return str(verweis.get_attribute("href")).removeprefix("/runs/")


def stand(dienst: Dienst, seite: Page, lauf: str) -> str:
    """The run's status, asked as the UI asks it."""
    frage_ = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
    antwort = seite.request.post(f"{dienst.url}/graphql", data={"query": frage_, "variables": {"id": lauf}})
    return str(antwort.json()["data"]["runOrError"]["status"])


def warte_auf_den_erfolg(dienst: Dienst, seite: Page, lauf: str, bilder: Path) -> None:
    """Look elsewhere until the run has ended (its page draws every event as it comes), then at it; it has succeeded."""
    seite.goto("about:blank")
    spaetestens = time.monotonic() + LAUF_MS / 1000
    while stand(dienst, seite, lauf) not in ("SUCCESS", "FAILURE", "CANCELED"):
        assert time.monotonic() < spaetestens, "der Lauf endet nicht"
        seite.wait_for_timeout(2000)
    seite.goto(f"{dienst.url}/runs/{lauf}")
    ende = seite.get_by_text(re.compile("^(Success|Failure|Canceled)$")).first
    expect(ende).to_be_visible()
    seite.screenshot(path=bilder / "3_lauf.png")
    expect(ende).to_have_text("Success")
    expect(seite.get_by_text("No steps have errored")).to_be_visible()


def sieh_die_pruefungen(dienst: Dienst, seite: Page, bilder: Path) -> None:
    """The dbt tests of a model are its checks, and they passed."""
    seite.goto(f"{dienst.url}/assets/freigabe/indikatoren?view=checks")
    seite.get_by_text("wert_oder_status_indikatoren_").first.click()
    expect(seite.get_by_text("Passed", exact=True)).to_be_visible()
    expect(seite.get_by_text("Zeilen, die verstoßen").first).to_be_visible()
    expect(seite.get_by_text("Succeeded").first).to_be_visible()
    assert not seite.get_by_text("Failed", exact=True).count()
    seite.screenshot(path=bilder / "4_pruefungen.png")


def sieh_die_spaltenherkunft(dienst: Dienst, seite: Page, bilder: Path) -> None:
    """The column lineage is a table in the metadata: column by column, what it is made of."""
    seite.goto(f"{dienst.url}/assets/freigabe/indikatoren")
    zeile = seite.locator("tr").filter(has_text="Spaltenherkunft")
    zeile.get_by_text("Show Markdown").click()
    tabelle = seite.get_by_role("dialog").locator("table")
    expect(tabelle).to_contain_text("gemacht aus")
    expect(tabelle.locator("tr").filter(has_text=re.compile("^zaehler"))).to_contain_text("alle_werte.zaehler")
    seite.screenshot(path=bilder / "5_spaltenherkunft.png")


def sieh_den_abruf(dienst: Dienst, seite: Page, bilder: Path) -> None:
    """An archived source shows licence, time of retrieval, sha256, and that it is example data."""
    seite.goto(f"{dienst.url}/assets/archiv/einwohner_ortsteil")
    for text in ("sha256", "Abgerufen am", "cc-by-3.0-de", "beispiel", "Namensnennung"):
        expect(seite.get_by_text(text, exact=True).first).to_be_visible()
    expect(seite.get_by_text(re.compile("^[0-9a-f]{64}$")).first).to_be_visible()
    seite.screenshot(path=bilder / "6_abruf.png")
