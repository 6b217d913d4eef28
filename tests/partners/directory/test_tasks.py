"""The hourly task: standings that were dated ahead take effect in every tenant."""

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
