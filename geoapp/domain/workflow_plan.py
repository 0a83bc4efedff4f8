"""What each step changes: planned here without a database, carried out by the use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from geoapp.domain.access import Actor, Permission, may
from geoapp.domain.answers import ANSWER_CLASSES, answer_class
from geoapp.domain.complaint import OPEN, Status
from geoapp.domain.road import Offer
from geoapp.domain.workflow import STEPS, Standing, Step, check, in_words
from geoapp.domain.workflow_terms import PHOTOS_WITH, Around, Clock, NewEvent, Plan, StepRequest
from geoapp.errors import FieldProblem, InvalidInput, StepRefused

REASON_CLASSES = ("junk", "too_general", "not_a_complaint", "other")
"""Why a complaint is set aside."""

LEADS = frozenset({*OPEN, Status.RESOLVED})
"""What others may be merged into: somebody works on it, or it has just been done."""


def plan(actor: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    """What *request* changes.

    Raises:
        Forbidden: the actor's grants don't cover it.
        StepRefused: how the complaint stands doesn't allow it.
        InvalidInput: a field is missing or can't be; names it.
    """
    check(actor, standing, request.step)
    missing = [name for name in STEPS[request.step].needs if not getattr(request, name)]
    if missing:
        raise InvalidInput(
            f"The step {request.step.value!r} needs {' and '.join(missing)}.",
            "Send the fields named.",
            [FieldProblem(name, "is missing") for name in missing],
        )
    if request.photos and request.step not in PHOTOS_WITH:
        raise _invalid(
            "photos",
            f"the step {request.step.value!r} takes no photos",
            "Send them with an answer or a note.",
            [str(one) for one in request.photos],
        )
    made = _PLANNERS[request.step](actor, standing, request, around)
    return replace(made, after=replace(made.after, version=standing.version + 1))


def _invalid(name: str, message: str, remedy: str, value: Any) -> InvalidInput:
    return InvalidInput(message, remedy, [FieldProblem(name, message, value)])


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise _invalid(name, f"{name} must be one of {', '.join(known)}.", "Choose one.", value)


def _moved(standing: Standing, status: Status, **changes: Any) -> Standing:
    """*standing* in *status*; whatever leaves the hold has no pause any more."""
    if standing.status is Status.ON_HOLD:
        changes = {"hold_since": None, "held_status": None} | changes
    return replace(standing, status=status, **changes)


def _turned(standing: Standing, status: Status, **data: Any) -> tuple[NewEvent, ...]:
    """The event of a new status; none when it is the old one."""
    if status is standing.status:
        return ()
    return (NewEvent("status", status, data),)


def _verify(_: Actor, standing: Standing, __: StepRequest, around: Around) -> Plan:
    after = _moved(standing, Status.VERIFIED, verified_at=standing.verified_at or around.now)
    return Plan(after=after, events=_turned(standing, Status.VERIFIED))


def _assign(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    after = _moved(
        standing,
        Status.ASSIGNED,
        verified_at=standing.verified_at or around.now,
        assigned_at=around.now,
    )
    if request.agency in {"", standing.agency_code}:
        return Plan(after=after, events=_turned(standing, Status.ASSIGNED))
    if not request.reason:
        raise _invalid("reason", "is missing", "Say why another agency must act.", None)
    return _to_agency(standing, after, request, around)


def _hand_over(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    if request.agency == standing.agency_code:
        raise _invalid("agency", "has it already", "Choose another agency.", request.agency)
    after = _moved(
        standing,
        Status.ASSIGNED,
        verified_at=standing.verified_at or around.now,
        assigned_at=around.now,
    )
    clock = Clock.RESUME if standing.status is Status.ON_HOLD else Clock.KEEP
    return replace(_to_agency(standing, after, request, around), clock=clock)


def _to_agency(standing: Standing, after: Standing, request: StepRequest, around: Around) -> Plan:
    if request.agency not in around.agencies:
        raise _invalid(
            "agency", "is not in force", "GET /api/v1/services names them.", request.agency
        )
    told = {
        "agency_from": standing.agency_code,
        "agency_to": request.agency,
        "reason": request.reason,
    }
    return Plan(
        after=replace(after, officer_id=None),
        events=(*_turned(standing, after.status), NewEvent("assignment", None, told)),
        agency=request.agency,
    )


def _officer(officer: int | None, reason: str = "") -> NewEvent:
    return NewEvent("officer", None, {"officer": officer} | ({"reason": reason} if reason else {}))


def _take(actor: Actor, standing: Standing, _: StepRequest, __: Around) -> Plan:
    after = replace(standing, officer_id=actor.account_id)
    return Plan(after=after, events=(_officer(actor.account_id),))


def _give(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    officer = around.officer
    if officer is None or not may(officer, Permission.WORK, standing):
        raise _invalid(
            "officer",
            "doesn't work for this agency in this area",
            "GET /api/v1/work/officers lists who does.",
            request.officer,
        )
    if officer.account_id == standing.officer_id:
        raise StepRefused(f"{officer.name} has it already.", "Choose somebody else.")
    after = replace(standing, officer_id=officer.account_id)
    return Plan(after=after, events=(_officer(officer.account_id),))


def _start(actor: Actor, standing: Standing, _: StepRequest, __: Around) -> Plan:
    takes = standing.officer_id is None and may(actor, Permission.WORK, standing)
    officer = actor.account_id if takes else standing.officer_id
    return Plan(
        after=_moved(standing, Status.IN_PROGRESS, officer_id=officer),
        events=(
            *((_officer(officer),) if takes else ()),
            *_turned(standing, Status.IN_PROGRESS),
        ),
    )


def _finish(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    if answer_class(request.text, around.templates) == "normative":
        raise _invalid("text", "is only a template", "Say what was done.", request.text)
    after = _moved(
        standing,
        Status.RESOLVED,
        resolved_at=around.now,
        first_response_at=standing.first_response_at or around.now,
        handled_at=standing.handled_at or around.now,
    )
    told = {"text": request.text, "class": "substantive"}
    events = (NewEvent("answer", None, told), *_turned(standing, Status.RESOLVED))
    return Plan(after=after, events=events)


def _cannot_do(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    return Plan(
        after=_moved(standing, Status.ASSIGNED, officer_id=None),
        events=(*_turned(standing, Status.ASSIGNED), _officer(None, request.reason)),
    )


def _answer(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    if request.klass:
        _one_of("class", request.klass, ANSWER_CLASSES)
    if request.template is not None and request.template not in around.templates:
        raise _invalid("template", "isn't the agency's", "Choose another.", request.template)
    computed = answer_class(request.text, around.templates)
    if request.klass == "substantive" and computed == "normative":
        raise _invalid(
            "class",
            "a template alone isn't a substantive answer",
            "Say what was or will be done, or send it as normative.",
            request.klass,
        )
    klass = request.klass or computed
    handled = around.now if klass == "substantive" else None
    after = replace(
        standing,
        first_response_at=standing.first_response_at or around.now,
        handled_at=standing.handled_at or handled,
    )
    told: dict[str, Any] = {"text": request.text, "class": klass}
    if request.template is not None:
        told["template"] = request.template
    return Plan(after=after, events=(NewEvent("answer", None, told),))


def _note(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    return Plan(after=standing, events=(NewEvent("note", None, {"text": request.text}),))


def _hold(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    after = replace(
        standing, status=Status.ON_HOLD, held_status=standing.status, hold_since=around.now
    )
    return Plan(after=after, events=_turned(standing, Status.ON_HOLD, reason=request.reason))


def _resume(_: Actor, standing: Standing, __: StepRequest, ___: Around) -> Plan:
    # What was put on hold elsewhere, before it came to us, doesn't say from where.
    status = standing.held_status or (Status.ASSIGNED if standing.assigned_at else Status.VERIFIED)
    after = _moved(standing, status)
    return Plan(after=after, events=_turned(standing, status), clock=Clock.RESUME)


def _reject(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    klass = request.klass or "other"
    _one_of("class", klass, REASON_CLASSES)
    events = _turned(standing, Status.REJECTED, reason=request.reason, **{"class": klass})
    return Plan(after=_moved(standing, Status.REJECTED), events=events)


def _out_of_authority(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    told = {"reason": request.reason, "authority": request.authority}
    after = _moved(standing, Status.OUT_OF_AUTHORITY)
    if standing.authority_offer == Offer.OPEN:
        after = replace(after, authority_offer=Offer.CONFIRMED)
        told |= {"offer": Offer.CONFIRMED, "road": standing.road_code or ""}
    return Plan(after=after, events=_turned(standing, Status.OUT_OF_AUTHORITY, **told))


def _keep(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    told: dict[str, Any] = {"offer": Offer.DECLINED, "road": standing.road_code}
    if request.reason:
        told["reason"] = request.reason
    return Plan(
        after=replace(standing, authority_offer=Offer.DECLINED),
        events=(NewEvent("authority", None, told),),
    )


def _merge(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    lead = around.lead
    if lead is None:
        raise _invalid("lead", "is no complaint of this city", "Check the ticket.", request.lead)
    if lead.id == standing.id:
        raise _invalid("lead", "is this complaint itself", "Choose another.", request.lead)
    if lead.status is Status.DUPLICATE:
        raise _invalid(
            "lead", "is a duplicate itself", "Choose the complaint it belongs to.", request.lead
        )
    if lead.confidential and not standing.confidential:
        # Whoever reported this one would hear that it was merged, and then nothing ever.
        raise _invalid(
            "lead",
            "is confidential, and this complaint isn't",
            "Merge that one into this, or make this one confidential first.",
            request.lead,
        )
    if lead.status not in LEADS:
        raise _invalid(
            "lead",
            f"is {in_words(lead.status)}: nobody works on it",
            "Choose one that is open or resolved, or reopen it first.",
            request.lead,
        )
    told: dict[str, Any] = {"lead": lead.ticket, "status_before": standing.status.value}
    if request.reason:
        told["reason"] = request.reason
    if standing.hold_since is not None:
        told["hold_since"] = standing.hold_since.isoformat()
    if standing.held_status is not None:
        told["held_status"] = standing.held_status.value
    return Plan(
        after=_moved(standing, Status.DUPLICATE, duplicate_of=lead.id),
        events=(NewEvent("merged", Status.DUPLICATE, told),),
    )


def _unmerge(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    before = around.before_merge
    unknown = Status.VERIFIED if standing.verified_at else Status.SUBMITTED
    status = Status(before.get("status_before", unknown))
    held, since = before.get("held_status"), before.get("hold_since")
    after = replace(
        standing,
        status=status,
        duplicate_of=None,
        held_status=Status(held) if held else None,
        hold_since=datetime.fromisoformat(since) if since else None,
    )
    told = {"reason": request.reason, "lead": before.get("lead")}
    return Plan(after=after, events=(NewEvent("unmerged", status, told),))


def _split(_: Actor, standing: Standing, __: StepRequest, ___: Around) -> Plan:
    # The other's ticket is drawn when it is stored: the use case adds the event.
    return Plan(after=standing, events=())


def _reopen(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    after = _moved(
        standing,
        Status.REOPENED,
        resolved_at=None,
        closed_at=None,
        reopenings=standing.reopenings + 1,
    )
    events = _turned(standing, Status.REOPENED, reason=request.reason)
    return Plan(after=after, events=events, clock=Clock.RESTART)


def _close(_: Actor, standing: Standing, request: StepRequest, around: Around) -> Plan:
    told = {"reason": request.reason} if request.reason else {}
    return Plan(
        after=_moved(standing, Status.CLOSED, closed_at=around.now),
        events=_turned(standing, Status.CLOSED, **told),
    )


def _confidential(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    told = {"confidential": True, "reason": request.reason}
    return Plan(
        after=replace(standing, confidential=True),
        events=(NewEvent("flag", None, told), NewEvent("retraction")),
    )


def _public(_: Actor, standing: Standing, request: StepRequest, __: Around) -> Plan:
    told = {"confidential": False, "reason": request.reason}
    return Plan(after=replace(standing, confidential=False), events=(NewEvent("flag", None, told),))


_PLANNERS: dict[Step, Callable[[Actor, Standing, StepRequest, Around], Plan]] = {
    Step.VERIFY: _verify,
    Step.ASSIGN: _assign,
    Step.TAKE: _take,
    Step.GIVE: _give,
    Step.START: _start,
    Step.FINISH: _finish,
    Step.CANNOT_DO: _cannot_do,
    Step.ANSWER: _answer,
    Step.NOTE: _note,
    Step.HOLD: _hold,
    Step.RESUME: _resume,
    Step.HAND_OVER: _hand_over,
    Step.REJECT: _reject,
    Step.OUT_OF_AUTHORITY: _out_of_authority,
    Step.KEEP: _keep,
    Step.MERGE: _merge,
    Step.UNMERGE: _unmerge,
    Step.SPLIT: _split,
    Step.REOPEN: _reopen,
    Step.CLOSE: _close,
    Step.CONFIDENTIAL: _confidential,
    Step.PUBLIC: _public,
}
