"""Where a vendor's own stylesheet and logo are found, from what its address alone tells.

Promise: an address changes with what stands behind it, so that a browser may keep it; asks no database. Called by the
page context, the invitation's page and the brand's own views."""

from dataclasses import dataclass

from prm.tenancy.queries import TenantCard

STYLE_VERSION = 1  # another one when prm.workspace.rules writes another stylesheet from the same shades


@dataclass(frozen=True)
class BrandLinks:
    """Addresses, empty where the vendor has no colour or no logo."""

    style: str
    logo: str


def style_stamp(card: TenantCard) -> str:
    return f"{card.light[1:]}{card.dark[1:]}{STYLE_VERSION}" if card.light else ""


def brand_links(card: TenantCard | None) -> BrandLinks:
    if card is None:
        return BrandLinks("", "")
    stamp = style_stamp(card)
    return BrandLinks(
        f"/{card.slug}/brand/style.css?v={stamp}" if stamp else "",
        f"/{card.slug}/brand/logo?v={card.logo}" if card.logo else "",
    )
