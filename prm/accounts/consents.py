"""What a person agrees to who comes in: the text is asked for here, the app above that keeps such texts answers.

Promise: without such an app, or before it has a text, there is one of the product's own; what was agreed to is known by
its hash for ever, and nobody is asked twice for the same version. Called by accounts actions, the invitation's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from prm.accounts.models import Consent, Membership
from prm.tenancy.queries import current_tenant


@dataclass(frozen=True)
class ConsentText:
    """Markdown in one language; `version_id` and `number` are those of the vendor's own text, None of the product's."""

    text: str
    language: str
    version_id: UUID | None = None
    number: int | None = None

    @property
    def text_hash(self) -> str:
        return sha256(self.text.strip().encode()).hexdigest()


TextOn = Callable[[str, date], ConsentText | None]
_offered: list[TextOn] = []


def offer_consent(text_on: TextOn) -> None:
    """`text_on(language, day)` answers the vendor's text that binds on the day, or None; in catalogues."""
    _offered[:] = [text_on]


def consent_to_ask(user_id: UUID | None, *, language: str, at: datetime) -> ConsentText | None:
    """The text that this person, or somebody without an account (None), agrees to before coming in; None when this very
    version was agreed to here before."""
    tenant = current_tenant()
    day = at.astimezone(tenant.zone).date()
    text = next((found for text_on in _offered if (found := text_on(language, day))), None) or ConsentText(
        _(
            "%(vendor)s keeps your name, your e-mail and what you do in this portal, in order to work with you in its "
            "partner programme."
        )
        % {"vendor": tenant.name},
        language,
    )
    if user_id is None:
        return text
    agreed = Consent.objects.filter(user_id=user_id, version_id=text.version_id).exists()
    return None if agreed else text


def keep_consent(membership: Membership, text: ConsentText, at: datetime) -> Consent:
    return Consent.objects.create(
        membership=membership,
        user_id=membership.user_id,
        version_id=text.version_id,
        number=text.number,
        language=text.language,
        text_hash=text.text_hash,
        given_at=at,
    )


def consents_of(user_id: UUID) -> list[Consent]:
    """Newest first."""
    return list(Consent.objects.filter(user_id=user_id).order_by("-given_at", "-id"))
