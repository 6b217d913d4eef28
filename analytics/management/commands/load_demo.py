"""Load the demo vendors, once; prints who may log in. For laptops and test machines, never for a deployment."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.demo.logins import login_lines
from analytics.demo.names import VENDORS
from analytics.demo.story import tell
from prm.tenancy.queries import find_tenant


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="of these vendors alone; both without")

    def handle(self, *args: Any, **options: Any) -> None:
        for vendor in VENDORS:
            if options["slugs"] and vendor.slug not in options["slugs"]:
                continue
            if find_tenant(vendor.slug) is not None:
                self.stdout.write(f"{vendor.name} is there already")
                continue
            try:
                tell(vendor, self.stdout.write)
            except Exception as failure:
                raise CommandError(f"the demo of {vendor.name} stopped: {failure}") from failure
        for line in login_lines():
            self.stdout.write(line)
