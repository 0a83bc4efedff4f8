"""Vector tiles of what the reader may handle, at true positions."""

from __future__ import annotations
