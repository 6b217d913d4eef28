"""Recompute every record and every link of the audit chain; fails at the first that does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.audit.actions import find_broken_link
from prm.tenancy.queries import each_tenant, inside


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="one tenant; without it, every active one")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = dict(_check_one(options["slug"]) if options["slug"] else _check_all())
        for slug, position in broken.items():
            self.stdout.write(
                f"{slug}: " + ("the chain holds" if position is None else f"broken at link {position}")
            )
        if any(position is not None for position in broken.values()):
            raise CommandError("The audit trail was changed after it was sealed.")


def _check_one(slug: str) -> list[tuple[str, int | None]]:
    try:
        with inside(slug):
            return [(slug, find_broken_link())]
    except LookupError as refusal:
        raise CommandError(str(refusal)) from refusal


def _check_all() -> list[tuple[str, int | None]]:
    return [(tenant.slug, find_broken_link()) for tenant in each_tenant()]
