"""End customers for machines; called by partners.customers.urls."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.customers import actions, queries
from partners.customers.models import Customer
from partners.customers.serializers import (
    CustomerChange,
    CustomerFacts,
    CustomerQuery,
    CustomerRead,
    CustomerWrite,
)
from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query, valid_code
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView

REFUSALS: dict[type[Exception], int] = {
    actions.CustomerCodeTaken: 409,
    actions.CustomerChangedMeanwhile: 412,
}


def shown(customer: Customer, status: int = 200) -> Response:
    headers = {"Location": f"/api/v1/customers/{customer.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return with_etag(Response(CustomerRead(customer).data, status=status, headers=headers), customer.version)


class Customers(ApiView):
    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    idempotent = True
    refusals = REFUSALS

    @operation("List customers", answer=CustomerRead, query=CustomerQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """In the order in which they came. `q` is the beginning of a name, or exactly a code or a tax id."""
        wanted = queries.CustomerFilter(**read_query(request, CustomerQuery))
        return answer_list(request, queries.list_customers(wanted), order=("id",), row=CustomerRead)

    @operation("Add a customer", body=CustomerWrite, answer=CustomerRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        facts: Any = read_body(request, CustomerWrite)
        return shown(actions.create_customer(actor=request.actor, facts=facts, at=request.at), 201)


class OneCustomer(ApiView):
    scopes: ClassVar = {"GET": "customers:read", "PATCH": "customers:write"}
    refusals = REFUSALS

    @operation("Read a customer", answer=CustomerRead)
    def get(self, request: ApiRequest, customer_id: UUID) -> Response:
        return shown(queries.access_customer(customer_id))

    @operation("Change a customer", body=CustomerChange, answer=CustomerRead, versioned=True)
    def patch(self, request: ApiRequest, customer_id: UUID) -> Response:
        customer = queries.access_customer(customer_id)
        require_match(request, customer.version)
        changes: Any = read_body(request, CustomerChange)
        version = customer.version
        return shown(
            actions.change_customer(
                actor=request.actor, customer=customer, changes=changes, version=version, at=request.at
            )
        )


class CustomerByCode(ApiView):
    scopes: ClassVar = {"GET": "customers:read", "PUT": "customers:write"}
    refusals = REFUSALS

    @operation("Read a customer by its code", answer=CustomerRead)
    def get(self, request: ApiRequest, code: str) -> Response:
        return shown(queries.access_customer_by_code(code))

    @operation("Add or change a customer by its code", body=CustomerFacts, answer=CustomerRead)
    def put(self, request: ApiRequest, code: str) -> Response:
        """201 when it was added, 200 when it was there. Absent fields stay as they are."""
        facts: Any = {**read_body(request, CustomerFacts), "code": valid_code(code)}
        customer, effect = actions.upsert_customer(actor=request.actor, facts=facts, at=request.at)
        return shown(customer, 201 if effect == "created" else 200)


class CustomerBatch(ApiView):
    scopes: ClassVar = {"POST": "customers:write"}
    idempotent = True
    bucket = "bulk"

    @operation("Add or change many customers by code", body=CustomerWrite, batch="customers")
    def post(self, request: ApiRequest) -> Response:
        """`{"mode": "partial", "customers": [...]}` with up to 500 rows, each as for one customer."""

        def write(content: Any) -> RowWritten:
            customer, effect = actions.upsert_customer(actor=request.actor, facts=content, at=request.at)
            return RowWritten(effect, customer.id, customer.version)

        rows, mode = read_rows(request, name="customers")
        answers = write_rows(rows, write, shape=CustomerWrite, key_name="code", refusals=REFUSALS)
        return answer_batch(answers, mode=mode, key_name="code")
