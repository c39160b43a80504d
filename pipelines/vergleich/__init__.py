"""What is different between two releases and why: by figure, explained by the revisions between them.

Belongs here: comparing two released files, and putting the explanation beside each difference. Does not belong here:
finding reasons (``dbt_projekt/models/revisionen``), options and exit status (``pipelines.cli``).
"""

from pipelines.vergleich.abfrage import vergleiche
from pipelines.vergleich.darstellung import als_json, als_text
from pipelines.vergleich.modell import Unterschied, Vergleich, VergleichFehler

__all__ = ["Unterschied", "Vergleich", "VergleichFehler", "als_json", "als_text", "vergleiche"]
