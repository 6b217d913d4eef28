"""What of sales follows a merged partner: nothing moves, everything is read; called by sales catalogue."""

from django.utils.translation import gettext_lazy as _

from partners.directory.followers import STAYS, Follower
from partners.sales.models import SaleLine, SaleSplit


def sales_followers() -> list[Follower]:
    return [
        Follower(
            "sales",
            _("Sales"),
            STAYS,
            lambda key: SaleLine.objects.filter(partner_id=key).count(),
            note=_(
                "Booked as they were; new ones with its code are the survivor's. Totals count them together."
            ),
            order=50,
        ),
        Follower(
            "sale_shares",
            _("Shares of split sales"),
            STAYS,
            lambda key: SaleSplit.objects.filter(partner_id=key).count(),
            order=51,
        ),
    ]
