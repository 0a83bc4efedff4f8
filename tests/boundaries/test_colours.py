"""Group colours can be seen on the map ground and told apart, also without red or green cones.

Contrast after WCAG 2.2; colour-blind simulation after Machado, Oliveira and Fernandes 2009
(severity 1); distances in OKLab (Ottosson 2020), where about 0.02 is just noticeable.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
GROUND = {"colour": "#f7f6f2", "colour_dark": "#161e26"}
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[.152286, 1.052583, -.204868], [.114503, .786281, .099216], [-.003882, -.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[.367322, .860646, -.227968], [.280085, .672501, .047413], [-.011820, .042940, .968881]]
    ),
}  # fmt: skip
LMS = np.array([
    [.4122214708, .5363325363, .0514459929],
    [.2119034982, .6806995451, .1073969566],
    [.0883024619, .2817188376, .6299787005],
])  # fmt: skip
LAB = np.array([
    [.2104542553, .7936177850, -.0040720468],
    [1.9779984951, -2.4285922050, .4505937099],
    [.0259040371, .7827717662, -.8086757660],
])  # fmt: skip

MAIN = 8
"""The city's own main groups come first; they must differ clearly, the rest at least visibly."""


def linear(colour: str) -> np.ndarray:
    channel = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    low, high = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, vision: str) -> np.ndarray:
    return LAB @ np.cbrt(LMS @ np.clip(VISIONS[vision] @ linear(colour), 0, 1))


def palette(theme: str) -> dict[str, str]:
    text = (ROOT / "boundaries" / "kota-jambi" / "groups.json").read_text("utf-8")
    return {group["code"]: group[theme] for group in json.loads(text)["groups"]}


def closest(colours: list[str], vision: str) -> float:
    labs = [seen(colour, vision) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(labs, 2))


def test_the_formulas_give_known_values() -> None:
    """Black on white is 21:1; white is L = 1 in OKLab; sRGB red is (0.628, 0.225, 0.126)."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert seen("#ffffff", "normal") == pytest.approx([1, 0, 0], abs=1e-4)
    assert seen("#ff0000", "normal") == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


@pytest.mark.parametrize("theme", GROUND)
def test_every_group_stands_out_from_the_map_ground(theme: str) -> None:
    low = {g: c for g, c in palette(theme).items() if contrast(c, GROUND[theme]) < 3}
    assert low == {}


@pytest.mark.parametrize("theme", GROUND)
@pytest.mark.parametrize("vision", VISIONS)
def test_groups_can_be_told_apart(theme: str, vision: str) -> None:
    colours = list(palette(theme).values())
    assert closest(colours[:MAIN], vision) >= 0.09
    assert closest(colours, vision) >= 0.055


def test_every_group_has_a_glyph_of_its_own() -> None:
    """Colour is never the only sign."""
    text = (ROOT / "boundaries" / "kota-jambi" / "groups.json").read_text("utf-8")
    glyphs = [group["glyph"] for group in json.loads(text)["groups"]]
    assert len(set(glyphs)) == len(glyphs)
