"""``/api/v1/work``: everything that reads."""

from __future__ import annotations
