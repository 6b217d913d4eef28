"""The page on which a programme admin sets the vendor's colour and logo; called by workspace.urls."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.files.actions import FileRefused
from prm.web.forms import posted
from prm.web.pages import PageRequest, console_page
from prm.workspace import branding
from prm.workspace.brand_forms import BrandForm
from prm.workspace.models import Brand
from prm.workspace.presentation import said_brand


@console_page("settings.change", post="settings.change")
def tenant_brand(request: PageRequest) -> HttpResponse:
    brand = branding.brand_of_tenant()
    colour = brand.colour if brand else ""
    form = BrandForm(
        posted(request),
        request.FILES or None,
        has_logo=bool(brand and brand.logo_id),
        initial={"colour": colour},
    )
    if form.is_valid() and _save(request, form):
        return redirect("tenant-brand")
    context = {"form": form, "look": said_brand(brand)}
    return render(request, "console/prm/workspace/brand.html", context, status=422 if form.errors else 200)


def _save(request: PageRequest, form: BrandForm) -> bool:
    """Both or neither: a picture that is refused takes the colour back too."""
    try:
        with transaction.atomic():
            _write(request, form)
    except (branding.ColourInvalid, branding.LogoUnfit, FileRefused) as refusal:
        fault = forms.ValidationError(str(refusal.message), code=refusal.code)
        form.add_error(getattr(refusal, "field", "logo"), fault)
        return False
    brand = branding.brand_of_tenant()
    if "colour" in form.changed_data and brand and brand.light != brand.colour:
        messages.warning(request, _adjusted(brand))
    messages.success(request, _("Saved."))
    return True


def _write(request: PageRequest, form: BrandForm) -> None:
    now, given = timezone.now(), form.cleaned_data
    if "colour" in form.changed_data:
        branding.set_colour(actor=request.actor, colour=given["colour"], at=now)
    if given["logo"]:
        picture = branding.Picture(given["logo"].name, given["logo"].read())
        branding.set_logo(actor=request.actor, picture=picture, at=now)
    elif given.get("remove_logo"):
        branding.set_logo(actor=request.actor, picture=None, at=now)


def _adjusted(brand: Brand) -> str:
    return _("%(colour)s cannot be read well on a light page, so %(light)s is shown there.") % {
        "colour": brand.colour,
        "light": brand.light,
    }
