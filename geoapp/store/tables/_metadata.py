"""The one MetaData, and the PostgreSQL types SQLAlchemy doesn't know."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType


class XID8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id, as text in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The name of the type in DDL."""
        return "xid8"


ischema_names["xid8"] = XID8  # so that reflection recognises it

metadata = MetaData(schema="geoapp")
