"""Signing in and out, second factors, sessions, invitations, API keys."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the door: who asks, and the pages to sign in."""
    _ = app
