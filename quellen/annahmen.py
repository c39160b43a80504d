"""Accepting once what a contract refuses: records in the archive, with reason and person.

Belongs here: writing and finding these records. Does not belong here: which rules may be accepted and what they check
(``vertrag``).
"""
