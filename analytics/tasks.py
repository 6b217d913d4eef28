"""Where Celery finds the tasks of the analytics rooms: imports only."""

from analytics.facts import tasks as facts_tasks

__all__ = ["facts_tasks"]
