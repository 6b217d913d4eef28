"""Why something about plans is refused, named for what happened, with words for people; raised by plans.actions."""

from django.utils.translation import gettext_lazy as _

from incentives.plans.models import PlanAssignment
from prm.web import format as formats


class PlanCodeTaken(Exception):
    """Another plan of the tenant has this code."""

    code = "plan_code_taken"
    message = _("Another plan has this code.")


class VersionIsPublished(Exception):
    """A published version never changes: draft a new one."""

    code = "version_is_published"
    message = _("A published version never changes. Draft a new one.")


class VersionChangedMeanwhile(Exception):
    """Somebody else saved this draft after it was opened."""

    code = "version_changed_meanwhile"
    message = _("Somebody saved this draft after you opened it. Compare with the current one and save again.")


class TermsMissing(Exception):
    """Payment would wait for the acceptance of a text that is not there."""

    code = "terms_missing"
    message = _("Write the text that partners accept, or let payment wait for nothing.")


class EditorCannotPublish(Exception):
    """Publishing needs a person who did not edit the draft last."""

    code = "editor_cannot_publish"
    message = _("You edited this version last: another person must publish it.")


class AssignmentOverlaps(Exception):
    """Another plan of the slot is assigned to the same audience over these dates."""

    code = "assignment_overlaps"

    def __init__(self, other: PlanAssignment) -> None:
        super().__init__(str(other.plan))
        self.other = other

    @property
    def message(self) -> str:
        text = _("%(plan)s is assigned to the same partners in this slot over these dates.")
        return str(text) % {"plan": self.other.plan}


class AssignmentNotShortened(Exception):
    """An assignment is ended after its first day and before the end that it has."""

    code = "assignment_not_shortened"

    def __init__(self, assignment: PlanAssignment) -> None:
        super().__init__(str(assignment.ends_on))
        self.assignment = assignment

    @property
    def message(self) -> str:
        told = {
            "first": formats.day(self.assignment.starts_on),
            "end": formats.day(self.assignment.ends_on) if self.assignment.ends_on else "",
        }
        if self.assignment.ends_on is None:
            return str(_("An assignment ends after its first day, %(first)s.")) % told
        text = _("This assignment can only end earlier: after %(first)s and before %(end)s.")
        return str(text) % told
