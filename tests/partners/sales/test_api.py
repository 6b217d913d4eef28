"""The batch door and the small resources of sales, as a machine meets them."""

import json
import random
from typing import Any

import pytest

from partners.sales.models import SaleLine, SaleLineRevision
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.sales import row, stock


@pytest.fixture
def erp(cast: Cast) -> Machine:
    stock(cast)
    return Machine(make_key(cast.acme, "sales:read", "sales:write"))


def lines_of(cast: Cast) -> dict[str, SaleLine]:
    with tenant_context(cast.acme.id):
        return {line.external_id: line for line in SaleLine.objects.all()}


def ndjson(*rows: Any) -> bytes:
    return b"\n".join(json.dumps(content).encode() for content in rows) + b"\n"


def send_lines(erp: Machine, body: bytes, query: str = "", key: str = "k") -> Any:
    return erp.client.generic(
        "POST",
        f"/api/v1/sales:batch{query}",
        body,
        content_type="application/x-ndjson",
        headers={**erp.headers, "idempotency-key": key},
    )


def test_a_batch_says_what_became_of_each_row(cast: Cast, erp: Machine) -> None:
    rows = [row("A-1"), row("A-2", amount="1.234"), row("A-3", product="NONE")]
    answer = erp.post("sales:batch", {"rows": rows})
    assert answer.status_code == 207
    content = answer.json()
    assert content["summary"] == {"received": 3, "created": 1, "updated": 0, "unchanged": 0, "failed": 2}
    good, bad, unknown = content["results"]
    assert good == {
        "index": 0,
        "external_id": "A-1",
        "status": 201,
        "effect": "created",
        "id": str(lines_of(cast)["A-1"].id),
        "version": 1,
    }
    assert (bad["index"], bad["external_id"], bad["status"]) == (1, "A-2", 422)
    assert bad["problem"]["code"] == "amount_precision"
    assert bad["problem"]["errors"] == [
        {
            "pointer": "/rows/1/amount",
            "code": "amount_precision",
            "detail": "EUR has 2 decimal places; 1.234 has more.",
        }
    ]
    assert unknown["problem"]["errors"][0]["pointer"] == "/rows/2/product"
    assert unknown["problem"]["errors"][0]["detail"] == "There is no product with the code NONE."


def test_all_good_is_200_and_none_is_422(cast: Cast, erp: Machine) -> None:
    assert erp.post("sales:batch", {"rows": [row("A-1")]}).status_code == 200
    assert erp.post("sales:batch", [row("A-1"), row("A-2")]).json()["summary"]["unchanged"] == 1
    refused = erp.post("sales:batch", [row("A-9", product="NONE")])
    assert refused.status_code == 422
    assert refused.json()["results"][0]["problem"]["errors"][0]["pointer"] == "/0/product"
    assert set(lines_of(cast)) == {"A-1", "A-2"}


def test_atomic_takes_all_or_none(cast: Cast, erp: Machine) -> None:
    rows = [row("A-1"), row("A-2", product="NONE")]
    answer = erp.send("POST", "sales:batch?mode=atomic", rows)
    assert answer.status_code == 422
    assert [line["status"] for line in answer.json()["results"]] == [424, 422]
    assert lines_of(cast) == {}
    assert erp.send("POST", "sales:batch", {"mode": "atomic", "rows": rows}).status_code == 422
    assert lines_of(cast) == {}


def test_lines_of_ndjson(cast: Cast, erp: Machine) -> None:
    body = b"\xef\xbb\xbf" + ndjson(row("A-1")) + b"\n{broken\n" + ndjson(row("A-2"), [])
    answer = send_lines(erp, body)
    assert answer.status_code == 207
    assert [line.get("effect") or line["problem"]["code"] for line in answer.json()["results"]] == [
        "created",
        "malformed_json",
        "created",
        "row_type",
    ]
    assert set(lines_of(cast)) == {"A-1", "A-2"}


def test_only_the_refused_are_answered_when_asked(cast: Cast, erp: Machine) -> None:
    answer = erp.send("POST", "sales:batch?results=failed", [row("A-1"), row("A-2", kind="gift")])
    assert [line["index"] for line in answer.json()["results"]] == [1]
    assert answer.json()["summary"]["created"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[", 400, "malformed_json"),
        (b"\xff\xfe[]", 400, "malformed_json"),
        (b"[]", 422, "row_count"),
        (b'{"rows": []}', 422, "row_count"),
        (b'{"rows": {}}', 422, "body_shape"),
        (b'{"lines": []}', 422, "body_shape"),
        (b'{"rows": [{}], "mode": "half"}', 422, "choice_unknown"),
        (b"[" * 100_000, 400, "nested_too_deep"),
        (b"[" + b",".join([b"{}"] * 20_001) + b"]", 422, "row_count"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(erp: Machine, body: bytes, status: int, code: str) -> None:
    answer = erp.send("POST", "sales:batch", body)
    assert (answer.status_code, problem_of(answer)["code"]) == (status, code)


def test_other_formats_scopes_and_queries_are_refused(cast: Cast, erp: Machine) -> None:
    csv = erp.client.generic(
        "POST",
        "/api/v1/sales:batch",
        b"a;b",
        content_type="text/csv",
        headers={**erp.headers, "idempotency-key": "c"},
    )
    assert (csv.status_code, problem_of(csv)["code"]) == (415, "media_type_unsupported")
    assert erp.send("POST", "sales:batch?mode=half", [row("A-1")]).status_code == 422
    assert erp.send("POST", "sales:batch?colour=red", [row("A-1")]).status_code == 422
    reader = Machine(make_key(cast.acme, "sales:read", name="reader"))
    assert reader.post("sales:batch", [row("A-1")]).status_code == 403
    assert lines_of(cast) == {}


def test_a_retry_gets_the_first_answer(cast: Cast, erp: Machine) -> None:
    first = erp.post("sales:batch", [row("A-1")], key="night-1")
    again = erp.post("sales:batch", [row("A-1")], key="night-1")
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    other = erp.post("sales:batch", [row("A-2")], key="night-1")
    assert problem_of(other)["code"] == "idempotency_key_reused"
    assert set(lines_of(cast)) == {"A-1"}


BREAKS: list[tuple[dict[str, Any], str]] = [
    ({"product": "NONE"}, "unknown_product"),
    ({"partner": "NONE"}, "unknown_partner"),
    ({"customer": "NONE"}, "unknown_customer"),
    ({"amount": "1.005"}, "amount_precision"),
    ({"amount": 5}, "amount_type"),
    ({"currency": "ZZZ"}, "currency_unknown"),
    ({"occurred_on": "31.03.2026"}, "day_format"),
    ({"kind": "gift"}, "choice_unknown"),
    ({"extra": 1}, "unknown_field"),
    (
        {"splits": [{"partner": "NW", "percent": "60"}, {"partner": "SW", "percent": "30"}]},
        "split_percent_total",
    ),
    ({"kind": "refund", "refunds": "BASE", "amount": "100.01"}, "over_refunded"),
    ({"kind": "refund", "refunds": "BASE", "currency": "USD"}, "refund_currency"),
]


def test_five_hundred_rows_with_thirty_seven_bad_ones(cast: Cast, erp: Machine) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    erp.post("sales:batch", [row("BASE")])
    rows = [
        row(f"B-{number}", f"{dice.randrange(1, 10_000)}.{dice.randrange(100):02}") for number in range(500)
    ]
    wanted = {}
    for place in dice.sample(range(500), 37):
        change, wanted[place] = dice.choice(BREAKS)
        rows[place] |= change
    held = erp.send("POST", "sales:batch?mode=atomic", rows)
    assert held.status_code == 422
    assert set(lines_of(cast)) == {"BASE"}
    answer = erp.post("sales:batch", rows)
    assert answer.json()["summary"] == {
        "received": 500,
        "created": 463,
        "updated": 0,
        "unchanged": 0,
        "failed": 37,
    }
    refused = {line["index"]: line for line in answer.json()["results"] if "problem" in line}
    assert {place: line["problem"]["code"] for place, line in refused.items()} == wanted
    assert all(line["external_id"] == f"B-{place}" for place, line in refused.items())
    for place, line in refused.items():
        assert line["problem"]["errors"][0]["pointer"].startswith(f"/{place}/")
    assert len(lines_of(cast)) == 464
    again = erp.post("sales:batch", rows)
    assert again.json()["summary"]["unchanged"] == 463
    assert again.json()["summary"]["failed"] == 37
    with tenant_context(cast.acme.id):
        assert SaleLineRevision.objects.count() == 0


def test_one_line_by_its_key(cast: Cast, erp: Machine) -> None:
    told = {key: value for key, value in row("x").items() if key not in ("source", "external_id")}
    made = erp.send("PUT", "sales/by-external-id/erp/SO-1/2", told)
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    again = erp.send("PUT", "sales/by-external-id/erp/SO-1/2", told)
    assert (again.status_code, again["ETag"]) == (200, '"1"')
    amended = erp.send("PUT", "sales/by-external-id/erp/SO-1/2", {**told, "amount": "7.00"})
    assert (amended.status_code, amended["ETag"], amended.json()["amount"]) == (200, '"2"', "7.00")
    read = erp.get("sales/by-external-id/erp/SO-1/2")
    assert read.json() == amended.json() == erp.get(f"sales/{made.json()['id']}").json()
    assert erp.get("sales/by-external-id/erp/other").status_code == 404
    refused = erp.send("PUT", "sales/by-external-id/erp/SO-1/2", {**told, "product": "NONE"})
    assert problem_of(refused)["errors"][0]["pointer"] == "/product"
    named = erp.send("PUT", "sales/by-external-id/erp/SO-1/2", {**told, "source": "erp"})
    assert problem_of(named)["code"] == "unknown_field"
    assert erp.send("PUT", "sales/by-external-id/erp/SO-1/2", []).status_code == 422
    assert lines_of(cast)["SO-1/2"].amount_minor == 700


def test_the_list_filters_and_pages(cast: Cast, erp: Machine) -> None:
    rows = [row(f"L-{day}", occurred_on=f"2026-03-{day:02}") for day in range(1, 6)]
    rows += [
        row("D-1", partner=None, occurred_on="2026-04-01", product="HELMET"),
        row("S-1", partner="SW", splits=[{"partner": "NW", "percent": "100"}], occurred_on="2026-04-02"),
    ]
    erp.post("sales:batch", rows)

    def ids(**query: Any) -> list[str]:
        answer = erp.get("sales", **query)
        assert answer.status_code == 200, answer.content
        return [line["external_id"] for line in answer.json()["data"]]

    assert ids() == ["S-1", "D-1", "L-5", "L-4", "L-3", "L-2", "L-1"]
    assert ids(occurred_from="2026-03-04", occurred_until="2026-04-01") == ["L-5", "L-4"]
    assert ids(direct="true") == ["D-1"]
    assert ids(partner="SW") == ["S-1"]
    assert ids(partner="NW", occurred_from="2026-04-01") == ["S-1"]
    assert ids(category="bikes", occurred_from="2026-03-05") == ["S-1", "L-5"]
    first = erp.get("sales", limit=3).json()
    assert (first["has_more"], len(first["data"])) == (True, 3)
    assert ids(limit=3, cursor=first["next_cursor"]) == ["L-4", "L-3", "L-2"]
    split = erp.get("sales", partner="SW").json()["data"][0]
    assert split["splits"] == [{"partner": "NW", "percent": "100", "amount": "100.00"}]
    assert problem_of(erp.get("sales", kind="gift"))["errors"][0]["parameter"] == "kind"


def test_a_void_needs_a_reason_and_happens_once(cast: Cast, erp: Machine) -> None:
    erp.post("sales:batch", [row("A-1")])
    line_id = lines_of(cast)["A-1"].id
    assert erp.post(f"sales/{line_id}/void", {}).status_code == 422
    voided = erp.post(f"sales/{line_id}/void", {"reason": "sent twice"})
    assert (voided.status_code, voided.json()["voided"], voided["ETag"]) == (200, True, '"2"')
    again = erp.post(f"sales/{line_id}/void", {"reason": "sent twice"})
    assert (again.status_code, problem_of(again)["code"]) == (409, "sale_voided")
    assert erp.get("sales").json()["data"] == []
    assert len(erp.get("sales", voided="true").json()["data"]) == 1


def test_the_other_tenant_meets_nothing(cast: Cast, erp: Machine) -> None:
    erp.post("sales:batch", [row("A-1")])
    line_id = lines_of(cast)["A-1"].id
    zenith = Machine(make_key(cast.zenith, "sales:read", "sales:write"))
    assert zenith.get("sales").json()["data"] == []
    foreign, missing = zenith.get(f"sales/{line_id}"), zenith.get(f"sales/{cast.acme.id}")
    assert foreign.status_code == missing.status_code == 404
    assert zenith.post(f"sales/{line_id}/void", {"reason": "x"}).status_code == 404
    assert zenith.get("sales/by-external-id/erp/A-1").status_code == 404
    assert zenith.post("sales:batch", [row("A-1")]).json()["results"][0]["status"] == 422
    assert lines_of(cast)["A-1"].voided is False


def test_refusals_speak_the_callers_language(cast: Cast, erp: Machine) -> None:
    russian = Machine(erp.headers["authorization"].removeprefix("Bearer "), language="ru")
    answer = russian.post("sales:batch", [row("A-1", product="NONE")])
    assert answer.json()["results"][0]["problem"]["code"] == "unknown_product"
