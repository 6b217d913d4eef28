"""What onboarding declares: permissions, scopes, menu lines, what waits, steps, milestones, names of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.web.history import name_action

name_action("application.started", pgettext_lazy("application", "Begun"))
name_action("application.saved", _("A page was saved"))
name_action("application.agreed", _("Agreement accepted"))
name_action("application.submitted", pgettext_lazy("application", "Sent"))
name_action("application.answered", _("Answered what was asked"))
name_action("application.withdrawn", pgettext_lazy("application", "Withdrawn"))
