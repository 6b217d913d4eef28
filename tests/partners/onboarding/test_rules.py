"""Steps, requisites, domains, plans and medians as pure decisions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from partners.onboarding.rules import (
    PlannedStep,
    closed_fields,
    domain_of,
    fault_in_plan,
    in_language,
    leads_to,
    median_days,
    next_step,
    step_state,
    text_hash,
    wizard_steps,
)
from prm.kit.markdown import html_of
from prm.kit.requisites import (
    fault_in_account,
    fault_in_bik,
    fault_in_iban,
    fault_in_kpp,
    fault_in_ogrn,
    fault_in_tax_id,
)

STATES = ("draft", "submitted", "in_review", "action_required", "approved", "rejected", "withdrawn")


@pytest.mark.parametrize(
    ("verb", "starts", "target"),
    [
        ("submit", "draft", "submitted"),
        ("review", "submitted", "in_review"),
        ("ask", "submitted in_review", "action_required"),
        ("answer", "action_required", "in_review"),
        ("approve", "submitted in_review action_required", "approved"),
        ("reject", "submitted in_review action_required", "rejected"),
        ("withdraw", "draft submitted in_review action_required", "withdrawn"),
    ],
)
def test_each_verb_starts_where_it_may_and_nowhere_else(verb: str, starts: str, target: str) -> None:
    assert {state: leads_to(verb, state) for state in STATES} == {
        state: target if state in starts.split() else None for state in STATES
    }


@pytest.mark.parametrize(
    ("number", "country", "fault"),
    [
        ("7707083893", "RU", None),
        ("77 0708-3893", "RU", None),
        ("7707083894", "RU", "inn_digits"),
        ("500100732259", "RU", None),
        ("500100732250", "RU", "inn_digits"),
        ("770708389", "RU", "inn_length"),
        ("DE136695976", "DE", None),
        ("136695976", "DE", None),
        ("DE136695977", "DE", "vat"),
        ("ATU13585627", "AT", None),
        ("NL4495445B01", "NL", None),
        ("EL094259216", "GR", None),
        ("ATU13585627", "DE", "vat"),
        ("12-3456789", "US", None),
        ("12", "US", "tax_id"),
    ],
)
def test_a_tax_id_follows_the_rules_of_its_country(number: str, country: str, fault: str | None) -> None:
    assert fault_in_tax_id(number, country) == fault


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (fault_in_kpp("773601001"), None),
        (fault_in_kpp("7736AB001"), None),
        (fault_in_kpp("77360100"), "kpp"),
        (fault_in_kpp(""), None),
        (fault_in_ogrn("1027700132195"), None),
        (fault_in_ogrn("1027700132196"), "ogrn"),
        (fault_in_bik("044525225"), None),
        (fault_in_bik("544525225"), "bik"),
        (fault_in_account("40702810400000000225", "044525225"), None),
        (fault_in_account("40702810400000000226", "044525225"), "account_digits"),
        (fault_in_account("4070281040000000022", "044525225"), "account_length"),
        (fault_in_iban("DE89 3704 0044 0532 0130 00"), None),
        (fault_in_iban("DE89370400440532013001"), "iban"),
    ],
)
def test_other_requisites(found: str | None, fault: str | None) -> None:
    assert found == fault


@pytest.mark.parametrize(
    ("website", "email", "domain"),
    [
        ("https://www.Acme.example/path", "", "acme.example"),
        ("acme.example", "x@other.example", "acme.example"),
        ("", "x@acme.example", "acme.example"),
        ("", "x@gmail.com", ""),
        ("https://mail.ru", "x@acme.example", "acme.example"),
        ("", "", ""),
    ],
)
def test_the_domain_is_the_companys_own(website: str, email: str, domain: str) -> None:
    assert domain_of(website, email) == domain


def test_the_wizard_leaves_out_questions_that_nobody_asks() -> None:
    steps = wizard_steps(has_questions=False)
    assert "questions" not in steps
    assert (next_step("profile", steps), next_step("check", steps)) == ("agreement", "check")


def test_only_asked_fields_are_open() -> None:
    assert closed_fields(["website", "email"], ["website"]) == ["email"]


TODAY = date(2026, 4, 10)


@pytest.mark.parametrize(
    ("due_on", "done", "state"),
    [
        (TODAY, {"agreement"}, "open"),
        (TODAY - timedelta(days=1), {"agreement"}, "late"),
        (TODAY - timedelta(days=1), set(), "blocked"),
        (TODAY, {"bank"}, "done"),
    ],
)
def test_a_step_is_done_blocked_late_or_open(due_on: date, done: set[str], state: str) -> None:
    step = PlannedStep("bank", due_on, ("agreement",))
    assert step_state(step, done, {"bank", "agreement"}, TODAY) == state


def test_a_step_that_no_room_offers_blocks_nothing() -> None:
    assert step_state(PlannedStep("bank", TODAY, ("gone",)), set(), {"bank"}, TODAY) == "open"


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([("a", 1, []), ("b", 2, ["a"])], None),
        ([("a", 1, []), ("a", 2, [])], "repeated"),
        ([("x", 1, [])], "unknown"),
        ([("a", 366, [])], "days"),
        ([("a", 1, ["b"]), ("b", 2, [])], "order"),
    ],
)
def test_a_plan_can_be_followed(steps: list[tuple[str, int, list[str]]], fault: str | None) -> None:
    told = [{"kind": kind, "days": days, "needs": needs} for kind, days, needs in steps]
    assert fault_in_plan(told, {"a", "b"}) == fault


def test_the_median_is_over_those_that_know_both_days() -> None:
    start = datetime(2026, 4, 1, tzinfo=UTC)
    ends = [start + timedelta(days=days) for days in (1, 2, 10)]
    assert median_days([*((start, end) for end in ends), (start, None)]) == 2.0
    assert median_days([(start, None)]) is None


def test_a_text_falls_back_and_is_known_by_its_hash() -> None:
    assert in_language({"en": "Hello"}, "ru") == ("Hello", "en")
    assert text_hash(" Hello\n") == text_hash("Hello") != text_hash("hello")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("## Title\n\nOne **two** *three*", "<h4>Title</h4>\n<p>One <strong>two</strong> <em>three</em></p>"),
        ("- a\n- b\n\n1. c", "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>"),
        (
            '[a](https://x.example/"onload=x)',
            '<p><a href="https://x.example/&quot;onload=x" rel="noopener noreferrer">a</a></p>',
        ),
    ],
)
def test_markdown_adds_its_own_markup_and_no_other(source: str, html: str) -> None:
    assert html_of(source) == html
