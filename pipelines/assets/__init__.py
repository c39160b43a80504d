"""The graph that the data team sees: one module per room of the house.

Belongs here: Dagster assets, their checks and metadata. Does not belong here: the work itself, which the modules call.
"""
