"""Analytics: measuring what the other apps do.

Here:      facts (rebuildable rollups), dashboards (Today).
Not here:  anything another app needs to work.
Promises:  nothing imports it; it writes only its own facts.
"""
