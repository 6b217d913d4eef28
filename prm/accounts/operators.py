"""Those who run the installation, and belong to no vendor for it.

Promise: only a command makes an operator; without a second factor it opens nothing (prm.accounts.admin).
Called by: the command make_operator, the operator's admin.
"""

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from prm.accounts.models import User
from prm.tenancy.context import identity_context


class PersonUnknown(LookupError):
    """Nobody has this address."""

    code = "person_unknown"


def make_operator(*, email: str) -> tuple[User, str]:
    """Let the person of this address into the operator's admin. Somebody new gets an account; the second value is then
    the path where they set its password, once."""
    with identity_context():
        person = User.objects.filter(email__iexact=email).first()
        if person is not None:
            person.is_operator = True
            person.save(update_fields=["is_operator"])
            return person, ""
        person = User.objects.create_user(email, is_operator=True)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person, _password_path(person)


def dismiss_operator(*, email: str) -> User:
    """Take the right away; the person keeps the account and their places."""
    with identity_context():
        person = User.objects.filter(email__iexact=email, is_operator=True).first()
        if person is None:
            raise PersonUnknown
        person.is_operator = False
        person.save(update_fields=["is_operator"])
        return person


def allow_login(*, person: User, allowed: bool) -> None:
    """Without it every session of the person ends with its next request."""
    User.objects.filter(id=person.id).update(is_active=allowed)


def _password_path(person: User) -> str:
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    parts = {"uidb36": user_pk_to_url_str(person), "key": key}
    return reverse("account_reset_password_from_key", kwargs=parts)
