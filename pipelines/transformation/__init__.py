"""Third room: dbt on DuckDB, inside the process of the run.

Belongs here: building the manifest (``manifest``), running dbt (``dbt_lauf``), lines of wrong declarations
(``deklarationsort``), column lineage (``spaltenherkunft``).
Does not belong here: SQL (``dbt_projekt``) and copying results to readers (``pipelines.freigabe``).
"""
