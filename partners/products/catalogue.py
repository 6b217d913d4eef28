"""What products declare: permissions, scopes, the menu line, names of their audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.products.importing import PRODUCTS
from prm.accounts.permissions import ALL_STAFF, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.imports.kinds import register_import
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("products.view", ALL_STAFF)
declare("products.change", {PROGRAMME_ADMIN})

declare_scope("products:read", _("Read products and categories"))
declare_scope("products:write", _("Write products and categories"))

add_menu_item(
    MenuItem("console", "sales", _("Products"), "product-list", "package", "products.view", order=60)
)

register_import(PRODUCTS)

name_action("product.created", pgettext_lazy("product", "Added"))
name_action("product.changed", pgettext_lazy("product", "Changed"))
name_action("product.removed", pgettext_lazy("product", "Removed"))
name_action("category.created", pgettext_lazy("product category", "Added"))
name_action("category.changed", pgettext_lazy("product category", "Changed"))
