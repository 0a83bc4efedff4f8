"""``/api/v1``: a sender's rights over their data: all of it in one file, or gone."""

from __future__ import annotations

from typing import Annotated

from flask import Response, send_file
from pydantic import BaseModel, ConfigDict, Field

from geoapp.usecases import erasure, privacy_export
from geoapp.web import intake, json_body
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.api.sender import Key, KeyForm
from geoapp.web.context import current_city, site


class ErasureForm(BaseModel):
    """Who asks, and that they mean it."""

    model_config = ConfigDict(extra="forbid", title="Erasure")

    key: Key
    ticket: Annotated[
        str,
        Field(max_length=40, description="The ticket once more, typed to say that it is meant."),
    ]


class ErasureAnswer(Answer):
    """What is gone."""

    tickets: list[str] = Field(description="The complaint, and the parts it was split into.")
    photos: int
    contacts: int


@blueprint.post("/complaints/<ticket>/export")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Everything that is kept of a complaint's sender, for themself",
        path=TicketPath,
        body=KeyForm,
        good={
            200: Good(
                "A ZIP: data.json, data.html to read, and the photos.", media="application/zip"
            )
        },
        faults=(400, 403, 413, 415, 422, 429, 503),
    )
)
def export(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/export``."""
    # Each one is made anew and recorded: as dear as a submission.
    intake.count_sender()
    form, _ = json_body.read(KeyForm)
    here = site()
    made = privacy_export.export_own(
        here.database,
        here.vault,
        here.photos,
        current_city(),
        ticket.upper(),
        secret=here.settings.secret(),
        key=form.key,
    )
    return private_zip(made)


@blueprint.post("/complaints/<ticket>/erasure")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Erase the sender's data; the public record without the person stays",
        path=TicketPath,
        body=ErasureForm,
        good={200: Good("It is gone, for good.", ErasureAnswer)},
        faults=(400, 403, 409, 413, 415, 422, 429, 503),
    )
)
def erase(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/erasure``."""
    intake.count_sender()
    form, _ = json_body.read(ErasureForm)
    here = site()
    done = erasure.erase_own(
        here.database,
        current_city(),
        here.settings.home,
        here.photos,
        ticket.upper(),
        secret=here.settings.secret(),
        key=form.key,
        typed=form.ticket,
    )
    here.bell.ring()
    answer = ErasureAnswer(tickets=done.tickets, photos=done.photos, contacts=done.contacts)
    response = Response(answer.model_dump_json(), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def private_zip(made: privacy_export.Export) -> Response:
    """An export as a download that nobody keeps on the way."""
    response = send_file(
        made.file,
        mimetype="application/zip",
        as_attachment=True,
        download_name=made.name,
        etag=False,
        max_age=None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
