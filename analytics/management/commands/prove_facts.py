"""`prove_facts`: rollups against the raw sums, for every tenant; says each difference and fails on any."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics.facts.actions import mark_everything, refresh_facts
from analytics.facts.proof import day_differences, differences
from prm.tenancy.queries import each_tenant


class Command(BaseCommand):
    help = "Prove that the sums of months and days equal the sums of their lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="rebuild every month first")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for tenant in each_tenant():
            if options["rebuild"]:
                mark_everything(at=timezone.now())
            while refresh_facts():
                pass
            found = differences(tenant.id)
            for partner_id, month_on, currency, raw, rolled in found:
                self.stdout.write(
                    f"{tenant.slug}: {partner_id or 'direct'} {month_on:%Y-%m} {currency}: "
                    f"lines {raw}, rollup {rolled}"
                )
            days = day_differences(tenant.id)
            for sold_on, through_partners, currency, raw, rolled in days:
                self.stdout.write(
                    f"{tenant.slug}: {'partners' if through_partners else 'direct'} {sold_on:%Y-%m-%d} {currency}: "
                    f"lines {raw}, rollup {rolled}"
                )
            found_here = len(found) + len(days)
            wrong += found_here
            self.stdout.write(f"{tenant.slug}: {f'{found_here} differences' if found_here else 'proved'}")
        if wrong:
            raise CommandError(f"{wrong} sums differ.")
