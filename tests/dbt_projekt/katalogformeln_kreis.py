"""The second definitions of the indicators of schools, day care and social assistance.

Like ``katalogformeln``, which holds the residents and their movements and what both share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
from katalogformeln import ALLGEMEIN, BESTAND, BEWEGUNG, KEINE_SCHULEN, Formel, Ort, schulneulinge

SIEBTE = ALLGEMEIN[1:]


def _je_klasse(o: Ort) -> float:
    return o.z("schueler_laut_zeitreihe", schulform="02") / o.z("klassen_laut_zeitreihe", schulform="02")


def _schueler_1j(form: str, o: Ort) -> float:
    jetzt, vorher = (o.z("schueler_laut_zeitreihe", schulform=form, jahre=j) for j in (0, 1))
    return 100 * (jetzt - vorher) / vorher


def _auslaendisch(formen: tuple[str, ...], o: Ort) -> float:
    return 100 * o.z("schueler_auslaendisch_schulart", schulform=formen) / o.z("schueler_schulart", schulform=formen)


def _klasse_7(form: str, o: Ort) -> float:
    return 100 * o.z("schueler_klasse_7_schulart", schulform=form) / o.z("schueler_klasse_7_schulart", schulform=SIEBTE)


def _abgang(art: str, o: Ort) -> float:
    return 100 * o.z("abgaenge", art=art) / o.z("abgaenge", art="alle_abschluesse")


def _weiblich(art: str, o: Ort) -> float:
    return 100 * o.z("abgaenge_weiblich", art=art) / o.z("abgaenge", art=art)


def _plaetze(o: Ort, kinder: float) -> float:
    return 100 * o.z("kita_plaetze") / kinder


def _hilfe(art: str, je: int, von: int, bis: int | None, o: Ort) -> float:
    return je * o.z("mindestsicherung", art=art) / o.n(von, bis)


def _stufen(o: Ort, formen: str | None = None) -> npt.NDArray[np.float64]:
    """Pupils by step of the social index, 1 to 9."""
    return np.array([o.z("schueler", sozialindexstufe=s, schulform=formen) for s in range(1, 10)])


def _hohe_stufen(o: Ort, formen: str | None = None) -> float:
    stufen = _stufen(o, formen)
    return float(100 * stufen[6:].sum() / stufen.sum())


def _erste(o: Ort) -> float:
    return o.z("schueler_je_jahrgang", art="01", schulform="02")


SCHULE: Mapping[str, Formel] = {
    "schulen": lambda o: o.z("schulen", schulbetrieb="1", ohne_schulform=KEINE_SCHULEN),
    "schueler": lambda o: o.z("schueler"),
    "schueler_je_100_6_9": lambda o: 100 * o.z("schueler", schulform="02") / o.n(6, 9, tag=o.jahresende_davor),
    "sozialindex_mittel": lambda o: float(np.average(np.arange(1, 10), weights=_stufen(o))),
    "anteil_schueler_sozialindex_7_9": _hohe_stufen,
    "anteil_grundschueler_sozialindex_7_9": lambda o: _hohe_stufen(o, "02"),
    "schueler_je_grundschule": lambda o: (
        o.z("schueler", schulform="02") / o.z("schulen", schulform="02", schulbetrieb="1")
    ),
    "anteil_privatschueler": lambda o: 100 * (1 - o.z("schueler", rechtsform="1") / o.z("schueler")),
    "erstklaessler": _erste,
    "erstklaessler_je_100_schulneulinge": lambda o: 100 * _erste(o) / schulneulinge(o, date(o.tag.year - 2, 12, 31)),
}

BILDUNG: Mapping[str, Formel] = {
    "klassenfrequenz_grundschule": _je_klasse,
    "zuege_je_grundschule": lambda o: (
        o.z("klassen_laut_zeitreihe", schulform="02") / 4 / o.z("schulen_laut_zeitreihe", schulform="02")
    ),
    "grundschueler_je_schule_kreis": lambda o: (
        o.z("schueler_laut_zeitreihe", schulform="02") / o.z("schulen_laut_zeitreihe", schulform="02")
    ),
    "entwicklung_schueler_grundschulen_1j": partial(_schueler_1j, "02"),
    "entwicklung_schueler_gymnasien_1j": partial(_schueler_1j, "20"),
    "entwicklung_schueler_gesamtschulen_1j": partial(_schueler_1j, "15"),
    "anteil_auslaendische_schueler": partial(_auslaendisch, ALLGEMEIN),
    "anteil_auslaendische_schueler_grundschulen": partial(_auslaendisch, ("02",)),
    "anteil_auslaendische_schueler_gesamtschulen": partial(_auslaendisch, ("15",)),
    "anteil_auslaendische_schueler_gymnasien": partial(_auslaendisch, ("20",)),
    "anteil_klasse_7_hauptschule": partial(_klasse_7, "04"),
    "anteil_klasse_7_realschule": partial(_klasse_7, "10"),
    "anteil_klasse_7_mehrere_bildungsgaenge": partial(_klasse_7, "mehrere_bildungsgaenge"),
    "anteil_klasse_7_gesamtschule": partial(_klasse_7, "15"),
    "anteil_klasse_7_gymnasium": partial(_klasse_7, "20"),
    "foerderschulbesuchsquote": lambda o: (
        100 * o.z("schueler_schulart", schulform="08") / o.z("schueler_schulart", schulform=ALLGEMEIN)
    ),
    "anteil_abgaenge_ohne_hauptschulabschluss": partial(_abgang, "ohne_hauptschulabschluss"),
    "anteil_abgaenge_hauptschulabschluss": partial(_abgang, "hauptschulabschluss"),
    "anteil_abgaenge_mittlerer_abschluss": partial(_abgang, "mittlerer_abschluss"),
    "anteil_abgaenge_hochschulreife": partial(_abgang, "hochschulreife"),
    "abgaenge_ohne_hauptschulabschluss_je_jahrgang": lambda o: (
        100 * o.z("abgaenge", art="ohne_hauptschulabschluss") / np.mean([o.jahrgang(15), o.jahrgang(16)])
    ),
    "frauenanteil_abgaenge_ohne_hauptschulabschluss": partial(_weiblich, "ohne_hauptschulabschluss"),
    "frauenanteil_abgaenge_hochschulreife": partial(_weiblich, "hochschulreife"),
}

BETREUUNG: Mapping[str, Formel] = {
    "kitas": lambda o: o.z("kitas"),
    "kita_plaetze": lambda o: o.z("kita_plaetze"),
    "kita_platzquote_u6": lambda o: _plaetze(o, o.n(0, 5, tag=o.jahresende_davor)),
    "kita_platzquote_3_5": lambda o: _plaetze(o, o.n(3, 5, tag=o.jahresende_davor)),
    "kita_platzquote_1_5": lambda o: _plaetze(o, sum(o.jahrgang(a, o.jahresende_davor) for a in range(1, 6))),
    "plaetze_je_kita": lambda o: o.z("kita_plaetze") / o.z("kitas"),
    "kinder_u6_je_kita": lambda o: o.n(0, 5, tag=o.jahresende_davor) / o.z("kitas"),
    "kita_personal_je_100_plaetze": lambda o: 100 * o.z("kita_personal") / o.z("kita_plaetze"),
    "kita_personal_je_kita": lambda o: o.z("kita_personal") / o.z("kitas"),
    "anteil_kitas_u3": lambda o: 100 * o.z("kitas_unter_3") / o.z("kitas"),
    "anteil_kitas_2_7": lambda o: 100 * o.z("kitas_2_bis_7") / o.z("kitas"),
    "anteil_kitas_alle_alter": lambda o: 100 * o.z("kitas_alle_alter") / o.z("kitas"),
    "betreuungsquote_u3_wegweiser": lambda o: o.z("wegweiser_betreuung_u3"),
}

SOZIALES: Mapping[str, Formel] = {
    "mindestsicherungsquote_itnrw": lambda o: o.z("mindestsicherungsquote"),
    "mindestsicherungsquote_landesdatenbank": lambda o: 100 * o.z("mindestsicherung_empfaenger_nrw") / o.n(),
    "mindestsicherungsquote_regionalstatistik": partial(_hilfe, "alle_leistungen", 100, 0, None),
    "sgb2_quote": partial(_hilfe, "sgb2", 100, 0, 64),
    "sgb2_je_100_einwohner": partial(_hilfe, "sgb2", 100, 0, None),
    "grundsicherung_18plus_je_100": partial(_hilfe, "grundsicherung_alter", 100, 18, None),
    "hilfe_zum_lebensunterhalt_je_1000": partial(_hilfe, "hilfe_zum_lebensunterhalt", 1000, 0, None),
    "asylbewerberleistungen_je_1000": partial(_hilfe, "asylbewerberleistungen", 1000, 0, None),
    "anteil_sgb2_an_mindestsicherung": lambda o: (
        100 * o.z("mindestsicherung", art="sgb2") / o.z("mindestsicherung", art="alle_leistungen")
    ),
    "kinderarmut_wegweiser": lambda o: o.z("wegweiser_kinderarmut"),
    "jugendarmut_wegweiser": lambda o: o.z("wegweiser_jugendarmut"),
    "arbeitslose": lambda o: o.z("arbeitslose"),
    "arbeitslosenquote": lambda o: o.z("arbeitslosenquote"),
    "arbeitslosenquote_sgb2": lambda o: o.z("arbeitslosenquote_sgb2"),
    "arbeitslosenquote_sgb3": lambda o: o.z("arbeitslosenquote_sgb3"),
    "anteil_arbeitslose_sgb2": lambda o: 100 * o.z("arbeitslose_sgb2") / o.z("arbeitslose"),
    "bedarfsgemeinschaften": lambda o: o.z("bedarfsgemeinschaften"),
    "personen_je_bedarfsgemeinschaft": lambda o: o.z("regelleistungsberechtigte") / o.z("bedarfsgemeinschaften"),
    "anteil_nicht_erwerbsfaehige": lambda o: (
        100 * o.z("nicht_erwerbsfaehige_leistungsberechtigte") / o.z("regelleistungsberechtigte")
    ),
}

FORMELN: Mapping[str, Formel] = {**BESTAND, **BEWEGUNG, **SCHULE, **BILDUNG, **BETREUUNG, **SOZIALES}
