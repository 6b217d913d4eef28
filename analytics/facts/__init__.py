"""Facts: sums of months and days, rebuilt from marks.

Here:      PartnerMonth, DaySales, their marks, rankings of partners, the refresh, the proof that rollups equal the
           raw sums.
Not here:  pages (analytics.dashboards).
Called by: sales events (subscribed), beat, dashboards.
Promises:  a rollup is at most a minute behind and equals the raw sums to the cent.
"""
