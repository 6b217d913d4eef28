"""Where Celery finds the tasks of the incentives rooms: imports only."""

from incentives.earnings import tasks as earnings_tasks
from incentives.funds import tasks as funds_tasks
from incentives.ledger import tasks as ledger_tasks
from incentives.payouts import tasks as payouts_tasks
from incentives.terms import tasks as terms_tasks
from incentives.trials import tasks as trials_tasks

__all__ = ["earnings_tasks", "funds_tasks", "ledger_tasks", "payouts_tasks", "terms_tasks", "trials_tasks"]
