"""Drafting a declaration from a file: what it is, which columns, signs and keys it seems to have.

Belongs here: looking and proposing. Does not belong here: reading formats (``lesen``) and checking contracts
(``vertrag``).
"""
