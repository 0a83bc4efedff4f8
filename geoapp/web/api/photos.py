"""``/api/v1/photos``: photos come in by tus 1.0.0 (https://tus.io/protocols/resumable-upload).

Core, creation and termination. Whoever has a photo's address may send the rest of it, look
at it, take it back, and give it to a complaint; once that is done it's the complaint's.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from flask import Response, jsonify, request, url_for
from pydantic import AwareDatetime, BaseModel, Field
from werkzeug.exceptions import PreconditionFailed, UnsupportedMediaType

from geoapp.domain.photo import REFUSED_BECAUSE, Photo, PhotoState
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.usecases import photo_showing, photos, submit
from geoapp.web.access import Audience, actor, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer, Coded, Count, Latitude, Longitude, Names
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.context import current_city, site
from geoapp.web.intake import sender_of

VERSION = "1.0.0"
EXTENSIONS = "creation,termination"
BYTES = "application/offset+octet-stream"
_NUMBER = re.compile(r"[0-9]{1,12}")
_MB = 1024 * 1024
_PER_REPORT = 6
"""Five photos and one that is taken again: as many for each report a sender may make."""

_RESUMABLE = {"Tus-Resumable": "Version of the protocol: 1.0.0."}


class PhotoPath(BaseModel):
    """A photo's address."""

    photo: Annotated[UUID, Field(description="Drawn by the server: keep it to yourself.")]


class Refused(Answer):
    """Why a file isn't kept."""

    code: str = Field(description="Stable, for programs.")
    message: Names


class Noted(Answer):
    """What the camera noted: told to whoever sent the photo, and forgotten afterwards."""

    lon: Longitude | None
    lat: Latitude | None
    taken_at: AwareDatetime | None
    kelurahan: Coded | None = Field(description="Where that is; null outside the city.")


class PhotoAnswer(Answer):
    """How far a photo has come."""

    id: UUID
    state: Literal["receiving", "kept", "refused"] = Field(
        description="While receiving with all bytes there it is being drawn: ask again."
    )
    received: Count
    length: Count
    refused: Refused | None
    found: Noted | None
    width: Count | None
    height: Count | None
    small: str | None = Field(description="Address of the small size, until it is attached.")


@blueprint.route("/photos", methods=["OPTIONS"], provide_automatic_options=False)
@open_to(Audience.EVERYBODY)
@operation(Operation(summary="What uploads may be", good={204: Good("In headers Tus-….")}))
def photo_options() -> Response:
    """Answer ``OPTIONS /photos``."""
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(site().settings.photo_max_mb * _MB)
    response.headers["Allow"] = "POST, OPTIONS"
    return response


@blueprint.route("/photos", methods=["POST"], provide_automatic_options=False)
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Begin to send a photo",
        headers=_RESUMABLE
        | {
            "Upload-Length": "Bytes of the whole photo.",
            "Upload-Metadata": "Ignored: names of files are kept nowhere.",
        },
        good={201: Good("Location says where its bytes go.")},
        faults=(400, 412, 413, 422, 429),
    )
)
def begin_photo() -> Response:
    """Answer ``POST /photos``."""
    _spoken()
    _count_sender()
    here = site()
    length = _number("Upload-Length")
    photo = photos.begin(here.database, current_city(), length, most_mb=here.settings.photo_max_mb)
    response = Response(status=201)
    del response.headers["Content-Type"]
    response.headers["Location"] = url_for("api.photo", photo=photo)
    return response


@blueprint.get("/photos/<uuid:photo>")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="How far a photo has come, and what its camera noted",
        path=PhotoPath,
        good={200: Good("Also asked with HEAD: Upload-Offset says where to go on.", PhotoAnswer)},
        faults=(422,),
    )
)
def photo(photo: UUID) -> Response:
    """Answer ``GET`` and ``HEAD /photos/<photo>``."""
    found = photos.standing(site().darkroom, current_city(), photo)
    response: Response = jsonify(_told(found).model_dump(mode="json"))
    response.headers["Upload-Offset"] = str(found.received)
    response.headers["Upload-Length"] = str(found.length)
    return response


@blueprint.patch("/photos/<uuid:photo>")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Send a piece of a photo",
        path=PhotoPath,
        headers=_RESUMABLE | {"Upload-Offset": "Where the piece begins."},
        bytes_body=BYTES,
        good={204: Good("Upload-Offset says where the next piece begins. After the last one "
                        "ask with GET what became of the photo.")},
        faults=(400, 409, 412, 413, 415, 422),
    )
)  # fmt: skip
def send_photo(photo: UUID) -> Response:
    """Answer ``PATCH /photos/<photo>``."""
    _spoken()
    if request.mimetype != BYTES:
        raise UnsupportedMediaType(f"Send bytes with Content-Type: {BYTES}.")
    offset = _number("Upload-Offset")
    # Other bodies are small; this one is read piece by piece and never held whole.
    request.max_content_length = site().settings.photo_max_mb * _MB
    found = photos.receive(site().darkroom, current_city(), photo, offset, request.stream)
    response = _nothing()
    response.headers["Upload-Offset"] = str(found.received)
    return response


@blueprint.delete("/photos/<uuid:photo>")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Take a photo back that belongs to no complaint yet",
        path=PhotoPath,
        headers=_RESUMABLE,
        good={204: Good("It is gone.")},
        faults=(400, 412),
    )
)
def discard_photo(photo: UUID) -> Response:
    """Answer ``DELETE /photos/<photo>``."""
    _spoken()
    photos.discard(site().darkroom, current_city(), photo)
    return _nothing()


@blueprint.get("/photos/<uuid:photo>/small.jpg")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="The small size of a photo that belongs to no complaint yet",
        path=PhotoPath,
        good={200: Good("A picture.", media="image/jpeg")},
    )
)
def small_photo(photo: UUID) -> Response:
    """Answer ``GET /photos/<photo>/small.jpg``."""
    here = site()
    data = photo_showing.unattached(here.database, here.photos, current_city(), photo)
    return Response(data, mimetype="image/jpeg")


@blueprint.after_request
def _speak(response: Response) -> Response:
    """Every answer of the protocol says its version, and is kept by nobody on the way."""
    if (request.endpoint or "").rpartition(".")[2] in _VIEWS:
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == 412:
            response.headers["Tus-Version"] = VERSION
    return response


_VIEWS = {"photo_options", "begin_photo", "photo", "send_photo", "discard_photo", "small_photo"}


def _spoken() -> None:
    """The protocol wants a version named, and ours.

    Raises:
        PreconditionFailed: it's missing, or another.
    """
    if request.headers.get("Tus-Resumable") != VERSION:
        raise PreconditionFailed(f"Send Tus-Resumable: {VERSION}.")


def _number(header: str) -> int:
    """A number that came as a header.

    Raises:
        InvalidInput: it's missing, or isn't a number.
    """
    text = request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(
            f"{header} can't be read.",
            "Send a number of bytes.",
            [FieldProblem(header, "isn't a number of bytes", text)],
        )
    return int(text)


def _count_sender() -> None:
    """A visitor counts by address; staff by account: a whole office may have one address."""
    here, asking = site(), actor()
    who = asking.label if asking is not None else sender_of(request.remote_addr or "")
    submit.count_sender(
        here.database,
        current_city(),
        here.settings.secret(),
        f"photos:{who}",
        limit=here.settings.intake_limit * _PER_REPORT,
        window_s=here.settings.intake_window_s,
    )


def _nothing() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _told(found: Photo) -> PhotoAnswer:
    here, city = site(), current_city()
    noted = photos.found_place(here.database, city, found)
    refused = None
    if found.refused_for is not None:
        message = REFUSED_BECAUSE[found.refused_for]
        refused = Refused(code=found.refused_for.value, message=message.as_dict("id"))
    small = found.small if found.state is PhotoState.KEPT else None
    return PhotoAnswer(
        id=found.id,
        state=found.state.value,
        received=found.received,
        length=found.length,
        refused=refused,
        found=Noted.model_validate(noted) if noted else None,
        width=found.large.width if found.large else None,
        height=found.large.height if found.large else None,
        small=url_for("api.small_photo", photo=found.id) if small else None,
    )
