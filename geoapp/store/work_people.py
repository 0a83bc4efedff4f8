"""Texts that agencies answer with, and the people a complaint can be given to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.casework import Officer, Template
from geoapp.store.statements import statement


def templates(connection: Connection, city_code: str, agency: str | None) -> list[Template]:
    """Those in use, an agency's and everybody's, or (None) all of them; by name."""
    values = {"city_code": city_code, "agency": agency}
    return [
        _template(row) for row in connection.execute(statement("store", "work_templates"), values)
    ]


def template(connection: Connection, city_code: str, number: int) -> Template | None:
    """The text in use with this number."""
    row = connection.execute(
        statement("store", "work_template_one"), {"city_code": city_code, "id": number}
    ).one_or_none()
    return _template(row) if row else None


def add_template(
    connection: Connection, city_code: str, agency: str | None, name: str, body: str
) -> Template:
    """Store a new text."""
    values = {"city_code": city_code, "agency": agency, "name": name, "body": body}
    return _template(connection.execute(statement("store", "work_template_insert"), values).one())


def change_template(
    connection: Connection, city_code: str, wanted: Template, *, retired: bool
) -> bool:
    """Word a text anew, or take it out of use; False when the account may not or there is none."""
    values = {
        "city_code": city_code,
        "id": wanted.id,
        "name": wanted.name,
        "body": wanted.body,
        "retired": retired,
    }
    return bool(
        connection.execute(statement("store", "work_template_update"), values).rowcount == 1
    )


def agency_exists(connection: Connection, city_code: str, agency: str) -> bool:
    """Whether the city knows the agency, now or from before."""
    values = {"city_code": city_code, "agency": agency}
    return connection.execute(statement("store", "work_agency"), values).one_or_none() is not None


def officers(connection: Connection, city_code: str, agency: str) -> list[Officer]:
    """Active accounts that may work on the spot for *agency*, by name."""
    return [
        Officer(
            id=row.id,
            name=row.name,
            kelurahan=tuple(row.kelurahan),
            kecamatan=tuple(row.kecamatan),
            service_areas=tuple(row.service_areas),
        )
        for row in connection.execute(
            statement("store", "work_officers"), {"city_code": city_code, "agency": agency}
        )
    ]


def _template(row: Row[Any]) -> Template:
    return Template(id=row.id, agency_code=row.agency_code, name=row.name, body=row.body)
