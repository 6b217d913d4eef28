"""What actions and notices of holds are called; called by the catalogue."""

from django.utils.translation import gettext_lazy as _

ACTION_NAMES = {"hold.placed": _("Money held"), "hold.released": _("Hold released")}
NOTICES = {
    "hold.placed": (_("Payment of your money waits"), _("Reason: %(reason)s")),
    "hold.released": (_("Your money is free for payment again"), _("Reason: %(reason)s")),
}
