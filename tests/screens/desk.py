"""What people do to money between two looks, by the product's own actions.

Promise: each call is one step of one thing, committed before the next look; called by the scenes of money."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from incentives.disputes import actions as disputes
from incentives.disputes.models import Dispute
from incentives.earnings.actions import start_calculation
from incentives.earnings.models import Entry, LineOutcome
from incentives.earnings.work import work_on_run as calculate_month
from incentives.funds import actions as funds
from incentives.funds.budgets import make_budget
from incentives.funds.models import FundsRequest
from incentives.ledger.models import Transfer
from incentives.ledger.wording import KIND_LABELS
from incentives.payouts import actions as payouts
from incentives.payouts import excluding, exporting, outcomes
from incentives.payouts.bank_accounts import confirm_account
from incentives.payouts.calculation import stop_calculation
from incentives.payouts.models import BankAccount, PayoutItem, PayoutRun
from incentives.plans.actions import create_plan, draft_version
from incentives.plans.models import PlanVersion
from incentives.trials.actions import end_backtest, start_backtest
from incentives.trials.models import Backtest
from incentives.trials.work import BROKE
from prm.accounts.models import Membership
from prm.jobs.actions import advance_job, request_cancel
from prm.jobs.models import Job
from prm.kit.periods import Period
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant, inside
from tests.screens.world import actor_of

# By more than the second person's limit of any demo vendor.
FAR_ABOVE = 900_000_000


class Desk:
    """One vendor's people; `words` are what they write."""

    def __init__(self, slug: str, currency: str, words: dict[str, str]) -> None:
        self.slug, self.currency, self.words = slug, currency, words

    @contextmanager
    def _as(self, role: str, place: int = 0) -> Iterator[dict[str, Any]]:
        """The nth person of a role, now, inside the tenant."""
        with inside(self.slug):
            people = Membership.objects.filter(role=role, partner_id__isnull=True).order_by("id")
            yield {"actor": actor_of(people[place]), "at": timezone.now()}

    def newest(self, rows: Any, **filters: Any) -> UUID:
        """Of what the demo has; that it has none is a fault of the scene."""
        with inside(self.slug):
            found: UUID = rows.objects.filter(**filters).order_by("-id")[0].id
            return found

    def draft_version(self, code: str, components: list[dict[str, Any]]) -> PlanVersion:
        """Of a plan of its own, by the second programme admin."""
        with self._as("programme_admin", 1) as told:
            plan = create_plan(code=code, name=f"{self.words['plan']} {code}", slot=code, **told)
            document = {"currency": self.currency, "period": "month", "components": components}
            starts_on = Period.of(timezone.localdate()).plus(1).starts_on
            return draft_version(plan=plan, document=document, starts_on=starts_on, **told)

    def start_trial(self, version_id: UUID) -> UUID:
        """A third of it is done."""
        with self._as("programme_admin") as told:
            version = PlanVersion.objects.select_related("plan").get(id=version_id)
            month = current_tenant().first_period_on
            trial = start_backtest(version=version, first_on=month, last_on=month, throughout=True, **told)
            assert trial.job_id is not None
            advance_job(job_id=trial.job_id, at=told["at"], done=3)
            return trial.id

    def ask_to_stop(self, subject_id: UUID) -> None:
        with self._as("programme_admin") as told:
            request_cancel(job=Job.objects.get(subject_id=subject_id), **told)

    def end_trial(self, trial_id: UUID, *, broke: bool) -> None:
        with self._as("programme_admin") as told:
            end_backtest(Backtest.objects.get(id=trial_id), at=told["at"], failure=BROKE if broke else "")

    def questionable(self) -> dict[str, UUID]:
        """An entry of the first partner that nobody questioned, and a sale of theirs that earned nothing."""
        with inside(self.slug):
            own = {"partner_id": BankAccount.objects.filter(partner__code="P001")[0].partner_id}
            asked = Dispute.objects.filter(entry_id__isnull=False).values("entry_id")
            entries = Entry.objects.filter(**own, amount_minor__gt=0).exclude(id__in=asked).order_by("-id")
            return {"entry": entries[0].id, "line": LineOutcome.objects.filter(**own)[0].line_id}

    def accept_far_above_the_limit(self, dispute_id: UUID) -> None:
        with self._as("programme_admin") as told:
            disputes.accept_dispute(
                dispute=Dispute.objects.get(id=dispute_id),
                amount_minor=FAR_ABOVE,
                ruling=self.words["reason"],
                **told,
            )

    def withdraw_dispute(self, dispute_id: UUID, asker: str) -> None:
        with inside(self.slug):
            dispute = Dispute.objects.get(id=dispute_id)
            place = Membership.objects.get(user__email=asker, partner_id=dispute.partner_id)
            disputes.withdraw_dispute(actor=actor_of(place), dispute=dispute, at=timezone.now())

    def refuse_request(self, request_id: UUID) -> None:
        with self._as("programme_admin") as told:
            request = FundsRequest.objects.get(id=request_id)
            funds.refuse_request(request=request, reason=self.words["reason"], **told)

    def new_budget(self) -> UUID:
        """Of which nobody has a part yet."""
        with self._as("programme_admin") as told:
            today = timezone.localdate()
            return make_budget(
                facts={
                    "name": self.words["plan"],
                    "purpose": "",
                    "segment": None,
                    "currency": self.currency,
                    "amount_minor": 1_000_000,
                    "share_percent": Decimal(50),
                    "starts_on": today,
                    "ends_on": today + timedelta(days=90),
                    "claims_until": today + timedelta(days=120),
                    "second_above_minor": 500_000,
                },
                **told,
            ).id

    def waiting_account(self, partner_code: str) -> UUID:
        return self.newest(BankAccount, partner__code=partner_code, replaced_at__isnull=True)

    def confirm(self, account_id: UUID) -> None:
        with self._as("finance", 1) as told:
            confirm_account(account=BankAccount.objects.get(id=account_id), **told)

    def prepare_run(self, months_ago: int) -> UUID:
        """By the first of finance; no worker takes it up."""
        with self._as("finance") as told:
            month = Period.of(timezone.localdate())
            return payouts.prepare_run(
                period_on=month.plus(-months_ago).starts_on,
                currency=self.currency,
                pays_on=month.ends_on,
                **told,
            ).id

    def stop_run(self, run_id: UUID) -> None:
        """Before any part of it was calculated."""
        with self._as("finance"):
            job_id = PayoutRun.objects.get(id=run_id).job_id
            assert job_id is not None
            stop_calculation(run_id=run_id, job_id=job_id)
        self.calculate_run(run_id)

    def calculate_run(self, run_id: UUID) -> None:
        with inside(self.slug) as tenant:
            tenant_id = tenant.id
        payouts.work_on_run(tenant_id=tenant_id, run_id=run_id, now=timezone.now)

    def calculate_run_again(self, run_id: UUID) -> None:
        with self._as("finance") as told:
            payouts.recalculate_run(run=PayoutRun.objects.get(id=run_id), **told)
        self.calculate_run(run_id)

    def send_back(self, run_id: UUID) -> None:
        with self._as("finance", 1) as told:
            run = PayoutRun.objects.get(id=run_id)
            payouts.reject_run(run=run, reason=self.words["reason"], **told)

    def cancel(self, run_id: UUID) -> None:
        with self._as("programme_admin") as told:
            run = PayoutRun.objects.get(id=run_id)
            payouts.cancel_run(run=run, reason=self.words["reason"], **told)

    def take_out(self, item_id: UUID) -> None:
        with self._as("finance") as told:
            item = PayoutItem.objects.get(id=item_id)
            excluding.take_out(item=item, reason=self.words["reason"], **told)

    def hand_over(self, run_id: UUID) -> None:
        with self._as("finance") as told:
            run = PayoutRun.objects.get(id=run_id)
            payouts.submit_run(run=run, typed_total_minor=run.total_minor, **told)

    def approve(self, run_id: UUID) -> None:
        """By as many as it needs, of whom none prepared it."""
        for place in (1, 2):
            with self._as("finance", place) as told:
                run = PayoutRun.objects.get(id=run_id)
                if run.state == "submitted":
                    payouts.approve_run(run=run, typed_total_minor=run.total_minor, **told)

    def start_export(self, run_id: UUID) -> None:
        with self._as("finance", 1) as told:
            exporting.start_export(run=PayoutRun.objects.get(id=run_id), **told)

    def write_export(self, run_id: UUID) -> UUID:
        """The id of one of the payments that are on their way now."""
        with self._as("finance", 1) as told:
            exporting.write_export(run_id=run_id, at=told["at"])
        return self.newest(PayoutItem, run_id=run_id, state="sent")

    def record_unclear(self, item_id: UUID) -> None:
        with self._as("finance", 1) as told:
            item = PayoutItem.objects.get(id=item_id)
            outcomes.record_outcome(
                item=item, outcome="unknown", event_ref="B77", note=self.words["reason"], **told
            )

    def month_and_plan_without_entries(self) -> tuple[date, UUID]:
        """The first partner has entries of that month, and of that plan, though none of both."""
        with inside(self.slug):
            partner_id = BankAccount.objects.filter(partner__code="P001")[0].partner_id
            rows = Entry.objects.filter(partner_id=partner_id).order_by()
            found = set(rows.values_list("period_on", "plan_id").distinct())
        months, plans = sorted({month for month, _ in found}), sorted({plan for _, plan in found})
        return next((month, plan) for month in months for plan in plans if (month, plan) not in found)

    def kind_without_transfers(self) -> str:
        with inside(self.slug):
            found = set(Transfer.objects.order_by().values_list("kind", flat=True).distinct())
        return next(kind for kind in KIND_LABELS if kind not in found)

    def calculate_last_month(self) -> None:
        """The books begin with it, and nothing was sold."""
        month = Period.of(timezone.localdate()).plus(-1)
        with inside(self.slug) as tenant:
            Tenant.objects.filter(id=tenant.id).update(first_period_on=month.starts_on)
        with self._as("programme_admin") as told:
            run = start_calculation(period_on=month.starts_on, **told)
        calculate_month(tenant_id=tenant.id, run_id=run.id, now=timezone.now)
