"""Settings of a run from ``SOZIALRAUM_*`` environment variables, and where everything lies.

Belongs here: names of variables, defaults, paths. Does not belong here: secrets (the portal protocols
read their own credentials when they need them) and anything that can differ between two runs of one night.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

PROJEKT = Path(__file__).resolve().parent.parent
DBT_PROJEKT = PROJEKT / "dbt_projekt"


class Einstellungen(BaseSettings):
    """One run's settings.

    ``daten``: runtime folder; ``betrieb``: ``beispiel`` (no network) or ``live``; ``portal``: address of a replica that
    every source is sent to; ``katalog``: folder of the source declarations.
    """

    model_config = SettingsConfigDict(env_prefix="SOZIALRAUM_", frozen=True)

    daten: Path = PROJEKT / "daten"
    betrieb: Literal["beispiel", "live"] = "beispiel"
    portal: str | None = None
    katalog: Path = PROJEKT / "quellen" / "katalog"
    quellen: str = ""

    @property
    def archiv(self) -> Path:
        """The archive of this runtime folder."""
        return self.daten.resolve() / "archiv"

    @property
    def eingang(self) -> Path:
        """Where staff drop files by hand, one folder per source."""
        return self.daten.resolve() / "eingang"

    @property
    def lager(self) -> Path:
        """The private DuckDB file; may be deleted at any time."""
        return self.daten.resolve() / "lager.duckdb"

    @property
    def freigaben(self) -> Path:
        """Releases, and the pointer ``aktuell``."""
        return self.daten.resolve() / "freigaben"

    @property
    def dagster(self) -> Path:
        """Run history of Dagster, unless ``DAGSTER_HOME`` names another place."""
        return self.daten.resolve() / "dagster"

    @property
    def auswahl(self) -> frozenset[str]:
        """Sources to fetch in this run; empty means all (``SOZIALRAUM_QUELLEN``, comma separated)."""
        return frozenset(q.strip() for q in self.quellen.split(",") if q.strip())
