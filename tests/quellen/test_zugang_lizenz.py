"""Spellings of licences: those of one licence agree, those of two do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.modell import lade_katalog
from quellen.zugang.lizenz import kuerzel

GLEICH = {
    "dl-by-2.0": (
        "dl-de/by-2-0", "dl-de-by-2.0", "dl-by-de/2.0", "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
        "https://www.govdata.de/dl-de/by-2-0", "Datenlizenz Deutschland – Namensnennung – Version 2.0",
        "Datenlizenz Deutschland Namensnennung 2.0",
    ),
    "dl-by-1.0": ("http://dcat-ap.de/def/licenses/dl-by-de/1.0", "dl-de-by-1.0"),
    "dl-zero": (
        "dl-de/zero-2-0", "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
        "Datenlizenz Deutschland – Zero – Version 2.0", "https://www.govdata.de/dl-de/zero-2-0",
    ),
    "cc-by-3.0-de": (
        "cc-by-3.0-de", "CC BY 3.0 DE", "https://creativecommons.org/licenses/by/3.0/de/",
        "http://dcat-ap.de/def/licenses/cc-by/3.0-de", "Creative Commons Namensnennung 3.0 Deutschland",
    ),
    "cc-by-4.0": (
        "cc-by-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/",
        "http://dcat-ap.de/def/licenses/cc-by/4.0", "Creative Commons Attribution 4.0 International",
    ),
    "cc-by-sa": ("cc-by-sa-4.0", "https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"),
    "cc-by-nc": ("CC BY-NC 4.0", "Creative Commons Namensnennung - Nicht kommerziell 4.0"),
    "cc-by-nd": ("CC BY-ND 4.0", "Creative Commons Namensnennung Keine Bearbeitungen 4.0"),
    "cc-zero": ("cc-zero", "cc0-1.0", "CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "andere": ("Amtliche Werke", "amtliche-werke", "AMTLICHE  WERKE"),
}  # fmt: skip
PAARE = [(a, ta, b, tb) for a, texte in GLEICH.items() for ta in texte for b, andere in GLEICH.items() for tb in andere]


def test_schreibweisen_einer_lizenz_vertragen_sich_und_nur_diese():
    falsch = []
    for name, text, anderer_name, anderer_text in PAARE:
        eine, andere = kuerzel(text), kuerzel(anderer_text)
        assert eine is not None
        assert andere is not None
        if eine.vertraegt(andere) != (name == anderer_name):
            falsch.append((text, anderer_text))
    assert falsch == []


def test_ckans_eigene_kurzform_ohne_fassung():
    ohne, mit, geteilt = kuerzel("cc-by"), kuerzel("cc-by-3.0-de"), kuerzel("cc-by-sa")
    assert ohne.vertraegt(mit)
    assert mit.vertraegt(ohne)
    assert not ohne.vertraegt(geteilt)


@pytest.mark.parametrize("text", ["", "  ", "notspecified", "License not specified", "None", "keine Angabe"])
def test_keine_lizenz(text):
    assert kuerzel(text) is None


@pytest.mark.parametrize("text", ["other-closed", "dl-de", "https://[kaputt", "🙂"])
def test_unbekanntes_ist_eine_eigene_lizenz(text):
    eine = kuerzel(text)
    assert eine is not None
    assert not any(eine.vertraegt(kuerzel(t)) for texte in GLEICH.values() for t in texte)


@pytest.mark.parametrize("quelle", lade_katalog().values(), ids=lambda q: q.id)
def test_kennung_und_adresse_jeder_deklaration_meinen_dasselbe(quelle):
    if quelle.lizenz.id == "quellenangabe":  # a publisher's own terms, which only an address names
        assert quelle.lizenz.url.startswith(f"https://{quelle.zugang.hosts[0]}/")
        return
    kennung, adresse = kuerzel(quelle.lizenz.id), kuerzel(quelle.lizenz.url)
    assert kennung.vertraegt(adresse)
    assert kennung.familie.startswith(("dl-", "cc-"))


@given(st.text(max_size=60))
def test_jeder_text_vertraegt_sich_mit_sich_selbst(text):
    eine = kuerzel(text)
    assert eine is None or eine.vertraegt(eine)
    assert eine == kuerzel(f" {text}\n")
