"""SQL files as statements: one file per question, values bound, never formatted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

ROOT = Path(__file__).resolve().parent.parent


@cache
def statement(room: str, name: str) -> TextClause:
    """The statement in ``geoapp/<room>/sql/<name>.sql`` with its ``:binds``."""
    return text((ROOT / room / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
