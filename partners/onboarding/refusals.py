"""What a step of an applicant is refused for; raised by onboarding drafts, shown by its faces."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from partners.onboarding.wording import ALREADY_HERE


class ProgrammeClosed(Exception):
    """The vendor takes no applications now."""

    code = "programme_closed"
    message = _("The programme takes no applications at the moment.")


class PuzzleUsed(Exception):
    """The same solution began an application before."""

    code = "puzzle_used"
    message = _("This page was used already. Press the button once more.")


class CompanyAlreadyHere(Exception):
    """The tax id or the domain belongs to a partner or to another live application."""

    code = "company_already_here"
    message = ALREADY_HERE

    def __init__(self, field: str = "tax_id") -> None:
        super().__init__(self.code)
        self.field = field


class AppliedTooSoon(Exception):
    """The last application of this company was rejected, and the days until the next one are not over."""

    code = "applied_too_soon"
    message = _(
        "The last application of this company was decided a short time ago. Its page says from when the next one "
        "can be sent."
    )


class RequisitesWrong(Exception):
    """Numbers of the company fail their own rules; `faults` are codes by field."""

    code = "requisites_wrong"

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(self.code)
        self.faults = dict(faults)


class StepsMissing(Exception):
    """Pages of the wizard are not complete."""

    code = "steps_missing"
    message = _("The application is not complete.")

    def __init__(self, steps: list[str]) -> None:
        super().__init__(self.code)
        self.steps = steps


class TooManyAddresses(Exception):
    """The link of one draft goes to so many addresses and no more: nobody mails the world through us."""

    code = "too_many_addresses"
    field = "email"
    message = _(
        "The link of this application was sent to three addresses already. Keep one of them, or begin anew."
    )


class NothingAnswered(Exception):
    """Something was asked, and what came back has neither a word nor a new value of an asked field."""

    code = "nothing_answered"
    field = "reply"
    message = _("Write your answer here, or fill in what was asked about.")


class NotOpenForChange(Exception):
    """The application, or a field of it, is not open for the applicant now."""

    code = "not_open_for_change"
    message = _("This cannot be changed now.")
