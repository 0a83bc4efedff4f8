"""The small map of a dossier: the kelurahan, its neighbours, the pin, a scale; drawn as lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from geoapp.channels.dossier_sheet import INK, LEFT, LINE, QUIET, Sheet

WIDE, TALL = 96.0, 74.0
"""Millimetres of the frame."""

_LAND, _OWN, _OUTSIDE, _EDGE = (250, 250, 247), (226, 238, 247), (233, 237, 240), (150, 160, 170)
_PIN = (11, 88, 140)
_METRES_PER_DEGREE = 111_320.0
"""Of latitude; on so small a piece of ground the Earth is flat (error below 0.3 %)."""


def draw(
    sheet: Sheet, areas: Sequence[Mapping[str, Any]], lon: float | None, lat: float | None
) -> None:
    """Draw *areas* so that the own one fills the frame, with a pin where there is a point.

    Degrees are EPSG:4326; one of longitude is shortened by the cosine of the latitude. Leaves
    the pen below the frame.
    """
    own = [one for one in areas if one["own"]]
    points = [tuple(point) for one in own for ring in one["rings"] for point in ring]
    if lon is not None and lat is not None:
        points.append((lon, lat))
    if not points:
        return
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    shrink = math.cos(math.radians(middle_lat))
    # millimetres per degree of latitude
    scale = 0.88 * min(WIDE / max((east - west) * shrink, 1e-5), TALL / max(north - south, 1e-5))
    if sheet.will_page_break(TALL + 12):
        sheet.add_page()
    left, top = LEFT, sheet.get_y()

    def at(point: Sequence[float]) -> tuple[float, float]:
        return (
            left + WIDE / 2 + (point[0] - middle_lon) * shrink * scale,
            top + TALL / 2 - (point[1] - middle_lat) * scale,
        )

    with sheet.rect_clip(left, top, WIDE, TALL):
        sheet.set_fill_color(*_OUTSIDE)
        sheet.rect(left, top, WIDE, TALL, style="F")
        sheet.set_draw_color(*_EDGE)
        sheet.set_line_width(0.2)
        for one in sorted(areas, key=lambda area: area["own"]):
            sheet.set_fill_color(*(_OWN if one["own"] else _LAND))
            sheet.set_line_width(0.5 if one["own"] else 0.2)
            for ring in one["rings"]:
                sheet.polygon([at(point) for point in ring], style="DF")
        _names(
            sheet, areas, at, None if lon is None or lat is None else at((lon, lat)), (left, top)
        )
        if lon is not None and lat is not None:
            x, y = at((lon, lat))
            sheet.set_line_width(0.6)
            sheet.set_draw_color(255, 255, 255)
            sheet.set_fill_color(*_PIN)
            sheet.circle(x, y, 1.9, style="DF")
    sheet.set_line_width(0.2)
    sheet.set_draw_color(*LINE)
    sheet.rect(left, top, WIDE, TALL)
    _furniture(sheet, left, top, scale)
    sheet.set_xy(LEFT, top + TALL + 1.5)


def _names(
    sheet: Sheet,
    areas: Sequence[Mapping[str, Any]],
    at: Any,
    pin: tuple[float, float] | None,
    corner: tuple[float, float],
) -> None:
    """Names where they are clear of the pin, the edge and each other; the own one first."""
    taken = [(pin[0] - 3, pin[1] - 3, pin[0] + 3, pin[1] + 3)] if pin else []
    for one in sorted(areas, key=lambda area: not area["own"]):
        sheet.set_font("base", "B" if one["own"] else "", 8 if one["own"] else 7)
        width = sheet.get_string_width(sheet.shown(one["name"])) + 1
        x, y = at(one["label"])
        for shift in (0, 5, -5):
            box = (x - width / 2, y - 2 + shift, x + width / 2, y + 2 + shift)
            inside = (
                corner[0] + 1 < box[0]
                and box[2] < corner[0] + WIDE - 1
                and corner[1] + 1 < box[1]
                and box[3] < corner[1] + TALL - 8
            )
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                sheet.set_text_color(*(INK if one["own"] else QUIET))
                sheet.set_xy(box[0], box[1])
                sheet.cell(width, 4, sheet.shown(one["name"]), align="C")
                break


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _furniture(sheet: Sheet, left: float, top: float, scale: float) -> None:
    """A scale bar of a round length, and where north is."""
    per_metre = scale / _METRES_PER_DEGREE
    length = 30 / per_metre
    power = 10 ** math.floor(math.log10(length))
    metres = next(step * power for step in (5, 2, 1) if step * power <= length)
    bar = metres * per_metre
    x, y = left + 4, top + TALL - 4
    sheet.set_draw_color(*INK)
    sheet.set_line_width(0.4)
    sheet.line(x, y, x + bar, y)
    sheet.line(x, y - 1, x, y + 1)
    sheet.line(x + bar, y - 1, x + bar, y + 1)
    sheet.set_font("base", "", 7)
    sheet.set_text_color(*INK)
    told = f"{metres / 1000:g} km".replace(".", ",") if metres >= 1000 else f"{metres:g} m"
    sheet.set_xy(x + bar + 1, y - 2)
    sheet.cell(20, 4, told)
    x = left + WIDE - 6
    sheet.line(x, y + 1, x, y - 6)
    sheet.line(x, y - 6, x - 1.2, y - 3.6)
    sheet.line(x, y - 6, x + 1.2, y - 3.6)
    sheet.set_xy(x - 3, y - 10)
    sheet.cell(6, 4, "U", align="C")  # utara
    sheet.set_line_width(0.2)
