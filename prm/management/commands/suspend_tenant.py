"""Close a tenant to its people and its keys; every row stays. `resume_tenant` takes it back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from prm.accounts.actor import Actor, system_actor
from prm.accounts.tenants import TenantStateUnchanged, resume_tenant, suspend_tenant
from prm.tenancy.queries import inside


class Command(BaseCommand):
    help = __doc__
    done = "suspended"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", required=True, help="kept in the tenant's audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with inside(options["slug"]) as tenant:
                self.change(actor=system_actor(tenant.id, label="operator"), reason=options["reason"])
        except LookupError as refusal:
            raise CommandError(str(refusal)) from refusal
        except TenantStateUnchanged as refusal:
            raise CommandError(f"The tenant is already {self.done}.") from refusal
        self.stdout.write(f"{options['slug']} is {self.done}")

    def change(self, *, actor: Actor, reason: str) -> None:
        suspend_tenant(actor=actor, at=timezone.now(), reason=reason)


class ResumeCommand(Command):
    help = "Let a suspended tenant's people and keys in again."
    done = "active"

    def change(self, *, actor: Actor, reason: str) -> None:
        resume_tenant(actor=actor, at=timezone.now(), reason=reason)
