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
FORM = {"name": "12411-03-03-4", "format": "ffcsv", "area": "all", "startyear": "2022"}


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
@pytest.mark.parametrize("dienst", ["data/tablefile", "data/table", "catalogue/results", "metadata/table"])
def test_ohne_konto_401_als_json(portal, konto, dienst):
    antwort = ruf(portal, dienst, konto)
    assert antwort.status_code == 401
    assert antwort.json()["Code"] == 15


@pytest.mark.parametrize("konto", [{}, {**KONTO, "password": "falsch"}, {**KONTO, "username": "anna"}])
def test_logincheck_sagt_die_ablehnung_im_text(portal, konto):
    antwort = ruf(portal, "helloworld/logincheck", konto)
    assert antwort.status_code == 200
    assert "Fehler bei der Anmeldung" in antwort.json()["Status"]
    assert "anna" not in antwort.text


def test_token_statt_konto_aber_nicht_fuer_auftraege(portal):
    token = {"username": "beispiel" * 4, "password": ""}
    assert ruf(portal, "data/tablefile", token).content == TABELLE
    antwort = ruf(portal, "data/tablefile", token, job="true")
    assert code(antwort) == -1
    assert "Benutzernamen und Passwort" in antwort.text


def test_datenbank_ohne_token(ablage, katalog):
    quelle = katalog["bevoelkerung_kreis"]
    ohne = quelle.model_copy(update={"zugang": quelle.zugang.model_copy(update={"token": False})})
    with starten(ablage.archiv, {**katalog, quelle.id: ohne}) as portal:
        assert ruf(portal, "data/tablefile", {"username": "beispiel" * 4, "password": ""}).status_code == 401
        assert ruf(portal, "data/tablefile").content == TABELLE


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


def jahrgang(jahr):
    """The flat table with rows of one year."""
    kopf, *zeilen = FFCSV.decode("utf-8-sig").splitlines()
    return zip_aus("a.csv", ("\ufeff" + kopf + "\n" + zeilen[1].replace("2024-12-31", f"{jahr}-12-31") + "\n").encode())


def zeiten(antwort):
    _, daten = entpackt(antwort.content)
    return [z.split(";")[4] for z in daten.decode("utf-8-sig").splitlines()[1:]]


@pytest.fixture
def jahrgaenge(tmp_path, katalog):
    ablage = Ablage(tmp_path)
    dateien = [(f"12411-03-03-4_{j}.zip", "", jahrgang(j)) for j in (2022, 2023, 2024)]
    ablage.lege("bevoelkerung_kreis", "tabelle", dateien)
    with starten(ablage.archiv, katalog) as portal:
        yield portal, [daten for _, _, daten in dateien]


def test_ein_jahrgang_kommt_bytegleich(jahrgaenge):
    portal, dateien = jahrgaenge
    for jahr, daten in zip((2022, 2023, 2024), dateien, strict=True):
        assert ruf(portal, "data/tablefile", startyear=str(jahr), endyear=str(jahr)).content == daten
    assert ruf(portal, "data/tablefile", startyear="").content == dateien[-1]


def test_mehrere_jahrgaenge_werden_verbunden(jahrgaenge):
    portal, _ = jahrgaenge
    assert zeiten(ruf(portal, "data/tablefile", startyear="2023")) == ["2023-12-31", "2024-12-31"]
    assert zeiten(ruf(portal, "data/tablefile", startyear="", timeslices="3")) == [
        f"{j}-12-31" for j in (2022, 2023, 2024)
    ]
    assert zeiten(ruf(portal, "data/tablefile", startyear="2022", endyear="2023")) == ["2022-12-31", "2023-12-31"]
    objekt = ruf(portal, "metadata/table").json()["Object"]
    assert objekt["Time"] == {"From": "31.12.2022", "To": "31.12.2024"}


def test_ein_jahr_das_es_nicht_gibt_ist_code_104(jahrgaenge):
    portal, _ = jahrgaenge
    for dienst in ("data/tablefile", "data/table"):
        antwort = ruf(portal, dienst, startyear="2025", endyear="2025")
        assert code(antwort) == 104
        assert antwort.json()["Object"] is None


def test_tabellen_verschiedener_gestalt_sind_code_minus_1(tmp_path, katalog):
    ablage = Ablage(tmp_path)
    dateien = [("a.zip", "", jahrgang(2023)), ("b.zip", "", zip_aus("b.csv", FFCSV.replace(b"value_unit", b"unit")))]
    ablage.lege("bevoelkerung_kreis", "tabelle", dateien)
    with starten(ablage.archiv, katalog) as portal:
        antwort = ruf(portal, "data/tablefile")
        assert code(antwort) == -1
        assert "verschiedener Gestalt" in antwort.text


def test_jahre_und_regionen_waehlen_zeilen(portal):
    antwort = ruf(portal, "data/tablefile", startyear="2024", endyear="2024")
    name, daten = entpackt(antwort.content)
    assert re.fullmatch(r"12411-03-03-4_\d{13}_de_flat\.csv", name)
    assert daten.startswith(b"\xef\xbb\xbfstatistics_code;")
    assert zeiten(antwort) == ["2024-12-31", "2024-12-31"]
    assert zeiten(ruf(portal, "data/tablefile", regionalkey="05112")) == ["2024-12-31", "2023-12-31"]
    assert zeiten(ruf(portal, "data/tablefile", startyear="", regionalkey="05113")) == []
    assert ";value_q" in ruf(portal, "data/table", quality="on").json()["Object"]["Content"]


def test_huelle_hat_die_gestalt_der_echten(portal, echtdaten):
    echt = json.loads((echtdaten / "genesis/responses/61111-0021_0.json").read_bytes())
    unsere = ruf(portal, "data/tablefile", name="61111-0021", startyear="", quality="off").json()
    assert list(unsere) == list(echt)
    assert list(unsere["Status"]) == list(echt["Status"])
    assert unsere["Ident"] == echt["Ident"]
    assert unsere["Parameter"] == echt["Parameter"]
    assert list(unsere["Parameter"]) == list(echt["Parameter"])
    echt = json.loads((echtdaten / "genesis/responses/12411-01-01-4_1.json").read_bytes())
    unsere = ruf(portal, "metadata/table").json()
    assert list(unsere["Parameter"]) == list(echt["Parameter"])
    assert list(unsere["Object"]) == list(echt["Object"])


@pytest.mark.parametrize(
    "pfad",
    ["/genesis/online/download/12411-03-03-4/ffcsv", "/ldbnrwws/downloader/00/tables/12411-03-03-4_00.csv"],
)
def test_download_ohne_anmeldung_ist_die_blanke_tabelle(portal, pfad):
    antwort = requests.get(portal.url + "/www.regionalstatistik.de" + pfad)
    assert (antwort.status_code, antwort.content) == (200, FFCSV)
    assert antwort.headers["Content-Type"] == "text/csv"
    assert antwort.headers["X-Sozialraum-Datenart"] == "beispiel"
    bedingt = requests.get(antwort.url, headers={"If-None-Match": antwort.headers["ETag"]})
    assert bedingt.status_code == 304
    assert requests.get(antwort.url.replace("12411-03-03-4", "99999")).status_code == 404


def test_download_einer_klassischen_tabelle_bleibt_latin1(tmp_path, katalog):
    daten = "GENESIS-Tabelle: 1\n;;Köln\n31.12.2023;05112;7\n__________\nStand: 1\n".encode("iso-8859-1")
    ablage = Ablage(tmp_path)
    ablage.lege("bevoelkerung_kreis", "tabelle", [("a.csv", "", daten)])
    with starten(ablage.archiv, katalog) as portal:
        pfad = "/www.regionalstatistik.de/ldbnrwws/downloader/00/tables/12411-03-03-4_00.csv"
        assert requests.get(portal.url + pfad).content == daten
        assert ";;Köln" in ruf(portal, "data/table", format="csv").json()["Object"]["Content"]


def test_json_aus_dem_archiv_bleibt_wie_es_kam(tmp_path, katalog):
    tabelle = "Tabelle: 1\n;;x\n2023-12-31;05112;7\n2024-12-31;05112;8\n__________\n"
    huelle = json.dumps({"Status": {"Code": 0}, "Object": {"Content": tabelle}}, indent=1).encode()
    ablage = Ablage(tmp_path)
    ablage.lege("bevoelkerung_kreis", "tabelle", [("a.json", "", huelle)])
    with starten(ablage.archiv, katalog) as portal:
        assert ruf(portal, "data/table", format="datencsv").content == huelle
        gefiltert = ruf(portal, "data/table", format="datencsv", startyear="2024").json()["Object"]["Content"]
        assert gefiltert == tabelle.replace("2023-12-31;05112;7\n", "")


@pytest.mark.parametrize("daten", [FFCSV, TABELLE])
def test_inhalt_ohne_bom(daten):
    assert json_inhalt(daten).startswith("statistics_code;")
