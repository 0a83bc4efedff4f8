"""What stands in a file's attributes as text for pages and databases."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

# Bidi controls turn the text after them around, on every page that shows the name.
_UNWANTED = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def clean_text(value: Any) -> str | None:
    """*value* as one line of plain text, or None when there is nothing in it.

    NFC; control characters, bidi controls and lone surrogates (which no database
    stores) are dropped, runs of white space become one blank.
    """
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", str(value)))
    kept = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cs") else (" " if c.isspace() else "")
        for c in text
    )
    return " ".join(kept.split()) or None
