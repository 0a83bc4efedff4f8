"""A photo drawn anew: decoded, turned upright, made small, and written without anything else.

Runs in the child alone (`image_child`): the decoders read hostile bytes.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile

from geoapp.domain.photo import (
    EDGE_LEAST,
    JPEG_PIXELS_MOST,
    LARGE_EDGE,
    PIXELS_MOST,
    SMALL_EDGE,
    Refusal,
)
from geoapp.media.exif import Noted, noted, orientation
from geoapp.media.kinds import Kind, hides_another, kind_of, webp_size

_QUALITY = 82
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by Exif's number (CIPA DC-008, Orientation)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished JPEG."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photo in both sizes, and what its camera noted."""

    large: Picture
    small: Picture
    noted: Noted


def draw(data: bytes) -> Drawn | Refusal:
    """Draw the photo in *data*, or say why it is refused.

    Raises:
        MemoryError: there isn't enough for it.
    """
    kind = kind_of(data)
    if kind is None:
        return Refusal.NOT_A_PHOTO
    try:
        if hides_another(kind, data):
            return Refusal.TWO_KINDS
        if kind is Kind.HEIC:
            _teach_heic()
        return _drawn(kind, data)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a decoder may raise anything on a broken file
        return Refusal.BROKEN


def _drawn(kind: Kind, data: bytes) -> Drawn | Refusal:
    # The limits are below; Pillow's own would only warn at half of its.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if kind is Kind.WEBP and math.prod(webp_size(data)) > PIXELS_MOST:
        return Refusal.TOO_MANY_PIXELS
    with Image.open(io.BytesIO(data), formats=[kind.value]) as image:
        # The head alone was read until here: no pixel is decoded yet.
        width, height = image.size
        if width * height > (JPEG_PIXELS_MOST if kind is Kind.JPEG else PIXELS_MOST):
            return Refusal.TOO_MANY_PIXELS
        if min(width, height) < EDGE_LEAST:
            return Refusal.TOO_SMALL
        # Before the picture is changed: that may take its notes away.
        found, turn = noted(image), orientation(image)
        profile = image.info.get("icc_profile")
        if kind is Kind.JPEG:
            # Decoded at a half, quarter or eighth, but no smaller than twice what is wanted.
            image.draft(None, (2 * LARGE_EDGE, 2 * LARGE_EDGE))
        image.load()
        large = _canvas(_fitted(_plain(image), LARGE_EDGE), profile)
    if turn in _TURNS:
        large = large.transpose(_TURNS[turn])
    small = _fitted(large, SMALL_EDGE)
    return Drawn(_written(large), _written(small), found)


def _teach_heic() -> None:
    import pillow_heif  # noqa: PLC0415 - only for those who send it: it takes 20 MB

    pillow_heif.register_heif_opener(
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=2
    )


def _plain(image: Image.Image) -> Image.Image:
    """*image* with 8 bits a channel and no palette, in a mode that can be made smaller."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        # 16 bits of grey; Pillow's own conversion cuts off instead of scaling.
        most = 65535.0 if image.mode != "F" else 1.0
        return image.convert("F").point(lambda value: value * (255.0 / most)).convert("L")
    if image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"1", "LAB", "HSV", "YCbCr"}:
        return image.convert("RGB")
    return image


def _fitted(image: Image.Image, edge: int) -> Image.Image:
    """*image* with neither edge longer than *edge*; never made larger."""
    scale = edge / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # First by whole numbers, to twice the size: cheaper by far, and nobody sees it.
    factor = math.floor(1 / scale / 2)
    if factor > 1:
        image = image.reduce(factor)
    return image.resize(size, Image.Resampling.LANCZOS)


def _canvas(image: Image.Image, profile: bytes | None) -> Image.Image:
    """*image* on a fresh white sRGB canvas: its pixels, and nothing that came along."""
    if image.mode == "RGBA":
        canvas = Image.new("RGB", image.size, "white")
        canvas.paste(_in_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
        return canvas
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(_in_srgb(image, profile))
    return canvas


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """*image* in sRGB by the colour profile it brought; as it is where that can't be used."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


def _written(image: Image.Image) -> Picture:
    output = io.BytesIO()
    # The canvas is fresh: it has no notes, comments or profile that could be written along.
    image.save(output, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return Picture(output.getvalue(), image.width, image.height)
