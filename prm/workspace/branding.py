"""Writes and reads of a vendor's brand: its colour and its logo.

Promise: a colour is stored with shades in which text can be read; a logo is a checked picture, and the one before it is
forgotten; only what differs is written, and the trail holds it with its old value. Called by workspace brand pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import remove_file, store_file
from prm.files.rules import kind_of
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant
from prm.workspace.models import Brand
from prm.workspace.rules import (
    LOGO_HIGHEST,
    LOGO_LEAST,
    LOGO_WIDTH_TO_HEIGHT,
    fault_in_logo,
    read_colour,
    shades_of,
)

PURPOSE = "logo"
KINDS_TAKEN = frozenset({"png", "jpg", "jpeg"})
LOGO_MOST_KILOBYTES = 300
LOGO_MOST_BYTES = LOGO_MOST_KILOBYTES * 1024
LOGO_FAULTS = {
    "unreadable": _("This picture cannot be read. Save it once more as PNG or JPEG."),
    "too_small": _("The picture is too small: it needs at least %(least)s pixels each way."),
    "too_large": _("The picture is too high: %(highest)s pixels are enough."),
    "too_long": _("The picture is too wide: at most %(times)s times as wide as high."),
}


class ColourInvalid(Exception):
    """What was typed is no colour."""

    code = "colour_invalid"
    field = "colour"
    message = _("Write the colour as # and six digits or letters from a to f, such as #2b50c8.")


class LogoUnfit(Exception):
    """A picture that does not fit the places where a logo stands."""

    code = "logo_unfit"
    field = "logo"

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.message = LOGO_FAULTS[fault] % {
            "least": LOGO_LEAST,
            "highest": LOGO_HIGHEST,
            "times": LOGO_WIDTH_TO_HEIGHT,
        }


@dataclass(frozen=True)
class Picture:
    """An uploaded file."""

    name: str
    content: bytes


def brand_of_tenant() -> Brand | None:
    return Brand.objects.select_related("logo").first()


def set_colour(*, actor: Actor, colour: str, at: datetime) -> Brand:
    """Take the colour, or none (""). Raises `ColourInvalid`."""
    wish = read_colour(colour) if colour.strip() else ""
    if wish is None:
        raise ColourInvalid
    light, dark = shades_of(wish) if wish else ("", "")
    brand = _locked(at)
    return _change(actor, brand, {"colour": wish, "light": light, "dark": dark}, at)


def set_logo(*, actor: Actor, picture: Picture | None, at: datetime) -> Brand:
    """Put the picture, or none, in the place of the logo. Raises `LogoUnfit` and what `store_file` raises."""
    brand = _locked(at)
    former, stored = brand.logo, None
    if picture is not None:
        _refuse_unfit(picture)
        stored = store_file(actor=actor, purpose=PURPOSE, name=picture.name, content=picture.content, at=at)
    brand = _change(actor, brand, {"logo": stored}, at)
    if former is not None:
        remove_file(actor=actor, stored=former, at=at)
    return brand


def open_logo() -> FileResponse:
    """The logo of the tenant in context for anybody; 404 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT media_type, path FROM guard.brand_logo()")
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return FileResponse(default_storage.open(row[1], "rb"), content_type=row[0])


def _refuse_unfit(picture: Picture) -> None:
    """Of a file that is taken by its kind and size, which the files themselves refuse in their own words."""
    is_taken = kind_of(picture.name, picture.content) is not None
    if is_taken and len(picture.content) <= LOGO_MOST_BYTES and (fault := fault_in_logo(picture.content)):
        raise LogoUnfit(fault)


def _locked(at: datetime) -> Brand:
    """The row, locked together with the tenant's: two first changes at once make one brand."""
    Tenant.objects.select_for_update().get(id=current_tenant().id)
    return Brand.objects.select_related("logo").first() or Brand(changed_at=at)


def _change(actor: Actor, brand: Brand, changes: dict[str, Any], at: datetime) -> Brand:
    changed = {name: value for name, value in changes.items() if getattr(brand, name) != value}
    if not changed:
        return brand
    before = {name: _told(getattr(brand, name)) for name in changed}
    for name, value in changed.items():
        setattr(brand, name, value)
    brand.changed_at = at
    brand.save()
    after = {name: _told(value) for name, value in changed.items()}
    record(
        actor=actor,
        action="tenant.brand_changed",
        subject=current_tenant(),
        at=at,
        before=before,
        after=after,
    )
    return brand


def _told(value: Any) -> Any:
    """In the trail a logo is its name and hash."""
    return {"name": value.name, "sha256": value.sha256} if hasattr(value, "sha256") else value
