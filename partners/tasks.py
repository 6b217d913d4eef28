"""Where Celery finds the tasks of the partners rooms: imports only."""

from partners.conflicts import tasks as conflicts_tasks
from partners.deals import tasks as deals_tasks
from partners.directory import tasks as directory_tasks
from partners.onboarding import tasks as onboarding_tasks
from partners.profiles import tasks as profiles_tasks
from partners.segments import tasks as segments_tasks
from partners.tiers import tasks as tiers_tasks
from partners.training import tasks as training_tasks

__all__ = [
    "conflicts_tasks",
    "deals_tasks",
    "directory_tasks",
    "onboarding_tasks",
    "profiles_tasks",
    "segments_tasks",
    "tiers_tasks",
    "training_tasks",
]
