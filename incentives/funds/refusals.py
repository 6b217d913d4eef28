"""What a step of marketing funds is refused for; raised by funds actions, shown by its interfaces."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.web import format as formats


class FundsRefused(Exception):
    """The base of every refusal here: a code, a sentence, and the field where there is one."""

    code: str
    message: Any
    field: str | None = None

    def __init__(self) -> None:
        super().__init__(self.code)


class StepRefused(FundsRefused):
    """The request or claim is not in a state that allows this."""

    code = "funds_step_refused"

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    @property
    def message(self) -> str:
        return str(_("This cannot be done now; the state is “%(state)s”.")) % {"state": self.state}


class RequestChanged(FundsRefused):
    """It is not the request that the person looked at: it was returned and asked for anew."""

    code = "funds_request_changed"
    message = _("The partner changed this request after you opened it. Read it, then decide.")


class AmountAbove(FundsRefused):
    """More than may be promised; `highest_minor` is what may."""

    field = "amount"
    said: Any

    def __init__(self, highest_minor: int, currency: str) -> None:
        super().__init__()
        self.highest_minor, self.currency = highest_minor, currency

    @property
    def message(self) -> str:
        return str(self.said) % {"highest": formats.money(self.highest_minor, self.currency)}


class BudgetExceeded(AmountAbove):
    code = "funds_budget_exceeded"
    said = _("The budget does not hold this. At most %(highest)s can be allocated.")


class AllocationExceeded(AmountAbove):
    code = "funds_allocation_exceeded"
    said = _("The partner's allocation does not hold this. At most %(highest)s can be approved.")


class AboveAsked(AmountAbove):
    code = "funds_above_asked"
    said = _("The partner asked for less. At most %(highest)s can be approved.")


class BelowPromised(FundsRefused):
    """Less than is allocated, or held by requests already; `lowest_minor` is what stands."""

    code = "funds_below_promised"
    field = "amount"

    def __init__(self, lowest_minor: int, currency: str) -> None:
        super().__init__()
        self.lowest_minor, self.currency = lowest_minor, currency

    @property
    def message(self) -> str:
        said = _("%(lowest)s is promised already. The amount cannot be lower.")
        return str(said) % {"lowest": formats.money(self.lowest_minor, self.currency)}


class NothingLeft(FundsRefused):
    """Nothing that could be approved: the allocation, or what was committed, is used up; or every cost is refused."""

    code = "funds_nothing_left"
    message = _("Nothing is left that could be approved. Refuse it, with the reason.")


class PartnerOutside(FundsRefused):
    code = "funds_partner_outside"
    field = "partner"
    message = _("This partner is not in the budget's segment today.")


class AllocatedAlready(FundsRefused):
    code = "funds_allocated_already"
    field = "partner"
    message = _("This partner has an allocation of the budget. Change its amount instead.")


class DeadlinePassed(FundsRefused):
    code = "funds_deadline_passed"
    message = _("The deadline of this budget has passed.")


class DaysOutside(FundsRefused):
    """The activity lies outside the days of the budget."""

    code = "funds_days_outside"
    field = "starts_on"

    def __init__(self, starts_on: Any, ends_on: Any) -> None:
        super().__init__()
        self.starts_on, self.ends_on = starts_on, ends_on

    @property
    def message(self) -> str:
        said = _("The budget is for activities from %(first)s until %(last)s.")
        return str(said) % {"first": formats.day(self.starts_on), "last": formats.day(self.ends_on)}


class DaysDisordered(FundsRefused):
    code = "funds_days_disordered"
    field = "ends_on"
    message = _("The last day is before the first one.")


class ShareIsNothing(FundsRefused):
    """The vendor's share of these costs rounds to nothing."""

    code = "funds_share_is_nothing"
    field = "planned"
    message = _("The vendor's share of this is nothing. Enter a higher cost.")


class ProofMissing(FundsRefused):
    """A claim needs a cost at least; each cost has its proof."""

    code = "funds_proof_missing"
    message = _("Add the costs first, each with its invoice.")


class NetAboveGross(FundsRefused):
    code = "funds_net_above_gross"
    field = "gross"
    message = _("The gross amount is lower than the net amount.")


class InvoicedAfterToday(FundsRefused):
    code = "funds_invoiced_after_today"
    field = "invoiced_on"
    message = _("The invoice's date lies in the future.")


class TooManyCosts(FundsRefused):
    code = "funds_too_many_costs"
    message = _("A claim has at most 50 costs. Make another claim for the rest.")


class InvoiceClaimed(FundsRefused):
    """The same invoice stands in a live claim of the partner; `claim` is its number."""

    code = "funds_invoice_claimed"
    field = "invoice_number"

    def __init__(self, claim: str) -> None:
        super().__init__()
        self.claim = claim

    @property
    def message(self) -> str:
        return str(_("This invoice is in claim %(claim)s already.")) % {"claim": self.claim}


class ClaimOpen(FundsRefused):
    """A claim of the request waits; what is left cannot be given back before."""

    code = "funds_claim_open"
    message = _("A claim of this request is not decided yet.")


class ReasonMissing(FundsRefused):
    code = "reason_missing"
    field = "reason"
    message = _("Give the partner a reason.")


class RequesterCannotDecide(FundsRefused):
    code = "funds_requester_cannot_decide"
    message = _("Whoever asked for the money does not decide about it. Another person has to.")


class SamePersonTwice(FundsRefused):
    code = "funds_same_person_twice"
    message = _("You gave the first approval. Another person gives the second one.")


class SettledDifferently(FundsRefused):
    """What was shown to the approver is not what would be paid now."""

    code = "funds_changed_meanwhile"
    message = _("What is left has changed since this page was opened. Look at the amounts and decide again.")
