"""``/api/v1``: a complaint as its sender sees it, and their word on the work.

The sender's key comes in bodies and in one header, never in an address: addresses end in logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from flask import Response, request, url_for
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from geoapp.domain.sender import LEAST_STARS, MOST_STARS
from geoapp.errors import Forbidden
from geoapp.usecases import dossier, escalation, ratings, sender
from geoapp.web import intake, json_body
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.api.sender_models import EscalationAnswer, MineAnswer, RatingAnswer
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import plain

Asked = TypeVar("Asked")

KEY_HEADER = "Geoapp-Key"
WORDS_MOST = 1000

Key = Annotated[
    str,
    Field(min_length=1, max_length=64, description="`follow_key` of the answer to the complaint."),
]


class KeyForm(BaseModel):
    """Who asks: the sender's key."""

    model_config = ConfigDict(extra="forbid", title="SenderKey")

    key: Key


class RatingForm(BaseModel):
    """What the sender thinks of the work."""

    model_config = ConfigDict(extra="forbid", title="Rating")

    key: Key
    stars: Annotated[int, Field(strict=True, ge=LEAST_STARS, le=MOST_STARS)]
    words: Annotated[
        str,
        Field(max_length=WORDS_MOST, description="For the city and the agency, never public."),
    ] = ""

    @field_validator("words", mode="after")
    @classmethod
    def _printable(cls, value: str) -> str:
        return plain(value) if value.strip() else ""


def _size(value: str) -> str:
    if value not in sender.SIZES:
        raise ValueError("is small or large")
    return value


class SentPhotoPath(TicketPath):
    """A photo of a complaint, in a size."""

    photo: Annotated[UUID, Field(description="Its id, of the sender's view.")]
    size: Annotated[str, BeforeValidator(_size), Field(description="`small` or `large`.")]


@blueprint.post("/complaints/<ticket>/mine")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="A complaint as its sender sees it, confidential or not",
        path=TicketPath,
        body=KeyForm,
        good={200: Good("What was sent, what was answered, what can be done.", MineAnswer)},
        faults=(400, 403, 413, 415, 422, 429),
    )
)
def mine(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/mine``."""
    form, _ = json_body.read(KeyForm)
    here, city = site(), current_city()
    ticket = ticket.upper()
    found = _counting_strangers(
        lambda: sender.view(
            here.database, city, ticket, secret=here.settings.secret(), key=form.key
        )
    )
    contact = sender.contact_of(here.database, here.vault, city, ticket)
    told = sender.told(found, city, current_catalogue())
    told["contact"] = (
        {"name": contact.name, "email": contact.email, "phone": contact.phone} if contact else None
    )
    return _private(MineAnswer.model_validate(told))


@blueprint.get("/complaints/<ticket>/photos/<photo>/<size>.jpg")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="A photo of a complaint, for its sender",
        path=SentPhotoPath,
        headers={KEY_HEADER: "The sender's key; without it nothing is shown."},
        good={200: Good("The photo as JPEG.", media="image/jpeg")},
        faults=(403, 422, 429),
    )
)
def sent_photo(ticket: str, photo: str, size: str) -> Response:
    """Answer ``GET /complaints/<ticket>/photos/<id>/<size>.jpg``."""
    here = site()
    picture = _counting_strangers(
        lambda: sender.picture(
            here.database,
            here.photos,
            current_city(),
            ticket.upper(),
            photo.lower(),
            size,
            secret=here.settings.secret(),
            key=request.headers.get(KEY_HEADER, "")[:64],
        )
    )
    response = Response(picture.data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/complaints/<ticket>/rating")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Rate the work on a closed complaint, as its sender",
        path=TicketPath,
        body=RatingForm,
        good={200: Good("It is kept; said again it takes the place of this.", RatingAnswer)},
        faults=(400, 403, 409, 413, 415, 422, 429),
    )
)
def rate(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/rating``."""
    intake.count_sender()
    form, _ = json_body.read(RatingForm)
    here = site()
    ratings.rate(
        here.database,
        current_city(),
        ticket.upper(),
        secret=here.settings.secret(),
        key=form.key,
        stars=form.stars,
        words=form.words,
    )
    here.bell.ring()
    return _private(RatingAnswer(ticket=ticket.upper(), stars=form.stars))


@blueprint.post("/complaints/<ticket>/escalation")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Note that the sender takes an overdue complaint to the Ombudsman",
        path=TicketPath,
        body=KeyForm,
        good={200: Good("It stands in the history since then.", EscalationAnswer)},
        faults=(400, 403, 409, 413, 415, 422, 429),
    )
)
def escalate(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/escalation``."""
    intake.count_sender()
    form, _ = json_body.read(KeyForm)
    here = site()
    since = escalation.escalate(
        here.database,
        current_city(),
        ticket.upper(),
        secret=here.settings.secret(),
        key=form.key,
    )
    here.bell.ring()
    return _private(EscalationAnswer(ticket=ticket.upper(), escalated_at=since))


@blueprint.post("/complaints/<ticket>/dossier")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="The whole history of a complaint to print, for its sender",
        path=TicketPath,
        body=KeyForm,
        good={200: Good("A PDF document, A4.", media="application/pdf")},
        faults=(400, 403, 413, 415, 422, 429),
    )
)
def document(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/dossier``."""
    intake.count_sender()  # it is worked out anew each time
    form, _ = json_body.read(KeyForm)
    here = site()
    pdf = dossier.document(
        here.database,
        here.photos,
        current_city(),
        current_catalogue(),
        ticket.upper(),
        secret=here.settings.secret(),
        key=form.key,
        seals_at=_whole_address("api.seals"),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{ticket.upper()}.pdf"'
    return response


def _counting_strangers(ask: Callable[[], Asked]) -> Asked:
    """What *ask* gives; only a wrong key counts against its sender: guessing ends with the window."""
    try:
        return ask()
    except Forbidden:
        intake.count_sender()
        raise


def _private(body: BaseModel) -> Response:
    response = Response(body.model_dump_json(), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _whole_address(endpoint: str) -> str:
    """An address as it is printed on paper: under the public name of this server, if it has one."""
    public = site().settings.public_url
    return public.rstrip("/") + url_for(endpoint) if public else url_for(endpoint, _external=True)
