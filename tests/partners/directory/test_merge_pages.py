"""Merging by pages and by the API: compared side by side, confirmed by a code, refused in words."""

import pytest

from partners.directory.models import Partner, PartnerStatus
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast, make_partner
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in


@pytest.fixture
def twin(cast: Cast) -> Partner:
    return make_partner(cast.acme, "NW2", "Northwind GmbH", tier="Gold")


def merge_page(cast: Cast, twin: Partner) -> str:
    return f"/acme/m/partners/{cast.northwind.id}/merge/{twin.id}/"


def status_of_twin(cast: Cast, twin: Partner) -> str:
    with tenant_context(cast.acme.id):
        return str(Partner.objects.get(id=twin.id).status)


class TestPages:
    def test_the_pair_is_listed_with_its_reason(self, cast: Cast, twin: Partner) -> None:
        content = client_of(cast.vera).get("/acme/m/partners/duplicates/").content.decode()
        assert "Northwind GmbH" in content
        assert "same name" in content

    def test_choosing_and_confirming_merges(self, cast: Cast, twin: Partner) -> None:
        vera = client_of(cast.vera)
        chosen = vera.post(f"/acme/m/partners/{cast.northwind.id}/merge/", {"code": "NW2"})
        assert chosen["Location"] == merge_page(cast, twin)
        told = {"code": "NW2", "take_tier": "merged", "take_name": "survivor"}
        page = vera.post(merge_page(cast, twin), told, follow=True).content.decode()
        assert "Northwind GmbH was merged into Northwind." in page
        with tenant_context(cast.acme.id):
            northwind = Partner.objects.get(id=cast.northwind.id)
        assert (northwind.name, northwind.tier) == ("Northwind", "Gold")
        assert status_of_twin(cast, twin) == PartnerStatus.MERGED

    def test_another_code_merges_nothing(self, cast: Cast, twin: Partner) -> None:
        vera = client_of(cast.vera)
        with nothing_written_in(cast.acme):
            answer = vera.post(merge_page(cast, twin), {"code": "NW", "take_tier": "merged"})
        assert answer.status_code == 422
        assert "This is not the code of the partner that goes." in answer.content.decode()

    def test_its_old_address_leads_to_the_survivor(self, cast: Cast, twin: Partner) -> None:
        vera = client_of(cast.vera)
        vera.post(merge_page(cast, twin), {"code": "NW2"})
        page = vera.get(f"/acme/m/partners/{twin.id}/", follow=True)
        assert page.redirect_chain == [(f"/acme/m/partners/{cast.northwind.id}/", 302)]
        assert "Northwind GmbH was merged into Northwind; this is its page." in page.content.decode()

    def test_a_pair_said_to_differ_is_gone_from_the_list(self, cast: Cast, twin: Partner) -> None:
        vera = client_of(cast.vera)
        vera.post(f"{merge_page(cast, twin)}distinct/")
        content = vera.get("/acme/m/partners/duplicates/").content.decode()
        assert "No two partners look alike" in content
        assert status_of_twin(cast, twin) == PartnerStatus.ACTIVE


class TestApi:
    @pytest.fixture
    def erp(self, cast: Cast) -> Machine:
        return Machine(make_key(cast.acme, "merges:read", "merges:write"))

    def test_duplicates_plan_and_merge(self, cast: Cast, twin: Partner, erp: Machine) -> None:
        [pair] = erp.get("partners:duplicates").json()["pairs"]
        assert pair["reasons"] == ["name"]
        plan = erp.get(f"partners/{cast.northwind.id}/merges", merged_id=str(twin.id)).json()
        assert plan["objections"] == []
        assert {row["what"] for row in plan["followings"]} >= {"contacts", "deals", "sales", "certificates"}
        body = {"merged_id": str(twin.id), "take": ["tier"]}
        merged = erp.post(f"partners/{cast.northwind.id}/merges", body)
        assert (merged.status_code, merged.json()["tier"]) == (200, "Gold")
        assert status_of_twin(cast, twin) == PartnerStatus.MERGED

    def test_into_itself_is_refused(self, cast: Cast, twin: Partner, erp: Machine) -> None:
        body = {"merged_id": str(twin.id), "take": []}
        refused = erp.post(f"partners/{twin.id}/merges", body)
        assert (refused.status_code, problem_of(refused)["code"]) == (422, "same_partner")
        assert status_of_twin(cast, twin) == PartnerStatus.ACTIVE
        with tenant_context(cast.acme.id):
            assert not AuditRecord.objects.filter(subject_id=twin.id, action__startswith="partner.m").exists()
