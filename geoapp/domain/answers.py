"""Answers of agencies, and the reporter's word on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from geoapp.domain.complaint import OPEN, Status
from geoapp.errors import StepRefused

DISPUTE_DAYS = 10
"""Working days after which a resolved complaint closes unless its reporter disputes it."""

ANSWER_CLASSES = ("substantive", "normative")
"""Whether an answer says what was or will be done, or only how things are done in general."""


def reply_leads_to(
    status: Status, *, solved: bool, now: datetime, disputed_until: datetime | None
) -> Status | None:
    """What the reporter's reply makes of a complaint; None when it is only recorded.

    *disputed_until* is the end of the last working day on which "resolved" may be disputed.

    Raises:
        StepRefused: nobody works on it any more, and it is too late or never was resolved.
    """
    if status in OPEN:
        return None
    if status is Status.RESOLVED and disputed_until is not None and now <= disputed_until:
        return Status.CLOSED if solved else Status.REOPENED
    if status in {Status.RESOLVED, Status.CLOSED}:
        raise StepRefused(
            f"The {DISPUTE_DAYS} working days in which the answer can be disputed are over.",
            "Send a new report; name this ticket in it.",
        )
    raise StepRefused(
        f"Nobody works on a complaint that is {status.value.replace('_', ' ')}.",
        "Send a new report; name this ticket in it.",
    )


def answer_class(text: str, templates: Mapping[int, str]) -> str:
    """``normative`` when *text* is nothing but a template, white space and case aside.

    >>> answer_class("thank  You. ", {1: "Thank you."})
    'normative'
    """
    bare = _bare(text)
    return "normative" if any(bare == _bare(body) for body in templates.values()) else "substantive"


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()
