"""Drawn scenes for simulated complaints: nobody's photos, and recognisable as drawings.

Everything follows from the group and a number, so the same scene has the same bytes.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (960, 720)
SMALL_SIZE: Final = (480, 360)
_SHARP = 2
"""Drawn larger and made smaller again, for smooth edges."""

VARIANTS: Final = 3

_Draw = ImageDraw.ImageDraw
_NIGHT = ((30, 42, 62), (58, 52, 92), (24, 38, 52))
_DAY = ((196, 214, 226), (222, 216, 200), (206, 222, 214))
_DULL = ((150, 162, 172), (168, 170, 172), (140, 154, 160))


def scene(group: str, number: int) -> tuple[bytes, bytes]:
    """The scene *number* of a service group: JPEG in both sizes, large and small."""
    dice = random.Random(f"{group}/{number}")  # noqa: S311 - drawings want repeatable dice
    width, height = (edge * _SHARP for edge in SIZE)
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    _SCENES.get(group, _street)(draw, width, height, number % VARIANTS, dice)
    picture = picture.resize(SIZE, Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).text(
        (SIZE[0] - 20, round(SIZE[1] * 0.72)), "gambar simulasi", fill=(255, 255, 255), anchor="rs",
        font_size=26, stroke_width=3, stroke_fill=(40, 48, 56),
    )  # fmt: skip
    return _jpeg(picture), _jpeg(picture.resize(SMALL_SIZE, Image.Resampling.LANCZOS))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def _ground(draw: _Draw, w: int, h: int, sky: tuple[int, int, int], road: bool = True) -> None:
    """Sky, a row of houses, and a road that runs away from the viewer."""
    dark = sum(sky) < 300
    draw.rectangle((0, 0, w, h), fill=sky)
    houses = tuple(int(level * (1.25 if dark else 0.82)) for level in sky)
    for n in range(7):
        left = n * w // 7
        top = int(h * (0.27 + 0.06 * ((n * 37) % 3)))
        draw.rectangle((left, top, left + w // 8, int(h * 0.47)), fill=houses)
        draw.polygon(
            [
                (left - w // 60, top),
                (left + w // 16, top - h // 14),
                (left + w // 8 + w // 60, top),
            ],
            fill=tuple(int(level * 0.85) for level in houses),
        )
    earth = (34, 40, 44) if dark else (158, 152, 128)
    draw.rectangle((0, int(h * 0.45), w, h), fill=earth)
    if road:
        tar = (48, 54, 62) if dark else (112, 116, 122)
        draw.polygon(
            [(w * 0.42, h * 0.45), (w * 0.58, h * 0.45), (w * 1.15, h), (-w * 0.15, h)], fill=tar
        )
        for n in range(4):
            y = h * (0.49 + 0.12 * n)
            wide = w * (0.004 + 0.004 * n)
            draw.polygon(
                [(w / 2 - wide, y), (w / 2 + wide, y), (w / 2 + wide * 1.5, y + h * 0.05),
                 (w / 2 - wide * 1.5, y + h * 0.05)],
                fill=(186, 188, 186) if not dark else (96, 102, 110),
            )  # fmt: skip


def _blob(
    draw: _Draw, dice: random.Random, x: float, y: float, rx: float, ry: float,
    fill: tuple[int, int, int],
) -> None:  # fmt: skip
    for _ in range(9):
        dx, dy = dice.uniform(-0.5, 0.5) * rx, dice.uniform(-0.4, 0.4) * ry
        part = dice.uniform(0.45, 0.8)
        draw.ellipse(
            (x + dx - rx * part, y + dy - ry * part, x + dx + rx * part, y + dy + ry * part),
            fill=fill,
        )


def _lamp(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _NIGHT[n])
    for _ in range(14):
        left, top = dice.randrange(w), dice.randrange(int(h * 0.35))
        draw.ellipse((left, top, left + 6, top + 6), fill=(214, 222, 232))
    post, x = (134, 146, 158), w * (0.3, 0.66, 0.5)[n]
    draw.line((x, h * 0.86, x, h * 0.29), fill=post, width=26)
    reach = w * 0.16 * (-1 if n == 1 else 1)
    draw.line((x, h * 0.3, x + reach, h * 0.27), fill=post, width=18)
    head = sorted((x + reach, x + reach * 1.5))
    draw.rounded_rectangle((head[0], h * 0.245, head[1], h * 0.29), 16, fill=(92, 104, 118))


def _hole(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _DAY[n])
    x, y = w * (0.46, 0.56, 0.5)[n], h * 0.64
    _blob(draw, dice, x, y, w * 0.17, h * 0.075, (84, 80, 74))
    _blob(draw, dice, x, y + h * 0.008, w * 0.13, h * 0.05, (58, 54, 50))
    _blob(draw, dice, x + w * 0.02, y + h * 0.015, w * 0.06, h * 0.02, (138, 148, 150))


def _drain(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _DULL[n])
    draw.polygon(
        [(w * 0.6, h * 0.45), (w * 0.66, h * 0.45), (w * 1.2, h), (w * 0.78, h)], fill=(98, 96, 88)
    )
    draw.polygon(
        [(w * 0.61, h * 0.47), (w * 0.65, h * 0.47), (w * 1.1, h), (w * 0.84, h)],
        fill=(86, 98, 84),
    )
    if n != 1:
        _blob(draw, dice, w * 0.4, h * 0.66, w * 0.34, h * 0.08, (128, 134, 122))
        _blob(draw, dice, w * 0.4, h * 0.66, w * 0.2, h * 0.03, (160, 168, 160))
    for _ in range(16):
        down = dice.uniform(0.52, 0.8)
        x, y = (0.6 + (down - 0.45) * dice.uniform(0.4, 0.72)) * w, down * h
        tone = dice.choice(((196, 190, 172), (104, 122, 142), (160, 84, 66), (92, 110, 72)))
        draw.rounded_rectangle((x, y, x + w * 0.035, y + h * 0.025), 8, fill=tone)


def _waste(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _DAY[n])
    for layer in range(34):
        spread = 0.26 * (1 - layer / 44)
        x = w * (0.5 + dice.uniform(-spread, spread))
        y = h * (0.74 - layer * 0.0075)
        size = dice.uniform(0.035, 0.07) * w
        tone = dice.choice(
            ((64, 68, 74), (44, 48, 52), (182, 186, 190), (104, 122, 142), (150, 104, 70))
        )
        draw.ellipse((x - size, y - size * 0.75, x + size, y + size * 0.75), fill=tone)


def _leak(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _DAY[n])
    _blob(draw, dice, w * 0.5, h * 0.7, w * 0.3, h * 0.05, (140, 168, 184))
    draw.rounded_rectangle((w * 0.12, h * 0.56, w * 0.88, h * 0.61), 30, fill=(126, 140, 154))
    x = w * (0.4, 0.55, 0.62)[n]
    for m in range(-4, 5):
        draw.line(
            (x, h * 0.56, x + m * w * 0.03, h * (0.32 + abs(m) * 0.03)),
            fill=(186, 210, 224),
            width=14,
        )


def _tree(draw: _Draw, w: int, h: int, n: int, dice: random.Random) -> None:
    _ground(draw, w, h, _DULL[n])
    draw.line((w * 0.1, h * 0.52, w * 0.62, h * 0.64), fill=(96, 74, 54), width=70)
    for m in range(5):
        _blob(draw, dice, w * (0.6 + 0.07 * m), h * (0.61 + 0.02 * (m % 2)), w * 0.12, h * 0.11,
              ((72, 104, 62), (88, 120, 70), (60, 90, 58))[m % 3])  # fmt: skip


def _signal(draw: _Draw, w: int, h: int, n: int, _dice: random.Random) -> None:
    _ground(draw, w, h, _DAY[n])
    x = w * (0.35, 0.6, 0.48)[n]
    draw.line((x, h * 0.8, x, h * 0.4), fill=(86, 94, 102), width=28)
    draw.rounded_rectangle((x - w * 0.05, h * 0.22, x + w * 0.05, h * 0.5), 24, fill=(46, 52, 58))
    for m in range(3):
        y = h * (0.28 + 0.085 * m)
        draw.ellipse(
            (x - w * 0.028, y - h * 0.035, x + w * 0.028, y + h * 0.035), fill=(82, 86, 90)
        )


def _street(draw: _Draw, w: int, h: int, n: int, _dice: random.Random) -> None:
    _ground(draw, w, h, _DAY[n])
    draw.polygon(
        [(w * 0.5, h * 0.46), (w * 0.58, h * 0.67), (w * 0.42, h * 0.67)], fill=(176, 138, 52)
    )
    draw.rectangle((w * 0.4, h * 0.67, w * 0.6, h * 0.69), fill=(120, 96, 40))


_SCENES: dict[str, Callable[[_Draw, int, int, int, random.Random], None]] = {
    "street_light": _lamp,
    "road": _hole,
    "drainage": _drain,
    "flood": _drain,
    "waste": _waste,
    "water": _leak,
    "tree": _tree,
    "traffic": _signal,
}
