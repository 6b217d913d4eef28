"""The secret of an applicant's link: made again from the server's key whenever a letter needs it, stored as a hash.

Promise: the row alone opens nothing; a new serial makes the old link dead; called by onboarding actions and letters."""

from uuid import UUID

from django.utils.crypto import salted_hmac

from partners.onboarding.models import Application
from prm.accounts.rules import hash_of

SALT = "partners.onboarding.links"
SECRET_LENGTH = 43


def secret_of(application_id: UUID, serial: int) -> str:
    return salted_hmac(SALT, f"{application_id}:{serial}", algorithm="sha256").hexdigest()[:SECRET_LENGTH]


def link_secret(application: Application) -> str:
    """The secret that opens this application. After the server's key was changed, the next letter brings a new link."""
    secret = secret_of(application.id, application.link_serial)
    if application.token_hash != hash_of(secret):
        application.token_hash = hash_of(secret)
        application.save(update_fields=["token_hash"])
    return secret
