"""Payment files say what they were given, whole, or are not written."""

import os
from dataclasses import fields, replace
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from incentives.payouts.files.formats import CLIENT_BANK, CSV, FORMATS, PAIN001, faults_of
from incentives.payouts.files.payments import Batch, Payer, Payment, PaymentRefused
from incentives.payouts.files.signs import composed, sepa_text
from incentives.payouts.refusals import FAULTS, FIELDS, kept, kept_text, refusal_text
from tests.incentives.payouts.files.batches import KINDS, batch, payment
from tests.incentives.payouts.files.readers import PAIN, Line, read
from tests.incentives.payouts.files.schemas import pain001_schema

RUNS = int(os.environ.get("PRM_PAYMENT_FILES", "60"))
SEED = int(os.environ.get("PRM_PAYMENT_FILES_SEED", "20261129"))


@pytest.fixture(scope="module")
def schema() -> Any:
    return pain001_schema()


def write(kind: str, made: Batch) -> bytes:
    return FORMATS[kind].write(made)


def expected(kind: str, given: Payment) -> Line:
    """What a reader of this kind has to find of a payment."""
    text = sepa_text if kind == PAIN001 else composed
    line = Line(
        identity=str(given.number) if kind == CLIENT_BANK else given.payment_id,
        holder=text(given.holder),
        account=given.account,
        bank_code=given.bank_code,
        amount_minor=given.amount_minor,
        currency=given.currency,
        reference=text(given.reference),
    )
    if kind == PAIN001:
        return replace(line, city=text(given.city), country=given.country)
    return replace(line, tax_id=given.tax_id) if kind == CLIENT_BANK else line


def check(kind: str, made: Batch, content: bytes) -> None:
    """A reader finds the payments, their number, their sum, the account and the day."""
    found = read(kind, content)
    assert sorted(found.lines, key=lambda line: line.identity) == sorted(
        (expected(kind, given) for given in made.payments), key=lambda line: line.identity
    )
    assert sum(line.amount_minor for line in found.lines) == made.total_minor
    assert set(found.counts) <= {len(made.payments)}
    assert set(found.totals_minor) <= {made.total_minor}
    assert found.payer_account == (made.payer.account if made.payer else "")
    assert found.pays_on in (made.pays_on, None)
    assert found.message_id in (made.message_id, "")


@pytest.mark.parametrize("kind", KINDS)
def test_generated_runs_read_back_as_they_were(kind: str, schema: Any) -> None:
    print(f"{RUNS} runs of {kind}, seed {SEED}")
    for number in range(RUNS):
        made = batch(Random(f"{SEED}/{kind}/{number}"), kind)
        content = write(kind, made)
        assert content == write(kind, replace(made, payments=made.payments[::-1])), "order does not matter"
        check(kind, made, content)
        if kind == PAIN001:
            schema.validate(ElementTree.fromstring(content))


class TestSchema:
    """That the schema is the one meant, and holds files against it."""

    def test_it_is_of_the_version_we_write(self, schema: Any) -> None:
        assert schema.target_namespace == PAIN["p"]

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            (b"<MsgId>", b"<MsgId>" + b"X" * 36),
            (b"<PmtMtd>TRF</PmtMtd>", b""),
            (b"<Ctry>", b"<Ctry>deu"),
            (b"<TwnNm>", b"<TownName/><TwnNm>"),
            (b"<IBAN>DE", b"<IBAN>D1"),
        ],
    )
    def test_it_refuses_what_is_broken(self, schema: Any, right: bytes, wrong: bytes) -> None:
        content = write(PAIN001, one(PAIN001))
        assert schema.is_valid(ElementTree.fromstring(content))
        assert not schema.is_valid(ElementTree.fromstring(content.replace(right, wrong)))

    def test_a_town_and_a_country_stand_apart_and_no_line_of_an_address_does(self) -> None:
        root = ElementTree.fromstring(write(PAIN001, one(PAIN001)))
        addresses = root.findall(".//p:PstlAdr", PAIN)
        assert len(addresses) == 3
        assert {tuple(part.tag.split("}")[1] for part in address) for address in addresses} == {
            ("TwnNm", "Ctry")
        }


def one(kind: str, *, of_payer: dict[str, Any] | None = None, **changes: Any) -> Batch:
    """A batch of two payments, the first one changed."""
    made = batch(Random(f"one/{kind}"), kind)
    currency = "RUB" if kind == CLIENT_BANK else "EUR"
    first, second = (payment(Random(f"{kind}/{number}"), kind, number, currency) for number in (1, 2))
    from_account = made.payer and replace(made.payer, **{"currency": currency, **(of_payer or {})})
    return replace(made, payer=from_account, payments=(replace(first, **changes), second))


def with_text(kind: str, field: str, text: str) -> Batch:
    changes: dict[str, Any] = {field: text}
    return one(kind, **changes)


HOSTILE = {
    "newline": "Firm\nСумма=1.00",
    "crlf": "Firm\r\nКонецДокумента\r\nСекцияДокумент=Платежное поручение",
    "return": "Firm\rX",
    "line separator": "Firm\u2028X",
    "next line": "Firm\u0085X",
    "tab": "Firm\tX",
    "nul": "Firm\x00X",
    "escape": "Firm\x1b[31mX",
    "equals": "Сумма=1.00",
    "equals within": "Firm=X",
    "semicolon": "Firm;X",
    "semicolon and formula": "Firm;=1+1",
    "comma": "Firm, X",
    "tags": "</Nm><Nm>Mallory",
    "entity": "Firm &lt;X&gt; &xxe;",
    "cdata": "]]><![CDATA[X",
    "ampersand": "Firm & X",
    "quotes": "Firm \"X\" 'Y'",
    "quote alone": '"',
    "guillemets": "Firm «X»",
    "right to left": "Firm \u202eXEFFOC",
    "rtl mark": "Firm\u200fX",
    "zero width space": "Firm\u200bX",
    "zero width joiner": "Fi\u200drm",
    "byte order mark": "\ufeffFirm",
    "soft hyphen": "Fi\u00adrm",
    "no-break space": "Firm\u00a0X",
    "emoji": "Firm 🦊",
    "flag": "Firm 🇩🇪",
    "formula": "=1+1",
    "formula of plus": "+1",
    "formula of minus": "-1",
    "formula of at": "@SUM(A1)",
    "formula of wide equals": "＝1+1",
    "formula behind a blank": " =1+1",
    "link": '=HYPERLINK("x";"y")',
    "composed later": "Mu\u0308ller",
    "mark without its letter": "Firm q\u0302",
    "many marks": "Z\u0324\u0346\u0353a\u0305l\u0332",
    "500 signs": "A" * 500,
    "71 signs": "A" * 71,
    "nothing": "",
    "blanks": "   ",
    "blank before": " Firm",
    "blank behind": "Firm ",
    "cyrillic": "Щёкина",
    "greek": "Ελλάδα",
    "chinese": "北京",
    "arabic": "شركة",
    "surrogate": "Firm\ud800",
    "key of another field": "ПолучательСчет=40702810900000000001",
    "path": "../../etc/passwd",
    "template": "{{ 7*7 }} %s",
}


def written_or_refused(kind: str, made: Batch) -> tuple[bytes, PaymentRefused | None]:
    try:
        return write(kind, made), None
    except PaymentRefused as refusal:
        return b"", refusal


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["holder", "reference", "city"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_refused_or_comes_back_whole(kind: str, field: str, text: str, schema: Any) -> None:
    made = with_text(kind, field, text)
    content, refusal = written_or_refused(kind, made)
    if refusal is not None:
        assert (refusal.field, refusal.payee) == (field, made.payments[0].holder)
        assert refusal.partner_code == made.payments[0].partner_code
        return
    check(kind, made, content)
    if kind == PAIN001:
        schema.validate(ElementTree.fromstring(content))


@pytest.mark.parametrize("kind", [PAIN001, CLIENT_BANK])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_of_the_payer_too(kind: str, text: str, schema: Any) -> None:
    made = one(kind, of_payer={"name": text})
    content, refusal = written_or_refused(kind, made)
    if refusal is not None:
        assert (refusal.field, refusal.payee) == ("payer_name", "")
        return
    check(kind, made, content)
    if kind == PAIN001:
        schema.validate(ElementTree.fromstring(content))


WRITTEN = {
    "Müller & Söhne KG": "Muller + Sohne KG",
    "Mu\u0308ller": "Muller",
    "Société d’Études": "Societe d'Etudes",
    "Łódź": "Lodz",
    "Straße": "Strasse",
    "Ærø": "AEro",
    "Nguyễn": "Nguyen",
}


@pytest.mark.parametrize(("text", "told"), WRITTEN.items())
def test_letters_with_marks_are_written_as_banks_agreed(text: str, told: str) -> None:
    assert sepa_text(text) == told


@pytest.mark.parametrize(
    ("kind", "field", "text", "sign"),
    [
        (PAIN001, "holder", "ООО Вектор", "О (U+041E)"),
        (PAIN001, "holder", "Firm\u200bX", "U+200B"),
        (PAIN001, "reference", "A_B", "_ (U+005F)"),
        (CLIENT_BANK, "holder", "ТОО Құс", "Қ (U+049A)"),
        (CLIENT_BANK, "reference", "a\nСумма=1", "U+000A"),
        (CSV, "holder", "x; @y", "@ (U+0040)"),
    ],
)
def test_a_refusal_names_the_sign(kind: str, field: str, text: str, sign: str) -> None:
    with pytest.raises(PaymentRefused) as refusal:
        write(kind, with_text(kind, field, text))
    assert (refusal.value.code, refusal.value.field, refusal.value.params) == ("sign", field, {"sign": sign})


ANOTHER_BANK = "044525974"
REFUSED_EVERYWHERE: list[tuple[dict[str, Any], str, str]] = [
    ({"amount_minor": 0}, "amount_not_positive", "amount"),
    ({"amount_minor": -5}, "amount_not_positive", "amount"),
    ({"currency": "GBP"}, "another_currency", "currency"),
    ({"account": ""}, "missing", "account"),
    ({"reference": ""}, "missing", "reference"),
]
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    *((kind, *refused) for kind in (PAIN001, CLIENT_BANK) for refused in REFUSED_EVERYWHERE),
    (PAIN001, {"account": "DE89370400440532013001"}, "iban", "account"),
    (PAIN001, {"account": "40702810400000000225"}, "iban", "account"),
    (PAIN001, {"bank_code": "COBA"}, "bic", "bank_code"),
    (PAIN001, {"city": ""}, "missing", "city"),
    (PAIN001, {"country": ""}, "missing", "country"),
    (PAIN001, {"country": "XX"}, "country", "country"),
    (PAIN001, {"country": "de"}, "country", "country"),
    (PAIN001, {"amount_minor": 100_000_000_000}, "amount_too_large", "amount"),
    (PAIN001, {"holder": "A" * 71}, "too_long", "holder"),
    (PAIN001, {"reference": "A" * 141}, "too_long", "reference"),
    (PAIN001, {"city": "A" * 36}, "too_long", "city"),
    (PAIN001, {"payment_id": "A" * 36}, "identifier", "payment_id"),
    (PAIN001, {"payment_id": "A//B"}, "identifier", "payment_id"),
    (PAIN001, {"payment_id": "/A"}, "identifier", "payment_id"),
    (PAIN001, {"payment_id": "A B"}, "identifier", "payment_id"),
    (PAIN001, {"payment_id": ""}, "identifier", "payment_id"),
    (CLIENT_BANK, {"bank_code": ""}, "missing", "bank_code"),
    (CLIENT_BANK, {"bank_code": "12345"}, "bik", "bank_code"),
    (CLIENT_BANK, {"bank_code": ANOTHER_BANK}, "account_digits", "account"),
    (CLIENT_BANK, {"account": "123"}, "account_length", "account"),
    (CLIENT_BANK, {"tax_id": ""}, "missing", "tax_id"),
    (CLIENT_BANK, {"tax_id": "7707083894"}, "inn_digits", "tax_id"),
    (CLIENT_BANK, {"number": 2}, "used_twice", "number"),
    (CLIENT_BANK, {"number": 0}, "order_number", "number"),
    (CLIENT_BANK, {"number": 1_000_000}, "order_number", "number"),
    (CLIENT_BANK, {"number": 7000}, "order_number", "number"),
    (CLIENT_BANK, {"holder": "А" * 161}, "too_long", "holder"),
    (CLIENT_BANK, {"reference": "А" * 211}, "too_long", "reference"),
]


@pytest.mark.parametrize(("kind", "changes", "code", "field"), REFUSED)
def test_what_cannot_be_paid_is_refused_by_payee_and_field(
    kind: str, changes: dict[str, Any], code: str, field: str
) -> None:
    assert write(kind, one(kind))
    made = one(kind, **changes)
    with pytest.raises(PaymentRefused) as refusal:
        write(kind, made)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.payee == made.payments[0].holder


@pytest.mark.parametrize(
    ("kind", "changes", "code", "field"),
    [
        (PAIN001, {"account": "DE00"}, "iban", "payer_account"),
        (PAIN001, {"bank_code": ""}, "missing", "payer_bank_code"),
        (PAIN001, {"city": ""}, "missing", "payer_city"),
        (PAIN001, {"country": ""}, "missing", "payer_country"),
        (CLIENT_BANK, {"currency": "EUR"}, "another_currency", "currency"),
        (CLIENT_BANK, {"correspondent": "30101810400000000224"}, "correspondent", "payer_correspondent"),
        (CLIENT_BANK, {"correspondent": ""}, "correspondent", "payer_correspondent"),
        (CLIENT_BANK, {"bank_name": ""}, "missing", "payer_bank_name"),
        (CLIENT_BANK, {"tax_id": ""}, "missing", "payer_tax_id"),
    ],
)
def test_an_account_that_money_cannot_leave_is_refused(
    kind: str, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(PaymentRefused) as refusal:
        write(kind, one(kind, of_payer=changes))
    assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize("kind", KINDS)
def test_no_payment_and_one_payment_twice_are_refused(kind: str) -> None:
    made = one(kind)
    with pytest.raises(PaymentRefused, match="no_payments"):
        write(kind, replace(made, payments=()))
    with pytest.raises(PaymentRefused, match="used_twice"):
        write(kind, replace(made, payments=made.payments * 2))


@pytest.mark.parametrize("kind", [PAIN001, CLIENT_BANK])
def test_an_order_without_an_account_to_pay_from_is_refused(kind: str) -> None:
    with pytest.raises(PaymentRefused, match="payer_missing"):
        write(kind, replace(one(kind), payer=None))


def test_orders_of_roubles_alone_go_into_the_client_bank() -> None:
    made = one(CLIENT_BANK, of_payer={"currency": "EUR"})
    euros = replace(made, payments=tuple(replace(given, currency="EUR") for given in made.payments))
    with pytest.raises(PaymentRefused, match="roubles_alone"):
        write(CLIENT_BANK, euros)


@pytest.mark.parametrize("text", ["", "A" * 36, "//A", "A_B", "PR 1", "ПР-1"])
def test_a_message_id_is_taken_everywhere_or_refused(text: str) -> None:
    with pytest.raises(PaymentRefused, match="identifier"):
        write(PAIN001, replace(one(PAIN001), message_id=text))


def test_a_sum_that_the_schema_has_no_digits_for_is_refused() -> None:
    made = one(PAIN001)
    assert made.payer is not None
    dollars = tuple(replace(given, currency="USD", amount_minor=10**18) for given in made.payments)
    with pytest.raises(PaymentRefused, match="amount_too_large"):
        write(PAIN001, replace(made, payer=replace(made.payer, currency="USD"), payments=dollars))


def test_outside_of_sepa_the_bank_of_the_payee_is_named() -> None:
    made = one(PAIN001, bank_code="")
    assert b"SEPA" in write(PAIN001, made)
    assert made.payer is not None
    dollars = tuple(replace(given, currency="USD") for given in made.payments)
    with pytest.raises(PaymentRefused) as refusal:
        write(PAIN001, replace(made, payer=replace(made.payer, currency="USD"), payments=dollars))
    assert (refusal.value.code, refusal.value.field) == ("missing", "bank_code")


@pytest.mark.parametrize("kind", [PAIN001, CLIENT_BANK])
def test_of_many_payments_those_at_fault_are_found(kind: str) -> None:
    made = batch(Random("many"), kind)
    assert made.payer is not None
    payments = list(made.payments)
    assert faults_of(kind, made.payer, payments) == {}
    payments[1] = replace(payments[1], holder="Firm\u200b")
    payments[4] = replace(payments[4], account="1")
    faults = faults_of(kind, made.payer, payments)
    assert {key: fault.field for key, fault in faults.items()} == {
        payments[1].payment_id: "holder",
        payments[4].payment_id: "account",
    }
    assert faults_of(kind, replace(made.payer, name=""), payments[:1]) == {}, "that is the account's fault"


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("code", FAULTS)
def test_each_refusal_has_its_words(code: str, language: str) -> None:
    """With the payee, the field and what fills it in; the same once it was kept beside a run."""
    given = payment(Random(1), PAIN001, 1)
    filled = {"currency": "EUR", "limit": "70", "sign": "U+200B"}
    refusal = PaymentRefused(code, "holder", given, **filled)
    with override(language):
        told = refusal_text(refusal.code, refusal.field, refusal.payee, refusal.params)
        assert told in str(kept_text(kept(refusal)))
        assert told.startswith(f"{given.holder}, {FIELDS['holder']}: ")
        assert ("%(" in told, FIELDS["holder"] == "Account holder") == (False, language == "en")


def test_each_field_has_its_name() -> None:
    named = {field.name for field in fields(Payment)} | {field.name for field in fields(Payer)}
    assert named - {"amount_minor"} <= FIELDS.keys()


def test_what_is_kept_of_a_refusal_fits_beside_its_run() -> None:
    refusal = PaymentRefused("sign", "reference", replace(payment(Random(1), CSV, 1), holder='"\x00' * 300))
    assert len(kept(refusal)) < 500
    assert kept_text("Wrong month") is None


def test_the_input_has_no_field_that_no_file_tells() -> None:
    """A new field has to be written somewhere; this list is what the readers of tests know."""
    assert {field.name for field in fields(Payment)} == {
        "payment_id", "partner_code", "holder", "account", "bank_code", "amount_minor", "currency", "reference", "city",
        "country", "tax_id", "number",
    }  # fmt: skip
    assert {field.name for field in fields(Payer)} == {
        "name", "account", "bank_code", "currency", "city", "country", "tax_id", "bank_name", "correspondent",
        "purpose",
    }  # fmt: skip
