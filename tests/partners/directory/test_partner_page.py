"""The page of a partner: its people, its certificates and conflicts, and the timeline with what is older."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from partners.directory.actions import change_partner
from partners.sales.actions import record_sales
from partners.sales.models import SaleLine
from partners.sales.rules import LineInput, Share
from partners.segments.actions import create_segment
from prm.accounts.actions import invite
from prm.audit.models import AuditRecord
from prm.comments.timeline import SHOWN
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.commission import make_product, sell
from tests.support.conflicts import raise_conflict
from tests.support.deals import make_line, register
from tests.support.payouts import close_month, give_account
from tests.support.training import make_course, passed


def page(cast: Cast, person: Person | None = None, query: str = "") -> str:
    client = client_of(person or cast.vera)
    return client.get(f"/acme/m/partners/{cast.northwind.id}/{query}").content.decode()


def test_it_lists_who_can_come_in(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        invite(
            actor=cast.vera.actor, email="new@northwind.example", role="partner_user",
            partner_id=cast.northwind.id, sees_money=False, at=NOW,
        )  # fmt: skip
    text = page(cast)
    for part in (
        "paul@northwind.example",
        "Partner admin",
        "Partner user",
        "new@northwind.example",
        "sees no money",
    ):
        assert part in text
    assert "sven@southwind.example" not in text


def test_training_and_conflicts_have_their_panels(cast: Cast) -> None:
    assert "Conflicts</h2>" not in page(cast)
    passed(cast.paul, make_course(cast))
    make_line(cast)
    raise_conflict(cast.paul, register(cast.paul))
    text = page(cast)
    assert "certified person" in text
    assert "Basics" in text
    assert "Conflicts</h2>" in text
    assert "Conflict opened: Acme GmbH" in text


def test_the_timeline_tells_what_other_rooms_know(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product = make_product()
        for place, amount in enumerate((10_000, 20_000)):
            sell(cast.northwind, product, f"L{place}", date(2026, 2, 10 + place), amount)
        changes: Any = {"tier": "Gold"}
        change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=NOW)
        rule = {"all": [{"fact": "tier", "op": "eq", "value": "Gold"}]}
        facts: Any = {"code": "best", "name": "Best partners", "rule": rule}
        create_segment(actor=cast.vera.actor, facts=facts, at=NOW)
    passed(cast.paul, make_course(cast))
    text = page(cast, query="?show=event")
    for part in (
        "Sales of February 2026: €300.00", "2 lines", "Tier: Gold", "Entered the segment Best partners",
        "Certificate issued: Basics",
    ):  # fmt: skip
        assert part in text
    own = client_of(cast.paul).get("/acme/p/company/").content.decode()
    assert "Best partners" not in own


def test_a_split_line_counts_its_share_in_the_month(cast: Cast) -> None:
    shares = (Share("NW", percent=Decimal(25)), Share("SW", percent=Decimal(75)))
    row = LineInput(
        source="erp", external_id="S1", kind="sale", occurred_on=date(2026, 2, 10), product="P1",
        quantity=Decimal(4), amount_minor=40_000, currency="EUR", order_number="", partner="SW",
        customer=None, cost_minor=None, splits=shares, refunds="",
    )  # fmt: skip
    with tenant_context(cast.acme.id):
        make_product()
        record_sales(actor=cast.vera.actor, rows=[row], mode="atomic", at=NOW)
        assert SaleLine.objects.count() == 1
    assert "Sales of February 2026: €100.00" in page(cast, query="?show=event")


def test_what_is_older_than_a_page_is_a_link_away(cast: Cast) -> None:
    count = SHOWN * 2 + 5
    with tenant_context(cast.acme.id):
        for number in range(count):
            changes: Any = {"region": f"Region {number:03}"}
            at = NOW + timedelta(hours=number)
            change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=at)
        assert AuditRecord.objects.filter(subject_id=cast.northwind.id).count() == count
    client, told, seen = client_of(cast.vera), "?show=change", []
    for _page in range(3):
        answer = client.get(f"/acme/m/partners/{cast.northwind.id}/{told}")
        seen += [change.after for moment in answer.context["moments"] for change in moment.changes]
        told = f"?show=change&before={answer.context['older'].replace('+', '%2B')}"
    regions = [text for text in seen if text.startswith("Region")]
    assert regions == [f"Region {number:03}" for number in reversed(range(count))]
    assert answer.context["older"] == ""


def test_what_happened_at_one_instant_stays_on_one_page(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        for number in range(SHOWN + 10):
            changes: Any = {"region": f"Region {number:03}"}
            at = NOW if number < 20 else NOW + timedelta(hours=number)
            change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=at)
    client = client_of(cast.vera)
    first = client.get(f"/acme/m/partners/{cast.northwind.id}/?show=change")
    assert len(first.context["moments"]) >= SHOWN
    assert first.context["older"] in ("", NOW.isoformat())


def test_a_payment_stands_in_the_timeline(cast: Cast) -> None:
    from incentives.payouts.models import ItemOutcome, PayoutItem
    from tests.support.payouts import calculated_payout

    give_account(cast, cast.northwind, cast.paul)
    with tenant_context(cast.acme.id):
        from tests.support.commission import assign, make_plan, publish

        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    close_month(cast, date(2026, 1, 1))
    calculated_payout(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        item = PayoutItem.objects.get(partner=cast.northwind)
        ItemOutcome.objects.create(
            item=item, event_ref="E1", outcome="paid", recorded_by_label="Felix",
            recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
        )  # fmt: skip
    assert "Paid out: €1,000.00" in page(cast, query="?show=event")
    assert "Paid out" not in page(cast, cast.nina, "?show=event")
