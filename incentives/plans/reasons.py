"""Why a line earned nothing: the codes and their one fixed order (money.md 2 "Every run says", 4 "Payout").

Promise: a line with several reasons shows the first of REASONS; called by the reference, the SQL compiler and pages."""

from collections.abc import Iterable

NO_SALE = "no_sale"  # a refund whose sale is not known, or not dated before the end of the calculation
REFUND_CURRENCY = "refund_currency"  # a refund in another currency than its sale, after an amendment
DIRECT_SALE = "direct_sale"  # the line names no partner
NOT_EARNING = "not_earning"  # the product is one that does not earn
NO_PLAN = "no_plan"  # nobody assigned a plan of the slot to the partner on that date
PLAN_CONFLICT = "plan_conflict"  # two plans of equal rank on that date
NO_RATE = "no_rate"  # no exchange rate on the date or the 7 days before
CAPPED = "capped"  # a limit of the component or of the plan left nothing of the amount
NO_COST = "no_cost"  # margin is asked, the line has no cost
OUTSIDE_DATES = "outside_dates"  # no published version covers the date, or no component does
WHERE_FAILED = "where_failed"  # the conditions of every component exclude the line
NOT_INVOICED = "not_invoiced"  # the plan earns on invoice, and the line is not invoiced yet
NOT_PAID = "not_paid"  # the plan earns on payment, and nothing of the line is paid yet
COUNTED_FOR_BONUS = "counted_for_bonus"  # nothing of its own, but part of what a bonus measures
REFUNDED = "refunded"  # the sale was returned whole before its window was closed
COUNTED_WITH_SALE = "counted_with_sale"  # a refund that changed its sale's own amount
SALE_EARNED_NOTHING = "sale_earned_nothing"  # a refund of a line that had earned nothing
NO_GOAL = "no_goal"  # a pay by goal, and the partner has none in that window
NO_SUBSCRIPTION = "no_subscription"  # a pay for subscriptions, and the line names none
OUTSIDE_MONTHS = "outside_months"  # the subscription began longer ago than the component pays
NOT_REGISTERED = (
    "not_registered"  # a pay for a registered deal, and the partner held no protection on that date
)
NOBODY_ABOVE = "nobody_above"  # an override, and nobody stood above the partner on that date
PAID_ABOVE = "paid_above"  # an override pays those above the partner, not the partner itself
ZERO_AMOUNT = "zero_amount"  # everything applied and the amount came to zero

REASONS: tuple[str, ...] = (
    NO_SALE,
    REFUND_CURRENCY,
    DIRECT_SALE,
    NOT_EARNING,
    NO_PLAN,
    PLAN_CONFLICT,
    NO_RATE,
    CAPPED,  # a rule applied: before those of the slot that did not
    NO_COST,
    COUNTED_FOR_BONUS,
    OUTSIDE_DATES,
    WHERE_FAILED,
    NOT_INVOICED,
    NOT_PAID,
    REFUNDED,
    COUNTED_WITH_SALE,
    SALE_EARNED_NOTHING,
    NO_GOAL,
    NO_SUBSCRIPTION,
    OUTSIDE_MONTHS,
    NOT_REGISTERED,
    NOBODY_ABOVE,
    PAID_ABOVE,
    ZERO_AMOUNT,
)
PRIORITY: dict[str, int] = {reason: place for place, reason in enumerate(REASONS)}


def first_reason(reasons: Iterable[str]) -> str:
    """The reason that is shown when several hold."""
    return min(reasons, key=PRIORITY.__getitem__)
