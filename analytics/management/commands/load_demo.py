"""Load the two demo vendors, once; prints who may log in. For laptops and test machines, never for a deployment."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.demo.logins import login_lines
from analytics.demo.names import VENDORS
from analytics.demo.story import tell
from prm.tenancy.queries import find_tenant


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for vendor in VENDORS:
            if find_tenant(vendor.slug) is not None:
                self.stdout.write(f"{vendor.name} is there already")
                continue
            try:
                tell(vendor, self.stdout.write)
            except Exception as failure:
                raise CommandError(f"the demo of {vendor.name} stopped: {failure}") from failure
        for line in login_lines():
            self.stdout.write(line)
