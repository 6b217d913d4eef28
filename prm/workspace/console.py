"""Members and settings of the vendor's workspace; called by workspace.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.accounts import actions as accounts
from prm.accounts.consents import consents_of
from prm.accounts.models import Invitation, Membership
from prm.accounts.rules import roles_grantable_by
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.workspace import queries
from prm.workspace.actions import change_settings
from prm.workspace.branding import brand_of_tenant
from prm.workspace.companies import company_choices, company_names
from prm.workspace.forms import InvitationForm, MemberFilterForm, MemberForm, SettingsForm
from prm.workspace.letters import LetterNotSent, invite_by_letter
from prm.workspace.presentation import said_brand

BY_NAME = ("user__name", "id")
NOT_OFFERED = (accounts.AlreadyMember, accounts.RoleNotGrantable, LetterNotSent)
NOT_CHANGED = (accounts.LastAdminCannotLeave, accounts.RoleNotGrantable)


@console_page("members.view")
def member_list(request: PageRequest) -> HttpResponse:
    filters = MemberFilterForm(request)
    page = page_of(request, queries.list_members(request.actor, **filters.wanted), order=BY_NAME)
    invitations = list(queries.list_invitations(request.actor))
    names = company_names({row.partner_id for row in [*page.rows, *invitations] if row.partner_id})
    context = {
        "page": page,
        "rows": [(row, _company(names, row)) for row in page.rows],
        "invitations": [(row, _company(names, row)) for row in invitations],
        "now": timezone.now(),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_change": request.actor.can("members.change"),
    }
    return render(request, "console/prm/workspace/members.html", context)


@console_page("members.change", post="members.change", fresh=True)
def member_invite(request: PageRequest) -> HttpResponse:
    form = InvitationForm(
        posted(request),
        roles=roles_grantable_by(request.actor.role),
        companies=company_choices(),
        initial={"language": current_tenant().language},
    )
    if form.is_valid() and _offer(request, form):
        return redirect("member-list")
    status = 422 if form.errors else 200
    return render(request, "console/prm/workspace/invite.html", {"form": form}, status=status)


@console_page("members.change", post="members.change", fresh=True)
def member_edit(request: PageRequest, membership_id: UUID) -> HttpResponse:
    member = queries.access_member(request.actor, membership_id)
    form = MemberForm(posted(request), initial={"role": member.role, "sees_money": member.sees_money})
    if form.is_valid() and _change(request, member, form):
        return redirect("member-list")
    context = {
        "form": form,
        "member": member,
        "company": _company_of(member),
        "consents": consents_of(member.user_id),
    }
    return render(request, "console/prm/workspace/member.html", context, status=422 if form.errors else 200)


@console_page("members.change", post="members.change")
def member_end(request: PageRequest, membership_id: UUID) -> HttpResponse:
    member = queries.access_member(request.actor, membership_id)
    if request.method == "POST":
        try:
            accounts.end_membership(actor=request.actor, membership=member, at=timezone.now())
        except accounts.LastAdminCannotLeave:
            messages.error(request, _("This is the last administrator here: somebody must stay."))
        else:
            messages.success(request, _("%(name)s can no longer come in.") % {"name": member.user})
        return redirect("member-list")
    context = {"member": member, "company": _company_of(member)}
    return render(request, "console/prm/workspace/member_end.html", context)


@console_page("members.change", post="members.change")
def invitation_withdraw(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    invitation = queries.access_invitation(request.actor, invitation_id)
    if request.method == "POST":
        accounts.withdraw_invitation(actor=request.actor, invitation=invitation, at=timezone.now())
        messages.success(
            request, _("The link in the letter to %(email)s is dead.") % {"email": invitation.email}
        )
        return redirect("member-list")
    return render(request, "console/prm/workspace/withdraw.html", {"invitation": invitation})


@console_page("settings.view", post="settings.change")
def tenant_settings(request: PageRequest) -> HttpResponse:
    tenant = current_tenant()
    names = ("name", "time_zone", "language", "second_approver_above_minor")
    shown: dict[str, Any] = {name: getattr(tenant, name) for name in names}
    form = SettingsForm(posted(request), currency=tenant.currency, initial=dict(shown))
    if form.is_valid():
        if change_settings(actor=request.actor, changes=form.changes(), at=timezone.now()):
            messages.success(request, _("Saved."))
        else:
            messages.info(request, _("Nothing differs, so nothing was saved."))
        return redirect("tenant-settings")
    context = {
        "form": form,
        "shown": tenant,
        "look": said_brand(brand_of_tenant()),
        "may_change": request.actor.can("settings.change"),
    }
    return render(request, "console/prm/workspace/settings.html", context, status=422 if form.errors else 200)


def _offer(request: PageRequest, form: InvitationForm) -> bool:
    language = form.cleaned_data["language"]
    try:
        invitation = invite_by_letter(
            actor=request.actor, place=form.place(), language=language, at=timezone.now()
        )
    except NOT_OFFERED as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("A letter is on its way to %(email)s.") % {"email": invitation.email})
    return True


def _change(request: PageRequest, member: Membership, form: MemberForm) -> bool:
    try:
        accounts.change_member(actor=request.actor, membership=member, at=timezone.now(), **form.place())
    except NOT_CHANGED as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("Saved."))
    return True


def _company_of(member: Membership) -> str:
    return company_names([member.partner_id]).get(member.partner_id, "") if member.partner_id else ""


def _company(names: dict[UUID, str], row: Membership | Invitation) -> str:
    return names.get(row.partner_id, "") if row.partner_id else ""
