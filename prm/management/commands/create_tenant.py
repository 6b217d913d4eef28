"""Open a tenant (a vendor) and invite its first programme admin; prints the link of the invitation."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from prm.accounts.middleware import FACES, RESERVED
from prm.accounts.tenants import NewTenant, TenantRefused, open_tenant


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of every address: small letters, digits, hyphens")
        parser.add_argument("name", help="the vendor's name")
        parser.add_argument("--admin", required=True, help="e-mail address of the first programme admin")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--fiscal-month", type=int, default=1, choices=range(1, 13), metavar="1..12")
        parser.add_argument(
            "--first-period", type=date.fromisoformat, help="first day of the first month that is calculated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        wanted = NewTenant(
            slug=options["slug"],
            name=options["name"],
            currency=options["currency"],
            time_zone=options["time_zone"],
            first_period_on=options["first_period"] or now.date().replace(day=1),
            language=options["language"],
            fiscal_month=options["fiscal_month"],
        )
        try:
            validate_email(options["admin"])
            invitation, secret = open_tenant(
                wanted=wanted, admin_email=options["admin"], reserved=RESERVED | set(FACES), at=now
            )
        except ValidationError as refusal:
            raise CommandError("--admin must be an e-mail address.") from refusal
        except TenantRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"opened {wanted.slug}; {invitation.email} joins with this link, once:")
        self.stdout.write(f"{settings.BASE_URL}/invite/{secret}/")
