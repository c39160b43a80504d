"""What all GENESIS declarations have in common, and what each refuses: signs, units, axes, sums, keys."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from tabellenhilfe import FAMILIE, KATALOG, KREISE, TEILE, WURZEL, bedeutung, beispiele, gefuehrt, pruefe

from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.tabellen import Tabelle, ffcsv
from quellen.fehler import QuellenFehler

FLACH = [(q, t) for q, t in TEILE if beispiele(q, t)[0].startswith(b"\xef\xbb\xbfstatistics_code")]
KLASSISCH = [paar for paar in TEILE if paar not in FLACH]
ADDITIV = [
    (q, t) for q, t in TEILE if (s := KATALOG[q].teile[t].summe) is not None and s.additiv and s.felder
]  # fmt: skip


def abgelehnt(daten: bytes, quelle: str, teil: str) -> str:
    with pytest.raises(QuellenFehler) as fehler:
        pruefe(daten, quelle, teil)
    return str(fehler.value)


def flach_geaendert(quelle: str, teil: str, aendere) -> bytes:
    """The first example with one cell of its first data row changed; ``aendere`` gets and changes a dict of cells."""
    zeilen = beispiele(quelle, teil)[-1].decode("utf-8-sig").split("\n")
    kopf = zeilen[0].split(";")
    zellen = dict(zip(kopf, zeilen[1].split(";"), strict=True))
    aendere(zellen)
    zeilen[1] = ";".join(zellen[k] for k in kopf)
    return "\n".join(zeilen).encode("utf-8-sig")


def gefuehrt_nach(satz, feld: str):
    """The same rows without those whose ``feld`` the warehouse does not carry."""
    return replace(satz, daten=gefuehrt(satz, feld).drop(columns="gebiet"))


def test_flach_und_klassisch_kommen_beide_vor() -> None:
    assert len(FLACH) + len(KLASSISCH) == 12
    assert {q for q, _ in KLASSISCH} == {
        "abgaenge_kreis", "schulen_kreis", "bevoelkerung_altersgruppen_destatis", "bevoelkerung_profil_nrw",
        "mindestsicherung_nrw",
    }  # fmt: skip


@pytest.mark.parametrize("id_", FAMILIE)
def test_deklaration_ist_hoeflich_und_nennt_was_offen_ist(id_: str) -> None:
    quelle = KATALOG[id_]
    assert [w.zugang.abstand_s for w in quelle.wege()] == [2.0] * len(quelle.wege())
    assert set(quelle.zeichen) == {"-", ".", "...", "/", "x"}
    assert quelle.lizenz.id == "dl-de/by-2-0"
    assert all(t.aenderung is not None and t.beobachtung is not None and t.bereiche for t in quelle.teile.values())
    if "regionalstatistik" in quelle.zugang.basis:
        (weg,) = quelle.weitere_wege
        for name, teil in quelle.teile.items():
            assert weg.teile[name]["pfad"] == f"/genesis/online/download/{teil.zugang['tabelle']}/ffcsv"
            assert re.search(teil.dateimuster, weg.teile[name]["datei"])


def test_jede_datenbank_hat_ihr_eigenes_konto() -> None:
    """Accounts are not shared between the databases of the family."""
    konten = {}
    for id_ in FAMILIE:
        for weg in KATALOG[id_].wege():
            if weg.zugang.portal == "genesis":
                konten.setdefault(weg.zugang.hosts[0], set()).add(weg.zugang.konto)
    assert all(len(k) == 1 for k in konten.values())
    assert len({k for menge in konten.values() for k in menge}) == len(konten) == 4


def test_merkmale_gehoeren_einer_quelle_allein() -> None:
    """Two tables of the same residents must not add up to twice as many."""
    makro = (WURZEL / "dbt_projekt" / "macros" / "merkmale.sql").read_text(encoding="utf-8")
    vergeben = set(re.findall(r"^\s*'(\w+)': \{'name'", makro, re.MULTILINE))
    assert "einwohner" in vergeben
    eigene = Counter(m for id_ in FAMILIE for m in KATALOG[id_].merkmale)
    andere = {m for q in KATALOG.values() if q.id not in FAMILIE for m in q.merkmale}
    assert set(eigene.values()) == {1}
    assert not set(eigene) & (vergeben | andere)
    for quelle, teil in TEILE:
        codes = KATALOG[quelle].teile[teil].merkmale()
        assert codes, (quelle, teil)
        assert codes <= set(eigene), (quelle, teil)


@pytest.mark.parametrize(("quelle", "teil"), TEILE)
def test_jedes_merkmal_kommt_im_beispiel_vor(quelle: str, teil: str) -> None:
    gezaehlt = set()
    for daten in beispiele(quelle, teil):
        satz = pruefe(daten, quelle, teil)
        feld = KATALOG[quelle].teile[teil].beobachtung.merkmal
        gezaehlt |= set(bedeutung(satz, feld).values()) if feld else set(satz.daten["merkmal"])
    assert gezaehlt == KATALOG[quelle].teile[teil].merkmale()


@pytest.mark.parametrize(("quelle", "teil"), TEILE)
def test_kein_gebiet_zaehlt_doppelt(quelle: str, teil: str) -> None:
    """What is carried are Kreise, state and Germany, Aachen once and without what was dissolved before 2020."""
    satz = pruefe(beispiele(quelle, teil)[-1], quelle, teil)
    da = gefuehrt(satz)
    assert set(da["gebiet"]) <= KREISE
    assert "05112" in set(da["gebiet"])
    aachen = {g for g in set(da["gebiet"]) if g.startswith(("05313", "05334"))}
    assert aachen <= {"05334"}
    schluessel = [*KATALOG[quelle].teile[teil].eindeutig, "spalte"]
    eindeutig = da.assign(region=da["gebiet"])[schluessel]
    assert not eindeutig.duplicated().any()


@pytest.mark.parametrize(("quelle", "teil"), TEILE)
def test_unbekanntes_zeichen_wird_abgelehnt(quelle: str, teil: str) -> None:
    if (quelle, teil) in FLACH:
        daten = flach_geaendert(quelle, teil, lambda z: z.update(value="§"))
    else:
        zeilen = beispiele(quelle, teil)[-1].decode("iso-8859-1").split("\n")
        stelle = next(i for i, z in enumerate(zeilen) if z[:1].isdigit())
        zeilen[stelle] = zeilen[stelle].rpartition(";")[0] + ";§"
        daten = "\n".join(zeilen).encode("iso-8859-1")
    meldung = abgelehnt(daten, quelle, teil)
    assert "Weder Zahl noch bekanntes Zeichen" in meldung
    assert "§" in meldung


@pytest.mark.parametrize(("quelle", "teil"), FLACH)
def test_andere_einheit_wird_abgelehnt(quelle: str, teil: str) -> None:
    meldung = abgelehnt(flach_geaendert(quelle, teil, lambda z: z.update(value_unit="1000")), quelle, teil)
    assert "1000" in meldung


@pytest.mark.parametrize(("quelle", "teil"), FLACH)
def test_fremde_achse_wird_abgelehnt(quelle: str, teil: str) -> None:
    daten = flach_geaendert(quelle, teil, lambda z: z.update({"1_variable_code": "GEMEIN"}))
    assert "GEMEIN" in abgelehnt(daten, quelle, teil)


@pytest.mark.parametrize(("quelle", "teil"), FLACH)
def test_unbekanntes_gebiet_wird_abgelehnt(quelle: str, teil: str) -> None:
    daten = flach_geaendert(quelle, teil, lambda z: z.update({"1_variable_attribute_code": "05999"}))
    assert "05999" in abgelehnt(daten, quelle, teil)


@pytest.mark.parametrize(("quelle", "teil"), TEILE)
def test_doppelte_zeile_wird_abgelehnt(quelle: str, teil: str) -> None:
    daten = beispiele(quelle, teil)[-1]
    (zeile,) = re.findall(rb"^[^\n]*;?0511[23](?:0{7}|000)?;[^\n]*\n", daten, re.MULTILINE)[:1]
    assert "Ein Schlüssel kommt doppelt vor" in abgelehnt(daten.replace(zeile, zeile * 2), quelle, teil)


@pytest.mark.parametrize(("quelle", "teil"), ADDITIV)
def test_falsche_summe_wird_abgelehnt_wo_die_quelle_additiv_ist(quelle: str, teil: str) -> None:
    daten = beispiele(quelle, teil)[-1]
    flache = (quelle, teil) in FLACH
    muster = (
        rb"^([^\n]*;05112;Duisburg, kreisfreie Stadt;(?:[^;\n]*;){3}Insgesamt;(?:[^;\n]*;[^;\n]*;;Insgesamt;)?)(\d+)"
    )
    if not flache:
        muster = rb"^(31\.12\.\d{4};05112(?:000)?;[^\n]*?;)(\d+)(?=;|$)"
    treffer = next(re.finditer(muster, daten, re.MULTILINE))
    falsch = daten[: treffer.start(2)] + str(int(treffer[2]) + 1).encode() + daten[treffer.end(2) :]
    assert "Die Teile ergeben nicht die Summe" in abgelehnt(falsch, quelle, teil)


@pytest.mark.parametrize("quelle", ["grundsicherung_kreis", "abgaenge_kreis", "schulen_kreis"])
def test_gerundete_quelle_wird_nicht_auf_ihre_summe_geprueft(quelle: str) -> None:
    """The same row with its last figure five higher: no total may be demanded of rounded parts."""
    (teil,) = FAMILIE[quelle]
    daten = beispiele(quelle, teil)[0]
    muster = rb"^([^\n]*;(?:Leistungen nach dem SGB II|Gymnasien| *Duisburg[^;\n]*);(?:[^;\n]*;)??)(\d+)(?=;)"
    treffer = next(t for t in re.finditer(muster, daten, re.MULTILINE) if b";05112;" in t[1])
    geaendert = daten[: treffer.start(2)] + str(int(treffer[2]) + 5).encode() + daten[treffer.end(2) :]
    satz = pruefe(geaendert, quelle, teil)
    assert Counter(satz.daten["originaltext"]) != Counter(pruefe(daten, quelle, teil).daten["originaltext"])


@pytest.mark.parametrize(("quelle", "teil"), KLASSISCH)
def test_klassische_csv_ohne_fuss_oder_mit_fremder_spalte_wird_abgelehnt(quelle: str, teil: str) -> None:
    daten = beispiele(quelle, teil)[-1]
    assert "Fuß" in abgelehnt(daten.split(b"__________")[0], quelle, teil)
    kopf, _, rest = daten.partition(b"\n;;;")
    zeile, _, danach = rest.partition(b"\n")
    meldung = abgelehnt(kopf + b"\n;;;" + zeile.rpartition(b";")[0] + b";Wohnungen\n" + danach, quelle, teil)
    assert "Wohnungen" in meldung


def test_schluessel_in_drei_laengen_sind_ein_gebiet() -> None:
    satz = pruefe(beispiele("bevoelkerung_profil_nrw", "profil")[0], "bevoelkerung_profil_nrw", "profil")
    assert bedeutung(satz, "region")["05112000"] == "05112"
    zensus = pruefe(beispiele("zensus_bevoelkerung", "gemeinden")[0], "zensus_bevoelkerung", "gemeinden")
    assert bedeutung(zensus, "region")["051120000000"] == "05112"
    assert bedeutung(zensus, "region")["051700024024"].startswith("nicht_gefuehrt:Gemeinde eines Kreises")


def test_dieselbe_stadt_unter_zwei_schluesseln_wird_abgelehnt() -> None:
    quelle, teil = "wanderungen_kreis", "jahressumme"
    daten = beispiele(quelle, teil)[0]
    zeile = re.search(rb"^[^\n]*;05112;[^\n]*\n", daten, re.MULTILINE)[0]
    doppelt = daten + zeile.replace(b";05112;", b";05112000;")
    assert "Ein Schlüssel kommt doppelt vor" in abgelehnt(doppelt, quelle, teil)


def test_noch_nicht_geliefertes_jahr_ist_nicht_null() -> None:
    satz = pruefe(beispiele("wanderungen_kreis", "jahressumme")[-1], "wanderungen_kreis", "jahressumme")
    da = gefuehrt(satz)
    assert set(da.loc[da["total_fehlt"], "gebiet"]) == {g for g in set(da["gebiet"]) if len(g) == 5}
    assert not da.loc[da["gebiet"].isin(["05", "DG"]), "total_fehlt"].any()


def test_klassische_csv_der_bevoelkerung_wie_aus_dem_browser() -> None:
    """The same cells as in the flat CSV: groups as rows, sexes as columns."""
    text = (
        "GENESIS-Tabelle: 12411-02-03-4\nBevölkerung nach Geschlecht und Altersgruppen (17) -;;;;;;\n"
        ";;;;Insgesamt;männlich;weiblich\n"
        "31.12.2024;05112;      Duisburg, kreisfreie Stadt;unter 3 Jahre;14347;7395;6952\n"
        "31.12.2024;05112;      Duisburg, kreisfreie Stadt;3 Jahre und mehr;487923;241899;246024\n"
        "31.12.2024;05112;      Duisburg, kreisfreie Stadt;Insgesamt;502270;249294;252976\n__________\n©\n"
    )
    satz = pruefe(text.encode("iso-8859-1"), "bevoelkerung_altersjahre_kreis", "altersgruppen")
    assert (satz.format_art, satz.zeilen, len(satz.daten)) == ("genesis-csv", 3, 9)
    falsch = text.replace(";7395;", ";7396;").encode("iso-8859-1")
    assert "Die Teile ergeben nicht die Summe" in abgelehnt(falsch, "bevoelkerung_altersjahre_kreis", "altersgruppen")


def test_abgaenge_als_flache_csv_geben_dieselben_merkmale() -> None:
    region = ("KREISE", "Kreise und kreisfreie Städte", "05112", "Duisburg, kreisfreie Stadt")
    werte = {("Insgesamt", "Insgesamt"): "4620", ("Insgesamt", "weiblich"): "2265"}
    werte |= {("ohne Hauptschulabschluss", "Insgesamt"): "395", ("mit Fachhochschulreife", "weiblich"): "-"}
    inhalt = [
        (
            (region, ("SCHABS", "Abschluss", "", art), ("GES", "Geschlecht", "", wer)),
            wert,
            ("Anzahl", "ABG001", "Abgehende"),
        )
        for (art, wer), wert in werte.items()
    ]
    tabelle = Tabelle("21111-02-06-4", ("21111", "Statistik der allgemeinbildenden Schulen"), ("JAHR", "Jahr"))
    satz = pruefe(ffcsv(tabelle, "2023", inhalt, Zufall(99)), "abgaenge_kreis", "abschluesse")
    gelesen = dict(
        zip(zip(satz.daten["art"], satz.daten["frauen"], strict=True), satz.daten["originaltext"], strict=True)
    )
    assert gelesen == werte
    assert bedeutung(satz, "frauen") == {"Insgesamt": "abgaenge", "weiblich": "abgaenge_weiblich"}
    assert bedeutung(satz, "jahr")["2023"] == "2023-12-31"


def test_schulen_als_flache_csv_geben_dieselben_merkmale() -> None:
    region = ("KREISE", "Kreise und kreisfreie Städte", "05112", "Duisburg, kreisfreie Stadt")
    schulart = ("SCHART", "Schularten", "SCH02", "Grundschulen")
    schueler, schulen = ("Anzahl", "BIL003", "Schülerinnen und Schüler"), ("Anzahl", "EIN", "Allgemeinbildende Schulen")
    inhalt = [
        ((region, ("GES", "Geschlecht", "", "Insgesamt"), schulart), "20745", schueler),
        ((region, ("GES", "Geschlecht", "GESW", "weiblich"), schulart), "10220", schueler),
        ((region, ("NAT", "Nationalität", "NATA", "ausländisch"), schulart), "6255", schueler),
        ((region, ("", "", "", ""), schulart), "76", schulen),
    ]
    tabelle = Tabelle("21111-01-03-4", ("21111", "Statistik der allgemeinbildenden Schulen"), ("JAHR", "Jahr"))
    satz = pruefe(ffcsv(tabelle, "2023", inhalt, Zufall(99)), "schulen_kreis", "schularten")
    merkmale = satz.daten["groesse"].map(bedeutung(satz, "groesse"))
    assert dict(zip(merkmale, satz.daten["originaltext"], strict=True)) == {
        "schueler_schulart": "20745", "schuelerinnen_schulart": "10220", "schueler_auslaendisch_schulart": "6255",
        "schulen_schulart": "76",
    }  # fmt: skip


def test_teilmenge_der_abschluesse_ist_kein_summand() -> None:
    satz = pruefe(beispiele("abgaenge_kreis", "abschluesse")[0], "abgaenge_kreis", "abschluesse")
    duisburg = gefuehrt(gefuehrt_nach(satz, "art"))
    duisburg = duisburg[(duisburg["gebiet"] == "05112") & (duisburg["frauen"] == "Insgesamt")]
    zahlen = dict(zip(duisburg["art"], duisburg["originaltext"].replace("-", "0").astype(int), strict=True))
    assert "dar. schulischer Teil der Fachhochschulreife" not in zahlen
    assert zahlen.pop("Insgesamt") == sum(zahlen.values()) == 4620
