"""Published figures that the example files must reproduce exactly.

Belongs here: one row per published figure with its source. Does not belong here: anything modelled. Only figures
of the register of residents (Melderegister) at the end of 2016 to 2025 are listed.

Two contradictions between the sources were decided here:

* Süd 2016: the newspaper's Ortsteile add up to 73036, the Stadtbezirk to 73041. Its Buchholz figure, 14000, is
  evidently rounded; 14005 closes the gap. Its Mündelheim (3562) and Serm (2323) are one Ortsteil, 5885.
* Duisburg 2022: first reported as 507073, a year later as 507093. The later figure stands.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Merkmal = Literal["einwohner", "nichtdeutsch", "anteil_nichtdeutsch", "bulgarien_rumaenien"]

STADT = "05112000"


class Anker(NamedTuple):
    """One published figure. ``gebiet``: city key or three-digit key; ``jahr``: 31 December of that year.

    ``wert`` counts persons, except ``anteil_nichtdeutsch``: per cent with one decimal.
    """

    gebiet: str
    jahr: int
    merkmal: Merkmal
    wert: float
    quelle: str


_WALSUM = "de.zxc.wiki/wiki/Duisburg-Walsum"
_SUED = "WAZ article209791569"
_RHEIN_2020 = "dewiki.de/Lexikon/Duisburg-Rheinhausen"
_RHEIN_2017 = "de.zxc.wiki/wiki/Duisburg-Rheinhausen"
_STADT_2021 = "WAZ article237456521"
_STADT_2023 = "nrz.de id241476244"
_MARXLOH_2022 = "wiki-data.de-de.nina.az/Marxloh.html"
_MARXLOH_2023 = "infosekolah.net/de/Marxloh"
_HOCHFELD_2020 = "de.wiki.li/Hochfeld"
_HOCHFELD_2021 = "wiki-data.de-de.nina.az/Hochfeld.html"
_BRUCK_2016 = "de.wikipedia.org/wiki/Bruckhausen"
_BRUCK_2023 = "wikiwand.com/de/Duisburg-Bruckhausen"
_DELL_2020 = "wiki-data.de-de.nina.az/Dellviertel.html"
_DELL_2023 = "de.wikipedia.org/wiki/Dellviertel"
_HOMBERG = "de.wikipedia.org/wiki/Homberg_(Duisburg), Juni 2024"
_UNGELSHEIM = "de.teknopedia.teknokrat.ac.id/wiki/Ungelsheim"
_ALDENRADE = "de.wikipedia.org/wiki/Aldenrade"
_OBERMARXLOH_2020 = "de.wiki.li/Obermarxloh"

ANKER: tuple[Anker, ...] = (
    Anker(STADT, 2020, "einwohner", 499854, _STADT_2021),
    Anker(STADT, 2021, "einwohner", 499439, _STADT_2021),
    Anker(STADT, 2022, "einwohner", 507093, _STADT_2023),
    Anker(STADT, 2023, "einwohner", 508652, _STADT_2023),
    Anker(STADT, 2022, "bulgarien_rumaenien", 25960, "rp-online.de aid-107508009"),
    Anker("100", 2019, "einwohner", 50489, _WALSUM),
    Anker("100", 2020, "einwohner", 50344, "deit.qaz.wiki/wiki/Walsum"),
    Anker("100", 2022, "einwohner", 50791, "profilpelajar.com/de/Duisburg-Walsum"),
    Anker("200", 2019, "einwohner", 75765, "dept.other.wiki/wiki/Hamborn"),
    Anker("300", 2019, "einwohner", 73333, "deru.other.wiki/wiki/Meiderich/Beeck"),
    Anker("300", 2023, "einwohner", 74410, "dewiki.de/Lexikon/Duisburg-Meiderich/Beeck"),
    Anker("400", 2023, "einwohner", 42063, "artikeldigital.com/de/Duisburg-Homberg/Ruhrort/Baerl"),
    Anker("500", 2016, "einwohner", 110831, "de.zxc.wiki/wiki/Duisburg-Mitte"),
    Anker("600", 2017, "einwohner", 77937, _RHEIN_2017),
    Anker("600", 2020, "einwohner", 78203, _RHEIN_2020),
    Anker("700", 2016, "einwohner", 73041, _SUED),
    Anker("700", 2020, "einwohner", 72970, "dewiki.de/Lexikon/Duisburg-Süd"),
    Anker("700", 2023, "einwohner", 73563, "de.teknopedia.teknokrat.ac.id/wiki/Duisburg-Süd"),
    Anker("101", 2019, "einwohner", 12038, _WALSUM),
    Anker("102", 2019, "einwohner", 5049, _WALSUM),
    Anker("103", 2019, "einwohner", 4259, _WALSUM),
    Anker("104", 2019, "einwohner", 14135, _WALSUM),
    Anker("104", 2023, "einwohner", 13896, _ALDENRADE),
    Anker("104", 2023, "nichtdeutsch", 2191, _ALDENRADE),
    Anker("105", 2019, "einwohner", 7412, _WALSUM),
    Anker("106", 2019, "einwohner", 7596, _WALSUM),
    Anker("202", 2017, "anteil_nichtdeutsch", 54.1, "domradio.de/node/282758"),
    Anker("202", 2022, "einwohner", 22106, _MARXLOH_2022),
    Anker("202", 2022, "nichtdeutsch", 13821, _MARXLOH_2022),
    Anker("202", 2023, "einwohner", 22010, _MARXLOH_2023),
    Anker("202", 2023, "nichtdeutsch", 13952, _MARXLOH_2023),
    Anker("203", 2020, "einwohner", 13855, _OBERMARXLOH_2020),
    Anker("203", 2020, "nichtdeutsch", 4659, _OBERMARXLOH_2020),
    Anker("203", 2023, "einwohner", 14070, "de.teknopedia.teknokrat.ac.id/wiki/Obermarxloh"),
    Anker("301", 2016, "einwohner", 5745, _BRUCK_2016),
    Anker("301", 2016, "nichtdeutsch", 3123, _BRUCK_2016),
    Anker("301", 2023, "einwohner", 5518, _BRUCK_2023),
    Anker("301", 2023, "nichtdeutsch", 3030, _BRUCK_2023),
    Anker("402", 2023, "einwohner", 15199, _HOMBERG),
    Anker("402", 2023, "nichtdeutsch", 2184, _HOMBERG),
    Anker("507", 2020, "einwohner", 14120, _DELL_2020),
    Anker("507", 2020, "nichtdeutsch", 4330, _DELL_2020),
    Anker("507", 2023, "einwohner", 14891, _DELL_2023),
    Anker("507", 2023, "nichtdeutsch", 5163, _DELL_2023),
    Anker("508", 2020, "einwohner", 18312, _HOCHFELD_2020),
    Anker("508", 2020, "nichtdeutsch", 11014, _HOCHFELD_2020),
    Anker("508", 2021, "einwohner", 18144, _HOCHFELD_2021),
    Anker("508", 2021, "nichtdeutsch", 11082, _HOCHFELD_2021),
    Anker("601", 2017, "einwohner", 9772, _RHEIN_2017),
    Anker("601", 2017, "anteil_nichtdeutsch", 27.6, _RHEIN_2017),
    Anker("601", 2020, "einwohner", 10666, _RHEIN_2020),
    Anker("601", 2020, "anteil_nichtdeutsch", 31.3, _RHEIN_2020),
    Anker("602", 2017, "einwohner", 18186, _RHEIN_2017),
    Anker("602", 2017, "anteil_nichtdeutsch", 30.7, _RHEIN_2017),
    Anker("602", 2020, "einwohner", 17943, _RHEIN_2020),
    Anker("602", 2020, "anteil_nichtdeutsch", 32.3, _RHEIN_2020),
    Anker("603", 2017, "einwohner", 20533, _RHEIN_2017),
    Anker("603", 2017, "anteil_nichtdeutsch", 9.5, _RHEIN_2017),
    Anker("603", 2020, "einwohner", 20416, _RHEIN_2020),
    Anker("603", 2020, "anteil_nichtdeutsch", 9.8, _RHEIN_2020),
    Anker("701", 2016, "einwohner", 3109, _SUED),
    Anker("702", 2016, "einwohner", 5127, _SUED),
    Anker("703", 2016, "einwohner", 14005, _SUED + "; dort gerundet 14000, hier der Rest zum Stadtbezirk"),
    Anker("704", 2016, "einwohner", 12654, _SUED),
    Anker("705", 2016, "einwohner", 10074, _SUED),
    Anker("706", 2016, "einwohner", 6002, _SUED),
    Anker("707", 2016, "einwohner", 9555, _SUED),
    Anker("708", 2016, "einwohner", 3626, _SUED),
    Anker("709", 2016, "einwohner", 3004, _SUED),
    Anker("709", 2023, "einwohner", 2864, _UNGELSHEIM),
    Anker("709", 2023, "nichtdeutsch", 150, _UNGELSHEIM),
    Anker("710", 2016, "einwohner", 5885, _SUED + "; Mündelheim 3562 und Serm 2323"),
)


def anker(merkmal: Merkmal) -> dict[tuple[str, int], float]:
    """All anchors of one Merkmal as (gebiet, jahr) → value."""
    return {(a.gebiet, a.jahr): a.wert for a in ANKER if a.merkmal == merkmal}
