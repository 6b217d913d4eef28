"""The faults of a plan document in the reader's language; the codes and their English stand in the plan language.

Called by: plan forms and the API.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from incentives.plans.fields import MESSAGES, PlanError
from incentives.plans.sentences import WINDOW_WORDS, fact_name
from prm.web import format as formats

# The texts stand in a pure module that knows no translation: named here once more so that catalogues hold them.
TRANSLATABLE = [
    gettext_noop('A group is an object with "all" or "any" and a list of conditions.'),
    gettext_noop("The group has no conditions."),
    gettext_noop("Groups are nested deeper than %(limit)s levels."),
    gettext_noop("There are more than %(limit)s conditions."),
    gettext_noop('A condition is an object with "fact", "op" and "value".'),
    gettext_noop("%(fact)s is not a known fact."),
    gettext_noop("%(op)s cannot be used with %(fact)s."),
    gettext_noop("The value does not suit %(fact)s."),
    gettext_noop("A list of 1 to %(limit)s values is expected."),
    gettext_noop("An object is expected."),
    gettext_noop("A list of 1 to %(limit)s elements is expected."),
    gettext_noop("There is no field %(field)s here."),
    gettext_noop("This field is required."),
    gettext_noop("A text of at most %(limit)s characters is expected."),
    gettext_noop('Write the number as a text, for example "0.05".'),
    gettext_noop('Write a plain decimal that is not negative, for example "0.05".'),
    gettext_noop("At most %(places)s decimal places are kept."),
    gettext_noop("A whole number from %(least)s to %(most)s is expected."),
    gettext_noop("Write the date as YYYY-MM-DD."),
    gettext_noop("Choose one of: %(choices)s."),
    gettext_noop("%(currency)s is not a currency code."),
    gettext_noop("Enter an amount such as 1234.50."),
    gettext_noop("%(currency)s has %(exponent)s decimal places; %(text)s has more."),
    gettext_noop("The amount must not be negative."),
    gettext_noop("The amount is too large."),
    gettext_noop("A rate is a fraction of 1: 5 %% is written 0.05."),
    gettext_noop(
        "An id has small Latin letters, digits, _ and -, begins with a letter, at most 40 characters."
    ),
    gettext_noop("The id %(id)s is used by another component."),
    gettext_noop("The end must be after the start."),
    gettext_noop("The floor is above the cap."),
    gettext_noop("Give the amount per sale, per window, or both."),
    gettext_noop("There is another cap of this kind."),
    gettext_noop("The first row must start at 0."),
    gettext_noop("Each row must start above the one before it."),
    gettext_noop("Each level must be above the one before it."),
    gettext_noop("Give exactly one of rate and amount."),
    gettext_noop("Give exactly one of rate and multiplier."),
    gettext_noop("The first step carries the base rate; later ones may multiply it."),
    gettext_noop("The goal must be more than 0; leave it out where each partner has its own."),
    gettext_noop("Write true or false."),
    gettext_noop("A step begins above 0."),
    gettext_noop("All steps begin at a goal, or all at a share of the target's goal."),
    gettext_noop("Steps by attainment take this from the target; leave it out."),
    gettext_noop("A bonus can be limited by a cap per window alone."),
    gettext_noop("A bonus by attainment needs exactly one target in the plan."),
    gettext_noop("A bonus that measures units pays amounts."),
    gettext_noop("All rows must pay by rate, or all by amount."),
    gettext_noop("Amounts per unit need units as the measure."),
    gettext_noop("This setting applies to margin only."),
    gettext_noop(
        "No sale can meet this together with the conditions beside it. Take one of them out, or let one of them be "
        "enough."
    ),
    gettext_noop("“%(value)s” is not known (%(fact)s). Choose one that exists, or add it first."),
    gettext_noop("“%(value)s” is not known (%(fact)s). Did you mean “%(near)s”?"),
    gettext_noop(
        "The version begins on %(day)s, after the end of this component, so it never pays. Choose a later end, or "
        "remove the component."
    ),
    gettext_noop(
        "The version ends on %(day)s, before this component begins, so it never pays. Choose an earlier start, or "
        "remove the component."
    ),
    gettext_noop("With 0 as the most this never pays. Give an amount above 0, or leave the limit out."),
    gettext_noop(
        "The published versions have %(was)s here: %(setting)s stays the same in all versions of a plan. Set it back, "
        "or make another plan."
    ),
    gettext_noop("“%(id)s” has another type or window in a published version. Give this component a new id."),
]
SETTINGS = {
    "currency": gettext_lazy("Plan currency"),
    "payout_currency": gettext_lazy("Payout currency"),
    "period": gettext_lazy("Usual window"),
}


def fault_text(error: PlanError) -> str:
    """One sentence: what is wrong and how to mend it."""
    return _(MESSAGES[error.code]) % _told(error)


def _told(error: PlanError) -> Mapping[str, object]:
    """What fills the sentence, in the reader's words where the document has codes."""
    told = dict(error.params)
    match error.code:
        case "value_unknown" | "value_unknown_near":
            told["fact"] = fact_name(str(told["fact"]))
        case "settings_differ_between_versions":
            told["setting"] = SETTINGS[str(told["setting"])]
            told["was"] = WINDOW_WORDS.get(str(told["was"]), told["was"])
        case "ends_before_version" | "starts_after_version":
            told["day"] = _day(told["day"])
    return told


def _day(value: object) -> str:
    assert isinstance(value, date)
    return formats.day(value)
