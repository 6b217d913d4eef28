"""Where Django finds the models of the partner rooms: imports only."""

from partners.customers.models import Customer
from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding
from partners.onboarding.models import (
    Acceptance,
    Application,
    ApplicationLetter,
    DocumentVersion,
    Journey,
    JourneyPlan,
    Programme,
    Question,
)
from partners.products.models import Product, ProductCategory
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit

__all__ = [
    "Acceptance",
    "Application",
    "ApplicationLetter",
    "Contact",
    "Customer",
    "DocumentVersion",
    "Journey",
    "JourneyPlan",
    "Partner",
    "PartnerParent",
    "PartnerStanding",
    "Product",
    "ProductCategory",
    "Programme",
    "Question",
    "SaleLine",
    "SaleLineRevision",
    "SaleSplit",
]
