"""``/api/v1``: a complaint comes in, and what a pin would be told before."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Annotated, Literal

from flask import Response, jsonify, request, url_for
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.usecases import submit as submitting
from geoapp.web import intake, json_body, person
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Coded, Names
from geoapp.web.api.operations import Good, Operation, answer, operation, read_query
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import ComplaintForm, to_millimetres

KEY = re.compile(r"[\x21-\x7e]{1,128}")


class AssignmentAnswer(Answer):
    """How the place was decided; never how far the edge is."""

    method: Literal["covers", "nearest", "outside", "confirmed", "named_area", "by_service"]
    ambiguous: bool = Field(description="Several areas cover the point.")
    boundary: Literal["approximate", "official"]


class Links(Answer):
    """Where to go on."""

    self: str
    page: str
    map: str
    follow: str = Field(
        description="The page with the sender's key behind its #, which no server log sees."
    )


class AcceptedAnswer(Answer):
    """What became of a submission."""

    ticket: str
    kelurahan: Coded | None
    kecamatan: Coded | None
    agency: Coded
    assignment: AssignmentAnswer
    submitted_at: AwareDatetime
    due_at: AwareDatetime
    status: str
    follow_key: str = Field(
        description="Proves the sender when replying. Told here alone: keep it."
    )
    notices: bool = Field(
        default=False, description="Mail about it will come to the address that was given."
    )
    links: Links


class Target(Answer):
    """The promise: so many clock hours or working days."""

    clock: Literal["hours", "working_days"]
    amount: Annotated[int, Field(gt=0)]


class Choice(Answer):
    """A kelurahan it might be."""

    code: str
    name: str
    kecamatan: str | None


class Confirm(Answer):
    """Whether the citizen should say which kelurahan it is, and why."""

    needed: bool
    reason: Literal["approximate", "ambiguous", "near_edge"] | None
    choices: list[Choice] = Field(description="The one that would be taken first.")
    question: Names | None = Field(description="Between two or three choices.")
    why: Names | None = Field(
        description="Close to an edge: how far it is, and how exact the position."
    )


class LocatedAnswer(Answer):
    """What a pin would be told."""

    kelurahan: Coded | None
    kecamatan: Coded | None
    agency: Coded
    target: Target
    due_at: AwareDatetime
    assignment: AssignmentAnswer
    confirm: Confirm


class LocateQuery(BaseModel):
    """A pin that isn't sent yet."""

    model_config = ConfigDict(allow_inf_nan=False)

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    service: Annotated[str, Field(min_length=1, max_length=64)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000), AfterValidator(to_millimetres)] = 0.0


@blueprint.get("/locate")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Who would handle a pin, where it is, and by when",
        query=LocateQuery,
        good={200: Good("Kelurahan, agency and target.", LocatedAnswer)},
        faults=(422,),
    )
)
def locate() -> Response:
    """Answer ``/locate``."""
    query = read_query(LocateQuery)
    told = submitting.preview(
        site().database,
        current_city(),
        current_catalogue(),
        query.service,
        LonLat(query.lon, query.lat),
        query.accuracy_m,
    )
    return answer(LocatedAnswer.model_validate(told), cache="no-store")


@blueprint.post("/complaints")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Send a complaint",
        headers={
            "Idempotency-Key": "Drawn by the sender for one complaint, 1–128 visible ASCII "
            "characters; the same key and body give the same answer and store nothing twice."
        },
        body=ComplaintForm,
        good={201: Good("It is stored; this is who handles it and by when.", AcceptedAnswer)},
        faults=(400, 413, 415, 422, 429),
    )
)
def submit() -> tuple[Response, int]:
    """Answer ``POST /complaints``."""
    sending = sending_of(request.get_data())
    intake.count_sender(sending)
    form, _body = json_body.read(ComplaintForm)
    who = person.sender()
    told = intake.accept(form, intake.channel_of_request(), sending, person=who.digest)
    ticket = told["ticket"]
    links = {
        "self": url_for("api.complaint", ticket=ticket),
        "page": url_for("public.ticket", ticket=ticket),
        "map": url_for("public.live_map", open=ticket),
        "follow": url_for("public.ticket", ticket=ticket, _anchor=f"kunci={told['follow_key']}"),
    }
    response: Response = jsonify(
        AcceptedAnswer.model_validate(told | {"links": links}).model_dump(mode="json")
    )
    response.headers["Location"] = links["self"]
    response.headers["Cache-Control"] = "no-store"
    person.keep(response, who)
    return response, 201


def sending_of(body: bytes) -> submitting.Sending | None:
    """This request's Idempotency-Key with the keyed hash of its *body*; None without a key.

    Keyed, because all of a body but the contact can be read in the database: from a plain hash
    a telephone number could be found by trying.

    Raises:
        InvalidInput: the key can't be used.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise InvalidInput(
            "The Idempotency-Key can't be used.",
            "Send 1 to 128 visible ASCII characters, for example a UUID.",
            [FieldProblem("Idempotency-Key", "1 to 128 visible ASCII characters wanted", key)],
        )
    secret = site().settings.secret().encode()
    return submitting.Sending(key, hmac.new(secret, body, hashlib.sha256).hexdigest())
