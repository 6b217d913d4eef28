"""What the demo lacks and the scenes need: people in particular states, a vendor on its first day, work under way.

Promise: added beside the demo, whose own objects stay as they are; called by the screens command and its test."""

from dataclasses import dataclass, field
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from analytics.demo.names import PASSWORD, Vendor
from incentives.earnings.actions import start_calculation
from incentives.earnings.models import CalculationRun, CalculationShard
from incentives.payouts.actions import prepare_run
from partners.directory.actions import create_partner
from partners.directory.models import Partner
from partners.onboarding.setup import ProgrammeFacts, save_programme
from prm.accounts.actions import invite, withdraw_invitation
from prm.accounts.actor import Actor, system_actor
from prm.accounts.models import Invitation, Membership, User
from prm.accounts.permissions import permissions_of
from prm.imports.actions import start_check, take_file
from prm.imports.kinds import import_kind
from prm.jobs.actions import advance_job, fail_job, request_cancel, start_job
from prm.jobs.models import Job
from prm.kit.ids import uuid7
from prm.kit.periods import Period
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant, inside
from tests.screens.files import imports_in_each_state
from tests.screens.passkeys import passkey

WORDS = {
    "en": {
        "fresh": "Firstday Ltd",
        "partner": "Quiet Ltd",
        "person": "Nora Lind",
        "file": "July",
        "failure": "No space left",
        "plan": "Autumn plan",
        "reason": "The delivery note of the 3rd is missing here.",
    },
    "ru": {
        "fresh": "Первый День",
        "partner": "Тихий Дом",
        "person": "Нора Линде",
        "file": "Июль",
        "failure": "Нет места",
        "plan": "Осенний план",
        "reason": "Здесь нет накладной от 3-го числа.",
    },
}
SALES = "external_id,partner,product,occurred_on,amount,currency\nS-1,P001,X,2026-01-10,10.00,EUR\n"


@dataclass
class World:
    """Addresses of people, and the pages of states. Mail addresses are the keys of the eye's browsers."""

    slug: str
    fresh: str
    two_places: str
    careful: str
    careful_secret: str
    careful_codes: list[str]
    unseeing: str
    unpaid: str
    quiet_partner: str
    invitations: dict[str, str] = field(default_factory=dict)
    reset: str = ""
    confirm: str = ""
    at_work: dict[str, str] = field(default_factory=dict)
    careful_pages: list[tuple[str, str]] = field(default_factory=list)


def furnish(vendor: Vendor) -> World:
    """Everything but the work under way, which changes what the demo's own pages say."""
    words, fresh = WORDS[vendor.language], f"fresh-{vendor.slug}"
    fresh_id = _fresh_tenant(fresh, words["fresh"], vendor)
    world = World(slug=vendor.slug, fresh=fresh, two_places=f"nora@{vendor.slug}.example",
                  careful=f"careful@{vendor.slug}.example", careful_secret=generate_totp_secret(), careful_codes=[],
                  unseeing=f"unseeing@{vendor.slug}.example", unpaid=f"unpaid@{vendor.slug}.example",
                  quiet_partner=f"quiet@{vendor.slug}.example")  # fmt: skip
    with inside(vendor.slug):
        tenant_id, partner_id = current_tenant().id, Partner.objects.get(code="P001").id
        unpaid_id = Partner.objects.get(code="P008").id  # whose bank details wait for confirmation
    nora = _person(world.two_places, words["person"], vendor)
    _join(tenant_id, nora, "auditor")
    owner = _join(fresh_id, nora, "programme_admin")
    _join(tenant_id, _person(world.unseeing, words["person"], vendor), "partner_user", partner_id)
    _join(tenant_id, _person(world.unpaid, words["person"], vendor), "partner_admin", unpaid_id)
    with tenant_context(fresh_id):
        facts = {"code": "Q", "name": words["partner"], "country": "DE", "joined_on": timezone.localdate()}
        quiet = create_partner(actor=owner, facts=facts, at=timezone.now())  # type: ignore[arg-type]
    _join(fresh_id, _person(world.quiet_partner, words["person"], vendor), "partner_admin", quiet.id)
    _second_factors(world, _person(world.careful, words["person"], vendor))
    _letters(world, vendor, nora)
    return world


def put_to_work(vendor: Vendor, world: World) -> None:
    """A calculation, an import and a payout run that no worker takes up, a job that failed and one being stopped."""
    words = WORDS[vendor.language]
    with inside(vendor.slug):
        admin, at = (
            actor_of(Membership.objects.filter(role="programme_admin").order_by("id")[0]),
            timezone.now(),
        )
        calculation = start_calculation(actor=admin, period_on=timezone.localdate(), at=at)
        CalculationRun.objects.filter(id=calculation.id).update(state="calculating", started_at=at)
        CalculationShard.objects.filter(run=calculation, number__lt=3).update(state="done")
        batch = take_file(actor=admin, kind=import_kind("sales"), source="erp", name=f"{words['file']}.csv",
                          content=SALES.encode(), at=at)  # fmt: skip
        unread = take_file(actor=admin, kind=import_kind("sales"), source="erp", name=f"{words['file']}.csv",
                           content=b"a;b\n1;2\n", at=at)  # fmt: skip
        start_check(actor=admin, batch=batch, mapping=batch.mapping, decimal=".", at=at)
        Job.objects.filter(subject_id=batch.id).update(state="running", started_at=at, done=F("total") / 2)
        payout = prepare_run(actor=admin, period_on=current_tenant().first_period_on, currency=vendor.currency,
                             pays_on=Period.of(at.date()).ends_on, at=at)  # fmt: skip
        failed, stopped = (
            start_job(actor=admin, kind="earnings.calculation", at=at, total=9) for _ in range(2)
        )
        fail_job(job_id=failed.id, at=at, failure=words["failure"])
        advance_job(job_id=stopped.id, at=at, done=4)
        request_cancel(actor=admin, job=stopped, at=at)
    world.at_work = {
        "calculation-going-on": f"calculations/{calculation.id}/",
        "import-checking": f"imports/{batch.id}/",
        "import-choosing-columns": f"imports/{unread.id}/",
        "payout-calculating": f"payouts/{payout.id}/",
        "job-failed": f"jobs/{failed.id}/",
        "job-being-stopped": f"jobs/{stopped.id}/",
        **imports_in_each_state(admin, words),
    }


def let_work_fail(vendor: Vendor) -> None:
    """The calculation that is under way ends badly."""
    with inside(vendor.slug):
        CalculationRun.objects.filter(state="calculating").update(
            state="failed", failure=WORDS[vendor.language]["failure"], finished_at=timezone.now()
        )


def let_invitations_expire(vendor: Vendor) -> None:
    with inside(vendor.slug):
        Invitation.objects.filter(email__startswith="guest@").update(expires_at=timezone.now())


def let_programme(vendor: Vendor, *, is_open: bool) -> None:
    with inside(vendor.slug) as tenant:
        facts: ProgrammeFacts = {"is_open": is_open}
        save_programme(actor=system_actor(tenant.id), facts=facts, version=None, at=timezone.now())


def _fresh_tenant(slug: str, name: str, vendor: Vendor) -> UUID:
    tenant_id = uuid7()
    with tenant_context(tenant_id):
        Tenant.objects.create(
            id=tenant_id,
            slug=slug,
            name=name,
            currency=vendor.currency,
            language=vendor.language,
            first_period_on=timezone.localdate().replace(day=1),
        )
    return tenant_id


def _person(email: str, name: str, vendor: Vendor) -> User:
    with identity_context():
        user = User.objects.create_user(email, PASSWORD, name=name, language=vendor.language)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _join(tenant_id: UUID, user: User, role: str, partner_id: UUID | None = None) -> Actor:
    with tenant_context(tenant_id):
        place = Membership.objects.create(
            user=user, role=role, partner_id=partner_id, sees_money=role != "partner_user"
        )
    return actor_of(place)


def actor_of(place: Membership) -> Actor:
    assert place.tenant_id is not None
    return Actor(
        kind="person",
        id=place.id,
        label=place.user.name,
        tenant_id=place.tenant_id,
        role=place.role,
        permissions=permissions_of(place.role, sees_money=True),
        partner_id=place.partner_id,
        user_id=place.user_id,
        sees_money=True,
    )


def _second_factors(world: World, user: User) -> None:
    """An application for codes, codes on paper, and a passkey of another machine."""
    with identity_context():
        TOTP.activate(user, world.careful_secret)
        world.careful_codes = RecoveryCodes.activate(user).get_unused_codes()
        data = {"name": "YubiKey", "credential": passkey()}
        key = Authenticator.objects.create(user=user, type="webauthn", data=data)
    world.careful_pages = [
        ("mfa_deactivate_totp", reverse("mfa_deactivate_totp")),
        ("mfa_view_recovery_codes", reverse("mfa_view_recovery_codes")),
        ("mfa_edit_webauthn", reverse("mfa_edit_webauthn", args=[key.id])),
        ("mfa_remove_webauthn", reverse("mfa_remove_webauthn", args=[key.id])),
    ]


def _letters(world: World, vendor: Vendor, nora: User) -> None:
    """The links that letters carry: invitations, a forgotten password, an address to confirm."""
    with inside(vendor.slug):
        admin, at = (
            actor_of(Membership.objects.filter(role="programme_admin").order_by("id")[0]),
            timezone.now(),
        )
        for state, name in (("open", "guest"), ("withdrawn", "unwanted")):
            offer, secret = invite(actor=admin, email=f"{name}@{vendor.slug}.example", role="finance",
                                   partner_id=None, sees_money=True, at=at)  # fmt: skip
            world.invitations[state] = f"/invite/{secret}/"
            if state == "withdrawn":
                withdraw_invitation(actor=admin, invitation=offer, at=at)
    with identity_context():
        key = f"{user_pk_to_url_str(nora)}-{default_token_generator.make_token(nora)}"
        second = EmailAddress.objects.create(user=nora, email=f"second-{nora.email}")
    world.reset = f"/account/password/reset/key/{key}/"
    world.confirm = reverse("account_confirm_email", args=[EmailConfirmationHMAC(second).key])
