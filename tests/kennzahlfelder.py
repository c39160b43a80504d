"""The columns of a released figure that a revision can be about, written out once for all tests of revisions.

Belongs here: their names. Does not belong here: what is expected of them.
"""

FELDER = (
    "ebene",
    "zeitraum_von",
    "wert",
    "einheit",
    "zaehler",
    "nenner",
    "status",
    "vertraulichkeit",
    "zuverlaessigkeit",
    "unsicher_von",
    "unsicher_bis",
    "datenart",
)
