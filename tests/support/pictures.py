"""Small pictures made by hand, as tests and logos need them; called by tests of the brand."""

import struct
import zlib


def png(width: int, height: int, colour: tuple[int, int, int] = (200, 60, 20)) -> bytes:
    """A whole PNG of one colour."""
    rows = (b"\x00" + bytes(colour) * width) * height
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def jpeg(width: int, height: int) -> bytes:
    """The headers of a JPEG that name its size, and its end."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"note"
    return b"\xff\xd8" + comment + frame + b"\xff\xd9"
