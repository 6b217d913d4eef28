"""The hourly task: standings that were dated ahead take effect in every tenant, and every row has its keys."""

from datetime import date

from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.directory.tasks import adopt
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

MAY = date(2026, 5, 1)  # ahead of NOW, behind the clock of the task


def test_standing_shows_once_its_day_has_come(cast: Cast):
    for person, partner in ((cast.vera, cast.northwind), (cast.zed, cast.zephyr)):
        with tenant_context(person.tenant.id):
            changed = change_partner(
                actor=person.actor, partner=partner, changes={"tier": "gold"}, standing_from=MAY, at=NOW
            )
            assert changed.tier == ""
    adopt()
    adopt()
    for person, partner in ((cast.vera, cast.northwind), (cast.zed, cast.zephyr)):
        with tenant_context(person.tenant.id):
            assert Partner.objects.values_list("tier", "version").get(id=partner.id) == ("gold", 3)


def test_rows_that_were_loaded_past_the_directory_get_their_keys(cast: Cast):
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=cast.northwind.id).update(
            match_key="",
            name="Northwind GmbH",
            website="https://www.north.example/x",
            tax_id="DE 136.695.976",
        )
    adopt()
    with tenant_context(cast.acme.id):
        found = Partner.objects.values_list("match_key", "domain_key", "tax_key").get(id=cast.northwind.id)
    assert found == ("northvind", "north.example", "136695976")
