"""The replica of GENESIS: sign-in, tables, jobs and errors that come with status 200."""

from __future__ import annotations

import json
import re

import pytest
import requests
from portal_archiv import FFCSV, GENESIS, TABELLE, Ablage, zip_aus

from quellen.portal import starten
from quellen.portal.genesis_form import json_inhalt
from quellen.portal.verfaelschen import entpackt

BASIS = "/" + GENESIS.removeprefix("https://")
KONTO = {"username": "beispiel", "password": "beispiel"}
FORM = {"name": "12411-03-03-4", "format": "ffcsv", "area": "all"}


def ruf(portal, dienst, konto=KONTO, **werte):
    return requests.post(portal.url + BASIS + dienst, data={**FORM, **werte}, headers=konto)


def code(antwort):
    assert antwort.status_code == 200
    return antwort.json()["Status"]["Code"]


def test_whoami_braucht_kein_konto(portal):
    for methode in (requests.get, requests.post):
        antwort = methode(portal.url + BASIS + "helloworld/whoami", headers={"User-Agent": "probe"})
        assert antwort.json() == {"User-Agent": "probe", "User-IP": "127.0.0.1"}


def test_logincheck_nennt_status_als_text(portal):
    for methode in (requests.get, requests.post):
        antwort = methode(portal.url + BASIS + "helloworld/logincheck", headers=KONTO).json()
        assert antwort == {"Status": "Sie wurden erfolgreich an- und abgemeldet!", "Username": "beispiel"}


@pytest.mark.parametrize("konto", [{}, {"username": "beispiel"}, {**KONTO, "password": "falsch"}])
@pytest.mark.parametrize("dienst", ["helloworld/logincheck", "data/tablefile", "catalogue/results", "metadata/table"])
def test_ohne_konto_401_als_json(portal, konto, dienst):
    antwort = ruf(portal, dienst, konto)
    assert antwort.status_code == 401
    assert antwort.json()["Code"] == 15


def test_zugangsdaten_im_formular_gelten_nicht(portal):
    assert ruf(portal, "data/tablefile", {}, **KONTO).status_code == 401


def test_eigenes_konto(oeffne):
    portal = oeffne(benutzer="anna", passwort="pw")
    assert ruf(portal, "data/tablefile").status_code == 401
    assert ruf(portal, "data/tablefile", {"username": "anna", "password": "pw"}).content == TABELLE


@pytest.mark.parametrize("dienst", ["data/tablefile", "data/resultfile", "catalogue/results", "metadata/table"])
def test_get_ist_405_als_json(portal, dienst):
    antwort = requests.get(portal.url + BASIS + dienst, params=FORM, headers=KONTO)
    assert (antwort.status_code, antwort.headers["Allow"]) == (405, "POST")
    assert antwort.json()["Code"] == 405


def test_tablefile_ist_das_archivierte_zip(portal):
    antwort = ruf(portal, "data/tablefile", startyear="2022")
    assert antwort.content == TABELLE
    assert antwort.headers["Content-Type"] == "application/zip"
    assert antwort.headers["X-Sozialraum-Datenart"] == "beispiel"
    assert antwort.headers["Content-Disposition"] == 'attachment; filename="12411-03-03-4.zip"'
    assert antwort.headers["Last-Modified"] == "Mon, 31 Mar 2025 12:00:00 GMT"


def test_table_steckt_im_json(portal):
    antwort = ruf(portal, "data/table").json()
    assert antwort["Status"] == {"Code": 0, "Content": "erfolgreich", "Type": "Information"}
    assert antwort["Object"]["Content"] == FFCSV.decode("utf-8-sig")


def test_unbekannte_tabelle_ist_code_90_in_der_huelle(portal):
    antwort = ruf(portal, "data/tablefile", name="99999-01", username="anna", password="pw")
    assert code(antwort) == 90
    huelle = antwort.json()
    assert list(huelle) == ["Ident", "Status", "Parameter", "Object", "Copyright"]
    assert huelle["Ident"] == {"Service": "data", "Method": "tablefile"}
    assert huelle["Object"] is None
    assert huelle["Parameter"]["name"] == "99999-01"
    assert huelle["Parameter"]["username"] == huelle["Parameter"]["password"] == "*" * 20
    assert "anna" not in antwort.text


def test_englische_huelle(portal):
    assert ruf(portal, "data/tablefile", name="x", language="en").json()["Status"]["Type"] == "Error"
    assert ruf(portal, "data/table", language="en").json()["Status"]["Type"] == "information"


def test_anderes_format_wird_nicht_untergeschoben(portal):
    assert code(ruf(portal, "data/tablefile", format="xlsx")) == -1
    assert code(ruf(portal, "data/tablefile", format="")) == -1


@pytest.mark.parametrize(
    ("stand", "erwartet"),
    [("01.04.2025 00:00", 50), ("31.03.2025 14:01", 50), ("31.03.2025 13:59", None), ("gestern", -1)],
)
def test_stand(portal, stand, erwartet):
    antwort = ruf(portal, "data/tablefile", stand=stand)
    assert (None if antwort.content == TABELLE else code(antwort)) == erwartet


def durchlauf(portal, start):
    """The whole life of a job, from its acceptance to the file."""
    assert code(start) == 99
    name = re.search(r"(?<=:\s).*_\d+", start.json()["Status"]["Content"]).group()
    codes = [code(ruf(portal, "data/resultfile", name=name))]
    codes += [code(ruf(portal, "catalogue/results", selection=name, area="user")) for _ in range(3)]
    return name, codes, ruf(portal, "data/resultfile", name=name).content


def test_auftrag_auf_wunsch(portal):
    name, codes, zip_ = durchlauf(portal, ruf(portal, "data/tablefile", job="true"))
    assert name == "12411-03-03-4_123456789"
    assert codes == [104, 104, 104, 0]
    assert zip_ == TABELLE
    assert ruf(portal, "data/result", name=name).json()["Object"]["Content"] == FFCSV.decode("utf-8-sig")


def test_ergebnisliste_nennt_den_auftrag(portal):
    for _ in range(2):
        ruf(portal, "data/tablefile", job="true")
    antworten = [ruf(portal, "catalogue/results", selection="*_12345679?").json() for _ in range(3)]
    assert [a["Status"]["Code"] for a in antworten] == [104, 104, 0]
    assert "Object" in antworten[0]
    assert [e["Code"] for e in antworten[2]["List"]] == ["12411-03-03-4_123456790"]


def test_genesis_job_verlangt_einen_auftrag(oeffne):
    portal = oeffne("genesis-job")
    assert [code(ruf(portal, "data/tablefile")) for _ in range(2)] == [98, 98]
    _, codes, zip_ = durchlauf(portal, ruf(portal, "data/tablefile", job="true"))
    assert codes == [104, 104, 104, 0]
    assert zip_ == TABELLE


def test_unbekannter_auftrag(portal):
    assert code(ruf(portal, "data/resultfile", name="12411-03-03-4_1")) == 104
    assert code(ruf(portal, "catalogue/results", selection="*")) == 104


def test_code_6_zweimal(oeffne):
    portal = oeffne("genesis-code-6")
    assert [code(ruf(portal, "data/tablefile")) for _ in range(2)] == [6, 6]
    assert ruf(portal, "data/tablefile").content == TABELLE


def test_metadaten(portal):
    objekt = ruf(portal, "metadata/table").json()["Object"]
    assert objekt["Code"] == "12411-03-03-4"
    assert objekt["Content"] == "Bevölkerung nach Geschlecht, Nationalität und Altersgruppen"
    assert objekt["Time"] == {"From": "31.12.2023", "To": "31.12.2024"}
    assert objekt["Updated"] == "31.03.2025 14:00:00h"
    assert [z["Code"] for z in objekt["Structure"]["Rows"]] == ["REGBEZ", "GES"]
    assert code(ruf(portal, "metadata/table", name="x")) == 104


def test_unbekannter_dienst_ist_404(portal):
    for dienst in ("data/gibtesnicht", "data", "helloworld/whoami/x"):
        assert ruf(portal, dienst).status_code == 404


def test_datencsv_im_archiv(tmp_path, katalog):
    tabelle = "Tabelle: 12411-03-03-4\n;;;;Total\n2024-12-31;05112;Duisburg;Total;502270\n"
    huelle = json.dumps({"Status": {"Code": 0}, "Object": {"Content": tabelle}}).encode()
    ablage = Ablage(tmp_path)
    ablage.lege("bevoelkerung_kreis", "tabelle", [("12411-03-03-4.json", GENESIS + "data/table", huelle)])
    with starten(ablage.archiv, katalog) as portal:
        assert ruf(portal, "data/table", format="datencsv").json()["Object"]["Content"] == tabelle
        assert entpackt(ruf(portal, "data/tablefile", format="datencsv").content)[1].decode() == tabelle
        assert ruf(portal, "metadata/table").json()["Object"]["Structure"] is None


def test_mehrere_jahre_im_archiv(tmp_path, katalog):
    ablage = Ablage(tmp_path)
    dateien = [(f"12411-03-03-4_{j}.zip", "", zip_aus("a.csv", FFCSV + str(j).encode())) for j in (2023, 2024)]
    ablage.lege("bevoelkerung_kreis", "tabelle", dateien)
    with starten(ablage.archiv, katalog) as portal:
        assert ruf(portal, "data/tablefile", startyear="2023").content == dateien[0][2]
        assert ruf(portal, "data/tablefile", startyear="1999").content == dateien[1][2]


@pytest.mark.parametrize("daten", [FFCSV, TABELLE])
def test_inhalt_ohne_bom(daten):
    assert json_inhalt(daten).startswith("statistics_code;")
