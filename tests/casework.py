"""A city with its staff, for tests that move complaints through the use case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from geoapp.domain.access import Actor
from geoapp.domain.catalogue import City
from geoapp.domain.workflow import Step
from geoapp.domain.workflow_terms import StepRequest
from geoapp.store.database import Database
from geoapp.usecases import casework
from geoapp.usecases.casework import StepResult
from tests.asking import as_owner
from tests.people import hire
from tests.support import default_city, send

JELUTUNG_CODE = "15.71.08.1006"

EMPTY = text(
    "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event, geoapp.intake_key,"
    " geoapp.rate_window, geoapp.answer_template CASCADE"
)
_ROW = text("SELECT * FROM geoapp.complaint WHERE ticket = :ticket")
_EVENTS = text(
    "SELECT id, kind, status, at, actor, data FROM geoapp.complaint_event WHERE ticket = :ticket"
    " ORDER BY id"
)
_TEMPLATE = text(
    "INSERT INTO geoapp.answer_template (city_code, agency_code, name, body)"
    " VALUES ('15.71', :agency, 'Terima kasih', :body) RETURNING id"
)


@dataclass(frozen=True)
class World:
    """The database of one test file, its city, and somebody of every sort."""

    database: Database
    city: City
    operator: Actor
    admin: Actor
    """Of pupr_bina_marga, whose potholes are."""
    other_admin: Actor
    """Of dlh."""
    officer: Actor
    """Of pupr_bina_marga, in Jelutung alone."""
    head: Actor
    city_admin: Actor
    auditor: Actor

    @classmethod
    def build(cls, database: Database) -> World:
        """Hire everybody into *database*."""
        return cls(
            database=database,
            city=default_city(database),
            operator=hire(database, "operator", name="Olivia"),
            admin=hire(database, "agency_admin", agency="pupr_bina_marga", name="Adi"),
            other_admin=hire(database, "agency_admin", agency="dlh", name="Dewi"),
            officer=hire(
                database,
                "field_officer",
                agency="pupr_bina_marga",
                kelurahan=[JELUTUNG_CODE],
                name="Budi",
            ),
            head=hire(database, "agency_head", agency="pupr_bina_marga", name="Hana"),
            city_admin=hire(database, "city_admin", name="Citra"),
            auditor=hire(database, "auditor", name="Umar"),
        )

    def new(self, **changes: Any) -> str:
        """The ticket of a pothole in Jelutung that has just come in."""
        return str(send(self.database, **changes)["ticket"])

    def row(self, ticket: str) -> Row[Any]:
        """Everything that is stored of a complaint."""
        with as_owner(self.database) as connection:
            return connection.execute(_ROW, {"ticket": ticket}).one()

    def events(self, ticket: str) -> list[Row[Any]]:
        """Its history, oldest first."""
        with as_owner(self.database) as connection:
            return list(connection.execute(_EVENTS, {"ticket": ticket}))

    def template(self, body: str, agency: str | None = "pupr_bina_marga") -> int:
        """A template of an agency, or of all."""
        with as_owner(self.database) as connection:
            return int(connection.execute(_TEMPLATE, {"agency": agency, "body": body}).scalar_one())

    def act(self, actor: Actor, step: Step | str, ticket: str, **fields: Any) -> StepResult:
        """Take a step, having seen the newest version (or *version*)."""
        fields.setdefault("version", self.row(ticket).version)
        request = StepRequest(step=Step(step), **fields)
        return casework.act(self.database, self.city, actor, ticket, request)

    def set(self, ticket: str, assignments: str, **values: Any) -> None:
        """Put columns as an earlier life would have left them: ``"resolved_at = :at"``."""
        with as_owner(self.database) as connection:
            connection.execute(
                text(f"UPDATE geoapp.complaint SET {assignments} WHERE ticket = :ticket"),
                {"ticket": ticket, **values},
            )
