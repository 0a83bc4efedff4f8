"""``/api/v1/work``: what moves a complaint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, field_validator

from geoapp.domain.access import Permission
from geoapp.domain.photo import MOST
from geoapp.domain.workflow import Step
from geoapp.domain.workflow_plan import REASON_CLASSES
from geoapp.domain.workflow_terms import StepRequest
from geoapp.usecases import casework
from geoapp.web import json_body
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.models import Answer, ErrorDetail
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_city, site
from geoapp.web.errors import body_of
from geoapp.web.intake_form import plain
from geoapp.web.work import api

REASON_MOST = 1000
TEXT_MOST = 4000

_Code = Annotated[str, Field(min_length=1, max_length=64)]
_Number = Annotated[int, Field(strict=True, ge=1, lt=2**63)]
_Version = Annotated[
    int, Field(strict=True, ge=1, lt=2**31, description="The version that the actor saw.")
]


class StepFields(BaseModel):
    """What a step may come with; which of it is needed tells the case's list of actions."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    reason: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=REASON_MOST,
            description="Why. Public for hold, reject and out_of_authority, else internal.",
        ),
    ] = None
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=TEXT_MOST,
            description="Public for answer, finish and split; internal for note.",
        ),
    ] = None
    agency: Annotated[_Code | None, Field(description="Code of the agency it goes to.")] = None
    officer: Annotated[_Number | None, Field(description="Account that is to work on it.")] = None
    lead: Annotated[_Code | None, Field(description="Ticket that it is merged into.")] = None
    service: Annotated[_Code | None, Field(description="Service of the part split off.")] = None
    authority: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Who must act instead.")
    ] = None
    template: Annotated[_Number | None, Field(description="Template the text began as.")] = None
    klass: Annotated[
        Literal["substantive", "normative", "junk", "too_general", "not_a_complaint", "other"]
        | None,
        Field(
            alias="class",
            description="Of an answer: substantive or normative; of a rejection: "
            + ", ".join(REASON_CLASSES)
            + ".",
        ),
    ] = None

    @field_validator("reason", "text", "authority", mode="after")
    @classmethod
    def _printable(cls, value: str | None) -> str | None:
        return None if value is None else plain(value)

    def request(self, version: int = 0) -> StepRequest:
        """As the use case takes it."""
        return StepRequest(
            step=self.step,
            version=version,
            reason=self.reason or "",
            text=self.text or "",
            agency=self.agency or "",
            officer=self.officer,
            lead=(self.lead or "").upper(),
            service=self.service or "",
            authority=self.authority or "",
            template=self.template,
            klass=self.klass or "",
        )


class StepForm(StepFields):
    """A step with one complaint."""

    model_config = ConfigDict(title="Step")

    version: _Version
    photos: Annotated[
        list[UUID],
        Field(
            max_length=MOST,
            description="Sent before by POST /api/v1/photos; with answer and finish as public as "
            "the complaint, with note and cannot_do internal.",
        ),
    ] = []

    def request(self, version: int = 0) -> StepRequest:
        """As the use case takes it; *version* is the one that came."""
        return replace(super().request(version or self.version), photos=tuple(self.photos))


class Seen(BaseModel):
    """One of many complaints, as the actor saw it."""

    model_config = ConfigDict(extra="forbid")

    ticket: _Code
    version: _Version


class BulkForm(StepFields):
    """One step with many complaints."""

    model_config = ConfigDict(title="BulkStep")

    complaints: Annotated[list[Seen], Field(min_length=1, max_length=casework.MOST_AT_ONCE)]


class StepAnswer(Answer):
    """How the complaint stands after the step."""

    ticket: str
    version: int
    status: str
    event_ids: list[int]
    other: Annotated[str | None, Field(description="Ticket of the part that was split off.")] = None


class BulkItem(Answer):
    """What became of one of many."""

    ticket: str
    ok: bool
    version: int | None
    status: str | None
    error: ErrorDetail | None


class BulkAnswer(Answer):
    """What became of each, in the order they were sent."""

    results: list[BulkItem]


@api.post("/complaints/<ticket>/steps")
@open_to(Permission.NOTE)
@operation(
    Operation(
        summary="Take a step with a complaint",
        path=TicketPath,
        body=StepForm,
        good={200: Good("It is done; this is how it stands now.", StepAnswer)},
        faults=(400, 409, 413, 415, 422),
    )
)
def take_step(ticket: str) -> Response:
    """Answer ``POST /work/complaints/<ticket>/steps``."""
    form, _ = json_body.read(StepForm)
    result = casework.act(
        site().database,
        current_city(),
        current_actor(),
        ticket.upper(),
        form.request(),
    )
    site().bell.ring()
    return _fresh(
        StepAnswer(
            ticket=result.ticket,
            version=result.version,
            status=result.status.value,
            event_ids=list(result.event_ids),
            other=result.other,
        )
    )


@api.post("/steps")
@open_to(Permission.NOTE)
@operation(
    Operation(
        summary="Take one step with many complaints, each for itself",
        body=BulkForm,
        good={200: Good("What became of each; some may have failed.", BulkAnswer)},
        faults=(400, 413, 415, 422),
    )
)
def take_steps() -> Response:
    """Answer ``POST /work/steps``."""
    form, _ = json_body.read(BulkForm)
    results = casework.act_on_many(
        site().database,
        current_city(),
        current_actor(),
        [(seen.ticket.upper(), seen.version) for seen in form.complaints],
        form.request(),
    )
    site().bell.ring()
    return _fresh(BulkAnswer(results=_items(results)))


def _items(results: Sequence[casework.BulkResult]) -> list[BulkItem]:
    items = []
    for one in results:
        told: dict[str, Any] = {"version": None, "status": None, "error": None}
        if one.result is not None:
            told |= {"version": one.result.version, "status": one.result.status.value}
        if one.error is not None:
            told["error"] = ErrorDetail.model_validate(body_of(one.error)["error"])
        items.append(BulkItem(ticket=one.ticket, ok=one.error is None, **told))
    return items


def _fresh(body: BaseModel) -> Response:
    response: Response = jsonify(body.model_dump(mode="json"))
    response.headers["Cache-Control"] = "no-store"
    return response
