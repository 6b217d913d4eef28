"""Calculate every entry again from its stored inputs, and compare the hash of each month's last calculation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incentives.earnings.replay import Verdict
from incentives.earnings.replaying import ReplayedRun, replay_last_runs
from prm.tenancy.queries import each_tenant


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for tenant in each_tenant():
            for told in replay_last_runs():
                self.stdout.write(f"{tenant.slug}: {_told(told)}")
                broken += not told.holds
        if broken:
            raise CommandError(f"{broken} calculations do not come to what was posted")


def _told(replayed: ReplayedRun) -> str:
    counts = ", ".join(f"{replayed.counts[verdict]} {verdict.value.replace('_', ' ')}" for verdict in Verdict)
    same = "the same hash" if replayed.content_hash == replayed.run.result_hash else "another hash"
    differing = "".join(f"\n  differing: {entry_id}" for entry_id in replayed.differing)
    return f"{replayed.run.period_on:%Y-%m} {replayed.run}: {counts}; {same}{differing}"
