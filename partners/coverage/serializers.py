"""The shapes of coverage in the API; called by coverage.api."""

from partners.coverage.queries import Coverage
from prm.api.fields import (
    CodeField,
    CurrencyField,
    DayField,
    FlagField,
    IdField,
    MoneyAmountField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain


class CreditedSum(StrictSerializer):
    amount = MoneyAmountField(negative=True)
    currency = CurrencyField()


class CoverageRead(StrictSerializer):
    """A partner that works with the customer; without one, the vendor's own direct sales.

    `lines` and `sales` (net of refunds) are those credited in the twelve months that end today. `protected_until` is
    the first day on which the partner is not protected any more; pages name the day before it.
    """

    direct = FlagField()
    partner_id = IdField(allow_null=True)
    partner_code = CodeField(allow_null=True)
    partner_name = TextField(allow_null=True)
    since = DayField()
    last_active_on = DayField()
    lines = WholeField()
    sales = CreditedSum(many=True)
    open_deals = WholeField()
    protected_until = DayField(allow_null=True)


def shown_coverage(told: Coverage) -> dict[str, object]:
    partner, until = told.partner, told.protected_until
    return {
        "direct": partner is None,
        "partner_id": str(partner.id) if partner else None,
        "partner_code": partner.code if partner else None,
        "partner_name": partner.name if partner else None,
        "since": told.since.isoformat(),
        "last_active_on": told.last_active_on.isoformat(),
        "lines": told.lines,
        "sales": [
            {"amount": format_plain(amount_minor, currency), "currency": currency}
            for currency, amount_minor in sorted(told.sums.items())
        ],
        "open_deals": told.open_deals,
        "protected_until": until.isoformat() if until else None,
    }
