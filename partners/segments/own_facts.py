"""The facts that the partner's own record, engagement and potential give; called by segments.catalogue."""

from datetime import datetime, time
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.deals.models import CLAIMING, DealState
from partners.directory.models import SETTABLE_STATUSES, PartnerStatus, PartnerType
from partners.directory.queries import list_regions, list_tiers
from partners.profiles.models import TermKind
from partners.profiles.terms import FIELD_OF_KIND, list_terms
from partners.segments.engagement import engagement_sql
from partners.segments.facts import Asking, PartnerFact, Term, register_fact
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
            "segment", FactType.TEXTS, _("Segment"), RECORD, sql=segments_sql, absent="'{}'", choices=segment_choices
        ),
        *(
            PartnerFact(
                kind.value, FactType.TEXTS, kind.label, RECORD, sql=partial(words_sql, kind.value), absent="'{}'",
                choices=partial(word_choices, kind.value), hint=_("What the profile says today."),
            )
            for kind in TermKind
        ),
        PartnerFact("joined_on", FactType.DAY, _("Joined on"), RECORD, column="b.joined_on"),
        PartnerFact(
            "engagement", label=_("Engagement"), sql=engagement_sql, absent="0", unit="points",
            hint=_("Each event counts half after 90 days."), **measured,
        ),
        PartnerFact(
            "open_pipeline", label=_("Open deals"), sql=pipeline_sql, absent="0", unit="money",
            hint=_("Registered deals in the programme currency that are not closed."), **measured,
        ),
        PartnerFact(
            "certified_people", label=_("Certified people"), sql=certified_sql, absent="0", unit="count",
            hint=_("People with a valid certificate of any course."), **measured,
        ),
        PartnerFact(
            "certified_in", label=_("People certified in a course"), sql=certified_sql, absent="0", unit="count",
            terms=(Term("course", _("Course"), _is_a_code, course_choices),), **measured,
        ),
        PartnerFact("potential", label=_("Potential"), sql=potential_sql, unit="money", **measured),
        PartnerFact("potential_gap", label=_("Gap to the potential"), sql=gap_sql, unit="money", **measured),
    ):  # fmt: skip
        register_fact(fact)


def segments_sql(asking: Asking) -> str:
    """The codes of the segments that a partner was in on the day."""
    day = f"{asking.bind(asking.as_of)}::date"
    return f"""
    SELECT m.partner_id, array_agg(s.code::text) FROM partners_segmentmember m
    JOIN partners_segment s ON s.tenant_id = m.tenant_id AND s.id = m.segment_id
    WHERE m.tenant_id = (SELECT current_setting('app.tenant_id')::uuid)
        AND m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on > {day}) GROUP BY m.partner_id"""


def words_sql(kind: str, asking: Asking) -> str:
    """The codes of one list that hold for a partner today."""
    return f"""
    SELECT h.partner_id, array_agg(t.code::text) FROM partners_partnerterm h
    JOIN partners_term t ON t.tenant_id = h.tenant_id AND t.id = h.term_id
    WHERE h.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) AND t.kind = {asking.bind(kind)}
    GROUP BY h.partner_id"""


def word_choices(kind: str) -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in list_terms()[FIELD_OF_KIND[kind]]]


def pipeline_sql(asking: Asking) -> str:
    """What the open deals of a partner are worth, of those registered by the day."""
    tenant = current_tenant()
    bind = asking.bind
    until = bind(datetime.combine(asking.as_of, time.max, tenant.zone))
    return f"""
    SELECT d.partner_id, sum(d.amount_minor) / {bind(10 ** exponent_of(tenant.currency))}::numeric
    FROM partners_deal d WHERE d.tenant_id = (SELECT current_setting('app.tenant_id')::uuid)
        AND d.currency = {bind(tenant.currency)} AND d.submitted_at <= {until}
        AND d.state = ANY ({bind([*CLAIMING, DealState.PROTECTED])}) GROUP BY d.partner_id"""


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
