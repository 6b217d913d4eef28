"""Terms of plans: who is asked, what is accepted, what money waits for it, and that a published text stays."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from incentives.payouts.calculation import preview
from incentives.payouts.models import PayoutAllocation, PayoutItem
from incentives.plans import actions as plans
from incentives.plans.models import Plan, PlanVersion
from incentives.terms import queries, refusals
from incentives.terms.actions import accept_terms, ask_partners, remind
from incentives.terms.changes import changes_of
from incentives.terms.models import TermsAcceptance, TermsRequest
from incentives.terms.rules import REMIND_EVERY, Text, is_settled, taken_over_by
from partners.onboarding.rules import text_hash
from prm.audit.models import AuditRecord
from prm.kit.ids import uuid7
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.funds import refuse
from tests.support.payouts import calculated_payout, close_month, give_account, tick

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
PAYS_ON = date(2026, 12, 5)
RATE = [{"id": "base", "title": "Base", "type": "rate", "rate": "0.1"}]
TEXTS = {"en": "Sell **well**.", "ru": "Продавайте **хорошо**."}


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.acme.id):
        yield cast


def asked(cast: Cast, *, plan: Plan | None = None, at: datetime = NOW, **told: Any) -> PlanVersion:
    """A published version with terms that both partners of Acme are asked for."""
    if plan is None:
        plan = make_plan()
        assign(plan)
    version = publish(plan, RATE, at=at, **{"terms": TEXTS, **told})
    ask_partners(at=at)
    return version


def accept(cast: Cast, version: PlanVersion, *, language: str = "en", **told: Any) -> TermsAcceptance:
    return accept_terms(
        **{
            "actor": cast.paul.actor,
            "partner": cast.northwind,
            "version": version,
            "language": language,
            "read_hash": text_hash(version.terms[language]),
            "at": NOW,
            **told,
        }
    )


def told_kinds() -> list[tuple[str, str]]:
    rings = Event.objects.filter(name="prm.notifications.deliver").order_by("id")
    return [(ring.payload["kind"], ring.payload["readers"]["partner_id"]) for ring in rings]


def make_text(number: int, starts_on: date, *, plan_id: UUID, ends_on: date | None = None) -> Text:
    return Text(uuid7(), plan_id, NOW + timedelta(days=number), starts_on, ends_on)


def test_a_later_text_takes_over_once_it_rules_and_settles_those_before() -> None:
    plan = uuid7()
    first = make_text(1, JANUARY, plan_id=plan)
    second = make_text(2, FEBRUARY, plan_id=plan, ends_on=date(2026, 4, 1))
    other = make_text(3, JANUARY, plan_id=uuid7())
    texts = [first, second, other]
    assert taken_over_by(first, texts, date(2026, 1, 31)) is None
    assert taken_over_by(first, texts, FEBRUARY) == second
    assert taken_over_by(first, texts, date(2026, 4, 1)) is None
    assert taken_over_by(second, texts, FEBRUARY) is None
    assert is_settled(first, texts, {second.version_id})
    assert not is_settled(second, texts, {first.version_id})
    assert not is_settled(first, texts, {other.version_id})


def test_who_the_plan_covers_is_asked_and_told_once(inside: Cast) -> None:
    version = asked(inside)
    assert set(TermsRequest.objects.values_list("partner_id", flat=True)) == {
        inside.northwind.id,
        inside.southwind.id,
    }
    told = {("terms.published", str(partner.id)) for partner in (inside.northwind, inside.southwind)}
    assert set(told_kinds()) == told
    assert ask_partners(at=NOW) == 0
    assert len(told_kinds()) == 2
    assert queries.count_requests(inside.vera.actor, version) == (2, 0)
    assert queries.count_requests(inside.nina.actor, version) == (1, 0)


def test_the_plan_of_the_best_rank_asks_and_a_conflict_asks_nobody(inside: Cast) -> None:
    everyone, own = make_plan("everyone"), make_plan("own")
    assign(everyone)
    assign(own, audience="partner", target=str(inside.northwind.id))
    wide, narrow = asked(inside, plan=everyone), asked(inside, plan=own)
    assert queries.covered_by(wide, NOW.date()) == {inside.southwind.id}
    assert queries.covered_by(narrow, NOW.date()) == {inside.northwind.id}
    beside = make_plan("beside")
    assign(beside, audience="everyone")
    assert queries.covered_by(wide, NOW.date()) == set()
    assert asked(inside, plan=make_plan("none"), terms={}).terms == {}
    assert TermsRequest.objects.count() == 2


def test_an_acceptance_keeps_who_when_and_the_hash_of_what_was_read(inside: Cast) -> None:
    version = asked(inside)
    kept = accept(inside, version, language="ru")
    assert (kept.language, kept.text_hash) == ("ru", text_hash(TEXTS["ru"]))
    assert (kept.accepted_by_user_id, kept.on_behalf) == (inside.paul.user.id, False)
    assert accept(inside, version).id == kept.id
    assert TermsAcceptance.objects.count() == 1
    assert AuditRecord.objects.filter(action="terms.accepted").count() == 1
    assert queries.count_requests(inside.vera.actor, version) == (2, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        TermsAcceptance.objects.update(language="en")


def test_what_may_not_be_accepted_is_refused_and_nothing_is_written(inside: Cast) -> None:
    version = asked(inside)
    stranger = make_plan("elsewhere")
    unasked = publish(stranger, RATE, terms=TEXTS)
    refuse(refusals.TextChanged, lambda: accept(inside, version, read_hash=text_hash("Sell badly.")))
    refuse(
        refusals.TextChanged, lambda: accept(inside, version, language="ru", read_hash=text_hash(TEXTS["en"]))
    )
    refuse(refusals.NotAsked, lambda: accept(inside, unasked))
    refuse(PermissionDenied, lambda: accept(inside, version, partner=inside.southwind))
    refuse(PermissionDenied, lambda: accept(inside, version, actor=inside.mia.actor))
    refuse(PermissionDenied, lambda: accept(inside, version, actor=inside.vera.actor))
    later = asked(inside, plan=version.plan, at=NOW + timedelta(days=1), starts_on=FEBRUARY)
    refuse(refusals.TermsOutdated, lambda: accept(inside, version))
    accept(inside, later, at=NOW + timedelta(days=2))
    told = {one.version.id: one for one in queries.own_terms(inside.northwind.id, NOW.date())}
    assert told[version.id].settled
    assert not told[version.id].is_open


def test_a_reminder_reaches_who_has_not_accepted_once_a_week(inside: Cast) -> None:
    version = asked(inside)
    accept(inside, version)
    Event.objects.all().delete()
    early = NOW + REMIND_EVERY - timedelta(minutes=1)
    refuse(refusals.NobodyToRemind, lambda: remind(actor=inside.vera.actor, version=version, at=early))
    refuse(PermissionDenied, lambda: remind(actor=inside.felix.actor, version=version, at=NOW + REMIND_EVERY))
    assert remind(actor=inside.vera.actor, version=version, at=NOW + REMIND_EVERY) == 1
    assert told_kinds() == [("terms.reminded", str(inside.southwind.id))]
    again = NOW + REMIND_EVERY + timedelta(days=1)
    refuse(refusals.NobodyToRemind, lambda: remind(actor=inside.vera.actor, version=version, at=again))
    assert AuditRecord.objects.filter(action="terms.reminded").count() == 1


def test_terms_are_written_with_the_draft_and_stay_once_published(inside: Cast) -> None:
    plan = make_plan()
    draft = plans.draft_version(
        actor=inside.vera.actor, plan=plan, document={"currency": "EUR", "components": RATE},
        starts_on=JANUARY, at=NOW,
    )  # fmt: skip
    waiting = plans.Terms({"en": " "}, pays_after_acceptance=True)

    def write(terms: plans.Terms, revision: int = 1) -> PlanVersion:
        return plans.write_terms(
            actor=inside.vera.actor, version=draft, revision=revision, terms=terms, at=NOW
        )

    refuse(plans.TermsMissing, lambda: write(waiting))
    refuse(plans.VersionChangedMeanwhile, lambda: write(plans.Terms(TEXTS), revision=7))
    assert write(plans.Terms({"en": " Sell. ", "ru": ""})).terms == {"en": "Sell."}
    published = plans.publish_version(actor=inside.vasily.actor, version=draft, at=NOW)
    refuse(plans.VersionIsPublished, lambda: write(plans.Terms(TEXTS), revision=2))
    changes: list[dict[str, Any]] = [
        {"terms": TEXTS},
        {"pays_after_acceptance": True},
        {"note": "No"},
        {"document": {}},
    ]
    for changed in changes:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            PlanVersion.objects.filter(id=published.id).update(**changed)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PlanVersion.objects.filter(id=published.id).delete()


def test_what_changes_stands_beside_what_was(inside: Cast) -> None:
    plan = make_plan()
    old = publish(plan, [*RATE, {"id": "extra", "type": "rate", "rate": "0.01"}])
    new = publish(
        plan, [RATE[0] | {"rate": "0.2"}, {"id": "unit", "type": "per_unit", "amount": "4"}],
        starts_on=FEBRUARY, at=NOW + timedelta(days=1), hold_days=14,
    )  # fmt: skip
    assert queries.ruled_before(new) == old
    assert queries.ruled_before(old) is None
    told = changes_of(new, old, {})
    assert [(rule.title, rule.state) for rule in told.rules] == [
        ("Base", "changed"),
        ("unit", "new"),
        ("extra", "gone"),
    ]
    assert [(list(one.old), list(one.new)) for one in told.settings] == [(["0 days"], ["14 days"])]


@pytest.fixture
def earned(cast: Cast) -> Cast:
    """Northwind earned 1,000.00 on L1 in January by a version that is paid after acceptance."""
    with tenant_context(cast.acme.id):
        version = asked(cast, pays_after_acceptance=True)
        assert version.pays_after_acceptance
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    give_account(cast, cast.northwind, cast.paul)
    return cast


def seen(cast: Cast, period_on: date = JANUARY) -> dict[str, tuple[int, int]]:
    told = preview(actor=cast.felix.actor, period_on=period_on, currency="EUR", pays_on=PAYS_ON, at=tick())
    return told.sums


def test_money_waits_for_acceptance_and_the_next_run_takes_it(earned: Cast) -> None:
    close_month(earned, JANUARY)
    run = calculated_payout(earned, JANUARY)
    with tenant_context(earned.acme.id):
        item = PayoutItem.objects.get(run_id=run.id)
        assert (item.reason, item.facts["unaccepted_minor"]) == ("terms_not_accepted", 100_000)
        assert not PayoutAllocation.objects.exists()
        version = PlanVersion.objects.get()
        waits = queries.unpaid([earned.northwind.id], [version.id])
        assert waits == {(earned.northwind.id, version.id): [("EUR", 100_000)]}
    page = client_of(earned.vera).get(f"/acme/m/payouts/{run.id}/").content.decode()
    assert "has not accepted the terms" in page
    paul = client_of(earned.paul)
    for address in ("/acme/p/", "/acme/p/earnings/"):
        assert (
            'waits for your acceptance: <span class="num nowrap">€1,000.00'
            in paul.get(address).content.decode()
        )
    with tenant_context(earned.acme.id):
        accept(earned, version, at=tick())
        assert seen(earned) == {"": (1, 100_000)}


def test_a_refund_of_what_waits_waits_with_it_and_a_later_acceptance_frees_both(earned: Cast) -> None:
    with tenant_context(earned.acme.id):
        version = PlanVersion.objects.get()
        sale = sell(earned.northwind, make_product("P2"), "L2", date(2026, 1, 11), 500_000)
        sell(earned.northwind, sale.product, "R2", date(2026, 1, 12), 200_000, refunds=sale)
    close_month(earned, JANUARY)
    with tenant_context(earned.acme.id):
        assert seen(earned) == {"terms_not_accepted": (1, 130_000)}
        later = asked(earned, plan=version.plan, at=tick(), starts_on=FEBRUARY)
        accept(earned, later, at=tick())
        assert seen(earned) == {"": (1, 130_000)}


def test_who_earned_without_being_covered_any_more_is_asked_after_the_calculation(earned: Cast) -> None:
    with tenant_context(earned.acme.id):
        TermsRequest.objects.all().delete()
        version = PlanVersion.objects.get()
        plans.end_assignment(
            actor=earned.vera.actor, assignment=version.plan.assignments.get(), ends_on=FEBRUARY, at=NOW
        )
        assert ask_partners(at=NOW) == 0
    close_month(earned, JANUARY)
    with tenant_context(earned.acme.id):
        finished = Event.objects.filter(name="calculation.finished").latest("id").payload
        assert ask_partners(at=NOW, run_id=UUID(finished["run_id"])) == 1
        assert TermsRequest.objects.get().partner_id == earned.northwind.id
