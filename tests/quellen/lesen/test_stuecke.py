"""Reading in pieces gives what reading at once gives, whatever the size of the pieces, in bounded memory."""

import csv
import io
import tracemalloc
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import bloecke, csv_, inhaltshash, lesen, lesen_stueckweise, stuecke
from quellen.modell import Format, Teil

FORM = Format(art="csv", kodierung="utf-8-sig", orte={})


def in_stuecken(daten, format_=FORM, block=None, **weiteres):
    with pytest.MonkeyPatch.context() as flicken:
        if block:
            flicken.setattr(bloecke, "BLOCK", block)
            flicken.setattr(csv_, "BLOCK", block)
        return list(lesen_stueckweise(io.BytesIO(daten), format_, datei="d.csv", **weiteres))


def zeilen(tabellen):
    return [satz for t in tabellen for satz in t.daten.to_numpy().tolist()]


def gepackt(daten):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        archiv.writestr("ordner/innen.csv", daten)
    return puffer.getvalue()


zelle = st.text(st.sampled_from("ab1 ,;\"\n\r\t'\u00a0ä\u2028\x1c"), max_size=4)
tabellen = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(zelle, min_size=n, max_size=n), min_size=1, max_size=12)
)


@given(tabellen, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(64, 120), st.booleans(), st.booleans())
def test_gleich_wie_pythons_csv_bei_jeder_blockgroesse(saetze, ende, block, endtrenner, alles):
    puffer = io.StringIO(newline="")
    schreiber = csv.writer(puffer, delimiter=";", lineterminator=ende, quoting=csv.QUOTE_ALL if alles else 0)
    kopf = [f"s{i}" for i in range(len(saetze[0]))]
    schreiber.writerow(kopf + [""] * endtrenner)
    schreiber.writerows(saetze)
    text = puffer.getvalue()
    if not alles and any(z in zelle for satz in saetze for zelle in satz for z in "\r\n"):
        return  # older writers quote only the line end they use themselves
    leser = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    soll, zeile = [], 1
    for satz in leser:
        if satz and zeile > 1:
            soll.append([zeile, *satz])
        zeile = leser.line_num + 1
    daten = text.encode()
    assert zeilen(in_stuecken(daten, block=block)) == soll
    assert lesen(daten, FORM, datei="d").daten.to_numpy().tolist() == soll


@given(st.text('a;"\n\r\0 ä', max_size=60), st.integers(64, 90))
def test_schneller_und_genauer_weg_sind_sich_einig(text, block):
    """The fast way may decline, but never differ; broken text is refused in both."""
    daten = ("k1;k2\n" + text).encode()

    def versuche(genau):
        with pytest.MonkeyPatch.context() as flicken:
            if genau:
                flicken.setattr(stuecke.Leser, "_schnell", lambda *_: None)
            try:
                return zeilen(in_stuecken(daten, block=block))
            except QuellenFehler as fehler:
                return [(b.regel, b.zeile) for b in fehler.befunde]

    assert versuche(genau=False) == versuche(genau=True)


def test_schlichte_bloecke_gehen_den_schnellen_weg(monkeypatch):
    def nie(*_):
        raise AssertionError("langsam")

    monkeypatch.setattr(stuecke.Leser, "_genau", nie)
    daten = ("a;b\n" + "ä;\n" * 2000).encode()
    assert len(zeilen(in_stuecken(daten, block=500))) == 2000
    assert zeilen(in_stuecken(b"a;b;\n1;2\n3;4\n")) == [[2, "1", "2"], [3, "3", "4"]]
    assert zeilen(in_stuecken(b"a;b;\n1;2;\n3;4;\n")) == [[2, "1", "2"], [3, "3", "4"]]
    assert zeilen(in_stuecken(b"a;b\r\n1;NA\r\n 3;\r\n")) == [[2, "1", "NA"], [3, " 3", ""]]


@pytest.mark.parametrize("wandle", [lambda d: d, gepackt])
def test_jedes_stueck_nennt_kopf_und_kodierung(wandle):
    daten = ("Notiz\nOrt;Zahl\n" + "Köln;1\n" * 600).encode("cp1252")
    form = Format(art="csv", kodierung="utf-8", orte={"ort": {"spalte": "Ort"}})
    gelesen = in_stuecken(wandle(daten), form, block=200, quelle="q", teil="t")
    assert len(gelesen) > 5
    assert {(t.spalten, t.kopfzeile, t.kodierung) for t in gelesen} == {(("Ort", "Zahl"), 2, "cp1252")}
    assert {t.datei for t in gelesen} == {"innen.csv" if wandle is gepackt else "d.csv"}
    assert {len(t.abweichungen) for t in gelesen} == {2}
    assert [s[0] for s in zeilen(gelesen)] == list(range(3, 603))


def test_fuss_beendet_das_lesen_und_sein_fehlen_steht_im_letzten_stueck():
    form = Format(art="csv", orte={}, fuss="Quelle")
    daten = b"a;b\n" + b"1;2\n" * 100 + b'Quelle: "x\n'
    gelesen = in_stuecken(daten + b"\xff" * 500, form, block=64)
    assert len(zeilen(gelesen)) == 100
    assert gelesen[-1].abweichungen == ()
    assert "Fuß" in in_stuecken(daten[:300], form, block=64)[-1].abweichungen[0].regel


def test_nur_kopf_gibt_ein_leeres_stueck():
    (tabelle,) = in_stuecken(b"a;b\n")
    assert tabelle.spalten == ("a", "b")
    assert tabelle.daten.empty


def test_falsche_breite_wird_ueber_alle_stuecke_gezaehlt():
    with pytest.raises(QuellenFehler) as fehler:
        in_stuecken(b"a;b\n" + b"1;2\n3\n" * 50, block=64)
    assert [b.zeile for b in fehler.value.befunde[:3]] == [3, 5, 7]
    assert "… und 30 weitere" in fehler.value.befunde[-1].regel


def test_kodierung_die_erst_spaeter_bricht():
    """In pieces the beginning decides; with the whole file at hand all of it does."""
    daten = b"a;b\n" + b"1;2\n" * 400_000 + "Mülheim;ö\n".encode("cp1252")
    form = Format(art="csv", orte={})
    with pytest.raises(QuellenFehler, match=r"cp1252.*kodierung berichtigen") as fehler:
        in_stuecken(daten, form)
    assert fehler.value.befunde[0].zeile == 400_002
    assert f"(Byte 2 der Zeile, Byte {daten.index(0xFC) + 1} der Datei)" in fehler.value.befunde[0].gefunden
    ganz = lesen(daten, form, datei="d")
    assert ganz.daten.iloc[-1].tolist() == [400_002, "Mülheim", "ö"]
    assert ganz.abweichungen[0].regel == "Die Kodierung hat sich geändert"


def test_utf16_in_stuecken():
    daten = ("a;b\n" + "ä;😀\n" * 500).encode("utf-16")
    assert zeilen(in_stuecken(daten, Format(art="csv", kodierung="utf-16", orte={}), block=333))[-1] == [501, "ä", "😀"]
    with pytest.raises(QuellenFehler, match="utf-16"):
        in_stuecken(daten[:-1], Format(art="csv", kodierung="utf-16", orte={}), block=333)


def test_endlose_zeile_und_anderes_format(monkeypatch):
    monkeypatch.setattr(bloecke, "HOECHSTZEILE", 1000)
    with pytest.raises(QuellenFehler, match="zu lang"):
        in_stuecken(b"a;b" * 2000, block=100)
    with pytest.raises(ValueError, match="nur als Ganzes"):
        in_stuecken(b"[]", Format(art="json", orte={}))


@pytest.mark.parametrize("kuerze", [lambda z: z[:-30], lambda z: z[: len(z) // 2], lambda z: b"PK\x03\x04" + z[:20]])
def test_abgeschnittenes_zip(kuerze):
    with pytest.raises(QuellenFehler, match="nicht lesbar"):
        in_stuecken(kuerze(gepackt(b"a;b\n" + bytes(range(32, 127)).replace(b'"', b"") * 50)))


def test_zip_bombe_wird_beim_lesen_bemerkt():
    bombe = gepackt(b"a;b\n" + b"1;2\n" * 2_000_000)
    with pytest.raises(QuellenFehler, match="250-Fache"):
        in_stuecken(bombe)
    with pytest.raises(QuellenFehler, match="höchstens 1000 Bytes"):
        in_stuecken(gepackt(b"a;b\n" + b"1;2\n" * 400), grenze_bytes=1000)


class Roehre(io.RawIOBase):
    """A stream that cannot be searched and makes its lines while they are read."""

    def __init__(self, anzahl: int) -> None:
        self.anzahl, self.puffer = anzahl, b"a;b;c\n"

    def readable(self):
        return True

    def readinto(self, ziel):
        while len(self.puffer) < len(ziel) and self.anzahl:
            self.puffer += f"{self.anzahl};Straße {self.anzahl};x\n".encode() * 50
            self.anzahl -= 1
        menge = min(len(ziel), len(self.puffer))
        ziel[:menge], self.puffer = self.puffer[:menge], self.puffer[menge:]
        return menge


def test_speicher_haengt_nicht_an_der_groesse():
    def spitze(anzahl):
        tracemalloc.start()
        gelesen = sum(len(t.daten) for t in lesen_stueckweise(io.BufferedReader(Roehre(anzahl)), FORM, datei="d"))
        hoch = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert gelesen == anzahl * 50
        return hoch

    klein, gross = spitze(2_000), spitze(10_000)  # 2 and 10 MB
    assert gross < 1.3 * klein


def test_hash_braucht_nur_eine_kopie():
    daten = b"kopf\n" + b"".join(b"%09d;" % i + b"x" * 990 + b"\n" for i in range(4000))
    teil = Teil(
        beschreibung="x", form="liste", kennung="a", dateimuster="x", zugang={}, felder={"a": {"typ": "text"}},
        formate=[{"art": "csv", "orte": {"a": {"spalte": "a"}}}],
    )  # fmt: skip
    for sortiert, grenze in ((False, 0.1), (True, 1.3)):
        tracemalloc.start()
        inhaltshash([daten], teil.model_copy(update={"sortiert_egal": sortiert}))
        spitze = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert spitze < grenze * len(daten)


def test_echte_flat_csv_ganz_und_in_stuecken(echtdaten):
    zips = sorted((echtdaten / "genesis" / "responses").glob("*.zip"))
    assert zips
    form = Format(art="ffcsv", kodierung="utf-8-sig", orte={})
    for pfad in zips[:4]:
        with zipfile.ZipFile(pfad) as archiv:
            daten = archiv.read(archiv.namelist()[0])
        ganz = lesen(daten, form, datei="d")
        soll = pd.read_csv(io.BytesIO(daten), sep=";", dtype=str, na_filter=False, encoding="utf-8-sig")
        assert ganz.daten.drop(columns="zeile").to_numpy().tolist() == soll.to_numpy().tolist()
        assert ganz.daten["zeile"].tolist() == list(range(2, len(soll) + 2))
        with pfad.open("rb") as strom:
            assert sum(len(t.daten) for t in lesen_stueckweise(strom, form, datei="d")) == len(soll)
