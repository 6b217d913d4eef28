"""People and their places: User is global, everything else belongs to a tenant.

Promise: a membership is ended by a date, never deleted; secrets are stored as hashes; called by accounts actions.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from prm.accounts import permissions
from prm.kit.ids import uuid7
from prm.tenancy.models import TenantForeignKey, TenantModel

ROLE_LABELS = {
    permissions.PROGRAMME_ADMIN: _("Programme admin"),
    permissions.CHANNEL_MANAGER: _("Channel manager"),
    permissions.FINANCE: _("Finance"),
    permissions.AUDITOR: _("Auditor"),
    permissions.PARTNER_ADMIN: _("Partner admin"),
    permissions.PARTNER_USER: _("Partner user"),
}


class UserManager(BaseUserManager["User"]):
    """Finds people by address without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person, known to the whole installation by one address; what they may do stands in memberships."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    language = models.CharField(_("Language"), max_length=5, default="en")
    theme = models.CharField(_("Theme"), max_length=5, default="auto")
    is_active = models.BooleanField(
        _("May log in"),
        default=True,
        help_text=_("Without it the person is out at once, whatever places they hold."),
    )
    is_operator = models.BooleanField(
        _("Operator"), default=False, help_text=_("Runs the installation. Given and taken by command alone.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("People")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_one_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_operator

    @property
    def is_superuser(self) -> bool:
        return self.is_operator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_operator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_operator


class Membership(TenantModel):
    """A person's role in a tenant, or at one partner of it (`partner_id`); live until `ended_at`."""

    wall: ClassVar = "partner_id"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=list(ROLE_LABELS.items()))
    partner_id = models.UUIDField(null=True)
    sees_money = models.BooleanField(_("May see money"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "user", "partner_id"],
                name="membership_one_live_per_person_and_place",
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="membership_partner_roles_name_a_partner",
                condition=models.Q(role__in=sorted(permissions.PARTNER_ROLES), partner_id__isnull=False)
                | models.Q(role__in=sorted(permissions.STAFF_ROLES), partner_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({ROLE_LABELS[self.role]})"


class Invitation(TenantModel):
    """A single-use offer of one membership to one address; the link carries the secret, the row its hash."""

    wall: ClassVar = "partner_id"

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=list(ROLE_LABELS.items()))
    partner_id = models.UUIDField(null=True)
    sees_money = models.BooleanField(default=True)
    secret_hash = models.CharField(max_length=64)
    invited_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "secret_hash"], name="invitation_one_per_secret"),
        ]

    def __str__(self) -> str:
        return self.email


class Consent(TenantModel):
    """A person agreed to the processing of personal data when they took a place: to which text, by its hash.

    `version_id` and `number` name the vendor's own text, None the product's; `user_id` finds it for a second place.
    """

    wall: ClassVar = "staff"

    membership = TenantForeignKey(Membership, models.PROTECT, related_name="+")
    user_id = models.UUIDField()
    version_id = models.UUIDField(null=True)
    number = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=5)
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "user_id"], name="consent_of_a_person")]


class ApiToken(TenantModel):
    """A machine's key: `prm_live_<prefix>_<secret><crc>`; only the prefix and the secret's hash are kept."""

    wall: ClassVar = "staff"

    name = models.CharField(_("Name"), max_length=100)
    prefix = models.CharField(max_length=8)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_by = TenantForeignKey(Membership, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            # The one look-up made before a tenant is known: prefixes are unique in the installation.
            models.UniqueConstraint(fields=["prefix"], name="api_token_one_per_prefix"),
        ]

    def __str__(self) -> str:
        return self.name
