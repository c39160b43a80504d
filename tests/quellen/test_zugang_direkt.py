"""Files under a fixed address or one with the school year."""

from datetime import UTC, date, datetime

import pytest

from quellen.archiv import Abruf, Objekt
from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog
from quellen.zugang import hole_teil
from quellen.zugang.direkt import schuljahre

PFAD = "/BiPo/anzahlen.csv"
NETZ = "/www.amt.example" + PFAD


def abruf(url, stand=None, **kopf):
    objekt = Objekt(sha256="0" * 64, bytes=1, datei="x.csv", url=url, http_status=200, kopf=kopf)
    return Abruf(
        quelle="probe",
        teil="eins",
        abgerufen_am=datetime(2026, 11, 1, tzinfo=UTC),
        datenart="beispiel",
        weg="direkt",
        lizenz="x",
        inhalt="1",
        objekte=(objekt,),
        stand=stand,
    )


@pytest.mark.parametrize(
    ("heute", "jahre"),
    [
        (date(2026, 7, 31), ["25_26", "24_25"]),
        (date(2026, 8, 1), ["26_27", "25_26"]),
        (date(2099, 12, 1), ["99_00", "98_99"]),
    ],
)
def test_schuljahr_wechselt_am_ersten_august(heute, jahre):
    assert schuljahre(heute, 1) == jahre


def test_feste_adresse(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}, "stand": {"aus": "abruf"}})
    skriptportal.auf(NETZ, sendung(200, b"Nummer\n1\n", {"Last-Modified": "Sat, 31 Oct 2026 10:00:00 GMT"}))
    holung = hole_teil(quelle, "eins", skriptabrufer, None, heute)
    geholt = holung.objekte[0]
    assert (geholt.url, geholt.datei, geholt.daten) == (
        f"https://www.amt.example{PFAD}",
        "anzahlen.csv",
        b"Nummer\n1\n",
    )
    assert (holung.stand, holung.unveraendert) == (date(2026, 10, 31), False)


def test_unveraendert(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}, "stand": {"aus": "abruf"}})
    skriptportal.auf(NETZ, sendung(304, kopf={"ETag": '"neu"'}))
    bisher = abruf(f"https://www.amt.example{PFAD}", date(2026, 1, 2), etag='"alt"')
    holung = hole_teil(quelle, "eins", skriptabrufer, bisher, heute)
    assert skriptportal.gesehen[0].kopf["if-none-match"] == '"alt"'
    assert (holung.unveraendert, holung.stand) == (True, date(2026, 1, 2))
    assert (holung.objekte[0].http_status, holung.objekte[0].kopf["etag"]) == (304, '"neu"')


def test_nicht_bedingt_wenn_die_adresse_eine_andere_war(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}})
    skriptportal.auf(NETZ, sendung(200, b"x"))
    hole_teil(quelle, "eins", skriptabrufer, abruf("https://www.amt.example/alt.csv", etag='"alt"'), heute)
    assert "if-none-match" not in skriptportal.gesehen[0].kopf


def test_schuljahr_zurueck_bis_zur_vorhandenen_datei(skriptportal, skriptabrufer, sendung, heute):
    quelle = lade_katalog()["schulsozialindex"]
    ordner = "/www.schulministerium.nrw/system/files/media/document/file/"
    skriptportal.auf(ordner + "schulliste_sj_25_26_open_data.csv", sendung(200, b"Schulnummer;Sozialindexstufe\n"))
    holung = hole_teil(quelle, "stufen", skriptabrufer, None, heute)
    assert [p.removeprefix(ordner) for p in skriptportal.pfade] == [
        "schulliste_sj_26_27_open_data.csv",
        "schulliste_sj_25_26_open_data.csv",
    ]
    assert holung.stand == date(2025, 10, 15)
    assert holung.objekte[0].datei == "schulliste_sj_25_26_open_data.csv"


def test_alle_versuchten_adressen_stehen_in_der_meldung(skriptabrufer, heute):
    quelle = lade_katalog()["schulsozialindex"]
    with pytest.raises(QuellenFehler) as fehler:
        hole_teil(quelle, "stufen", skriptabrufer, None, heute)
    text = str(fehler.value)
    assert all(f"schulliste_sj_{sj}_open_data.csv" in text for sj in ("26_27", "25_26", "24_25", "23_24"))
    assert quelle.seite in text
    assert not fehler.value.voruebergehend


def test_webseite_oder_leere_antwort_statt_datei(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}})
    skriptportal.auf(NETZ, sendung(200, b"<html><title>Seite nicht gefunden</title></html>"), sendung(200, b""))
    with pytest.raises(QuellenFehler, match=r"HTML statt Daten.*Seite nicht gefunden"):
        hole_teil(quelle, "eins", skriptabrufer, None, heute)
    with pytest.raises(QuellenFehler, match="leer"):
        hole_teil(quelle, "eins", skriptabrufer, None, heute)


def test_fehlermeldung_als_json_statt_tabelle(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    skriptportal.auf(NETZ, sendung(200, b' {"error": "Zugriff verweigert"}'))
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}})
    with pytest.raises(QuellenFehler, match=r"JSON statt Daten.*Zugriff verweigert.*eine Datei als csv"):
        hole_teil(quelle, "eins", skriptabrufer, None, heute)
    geojson = [{"art": "geojson", "orte": {"nummer": {"spalte": "Nummer"}}}]
    quelle = baue_quelle("direkt", eins={"zugang": {"pfad": PFAD}, "formate": geojson})
    assert hole_teil(quelle, "eins", skriptabrufer, None, heute).objekte[0].daten.startswith(b" {")
