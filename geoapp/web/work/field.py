"""The page of field teams."""

from __future__ import annotations
