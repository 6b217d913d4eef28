"""Reads of payout runs, bank accounts and statements.

Promise: a partner sees its own payments and statements only; called by payouts' interfaces and actions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from incentives.earnings.models import Entry
from incentives.ledger.queries import list_reimbursements
from incentives.payouts.hand_models import AnswerState, HandAnswer
from incentives.payouts.models import (
    BankAccount,
    ItemOutcome,
    ItemState,
    PayoutApproval,
    PayoutFile,
    PayoutItem,
    PayoutRun,
    PayoutState,
    Statement,
)
from incentives.payouts.sql_items import COMPARED, EDITORS, SENT_LINES
from incentives.payouts.withholding import tax_now
from incentives.plans.language import parse_document
from incentives.plans.models import PlanVersion
from partners.directory.family import led_to_by, own_ids
from partners.directory.models import Partner, PartnerStatus
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import roles_with
from prm.kit.searching import search_key
from prm.tenancy.context import require_context


def list_runs(actor: Actor) -> QuerySet[PayoutRun]:
    """Newest first; `awaits` says that an answer of the bank waits for a second person."""
    waiting = HandAnswer.objects.filter(run_id=OuterRef("id"), state=AnswerState.WAITING)
    rows = PayoutRun.objects.select_related("created_by__user").annotate(awaits=Exists(waiting))
    return rows.order_by("-number")


def access_run(actor: Actor, run_id: UUID) -> PayoutRun:
    run = (
        PayoutRun.objects.select_related("created_by__user", "job", "payer_account", "limit_rate")
        .filter(id=run_id)
        .first()
    )
    if run is None:
        raise Http404
    return run


def list_items(run: PayoutRun) -> QuerySet[PayoutItem]:
    """Items with partner and account, by partner."""
    rows = PayoutItem.objects.filter(run_id=run.id).select_related("partner", "bank_account__partner")
    return rows.order_by("partner__name_key", "id")


def list_outcomes(item: PayoutItem) -> QuerySet[ItemOutcome]:
    return ItemOutcome.objects.filter(item_id=item.id).order_by("id")


def used_references(item: PayoutItem) -> set[str]:
    """The references of the answers so far, where another answer is awaited: the same one would count for nothing."""
    if item.state != ItemState.UNKNOWN:
        return set()
    return set(list_outcomes(item).values_list("event_ref", flat=True))


def access_item(actor: Actor, item_id: UUID) -> PayoutItem:
    item = PayoutItem.objects.select_related("run", "partner").filter(id=item_id).first()
    if item is None:
        raise Http404
    return item


def list_changed_items(run: PayoutRun) -> list[PayoutItem]:
    """Payable items whose partner is paused or whose bank details were replaced since the calculation."""
    paused = Q(partner__status=PartnerStatus.PAUSED) | Q(partner__merged_into__status=PartnerStatus.PAUSED)
    replaced = Q(bank_account__replaced_at__isnull=False) | paused
    rows = list_items(run).exclude(state=ItemState.HELD)
    return list(rows.filter(replaced))


def list_taxed_otherwise(run: PayoutRun) -> list[PayoutItem]:
    """Payable items from which another tax would be withheld than was calculated."""
    rows = list(list_items(run).exclude(state=ItemState.HELD))
    taxes = tax_now(run, [(row.partner.merged_into_id or row.partner_id, row.gross_minor) for row in rows])
    return [row for row, tax in zip(rows, taxes, strict=True) if row.withheld_minor != tax]


def count_items(run: PayoutRun) -> dict[str, int]:
    """Items by state, and how many payable ones are worth a look ("look")."""
    rows = PayoutItem.objects.filter(run_id=run.id).order_by()
    counts: dict[str, int] = dict(rows.values_list("state").annotate(n=Count("id")))
    payable = rows.exclude(state=ItemState.HELD)
    counts["payable"] = sum(count for state, count in counts.items() if state != ItemState.HELD)
    counts["look"] = payable.exclude(facts__notes=[]).count()
    return counts


def held_by_reason(run: PayoutRun) -> dict[str, dict[str, int]]:
    """Per reason: {count, total}, in minor units."""
    held = PayoutItem.objects.filter(run_id=run.id, state=ItemState.HELD).order_by().values("reason")
    return {
        row["reason"]: {"count": row["count"], "total": row["total"]}
        for row in held.annotate(count=Count("id"), total=Sum("gross_minor"))
    }


def totals_of(run_id: UUID) -> tuple[int, int, dict[str, int]]:
    """Number and total of the payable items, and how many balances each reason holds out."""
    rows = PayoutItem.objects.filter(run_id=run_id).order_by()
    payable = rows.exclude(state=ItemState.HELD).aggregate(n=Count("id"), total=Sum("amount_minor"))
    held = rows.filter(state=ItemState.HELD).values_list("reason").annotate(n=Count("id"))
    return payable["n"], payable["total"] or 0, dict(held)


def withheld_of(run: PayoutRun) -> int:
    return PayoutItem.objects.filter(run_id=run.id).aggregate(total=Sum("withheld_minor"))["total"] or 0


@dataclass(frozen=True)
class Minimum:
    """A plan's minimum payout in minor units of its payout currency, and the version that says so."""

    version_id: UUID
    minor: int


def minimums_on(day: date) -> dict[str, Minimum]:
    """The minimum payout of each plan, by its version of the day."""
    minimums: dict[str, Minimum] = {}
    versions = PlanVersion.objects.filter(published_at__isnull=False, starts_on__lte=day).exclude(
        ends_on__lte=day
    )
    for version in versions.order_by("published_at", "number"):
        minor = parse_document(version.document).minimum_payout_minor
        minimums[str(version.plan_id)] = Minimum(version.id, minor)
    return minimums


def editors_of(run: PayoutRun) -> dict[UUID, str]:
    """Who edited last what the run pays by, and what it was: "plans", "accounts" or "adjustments"."""
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "run": run.id,
        "minimum_versions": [minimum.version_id for minimum in minimums_on(run.pays_on).values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(EDITORS, parameters)
        return dict(sorted(cursor.fetchall(), key=lambda row: row[1]))


def previous_run(run: PayoutRun) -> PayoutRun | None:
    """The exported run of the same currency before this one."""
    rows = PayoutRun.objects.filter(currency=run.currency, exported_at__isnull=False, number__lt=run.number)
    return rows.order_by("-number").first()


@dataclass(frozen=True)
class Comparison:
    """How a run differs from the exported one before it, in payments and minor units."""

    before: PayoutRun
    new_count: int
    new_minor: int
    gone_count: int
    gone_minor: int
    more_count: int
    less_count: int
    change_minor: int


def compare_with_previous(run: PayoutRun) -> Comparison | None:
    before = previous_run(run)
    if before is None:
        return None
    parameters = {"tenant": run.tenant_id, "run": run.id, "before": before.id}
    with connection.cursor() as cursor:
        cursor.execute(COMPARED, parameters)
        counts = cursor.fetchone()
    new_count, new_minor, gone_count, gone_minor, more_count, less_count = map(int, counts)
    return Comparison(
        before=before,
        new_count=new_count,
        new_minor=new_minor,
        gone_count=gone_count,
        gone_minor=gone_minor,
        more_count=more_count,
        less_count=less_count,
        change_minor=run.total_minor - before.total_minor,
    )


def find_sent_run(line_ids: Sequence[UUID]) -> int | None:
    """The number of an exported run that paid for one of these sale lines."""
    with connection.cursor() as cursor:
        cursor.execute(SENT_LINES, {"tenant": require_context().tenant_id, "lines": list(line_ids)})
        row = cursor.fetchone()
    return row[0] if row else None


def count_awaiting_approval(actor: Actor) -> int:
    """Submitted runs that this person did not prepare."""
    waiting = PayoutRun.objects.filter(state=PayoutState.SUBMITTED)
    return waiting.exclude(created_by_user_id__in=[actor.user_id]).count()


def count_to_submit(actor: Actor) -> int:
    """Calculated runs that this person prepared."""
    return PayoutRun.objects.filter(
        state=PayoutState.CALCULATED, created_by_user_id__in=[actor.user_id]
    ).count()


def count_failed(actor: Actor) -> int:
    """Runs that could not be calculated and wait for somebody to try again or to cancel."""
    return PayoutRun.objects.filter(state=PayoutState.FAILED).count()


def list_accounts(actor: Actor) -> QuerySet[BankAccount]:
    rows = BankAccount.objects.select_related("partner").filter(replaced_at__isnull=True)
    if actor.partner_id is not None:
        return rows.filter(partner_id=actor.partner_id)
    return rows.filter(partner_id__in=visible_partners(actor).values("id"))


def access_account(actor: Actor, account_id: UUID) -> BankAccount:
    account = list_accounts(actor).filter(id=account_id).first()
    if account is None:
        raise Http404
    return account


def count_accounts_to_confirm(actor: Actor) -> int:
    return BankAccount.objects.filter(confirmed_at__isnull=True, replaced_at__isnull=True).count()


def list_statements(
    actor: Actor, *, period_on: date | None = None, partner: str = "", currency: str = ""
) -> QuerySet[Statement]:
    """Statements of the own company, or of the visible partners. `partner` is a code or the beginning of a name; those
    of partners merged into it are among them."""
    rows = Statement.objects.select_related("partner", "file").prefetch_related("closing_documents")
    if actor.partner_id is not None:
        rows = rows.filter(partner_id__in=own_ids(actor))
    elif actor.has_portfolio_wall:
        rows = rows.filter(partner_id__in=visible_partners(actor).values("id"))
    if period_on is not None:
        rows = rows.filter(period_on=period_on)
    if partner:
        named = Q(code=partner) | Q(name_key__startswith=search_key(partner))
        found = Partner.objects.filter(led_to_by(named)).values("id")
        rows = rows.filter(Q(partner_id__in=found) | Q(partner__merged_into_id__in=found))
    return rows.filter(currency=currency) if currency else rows


def statement_months(actor: Actor) -> list[date]:
    """Months that have statements, newest first."""
    months = list_statements(actor).order_by("-period_on").values_list("period_on", flat=True)
    return list(months.distinct())


def access_statement(actor: Actor, statement_id: UUID) -> Statement:
    statement = list_statements(actor).filter(id=statement_id).first()
    if statement is None:
        raise Http404
    return statement


def list_own_payments(actor: Actor) -> QuerySet[PayoutItem]:
    """What left for the partner's bank, newest first (`facts` name the day); what was held out is not among it."""
    sent = [ItemState.SENT, ItemState.PAID, ItemState.RETURNED, ItemState.UNKNOWN]
    rows = PayoutItem.objects.filter(state__in=sent, partner_id__in=own_ids(actor))
    return rows.select_related("bank_account").order_by("-id")


def currencies_without_details(actor: Actor) -> list[str]:
    """Currencies in which the partner earns and has no confirmed bank details: nothing can be paid there."""
    own = own_ids(actor)
    mine = Entry.objects.filter(partner_id__in=own).order_by()
    earned = set(mine.values_list("payout_currency", flat=True).distinct())
    earned |= set(list_reimbursements(*own).values_list("currency", flat=True))
    confirmed = list_accounts(actor).filter(confirmed_at__isnull=False)
    return sorted(earned - set(confirmed.values_list("currency", flat=True)))


def file_of(run: PayoutRun) -> PayoutFile | None:
    return PayoutFile.objects.select_related("file").filter(run_id=run.id).first()


def access_payment_file(run: PayoutRun) -> PayoutFile:
    kept = file_of(run)
    if kept is None:
        raise Http404
    return kept


def names_with(permission: str, *, but: Collection[UUID | None] = ()) -> list[str]:
    """Live staff who hold a permission, some people left out."""
    members = Membership.objects.select_related("user").filter(
        role__in=roles_with(permission), partner_id__isnull=True, ended_at__isnull=True
    )
    return sorted(str(member.user) for member in members if member.user_id not in but)


def approver_names(run: PayoutRun) -> list[str]:
    """Who may still approve the run: live members with the right but its preparer, who edited last what it pays by,
    and who has approved already."""
    approved = PayoutApproval.objects.filter(run_id=run.id, voided_at__isnull=True)
    done = approved.values_list("approver_user_id", flat=True)
    return names_with("payouts.approve", but={run.created_by_user_id, *editors_of(run), *done})


def payout_currencies() -> list[str]:
    """Currencies in which anything was ever owed."""
    earned = Entry.objects.order_by().values_list("payout_currency", flat=True).distinct()
    shared = list_reimbursements().order_by().values_list("currency", flat=True).distinct()
    return sorted({*earned, *shared})


def with_bank_details(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Partners that have said where they are paid; for the first steps of new partners."""
    rows = BankAccount.objects.filter(partner_id__in=partner_ids, replaced_at__isnull=True)
    return dict.fromkeys(rows.values_list("partner_id", flat=True), True)
