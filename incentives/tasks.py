"""Where Celery finds the tasks of the incentives rooms: imports only."""
