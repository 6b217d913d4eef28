"""Dashboards: the first page of the channel team.

Here:      Today: the work queue and the KPI tiles, each linking to its rows.
Not here:  the sums (analytics.facts).
Called by: the menu.
Promises:  a tile shows what its link shows.
"""
