"""The team of a partner, kept by its own admin; called by workspace.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from prm.accounts import actions as accounts
from prm.accounts.rules import roles_grantable_by
from prm.web.forms import posted
from prm.web.pages import PageRequest, portal_page
from prm.workspace import queries
from prm.workspace.forms import InvitationForm, MemberForm
from prm.workspace.letters import LetterNotSent, invite_by_letter

NOT_OFFERED = (accounts.AlreadyMember, accounts.RoleNotGrantable, LetterNotSent)
NOT_CHANGED = (accounts.LastAdminCannotLeave, accounts.RoleNotGrantable)


@portal_page("team.view")
def team(request: PageRequest) -> HttpResponse:
    """A partner's team is small: one page without paging."""
    context = {
        "members": queries.list_members(request.actor).order_by("user__name", "id"),
        "invitations": queries.list_invitations(request.actor),
        "now": timezone.now(),
        "own_id": request.actor.id,
        "may_change": request.actor.can("team.change"),
    }
    return render(request, "portal/prm/workspace/team.html", context)


@portal_page("team.change", post="team.change", fresh=True)
def team_invite(request: PageRequest) -> HttpResponse:
    form = InvitationForm(
        posted(request),
        roles=roles_grantable_by(request.actor.role),
        companies=None,
        initial={"language": translation.get_language()},
    )
    if form.is_valid():
        try:
            invitation = invite_by_letter(
                actor=request.actor,
                place=form.place(),
                language=form.cleaned_data["language"],
                at=timezone.now(),
            )
        except NOT_OFFERED as refusal:
            form.refuse(refusal)
        else:
            text = _("A letter is on its way to %(email)s.") % {"email": invitation.email}
            messages.success(request, text)
            return redirect("portal-team")
    return render(
        request, "portal/prm/workspace/invite.html", {"form": form}, status=422 if form.errors else 200
    )


@portal_page("team.change", post="team.change", fresh=True)
def team_member_edit(request: PageRequest, membership_id: UUID) -> HttpResponse:
    member = queries.access_member(request.actor, membership_id)
    form = MemberForm(posted(request), initial={"role": member.role, "sees_money": member.sees_money})
    if form.is_valid():
        try:
            accounts.change_member(actor=request.actor, membership=member, at=timezone.now(), **form.place())
        except NOT_CHANGED as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("portal-team")
    context = {"form": form, "member": member}
    return render(request, "portal/prm/workspace/member.html", context, status=422 if form.errors else 200)


@portal_page("team.change", post="team.change")
def team_member_end(request: PageRequest, membership_id: UUID) -> HttpResponse:
    member = queries.access_member(request.actor, membership_id)
    if request.method == "POST":
        try:
            accounts.end_membership(actor=request.actor, membership=member, at=timezone.now())
        except accounts.LastAdminCannotLeave:
            messages.error(request, _("This is the last administrator here: somebody must stay."))
        else:
            messages.success(request, _("%(name)s can no longer come in.") % {"name": member.user})
        return redirect("portal-team")
    return render(request, "portal/prm/workspace/member_end.html", {"member": member})


@portal_page("team.change", post="team.change")
def team_invitation_withdraw(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    invitation = queries.access_invitation(request.actor, invitation_id)
    if request.method == "POST":
        accounts.withdraw_invitation(actor=request.actor, invitation=invitation, at=timezone.now())
        messages.success(
            request, _("The link in the letter to %(email)s is dead.") % {"email": invitation.email}
        )
        return redirect("portal-team")
    return render(request, "portal/prm/workspace/withdraw.html", {"invitation": invitation})
