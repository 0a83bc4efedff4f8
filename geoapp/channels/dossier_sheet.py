"""A sheet of paper to write on: fonts that cover what people type, paragraphs, tables, photos.

Texts are put down as they are: nothing in them is read as markup. A sign that no font has is
shown as a box.
"""

from __future__ import annotations

import logging
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pymupdf_fonts
from babel.dates import format_datetime
from fontTools.ttLib import TTFont
from fpdf import FPDF

LEFT, TOP, BOTTOM, WIDTH = 20.0, 18.0, 20.0, 170.0
"""Margins and the width of the text in millimetres, on A4."""

INK, QUIET, LINE, SOFT = (28, 36, 44), (92, 104, 116), (200, 206, 212), (243, 245, 247)
ACCENT, LATE = (11, 88, 140), (168, 32, 32)

BOX = "\u25a1"
"""Stands for a sign that no font has."""

_BASE = (("", "notos"), ("B", "notosbo"))
_OTHERS = ("figo", "symbol1", "symbol2", "math")
"""Looked into in this order for signs that the base font lacks."""

logging.getLogger("fontTools").setLevel(logging.ERROR)


class Sheet(FPDF):
    """Pages of one dossier, with a line at the foot of each."""

    def __init__(self, foot: str, timezone: str, texts: Iterable[str]) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self._zone = ZoneInfo(timezone)
        self.set_margins(LEFT, TOP, LEFT)
        self.set_auto_page_break(True, margin=BOTTOM)
        self._load_fonts("".join(texts))

    def _load_fonts(self, text: str) -> None:
        signs = {ord(sign) for sign in printable(text)} | {ord(BOX)}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)

            def load(family: str, style: str, font: str) -> set[int]:
                data = pymupdf_fonts.myfont(font)
                path = folder / f"{font}.ttf"
                path.write_bytes(data)
                self.add_font(family, style, path)
                return set(TTFont(BytesIO(data), lazy=True).getBestCmap())

            for style, font in _BASE:
                covered = load("base", style, font)
            missing, fallbacks = signs - covered, []
            for font in _OTHERS:
                if not missing:
                    break
                has = set(TTFont(BytesIO(pymupdf_fonts.myfont(font)), lazy=True).getBestCmap())
                if missing & has:
                    load(font, "", font)
                    fallbacks.append(font)
                    missing -= has
        self._boxes = dict.fromkeys(missing - {ord("\n")}, BOX)
        if fallbacks:
            self.set_fallback_fonts(fallbacks, exact_match=False)

    def shown(self, text: str) -> str:
        """*text* as it can be printed."""
        return printable(text).translate(self._boxes)

    def footer(self) -> None:
        """The ticket and the page's number."""
        self.set_y(-14)
        self.set_font("base", "", 8)
        self.set_text_color(*QUIET)
        page = f"Halaman {self.page_no()} dari {{nb}}"
        self.cell(WIDTH / 2, 5, self._foot)
        self.cell(WIDTH / 2, 5, page, align="R")

    def moment(self, iso: str | None, *, weekday: bool = True) -> str:
        """A moment in the city's zone: ``Sabtu, 21 November 2026, 08.42 WIB``."""
        if iso is None:
            return "–"
        shape = "EEEE, d MMMM y, HH.mm z" if weekday else "d MMM y, HH.mm"
        told: str = format_datetime(
            datetime.fromisoformat(iso), shape, tzinfo=self._zone, locale="id"
        )
        return told

    def write_text(
        self,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        indent: float = 0,
        gap: float = 0,
    ) -> None:
        """A paragraph of *text* as it is; new lines are kept."""
        self.set_font("base", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.set_x(LEFT + indent)
        self.multi_cell(
            WIDTH - indent,
            size * 0.5,
            self.shown(text),
            align="L",
            new_x="LMARGIN",
            new_y="NEXT",
        )
        self.ln(gap)

    def heading(self, words: tuple[str, str]) -> None:
        """A section's title with a line over it, never alone at the end of a page."""
        if self.will_page_break(26):
            self.add_page()
        self.ln(3)
        self.set_draw_color(*LINE)
        self.line(LEFT, self.get_y(), LEFT + WIDTH, self.get_y())
        self.ln(2.5)
        self._both(words, 12, 8.5)
        self.ln(1.5)

    def _both(self, words: tuple[str, str], size: float, small: float) -> None:
        self.set_x(LEFT)
        self.set_font("base", "B", size)
        self.set_text_color(*INK)
        self.cell(self.get_string_width(words[0]) + 3, 6, words[0])
        self.set_font("base", "", small)
        self.set_text_color(*QUIET)
        self.cell(0, 6, words[1], new_x="LMARGIN", new_y="NEXT")

    def opening(self, words: tuple[str, str], beside: str) -> None:
        """The first lines of the first page."""
        self._both(words, 18, 10)
        self.ln(1)
        self.write_text(beside, size=10, colour=QUIET, gap=2)

    def fact(self, label: tuple[str, str], value: str) -> None:
        """A row of a label in two languages and its value."""
        if not value:
            return
        if self.will_page_break(8):
            self.add_page()
        top = self.get_y()
        self.set_xy(LEFT, top)
        self.set_font("base", "", 9)
        self.set_text_color(*QUIET)
        self.multi_cell(
            52, 4.6, f"{label[0]} / {label[1]}", align="L", new_x="LMARGIN", new_y="NEXT"
        )
        after_label = self.get_y()
        self.set_xy(LEFT + 54, top)
        self.set_font("base", "", 10)
        self.set_text_color(*INK)
        pages = self.page_no()
        self.multi_cell(WIDTH - 54, 5, self.shown(value), align="L", new_x="LMARGIN", new_y="NEXT")
        if self.page_no() == pages:
            self.set_y(max(self.get_y(), after_label))
        self.ln(1)

    def row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        *,
        bold: bool = False,
        colours: Sequence[tuple[int, int, int]] | None = None,
    ) -> None:
        """A table's row of one-line cells with a line under it."""
        if self.will_page_break(9):
            self.add_page()
        self.set_x(LEFT)
        self.set_draw_color(*LINE)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            self.set_font("base", "B" if bold else "", 9 if not bold else 8.5)
            self.set_text_color(*(colours[number] if colours else QUIET if bold else INK))
            self.cell(width, 7, self.shown(cell), border="B")
        self.ln(7)

    def pictures(
        self, chosen: Sequence[int], files: Sequence[Path], sizes: Sequence[Sequence[int]]
    ) -> None:
        """Photos in rows of two, each as large as fits, with its number."""
        for pair in _pairs(chosen):
            heights = [_fitted(sizes[number]) for number in pair]
            tall = max(height for _, height in heights)
            if self.will_page_break(tall + 8):
                self.add_page()
            top = self.get_y()
            for place, (number, (width, height)) in enumerate(zip(pair, heights, strict=True)):
                left = LEFT + place * (WIDTH + 6) / 2
                self.image(files[number], left, top, width, height)
                self.set_xy(left, top + height + 0.5)
                self.set_font("base", "", 8)
                self.set_text_color(*QUIET)
                self.cell(60, 4, f"Foto {number + 1}")
            self.set_xy(LEFT, top + tall + 6)


def printable(text: str) -> str:
    r"""*text* without what prints nothing or turns its direction; a tab becomes blanks.

    >>> printable("a\u202eb\tc\r\nd")
    'ab    c\nd'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(
        sign
        for sign in text
        if sign == "\n"
        or (
            unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            and not "\ufe00" <= sign <= "\ufe0f"  # they choose between shapes of a sign
        )
    )


def _pairs(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), 2):
        yield numbers[start : start + 2]


def _fitted(size: Sequence[int]) -> tuple[float, float]:
    """Millimetres of a photo of *size* pixels in half the width and 75 mm."""
    wide, tall = (WIDTH - 6) / 2, 75.0
    scale = min(wide / size[0], tall / size[1])
    return size[0] * scale, size[1] * scale
