"""The bundled example archive (``archiv/``) and the program that makes it.

Belongs here: modelled files in the publishers' own formats for every Teil of every declaration, so that the whole
walk can be tried and tested without network or account. Does not belong here: serving them (``portal``) or
reading them (``lesen``). The figures are modelled: only those listed in ``anker`` and the Duisburg rows of
31.12.2024 in ``kreis`` were published. Their retrieval records say ``datenart: beispiel``.
"""
