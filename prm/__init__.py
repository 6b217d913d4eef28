"""Project package and platform app.

Here:      settings, composition, and the rooms every business app stands on.
Not here:  anything a channel manager would recognise as partner business.
Promises:  no import from partners, incentives, campaigns or analytics.
"""

from prm.celery import app as celery_app

__all__ = ["celery_app"]
