"""A vendor's colour and logo, judged: shades in which text can be read, and what a picture's first bytes say of it.

Promise: pure; colours that a page sets side by side have a contrast of 4.5:1; called by workspace branding.
"""

import re
from dataclasses import dataclass
from math import atan2, cbrt, cos, hypot, sin

READABLE = 4.5
STEP = 0.005
COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
# The greys of prm.css on which links and buttons stand, the hardest to read on of each theme.
LIGHT_GROUND, DARK_GROUND = "#eef1f5", "#252e3c"
ON_LIGHT = "#ffffff"
PNG_ENDS, JPEG_ENDS = b"IEND\xaeB`\x82", b"\xff\xd9"
SIZES_OF_JPEG = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
LOGO_LEAST, LOGO_HIGHEST, LOGO_WIDTH_TO_HEIGHT = 64, 512, 4


@dataclass(frozen=True)
class Palette:
    """One theme's colours: the shade itself, a stronger one, a soft ground, and what is written on the shade."""

    shade: str
    strong: str
    soft: str
    on: str


@dataclass(frozen=True)
class _Lch:
    """A colour in OKLCH; the hue in radians."""

    light: float
    chroma: float
    hue: float

    def moved(self, light: float, most_chroma: float = 1.0) -> str:
        """Another lightness of the same hue, as much of the chroma as a screen can show."""
        chroma = min(self.chroma, most_chroma)
        while chroma > 0 and not _shown(_linear_of(_Lch(light, chroma, self.hue))):
            chroma -= STEP
        return _hex_of(_linear_of(_Lch(light, max(chroma, 0.0), self.hue)))


def read_colour(typed: str) -> str | None:
    """ "#2b50c8" of what a person typed, None where that is no colour."""
    found = COLOUR.fullmatch(typed.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) > 3 else "".join(digit * 2 for digit in digits))  # noqa: PLR2004


def shades_of(wish: str) -> tuple[str, str]:
    """The colour as the light theme and as the dark theme can show it: the wish itself where it can be read."""
    return _readable(wish, dark=False), _readable(wish, dark=True)


def palette_of(shade: str, *, dark: bool) -> Palette:
    """What a page needs beside the shade of its theme."""
    lch = _lch_of(shade)
    if dark:
        return Palette(
            shade, lch.moved(min(lch.light + 0.07, 1)), _soft(lch, dark=True), lch.moved(0.2, 0.05)
        )
    return Palette(shade, lch.moved(max(lch.light - 0.07, 0)), _soft(lch, dark=False), ON_LIGHT)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def style_of(light: str, dark: str) -> str:
    """The stylesheet that puts a vendor's shades in the place of the house's own."""
    return "".join(
        f"{selector}{{--brand:{p.shade};--brand-strong:{p.strong};--brand-soft:{p.soft};--on-brand:{p.on}}}\n"
        for selector, p in (
            (':root,[data-bs-theme="light"]', palette_of(light, dark=False)),
            ('[data-bs-theme="dark"]', palette_of(dark, dark=True)),
        )
    )


def fault_in_logo(content: bytes) -> str | None:
    """ "unreadable", "too_small", "too_large" or "too_long" of a PNG or JPEG; None where it fits the places it has."""
    size = picture_size(content)
    if size is None:
        return "unreadable"
    width, height = size
    if min(width, height) < LOGO_LEAST:
        return "too_small"
    if height > LOGO_HIGHEST:
        return "too_large"
    return "too_long" if width > height * LOGO_WIDTH_TO_HEIGHT else None


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height as a PNG or JPEG names them; None for anything else, and where something follows the picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        ends = content.endswith(PNG_ENDS) and content.count(PNG_ENDS) == 1
        return (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) if ends else None
    if content.startswith(b"\xff\xd8\xff") and content.endswith(JPEG_ENDS):
        return _jpeg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """From the first frame header: its marker, a length, the precision, height and width."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004
        if content[place + 1] in SIZES_OF_JPEG:
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(
                content[place + 5 : place + 7]
            )
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return None


def _readable(wish: str, *, dark: bool) -> str:
    """The nearest lightness that can be read on the theme's grounds, and under what is written on it."""
    lch, shade = _lch_of(wish), wish
    light = lch.light
    while not _can_be_read(shade, dark=dark):
        light += STEP if dark else -STEP
        shade = lch.moved(min(max(light, 0.0), 1.0))
    return shade


def _can_be_read(shade: str, *, dark: bool) -> bool:
    palette = palette_of(shade, dark=dark)
    beside = (DARK_GROUND if dark else LIGHT_GROUND, palette.soft, palette.on)
    return all(contrast(shade, other) >= READABLE for other in beside) and all(
        contrast(palette.strong, other) >= READABLE for other in beside
    )


def _soft(lch: _Lch, *, dark: bool) -> str:
    return lch.moved(0.28, 0.05) if dark else lch.moved(0.955, 0.025)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lch_of(colour: str) -> _Lch:
    """Björn Ottosson's OKLab, in polar form."""
    r, g, b = map(_linear, _channels(colour))
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    across = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    along = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return _Lch(light, hypot(across, along), atan2(along, across))


def _linear_of(lch: _Lch) -> tuple[float, float, float]:
    across, along = lch.chroma * cos(lch.hue), lch.chroma * sin(lch.hue)
    long = (lch.light + 0.3963377774 * across + 0.2158037573 * along) ** 3
    middle = (lch.light - 0.1055613458 * across - 0.0638541728 * along) ** 3
    short = (lch.light - 0.0894841775 * across - 1.2914855480 * along) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _shown(linear: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in linear)  # noqa: PLR2004


def _hex_of(linear: tuple[float, float, float]) -> str:
    parts = (min(max(part, 0.0), 1.0) for part in linear)
    shown = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts)  # noqa: PLR2004
    return "#" + "".join(f"{round(part * 255):02x}" for part in shown)
