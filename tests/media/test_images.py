"""What becomes of a photo: drawn anew, upright, small, with nothing of what came along."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image, ImageCms

from geoapp.domain.photo import Refusal
from geoapp.media import images
from geoapp.media.images import Drawing, Studio
from tests.media.pictures import (
    all_four,
    encoded,
    exif,
    exif_segment,
    noise,
    png_bomb,
    png_chunk,
    scene,
    segment,
    with_segments,
)

# Simpang III Sipin: 1°36'36.0" S 103°36'36.0" E is -1.61, 103.61 by arithmetic.
LAT = [(1, 1), (36, 1), (3600, 100)]
LON = [(103, 1), (36, 1), (36, 1)]
MARK = b"RAHASIA-PELAPOR-7731"


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


def drawn(studio: Studio, data: bytes) -> Drawing:
    found = studio.draw(data)
    assert isinstance(found, Drawing), found
    return found


def taken_with(block: bytes) -> bytes:
    return with_segments(encoded(scene(64, 48), "JPEG"), exif_segment(block))


def segments_of(jpeg: bytes) -> list[tuple[int, bytes]]:
    """Marker and content of every segment before the picture data, read by hand."""
    found, at = [], 2
    while jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        found.append((jpeg[at + 1], jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


@pytest.mark.parametrize(
    ("refs", "place"),
    [
        ((b"S\0", b"E\0"), (103.61, -1.61)),
        ((b"N\0", b"E\0"), (103.61, 1.61)),
        ((b"N\0", b"W\0"), (-103.61, 1.61)),
        ((b"s\0", b"w\0"), (-103.61, -1.61)),
    ],
)
def test_the_cameras_position_is_read_in_every_quarter_of_the_world(studio, refs, place):
    found = drawn(studio, taken_with(exif(lat=LAT, lat_ref=refs[0], lon=LON, lon_ref=refs[1])))
    assert (found.lon, found.lat) == pytest.approx(place, abs=1e-7)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(exif(lat=[(1, 0), (36, 1), (36, 1)], lon=LON), id="zero denominator"),
        pytest.param(exif(lat=[(0, 0), (0, 0), (0, 0)], lon=LON), id="0/0"),
        pytest.param(exif(lat=[(91, 1), (0, 1), (0, 1)], lon=LON), id="beyond the pole"),
        pytest.param(exif(lat=LAT, lon=[(181, 1), (0, 1), (0, 1)]), id="beyond the date line"),
        pytest.param(exif(lat=[(1, 1), (75, 1), (0, 1)], lon=LON), id="75 minutes"),
        pytest.param(exif(lat=[(4294967295, 1)] * 3, lon=LON), id="largest numbers"),
        pytest.param(exif(lat=LAT, lat_ref=None, lon=LON), id="no half of the world"),
        pytest.param(exif(lat=LAT, lat_ref=b"Q\0", lon=LON), id="no such half"),
        pytest.param(exif(lat=LAT[:2], lon=LON), id="two numbers"),
        pytest.param(exif(lat=LAT), id="latitude alone"),
        pytest.param(exif(lat=[(0, 1)] * 3, lon=[(0, 1)] * 3), id="no place known"),
    ],
)
def test_a_position_that_cant_be_true_is_none_and_the_photo_is_kept(studio, block):
    found = drawn(studio, taken_with(block))
    assert (found.lon, found.lat) == (None, None)


@pytest.mark.parametrize(
    ("taken", "offset", "told"),
    [
        (b"2026:11:20 08:15:30\0", None, "2026-11-20T08:15:30"),
        (b"2026:11:20 08:15:30\0", b"+07:00\0", "2026-11-20T08:15:30+07:00"),
        (b"2026:11:20 08:15:30\0", b"never\0", "2026-11-20T08:15:30"),
        (b"0000:00:00 00:00:00\0", None, None),
        (b"2026:13:45 99:15:30\0", None, None),
        (b"1907:01:01 00:00:00\0", None, None),
        (b"'; DROP TABLE photo\0", None, None),
    ],
)
def test_the_cameras_time_is_read_where_it_is_one(studio, taken, offset, told):
    assert drawn(studio, taken_with(exif(taken=taken, offset=offset))).taken_at == told


def test_notes_that_are_cut_or_nonsense_leave_the_photo_alone(studio):
    whole = exif(lat=LAT, lon=LON, taken=b"2026:11:20 08:15:30\0")
    for cut in (8, 20, len(whole) // 2, len(whole) - 3):
        drawn(studio, taken_with(whole[:cut]))
    drawn(studio, taken_with(b"MM\0\x2a" + b"\xff" * 400))


def test_position_and_time_are_read_from_all_four_kinds(studio):
    block = exif(lat=LAT, lon=LON, taken=b"2026:11:20 08:15:30\0")
    image = scene(200, 150)
    files = {
        "jpeg": encoded(image, "JPEG", exif=b"Exif\0\0" + block),
        "png": encoded(image, "PNG", exif=block),
        "webp": encoded(image, "WEBP", exif=block),
        "heic": encoded(image, "HEIF", exif=b"Exif\0\0" + block),
    }
    for kind, data in files.items():
        found = drawn(studio, data)
        assert (found.lon, found.lat) == pytest.approx((103.61, -1.61), abs=1e-7), kind
        assert found.taken_at == "2026-11-20T08:15:30", kind


def test_nothing_that_came_along_is_in_what_is_kept(studio):
    """Exif, XMP, IPTC, comment, profile, maker's notes, thumbnail: gone from both sizes."""
    thumbnail = with_segments(encoded(scene(160, 120), "JPEG"), segment(0xFE, MARK))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    block = exif(
        lat=LAT, lon=LON, taken=b"2026:11:20 08:15:30\0", thumbnail=thumbnail, maker=MARK * 3
    )
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARK + b"</x:xmpmeta>"
    data = with_segments(
        encoded(scene(), "JPEG", icc_profile=profile),
        exif_segment(block),
        segment(0xE1, xmp),
        segment(0xED, b"Photoshop 3.0\08BIM" + MARK),
        segment(0xE2, b"MPF\0" + MARK),
        segment(0xEE, MARK),
        segment(0xFE, MARK),
    )
    assert data.count(MARK) == 9
    found = drawn(studio, data + MARK)
    for picture in (found.large, found.small):
        assert MARK not in picture.data
        assert b"Exif" not in picture.data
        assert b"2026:11:20" not in picture.data
        # JFIF, tables and the frame; nothing in which anything could be said.
        markers = {marker for marker, _ in segments_of(picture.data)}
        assert markers <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD}
        assert Image.open(io.BytesIO(picture.data)).info.keys() <= {
            "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
        }  # fmt: skip


def test_marks_in_the_other_kinds_are_gone_too(studio):
    png = encoded(scene(), "PNG")
    at = png.index(b"IDAT") - 4
    note = png_chunk(b"tEXt", b"Comment\0" + MARK) + png_chunk(b"iTXt", b"a\0\0\0\0\0" + MARK)
    files = [
        png[:at] + note + png[at:],
        encoded(scene(), "WEBP", xmp=b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>", exif=exif(maker=MARK)),
        encoded(scene(), "HEIF", xmp=b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>",
                exif=b"Exif\0\0" + exif(maker=MARK)),
    ]  # fmt: skip
    for data in files:
        assert MARK in data
        found = drawn(studio, data)
        assert MARK not in found.large.data + found.small.data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_lies_upright_whatever_its_camera_noted(studio, orientation):
    """The stored pixels are turned the other way by Pillow's own names of the operations."""
    upright = scene(400, 300)
    # CIPA DC-008: where the 0th row and column of what is stored are in what was seen.
    undone = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = upright if undone is None else upright.transpose(undone)
    data = with_segments(
        encoded(stored, "JPEG", quality=95), exif_segment(exif(orientation=orientation))
    )
    found = drawn(studio, data)
    assert (found.large.width, found.large.height) == (400, 300)
    image = Image.open(io.BytesIO(found.large.data))
    corners = [image.getpixel(at) for at in ((20, 20), (380, 20), (20, 280), (380, 280))]
    wanted = [(200, 30, 30), (30, 160, 30), (30, 30, 200), (255, 255, 255)]
    for corner, colour in zip(corners, wanted, strict=True):
        assert corner == pytest.approx(colour, abs=12)


def test_both_sizes_keep_the_shape_and_are_never_larger_than_what_came(studio):
    found = drawn(studio, encoded(noise(3000, 1000), "JPEG"))
    assert (found.large.width, found.large.height) == (2048, 683)
    assert (found.small.width, found.small.height) == (480, 160)
    small = drawn(studio, encoded(scene(100, 80), "PNG"))
    assert (small.large.width, small.small.width) == (100, 100)


def test_colours_are_turned_into_the_screens_own(studio):
    """A profile with red and blue changed places: what is shown follows it."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swapped = (
        bytes(srgb).replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    )
    data = encoded(Image.new("RGB", (64, 64), (255, 0, 0)), "JPEG", quality=95, icc_profile=swapped)
    red, _green, blue = Image.open(io.BytesIO(drawn(studio, data).large.data)).getpixel((32, 32))
    assert blue > 200
    assert red < 60


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "RGBA", "CMYK"])
def test_every_kind_of_pixel_becomes_a_picture(studio, mode):
    image = Image.new("I;16", (64, 64), 65535) if mode == "I;16" else scene(64, 64).convert(mode)
    found = drawn(studio, encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    if mode == "I;16":
        assert Image.open(io.BytesIO(found.large.data)).getpixel((32, 32)) == (255, 255, 255)


def test_what_is_clear_becomes_white(studio):
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        found = drawn(studio, encoded(clear, kind))
        assert Image.open(io.BytesIO(found.large.data)).getpixel((32, 32)) == (255, 255, 255), kind


def zipped() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("index.php", "<?php system($_GET['c']);")
    return output.getvalue()


JPEG = encoded(scene(64, 48), "JPEG")
PNG = encoded(scene(64, 48), "PNG")
PHP = b"<?php system($_GET['c']); ?>"
PAGE = b"<html><script>alert(1)</script></html>"

POLYGLOTS = {
    "zip behind": JPEG + zipped(),
    "zip in the comment": with_segments(JPEG, segment(0xFE, zipped())),
    "page behind": JPEG + PAGE,
    "page in the comment": with_segments(JPEG, segment(0xFE, PAGE)),
    "page in Exif": taken_with(exif(maker=PAGE)),
    "program behind": JPEG + PHP,
    "program in the comment": with_segments(JPEG, segment(0xFE, PHP)),
    "document in the comment": with_segments(JPEG, segment(0xFE, b"%PDF-1.4\n1 0 obj<<>>")),
    "archive behind": JPEG + b"Rar!\x1a\x07\x01\x00",
    "page in a PNG": PNG[:-12] + png_chunk(b"tEXt", b"a\0" + PAGE) + PNG[-12:],
    "program behind a PNG": PNG + PHP,
    "zip behind a WebP": encoded(scene(64, 48), "WEBP") + zipped(),
    "page behind HEIC": encoded(scene(64, 48), "HEIF") + PAGE,
}


@pytest.mark.parametrize("which", POLYGLOTS)
def test_a_photo_that_is_something_else_too_is_refused(studio, which):
    assert studio.draw(POLYGLOTS[which]) is Refusal.TWO_KINDS


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(encoded(scene(64, 48), "GIF"), id="gif"),
        pytest.param(encoded(scene(64, 48), "TIFF"), id="tiff"),
        pytest.param(encoded(scene(64, 48), "BMP"), id="bmp"),
        pytest.param(encoded(scene(64, 48), "PDF"), id="pdf"),
        pytest.param(encoded(scene(64, 48), "AVIF"), id="avif"),
        pytest.param(encoded(scene(64, 48), "JPEG2000"), id="jpeg2000"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', id="svg"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run", id="postscript"),
        pytest.param(PAGE + JPEG, id="page before"),
        pytest.param(b"GIF89a" + JPEG, id="gif before"),
        pytest.param(zipped(), id="zip"),
        pytest.param(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 100, id="video"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="a byte"),
    ],
)
def test_files_of_other_kinds_are_refused_whatever_their_name(studio, data):
    assert studio.draw(data) is Refusal.NOT_A_PHOTO


def test_what_looks_like_markup_inside_a_picture_is_no_page(studio):
    """Picture data may hold anything by chance; XMP, which every phone writes, is no page."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0<?xpacket?><x:xmpmeta><rdf:RDF/></x:xmpmeta>"
    drawn(studio, with_segments(JPEG, segment(0xE1, xmp)))
    # A second picture and a film behind the first, as phones append them.
    drawn(studio, JPEG + JPEG + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400)


def oversized(kind: str) -> bytes:
    """A real file whose head claims 50,000 pixels a side."""
    if kind == "png":
        return png_bomb(50_000, 50_000)
    if kind == "webp":
        data = bytearray(encoded(scene(64, 48), "WEBP", lossless=True))
        at = data.index(b"VP8L") + 9
        data[at : at + 4] = struct.pack("<I", 16383 | 16383 << 14)
        return bytes(data)
    jpeg = bytearray(encoded(scene(64, 48), "JPEG", progressive=kind == "progressive"))
    at = jpeg.index(b"\xff\xc2" if kind == "progressive" else b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 50_000, 50_000)
    return bytes(jpeg)


@pytest.mark.parametrize("kind", ["png", "webp", "jpeg", "progressive"])
def test_a_picture_of_billions_of_pixels_is_refused_by_its_head(studio, kind):
    data = oversized(kind)
    assert len(data) < 400_000
    began = time.monotonic()
    assert studio.draw(data) is Refusal.TOO_MANY_PIXELS
    assert time.monotonic() - began < 10


def test_a_bomb_below_the_limit_of_pixels_is_bounded_too(studio):
    """The most pixels that are let through; packed they are a few kilobytes."""
    began = time.monotonic()
    found = studio.draw(encoded(Image.new("RGBA", (7200, 7200)), "PNG"))
    assert isinstance(found, Drawing) or found in {Refusal.TOO_HARD, Refusal.BROKEN}
    assert time.monotonic() - began < 30


def test_texts_that_unpack_to_gigabytes_are_refused(studio):
    packed = zlib.compress(b"\0" * 80_000_000, 9)
    bomb = PNG[:33] + png_chunk(b"zTXt", b"a\0\0" + packed) * 3 + PNG[33:]
    found = studio.draw(bomb)
    assert isinstance(found, Drawing) or found in {Refusal.BROKEN, Refusal.TOO_HARD}


@pytest.mark.long
def test_thousands_of_scans_end_within_the_limit(studio):
    """A progressive JPEG that repeats a scan: each is decoded over the whole picture."""
    jpeg = encoded(Image.new("RGB", (4000, 4000), "gray"), "JPEG", progressive=True)
    scans = [at for at in range(len(jpeg) - 1) if jpeg[at : at + 2] == b"\xff\xda"]
    one = jpeg[scans[-1] : -2]
    began = time.monotonic()
    found = studio.draw(jpeg[:-2] + one * (4_000_000 // max(1, len(one))) + b"\xff\xd9")
    assert isinstance(found, Drawing) or found in {Refusal.TOO_HARD, Refusal.BROKEN}
    assert time.monotonic() - began < 45


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
def test_photos_that_were_cut_short_are_refused(studio, kind, share):
    data = all_four(noise(320, 240))[kind]
    assert studio.draw(data[: int(len(data) * share)]) in {Refusal.BROKEN, Refusal.NOT_A_PHOTO}


def test_pixels_too_few_to_show_anything_are_refused(studio):
    assert studio.draw(encoded(Image.new("RGB", (1, 1)), "PNG")) is Refusal.TOO_SMALL


def test_a_child_that_takes_too_long_is_ended(studio):
    began = time.monotonic()
    assert studio.draw(encoded(noise(2000, 2000), "PNG"), seconds=0.0) is Refusal.TOO_HARD
    assert time.monotonic() - began < 5


@pytest.mark.long
def test_twelve_megapixels_of_heic_take_less_than_three_seconds(studio):
    data = encoded(noise(4032, 3024), "HEIF", quality=50)
    took = []
    for _ in range(3):
        began = time.monotonic()
        found = drawn(studio, data)
        took.append(time.monotonic() - began)
    print(f"HEIC of 4032 × 3024, {len(data):,} bytes: {', '.join(f'{s:.2f} s' for s in took)}")
    assert (found.large.width, found.large.height) == (2048, 1536)
    assert min(took) < 3


def test_the_child_knows_nothing_of_its_parent(studio, monkeypatch):
    """No setting or secret is in its environment."""
    monkeypatch.setenv("GEOAPP_SECRET_KEY", "sesuatu")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesuatu")
    assert not any("sesuatu" in value for value in images._environment().values())
    assert not any(name.startswith(("GEOAPP_", "AWS_", "PG")) for name in images._environment())
