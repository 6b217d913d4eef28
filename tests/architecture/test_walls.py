"""The walls hold by themselves: raw SQL under the product's role, past managers and alarm, on filled tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from django.apps import apps
from django.db import connection, transaction

from analytics.facts.models import (
    DaySales,
    DirtyDay,
    DirtyMonth,
    PartnerCategoryMonth,
    PartnerMonth,
    Ranking,
)
from incentives.earnings.models import CalculationMember, LineOutcome
from incentives.funds.claims import approve_claim
from incentives.funds.models import FundsClaim
from incentives.ledger.seals import seal_transfers
from incentives.payouts.hand_models import HandAnswer, PayoutExclusion
from incentives.payouts.models import ItemOutcome, PayoutApproval, PayoutFile, PayoutItem, PayoutRun
from partners.directory.models import Partner, PartnerParent
from partners.products.models import Product
from partners.sales.models import SaleLineRevision, SalePaymentRevision
from prm.api.models import IdempotencyRecord
from prm.audit.actions import seal_records
from prm.currencies.models import ExchangeRate
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant, TenantModel
from tests.support.access import World, make_world
from tests.support.cast import NOW, make_partner, stage
from tests.support.commission import sell
from tests.support.databases import database_of_its_own
from tests.support.payouts import LATER

TENANT_TABLES = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, TenantModel)}
APPLICATIONS = "partners_application"  # walled by its own id: it is nobody's but the applicant's
DAY = date(2026, 2, 1)


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of the access matrix, and a row of Northwind's in each table that it leaves empty; once for the file,
    committed to a database of its own."""
    with django_db_blocker.unblock(), database_of_its_own():
        world = make_world(stage())
        _fill_sales(world)
        _fill_money(world)
        _fill_platform(world)
        yield world


@pytest.fixture
def world(furnished: World, db: None) -> World:
    """The same rows for each test, whose own writes are taken back."""
    return furnished


def _fill_sales(world: World) -> None:
    acme, partner, own = world.cast.acme, world.cast.northwind, world.own
    parent = make_partner(acme, "PA", "Parent")
    with tenant_context(acme.id):
        product = Product.objects.get(id=own["product_id"])
        line = sell(partner, product, "L2", DAY, 100, split={partner.id: 1, parent.id: 1})
        PartnerParent.objects.create(partner=partner, parent=parent, starts_on=DAY)
        SaleLineRevision.objects.create(
            line_id=line.id, partner_id=partner.id, product_id=product.id, source="erp", external_id="L2",
            revision=1, quantity=1, occurred_on=DAY, amount_minor=99, currency="EUR", recorded_at=NOW,
        )  # fmt: skip
        PartnerCategoryMonth.objects.create(
            partner_id=partner.id, month_on=DAY, currency="EUR", amount_minor=1
        )
        SalePaymentRevision.objects.create(
            payment_id=world.own["payment_id"], line_id=world.own["line_id"], source="erp", external_id="PAY",
            revision=1, paid_on=DAY, amount_minor=99, currency="EUR", recorded_at=NOW,
        )  # fmt: skip
        PartnerMonth.objects.create(
            partner_id=partner.id, month_on=DAY, currency="EUR", amount_minor=100, cost_minor=0, line_count=1
        )
        DaySales.objects.create(sold_on=DAY, through_partners=True, currency="EUR", amount_minor=100)
        DirtyDay.objects.get_or_create(sold_on=DAY, defaults={"marked_at": NOW})
        Ranking.objects.create(
            starts_on=DAY, ends_on=DAY, before_starts_on=DAY, before_ends_on=DAY, basis="EUR",
            active_now=1, active_before=0, movers=[[str(partner.id), 100, 0]],
        )  # fmt: skip
        DirtyMonth.objects.get_or_create(partner_id=partner.id, month_on=DAY, defaults={"marked_at": NOW})


def _fill_money(world: World) -> None:
    cast, own = world.cast, world.own
    with tenant_context(cast.acme.id):
        payout, item = PayoutRun.objects.get(), PayoutItem.objects.get()
        CalculationMember.objects.create(
            run_id=own["run_id:calculation"], shard_number=0, partner_id=cast.northwind.id
        )
        LineOutcome.objects.create(
            run_id=own["run_id:calculation"], line_id=own["line_id"], partner_id=cast.northwind.id,
            slot="main", occurred_on=DAY, reason="no_plan",
        )  # fmt: skip
        PayoutApproval.objects.create(
            run=payout, approver=cast.felix.membership, approver_user_id=cast.felix.user.id,
            created_by_user_id=cast.vera.user.id, content_hash="", total_minor=1, approved_at=NOW,
        )  # fmt: skip
        PayoutFile.objects.create(
            run=payout, message_id="M1", file_id=own["file_id"], sha256="", item_count=1, total_minor=1,
            created_at=NOW,
        )  # fmt: skip
        ItemOutcome.objects.create(
            item=item, event_ref="E1", outcome="paid", recorded_by_label="Felix", recorded_at=NOW
        )
        HandAnswer.objects.create(
            run=payout, item=item, event_ref="E2", outcome="paid", proposed_at=NOW,
            proposed_by_user_id=cast.felix.user.id, proposed_by_label="Felix",
        )  # fmt: skip
        PayoutExclusion.objects.create(
            run=payout, partner=cast.northwind, reason="x", excluded_by_label="Vera",
            excluded_by_user_id=cast.vera.user.id, excluded_at=NOW,
        )  # fmt: skip

        claim = FundsClaim.objects.get(id=own["claim_id"])
        approve_claim(actor=cast.nina.actor, claim=claim, at=NOW)


def _fill_platform(world: World) -> None:
    with tenant_context(world.cast.acme.id):
        seal_records(at=NOW)
        seal_transfers(until=LATER + timedelta(days=1), at=NOW)
        ExchangeRate.objects.create(base="USD", quote="EUR", published_on=DAY, rate=1, recorded_at=NOW)
        IdempotencyRecord.objects.create(
            client_id=world.own["token_id"], key="K", method="POST", path="/", body_sha256="",
            answer_status=201, answer_body="", created_at=NOW,
        )  # fmt: skip


def ask(statement: str, *parameters: Any) -> Any:
    """The first value of the answer, or the number of rows touched; below the execute wrappers of Django."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, parameters)
        return cursor.cursor.fetchone()[0] if cursor.cursor.description else cursor.cursor.rowcount


@contextmanager
def as_partner(tenant: Tenant, partner: Partner) -> Iterator[None]:
    with tenant_context(tenant.id, scope="partner", partner_ids=[partner.id]):
        yield


def refusal_of(statement: str, *parameters: Any) -> str:
    """What Postgres answers when it refuses, else how many rows were touched; nothing stays written."""
    try:
        with transaction.atomic():
            touched = ask(statement, *parameters)
            transaction.set_rollback(True)
    except psycopg2.Error as refusal:
        return str(refusal).splitlines()[0]
    return f"{touched} rows"


def counts(condition: str = "TRUE", *parameters: Any) -> dict[str, int]:
    """Rows per table as the context shows them; tables without any are left out."""
    found = {
        table: ask(f'SELECT count(*) FROM "{table}" t WHERE {condition}', *parameters)
        for table in TENANT_TABLES
    }
    return {table: count for table, count in found.items() if count}


def walled_by(wall: str) -> set[str]:
    return {table for table, model in TENANT_TABLES.items() if getattr(model, "wall", "staff") == wall}


def test_the_world_fills_every_table(world: World) -> None:
    with tenant_context(world.cast.acme.id):
        assert counts().keys() == TENANT_TABLES.keys()


def test_without_a_context_no_row_is_seen(world: World) -> None:
    assert counts() == {}


def test_another_tenant_sees_no_row_of_ours(world: World) -> None:
    with tenant_context(world.cast.zenith.id):
        assert counts("tenant_id <> %s", world.cast.zenith.id) == {}
        assert ask("SELECT array_agg(slug) FROM prm_tenant") == ["zenith"]


def test_a_partner_sees_no_row_that_names_its_sibling(world: World) -> None:
    cast = world.cast
    names_northwind = ("t::text LIKE %s", f"%{cast.northwind.id}%")
    with as_partner(cast.acme, cast.southwind):
        assert counts(*names_northwind) == {}
    with as_partner(cast.acme, cast.northwind):
        own = walled_by("partner_id") | walled_by("id") - {APPLICATIONS}
        assert own == counts(*names_northwind).keys()


def test_an_applicant_sees_one_application_and_what_everybody_may_read(world: World) -> None:
    """Northwind's and the vendor's rows do not exist for a stranger, with a link or without."""
    shared = counts_as_tenant(world) & walled_by("shared")
    with tenant_context(world.cast.acme.id, scope="partner", partner_ids=[world.own["application_id"]]):
        own = counts()
        assert own.pop(APPLICATIONS) == 1
        assert own.keys() == shared | {"partners_applicationletter"}
        assert ask(f'SELECT id FROM "{APPLICATIONS}"') == world.own["application_id"]
    with tenant_context(world.cast.acme.id, scope="partner", partner_ids=[uuid4()]):
        assert counts().keys() == shared
        insert = f'INSERT INTO "{APPLICATIONS}" (id, tenant_id) VALUES (uuidv7(), %s)'
        assert "row-level security policy" in refusal_of(insert, world.cast.acme.id)
        move = f'UPDATE "{APPLICATIONS}" SET state = %s'
        assert refusal_of(move, "withdrawn") == "0 rows"


def counts_as_tenant(world: World) -> set[str]:
    with tenant_context(world.cast.acme.id):
        return set(counts())


def test_a_partner_sees_no_row_of_staff(world: World) -> None:
    with as_partner(world.cast.acme, world.cast.northwind):
        assert (walled_by("staff") | walled_by("staff-reads")) & counts().keys() == set()


def test_a_row_for_another_tenant_is_refused(world: World) -> None:
    acme, zenith = world.cast.acme, world.cast.zenith
    with tenant_context(zenith.id):
        for table in TENANT_TABLES:
            insert = f'INSERT INTO "{table}" (id, tenant_id) VALUES (uuidv7(), %s)'
            policy = f'new row violates row-level security policy for table "{table}"'
            assert refusal_of(insert, acme.id) == policy
            assert refusal_of(insert, zenith.id) != policy


def test_the_rows_of_another_tenant_cannot_be_touched(world: World) -> None:
    acme, zenith = world.cast.acme, world.cast.zenith
    with tenant_context(zenith.id):
        for table in TENANT_TABLES:
            untouched = (
                "0 rows",
                f"permission denied for table {table}",
            )  # the latter where rows never change
            move = f'UPDATE "{table}" SET tenant_id = %s WHERE tenant_id = %s'
            assert refusal_of(move, zenith.id, acme.id) in untouched
            assert refusal_of(f'DELETE FROM "{table}" WHERE tenant_id = %s', acme.id) in untouched
        assert refusal_of("UPDATE prm_tenant SET name = 'x' WHERE id = %s", acme.id) == "0 rows"


def test_a_partner_changes_nothing_that_it_only_reads_or_only_adds(world: World) -> None:
    with as_partner(world.cast.acme, world.cast.northwind):
        for table in walled_by("shared") | walled_by("staff-reads"):
            untouched = ("0 rows", f"permission denied for table {table}")
            assert refusal_of(f'DELETE FROM "{table}"') in untouched
            assert refusal_of(f'UPDATE "{table}" SET tenant_id = tenant_id') in untouched
        for table in walled_by("shared"):
            insert = f'INSERT INTO "{table}" (id, tenant_id) VALUES (uuidv7(), %s)'
            policy = f'new row violates row-level security policy "partner_scope_insert" for table "{table}"'
            assert refusal_of(insert, world.cast.acme.id) == policy
