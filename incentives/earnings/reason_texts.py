"""The reasons of sales that earned nothing in words, by their codes: the label, and what would change it.

Called by: earnings.{wording,forms}."""

from django.utils.translation import gettext_lazy

REASON_TEXTS = {
    "no_sale": (
        gettext_lazy("Refund of an unknown sale"),
        gettext_lazy(
            "It waits until the refunded sale is recorded. Send that sale, or correct the line id that the "
            "refund names."
        ),
    ),
    "refund_currency": (
        gettext_lazy("Refund in another currency"),
        gettext_lazy("Send the refund again in the currency of its sale."),
    ),
    "direct_sale": (
        gettext_lazy("Direct sale"),
        gettext_lazy("The line names no partner. Amend it if a partner made the sale."),
    ),
    "not_earning": (
        gettext_lazy("Product earns nothing"),
        gettext_lazy(
            "The product is marked as one that earns no commission. Change that at the product if it should."
        ),
    ),
    "no_plan": (
        gettext_lazy("No plan"),
        gettext_lazy("No plan was assigned to the partner on that day. Assign one that covers it."),
    ),
    "plan_conflict": (
        gettext_lazy("Two plans at once"),
        gettext_lazy("Two plans of equal rank cover that day (%(plans)s). End one of them."),
    ),
    "no_rate": (
        gettext_lazy("No exchange rate"),
        gettext_lazy(
            "There is no rate %(base)s to %(quote)s for that day or the 7 days before. Publish one."
        ),
    ),
    "no_cost": (
        gettext_lazy("No cost"),
        gettext_lazy("The plan pays on margin and the line has no cost. Send the line with its cost."),
    ),
    "outside_dates": (
        gettext_lazy("Outside the plan's dates"),
        gettext_lazy(
            "No published version or component of the plan covers that day. Publish a version that does, or "
            "correct the date of the sale."
        ),
    ),
    "where_failed": (
        gettext_lazy("Conditions not met"),
        gettext_lazy(
            "The plan asks that %(condition)s; this sale has: %(actual)s. Correct that if it is wrong."
        ),
    ),
    "not_invoiced": (
        gettext_lazy("Not invoiced yet"),
        gettext_lazy("The plan pays when the sale is invoiced. Send the line with the day of its invoice."),
    ),
    "not_paid": (
        gettext_lazy("Not paid yet"),
        gettext_lazy(
            "The plan pays as the customer pays, and nothing of this sale is paid. Send its payments when they come in."
        ),
    ),
    "counted_for_bonus": (
        gettext_lazy("Counted for a bonus"),
        gettext_lazy(
            "It earns nothing by itself, but counts towards a bonus of its window. There is nothing to mend."
        ),
    ),
    "refunded": (
        gettext_lazy("Returned"),
        gettext_lazy(
            "The sale was returned whole before its window closed. If it was not, withdraw the refund."
        ),
    ),
    "counted_with_sale": (
        gettext_lazy("Counted with its sale"),
        gettext_lazy(
            "The refund lowered what its sale earned; there is no line of its own and nothing to mend."
        ),
    ),
    "sale_earned_nothing": (
        gettext_lazy("Refund of a sale that earned nothing"),
        gettext_lazy("Nothing is taken back. Why the sale earned nothing stands with the sale."),
    ),
    "no_goal": (
        gettext_lazy("No goal"),
        gettext_lazy(
            "The plan pays by how much of a goal is reached, and the partner has none in that window. Set one."
        ),
    ),
    "no_subscription": (
        gettext_lazy("No subscription"),
        gettext_lazy(
            "The plan pays lines of subscriptions, and this one names none. Send it with its subscription."
        ),
    ),
    "outside_months": (
        gettext_lazy("Subscription no longer pays"),
        gettext_lazy(
            "The months in which the plan pays this subscription are over. A version with more months would pay it."
        ),
    ),
    "not_registered": (
        gettext_lazy("Not your registered deal"),
        gettext_lazy(
            "The plan pays whose registered deal protects the customer and product line on that day; you held"
            " none. Register the next deal before it is sold."
        ),
    ),
    "nobody_above": (
        gettext_lazy("Nobody above"),
        gettext_lazy(
            "The plan pays those above the partner, and nobody stood there on that day. If somebody did, "
            "correct the tree from before that day."
        ),
    ),
    "paid_above": (
        gettext_lazy("Paid to those above"),
        gettext_lazy(
            "The plan pays those above the partner for this sale, not the partner itself. There is nothing to mend."
        ),
    ),
    "capped": (
        gettext_lazy("Limit reached"),
        gettext_lazy(
            "A limit of the plan left nothing of the amount. A version with a higher limit, in force on that "
            "day, would pay it."
        ),
    ),
    "zero_amount": (
        gettext_lazy("Amount of zero"),
        gettext_lazy(
            "Everything applied, and the amount came to zero. Look at the rate of the plan and the amount of the sale."
        ),
    ),
}
# Of a limit that is known.
CUT_TEXT = gettext_lazy(
    "%(limit)s It took %(cut)s and left nothing. A version with a higher limit, in force on that day, would pay it."
)
