"""The facts that the partner's own record, engagement and potential give; called by segments.catalogue."""

from datetime import datetime, time
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.deals.models import CLAIMING, DealState
from partners.directory.models import SETTABLE_STATUSES, PartnerStatus, PartnerType
from partners.directory.queries import list_regions, list_tiers
from partners.profiles.fields import find_field, list_fields
from partners.profiles.models import CustomField, FieldKind, PartnerAccess, TermKind
from partners.profiles.terms import FIELD_OF_KIND, list_terms
from partners.segments.engagement import engagement_sql
from partners.segments.facts import Asking, FactFamily, PartnerFact, Term, register_fact, register_family
from partners.segments.potential import gap_sql, potential_sql
from partners.segments.queries import segment_choices
from partners.training.queries import course_choices
from prm.kit.currencies import exponent_of
from prm.kit.predicates import FactType
from prm.tenancy.queries import current_tenant
from prm.web.forms import reader_countries

LONGEST_CODE = 60
RECORD, ACTIVITY = _("Record"), _("Engagement and potential")


def _named(values: list[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def register_own_facts() -> None:
    text: dict[str, Any] = {"fact_type": FactType.TEXT, "group": RECORD}
    measured: dict[str, Any] = {"fact_type": FactType.DECIMAL, "group": ACTIVITY}
    for fact in (
        PartnerFact("partner_type", label=_("Type"), column="b.partner_type", choices=_types, **text),
        PartnerFact("tier", label=_("Tier"), column="b.tier", choices=lambda: _named(list_tiers()), **text),
        PartnerFact("country", label=_("Country"), column="b.country", choices=_countries, **text),
        PartnerFact("region", label=_("Region"), column="b.region", choices=lambda: _named(list_regions()), **text),
        PartnerFact("status", label=_("Status"), column="b.status", choices=_statuses, **text),
        PartnerFact("code", label=_("Code"), column="b.code", **text),
        PartnerFact(
            "segment", FactType.TEXTS, _("Segment"), RECORD, sql=segments_sql, absent="'{}'", choices=segment_choices,
            behind_wall=True,
        ),
        *(
            PartnerFact(
                kind.value, FactType.TEXTS, kind.label, RECORD, sql=partial(words_sql, kind.value), absent="'{}'",
                choices=partial(word_choices, kind.value),
            )
            for kind in TermKind
        ),
        PartnerFact("joined_on", FactType.DAY, _("Joined on"), RECORD, column="b.joined_on"),
        PartnerFact(
            "engagement", label=_("Engagement"), sql=engagement_sql, absent="0", unit="points",
            hint=_("Each event counts half after 90 days, by the weights of today."), **measured,
        ),
        PartnerFact(
            "open_pipeline", label=_("Open deals"), sql=pipeline_sql, absent="0", unit="money",
            hint=_("Registered deals in the programme currency that were open on the day, by the amounts of today."),
            **measured,
        ),
        PartnerFact(
            "certified_people", label=_("Certified people"), sql=certified_sql, absent="0", unit="count",
            hint=_("People with a valid certificate of any course."), **measured,
        ),
        PartnerFact(
            "certified_in", label=_("People certified in a course"), sql=certified_sql, absent="0", unit="count",
            terms=(Term("course", _("Course"), _is_a_code, course_choices),), **measured,
        ),
        PartnerFact(
            "potential", label=_("Potential"), sql=potential_sql, unit="money", behind_wall=True, **measured
        ),
        PartnerFact(
            "potential_gap", label=_("Gap to the potential"), sql=gap_sql, unit="money", behind_wall=True, **measured
        ),
    ):  # fmt: skip
        register_fact(fact)
    register_family(FactFamily(CUSTOM, custom_fact, custom_facts))


def segments_sql(asking: Asking) -> str:
    """The codes of the segments that a partner was in on the day."""
    day = f"{asking.bind(asking.as_of)}::date"
    return f"""
    SELECT m.partner_id, array_agg(s.code::text) FROM partners_segmentmember m
    JOIN partners_segment s ON s.tenant_id = m.tenant_id AND s.id = m.segment_id
    WHERE m.tenant_id = (SELECT current_setting('app.tenant_id')::uuid)
        AND m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on > {day}) GROUP BY m.partner_id"""


def words_sql(kind: str, asking: Asking) -> str:
    """The codes of one list that held for a partner on the day."""
    day = f"{asking.bind(asking.as_of)}::date"
    return f"""
    SELECT h.partner_id, array_agg(t.code::text) FROM partners_partnerterm h
    JOIN partners_term t ON t.tenant_id = h.tenant_id AND t.id = h.term_id
    WHERE h.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) AND t.kind = {asking.bind(kind)}
        AND h.starts_on <= {day} AND (h.ends_on IS NULL OR h.ends_on > {day}) GROUP BY h.partner_id"""


def word_choices(kind: str) -> list[tuple[str, str]]:
    """Words out of use too: a rule may ask for one."""
    return [(term.code, term.label_in_forms) for term in list_terms(retired=True)[FIELD_OF_KIND[kind]]]


def pipeline_sql(asking: Asking) -> str:
    """What the deals of a partner are worth that were open in the evening of the day: registered by then, and neither
    closed nor past their protection. What they are worth is today's."""
    tenant = current_tenant()
    bind = asking.bind
    until = bind(datetime.combine(asking.as_of, time.max, tenant.zone))
    return f"""
    SELECT d.partner_id, sum(d.amount_minor) / {bind(10 ** exponent_of(tenant.currency))}::numeric
    FROM partners_deal d LEFT JOIN (
        SELECT p.deal_id, max(p.ends_on) AS ends_on FROM partners_protection p
        WHERE p.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) GROUP BY p.deal_id
    ) AS held ON held.deal_id = d.id
    WHERE d.tenant_id = (SELECT current_setting('app.tenant_id')::uuid)
        AND d.currency = {bind(tenant.currency)} AND d.submitted_at <= {until}
        AND (d.state = ANY ({bind([*CLAIMING, DealState.PROTECTED])}) OR {bind(asking.as_of)}::date < least(
            coalesce(d.closed_on, (d.changed_at AT TIME ZONE {bind(str(tenant.zone))})::date), held.ends_on))
    GROUP BY d.partner_id"""


CUSTOM = "custom."
CUSTOM_TYPES = {
    FieldKind.TEXT: (FactType.TEXT, "v.value::text"),
    FieldKind.CHOICE: (FactType.TEXT, "v.value::text"),
    FieldKind.NUMBER: (FactType.DECIMAL, "v.value::numeric"),
    FieldKind.DATE: (FactType.DAY, "v.value::date"),
    FieldKind.YES_NO: (FactType.BOOLEAN, "(v.value = 'yes')"),
}


def custom_fact(code: str) -> PartnerFact | None:
    """The fact of a custom field; of one that is out of use too, for the rules that ask for it."""
    field = find_field(code)
    return _custom(field) if field else None


def custom_facts() -> list[PartnerFact]:
    return [_custom(field) for field in list_fields()]


def _custom(field: CustomField) -> PartnerFact:
    fact_type, value = CUSTOM_TYPES[FieldKind(field.kind)]
    return PartnerFact(
        f"{CUSTOM}{field.code}",
        fact_type,
        field.label,
        _("Custom fields"),
        sql=partial(custom_sql, field.code, value),
        choices=field.choices if field.kind == FieldKind.CHOICE else None,
        hint=_("What the profile says today: of earlier days nothing is kept."),
        behind_wall=field.partner_access == PartnerAccess.NONE,
    )


def custom_sql(code: str, value: str, asking: Asking) -> str:
    return f"""
    SELECT v.company_id, {value} FROM partners_fieldvalue v
    JOIN partners_customfield f ON f.tenant_id = v.tenant_id AND f.id = v.field_id
    WHERE v.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) AND f.code = {asking.bind(code)}"""


def _types() -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in PartnerType.choices]


def _statuses() -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in SETTABLE_STATUSES if code != PartnerStatus.LEFT]


def _countries() -> list[tuple[str, str]]:
    return list(reader_countries().items())


def _is_a_code(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CODE


def certified_sql(asking: Asking) -> str:
    """People of each partner who hold a valid certificate on the day: by login, or by name without one."""
    day = f"{asking.bind(asking.as_of)}::date"
    code = asking.terms.get("course", "")
    of_course = f"AND k.code = {asking.bind(code)}" if code else ""
    return f"""
    SELECT c.partner_id, count(DISTINCT coalesce(c.member_id::text, c.person))::numeric
    FROM partners_certificate c JOIN partners_course k ON k.tenant_id = c.tenant_id AND k.id = c.course_id
    WHERE c.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) {of_course}
        AND c.issued_on <= {day} AND (c.valid_until IS NULL OR c.valid_until > {day})
        AND (c.revoked_on IS NULL OR c.revoked_on > {day}) GROUP BY c.partner_id"""
