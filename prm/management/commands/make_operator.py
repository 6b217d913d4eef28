"""Let a person into the operator's admin (/operator/), which asks for a second factor; --dismiss takes it back."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from prm.accounts.operators import PersonUnknown, dismiss_operator, make_operator


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of somebody with an account, or of somebody new")
        parser.add_argument("--dismiss", action="store_true", help="take the right away")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
            if options["dismiss"]:
                person = dismiss_operator(email=email)
                self.stdout.write(f"{person.email} is no operator any more")
                return
            person, password_path = make_operator(email=email)
        except ValidationError as refusal:
            raise CommandError("EMAIL must be an e-mail address.") from refusal
        except PersonUnknown as refusal:
            raise CommandError(f"{email} is no operator.") from refusal
        self.stdout.write(
            f"{person.email} is an operator; {settings.BASE_URL}/operator/ asks for a second factor"
        )
        if password_path:
            self.stdout.write("they set a password with this link, once:")
            self.stdout.write(f"{settings.BASE_URL}{password_path}")
