"""Who sees which partner, and what the tree was on a day."""

from datetime import date

import pytest
from django.http import Http404

from partners.directory import queries, tree
from partners.directory.actions import PartnerFacts, create_partner, move_partner
from partners.directory.queries import PartnerFilter
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

JAN, MAR_14, MAR_15, MAY = date(2026, 1, 1), date(2026, 3, 14), date(2026, 3, 15), date(2026, 5, 1)


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def codes(rows) -> list[str]:
    return sorted(row.code for row in rows)


class TestWhoSees:
    def test_staff_see_all_of_their_tenant(self, acme):
        assert codes(queries.visible_partners(acme.vera.actor)) == ["NW", "SW"]
        assert codes(queries.visible_partners(acme.otto.actor)) == ["NW", "SW"]

    def test_portfolio_is_a_wall(self, acme):
        assert codes(queries.visible_partners(acme.nina.actor)) == ["NW"]
        assert queries.access_partner(acme.nina.actor, acme.northwind.id).code == "NW"
        with pytest.raises(Http404):
            queries.access_partner(acme.nina.actor, acme.southwind.id)

    def test_partner_sees_the_own_company(self, cast):
        with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
            assert codes(queries.visible_partners(cast.paul.actor)) == ["NW"]
            assert queries.access_own_company(cast.paul.actor).code == "NW"
            with pytest.raises(Http404):
                queries.access_partner(cast.paul.actor, cast.southwind.id)
            assert queries.partners_by_code(["NW", "SW"]).keys() == {"NW"}

    def test_other_tenant_is_missing(self, acme):
        with pytest.raises(Http404):
            queries.access_partner(acme.vera.actor, acme.zephyr.id)
        with pytest.raises(Http404):
            queries.access_partner_by_code(acme.vera.actor, "ZE")


class TestList:
    def listed(self, cast, **wanted):
        return codes(queries.list_partners(cast.vera.actor, PartnerFilter(**wanted)))

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("north", ["NW"]),
            ("NORTHW", ["NW"]),
            ("wind", []),
            ("SW", ["SW"]),
            ("sw", []),
            ("P-1", ["NW"]),
            ("2", ["SW"]),
        ],
    )
    def test_search_takes_the_beginning_of_a_name_or_an_exact_code_or_number(self, acme, typed, found):
        assert self.listed(acme, q=typed) == found

    def test_search_passes_over_legal_form_quotes_and_yo(self, acme):
        facts: PartnerFacts = {"code": "RU", "name": "ООО «Ёлка»", "joined_on": JAN, "tax_id": "7701234567"}
        create_partner(actor=acme.vera.actor, facts=facts, at=NOW)
        assert self.listed(acme, q="елк") == ["RU"]
        assert self.listed(acme, q="ООО Ёлка") == ["RU"]
        assert self.listed(acme, q="7701234567") == ["RU"]

    def test_filters_narrow_together(self, acme):
        assert self.listed(acme, region="North") == ["NW", "SW"]
        assert self.listed(acme, region="North", manager=str(acme.nina.membership.id)) == ["NW"]
        assert self.listed(acme, manager="none") == ["SW"]
        assert self.listed(acme, status="left") == []


class TestTree:
    @pytest.fixture
    def family(self, acme):
        """Master > D1 and D2; Northwind under D1 until 15 March, under D2 from then; Southwind under Northwind."""

        def make(code):
            facts: PartnerFacts = {"code": code, "name": code, "joined_on": JAN}
            return create_partner(actor=acme.vera.actor, facts=facts, at=NOW)

        master, d1, d2 = make("M"), make("D1"), make("D2")
        for partner, parent, day in (
            (d1, master, JAN),
            (d2, master, JAN),
            (acme.northwind, d1, JAN),
            (acme.northwind, d2, MAR_15),
            (acme.southwind, acme.northwind, JAN),
            (acme.southwind, None, MAY),
        ):
            move_partner(actor=acme.vera.actor, partner=partner, parent=parent, starts_on=day, at=NOW)
        return {"master": master, "d1": d1, "d2": d2, "nw": acme.northwind, "sw": acme.southwind}

    def test_parents_are_those_of_the_day(self, family):
        nw = family["nw"].id
        assert tree.partner_parents(MAR_14)[nw] == family["d1"].id
        assert tree.partner_parents(MAR_15)[nw] == family["d2"].id
        assert nw not in tree.partner_parents(date(2025, 12, 31))

    def test_subtree_is_that_of_the_day(self, family):
        def below(name, day):
            return {
                key for key, partner in family.items() if partner.id in tree.subtree_ids(family[name].id, day)
            }

        assert below("d1", MAR_14) == {"d1", "nw", "sw"}
        assert below("d1", MAR_15) == {"d1"}
        assert below("master", MAR_15) == {"master", "d1", "d2", "nw", "sw"}
        assert below("master", MAY) == {"master", "d1", "d2", "nw"}

    def test_ancestors_are_nearest_first(self, family):
        assert tree.ancestor_ids(family["sw"].id, MAR_15) == [
            family[name].id for name in ("nw", "d2", "master")
        ]
        assert tree.ancestor_ids(family["sw"].id, MAY) == []

    def test_ever_below_counts_only_days_on_which_the_whole_path_held(self, family):
        spans = {
            (below.partner_id, below.starts_on, below.ends_on) for below in tree.below_spans(family["d2"].id)
        }
        assert spans == {(family["nw"].id, MAR_15, None), (family["sw"].id, MAR_15, MAY)}
        assert tree.ever_below_ids(family["d1"].id) == {family["nw"].id, family["sw"].id}
        assert tree.ever_below_ids(family["sw"].id) == set()

    def test_another_tenants_partner_has_nobody_below(self, family, acme):
        assert tree.ever_below_ids(acme.zephyr.id) == set()
        assert tree.subtree_ids(acme.zephyr.id, MAY) == {acme.zephyr.id}
