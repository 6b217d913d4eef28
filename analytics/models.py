"""Where Django finds the models of the analytics rooms: imports only."""

from analytics.facts.models import (
    DaySales,
    DirtyDay,
    DirtyMonth,
    PartnerCategoryMonth,
    PartnerMonth,
    Ranking,
)

__all__ = ["DaySales", "DirtyDay", "DirtyMonth", "PartnerCategoryMonth", "PartnerMonth", "Ranking"]
