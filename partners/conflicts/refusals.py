"""What a step of a conflict is refused for; raised by conflicts actions, shown by its interfaces."""

from django.utils.translation import gettext_lazy as _


class AlreadyRaised(Exception):
    """The claim is in an undecided conflict already."""

    code = "conflict_raised_already"
    message = _("This deal is with the conflict desk already; add your evidence there.")


class EvidenceOver(Exception):
    code = "evidence_over"
    message = _("The ruling was given; no more evidence is taken.")


class AppealOver(Exception):
    """The time is over, the side was awarded all, it has appealed before, or the ruling is final."""

    code = "appeal_over"
    message = _("This ruling cannot be appealed: once, by the side that did not get all, and in time.")


class ConflictRuled(Exception):
    code = "conflict_ruled"
    message = _("The conflict was ruled on already.")


class AppealToAnother(Exception):
    """Who gave the ruling may not decide the appeal against it, with whatever key; nor may a key of nobody."""

    code = "appeal_to_another"
    message = _("Another person than the one who ruled decides the appeal.")


class AwardIncomplete(Exception):
    """The outcome does not say who gets the customer, or a share names one side only."""

    code = "award_incomplete"
    field = "awarded"
    message = _("Say which side gets the customer.")


class SharesUnbalanced(Exception):
    code = "shares_unbalanced"
    field = "shares"
    message = _("The shares must make 100 in all, with at least two sides above zero.")


class HearingOpen(Exception):
    """The other sides of an appeal have not spoken, and their time is not over."""

    code = "hearing_open"
    message = _(
        "The other side is heard first: the appeal is decided when it has answered, or its time is over."
    )
