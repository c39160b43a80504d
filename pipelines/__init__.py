"""The nightly walk: archive → raw tables → dbt → release, as Dagster assets and one command line.

Belongs here: what orders the steps, loads, checks and releases. Does not belong here: how a source is
fetched or read (``quellen``) and how a figure is calculated (``dbt_projekt``).
"""
