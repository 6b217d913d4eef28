"""What actions and notices of adjustments are called; called by the catalogue and pages."""

from django.utils.translation import gettext_lazy as _

ACTION_NAMES = {
    "adjustment.proposed": _("Adjustment proposed"),
    "adjustment.posted": _("Adjustment posted"),
    "adjustment.refused": _("Adjustment refused"),
    "adjustment.withdrawn": _("Adjustment withdrawn"),
    "adjustment.limit_changed": _("Limit of adjustments changed"),
}
NOTICES = {
    "adjustment.to_approve": (
        _("Adjustment %(number)s of %(partner)s needs a second person"),
        _("%(who)s proposed %(amount)s."),
    ),
    "adjustment.posted": (
        _("Your balance was adjusted by %(amount)s"),
        _("Reason: %(reason)s"),
    ),
    "adjustment.refused": (_("Adjustment %(number)s of %(amount)s is refused"), _("Reason: %(reason)s")),
}
