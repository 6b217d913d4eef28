"""Where Celery finds the tasks of the campaigns rooms: imports only."""
