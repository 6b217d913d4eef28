"""Reads of entries and outcomes: lists, totals, and everything one explanation needs.

Promise: a partner reads its own, a manager the own portfolio; anything else is missing; called by earnings' pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404

from incentives.earnings.entry_facts import WITHDRAWN, EntryFacts, Explanation
from incentives.earnings.explanation import explain
from incentives.earnings.models import CalculationRun, Entry, LineOutcome
from incentives.earnings.recomputing import inputs_with_whole_rates, key_of
from incentives.earnings.replay import Replay, replay
from incentives.earnings.unmatched import Unmatched, unmatched_rules
from incentives.earnings.wording import window_title
from incentives.plans.language import parse_document
from incentives.plans.models import Plan, PlanVersion
from incentives.plans.reasons import COUNTED_WITH_SALE, SALE_EARNED_NOTHING
from partners.directory.family import family_ids, own_ids
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.sales.models import SaleLine, SaleSplit
from partners.sales.queries import own_lines_to
from prm.accounts.actor import Actor
from prm.kit.money import Money
from prm.tenancy.models import TenantModel


@dataclass(frozen=True)
class EntryFilter:
    """What a list of entries was narrowed to; empty values narrow nothing. A partner's are also those of partners
    merged into it; a customer's are those of single lines to it, for a partner's person of the own credited ones."""

    partner: UUID | None = None
    period_on: date | None = None
    plan: UUID | None = None
    line: UUID | None = None
    run: UUID | None = None
    customer: UUID | None = None

    @property
    def is_set(self) -> bool:
        return any(value is not None for value in vars(self).values())


@dataclass(frozen=True)
class Posting:
    """One entry of a target, and the calculation that posted it: staff alone know of calculations."""

    entry: Entry
    run: CalculationRun | None


@dataclass(frozen=True)
class ExplainedEntry:
    """An entry with its explanation and what stands around it. `replay`: what its stored inputs come to when it is
    calculated again. `unmatched`: the rules that paid the sale nothing."""

    entry: Entry
    partner: Partner | None
    plan: Plan
    version: PlanVersion
    line: SaleLine | None
    explanation: Explanation
    history: list[Posting]
    replay: Replay
    unmatched: list[Unmatched]


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    if actor.partner_id is not None:
        return rows.filter(partner_id__in=own_ids(actor))
    return rows


def list_entries(actor: Actor, wanted: EntryFilter) -> QuerySet[Entry]:
    columns = {
        "partner_id__in": family_ids(wanted.partner) if wanted.partner else None,
        "period_on": wanted.period_on,
        "plan_id": wanted.plan,
        "line_id": wanted.line,
        "run_id": wanted.run,
    }
    rows = visible_entries(actor).filter(
        **{name: value for name, value in columns.items() if value is not None}
    )
    return rows.filter(_of_customer(actor, wanted.customer)) if wanted.customer else rows


def _of_customer(actor: Actor, customer_id: UUID) -> Q:
    """What a partner earns on the sales of those below it would tell to whom they sell."""
    if actor.partner_id is not None:
        return Q(line_id__in=own_lines_to(customer_id), credited_partner_id__in=own_ids(actor))
    return Q(line_id__in=SaleLine.objects.filter(customer_id=customer_id).values("id"))


def of_partners(entries: QuerySet[Entry], partner_ids: Iterable[UUID]) -> QuerySet[Entry]:
    """Those of the partners and of partners merged into them."""
    families = [member for partner_id in partner_ids for member in family_ids(partner_id)]
    return entries.filter(partner_id__in=families)


def with_codes(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Each entry with the codes by which others know its partner, plan and sale line."""
    return entries.annotate(
        partner_code=_code_of(Partner, "partner_id", "code"),
        plan_code=_code_of(Plan, "plan_id", "code"),
        line_source=_code_of(SaleLine, "line_id", "source"),
        line_external_id=_code_of(SaleLine, "line_id", "external_id"),
    )


def _code_of(model: type[TenantModel], key: str, column: str) -> Subquery:
    return Subquery(model.objects.filter(id=OuterRef(key)).values(column)[:1])


def totals_of(entries: QuerySet[Entry]) -> list[Any]:
    """The filter's totals, one row per payout currency: {payout_currency, amount, count}."""
    grouped = entries.order_by().values("payout_currency")
    return list(
        grouped.annotate(amount=Sum("payout_amount_minor"), count=Count("id")).order_by("payout_currency")
    )


def with_names(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Each entry with its partner, plan and sale line, each looked up once for the whole page."""
    listed = list(entries)
    partners = Partner.objects.in_bulk({entry.partner_id for entry in listed})
    plans = Plan.objects.in_bulk({entry.plan_id for entry in listed})
    lines = _lines(entry.line_id for entry in listed)
    return [
        {
            "entry": entry,
            "partner": partners.get(entry.partner_id),
            "plan": plans.get(entry.plan_id),
            "line": lines.get(entry.line_id) if entry.line_id else None,
            "of_window": window_title(entry.inputs) if entry.window_on else "",
        }
        for entry in listed
    ]


def _lines(ids: Iterable[UUID | None]) -> dict[UUID, SaleLine]:
    return SaleLine.objects.select_related("product").in_bulk({id_ for id_ in ids if id_})


def explain_entry(actor: Actor, entry_id: UUID) -> ExplainedEntry:
    """The explanation of one entry, from its stored inputs and the version that paid it."""
    entry = visible_entries(actor).filter(id=entry_id).first()
    if entry is None:
        raise Http404
    version = PlanVersion.objects.select_related("plan").get(id=entry.version_id)
    document = parse_document(version.document)
    component = document.component(entry.component_id)
    history = list(same_target(entry))
    posted = [row for row in history if row.id < entry.id and row.period_on <= entry.period_on]
    facts = EntryFacts(
        amount=Money(entry.amount_minor, entry.currency),
        payout=Money(entry.payout_amount_minor, entry.payout_currency),
        inputs=inputs_with_whole_rates(entry),
        cause=entry.cause,
        plan_name=version.plan.name,
        version_number=version.number,
        free_on=entry.free_on,
        depth=entry.depth,
        posted_before=Money(sum(row.amount_minor for row in posted), entry.currency),
        payout_before=Money(sum(row.payout_amount_minor for row in posted), entry.payout_currency),
        inputs_before=_inputs_before(entry, posted),
    )
    return ExplainedEntry(
        entry=entry,
        partner=Partner.objects.filter(id=entry.partner_id).first(),
        plan=version.plan,
        version=version,
        line=_lines([entry.line_id]).get(entry.line_id) if entry.line_id else None,
        explanation=explain(facts, document, component),
        history=_postings(history),
        replay=replay(facts, document, component, key_of(entry).canonical),
        unmatched=unmatched_rules(actor, entry, version, document),
    )


def _postings(entries: Iterable[Entry]) -> list[Posting]:
    listed = list(entries)
    runs = CalculationRun.objects.in_bulk({entry.run_id for entry in listed})
    return [Posting(entry, runs.get(entry.run_id)) for entry in listed]


def _inputs_before(entry: Entry, posted: Sequence[Entry]) -> Mapping[str, Any]:
    last = posted[-1] if posted else None
    if last is None or last.cause == WITHDRAWN or last.version_id != entry.version_id:
        return {}
    inputs: Mapping[str, Any] = last.inputs
    return inputs


def same_target(entry: Entry) -> QuerySet[Entry]:
    """All entries of the same target, oldest first: together they are what it earns now."""
    return Entry.objects.filter(
        partner_id=entry.partner_id,
        plan_id=entry.plan_id,
        component_id=entry.component_id,
        line_id=entry.line_id,
        window_on=entry.window_on,
        credited_partner_id=entry.credited_partner_id,
        depth=entry.depth,
        belongs_on=entry.belongs_on,
    ).order_by("id")


def list_outcomes(actor: Actor, *, partner: UUID | None = None, reason: str = "") -> QuerySet[LineOutcome]:
    """Credited lines that earned nothing, newest first by the caller's order."""
    rows = LineOutcome.objects.all()
    if actor.partner_id is not None:
        rows = rows.filter(partner_id__in=own_ids(actor))
    elif actor.has_portfolio_wall:
        rows = rows.filter(partner_id__in=visible_partners(actor).values("id"))
    if partner is not None:
        rows = rows.filter(partner_id__in=family_ids(partner))
    return rows.filter(reason=reason) if reason else rows


def of_sales(
    outcomes: QuerySet[LineOutcome], *, q: str = "", line: UUID | None = None
) -> QuerySet[LineOutcome]:
    """Those of one line, or of the lines with this order number or line id. A credited partner that did not sell the
    line finds it by the order number that its share repeats."""
    if line is not None:
        outcomes = outcomes.filter(line_id=line)
    if not q:
        return outcomes
    lines = SaleLine.objects.filter(Q(order_number=q) | Q(external_id=q)).values("id")
    shares = SaleSplit.objects.filter(order_number=q).values("line_id")
    return outcomes.filter(Q(line_id__in=lines) | Q(line_id__in=shares))


def sales_of(outcomes: QuerySet[LineOutcome]) -> QuerySet[LineOutcome]:
    """Those of sales: a refund that takes nothing back is nothing that should have earned."""
    return outcomes.exclude(reason__in=(COUNTED_WITH_SALE, SALE_EARNED_NOTHING))


def count_reasons(outcomes: QuerySet[LineOutcome]) -> list[Any]:
    """{reason, count}, most frequent first."""
    return list(outcomes.order_by().values("reason").annotate(count=Count("id")).order_by("-count", "reason"))


def outcomes_with_names(outcomes: Iterable[LineOutcome]) -> list[dict[str, Any]]:
    listed = list(outcomes)
    partners = Partner.objects.in_bulk({outcome.partner_id for outcome in listed if outcome.partner_id})
    lines = _lines(outcome.line_id for outcome in listed)
    return [
        {
            "outcome": outcome,
            "partner": partners.get(outcome.partner_id) if outcome.partner_id else None,
            "line": lines.get(outcome.line_id),
        }
        for outcome in listed
    ]


def earned_by_month(actor: Actor, *, since: date) -> list[Any]:
    """{period_on, payout_currency, amount} of the actor's entries, oldest first."""
    grouped = (
        visible_entries(actor).filter(period_on__gte=since).order_by().values("period_on", "payout_currency")
    )
    return list(grouped.annotate(amount=Sum("payout_amount_minor")).order_by("period_on"))


def list_posting_months(actor: Actor) -> list[date]:
    """Months that hold entries of the actor's, newest first."""
    return list(visible_entries(actor).order_by("-period_on").values_list("period_on", flat=True).distinct())


def plan_choices() -> list[tuple[str, str]]:
    return [(str(id_), name) for id_, name in Plan.objects.order_by("name").values_list("id", "name")]


def partner_choices(actor: Actor) -> list[tuple[str, str]]:
    return [
        (str(id_), name)
        for id_, name in visible_partners(actor).order_by("name_key").values_list("id", "name")
    ]
