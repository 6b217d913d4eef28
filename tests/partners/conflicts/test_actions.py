"""Raising, gathering, ruling and appealing: claims and sides change together; a side meets itself alone."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partners.conflicts import actions, queries
from partners.conflicts.models import ConflictSide, Evidence
from partners.conflicts.refusals import (
    AlreadyRaised,
    AppealOver,
    AppealToAnother,
    AwardIncomplete,
    ConflictRuled,
    EvidenceOver,
    SharesUnbalanced,
)
from partners.deals.deadlines import settle_due
from partners.deals.interests import declare_interest
from partners.deals.models import Deal, DealPart, Protection
from partners.deals.refusals import ApproverConflicted, ReasonMissing
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.conflicts import MEETING, PDF, appeal, award, raise_conflict, share, the_conflict
from tests.support.deals import approve, make_line, register
from tests.support.rows import nothing_written_in


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


@pytest.fixture
def claims(acme: Cast) -> tuple[Deal, Deal]:
    """Northwind is protected since today, Southwind stands behind it."""
    first = approve(acme.vera, register(acme.paul))
    second = register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    return first, second


def sides(cast: Cast) -> dict[str, ConflictSide]:
    with tenant_context(cast.acme.id):
        return {side.partner.code: side for side in ConflictSide.objects.select_related("partner")}


def states(cast: Cast) -> dict[str, str]:
    with tenant_context(cast.acme.id):
        return {deal.partner.code: deal.state for deal in Deal.objects.select_related("partner")}


def spans(cast: Cast) -> list[tuple[str, date, date]]:
    with tenant_context(cast.acme.id):
        rows = Protection.objects.select_related("partner").order_by("starts_on", "ends_on")
        return [(row.partner.code, row.starts_on, row.ends_on) for row in rows]


TODAY = NOW.date()
QUARTER = TODAY + timedelta(days=90)


def test_a_raised_conflict_gathers_every_live_claim(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    found = sides(acme)
    assert set(found) == {"NW", "SW"}
    assert len({side.conflict_id for side in found.values()}) == 1
    assert found["NW"].evidence_until == TODAY + timedelta(days=7)


def test_gathering_twice_changes_nothing(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    before = sides(acme)
    with tenant_context(acme.acme.id):
        actions.open_conflict(actor=acme.vera.actor, deal=claims[0], at=NOW)
    assert sides(acme) == before


def test_a_partner_meets_its_own_side_alone(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.paul, claims[0])
    assert acme.sven.actor.partner_id is not None
    with tenant_context(acme.acme.id, scope="partner", partner_ids=[acme.sven.actor.partner_id]):
        assert [side.partner_id for side in ConflictSide.objects.all()] == [acme.southwind.id]
        assert list(Evidence.objects.all()) == []
        assert list(queries.visible_conflicts(acme.sven.actor)) == []


def test_raising_twice_is_refused(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.paul, claims[0])
    with nothing_written_in(acme.acme), pytest.raises(AlreadyRaised), tenant_context(acme.acme.id):
        actions.raise_conflict(actor=acme.paul.actor, deal=claims[0], evidence=MEETING, at=NOW)


def test_evidence_keeps_its_file(acme: Cast, claims: Any) -> None:
    side = raise_conflict(acme.paul, claims[0])
    facts = actions.EvidenceFacts(date(2026, 2, 2), "Offer sent", ("offer.pdf", PDF))
    with tenant_context(acme.acme.id):
        kept = actions.add_evidence(actor=acme.paul.actor, side=side, evidence=facts, at=NOW)
        assert kept.file is not None
        assert read_file(kept.file) == PDF
        assert kept.file.partner_id == acme.northwind.id


def test_an_award_moves_the_protection_today(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    award(acme.vera, the_conflict(acme), claims[1], at=NOW + timedelta(days=10))
    day = TODAY + timedelta(days=10)
    assert states(acme) == {"NW": "rejected", "SW": "protected"}
    assert spans(acme) == [("NW", TODAY, day), ("SW", day, day + timedelta(days=90))]
    found = sides(acme)
    assert (found["NW"].verdict, found["SW"].verdict) == ("refused", "awarded")
    assert found["NW"].words == "First come"


def test_an_award_to_the_holder_leaves_its_days(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    award(acme.vera, the_conflict(acme), claims[0], at=NOW + timedelta(days=10))
    assert spans(acme) == [("NW", TODAY, QUARTER)]
    assert states(acme) == {"NW": "protected", "SW": "rejected"}


def test_a_share_gives_weights_and_one_protection(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    share(acme.vera, the_conflict(acme), {claims[0]: "60", claims[1]: "40"})
    assert states(acme) == {"NW": "protected", "SW": "shared"}
    with tenant_context(acme.acme.id):
        parts = {part.partner.code: part.percent for part in DealPart.objects.select_related("partner")}
    assert parts == {"NW": Decimal(60), "SW": Decimal(40)}
    assert sides(acme)["SW"].percent == Decimal(40)


def test_refusing_all_frees_the_customer(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    award(acme.vera, the_conflict(acme), None, at=NOW + timedelta(days=1))
    assert states(acme) == {"NW": "rejected", "SW": "rejected"}
    assert spans(acme) == [("NW", TODAY, TODAY + timedelta(days=1))]


def rule(cast: Cast, person: Any, **told: Any) -> None:
    with tenant_context(cast.acme.id):
        actions.rule(actor=person.actor, conflict=the_conflict(cast), ruling=actions.Ruling(**told), at=NOW)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"outcome": "award", "words": "Because"}, AwardIncomplete),
        ({"outcome": "refuse", "words": "  "}, ReasonMissing),
        ({"outcome": "share", "words": "Because", "shares": {"NW": "60", "SW": "30"}}, SharesUnbalanced),
        ({"outcome": "share", "words": "Because", "shares": {"NW": "100", "SW": "0"}}, SharesUnbalanced),
    ],
)
def test_an_incomplete_ruling_changes_nothing(
    acme: Cast, claims: Any, told: dict[str, Any], refusal: type[Exception]
) -> None:
    raise_conflict(acme.sven, claims[1])
    found = sides(acme)
    if "shares" in told:
        shares = {found[code].id: Decimal(part) for code, part in told["shares"].items()}
        told = told | {"awarded": found["NW"].id, "shares": shares}
    with nothing_written_in(acme.acme), pytest.raises(refusal):
        rule(acme, acme.vera, **told)


def test_a_conflicted_person_may_not_rule(acme: Cast, claims: Any) -> None:
    raise_conflict(acme.sven, claims[1])
    with tenant_context(acme.acme.id):
        declare_interest(actor=acme.vera.actor, partner=acme.southwind, kind="ownership", note="", at=NOW)
    with nothing_written_in(acme.acme), pytest.raises(ApproverConflicted):
        award(acme.vera, the_conflict(acme), claims[0])
    award(acme.vasily, the_conflict(acme), claims[0])


@pytest.fixture
def ruled(acme: Cast, claims: Any) -> tuple[Deal, Deal]:
    """Northwind was awarded; Southwind may appeal until 14 days from now."""
    raise_conflict(acme.sven, claims[1])
    award(acme.vera, the_conflict(acme), claims[0])
    return claims  # type: ignore[no-any-return]


def test_an_appeal_is_decided_by_another_person_and_then_final(acme: Cast, ruled: Any) -> None:
    appeal(acme.sven, ruled[1])
    with nothing_written_in(acme.acme), pytest.raises(AppealToAnother):
        award(acme.vera, the_conflict(acme), ruled[1], at=NOW + timedelta(days=8))
    award(acme.vasily, the_conflict(acme), ruled[1], at=NOW + timedelta(days=8))
    assert states(acme) == {"NW": "rejected", "SW": "protected"}
    assert the_conflict(acme).state == "closed"
    with nothing_written_in(acme.acme), pytest.raises(AppealOver):
        appeal(acme.paul, ruled[0], at=NOW + timedelta(days=8))


@pytest.mark.parametrize(("who", "days"), [("paul", 0), ("sven", 15)])
def test_who_won_or_comes_late_cannot_appeal(acme: Cast, ruled: Any, who: str, days: int) -> None:
    person, deal = getattr(acme, who), ruled[0 if who == "paul" else 1]
    with nothing_written_in(acme.acme), pytest.raises(AppealOver):
        appeal(person, deal, at=NOW + timedelta(days=days))


def test_a_ruling_without_appeal_cannot_be_given_again(acme: Cast, ruled: Any) -> None:
    with nothing_written_in(acme.acme), pytest.raises(ConflictRuled):
        award(acme.vasily, the_conflict(acme), ruled[1])


def test_no_evidence_after_the_ruling_until_an_appeal(acme: Cast, ruled: Any) -> None:
    side = sides(acme)["SW"]
    with nothing_written_in(acme.acme), pytest.raises(EvidenceOver), tenant_context(acme.acme.id):
        actions.add_evidence(actor=acme.sven.actor, side=side, evidence=MEETING, at=NOW)
    appeal(acme.sven, ruled[1])
    with tenant_context(acme.acme.id):
        actions.add_evidence(actor=acme.sven.actor, side=side, evidence=MEETING, at=NOW)


def test_quiet_rulings_become_final_after_the_time(acme: Cast, ruled: Any) -> None:
    for days, state in ((14, "ruled"), (15, "closed")):
        at = NOW + timedelta(days=days)
        with tenant_context(acme.acme.id):
            actions.close_quiet(actor=acme.system, today=at.date(), at=at)
        assert the_conflict(acme).state == state


def test_a_protection_given_by_ruling_ends_on_its_own_day(acme: Cast, claims: Any) -> None:
    """An earlier protection of the same deal, ended long ago, does not end the later one."""
    raise_conflict(acme.sven, claims[1])
    award(acme.vera, the_conflict(acme), claims[1], at=NOW + timedelta(days=1))
    appeal(acme.paul, claims[0], at=NOW + timedelta(days=2))
    award(acme.vasily, the_conflict(acme), claims[0], at=NOW + timedelta(days=10))
    for days, state in ((99, "protected"), (100, "expired")):
        at = NOW + timedelta(days=days)
        with tenant_context(acme.acme.id):
            settle_due(actor=acme.system, today=at.date(), at=at)
        assert states(acme)["NW"] == state
