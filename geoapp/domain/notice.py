"""Notices: what somebody is told of a complaint by mail, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNASKED = frozenset({"received", "following"})
"""Kinds that anybody can set off with anybody's address; fewer of them go to one address."""

UNASKED_A_DAY = 10
"""Mails of these kinds that one address gets within 24 hours; further ones are dropped."""

MAILS_A_DAY = 40
"""Mails of all kinds that one address gets within 24 hours; further ones wait."""

LONGEST_PAUSE_S = 6 * 3600.0
GIVE_UP_S = 5 * 86_400.0
"""What couldn't be delivered for so long is given up, as mail servers do."""


class DeliveryState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a mail after it was in a sender's hand.

    *problem* is a word of ours, with the server's codes where it gave some: never its text.
    *uncertain*: it was handed over, and no answer came. *untried*: it wasn't its fault, so its
    pauses get no longer.
    """

    state: DeliveryState
    problem: str | None = None
    again_s: float = 0.0
    uncertain: bool = False
    untried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A mail in a sender's hand, with all that it tells.

    The fields of the complaint are as they are now. *unwanted*: the contact is gone, or wants
    none. *sent* and *unasked* count what its address got within 24 hours.
    """

    city_code: str
    id: int
    kind: str
    attempts: int
    claimed_at: datetime
    contact_id: int
    now: datetime
    email_sealed: bytes | None
    language: str
    is_reporter: bool
    unwanted: bool
    ticket: str
    confidential: bool
    status: str
    service_code: str
    agency_code: str
    due_at: datetime
    kelurahan_name: str | None
    own_ticket: str | None
    lead_ticket: str | None
    words: str | None
    authority: str | None
    sent: int
    unasked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """How the outbox stands; figures of a day are of the last 24 hours.

    *in_trouble*: the server took nothing when it was tried last.
    """

    waiting: int
    oldest_s: float
    sent_day: int
    failed_day: int
    dropped_day: int
    uncertain_day: int
    last_problem: str | None
    last_problem_at: datetime | None
    in_trouble: bool


def pause_s(attempts: int) -> float:
    """Seconds until the next attempt after so many: 1, 2, 4, … minutes, at most six hours."""
    return min(60.0 * 2.0 ** (min(max(attempts, 1), 20) - 1), LONGEST_PAUSE_S)


def withheld(claimed: Claim) -> Outcome | None:
    """Why a mail isn't sent now although it is due; None: it is."""
    if claimed.unwanted:
        return Outcome(state=DeliveryState.DROPPED, problem="unsubscribed")
    if claimed.confidential and not claimed.is_reporter:
        # it turned private after the row was made
        return Outcome(state=DeliveryState.DROPPED, problem="confidential")
    if claimed.kind in UNASKED and claimed.unasked >= UNASKED_A_DAY:
        return Outcome(state=DeliveryState.DROPPED, problem="too_many")
    if claimed.sent >= MAILS_A_DAY:
        return Outcome(
            state=DeliveryState.WAITING, problem="too_many", again_s=3600.0, untried=True
        )
    return None
