"""``/api/v1``: "me too", and the mark by which a browser is known again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from geoapp.usecases import support as supporting
from geoapp.usecases.support import Supported
from geoapp.web import intake, json_body, person
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Count
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_city, site


class SupportForm(BaseModel):
    """Nothing but the wish."""

    model_config = ConfigDict(extra="forbid", title="Support")


class MarkForm(BaseModel):
    """Nothing but the wish."""

    model_config = ConfigDict(extra="forbid", title="Mark")


class SupportAnswer(Answer):
    """How many support the complaint now."""

    ticket: str
    supporters: Count = Field(description="Each person once; without the reporter.")
    result: Literal["new", "again", "own", "withdrawn", "none"] = Field(
        description="`again`: was counted already; `own`: sent it; `none`: nothing to withdraw."
    )


@blueprint.post("/complaints/<ticket>/support")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Say that one has the same problem",
        path=TicketPath,
        body=SupportForm,
        good={200: Good("It is counted, once.", SupportAnswer)},
        faults=(400, 409, 413, 415, 422, 429),
    )
)
def support(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/support``."""
    intake.count_sender()
    json_body.read(SupportForm)
    who = person.person()
    told = supporting.support(site().database, current_city(), ticket, who.digest)
    response = _answered(told)
    person.keep(response, who)
    return response


@blueprint.delete("/complaints/<ticket>/support")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Take it back",
        path=TicketPath,
        good={200: Good("It isn't counted any more.", SupportAnswer)},
        faults=(429,),
    )
)
def withdraw(ticket: str) -> Response:
    """Answer ``DELETE /complaints/<ticket>/support``."""
    intake.count_sender()
    who = person.person()
    return _answered(supporting.withdraw(site().database, current_city(), ticket, who.digest))


@blueprint.post("/mark")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Be known again",
        body=MarkForm,
        good={
            204: Good(
                "The cookie `geoapp_me` holds a mark drawn by chance; who has one keeps it. "
                "Without it several people behind one address count as one."
            )
        },
        faults=(400, 413, 415, 422, 429),
    )
)
def mark() -> Response:
    """Answer ``POST /mark``."""
    json_body.read(MarkForm)
    who = person.marked_anew()
    if who.fresh:  # who has one draws none: nobody else behind the same address pays for it
        intake.count_mark()
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    person.keep(response, who)
    return response


def _answered(told: Supported) -> Response:
    if told.result in {"new", "withdrawn"}:
        site().bell.ring()
    response: Response = jsonify(SupportAnswer.model_validate(asdict(told)).model_dump(mode="json"))
    response.headers["Cache-Control"] = "no-store"
    return response
