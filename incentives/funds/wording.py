"""What actions and notices of marketing funds are called; called by the catalogue."""

from django.utils.translation import gettext_lazy as _

ACTION_NAMES = {
    "funds_budget.made": _("Funds budget made"),
    "funds_budget.changed": _("Funds budget changed"),
    "funds_allocation.made": _("Funds allocated"),
    "funds_allocation.changed": _("Allocation of funds changed"),
    "funds_request.submitted": _("Funds requested"),
    "funds_request.changed": _("Funds request corrected"),
    "funds_request.half_approved": _("Funds request approved by the first person"),
    "funds_request.approved": _("Funds request approved"),
    "funds_request.returned": _("Funds request sent back"),
    "funds_request.refused": _("Funds request refused"),
    "funds_request.withdrawn": _("Funds request withdrawn"),
    "funds_request.finished": _("Funds request finished"),
    "funds_request.expired": _("Funds request expired"),
    "funds_claim.started": _("Funds claim started"),
    "funds_claim.cost_added": _("Cost added"),
    "funds_claim.cost_removed": _("Cost removed"),
    "funds_claim.submitted": _("Funds claimed"),
    "funds_claim.half_approved": _("Funds claim approved by the first person"),
    "funds_claim.settled": _("Funds claim approved for payment"),
    "funds_claim.returned": _("Funds claim sent back"),
    "funds_claim.refused": _("Funds claim refused"),
    "funds_claim.withdrawn": _("Funds claim withdrawn"),
    "funds_claim.expired": _("Funds claim expired"),
}
NOTICES = {
    "funds.allocated": (
        _("Marketing funds for you: %(name)s"),
        _("%(amount)s are allocated to you. Claim what you spent by %(until)s."),
    ),
    "funds.request_submitted": (
        _("Funds request %(number)s of %(partner)s"),
        _("%(activity)s. Asked for: %(amount)s."),
    ),
    "funds.request_to_second": (
        _("Funds request %(number)s of %(partner)s needs a second approval"),
        _("%(amount)s were approved by the first person."),
    ),
    "funds.request_approved": (
        _("Funds request %(number)s is approved"),
        _("Up to %(amount)s are yours. Claim what you spent by %(until)s."),
    ),
    "funds.request_returned": (_("Funds request %(number)s came back to you"), _("Reason: %(reason)s")),
    "funds.request_refused": (_("Funds request %(number)s is refused"), _("Reason: %(reason)s")),
    "funds.request_expiring": (
        _("%(amount)s of funds request %(number)s are still to be claimed"),
        _("They expire if you do not claim them by %(until)s."),
    ),
    "funds.request_expired": (
        _("Funds request %(number)s has expired"),
        _("%(amount)s were not claimed in time."),
    ),
    "funds.request_over": (
        _("Funds request %(number)s of %(partner)s has expired"),
        _("%(amount)s were not claimed and are free again."),
    ),
    "funds.claim_submitted": (
        _("Funds claim %(number)s of %(partner)s"),
        _("The share of its costs is %(amount)s."),
    ),
    "funds.claim_to_second": (
        _("Funds claim %(number)s of %(partner)s needs a second approval"),
        _("%(amount)s were approved by the first person."),
    ),
    "funds.claim_settled": (
        _("Funds claim %(number)s is approved"),
        _("%(amount)s are paid with your next payout. Refused: %(refused)s."),
    ),
    "funds.claim_returned": (_("Funds claim %(number)s came back to you"), _("Reason: %(reason)s")),
    "funds.claim_refused": (_("Funds claim %(number)s is refused"), _("Reason: %(reason)s")),
}
