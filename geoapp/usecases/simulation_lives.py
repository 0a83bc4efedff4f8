"""What becomes of a simulated complaint: who looks at it when, and how it ends."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from geoapp.domain.catalogue import Clock, Service
from geoapp.domain.complaint import Status
from geoapp.domain.history import Step

_ENDS = (
    # how a complaint ends, and how often
    ("handled", 0.83),
    ("forgotten", 0.04),
    ("rejected", 0.04),
    ("out_of_authority", 0.025),
    ("on_hold", 0.045),
    ("reopened", 0.02),
)
_SLOWNESS = 0.6  # median of the time taken, as a share of the target
_SPREAD = 0.55  # of its logarithm; with desks closed at night two fifths come late


@dataclass(frozen=True, slots=True)
class Life:
    """The history up to now, and the moments that are columns of a complaint."""

    steps: tuple[Step, ...]
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.steps[-1].status


def live(
    dice: random.Random,
    service: Service,
    submitted: datetime,
    now: datetime,
    zone: ZoneInfo,
    *,
    duplicate: bool = False,
) -> Life:
    """The life of a complaint submitted at *submitted*, as far as it goes until *now*.

    Each complaint draws all its dice whatever *now* is, so that a later run tells the
    same story further.
    """
    clerk = _Clerk(dice, submitted, zone)
    end = dice.choices([name for name, _ in _ENDS], [weight for _, weight in _ENDS])[0]
    target_h = service.target * (1.0 if service.clock is Clock.HOURS else 24 * 1.45)
    taken_h = target_h * _SLOWNESS * math.exp(dice.gauss(0, _SPREAD))
    clerk.take(Status.VERIFIED, dice.expovariate(1 / 1.5))
    if duplicate:
        clerk.take(Status.DUPLICATE, dice.expovariate(1 / 4))
    elif end in {"rejected", "out_of_authority"}:
        clerk.take(Status(end), dice.expovariate(1 / 12))
    else:
        clerk.take(Status.ASSIGNED, dice.expovariate(1 / 2))
        if end == "on_hold":
            clerk.take(Status.ON_HOLD, dice.uniform(4, 30))
            clerk.take(Status.IN_PROGRESS, dice.uniform(60, 500))
        elif end != "forgotten" or dice.random() < 0.5:
            clerk.take(Status.IN_PROGRESS, taken_h * dice.uniform(0.1, 0.5))
        # forgotten ones are found again after one to three months
        clerk.take(
            Status.RESOLVED,
            dice.uniform(700, 2200) if end == "forgotten" else taken_h * dice.uniform(0.4, 0.8),
        )
        if end == "reopened":
            clerk.take(Status.REOPENED, dice.uniform(10, 90))
            clerk.take(Status.RESOLVED, taken_h)
        clerk.take(Status.CLOSED, dice.uniform(72, 240))
    steps = tuple(step for step in clerk.steps if step.at is not None and step.at <= now)
    answers = {
        Status.IN_PROGRESS, Status.ON_HOLD, Status.REJECTED, Status.OUT_OF_AUTHORITY,
        Status.DUPLICATE, Status.RESOLVED,
    }  # fmt: skip
    status = steps[-1].status
    done = status in {Status.RESOLVED, Status.CLOSED}
    return Life(
        steps=steps,
        first_response_at=next((step.at for step in steps if step.status in answers), None),
        # a reopened complaint isn't resolved any more
        resolved_at=_last(steps, Status.RESOLVED) if done else None,
        closed_at=_last(steps, Status.CLOSED),
    )


def _last(steps: tuple[Step, ...], status: Status) -> datetime | None:
    return next((step.at for step in reversed(steps) if step.status is status), None)


class _Clerk:
    """Takes steps one after the other, in office hours."""

    def __init__(self, dice: random.Random, submitted: datetime, zone: ZoneInfo) -> None:
        self.steps = [Step(Status.SUBMITTED, submitted)]
        self._dice = dice
        self._zone = zone
        self._at = submitted

    def take(self, status: Status, after_h: float) -> None:
        """The next step, some hours on; at night it waits for the morning."""
        at = self._at + timedelta(seconds=round(after_h * 3600) + 60)
        local = at.astimezone(self._zone)
        morning = local.replace(hour=7, minute=30, second=0, microsecond=0)
        wait = timedelta(minutes=self._dice.randrange(0, 180))
        if local < morning:
            at = (morning + wait).astimezone(at.tzinfo)
        elif local.hour >= 20:
            at = (morning + timedelta(days=1) + wait).astimezone(at.tzinfo)
        self._at = at
        self.steps.append(Step(status, at))
