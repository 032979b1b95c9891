"""A picture that is packed has the same pixels in fewer bytes."""

import zlib

from dip_sdk.render.files import png
from dip_sdk.render.packing import SIGNATURE, packed

BARS = {
    "data": {"values": [{"region": "North", "total": 3}, {"region": "South", "total": 5}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "region", "type": "nominal"},
        "y": {"field": "total", "type": "quantitative"},
    },
}


def drawn() -> bytes:
    """The picture as the library that draws gives it."""
    import vl_convert

    image: bytes = vl_convert.vegalite_to_png(BARS, "6.4", scale=2, allowed_base_urls=[])
    return image


def chunks(image: bytes) -> dict[bytes, bytes]:
    """Data by kind, every checksum checked; a kind that stands again goes on."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(image):
        end = at + 8 + int.from_bytes(image[at : at + 4], "big")
        kind, data = image[at + 4 : at + 8], image[at + 8 : end]
        assert zlib.crc32(kind + data) == int.from_bytes(image[end : end + 4], "big")
        found[kind] = found.get(kind, b"") + data
        at = end + 4
    return found


def test_the_pixels_and_what_is_told_of_them_stay():
    before, after = chunks(drawn()), chunks(packed(drawn()))
    assert zlib.decompress(after.pop(b"IDAT")) == zlib.decompress(before.pop(b"IDAT"))
    assert after == before
    assert list(after)[-1] == b"IEND"


def test_a_chart_takes_less_than_half_the_bytes():
    assert len(png(BARS)) < len(drawn()) / 2
