"""Re-routings of the same kind, under the account's own row-level security."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from geoapp.domain.misfit import Example, Misfit
from geoapp.domain.reading import Place
from geoapp.store.statements import statement


def misfits(
    connection: Connection, city_code: str, *, since: datetime, least: int, most: int
) -> list[Misfit]:
    """Kinds of re-routing that came at least *least* times since, the commonest first."""
    rows = connection.execute(
        statement("store", "misfits"),
        {"city_code": city_code, "since": since, "least": least, "most": most},
    )
    return [
        Misfit(
            service_code=row.service_code,
            from_agency=row.from_agency,
            to_agency=row.to_agency,
            kelurahan=_place(row.kelurahan_code, row.kelurahan_name),
            rule=_place(row.rule_code, row.rule_name),
            by_rule=row.by_rule,
            count=row.total,
            first_at=row.first_at,
            last_at=row.last_at,
            kelurahan_codes=tuple(row.kelurahan or ()),
            examples=tuple(
                Example(one["ticket"], datetime.fromisoformat(one["at"]), one["reason"])
                for one in row.examples
            ),
        )
        for row in rows
    ]


def _place(code: str | None, name: str | None) -> Place | None:
    return Place(code, name or code) if code is not None else None
