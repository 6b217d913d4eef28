"""Each night the transfers of every tenant are sealed, then its books are proved; what does not hold is an error in the
log that alerts."""

import logging

from celery import shared_task
from django.utils import timezone

from incentives.ledger.proof import prove_books
from incentives.ledger.seals import RESTS_FOR, seal_transfers
from prm.tenancy.queries import each_tenant

log = logging.getLogger(__name__)


@shared_task(name="incentives.ledger.seal")
def seal() -> None:
    for _tenant in each_tenant():
        now = timezone.now()
        seal_transfers(until=now - RESTS_FOR, at=now)


@shared_task(name="incentives.ledger.prove")
def prove() -> None:
    for tenant in each_tenant():
        for verdict in prove_books():
            if not verdict.holds:
                log.error(
                    "ledger does not hold",
                    extra={"facts": {"tenant": tenant.slug, "promise": verdict.promise}},
                )
