"""Where Celery finds the tasks of the analytics rooms: imports only."""
