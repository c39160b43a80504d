"""Where figures come from: declarations, retrieval, archive, readers and contracts.

Belongs here: everything between a publisher's portal and a checked text table. Does not belong
here: anything that knows Dagster, dbt, indicators or releases (see ``pipelines`` and
``dbt_projekt``); this package imports neither of them.
"""
