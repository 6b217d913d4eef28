"""A bank's statement held against the payments that were sent: looked at first, then recorded.

Promises: what is looked at changes nothing; what is recorded is judged anew under the locks of its runs, and counts at
once, whatever waits of answers recorded by hand; the same statement twice changes nothing; a statement is forgotten
after a day, for it tells of more than our payments. Called by: payouts.answer_pages and tasks.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from incentives.payouts.answers.lines import PAID, AnswerLine, StatementUnreadable
from incentives.payouts.answers.matching import TAKEN, Find, SentPayment, Verdict, judge
from incentives.payouts.answers.reading import read_statement
from incentives.payouts.bank_accounts import unseal
from incentives.payouts.models import ItemOutcome, ItemState, PayoutFile, PayoutItem, PayoutRun
from incentives.payouts.rules import STEPS
from incentives.payouts.settling import Answer, record_answers
from prm.accounts.actor import Actor, system_actor
from prm.audit.actions import record
from prm.files.actions import remove_file, store_file
from prm.files.models import StoredFile
from prm.files.queries import read_file
from prm.files.rules import MEGABYTE
from prm.kit.requisites import compact
from prm.tenancy.context import require_context

PURPOSE = "bank_statement"
KEPT_FOR = timedelta(days=1)
MOST_BYTES = 20 * MEGABYTE


def keep_statement(*, actor: Actor, name: str, content: bytes, at: datetime) -> StoredFile:
    """Keep a statement to be looked at. Raises `StatementUnreadable` and `FileRefused`."""
    _require_recorder(actor)
    if len(content) > MOST_BYTES:
        raise StatementUnreadable("too_large")
    read_statement(content)
    return store_file(
        actor=actor, purpose=PURPOSE, name=name, content=content, at=at, expires_at=at + KEPT_FOR
    )


def access_statement(actor: Actor, kept_id: UUID, *, at: datetime) -> StoredFile:
    kept = StoredFile.objects.filter(id=kept_id, purpose=PURPOSE, expires_at__gt=at).first()
    if kept is None:
        raise Http404
    return kept


def judge_statement(actor: Actor, kept: StoredFile) -> list[Verdict]:
    """What recording it now would do."""
    lines = read_statement(read_file(kept))
    return judge(lines, _finder(lines), user_id=actor.user_id)


def record_statement(*, actor: Actor, kept: StoredFile, at: datetime) -> int:
    """Record what the statement says of payments; returns of how many."""
    _require_recorder(actor)
    named = {verdict.payment.run_id for verdict in judge_statement(actor, kept) if verdict.payment}
    runs = {run.id: run for run in PayoutRun.objects.select_for_update().filter(id__in=named).order_by("id")}
    answers: dict[UUID, list[Answer]] = defaultdict(list)
    for verdict in judge_statement(actor, kept):
        if verdict.code == TAKEN and verdict.payment is not None and verdict.payment.run_id in runs:
            line = verdict.line
            answer = Answer(verdict.payment.item_id, line.outcome, line.event_ref, line.note)
            answers[verdict.payment.run_id].append(answer)
    count = sum(
        record_answers(actor=actor, run=runs[run_id], answers=told, at=at)
        for run_id, told in sorted(answers.items())
    )
    after = {"sha256": kept.sha256, "payments": count}
    record(actor=actor, action="payout.statement_recorded", subject=kept, at=at, after=after)
    return count


def items_by_id(ids: Iterable[UUID]) -> dict[UUID, PayoutItem]:
    """With run and partner, to be named on a page."""
    return PayoutItem.objects.select_related("run", "partner").in_bulk(list(ids))


def forget_statements(*, at: datetime) -> int:
    """Remove what was kept for longer than a day; returns how many."""
    actor = system_actor(require_context().tenant_id)
    old = list(StoredFile.objects.filter(purpose=PURPOSE, expires_at__lte=at))
    for kept in old:
        remove_file(actor=actor, stored=kept, at=at)
    return len(old)


def _require_recorder(actor: Actor) -> None:
    if not actor.can(STEPS["settle"].permission):
        raise PermissionDenied(STEPS["settle"].permission)


def _finder(lines: Sequence[AnswerLine]) -> Find:
    """Looks up all lines at once; a line then finds the payments that it names."""
    by_id = {item.id.hex: item for item in _items(id__in=_ids_in(lines))}
    by_order: dict[tuple[object, ...], list[PayoutItem]] = defaultdict(list)
    for item in _items(order_number__in={line.order_number for line in lines if line.order_number}):
        by_order[item.order_number, item.run.pays_on].append(item)
    files = PayoutFile.objects.filter(message_id__in={line.message_id for line in lines if line.message_id})
    runs = dict(files.values_list("run_id", "message_id"))
    by_file: dict[str, list[PayoutItem]] = defaultdict(list)
    for item in _items(run_id__in=runs):
        by_file[runs[item.run_id]].append(item)
    payments = _as_sent([*by_id.values(), *chain(*by_order.values()), *chain(*by_file.values())])

    def find(line: AnswerLine) -> list[SentPayment]:
        if line.message_id:
            found = by_file.get(line.message_id, [])
        elif line.payment_id:
            found = [by_id[key] for key in [line.payment_id.replace("-", "").lower()] if key in by_id]
        else:
            found = _of_account(by_order.get((line.order_number, line.order_day), []), line)
        return [payments[item.id] for item in found]

    return find


def _items(**named: object) -> Iterable[PayoutItem]:
    rows = PayoutItem.objects.filter(**named).exclude(state=ItemState.HELD)
    return rows.select_related("run", "bank_account").order_by("id")


def _ids_in(lines: Sequence[AnswerLine]) -> set[UUID]:
    found = set()
    for line in lines:
        try:
            found.add(UUID(line.payment_id))
        except ValueError:
            continue
    return found


def _of_account(items: Sequence[PayoutItem], line: AnswerLine) -> list[PayoutItem]:
    """Orders of other programs may have the same number on the same day: they go to other accounts. What came back
    names ours by number and day alone."""
    if line.outcome != PAID:
        return list(items)
    account = compact(line.account)
    return [item for item in items if item.bank_account and unseal(item.bank_account) == account]


def _as_sent(items: Sequence[PayoutItem]) -> dict[UUID, SentPayment]:
    events: dict[UUID, set[str]] = defaultdict(set)
    doubters: dict[UUID, UUID | None] = {}
    told = ItemOutcome.objects.filter(item_id__in={item.id for item in items}).order_by("id")
    for item_id, event_ref, outcome, user_id in told.values_list(
        "item_id", "event_ref", "outcome", "recorded_by_user_id"
    ):
        events[item_id].add(event_ref)
        if outcome == "unknown":
            doubters[item_id] = user_id
    return {
        item.id: SentPayment(
            item_id=item.id,
            run_id=item.run_id,
            state=item.state,
            amount_minor=item.amount_minor,
            currency=item.currency,
            events=frozenset(events[item.id]),
            doubter=doubters.get(item.id),
        )
        for item in items
    }
