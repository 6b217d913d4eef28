"""What actions and notices of disputes are called; called by the catalogue."""

from django.utils.translation import gettext_lazy as _

ACTION_NAMES = {
    "dispute.opened": _("Dispute opened"),
    "dispute.answered": _("Dispute answered"),
    "dispute.accepted": _("Dispute accepted"),
    "dispute.rejected": _("Dispute rejected"),
    "dispute.withdrawn": _("Dispute withdrawn"),
    "dispute.adjustment_refused": _("Adjustment of the dispute not agreed to"),
    "dispute.terms_changed": _("Days to answer disputes changed"),
}
NOTICES = {
    "dispute.passed_on": (_("%(partner)s wrote about dispute %(number)s"), _("“%(text)s”")),
    "dispute.withdrawn": (_("Dispute %(number)s of %(partner)s is withdrawn"), _("The amount stands.")),
    "dispute.accepted": (
        _("Your dispute %(number)s is accepted: %(amount)s"),
        _("%(ruling)s"),
    ),
    "dispute.rejected": (_("Your dispute %(number)s is rejected"), _("%(ruling)s")),
}
