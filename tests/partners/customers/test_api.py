"""End customers for machines."""

import pytest

from partners.customers.models import Customer
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast


@pytest.fixture
def erp(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "customers:read", "customers:write"))


def stored(cast: Cast) -> list[tuple]:
    with tenant_context(cast.acme.id):
        return list(Customer.objects.order_by("code").values_list("code", "name", "match_key"))


def test_create_read_change(cast, erp):
    made = erp.post("customers", {"code": "C-1", "name": "ООО «Ромашка»", "country": "RU"})
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    path = f"customers/{made.json()['id']}"
    assert erp.send("PATCH", path, {"tax_id": "7701234567"}).status_code == 428
    changed = erp.send("PATCH", path, {"tax_id": "7701234567"}, if_match='"1"')
    assert changed["ETag"] == '"2"'
    assert erp.get(path).json() == changed.json()
    assert [row["code"] for row in erp.get("customers", q="Romashka").json()["data"]] == ["C-1"]
    assert [row["code"] for row in erp.get("customers", q="ромаш").json()["data"]] == ["C-1"]
    assert stored(cast) == [("C-1", "ООО «Ромашка»", "tax:7701234567")]


def test_put_and_batch_are_upserts(cast, erp):
    assert erp.send("PUT", "customers/by-code/C/1", {"name": "One"}).status_code == 201
    assert erp.send("PUT", "customers/by-code/C/1", {"name": "One"}).status_code == 200
    body = {
        "customers": [
            {"code": "C/1", "name": "Uno"},
            {"code": "C/2", "name": "Two"},
            {"code": " C3", "name": "x"},
        ]
    }
    answer = erp.post("customers:batch", body)
    assert (answer.status_code, [row["status"] for row in answer.json()["results"]]) == (207, [200, 201, 422])
    assert [code for code, *_ in stored(cast)] == ["C/1", "C/2"]


def test_code_in_use_is_a_conflict(cast, erp):
    erp.post("customers", {"code": "C-1", "name": "One"})
    assert problem_of(erp.post("customers", {"code": "C-1", "name": "Two"}))["code"] == "customer_code_taken"
    assert [name for _, name, _ in stored(cast)] == ["One"]


def test_another_tenants_customer_is_missing(cast, erp):
    made = erp.post("customers", {"code": "C-1", "name": "One"}).json()
    stranger = Machine(make_key(cast.zenith, "customers:read", "customers:write"))
    assert stranger.get(f"customers/{made['id']}").status_code == 404
    assert stranger.send("PATCH", f"customers/{made['id']}", {"name": "X"}, if_match='"1"').status_code == 404
    assert [name for _, name, _ in stored(cast)] == ["One"]


def test_key_that_may_only_read_writes_nothing(cast):
    reader = Machine(make_key(cast.acme, "customers:read"))
    assert reader.post("customers", {"code": "C-1", "name": "One"}).status_code == 403
    assert stored(cast) == []


def test_a_website_is_told_by_row_and_batch(cast, erp):
    made = erp.post("customers", {"code": "C-1", "name": "One", "website": "www.one.example"}).json()
    assert made["website"] == "www.one.example"
    erp.post("customers:batch", {"customers": [{"code": "C-2", "name": "Two", "website": "two.example"}]})
    assert [key for *_, key in stored(cast)] == ["web:one.example", "web:two.example"]
    assert [row["code"] for row in erp.get("customers", q="two.example").json()["data"]] == ["C-2"]
