"""The agency's queue and the complaint's page for staff."""

from __future__ import annotations
