"""``/api/v1``: the reporter's word on a complaint."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, field_validator

from geoapp.domain.photo import MOST
from geoapp.usecases import replies
from geoapp.web import intake, json_body
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.intake import sending_of
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_city, site
from geoapp.web.intake_form import DESCRIPTION_MOST, plain


class ReplyForm(BaseModel):
    """What the reporter says to the answer."""

    model_config = ConfigDict(extra="forbid", title="Reply")

    key: Annotated[
        str,
        Field(
            min_length=1, max_length=64, description="`follow_key` of the answer to the complaint."
        ),
    ]
    text: Annotated[
        str,
        Field(
            max_length=DESCRIPTION_MOST,
            description="What is still wrong; for the city and the agency, never public.",
        ),
    ] = ""
    solved: Annotated[
        bool,
        Field(strict=True, description="The reporter agrees: a resolved complaint is closed."),
    ] = False

    photos: Annotated[
        list[UUID],
        Field(
            max_length=MOST,
            description="Ids of uploaded photos; for the city and the agency, never public.",
        ),
    ] = []

    @field_validator("text", mode="after")
    @classmethod
    def _printable(cls, value: str) -> str:
        return plain(value) if value.strip() else ""


class ReplyAnswer(Answer):
    """How the complaint stands after the reply."""

    ticket: str
    status: str
    changed: bool = Field(description="The reply changed the status; else it was only added.")


@blueprint.post("/complaints/<ticket>/replies")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Reply as the sender of a complaint",
        path=TicketPath,
        headers={
            "Idempotency-Key": "Drawn by the sender for one reply, 1–128 visible ASCII "
            "characters; the same key and body give the same answer and store nothing twice."
        },
        body=ReplyForm,
        good={201: Good("It is stored; this is how the complaint stands.", ReplyAnswer)},
        faults=(400, 403, 409, 413, 415, 422, 429),
    )
)
def reply(ticket: str) -> tuple[Response, int]:
    """Answer ``POST /complaints/<ticket>/replies``."""
    sending = sending_of(request.get_data())
    if sending is not None:
        sending = replies.as_reply(sending)
    # Counted before anything is compared: guessing keys ends with the window.
    intake.count_sender(sending)
    form, _ = json_body.read(ReplyForm)
    told = replies.reply(
        site().database,
        current_city(),
        ticket.upper(),
        secret=site().settings.secret(),
        key=form.key,
        text=form.text,
        solved=form.solved,
        photo_ids=form.photos,
        sending=sending,
    )
    site().bell.ring()
    response: Response = jsonify(
        ReplyAnswer(ticket=told.ticket, status=told.status.value, changed=told.changed).model_dump(
            mode="json"
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response, 201
