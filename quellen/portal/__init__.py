"""Local replica of the publishers' portals: serves an archive over each portal's real protocol.

Belongs here: everything needed to exercise the HTTP code from end to end without the network, with faults on
demand. Does not belong here: the client side (``zugang``, ``holen``) and making the archive (``beispiel``).
"""

from quellen.portal.server import Eintrag, Portal, starten
from quellen.portal.stoerung import ARTEN, Stoerung, parse_stoerung

__all__ = ["ARTEN", "Eintrag", "Portal", "Stoerung", "parse_stoerung", "starten"]
