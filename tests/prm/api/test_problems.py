"""Every refusal is one document and has written nothing."""

import json
import logging
from typing import Any
from unittest.mock import ANY

import pytest

from prm.api.problems import KINDS
from prm.tenancy.context import tenant_context
from prm.tenancy.models import DocumentCounter
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast

pytestmark = pytest.mark.urls("tests.prm.api.resources")
GOOD = {"external_id": "c1", "amount": "12.50", "currency": "EUR"}


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "counters:read", "counters:write"))


def count_written(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return DocumentCounter.objects.exclude(kind="partner").count()


def test_one_fault_is_the_documented_shape(machine: Machine, cast: Cast) -> None:
    assert problem_of(machine.post("counters", {**GOOD, "amount": "12.345"})) == {
        "type": "http://127.0.0.1:8000/api/v1/problems/validation",
        "title": "Invalid request",
        "status": 422,
        "code": "amount_precision",
        "detail": "EUR has 2 decimal places; 12.345 has more.",
        "instance": "/api/v1/counters",
        "request_id": ANY,
        "errors": [
            {
                "pointer": "/amount",
                "code": "amount_precision",
                "detail": "EUR has 2 decimal places; 12.345 has more.",
            }
        ],
    }
    assert count_written(cast) == 0


BAD_VALUES = [
    ("amount", 12.5, "amount_type"),
    ("amount", 12, "amount_type"),
    ("amount", None, "null"),
    ("amount", True, "amount_type"),
    ("amount", "1e3", "amount_format"),
    ("amount", "1,50", "amount_format"),
    ("amount", " 1.50", "amount_format"),
    ("amount", "", "amount_format"),
    ("amount", "-1.00", "amount_negative"),
    ("amount", "99999999999999999999.00", "amount_range"),
    ("amount", {"value": "1"}, "amount_type"),
    ("currency", "eur", "currency_unknown"),
    ("currency", 978, "currency_unknown"),
    ("currency", None, "null"),
    ("external_id", 17, "text_type"),
    ("external_id", "", "blank"),
    ("external_id", " c1", "code_format"),
    ("external_id", "c\n1", "code_format"),
    ("external_id", "c" * 31, "max_length"),
    ("external_id", "c\u0000", "characters"),
    ("external_id", ["c1"], "text_type"),
    ("starts_on", "2026-02-30", "day_format"),
    ("starts_on", "20260201", "day_format"),
    ("starts_on", "2026-2-1", "day_format"),
    ("starts_on", 20260201, "day_format"),
    ("starts_on", "0001-01-01", "day_range"),
    ("invented", 1, "unknown_field"),
    ("tenant_id", "x", "unknown_field"),
]


@pytest.mark.parametrize(("name", "value", "code"), BAD_VALUES)
def test_a_bad_value_is_named_by_code_and_pointer(
    machine: Machine, cast: Cast, name: str, value: Any, code: str
) -> None:
    document = problem_of(machine.post("counters", {**GOOD, name: value}))
    assert document["status"] == 422
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(f"/{name}", code)]
    assert count_written(cast) == 0


def test_several_faults_are_all_told(machine: Machine) -> None:
    document = problem_of(machine.post("counters", {"amount": 1, "colour": "red"}))
    assert document["code"] == "validation"
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {
        ("/external_id", "required"),
        ("/currency", "required"),
        ("/amount", "amount_type"),
        ("/colour", "unknown_field"),
    }


def test_the_currency_decides_the_places(machine: Machine) -> None:
    codes = [
        machine.post(
            "counters", {**GOOD, "external_id": f"c{n}", "amount": amount, "currency": currency}
        ).status_code
        for n, (amount, currency) in enumerate(
            [("1.5", "JPY"), ("15", "JPY"), ("1.234", "KWD"), ("1.2345", "KWD"), ("1.234", "EUR")]
        )
    ]
    assert codes == [422, 201, 201, 422, 422]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[1, NaN]", 400, "malformed_json"),
        (b'{"a": 1e999}', 400, "malformed_json"),
        (b'{"a": 1, "a": 2}', 400, "duplicate_name"),
        (b"[" * 60 + b"]" * 60, 400, "nested_too_deep"),
        (b"[" * 100_000, 400, "nested_too_deep"),
        (b'["\\ud800"]', 422, "characters"),
        (b"[]", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"", 422, "required"),
    ],
)
def test_a_body_that_is_not_the_expected_json(machine: Machine, body: bytes, status: int, code: str) -> None:
    document = problem_of(machine.post("counters", body))
    assert (document["status"], document["code"]) == (status, code)


def test_a_form_is_not_json(machine: Machine) -> None:
    answer = machine.client.post(
        "/api/v1/counters", GOOD, headers={**machine.headers, "idempotency-key": "1"}
    )
    assert problem_of(answer)["code"] == "media_type_unsupported"


def test_a_body_over_the_limit_is_refused_unread(machine: Machine) -> None:
    assert problem_of(machine.post("counters", b" " * (5 * 1024 * 1024 + 1)))["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("colour", "colour=red", "unknown_parameter"),
        ("most", "most=many", "whole_type"),
        ("most", "most=1&most=2", "repeated_parameter"),
    ],
)
def test_a_query_outside_the_contract_is_refused(machine: Machine, name: str, query: str, code: str) -> None:
    document = problem_of(machine.send("GET", f"counters?{query}"))
    assert [(error["parameter"], error["code"]) for error in document["errors"]] == [(name, code)]


def test_a_query_on_a_post_is_refused(machine: Machine, cast: Cast) -> None:
    assert problem_of(machine.post("counters?colour=red", GOOD))["code"] == "unknown_parameter"
    assert count_written(cast) == 0


def test_a_rooms_own_error_keeps_its_code(machine: Machine, cast: Cast) -> None:
    document = problem_of(machine.post("counters", {**GOOD, "external_id": "taken"}))
    assert (document["status"], document["code"], document["detail"]) == (
        409,
        "counter_taken",
        "There is such a counter.",
    )


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("twice", 409, "conflict"), ("range", 422, "value_range"), ("refused", 409, "refused")],
)
def test_a_refusal_after_a_write_takes_the_write_back(
    machine: Machine, cast: Cast, how: str, status: int, code: str
) -> None:
    document = problem_of(machine.post(f"breaks/{how}"))
    assert (document["status"], document["code"]) == (status, code)
    assert "prm_documentcounter" not in json.dumps(document)
    assert count_written(cast) == 0


def test_an_answer_of_400_and_above_takes_the_write_back(machine: Machine, cast: Cast) -> None:
    assert machine.post("breaks/answered").status_code == 422
    assert count_written(cast) == 0


def test_our_own_fault_is_logged_and_says_nothing(
    machine: Machine, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    machine.client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, "prm.api"):
        document = problem_of(machine.post("breaks/down"))
    assert (document["status"], document["code"]) == (500, "fault")
    assert "secret words" not in json.dumps(document)
    assert "secret words" in caplog.text
    assert count_written(cast) == 0


def test_detail_speaks_the_callers_language_and_code_does_not(cast: Cast) -> None:
    key = make_key(cast.acme, "counters:write")
    english, russian = (
        problem_of(Machine(key, language=language).post("counters", {})) for language in ("en", "ru")
    )
    assert [error["code"] for error in english["errors"]] == [error["code"] for error in russian["errors"]]
    assert english["errors"][0]["detail"] == "This field is required."
    assert russian["errors"][0]["detail"] == "Это поле обязательно."


@pytest.mark.parametrize("status", KINDS)
def test_each_kind_has_the_page_its_type_names(status: int, db: None) -> None:
    kind, title = KINDS[status]
    answer = Machine(None).get(f"problems/{kind}")
    assert answer.json() == {"kind": kind, "status": status, "title": str(title)}
