"""Photos for staff: looked at under the account's own rights, and taken from public sight."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, field_validator

from geoapp.domain.access import Permission
from geoapp.usecases import photo_showing
from geoapp.usecases.photo_showing import SizeName
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.context import current_city, site
from geoapp.web.intake_form import plain
from geoapp.web.photos import answer, known_hashes
from geoapp.web.work import api

_REASON_MOST = 1000


class WorkPhotoPath(BaseModel):
    """A photo of a complaint."""

    photo: UUID


class HideForm(BaseModel):
    """Why a photo is taken from public sight, or back into it."""

    model_config = ConfigDict(extra="forbid", title="HidePhoto")

    hidden: Annotated[bool, Field(strict=True)] = True
    reason: Annotated[
        str,
        Field(min_length=1, max_length=_REASON_MOST, description="Internal, in the history."),
    ]

    @field_validator("reason", mode="after")
    @classmethod
    def _printable(cls, value: str) -> str:
        return plain(value)


class HiddenAnswer(Answer):
    """How the photo stands."""

    ticket: str
    hidden: bool


_SHOWN = Operation(
    summary="A photo of a complaint, private and hidden ones too",
    path=WorkPhotoPath,
    good={200: Good("A picture.", media="image/jpeg")},
    faults=(401, 403),
)


@api.get("/photos/<uuid:photo>/large.jpg", defaults={"size": "large"})
@api.get("/photos/<uuid:photo>/small.jpg", defaults={"size": "small"})
@open_to(Permission.READ)
@operation(_SHOWN)
def photo(photo: UUID, size: SizeName) -> Response:
    """Answer ``GET /photos/<photo>/large.jpg`` and ``small.jpg``."""
    here = site()
    found = photo_showing.work(
        here.database,
        here.photos,
        current_city(),
        current_actor(),
        photo,
        size,
        known=known_hashes(),
    )
    return answer(found, "private, no-store")


@api.post("/photos/<uuid:photo>/hide")
@open_to(Permission.NOTE)
@operation(
    Operation(
        summary="Take a photo from public sight, or back into it",
        path=WorkPhotoPath,
        body=HideForm,
        good={200: Good("It is done and stands in the history.", HiddenAnswer)},
        faults=(400, 401, 403, 409, 413, 415, 422),
    )
)
def hide_photo(photo: UUID) -> Response:
    """Answer ``POST /photos/<photo>/hide``."""
    form, _ = json_body.read(HideForm)
    ticket = photo_showing.hide(
        site().database, current_city(), current_actor(), photo, form.reason, hidden=form.hidden
    )
    site().bell.ring()
    response: Response = jsonify(
        HiddenAnswer(ticket=ticket, hidden=form.hidden).model_dump(mode="json")
    )
    response.headers["Cache-Control"] = "no-store"
    return response
