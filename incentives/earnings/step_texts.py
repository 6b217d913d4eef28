"""The steps of explanations in words, by their codes; called by earnings.wording."""

from django.utils.translation import gettext_lazy

STEP_TEXTS = {
    "sentence_rate": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s under %(plan)s, version %(version)s. Free for payout on %(day)s."
    ),
    "sentence_override": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s on a sale of a partner below, under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_override_commission": gettext_lazy(
        "%(amount)s: %(pay)s of the %(base)s that a partner below earns, under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_registered": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s for your registered deal under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_unit": gettext_lazy(
        "%(amount)s: %(pay)s for each of %(base)s units under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_slices": gettext_lazy(
        "%(amount)s: slices of %(base)s at several rates under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_paid_part": gettext_lazy(
        "%(amount)s for the %(share)s of the sale that is paid so far, under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_refund": gettext_lazy(
        "%(amount)s taken back, because the sale was returned. It had earned under %(plan)s, version %(version)s."
    ),
    "sentence_withdrawn": gettext_lazy(
        "%(amount)s taken back, because the sale no longer earns under %(plan)s. "
        "It had earned under version %(version)s."
    ),
    "sentence_plain": gettext_lazy(
        "%(amount)s under %(plan)s, version %(version)s. Free for payout on %(day)s."
    ),
    "base_whole": gettext_lazy("The sale counts for you whole: net of tax and freight."),
    "base_below": gettext_lazy("A partner below made the sale: net of tax and freight."),
    "base_registered": gettext_lazy(
        "A sale that your registered deal protects on its day: net of tax and freight."
    ),
    "base_share": gettext_lazy("The sale is split; your share of it is %(share)s."),
    "override_right_above": gettext_lazy("You stand right above that partner on the day of the sale."),
    "override_above": gettext_lazy("You stand %(up)s levels above that partner on the day of the sale."),
    "commission": gettext_lazy("What that partner earns for the sale itself, rounded."),
    "exchange": gettext_lazy("Exchange rate %(base)s to %(quote)s, published on %(day)s."),
    "payout_exchange": gettext_lazy("Payout rate %(base)s to %(quote)s, published on %(day)s."),
    "refunded": gettext_lazy("%(share)s of the sale was returned inside its window and does not count."),
    "volume": gettext_lazy(
        "Volume from %(from)s until before %(to)s: %(before)s before this sale, %(after)s with it."
    ),
    "volume_of_group": gettext_lazy(
        "It counts your sales and those of all partners below you on their days."
    ),
    "goal": gettext_lazy("The goal of this window; %(reached)s of it is reached with this sale."),
    "mode_marginal": gettext_lazy("Each slice of the volume earns the rate of its own row."),
    "mode_retroactive": gettext_lazy(
        "The rate reached by the window's whole volume applies from the first unit."
    ),
    "tier_fell": gettext_lazy(
        "The volume of the window fell from %(volume_before)s to %(volume)s: out of the tier from "
        "%(start_before)s, which pays %(pays_before)s, into the tier from %(start)s, which pays %(pays)s. Every sale "
        "of the window now earns %(pays)s instead of %(pays_before)s, from the first unit; what was posted above that "
        "is taken back."
    ),
    "tier_rose": gettext_lazy(
        "The volume of the window rose from %(volume_before)s to %(volume)s: out of the tier from "
        "%(start_before)s, which pays %(pays_before)s, into the tier from %(start)s, which pays %(pays)s. Every sale "
        "of the window now earns %(pays)s instead of %(pays_before)s, from the first unit."
    ),
    "mode_whole_transaction": gettext_lazy(
        "The volume after the whole order decides the row for all its lines."
    ),
    "pays_rate": gettext_lazy("%(rate)s of %(basis)s."),
    "pays_slices": gettext_lazy(
        "%(basis)s falls into %(count)s rows of the table; each part earns its own rate."
    ),
    "pays_unit": gettext_lazy("%(amount)s × %(quantity)s."),
    "pays_nothing": gettext_lazy("The matched row pays nothing."),
    "sale_cap": gettext_lazy("Cut by the limit per sale of %(limit)s."),
    "window_cap": gettext_lazy("Cut by the limit of the window, %(limit)s in all."),
    "plan_sale_cap": gettext_lazy("Cut by the plan's limit per sale, %(limit)s."),
    "plan_sale_cap_of_all": gettext_lazy("Cut by the plan's limit per sale for all together, %(limit)s."),
    "plan_window_cap": gettext_lazy("Cut by the plan's limit of the window, %(limit)s in all."),
    "plan_window_cap_of_all": gettext_lazy(
        "Cut by the plan's limit of the window for all partners, %(limit)s in all."
    ),
    "plan_life_cap": gettext_lazy("Cut by the plan's limit, %(limit)s in all."),
    "plan_life_cap_of_all": gettext_lazy("Cut by the plan's limit for all partners, %(limit)s in all."),
    "left_after_caps": gettext_lazy("What the limits leave of it."),
    "sale_floor": gettext_lazy("Raised to the least amount per sale, %(limit)s."),
    "rounded": gettext_lazy("Rounded half away from zero: %(exact)s becomes %(rounded)s."),
    "rounded_whole": gettext_lazy("Nothing is left to round."),
    "paid_part": gettext_lazy("%(share)s of the sale is paid so far: that share of %(whole)s."),
    "paid_whole": gettext_lazy("The sale is paid in full: all of it is earned."),
    "refund": gettext_lazy("%(share)s of the sale has been returned so far: that share of %(original)s."),
    "refund_rest": gettext_lazy("Taken back, less the %(before)s of earlier returns."),
    "refund_taken": gettext_lazy("Taken back."),
    "difference": gettext_lazy(
        "This line is a correction (%(cause)s): the sale should earn %(target)s, %(posted)s was posted before."
    ),
    "withdrawn": gettext_lazy("The sale no longer earns; the %(posted)s posted before are taken back."),
    "payout_rounded": gettext_lazy(
        "%(amount)s × %(rate)s = %(exact)s, rounded a second time, half away from zero, in the payout currency."
    ),
    "payout_rounded_whole": gettext_lazy("%(amount)s × %(rate)s, with nothing left to round."),
    "payout_left": gettext_lazy(
        "What stays of the sale's amount: %(amount)s × %(rate)s = %(exact)s, rounded half away from zero in the payout "
        "currency."
    ),
    "payout_left_whole": gettext_lazy("What stays of the sale's amount: %(amount)s × %(rate)s."),
    "payout_taken": gettext_lazy("Before this return %(before)s stood; the difference is taken back."),
    "payout_difference": gettext_lazy(
        "In the payout currency the sale should earn %(target)s; %(posted)s was posted before."
    ),
    "payout_withdrawn": gettext_lazy("In the payout currency the %(posted)s posted before are taken back."),
    "earned_on_invoice": gettext_lazy("The plan pays when the sale is invoiced, not when it is ordered."),
    "earned_on_payment": gettext_lazy(
        "The plan pays as the customer pays, part by part. Hold days run from the first payment."
    ),
    "free_on": gettext_lazy("Free for payout from %(day)s."),
    "sentence_bonus": gettext_lazy(
        "%(amount)s: a bonus for %(total)s from %(from)s until before %(to)s under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_top_up": gettext_lazy(
        "%(amount)s: topped up to the least of %(limit)s from %(from)s until before %(to)s under %(plan)s, "
        "version %(version)s. Free for payout on %(day)s."
    ),
    "sentence_withdrawn_window": gettext_lazy(
        "%(amount)s taken back, because sales from %(from)s until before %(to)s no longer come to it under %(plan)s. "
        "It had been earned under version %(version)s."
    ),
    "bonus_measured": gettext_lazy("All that counts from %(from)s until before %(to)s."),
    "bonus_measured_paid": gettext_lazy(
        "What is paid so far of all that counts from %(from)s until before %(to)s."
    ),
    "bonus_goal": gettext_lazy("The goal of this window; %(reached)s of it is reached."),
    "bonus_step": gettext_lazy("The highest step that is reached begins here."),
    "bonus_amount": gettext_lazy("The step pays its amount once in the window."),
    "held_from_month_end": gettext_lazy(
        "Dated as the sale that first reached the step; the hold begins with the end of that month."
    ),
    "dated_as_last_sale": gettext_lazy("Dated as the last sale of the window, and held as long."),
    "top_up_earned": gettext_lazy("Earned by sales from %(from)s until before %(to)s."),
    "top_up_floor": gettext_lazy("The least that the plan pays there, where anything was earned."),
    "top_up": gettext_lazy("The rest is topped up."),
    "difference_window": gettext_lazy(
        "This line is a correction (%(cause)s): the window should earn %(target)s, %(posted)s was posted before."
    ),
    "withdrawn_window": gettext_lazy(
        "The window no longer comes to it; the %(posted)s posted before are taken back."
    ),
    "payout_difference_window": gettext_lazy(
        "In the payout currency the window should earn %(target)s; %(posted)s was posted before."
    ),
    "note_over_refunded": gettext_lazy(
        "Refunds exceed the sale as it stands since it was amended: they count as all of it. Check them."
    ),
    "note_window_closed": gettext_lazy(
        "Its window was closed by then: taken back at the rate that the sale earned; volume and bonuses stay "
        "as they are."
    ),
    "note_not_measured": gettext_lazy(
        "The sale is paid at the rate of its place and does not count towards the volume."
    ),
}
