"""A vendor's colour and logo: what is taken, what is refused, who sees it, how long a browser keeps it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from prm.audit.models import AuditRecord
from prm.files.models import StoredFile
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.tenancy.queries import find_tenant
from prm.workspace.branding import Picture, set_colour, set_logo
from prm.workspace.models import Brand
from prm.workspace.rules import contrast, fault_in_logo, palette_of, picture_size, read_colour, shades_of
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.pictures import jpeg, png
from tests.support.rows import nothing_written_in

PAGE = "/acme/m/settings/brand/"
LOGO = png(96, 96)


def send(person: Person, *, colour: str = "", shown: str = "", logo: Any = None, **more: str) -> Any:
    form: dict[str, Any] = {"colour": colour, "initial-colour": shown, **more}
    if logo is not None:
        form["logo"] = SimpleUploadedFile(*logo)
    return client_of(person).post(PAGE, form)


def stored(cast: Cast) -> tuple[str, str, str, str]:
    with tenant_context(cast.acme.id):
        brand = Brand.objects.select_related("logo").get()
        return brand.colour, brand.light, brand.dark, brand.logo.name if brand.logo else ""


def records(cast: Cast) -> list[tuple[str, Any, Any]]:
    with tenant_context(cast.acme.id):
        return list(AuditRecord.objects.order_by("id").values_list("action", "before", "after"))


def branded(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        set_colour(actor=cast.vera.actor, colour="#0f766e", at=NOW)
        set_logo(actor=cast.vera.actor, picture=Picture("logo.png", LOGO), at=NOW)


@given(wish=some.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_every_colour_becomes_shades_in_which_text_can_be_read(wish: str) -> None:
    light, dark = shades_of(wish)
    for shade, is_dark, grounds in (
        (light, False, ("#ffffff", "#f5f6f9", "#f9fafc", "#eef1f5")),
        (dark, True, ("#0f141d", "#171e2a", "#1b2331", "#252e3c")),
    ):
        palette = palette_of(shade, dark=is_dark)
        for text in (palette.shade, palette.strong):
            assert min(contrast(text, other) for other in (*grounds, palette.soft, palette.on)) >= 4.5


@pytest.mark.parametrize(
    ("typed", "read"),
    [("#2B50C8", "#2b50c8"), ("2b50c8", "#2b50c8"), ("#abc", "#aabbcc"), ("blue", None), ("#12345", None)],
)
def test_a_colour_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert read_colour(typed) == read


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert shades_of("#2b50c8")[0] == "#2b50c8"
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize(
    ("content", "size", "fault"),
    [
        (png(96, 64), (96, 64), None),
        (jpeg(128, 64), (128, 64), None),
        (png(63, 64), (63, 64), "too_small"),
        (png(513, 513), (513, 513), "too_large"),
        (png(260, 64), (260, 64), "too_long"),
        (png(96, 96) + b"<script>", None, "unreadable"),
        (b"\x89PNG\r\n\x1a\n", None, "unreadable"),
        (b"\xff\xd8\xff\xd9", None, "unreadable"),
        (b"", None, "unreadable"),
    ],
)
def test_a_picture_says_its_size_and_fits_or_not(content: bytes, size: Any, fault: str | None) -> None:
    assert (picture_size(content), fault_in_logo(content)) == (size, fault)


def test_a_colour_and_a_logo_are_stored_and_recorded(cast: Cast) -> None:
    answer = send(cast.vera, colour="#2B50C8", logo=("logo.png", LOGO))
    assert answer.status_code == 302
    colour, light, dark, logo = stored(cast)
    assert (colour, light, logo) == ("#2b50c8", "#2b50c8", "logo.png")
    actions = {action: after for action, _before, after in records(cast)}
    assert set(actions) == {"tenant.brand_changed", "file.stored"}
    assert records(cast)[0][2] == {"colour": "#2b50c8", "light": light, "dark": dark}


def test_a_colour_that_cannot_be_read_is_adjusted_and_the_page_says_so(cast: Cast) -> None:
    client = client_of(cast.vera)
    said = client.post(PAGE, {"colour": "#ffcc00", "initial-colour": ""}, follow=True).content.decode()
    light = stored(cast)[1]
    assert light != "#ffcc00"
    assert f"#ffcc00 cannot be read well on a light page, so {light} is shown there." in said
    assert "text needs 4.5" in client.get("/acme/m/settings/").content.decode()


def test_another_logo_takes_the_place_of_the_first_which_is_forgotten(cast: Cast) -> None:
    branded(cast)
    shown = {"colour": "#0f766e", "shown": "#0f766e"}
    assert send(cast.vera, logo=("new.jpg", jpeg(128, 64)), **shown).status_code == 302
    with tenant_context(cast.acme.id):
        assert [file.name for file in StoredFile.objects.all()] == ["new.jpg"]
    assert send(cast.vera, remove_logo="on", **shown).status_code == 302
    assert stored(cast)[3] == ""
    with tenant_context(cast.acme.id):
        assert not StoredFile.objects.exists()
    assert Client().get("/acme/brand/logo").status_code == 404


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"colour": "blue"}, "colour", "#2b50c8"),
        ({"logo": ("logo.png", png(20, 20))}, "logo", "at least 64 pixels"),
        ({"logo": ("logo.png", png(600, 600))}, "logo", "512 pixels are enough"),
        ({"logo": ("logo.png", png(300, 64))}, "logo", "4 times as wide"),
        ({"logo": ("logo.svg", b"<svg/>")}, "logo", "kind of file"),
        ({"logo": ("logo.png", b"<html>")}, "logo", "kind of file"),
        ({"logo": ("logo.png", LOGO + b"0" * 400_000)}, "logo", "larger than is taken"),
        ({"colour": "#123456", "logo": ("logo.png", png(20, 20))}, "logo", "at least 64 pixels"),
    ],
)
def test_a_wrong_colour_or_picture_is_said_at_its_field_and_changes_nothing(
    cast: Cast, sent: dict[str, Any], field: str, words: str
) -> None:
    with nothing_written_in(cast.acme):
        answer = send(cast.vera, **sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert words in answer.content.decode()


def test_who_may_not_change_settings_changes_no_brand(cast: Cast) -> None:
    branded(cast)
    with nothing_written_in(cast.acme):
        for person in (cast.otto, cast.felix, cast.nina):
            assert send(person, colour="#123456", shown="#0f766e").status_code == 403
    assert "Logo of Acme" in client_of(cast.otto).get("/acme/m/settings/").content.decode()


def test_two_editors_of_colour_and_logo_keep_both(cast: Cast) -> None:
    send(cast.vera, colour="#0f766e")
    send(cast.vasily, colour="", shown="", logo=("logo.png", LOGO))
    assert stored(cast)[0::3] == ("#0f766e", "logo.png")


def test_what_is_the_same_is_not_written(cast: Cast) -> None:
    branded(cast)
    with tenant_context(cast.acme.id), CaptureQueriesContext(connection) as asked:
        set_colour(actor=cast.vera.actor, colour="0F766E", at=NOW)
    assert not [query for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_strangers_get_the_stylesheet_and_the_logo_and_keep_what_is_named_by_its_version(cast: Cast) -> None:
    branded(cast)
    page = Client().get("/acme/join/").content.decode()
    card = find_tenant("acme")
    assert card is not None
    for address, kind, part in (
        (f"/acme/brand/style.css?v=0f766e{card.dark[1:]}1", "text/css", b"--brand:#0f766e"),
        (f"/acme/brand/logo?v={card.logo}", "image/png", LOGO),
    ):
        assert address in page
        answer = Client().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert part in b"".join(answer)
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.get("Vary", "")
        again = Client().get(address, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert Client().get(address.split("?")[0])["Cache-Control"] == "public, no-cache"
    assert Client().get("/acme/brand/logo")["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_pages_show_the_brand_where_the_name_is_and_ask_no_more_for_it(cast: Cast) -> None:
    pages = [
        (Client(), "/acme/join/"),
        (client_of(cast.vera), "/acme/m/members/"),
        (client_of(cast.paul), "/acme/p/team/"),
    ]
    counts = []
    for _round in range(2):
        for client, page in pages:
            client.get(page)  # what is noted once a day is noted now
            with CaptureQueriesContext(connection) as asked:
                text = client.get(page).content.decode()
            counts.append(len(asked))
            assert ('class="brand-logo"' in text) == (len(counts) > len(pages))
            assert " style=" not in text
        branded(cast)
    assert counts[:3] == counts[3:]


def test_without_a_brand_there_is_nothing_to_fetch_and_another_tenant_has_its_own(cast: Cast) -> None:
    assert Client().get("/acme/brand/style.css").status_code == 404
    assert Client().get("/acme/brand/logo").status_code == 404
    branded(cast)
    assert Client().get("/zenith/brand/style.css").status_code == 404
    assert Client().get("/zenith/brand/logo").status_code == 404


def test_a_suspended_vendor_shows_nothing(cast: Cast) -> None:
    branded(cast)
    with tenant_context(cast.acme.id):
        Tenant.objects.update(suspended_at=timezone.now())
    assert Client().get("/acme/brand/logo").status_code == 404
