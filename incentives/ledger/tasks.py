"""The nightly proof of every tenant's books; a broken one is an error in the log that alerts."""

import logging

from celery import shared_task

from incentives.ledger.proof import prove_books
from prm.tenancy.queries import each_tenant

log = logging.getLogger(__name__)


@shared_task(name="incentives.ledger.prove")
def prove() -> None:
    for tenant in each_tenant():
        for verdict in prove_books():
            if not verdict.holds:
                log.error(
                    "ledger does not hold",
                    extra={"facts": {"tenant": tenant.slug, "promise": verdict.promise}},
                )
