"""The other side of the ledger's bench: django-hordak with a database of its own, at the address DATABASE_URL.

Promise: a line of JSON asks for something, a line of JSON answers; started as a script by tests.bench.ledger, in an
environment that holds tests/bench/requirements-hordak.txt and nothing of the product.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

DAY, AT_ONCE = date(2026, 3, 31), 5_000
Row = tuple[int, int]  # the partner's place, minor units


def set_up() -> None:
    parts = urlsplit(os.environ["DATABASE_URL"])
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname,
                "PORT": str(parts.port),
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        HORDAK_CURRENCIES=["EUR"],
        USE_TZ=True,
        SECRET_KEY="for a database that is gone in a minute",
    )
    django.setup()


class Books:
    """Two accounts for each partner: what was spent on it, and what it is owed."""

    def __init__(self, partners: int) -> None:
        from django.core.management import call_command
        from hordak.models import Account, AccountType

        call_command("migrate", verbosity=0)
        self.spent, self.owed = (
            [
                Account.objects.create(name=f"{kind} {n}", code=f"{sign}{n:05d}", type=kind)
                for n in range(partners)
            ]
            for sign, kind in (("1", AccountType.expense), ("2", AccountType.liability))
        )

    def in_bulk(self, rows: Sequence[Row]) -> None:
        """All in one commit."""
        from django.db import transaction
        from hordak.models import Leg, Transaction

        with transaction.atomic():
            made = [Transaction(date=DAY, description="in_bulk") for _row in rows]
            Transaction.objects.bulk_create(made, batch_size=AT_ONCE)
            legs = [
                Leg(transaction=one, **side)
                for one, row in zip(made, rows, strict=True)
                for side in self._sides(row)
            ]
            Leg.objects.bulk_create(legs, batch_size=AT_ONCE)

    def one_by_one(self, rows: Sequence[Row]) -> None:
        """A commit each."""
        from django.db import transaction
        from hordak.models import Leg, Transaction

        for row in rows:
            with transaction.atomic():
                made = Transaction.objects.create(date=DAY, description="one_by_one")
                for side in self._sides(row):
                    Leg.objects.create(transaction=made, **side)

    def _sides(self, row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
        from moneyed import Money

        place, minor = row
        amount = Money(Decimal(minor) / 100, "EUR")
        return {"account": self.spent[place], "debit": amount}, {
            "account": self.owed[place],
            "credit": amount,
        }

    def balances(self, way: str) -> list[int]:
        """What each partner is owed by the transactions that were written this way, in minor units."""
        from django.db.models import Sum
        from hordak.models import Leg

        legs = Leg.objects.filter(transaction__description=way, account__in=self.owed)
        sums = dict(legs.order_by().values_list("account").annotate(Sum("credit")))
        return [int(sums.get(account.pk, 0) * 100) for account in self.owed]


def main() -> None:
    set_up()
    books = Books(int(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        way, rows = json.loads(line)
        started = time.perf_counter()
        getattr(books, way)(rows)
        seconds = time.perf_counter() - started
        print(json.dumps([seconds, books.balances(way)]), flush=True)


if __name__ == "__main__":
    main()
