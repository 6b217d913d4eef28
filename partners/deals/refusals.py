"""What a step of a deal is refused for; raised by deals actions, shown by its interfaces."""

from django.utils.translation import gettext_lazy as _

from partners.deals.models import Deal
from partners.deals.queries import Standing
from partners.deals.stakes import (
    CUSTOMER,
    DECLARED,
    SAME_ACCOUNT,
    SAME_DOMAIN,
    SAME_NAME,
    SAME_OWNER,
    SAME_TAX_ID,
    THEIR_TEAM,
)

STAKE_WORDS = {
    DECLARED: _("You declared an interest in this partner, so somebody else has to decide."),
    CUSTOMER: _("You declared an interest in this customer, so somebody else has to decide."),
    THEIR_TEAM: _("You belong to this partner's team as well, so somebody else has to decide."),
    SAME_DOMAIN: _("Your e-mail address is of this partner's own domain, so somebody else has to decide."),
    SAME_TAX_ID: _("A company that you declared has this partner's tax id, so somebody else has to decide."),
    SAME_OWNER: _("A company that you declared has this partner's website, so somebody else has to decide."),
    SAME_NAME: _("A company that you declared is called like this partner, so somebody else has to decide."),
    SAME_ACCOUNT: _(
        "A company that you declared has this partner's bank account, so somebody else has to decide."
    ),
}


class CustomerClaimed(Exception):
    """Somebody registered this customer and product line earlier; `place` is the one this claim would have."""

    code = "customer_claimed"

    def __init__(self, standing: Standing) -> None:
        super().__init__(self.code)
        self.standing = standing

    @property
    def message(self) -> str:
        said = _(
            "This customer was registered earlier for this product line. You can join the queue; your place would be "
            "number %(place)s."
        )
        return str(said) % {"place": self.standing.place}


class CustomerYours(Exception):
    """The partner has a live claim on this customer and line already."""

    code = "customer_yours"
    field = "customer"
    message = _("Your company has registered this customer for this product line already.")


class DealStepRefused(Exception):
    """The deal's state does not allow this step."""

    code = "deal_step_refused"

    def __init__(self, deal: Deal) -> None:
        super().__init__(self.code)
        self.state = deal.get_state_display()

    @property
    def message(self) -> str:
        return str(_("This cannot be done now: the deal is “%(state)s”.")) % {"state": self.state}


class FieldNotAsked(Exception):
    """Only what the vendor asked for may be changed while the deal waits for the partner."""

    code = "field_not_asked"
    message = _("Only the fields that were asked for can be changed.")


class CertificateMissing(Exception):
    """Deals of this product line need a course that nobody of the partner has passed; `courses` are their titles."""

    code = "certificate_missing"
    field = "line"

    def __init__(self, courses: list[str]) -> None:
        super().__init__(self.code)
        self.courses = courses

    @property
    def message(self) -> str:
        said = _("Somebody of the company must pass this first: %(courses)s.")
        return str(said) % {"courses": ", ".join(self.courses)}


class ReasonMissing(Exception):
    code = "reason_missing"
    field = "reason"
    message = _("Give the partner a reason.")


class RivalNamed(Exception):
    """The partner would read who stands against it; `field` is where the text was typed."""

    code = "partner_named"

    def __init__(self, name: str, field: str) -> None:
        super().__init__(self.code)
        self.name = name
        self.field = field

    @property
    def message(self) -> str:
        said = _("The partner would read “%(name)s”. Say it without the name.")
        return str(said) % {"name": self.name}


class ApproverConflicted(Exception):
    """Who decides has a stake in the partner or customer, or something hints at one; `stake` says what in a word."""

    code = "approver_conflicted"

    def __init__(self, stake: str) -> None:
        super().__init__(self.code)
        self.stake = stake

    @property
    def message(self) -> str:
        return str(STAKE_WORDS[self.stake])


class WeightsUnbalanced(Exception):
    """The weights do not make 100, or a partner has the same part twice."""

    code = "weights_unbalanced"
    message = _("The weights must make 100 in all, and each partner has each part once.")


class ProtectionOver(Exception):
    code = "protection_over"
    message = _("The protection has ended; register the deal again.")


class ExtensionAsked(Exception):
    code = "extension_asked"
    message = _("An extension was asked for already and waits for an answer.")


class AmendmentAsked(Exception):
    code = "amendment_asked"
    message = _("A change was asked for already and waits for an answer.")


class NothingAmended(Exception):
    """The wish says what stands already."""

    code = "nothing_amended"
    message = _("Nothing differs from what is registered.")


class ClaimContested(Exception):
    """The conflict desk has the claim: until it is closed, the claim stays on its customer and product line."""

    code = "claim_contested"
    message = _(
        "The conflict desk has this claim. Its customer and product line can be changed when it is closed."
    )


class TooManyParts(Exception):
    code = "too_many_parts"
    message = _("A deal has at most 20 parts.")


class DealChangedMeanwhile(Exception):
    """Somebody else changed the deal after it was opened; `deal` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this deal after you opened it.")

    def __init__(self, deal: Deal) -> None:
        super().__init__(self.code)
        self.deal = deal
