"""Where Celery finds the tasks of the partners rooms: imports only."""
