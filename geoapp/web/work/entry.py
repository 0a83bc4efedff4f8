"""Complaints that came by another door, entered by an operator."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, jsonify, render_template, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from geoapp.domain.access import Permission
from geoapp.domain.complaint import Channel, NewComplaint, Status
from geoapp.domain.place import LonLat
from geoapp.usecases import entry
from geoapp.web import intake, json_body, page
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.intake import AssignmentAnswer, sending_of
from geoapp.web.api.models import Answer, Coded
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.contact_form import language_of_city
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import DESCRIPTION_MOST, ComplaintForm, plain
from geoapp.web.strings_entry import entry_strings
from geoapp.web.work import api, pages

SOURCE_MOST = 500
EXTERNAL_MOST = 100

Source = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=SOURCE_MOST,
        description="Where it comes from: the article's address for media, else a reference.",
    ),
]
External = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=EXTERNAL_MOST,
        description="The source's own number; unique within its source, or its channel.",
    ),
]
EnteredChannel = Literal["call_112", "media", "letter", "counter", "sp4n"]


class EntryForm(ComplaintForm):
    """A complaint as an operator enters it: a citizen's, and how it came."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, title="EnteredComplaint")

    channel: Annotated[EnteredChannel, Field(description="The door it came through.")]
    source: Source = None
    external_id: External = None
    submitted_at: Annotated[
        AwareDatetime | None,
        Field(description="When it came, with a UTC offset; not in the future. Default: now."),
    ] = None

    @field_validator("source", "external_id", mode="after")
    @classmethod
    def _printable(cls, value: str | None) -> str | None:
        return None if value is None else plain(value)


class JunkForm(BaseModel):
    """A call or message that is no complaint."""

    model_config = ConfigDict(extra="forbid", title="JunkCall")

    channel: EnteredChannel = "call_112"
    words: Annotated[
        str | None,
        Field(min_length=1, max_length=DESCRIPTION_MOST, description="What it was, if anything."),
    ] = None
    service: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=64,
            description="Counted with this service; default: the catch-all of group other.",
        ),
    ] = None
    source: Source = None
    external_id: External = None

    @field_validator("words", "service", "source", "external_id", mode="after")
    @classmethod
    def _printable(cls, value: str | None) -> str | None:
        return None if value is None else plain(value)


class EntryLinks(Answer):
    """Where to go on: the complaint for programs, its page for staff."""

    self: str
    page: str


class EntryAnswer(Answer):
    """What became of an entry."""

    ticket: str
    kelurahan: Coded | None
    kecamatan: Coded | None
    agency: Coded
    assignment: AssignmentAnswer
    submitted_at: AwareDatetime
    due_at: AwareDatetime
    status: str
    links: EntryLinks
    notices: Annotated[
        bool, Field(description="Mail about it will go to the contact that was given.")
    ] = False
    follow_key: Annotated[
        str | None, Field(description="For the reporter, to follow the complaint and reply.")
    ] = None


_KEY = {
    "Idempotency-Key": "Drawn by the sender for one entry, 1–128 visible ASCII characters; the "
    "same key and body of one account give the same answer and store nothing twice."
}


@api.post("/complaints")
@open_to(Permission.ENTER)
@operation(
    Operation(
        summary="Enter a complaint that came by telephone, press, letter or at the counter",
        headers=_KEY,
        body=EntryForm,
        good={201: Good("It is stored; a point outside the city waits for triage.", EntryAnswer)},
        faults=(400, 413, 415, 422),
    )
)
def enter() -> tuple[Response, int]:
    """Answer ``POST /work/complaints``."""
    form, body = json_body.read(EntryForm)
    return _told(
        entry.enter(
            site().database,
            current_city(),
            current_catalogue(),
            current_actor(),
            _complaint(form),
            sending=sending_of(body),
            also=intake.belongings(form, language_of_city()),
        )
    )


@api.post("/complaints/junk")
@open_to(Permission.ENTER)
@operation(
    Operation(
        summary="Count a junk call: a complaint that is rejected as it comes",
        headers=_KEY,
        body=JunkForm,
        good={201: Good("It is stored, rejected, with the reason in its history.", EntryAnswer)},
        faults=(400, 413, 415, 422),
    )
)
def enter_junk() -> tuple[Response, int]:
    """Answer ``POST /work/complaints/junk``."""
    form, body = json_body.read(JunkForm)
    values = form.model_dump(exclude={"channel"})
    return _told(
        entry.enter_junk(
            site().database,
            current_city(),
            current_catalogue(),
            current_actor(),
            entry.JunkCall(channel=Channel(form.channel), **values),
            sending=sending_of(body),
        )
    )


@pages.get("/entry")
@open_to(Permission.ENTER)
def entry_page() -> str:
    """The keyboard form of the command center."""
    shown = page.config()
    shown |= {"i18n": shown["i18n"] | entry_strings()}
    shown |= {"junk_service": entry.junk_service(current_catalogue())}
    return render_template("work/entry.html", config=shown, **page.shell(current_city()))


def _complaint(form: EntryForm) -> NewComplaint:
    values: dict[str, Any] = form.model_dump(
        exclude={"lon", "lat", "kelurahan", "channel", "photos", "contact"}
    )
    channel = Channel(form.channel)
    if form.lon is None or form.lat is None:
        return NewComplaint(**values, named_area=form.kelurahan, channel=channel)
    return NewComplaint(
        **values,
        position=LonLat(form.lon, form.lat),
        confirmed_area=form.kelurahan,
        channel=channel,
    )


def _told(told: dict[str, Any]) -> tuple[Response, int]:
    site().bell.ring()
    ticket = told["ticket"]
    links = {
        "self": f"{request.script_root}/api/v1/work/complaints/{ticket}",
        "page": f"{request.script_root}/case/{ticket}",
    }
    known = {name: told[name] for name in EntryAnswer.model_fields if name in told}
    if told["status"] != Status.REJECTED:  # nobody follows junk
        known["follow_key"] = intake.follow_key(ticket)
    response: Response = jsonify(
        EntryAnswer.model_validate(known | {"links": links}).model_dump(mode="json")
    )
    response.headers["Location"] = links["self"]
    response.headers["Cache-Control"] = "no-store"
    return response, 201
