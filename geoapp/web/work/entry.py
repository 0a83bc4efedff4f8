"""Complaints that came by another door, entered by an operator."""

from __future__ import annotations
