"""``/api/v1/work``: what moves a complaint."""

from __future__ import annotations
