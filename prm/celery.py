"""The Celery application: tasks are found in each app's `tasks` aggregator; schedules stand in settings.

Promise: worker and beat end at once, with a sentence, when the database role is too strong.
"""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")

app = Celery("prm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def end_under_a_strong_role(**kwargs: object) -> None:
    """Celery logs what its signal handlers raise and goes on; only an exit ends it."""
    from prm.tenancy.roles import OverPrivilegedRole, check_role_at_start

    try:
        check_role_at_start()
    except OverPrivilegedRole as refusal:
        raise SystemExit(str(refusal)) from refusal
