"""Prove the books of every tenant: one line per promise, a non-zero exit on any that does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incentives.ledger.proof import prove_books
from prm.tenancy.queries import each_tenant


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for tenant in each_tenant():
            for verdict in prove_books():
                word = "ok" if verdict.holds else f"BROKEN ({verdict.offenders})"
                self.stdout.write(f"{tenant.slug}: {verdict.promise}: {word}")
                broken += not verdict.holds
        if broken:
            raise CommandError(f"{broken} promises of the ledger do not hold")
