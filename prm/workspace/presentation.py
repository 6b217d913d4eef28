"""The brand in words and figures; called by workspace console and brand pages."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from prm.web import format as formats
from prm.workspace.models import Brand
from prm.workspace.rules import LIGHT_GROUND, contrast


def said_brand(brand: Brand | None) -> dict[str, Any]:
    """What became of the wish; nothing where there is none."""
    if brand is None or not brand.colour:
        return {}
    figure = Decimal(str(contrast(brand.colour, LIGHT_GROUND))).quantize(Decimal("0.1"), ROUND_DOWN)
    return {
        "colour": brand.colour,
        "light": brand.light,
        "dark": brand.dark,
        "is_adjusted": brand.light != brand.colour,
        "figure": formats.quantity(figure),
    }
