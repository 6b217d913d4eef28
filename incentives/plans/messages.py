"""The faults of a plan document in the reader's language; the codes and their English stand in the plan language.

Called by: plan forms and the API.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incentives.plans.fields import MESSAGES, PlanError

# The texts stand in a pure module that knows no translation: named here once more so that catalogues hold them.
TRANSLATABLE = [
    gettext_noop("This field is required."),
    gettext_noop('Write the number as a text, for example "0.05".'),
    gettext_noop('Write a plain decimal that is not negative, for example "0.05".'),
    gettext_noop("At most %(places)s decimal places are kept."),
    gettext_noop("A whole number from %(least)s to %(most)s is expected."),
    gettext_noop("A rate is a fraction of 1: 5 %% is written 0.05."),
    gettext_noop("The end must be after the start."),
    gettext_noop("The floor is above the cap."),
    gettext_noop("The first row must start at 0."),
    gettext_noop("Each row must start above the one before it."),
    gettext_noop("Give exactly one of rate and amount."),
    gettext_noop("All rows must pay by rate, or all by amount."),
    gettext_noop("Amounts per unit need units as the measure."),
    gettext_noop("A list of 1 to %(limit)s elements is expected."),
    gettext_noop("There is no field %(field)s here."),
    gettext_noop("%(fact)s is not a known fact."),
    gettext_noop("%(currency)s is not a currency code."),
    gettext_noop("%(currency)s has %(exponent)s decimal places; %(text)s has more."),
]


def fault_text(error: PlanError) -> str:
    """One sentence: what is wrong and how to mend it."""
    return _(MESSAGES[error.code]) % error.params
