"""Corrections are data: applied where the source holds the known wrong text, reported where it does not."""

from datetime import date

import pytest
from vertragshilfe import quelle

from quellen.fehler import QuellenFehler
from quellen.vertrag import Umstaende, lies_und_pruefe, nicht_angewandt

TAG = date(2026, 1, 1)
GRUND = "Zahlendreher in der Lieferung"


def korrektur(**anders):
    return {
        "teil": "t", "schluessel": {"ort": "101", "jahr": "2023"}, "spalte": "n", "alt": "99", "neu": "9",
        "grund": GRUND, "gemeldet_von": "Frau Meier", "bis": TAG, **anders,
    }  # fmt: skip


def zaehlung(*korrekturen, **teil):
    felder = {"jahr": {"typ": "jahr"}, "ort": {"typ": "schluessel", "verzeichnis": "ortsteil"}}
    q = quelle(felder, "werte", wertspalten=[{"muster": "n|m", "merkmal": "n"}], **teil)
    return q.model_validate({**q.model_dump(), "korrekturen": list(korrekturen)})


def lies(q, text, tag=TAG, datei="d.csv"):
    return lies_und_pruefe(text.encode(), q, "t", datei, {"ortsteil": frozenset({"101", "102"})}, Umstaende(tag))


TEXT = "jahr;ort;n;m\n2023;101;99;1\n2023;102;99;2\n2024;101;99;3\n"


def test_die_zelle_wird_berichtigt_und_der_originaltext_bleibt():
    satz = lies(zaehlung(korrektur()), TEXT)
    assert satz.daten["originaltext"].tolist() == ["99", "1", "99", "2", "99", "3"]
    assert satz.daten["korrigiert"].tolist() == ["9", None, None, None, None, None]
    assert satz.daten["korrektur"].tolist() == [f"{GRUND} (gemeldet von Frau Meier)", *[None] * 5]
    assert satz.abweichungen == ()
    spalten = list(satz.daten.columns)
    assert spalten[spalten.index("korrigiert") :][:3] == ["korrigiert", "korrektur", "originaltext"]
    assert satz.kennzahlen.summen == {"n": {"2023-12-31": 111.0, "2024-12-31": 102.0}}


def test_ohne_korrekturen_sind_beide_spalten_leer():
    satz = lies(zaehlung(), TEXT)
    assert satz.daten[["korrigiert", "korrektur"]].isna().all().all()


@pytest.mark.parametrize(
    ("anders", "text", "tag", "gefunden"),
    [
        ({}, TEXT.replace("101;99;1", "101;98;1"), TAG, "»98«"),
        ({}, TEXT.replace("101;99;1", "101;9;1"), TAG, "»9«; das ist schon der berichtigte Wert"),
        ({}, TEXT.replace("2023;101", "2022;101"), TAG, "keine Zeile mit ort »101«, jahr »2023«"),
        ({}, TEXT, date(2026, 1, 2), "die Korrektur galt bis 01.01.2026, der Abruf ist jünger"),
        ({"schluessel": {"ort": "101"}}, TEXT, TAG, "2 Zellen mit ort »101« in Spalte »n«"),
        ({"spalte": "weg"}, TEXT, TAG, "keine Spalte »weg« mit Werten dieses Teils"),
        ({"schluessel": {"ot": "101"}}, TEXT, TAG, "schluessel nennt Felder, die es nicht gibt: ot"),
    ],
)
def test_was_nicht_passt_wird_gemeldet_und_nicht_angewandt(anders, text, tag, gefunden):
    satz = lies(zaehlung(korrektur(**anders)), text, tag)
    assert satz.daten["korrigiert"].isna().all()
    [befund] = satz.abweichungen
    assert (befund.regel, befund.gefunden) == ("Eine Korrektur wurde nicht angewandt", gefunden)
    assert "»99« in Spalte »" in befund.erwartet
    assert "zu ersetzen durch »9«" in befund.erwartet
    assert "quellen/katalog/probe.korrekturen.yaml" in befund.tun


def test_geprueft_wird_der_berichtigte_text():
    q = zaehlung(korrektur(neu="neun"))
    with pytest.raises(QuellenFehler, match="»neun«") as fehler:
        lies(q, TEXT)
    assert (fehler.value.befunde[0].zeile, fehler.value.befunde[0].spalte) == (2, 3)
    enger = zaehlung(korrektur(), korrektur(schluessel={"ort": "102"}), bereiche=[{"merkmal": "n", "bis": 50}])
    assert lies(enger, TEXT.replace("2024;101;99;3\n", "")).zeilen == 2
    summe = {"summe": {"felder": ["g"]}, "eindeutig": ["ort"]}
    felder = {"ort": {"typ": "text"}, "g": {"typ": "auspraegung", "werte": {"m": "m", "w": "w", "i": "insgesamt"}}}
    breit = quelle(felder, "werte", {"ort": {"spalte": "ort"}}, [{"muster": "(?P<g>[mwi])", "merkmal": "n"}], **summe)
    eintrag = korrektur(schluessel={"ort": "101", "g": "m"}, spalte="m", alt="50", neu="5")
    breit = breit.model_validate({**breit.model_dump(), "korrekturen": [eintrag]})
    assert lies(breit, "ort;m;w;i\n101;50;3;8\n").daten["korrigiert"].tolist() == ["5", None, None]
    with pytest.raises(QuellenFehler, match="Die Teile ergeben nicht die Summe"):
        lies(breit, "ort;m;w;i\n101;50;3;53\n")


def test_falsches_wird_durch_die_korrektur_erst_lesbar():
    assert lies(zaehlung(korrektur(alt="9§")), TEXT.replace("101;99;1", "101;9§;1")).zeilen == 3


def liste(*korrekturen):
    felder = {"nr": {"typ": "schluessel", "muster": r"\d{3}"}, "name": {"typ": "text"}}
    q = quelle(felder, orte={"nr": {"spalte": "Nr"}, "name": {"spalte": "Name"}}, eindeutig=["nr"])
    return q.model_validate({**q.model_dump(), "korrekturen": list(korrekturen)})


def test_in_einer_liste_wird_das_feld_berichtigt():
    q = liste(korrektur(schluessel={"nr": "101"}, spalte="Name", alt="Wlasum", neu="Walsum"))
    satz = lies(q, "Nr;Name\n101;Wlasum\n102;Rheinhausen\n")
    assert satz.daten["name"].tolist() == ["Walsum", "Rheinhausen"]
    assert satz.daten["originaltext"].tolist() == ["101", "102"]
    assert "korrigiert" not in satz.daten.columns
    assert satz.abweichungen == ()


def test_auch_die_kennung_einer_liste_und_der_originaltext_bleibt():
    q = liste(korrektur(schluessel={"nr": "1O1"}, spalte="Nr", alt="1O1", neu="101"))
    satz = lies(q, "Nr;Name\n1O1;Walsum\n")
    assert (satz.daten["nr"].tolist(), satz.daten["originaltext"].tolist()) == (["101"], ["1O1"])
    [befund] = lies(q, "Nr;Name\n101;Walsum\n").abweichungen
    assert befund.gefunden == "keine Zeile mit nr »1O1«"


def test_ueber_mehrere_dateien_zaehlt_wer_die_zelle_hat():
    """A page or year that lacks the row does not make the correction fail."""
    q = zaehlung(korrektur())
    mit, ohne = lies(q, TEXT).korrekturen, lies(q, TEXT.replace("2023", "2022")).korrekturen
    anders = lies(q, TEXT.replace("101;99;1", "101;98;1")).korrekturen
    assert nicht_angewandt([*ohne, *mit]) == nicht_angewandt([*anders, *mit]) == []
    assert [b.gefunden for b in nicht_angewandt([*ohne, *anders, *ohne])] == ["»98«"]
    assert [b.gefunden for b in nicht_angewandt(ohne)] == ["keine Zeile mit ort »101«, jahr »2023«"]
