"""``/api/v1/work``: the reporter's contact, for staff that asks for it and says what for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from flask import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from geoapp.domain.access import Permission
from geoapp.usecases import contacts
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, answer, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_city, site
from geoapp.web.intake_form import plain
from geoapp.web.work import api


class PurposeForm(BaseModel):
    """What a contact is wanted for."""

    model_config = ConfigDict(extra="forbid", title="ContactPurpose")
    UNECHOED: ClassVar[frozenset[str]] = frozenset({"*"})

    purpose: Annotated[
        str,
        Field(
            min_length=contacts.PURPOSE_LEAST,
            max_length=contacts.PURPOSE_MOST,
            description="Kept with the account's name; administrators and auditors read it.",
        ),
    ]

    @field_validator("purpose", mode="after")
    @classmethod
    def _printable(cls, value: str) -> str:
        return plain(value)


class ReporterAnswer(Answer):
    """How the reporter can be reached."""

    ticket: str
    name: str | None
    email: str | None
    phone: str | None
    language: Annotated[str, Field(description="The language they reported in.")]
    read_at: Annotated[AwareDatetime, Field(description="When this reading was written down.")]


@api.post("/complaints/<ticket>/contact")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="Read the reporter's contact; who asks, when and what for is recorded",
        path=TicketPath,
        body=PurposeForm,
        good={200: Good("It was recorded; this is the contact.", ReporterAnswer)},
        faults=(400, 403, 413, 415, 422),
    )
)
def read_contact(ticket: str) -> Response:
    """Answer ``POST /work/complaints/<ticket>/contact``; a POST, because it leaves a record."""
    form, _ = json_body.read(PurposeForm)
    here = site()
    found = contacts.read(
        here.database, here.vault, current_city(), current_actor(), ticket, form.purpose
    )
    return answer(
        ReporterAnswer(
            ticket=ticket.upper(),
            name=found.contact.name,
            email=found.contact.email,
            phone=found.contact.phone,
            language=found.language,
            read_at=found.read_at,
        ),
        cache="no-store",
    )
