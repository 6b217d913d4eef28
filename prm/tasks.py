"""Where Celery finds the tasks of the platform rooms: imports only."""

from prm.api import tasks as api_tasks
from prm.audit import tasks as audit_tasks
from prm.imports import tasks as imports_tasks
from prm.notifications import tasks as notifications_tasks
from prm.outbox import tasks as outbox_tasks

__all__ = ["api_tasks", "audit_tasks", "imports_tasks", "notifications_tasks", "outbox_tasks"]
