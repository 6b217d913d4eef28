"""What a step of training is refused for; raised by training actions, shown by its interfaces."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from prm.web import format as formats


class CourseChangedMeanwhile(Exception):
    """Somebody else changed the course after it was opened; `course` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this course after you opened it.")


class CourseCodeTaken(Exception):
    code = "course_code_taken"
    field = "code"
    message = _("Another course has this code.")


class CourseIncomplete(Exception):
    """It has no lesson or no question, so nobody could pass it."""

    code = "course_incomplete"
    message = _("Add at least one lesson and one question before you publish.")


class CourseNotOpen(Exception):
    code = "course_not_open"
    message = _("This course is not open.")


class ChoicesIncomplete(Exception):
    code = "choices_incomplete"
    field = "choice_0"
    message = _("Give at least two choices, and mark at least one of them as right but not all.")


class LessonsUnread(Exception):
    code = "lessons_unread"
    message = _("Read every lesson first; then the quiz opens.")


class AttemptsUsedUp(Exception):
    code = "attempts_used_up"
    message = _("All attempts are used. Ask your channel manager to open the quiz again.")


class NothingToOpen(Exception):
    """The person has attempts left, or is not to be seen."""

    code = "nothing_to_open"
    message = _("This person has attempts left.")


class TooEarly(Exception):
    """The next attempt opens later."""

    code = "attempt_too_early"

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(self.code)
        self.opens_at = opens_at

    @property
    def message(self) -> str:
        return str(_("The next attempt opens on %(at)s.")) % {"at": formats.moment(self.opens_at)}


class CertificateRevoked(Exception):
    code = "certificate_revoked"
    message = _("This certificate was revoked already.")


class RevocationUnexplained(Exception):
    code = "reason_missing"
    field = "reason"
    message = _("Give the partner a reason.")
