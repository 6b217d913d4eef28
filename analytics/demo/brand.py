"""What the demo's vendors look like: a colour each, and a small mark that is drawn here.

Called by: analytics.demo.story."""

import struct
import zlib
from collections.abc import Callable
from math import hypot

from analytics.demo.stage import Stage
from prm.workspace.branding import Picture, set_colour, set_logo

SIDE, FINER = 128, 3
WHITE = (255, 255, 255)
Paint = tuple[int, int, int]
Draw = Callable[[float, float], Paint]


def add_brand(stage: Stage) -> None:
    colour, draw = LOOKS[stage.vendor.slug]
    admin, at = stage.first("programme_admin"), stage.moment(210)
    set_colour(actor=admin, colour=colour, at=at)
    set_logo(actor=admin, picture=Picture(f"{stage.vendor.slug}.png", _png(draw)), at=at)


def _northern_lights(x: float, y: float) -> Paint:
    """Three bows over a horizon."""
    far = hypot(x - 0.5, y - 0.76)
    if y > 0.76:
        return WHITE
    for radius, paint in ((0.43, (15, 118, 110)), (0.3, (22, 163, 132)), (0.17, (109, 74, 199))):
        if abs(far - radius) < 0.048:
            return paint
    return WHITE


def _vector(x: float, y: float) -> Paint:
    """A bold V whose right arm is lighter."""
    if not 0.14 < y < 0.88:
        return WHITE
    middle = 0.12 + (y - 0.14) * 0.5
    if abs(x - middle) < 0.1:
        return (178, 58, 12)
    return (240, 138, 36) if abs(1 - x - middle) < 0.1 else WHITE


LOOKS: dict[str, tuple[str, Draw]] = {"aurora": ("#0f766e", _northern_lights), "vektor": ("#f08a24", _vector)}


def _png(draw: Draw) -> bytes:
    """Each pixel is the mean of some finer ones, so that edges are smooth."""
    rows = bytearray()
    for row in range(SIDE):
        rows.append(0)
        for column in range(SIDE):
            fine = [
                draw(
                    (column + (a + 0.5) / FINER) / SIDE,
                    (row + (b + 0.5) / FINER) / SIDE,
                )
                for a in range(FINER)
                for b in range(FINER)
            ]
            rows += bytes(sum(paint[part] for paint in fine) // len(fine) for part in range(3))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
