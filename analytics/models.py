"""Where Django finds the models of the analytics rooms: imports only."""

from analytics.facts.models import DirtyMonth, PartnerCategoryMonth, PartnerMonth

__all__ = ["DirtyMonth", "PartnerCategoryMonth", "PartnerMonth"]
