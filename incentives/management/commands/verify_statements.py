"""Regenerate every statement from entries and transfers and compare byte for byte."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incentives.payouts.statements import find_changed_statement
from prm.tenancy.queries import each_tenant


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in each_tenant():
            changed = find_changed_statement()
            if changed is not None:
                raise CommandError(f"{tenant.slug}: statement {changed.id} does not regenerate")
            self.stdout.write(f"{tenant.slug}: every statement regenerates to the same bytes")
