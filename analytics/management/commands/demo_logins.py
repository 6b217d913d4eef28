"""Print the logins of the demo, one line per person."""

from typing import Any

from django.core.management.base import BaseCommand

from analytics.demo.logins import login_lines


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for line in login_lines():
            self.stdout.write(line)
