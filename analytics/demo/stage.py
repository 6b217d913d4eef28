"""What the demo's story has made so far; handed from one part of it to the next."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from analytics.demo.names import Vendor
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.tenancy.models import Tenant

MONTHS_OF_SALES = 24


@dataclass
class Stage:
    """What the story has made so far."""

    vendor: Vendor
    tenant: Tenant
    today: date
    random: random.Random
    staff: dict[str, list[Actor]]
    partners: list[Partner]
    people: list[Actor] = field(default_factory=list)  # of partners, who log in

    def first(self, role: str) -> Actor:
        return self.staff[role][0]

    def second(self, role: str) -> Actor:
        return self.staff[role][1]

    def moment(self, days_ago: int = 0) -> datetime:
        return timezone.now() - timedelta(days=days_ago)
