"""The import of products: its columns, and how rows become products and their categories.

Promise: an empty cell leaves what is there; called by products catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.products.actions import (
    ProductChangedMeanwhile,
    ProductInUse,
    change_product,
    remove_product,
    upsert_category,
    upsert_product,
)
from partners.products.models import Product, ProductCategory
from partners.products.queries import access_product, categories_by_code, products_by_code
from prm.imports import cells
from prm.imports.kinds import (
    AppliedRow,
    ImportColumn,
    ImportKind,
    ImportScope,
    ParsedRow,
    RowResult,
    UndoRefused,
    one_by_one,
)

COLUMNS = (
    ImportColumn(
        "code",
        _("Code"),
        cells.text(60),
        required=True,
        aliases=("sku", "product", "product code", "артикул", "код"),
        example="B-100",
    ),
    ImportColumn(
        "name",
        pgettext_lazy("record", "Name"),
        cells.text(300),
        required=True,
        aliases=("product name", "наименование", "название"),
        example="Mountain frame",
    ),
    ImportColumn(
        "category_code",
        _("Category code"),
        cells.text(60),
        aliases=("category", "product line", "категория", "код категории"),
        example="bikes",
    ),
    ImportColumn(
        "category_name",
        _("Category name"),
        cells.text(200),
        aliases=("название категории",),
        hint=_("A category that is not there yet is added under this name."),
    ),
    ImportColumn(
        "earns",
        _("Earns commission"),
        cells.flag(),
        aliases=("earns", "commission", "участвует в вознаграждении"),
        example="yes",
    ),
)


class CategoryUnknown(Exception):
    """No category has this code, and the row does not say what to call a new one."""

    code = "category_unknown"
    field = "category_code"
    message = _("There is no category with this code; name it in “Category name” to add it.")


def apply_products(scope: ImportScope, rows: Sequence[ParsedRow]) -> list[RowResult]:
    known = products_by_code(str(row.values["code"]) for row in rows)
    categories = categories_by_code(str(row.values.get("category_code")) for row in rows)

    def write(row: ParsedRow) -> RowResult:
        facts: Any = {
            name: row.values[name] for name in ("code", "name", "earns") if row.values.get(name) is not None
        }
        if row.values.get("category_code"):
            facts["category"] = _category(scope, row.values, categories)
        standing = known.get(facts["code"])
        product, effect = upsert_product(actor=scope.actor, facts=facts, at=scope.at)
        before = None if standing is None else _as_json(standing)
        return RowResult(effect, product.id, {"version": product.version, "before": before})

    return one_by_one(rows, write, refusals=(CategoryUnknown,))


def _category(
    scope: ImportScope, values: Mapping[str, Any], known: dict[str, ProductCategory]
) -> ProductCategory:
    """The category of a row; one that an earlier row may have brought is asked for, since that row may have failed."""
    code, name = values["category_code"], values.get("category_name")
    standing = known.get(code) or categories_by_code([code]).get(code)
    if standing is not None:
        return standing
    if not name:
        raise CategoryUnknown
    category, _effect = upsert_category(actor=scope.actor, code=code, name=name, at=scope.at)
    return category


def _as_json(product: Product) -> dict[str, Any]:
    category = product.category.code if product.category else None
    return {"code": product.code, "name": product.name, "category": category, "earns": product.earns}


def undo_products(scope: ImportScope, rows: Sequence[AppliedRow]) -> None:
    """All or none; categories that came with the file stay."""
    try:
        with transaction.atomic():
            for row in rows:
                _undo(scope, row)
    except (ProductChangedMeanwhile, ProductInUse) as refusal:
        raise UndoRefused(refusal.code, refusal.message) from refusal


def _undo(scope: ImportScope, row: AppliedRow) -> None:
    assert row.record_id is not None
    product, version = access_product(row.record_id), row.undo["version"]
    if row.effect == "created":
        remove_product(actor=scope.actor, product=product, version=version, at=scope.at)
    elif row.effect == "updated":
        before: Any = dict(row.undo["before"])
        before["category"] = categories_by_code([before["category"]]).get(before["category"])
        change_product(actor=scope.actor, product=product, changes=before, version=version, at=scope.at)


PRODUCTS = ImportKind(
    key="products",
    label=_("Products"),
    permission="products.change",
    columns=COLUMNS,
    identity=("code",),
    apply=apply_products,
    undo=undo_products,
    records_url_name="product-list",
    fault_texts={"category_unknown": CategoryUnknown.message},
    hint=_("Products by code, with their categories. Empty cells leave what is there."),
)
