"""What sales over REST look like with Django REST framework: tuned for many rows, and as its manual begins.

Promise: they write the product's own table under its policies, for the tenant of a key that is checked as the product
checks it; no idempotency, limits, audit, amendments or errors per row. Called by tests.bench.site_urls.
"""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.directory.models import Partner
from partners.products.models import Product
from partners.sales.models import LineKind, SaleLine
from prm.accounts.actor import Actor
from prm.accounts.queries import TokenCard
from prm.api.authentication import actor_of, find_presented_token
from prm.tenancy.context import tenant_context

FACTS = ("source", "external_id", "kind", "occurred_on", "order_number", "quantity", "currency")


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Actor, TokenCard]:
        card = find_presented_token(request._request, at=timezone.now())
        if card is None:
            raise AuthenticationFailed
        return actor_of(card, request_id=""), card


class TunedRow(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=40)  # type: ignore[assignment]  # a field of this name
    external_id = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=LineKind.values)
    occurred_on = serializers.DateField()
    order_number = serializers.CharField(max_length=80, allow_blank=True)
    partner = serializers.CharField(max_length=40)
    product = serializers.CharField(max_length=40)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=6)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=Decimal(0))
    currency = serializers.CharField(max_length=3)


class CodeField(serializers.SlugRelatedField[Any]):
    """A row that is named by its code, looked up when it is read."""

    def __init__(self, model: Any) -> None:
        self.model = model
        super().__init__(slug_field="code", queryset=QuerySet(model))

    def get_queryset(self) -> Any:
        return self.model.objects.all()


class DefaultRow(serializers.ModelSerializer[SaleLine]):
    partner = CodeField(Partner)
    product = CodeField(Product)
    amount = serializers.DecimalField(
        max_digits=18, decimal_places=2, min_value=Decimal(0), source="amount_minor"
    )

    class Meta:
        model = SaleLine
        fields: ClassVar = [*FACTS, "partner", "product", "amount"]

    def get_uniqueness_extra_kwargs(self, *told: Any) -> tuple[Any, dict[str, Any]]:
        """Not the tenant, which is no field here; `validate` asks what DRF would have asked."""
        return told[-1], {}

    def get_validators(self) -> list[Any]:
        return []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if SaleLine.objects.filter(source=attrs["source"], external_id=attrs["external_id"]).exists():
            raise ValidationError("This line is there already.")
        return {**attrs, "amount_minor": int(attrs["amount_minor"] * 100)}


class PeerView(APIView):
    authentication_classes = (KeyAuthentication,)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def post(self, request: Request) -> Response:
        card: Any = request.auth
        with tenant_context(card.tenant_id):
            return Response(self.record(request.data), status=201)

    def record(self, told: Any) -> Any:
        raise NotImplementedError


class TunedSales(PeerView):
    """Ids and keys checked in bulk, rows written in bulk."""

    def record(self, told: Any) -> Any:
        rows = TunedRow(data=told, many=True)
        rows.is_valid(raise_exception=True)
        read: Any = rows.validated_data
        partners, products = (
            dict(model.objects.filter(code__in={row[name] for row in read}).values_list("code", "id"))
            for name, model in (("partner", Partner), ("product", Product))
        )
        unknown = {row["partner"] for row in read} - set(partners)
        unknown |= {row["product"] for row in read} - set(products)
        keys = {row["external_id"] for row in read}
        sources = {row["source"] for row in read}
        if unknown or SaleLine.objects.filter(source__in=sources, external_id__in=keys).exists():
            raise ValidationError("A row names what is unknown, or is there already.")
        now = timezone.now()
        SaleLine.objects.bulk_create(
            SaleLine(
                **{name: row[name] for name in FACTS},
                partner_id=partners[row["partner"]],
                product_id=products[row["product"]],
                amount_minor=int(row["amount"] * 100),
                recorded_at=now,
                first_recorded_at=now,
            )
            for row in read
        )
        return {"created": len(read)}


class DefaultSales(PeerView):
    """`ModelSerializer(many=True)`, and `save`."""

    def record(self, told: Any) -> Any:
        rows = DefaultRow(data=told, many=True)
        rows.is_valid(raise_exception=True)
        now = timezone.now()
        rows.save(recorded_at=now, first_recorded_at=now)
        return rows.data
