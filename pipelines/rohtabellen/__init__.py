"""Second room: from the archive to raw text tables that keep line and column.

Belongs here: which retrieval counts (``auswahl``), loading it if its contract holds (``laden``), and in which district
a point lies (``verortung``). Does not belong here: reading and checking bytes (``quellen``) and typing (dbt staging).
"""
