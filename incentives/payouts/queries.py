"""Reads of payout runs, bank accounts and statements.

Promise: a partner sees its own payments and statements only; called by payouts' interfaces and actions.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from incentives.earnings.models import Entry
from incentives.payouts.models import (
    BankAccount,
    ItemState,
    PayoutFile,
    PayoutItem,
    PayoutRun,
    PayoutState,
    Statement,
)
from incentives.payouts.rules import PayableItem
from incentives.payouts.sql_items import EDITED_BY
from incentives.plans.language import parse_document
from incentives.plans.models import PlanVersion
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import roles_with
from prm.tenancy.context import require_context


def list_runs(actor: Actor) -> QuerySet[PayoutRun]:
    return PayoutRun.objects.select_related("created_by__user").order_by("-number")


def access_run(actor: Actor, run_id: UUID) -> PayoutRun:
    run = PayoutRun.objects.select_related("created_by__user").filter(id=run_id).first()
    if run is None:
        raise Http404
    return run


def list_items(run: PayoutRun) -> QuerySet[PayoutItem]:
    """Items with partner and account, by partner."""
    rows = PayoutItem.objects.filter(run_id=run.id).select_related("partner", "bank_account")
    return rows.order_by("partner__name_key", "id")


def access_item(actor: Actor, item_id: UUID) -> PayoutItem:
    item = PayoutItem.objects.select_related("run", "partner").filter(id=item_id).first()
    if item is None:
        raise Http404
    return item


def payable_items(run_id: UUID) -> list[PayableItem]:
    """What the content hash is taken over."""
    rows = PayoutItem.objects.filter(run_id=run_id).exclude(state=ItemState.HELD).select_related("partner")
    return [
        PayableItem(
            row.partner.code, row.currency, row.amount_minor, row.withheld_minor, str(row.bank_account_id)
        )
        for row in rows
    ]


def totals_of(run_id: UUID) -> tuple[int, int, dict[str, int]]:
    """Number and total of the payable items, and how many balances each reason holds out."""
    rows = PayoutItem.objects.filter(run_id=run_id).order_by()
    payable = rows.exclude(state=ItemState.HELD).aggregate(n=Count("id"), total=Sum("amount_minor"))
    held = rows.filter(state=ItemState.HELD).values_list("reason").annotate(n=Count("id"))
    return payable["n"], payable["total"] or 0, dict(held)


def minimums_on(day: date) -> dict[str, int]:
    """The minimum payout of each plan, by its version of the day, in minor units."""
    minimums: dict[str, int] = {}
    versions = PlanVersion.objects.filter(published_at__isnull=False, starts_on__lte=day).exclude(
        ends_on__lte=day
    )
    for version in versions.order_by("published_at", "number"):
        minimums[str(version.plan_id)] = parse_document(version.document).minimum_payout_minor
    return minimums


def edited_by(run_id: UUID, user_id: UUID) -> tuple[bool, bool]:
    """Whether the person last edited a plan version behind the run, or had a hand in one of its bank accounts."""
    parameters: dict[str, Any] = {"tenant": require_context().tenant_id, "run": run_id, "user": user_id}
    with connection.cursor() as cursor:
        cursor.execute(EDITED_BY, parameters)
        plans, accounts = cursor.fetchone()
    return bool(plans), bool(accounts)


def previous_run(run: PayoutRun) -> PayoutRun | None:
    """The exported run of the same currency before this one."""
    rows = PayoutRun.objects.filter(currency=run.currency, exported_at__isnull=False, number__lt=run.number)
    return rows.order_by("-number").first()


def usual_amounts(run: PayoutRun, partner_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each partner was paid at most in earlier runs; a partner without an entry is paid for the first time."""
    rows = PayoutItem.objects.filter(
        currency=run.currency,
        partner_id__in=partner_ids,
        run__number__lt=run.number,
        state__in=["sent", "paid"],
    )
    largest: dict[UUID, int] = {}
    for partner_id, amount in rows.values_list("partner_id", "amount_minor"):
        largest[partner_id] = max(amount, largest.get(partner_id, 0))
    return largest


def count_awaiting_approval(actor: Actor) -> int:
    """Submitted runs that this person did not prepare."""
    return (
        PayoutRun.objects.filter(state=PayoutState.SUBMITTED)
        .exclude(created_by_user_id=actor.user_id)
        .count()
    )


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


def list_statements(actor: Actor) -> QuerySet[Statement]:
    """Statements of the own company, or of the visible partners."""
    rows = Statement.objects.select_related("partner", "file")
    if actor.partner_id is not None:
        return rows.filter(partner_id=actor.partner_id)
    return rows.filter(partner_id__in=visible_partners(actor).values("id"))


def access_statement(actor: Actor, statement_id: UUID) -> Statement:
    statement = list_statements(actor).filter(id=statement_id).first()
    if statement is None:
        raise Http404
    return statement


def list_own_payments(actor: Actor) -> QuerySet[PayoutItem]:
    """What left for the partner's bank; balances held out of runs are not among it."""
    sent = Q(state__in=[ItemState.SENT, ItemState.PAID, ItemState.RETURNED, ItemState.UNKNOWN])
    return PayoutItem.objects.filter(sent, partner_id__in=[actor.partner_id])


def file_of(run: PayoutRun) -> PayoutFile | None:
    return PayoutFile.objects.select_related("file").filter(run_id=run.id).first()


def approver_names(run: PayoutRun) -> list[str]:
    """Who may approve the run: live members with the right, its preparer left out."""
    members = Membership.objects.select_related("user").filter(
        role__in=roles_with("payouts.approve"), ended_at__isnull=True
    )
    return sorted(str(member.user) for member in members.exclude(user_id=run.created_by_user_id))


def payout_currencies() -> list[str]:
    """Currencies in which anything was ever earned."""
    return list(
        Entry.objects.order_by("payout_currency").values_list("payout_currency", flat=True).distinct()
    )
