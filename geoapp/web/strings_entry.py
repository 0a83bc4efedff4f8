"""Texts of ``/entry`` that its scripts show, by key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

ENTRY: dict[str, object] = {}


def entry_strings() -> dict[str, str]:
    """The texts in the language of the current request."""
    return {key: str(text) for key, text in ENTRY.items()}
