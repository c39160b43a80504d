"""Everything that a release note binds beyond its own files: one fault each, named in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from kleinlager import Kleinfreigabe, baue_kleinlager

from pipelines.freigabe import FreigabeFehler, baue, freigeben
from pipelines.freigabe.beilagen import als_text, dateihash, pruefsumme
from pipelines.freigabe.signatur import Schluessel, lies_geheim, neues_paar, unterschreibe
from pipelines.pruefe import pruefe
from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.dateien import pruefe_dateien
from pipelines.pruefe.kette import (
    lies_deklarationen,
    pruefe_eintraege,
    pruefe_signatur,
    pruefe_spaltenherkunft,
)
from pipelines.rohtabellen.archiveintraege import eintraege
from quellen.annahmen import nimm_an


def _schein(frei: Kleinfreigabe) -> dict[str, Any]:
    schein: dict[str, Any] = json.loads((frei.freigabe.ordner / "freigabe.json").read_text(encoding="utf-8"))
    return schein


def _schreibe_schein(frei: Kleinfreigabe, schein: dict[str, Any]) -> None:
    schein["pruefsumme"] = pruefsumme(schein)
    (frei.freigabe.ordner / "freigabe.json").write_text(als_text(schein), encoding="utf-8")


def _deklarationen(frei: Kleinfreigabe, schein: dict[str, Any] | None = None) -> Pruefpunkt:
    return lies_deklarationen(frei.freigabe.ordner, schein or _schein(frei), frei.klein.katalog)[1]


def _eintraege(frei: Kleinfreigabe, schein: dict[str, Any] | None = None) -> Pruefpunkt:
    with duckdb.connect(str(frei.datei), read_only=True) as con:
        return pruefe_eintraege(con, frei.klein.archiv, schein or _schein(frei))


def _aendere(frei: Kleinfreigabe, sql: str, *werte: str) -> None:
    with duckdb.connect(str(frei.datei)) as con:
        con.execute(sql, list(werte))


class TestDeklarationen:
    def test_die_freigabe_bringt_alles_mit(self, kleinfreigabe: Kleinfreigabe) -> None:
        """Nothing is installed on the auditor's machine but the program."""
        bericht = pruefe(kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv)
        assert bericht.bestanden, bericht.als_text()
        katalog, punkt = lies_deklarationen(kleinfreigabe.freigabe.ordner, _schein(kleinfreigabe), {})
        assert katalog == kleinfreigabe.klein.katalog
        assert (punkt.geprueft, punkt.maengel, punkt.hinweise) == (len(_schein(kleinfreigabe)["deklarationen"]), [], [])

    def test_anders_installierte_deklarationen_sind_ein_hinweis(self, kleinfreigabe: Kleinfreigabe) -> None:
        katalog = kleinfreigabe.klein.katalog
        katalog["schulen"] = katalog["schulen"].model_copy(update={"titel": "neu"})
        del katalog["schuelerzahlen"]
        punkt = _deklarationen(kleinfreigabe)
        assert punkt.bestanden
        assert "2 Quellen sind hier anders deklariert" in punkt.hinweise[0]
        assert "schuelerzahlen, schulen" in punkt.hinweise[0]

    @pytest.mark.parametrize(
        ("was", "meldung"),
        [
            (lambda d: d.write_text(d.read_text() + "# anders\n"), "schulen.yaml ist eine andere als die, aus der"),
            (lambda d: d.write_text("id: [", encoding="utf-8"), "schulen.yaml ist nicht lesbar"),
            (lambda d: d.write_bytes(b"\xff\xfe"), "schulen.yaml ist nicht lesbar"),
            (lambda d: d.unlink(), "schulen.yaml fehlt unter belege/katalog/"),
            (lambda d: d.with_name("neu.yaml").write_text("id: neu\n"), "neu.yaml steht nicht in freigabe.json"),
        ],
    )
    def test_eine_veraenderte_deklaration_wird_benannt(
        self, kleinfreigabe: Kleinfreigabe, was: Callable[[Path], object], meldung: str
    ) -> None:
        was(kleinfreigabe.freigabe.ordner / "belege" / "katalog" / "schulen.yaml")
        assert meldung in "\n".join(_deklarationen(kleinfreigabe).maengel)

    def test_auch_wenn_ihr_hash_angepasst_wurde(self, kleinfreigabe: Kleinfreigabe) -> None:
        """The list of declarations must give the hash that also stands in the table ``freigabe``."""
        datei = kleinfreigabe.freigabe.ordner / "belege" / "katalog" / "schulen.yaml"
        datei.write_text(datei.read_text(encoding="utf-8") + "# anders\n", encoding="utf-8")
        schein = _schein(kleinfreigabe)
        schein["deklarationen"]["quellen/katalog/schulen.yaml"] = dateihash(datei)
        maengel = _deklarationen(kleinfreigabe, schein).maengel
        assert maengel == ["freigabe.json: definitionen passt nicht zur Liste der Deklarationen"]

    @pytest.mark.parametrize("wert", [None, [], {}, "x", {"a": 1}])
    def test_ohne_liste(self, kleinfreigabe: Kleinfreigabe, wert: object) -> None:
        schein = _schein(kleinfreigabe) | {"deklarationen": wert}
        katalog, punkt = lies_deklarationen(kleinfreigabe.freigabe.ordner, schein, kleinfreigabe.klein.katalog)
        assert "nennt keine Deklarationen" in punkt.maengel[0]
        assert katalog == kleinfreigabe.klein.katalog

    def test_geaendert_waehrend_des_laufs(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        klein = kleinfreigabe.klein
        with duckdb.connect(str(klein.lager)) as con:
            con.execute("update raw.deklarationen set sha256 = repeat('0', 64) where text is null")
        with pytest.raises(FreigabeFehler, match="haben sich geändert, während der Lauf sie las"):
            baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv)


class TestEintraege:
    def test_jeder_abruf_hat_seinen_eintrag(self, kleinfreigabe: Kleinfreigabe) -> None:
        punkt = _eintraege(kleinfreigabe)
        assert (punkt.geprueft, punkt.maengel) == (6, [])

    def test_veraendert_und_weg(self, kleinfreigabe: Kleinfreigabe) -> None:
        eins, zwei, *_ = sorted(kleinfreigabe.klein.archiv.ordner.glob("abrufe/*/*.json"))
        eins.chmod(0o644)
        eins.write_bytes(eins.read_bytes().replace(b"direkt", b"ckan__"))
        zwei.unlink()
        maengel = "\n".join(_eintraege(kleinfreigabe).maengel)
        assert f"der Abrufeintrag abrufe/{eins.parent.name}/{eins.name} wurde verändert" in maengel
        assert f"der Abrufeintrag abrufe/{zwei.parent.name}/{zwei.name} fehlt im Archiv" in maengel
        assert "nennt keinen gültigen Eintrag zum Abruf" in maengel

    @pytest.mark.parametrize("pfad", ["../freigaben/f1/freigabe.json", "/etc/hostname"])
    def test_kein_pfad_fuehrt_aus_dem_archiv(self, kleinfreigabe: Kleinfreigabe, pfad: str) -> None:
        schein = _schein(kleinfreigabe)
        schein["eintraege"][pfad] = "0" * 64
        _aendere(kleinfreigabe, "insert into archiveintraege values ('schulen', ?, repeat('0', 64))", pfad)
        assert _eintraege(kleinfreigabe, schein).maengel == [f"der Abrufeintrag {pfad} fehlt im Archiv"]

    def test_ein_weggelassener_eintrag(self, kleinfreigabe: Kleinfreigabe) -> None:
        """Left out of the note, then of the table, too."""
        schein = _schein(kleinfreigabe)
        eintrag, sha256 = schein["eintraege"].popitem()
        punkt = _eintraege(kleinfreigabe, schein)
        assert punkt.maengel == [f"{eintrag}: freigabe.json nennt sha256 None, die Tabelle archiveintraege {sha256}"]
        _aendere(kleinfreigabe, "delete from archiveintraege where eintrag = ?", eintrag)
        [mangel] = _eintraege(kleinfreigabe, schein).maengel
        assert "archiveintraege nennt keinen gültigen Eintrag zum Abruf" in mangel

    def test_was_nicht_lesbar_war_wird_nicht_verglichen(self, kleinfreigabe: Kleinfreigabe) -> None:
        """A record that could not be read when the tables were loaded proves no retrieval."""
        schein = _schein(kleinfreigabe)
        eintrag = next(iter(schein["eintraege"]))
        schein["eintraege"][eintrag] = ""
        _aendere(kleinfreigabe, "update archiveintraege set sha256 = '' where eintrag = ?", eintrag)
        [mangel] = _eintraege(kleinfreigabe, schein).maengel
        assert "nennt keinen gültigen Eintrag zum Abruf" in mangel

    def test_annahmen_gehoeren_dazu(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        klein = kleinfreigabe.klein
        jetzt = datetime(2024, 5, 2, tzinfo=UTC)
        nimm_an(klein.archiv, "einwohner_ortsteil", "alter", "bereich", "beim Amt nachgefragt", "Meier", jetzt)
        with duckdb.connect(str(klein.lager)) as con:
            con.executemany(
                "insert into freigabe.archiveintraege values ('einwohner_ortsteil', ?, ?)",
                [list(e) for e in eintraege(klein.archiv.ordner, "einwohner_ortsteil") if e[0].startswith("annahmen/")],
            )
        ordner = baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv).ordner
        schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
        annahme = next(p for p in schein["eintraege"] if p.startswith("annahmen/"))
        (klein.archiv.ordner / annahme).unlink()
        with duckdb.connect(str(ordner / "sozialraum.duckdb"), read_only=True) as con:
            punkt = pruefe_eintraege(con, klein.archiv, schein)
        assert punkt.maengel == [f"die Annahme {annahme} fehlt im Archiv"]

    @pytest.mark.parametrize("was", [lambda d: d.unlink(), lambda d: d.write_bytes(d.read_bytes() + b" ")])
    def test_ohne_eintrag_keine_freigabe(
        self, kleinfreigabe: Kleinfreigabe, tmp_path: Path, was: Callable[[Path], object]
    ) -> None:
        """Unless the source stays at its last good state, which is what a damaged record leads to."""
        klein = kleinfreigabe.klein
        datei = next(klein.archiv.ordner.glob("abrufe/schulen/*.json"))
        datei.chmod(0o644)
        was(datei)
        with pytest.raises(FreigabeFehler, match=f"Quelle schulen fehlt der Eintrag im Archiv.*{datei.name}"):
            baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv)
        with duckdb.connect(str(klein.lager)) as con:
            con.execute("update freigabe.quellen set zustand = 'letzter guter Stand' where quelle = 'schulen'")
        ordner = baue(klein.lager, klein.manifest, tmp_path / "alt", archiv=klein.archiv).ordner
        with duckdb.connect(str(ordner / "sozialraum.duckdb"), read_only=True) as con:
            punkt = pruefe_eintraege(
                con, klein.archiv, json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
            )
        assert datei.name in punkt.maengel[0]


class TestSqlUndSpalten:
    def test_veraendertes_sql_wird_benannt(self, kleinfreigabe: Kleinfreigabe) -> None:
        datei = kleinfreigabe.freigabe.ordner / "belege" / "sql" / "freigabe.indikatoren.sql"
        datei.write_text("select 1", encoding="utf-8")
        maengel = pruefe_dateien(kleinfreigabe.freigabe.ordner, _schein(kleinfreigabe)).maengel
        assert "(das ausgeführte SQL des Modells freigabe.indikatoren) wurde verändert" in maengel[0]

    def test_ohne_sql_keine_freigabe(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        klein = kleinfreigabe.klein
        with duckdb.connect(str(klein.lager)) as con:
            con.execute("delete from raw.modelle where modell = 'freigabe.indikatoren'")
        with pytest.raises(FreigabeFehler, match=r"kein ausgeführtes SQL aufgehoben: freigabe\.indikatoren"):
            baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv)

    @pytest.mark.parametrize(
        ("befehl", "meldung"),
        [
            ("delete from spaltenherkunft where tabelle = 'gebiete' and spalte = 'name'", "gebiete.name hat keine"),
            (
                "delete from spaltenherkunft where tabelle = 'beobachtungen.vorstufe' and spalte = 'wert'",
                "nicht weiter",
            ),
            ("update spaltenherkunft set quellart = 'geraten' where tabelle = 'gebiete'", "unbekannter Art: geraten"),
            ("update spaltenherkunft set quelltabelle = '' where tabelle = 'gebiete'", "ohne Namen"),
            ("insert into spaltenherkunft values ('gebiete', 'erfunden', '', '', 'konstante')", "in keiner Tabelle"),
            (
                "update spaltenherkunft set quellspalte = 'zeile' where tabelle = 'indikatoren' and spalte = 'wert'",
                "im SQL von indikatoren steht davon nichts",
            ),
        ],
    )
    def test_luecken_und_erfundenes(self, kleinfreigabe: Kleinfreigabe, befehl: str, meldung: str) -> None:
        with duckdb.connect(str(kleinfreigabe.datei)) as con:
            con.execute(befehl)
            punkt = pruefe_spaltenherkunft(con, kleinfreigabe.freigabe.ordner)
        assert meldung in "\n".join(punkt.maengel)

    def test_fehlendes_sql(self, kleinfreigabe: Kleinfreigabe) -> None:
        (kleinfreigabe.freigabe.ordner / "belege" / "sql" / "beobachtungen.vorstufe.sql").unlink()
        with duckdb.connect(str(kleinfreigabe.datei), read_only=True) as con:
            punkt = pruefe_spaltenherkunft(con, kleinfreigabe.freigabe.ordner)
        assert punkt.maengel == [
            "das ausgeführte SQL von beobachtungen.vorstufe fehlt (belege/sql/beobachtungen.vorstufe.sql)"
        ]

    def test_ohne_herkunft_einer_spalte_keine_freigabe(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        klein = kleinfreigabe.klein
        with duckdb.connect(str(klein.lager)) as con:
            con.execute("delete from raw.spaltenherkunft where tabelle = 'indikatoren' and spalte = 'wert'")
        with pytest.raises(FreigabeFehler, match=r"die Spalte indikatoren\.wert hat keine Herkunft"):
            freigeben(klein.lager, klein.manifest, tmp_path / "neu", klein.archiv, klein.id)
        assert list((tmp_path / "neu").iterdir()) == []


class TestUnterschrift:
    @pytest.fixture
    def amt(self) -> Schluessel:
        return lies_geheim(neues_paar()[0])

    def _unterschreibe(self, frei: Kleinfreigabe, schluessel: Schluessel, vermerk: str = "Freigabe f1") -> None:
        _schreibe_schein(frei, _schein(frei) | {"signaturschluessel": schluessel.oeffentlich.zeile})
        ordner = frei.freigabe.ordner
        text = unterschreibe((ordner / "freigabe.json").read_bytes(), schluessel, vermerk)
        (ordner / "freigabe.json.minisig").write_text(text, encoding="utf-8")

    def _pruefe(self, frei: Kleinfreigabe, schluessel: Schluessel | None = None) -> Pruefpunkt:
        return pruefe_signatur(frei.freigabe.ordner, _schein(frei), schluessel.oeffentlich if schluessel else None)

    def test_ohne_unterschrift(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        assert self._pruefe(kleinfreigabe).hinweise == ["Die Freigabe ist nicht unterschrieben."]
        assert "ist nicht unterschrieben" in self._pruefe(kleinfreigabe, amt).maengel[0]

    def test_mit_unterschrift(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        self._unterschreibe(kleinfreigabe, amt)
        assert self._pruefe(kleinfreigabe, amt).maengel == []
        ohne = self._pruefe(kleinfreigabe)
        assert (ohne.maengel, "sagt erst --schluessel" in ohne.hinweise[0]) == ([], True)
        assert pruefe_dateien(kleinfreigabe.freigabe.ordner, _schein(kleinfreigabe)).bestanden

    def test_veraenderter_schein(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        """With all checksums made to fit: only the signature tells."""
        self._unterschreibe(kleinfreigabe, amt)
        _schreibe_schein(kleinfreigabe, _schein(kleinfreigabe) | {"code": "anders"})
        for schluessel in (amt, None):
            assert "passt nicht zu diesem Inhalt" in self._pruefe(kleinfreigabe, schluessel).maengel[0]

    def test_jedes_byte_der_unterschrift_zaehlt(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        """Also without the office's key, and also in the first line, which minisign trusts nobody with."""
        self._unterschreibe(kleinfreigabe, amt)
        datei = kleinfreigabe.freigabe.ordner / "freigabe.json.minisig"
        gut = datei.read_bytes()
        for stelle in range(0, len(gut), 7):
            datei.write_bytes(gut[:stelle] + bytes([gut[stelle] ^ 4]) + gut[stelle + 1 :])
            assert not self._pruefe(kleinfreigabe).bestanden, stelle

    def test_entfernte_unterschrift(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        self._unterschreibe(kleinfreigabe, amt)
        (kleinfreigabe.freigabe.ordner / "freigabe.json.minisig").unlink()
        assert self._pruefe(kleinfreigabe).maengel == [
            "freigabe.json.minisig fehlt: die Freigabe ist nicht unterschrieben"
        ]

    def test_ein_anderer_unterschrieb(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        """Whoever replaces key and signature together is found by the office's public key only."""
        self._unterschreibe(kleinfreigabe, lies_geheim(neues_paar()[0]))
        assert self._pruefe(kleinfreigabe).maengel == []
        assert "stammt nicht von dem angegebenen Schlüssel" in self._pruefe(kleinfreigabe, amt).maengel[0]

    def test_die_unterschrift_einer_anderen_freigabe(
        self, kleinfreigabe: Kleinfreigabe, amt: Schluessel, tmp_path: Path
    ) -> None:
        self._unterschreibe(kleinfreigabe, amt)
        zweites = baue_kleinlager(tmp_path / "zwei", id_="f2")
        freigabe = freigeben(zweites.lager, zweites.manifest, tmp_path / "andere", zweites.archiv, "f2")
        signatur = kleinfreigabe.freigabe.ordner / "freigabe.json.minisig"
        (freigabe.ordner / signatur.name).write_bytes(signatur.read_bytes())
        schein = json.loads((freigabe.ordner / "freigabe.json").read_text(encoding="utf-8"))
        punkt = pruefe_signatur(freigabe.ordner, schein, amt.oeffentlich)
        assert "passt nicht zu diesem Inhalt" in punkt.maengel[0]

    def test_ein_fremder_vermerk(self, kleinfreigabe: Kleinfreigabe, amt: Schluessel) -> None:
        self._unterschreibe(kleinfreigabe, amt, vermerk="Freigabe f0")
        assert "ist die einer anderen Freigabe: »Freigabe f0«" in self._pruefe(kleinfreigabe, amt).maengel[0]

    def test_ein_unleserlicher_schluessel_im_schein(self, kleinfreigabe: Kleinfreigabe) -> None:
        punkt = pruefe_signatur(kleinfreigabe.freigabe.ordner, {"signaturschluessel": ["x"]}, None)
        assert "signaturschluessel" in punkt.maengel[0]
