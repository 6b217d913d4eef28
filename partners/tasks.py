"""Where Celery finds the tasks of the partners rooms: imports only."""

from partners.directory import tasks as directory_tasks
from partners.onboarding import tasks as onboarding_tasks
from partners.segments import tasks as segments_tasks

__all__ = ["directory_tasks", "onboarding_tasks", "segments_tasks"]
