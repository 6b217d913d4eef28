"""Prove the books of every tenant: one line per promise, a non-zero exit on any that does not hold.

`--anchor acme:12:4f1a…` also asks whether a seal that was noted outside the database stands as it was noted.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incentives.ledger.proof import prove_books
from incentives.ledger.seals import is_anchored
from prm.tenancy.queries import each_tenant, inside


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", action="append", default=[], metavar="TENANT:NUMBER:FINGERPRINT")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for tenant in each_tenant():
            for verdict in prove_books():
                word = "ok" if verdict.holds else f"BROKEN ({verdict.offenders})"
                self.stdout.write(f"{tenant.slug}: {verdict.promise}: {word}")
                broken += not verdict.holds
        for anchor in options["anchor"]:
            holds = _stands(anchor)
            self.stdout.write(f"{anchor}: {'ok' if holds else 'BROKEN: there is no such seal'}")
            broken += not holds
        if broken:
            raise CommandError(f"{broken} promises of the ledger do not hold")


def _stands(anchor: str) -> bool:
    slug, number, chain_hash = [*anchor.split(":"), "", ""][:3]
    if not number.isdecimal():
        raise CommandError(f"{anchor!r} is not TENANT:NUMBER:FINGERPRINT, as the ledger's page shows them.")
    try:
        with inside(slug):
            return is_anchored(int(number), chain_hash)
    except LookupError as refusal:
        raise CommandError(str(refusal)) from refusal
