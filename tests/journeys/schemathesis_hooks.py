"""What generated requests must keep to, so that it is the application that answers them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import schemathesis

LONGEST = 7000
"""Bytes of a query: above 8,190 for the whole line gunicorn refuses it before we see it."""


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Leave out addresses that no application would be given."""
    pairs = query.items() if hasattr(query, "items") else query or ()
    return len(urlencode(list(pairs), doseq=True, errors="replace")) < LONGEST


@schemathesis.serializer("application/offset+octet-stream")
def as_bytes(ctx: Any, value: Any) -> bytes:
    """A piece of an upload: whatever was generated, as bytes."""
    _ = ctx
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
