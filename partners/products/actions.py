"""Writes of products and categories: create, change, upsert by code.

Promise: a code is used once; a stale version changes nothing; each change leaves an AuditRecord and an event.
Called by: products interfaces and imports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from partners.products.models import Product, ProductCategory
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.searching import search_key
from prm.outbox.actions import emit


class ProductFacts(TypedDict, total=False):
    """What may be told of a product; a key that is absent stays as it is."""

    code: str
    name: str
    category: ProductCategory | None
    earns: bool


class ProductCodeTaken(Exception):
    """Another product of the tenant has this code."""

    code = "product_code_taken"
    field = "code"
    message = _("Another product has this code.")


class CategoryCodeTaken(Exception):
    """Another category of the tenant has this code."""

    code = "category_code_taken"
    field = "code"
    message = _("Another category has this code.")


class ProductInUse(Exception):
    """Sales name this product."""

    code = "product_in_use"
    message = _("Sales name this product.")


class ProductChangedMeanwhile(Exception):
    """Somebody else saved this product after it was opened; `product` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this product after you opened it.")

    def __init__(self, product: Product) -> None:
        super().__init__(self.code)
        self.product = product


def create_product(*, actor: Actor, facts: ProductFacts, at: datetime) -> Product:
    product = Product(**facts, name_key=search_key(facts["name"]), changed_at=at)
    _save_product(product)
    record(actor=actor, action="product.created", subject=product, at=at, after=_told(facts))
    emit("product.created", product_id=product.id)
    return product


def change_product(
    *, actor: Actor, product: Product, changes: ProductFacts, at: datetime, version: int | None = None
) -> Product:
    """Change what differs; `version` is the one the editor opened, without it the caller wins."""
    product = Product.objects.select_for_update(of=("self",)).select_related("category").get(id=product.id)
    if version is not None and product.version != version:
        raise ProductChangedMeanwhile(product)
    before = {
        name: getattr(product, name) for name, value in changes.items() if getattr(product, name) != value
    }
    if not before:
        return product
    after = {name: value for name, value in changes.items() if name in before}
    for name, value in after.items():
        setattr(product, name, value)
    product.name_key = search_key(product.name)
    product.version += 1
    product.changed_at = at
    _save_product(product)
    record(
        actor=actor,
        action="product.changed",
        subject=product,
        at=at,
        before=_told(before),
        after=_told(after),
    )
    emit("product.changed", product_id=product.id, fields=sorted(after))
    return product


def upsert_product(*, actor: Actor, facts: ProductFacts, at: datetime) -> tuple[Product, str]:
    """The product with `facts["code"]`, created or changed; says "created", "updated" or "unchanged"."""
    standing = Product.objects.filter(code=facts["code"]).first()
    if standing is None:
        return create_product(actor=actor, facts=facts, at=at), "created"
    changed = change_product(actor=actor, product=standing, changes=facts, at=at)
    return changed, "updated" if changed.version != standing.version else "unchanged"


def remove_product(*, actor: Actor, product: Product, version: int, at: datetime) -> None:
    """Take out a product that no sale names. Raises `ProductChangedMeanwhile`, `ProductInUse`."""
    product = Product.objects.select_for_update(of=("self",)).select_related("category").get(id=product.id)
    if product.version != version:
        raise ProductChangedMeanwhile(product)
    product_id = product.id
    before = {name: getattr(product, name) for name in ("code", "name", "category", "earns")}
    record(actor=actor, action="product.removed", subject=product, at=at, before=_told(before))
    try:
        with transaction.atomic():
            product.delete()
    except (models.ProtectedError, IntegrityError) as clash:
        raise ProductInUse from clash
    emit("product.removed", product_id=product_id)


def create_category(*, actor: Actor, code: str, name: str, at: datetime) -> ProductCategory:
    category = ProductCategory(code=code, name=name)
    _save_category(category)
    record(
        actor=actor, action="category.created", subject=category, at=at, after={"code": code, "name": name}
    )
    emit("category.created", category_id=category.id)
    return category


def change_category(
    *, actor: Actor, category: ProductCategory, code: str, name: str, at: datetime
) -> ProductCategory:
    category = ProductCategory.objects.select_for_update().get(id=category.id)
    wanted = {"code": code, "name": name}
    before = {key: getattr(category, key) for key, value in wanted.items() if getattr(category, key) != value}
    if not before:
        return category
    category.code, category.name = code, name
    _save_category(category)
    after = {key: wanted[key] for key in before}
    record(actor=actor, action="category.changed", subject=category, at=at, before=before, after=after)
    emit("category.changed", category_id=category.id)
    return category


def upsert_category(*, actor: Actor, code: str, name: str, at: datetime) -> tuple[ProductCategory, str]:
    """The category with this code, created or renamed; says "created", "updated" or "unchanged"."""
    standing = ProductCategory.objects.filter(code=code).first()
    if standing is None:
        return create_category(actor=actor, code=code, name=name, at=at), "created"
    if standing.name == name:
        return standing, "unchanged"
    return change_category(actor=actor, category=standing, code=code, name=name, at=at), "updated"


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the audit trail keeps them: a category by its name."""
    return {name: str(value or "") if name == "category" else value for name, value in facts.items()}


def _save_product(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as clash:
        if "product_one_per_code" in str(clash):
            raise ProductCodeTaken from clash
        raise


def _save_category(category: ProductCategory) -> None:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as clash:
        if "category_one_per_code" in str(clash):
            raise CategoryCodeTaken from clash
        raise
