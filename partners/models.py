"""Where Django finds the models of the partner rooms: imports only."""

from partners.customers.models import Customer
from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding
from partners.products.models import Product, ProductCategory
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit

__all__ = [
    "Contact",
    "Customer",
    "Partner",
    "PartnerParent",
    "PartnerStanding",
    "Product",
    "ProductCategory",
    "SaleLine",
    "SaleLineRevision",
    "SaleSplit",
]
