"""The outbox: one row per event and contact, and what became of its mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.notice import Claim, MailState, Outcome
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Looked:
    """Events that were looked through, and rows that came of them."""

    events: int
    made: int


def make(connection: Connection, city_code: str, *, most: int) -> Looked:
    """Put what the next events are to tell into the outbox, at most *most* events of them.

    The cursor moves in the same transaction: whatever ends it, each event is looked at once.
    """
    row = connection.execute(
        statement("store", "delivery_cursor_lock"), {"city_code": city_code}
    ).one_or_none()
    if row is None:
        connection.execute(statement("store", "delivery_cursor_begin"), {"city_code": city_code})
        row = connection.execute(
            statement("store", "delivery_cursor_lock"), {"city_code": city_code}
        ).one()
    found = connection.execute(
        statement("store", "delivery_make"),
        {"city_code": city_code, "xid": row.xid, "event_id": row.event_id, "most": most},
    ).one()
    return Looked(found.looked, found.made)


def make_overdue(connection: Connection, city_code: str) -> int:
    """Put what passed deadlines are to tell into the outbox; how many rows."""
    found = connection.execute(
        statement("store", "delivery_make_overdue"), {"city_code": city_code}
    )
    return len(found.all())


def skip(connection: Connection, city_code: str) -> None:
    """Look past everything there is: nobody will be told of it."""
    connection.execute(statement("store", "delivery_cursor_skip"), {"city_code": city_code})


def recover(connection: Connection, *, stale_s: float) -> int:
    """Let wait again what a sender has had in hand for longer than *stale_s*; how many."""
    return len(
        connection.execute(statement("store", "delivery_recover"), {"stale_s": stale_s}).all()
    )


def give_up(connection: Connection, *, longest_s: float) -> int:
    """Give up what has waited for longer than *longest_s*; how many."""
    found = connection.execute(statement("store", "delivery_give_up"), {"longest_s": longest_s})
    return len(found.all())


def retry(connection: Connection, *, hours: int) -> int:
    """Let wait again what was given up within so many hours; how many."""
    return len(connection.execute(statement("store", "delivery_retry"), {"hours": hours}).all())


def is_due(connection: Connection) -> bool:
    """Whether anything waits to be sent now."""
    return bool(connection.execute(statement("store", "delivery_is_due")).scalar_one())


def note_trouble(connection: Connection, problem: str) -> None:
    """Write down what keeps mails from leaving, for whoever looks why."""
    connection.execute(statement("store", "delivery_trouble"), {"problem": problem})


def claim(connection: Connection) -> Claim | None:
    """Take the next mail that is due into this sender's hand; None when none is."""
    row = connection.execute(statement("store", "delivery_claim")).one_or_none()
    if row is None:
        return None
    told: dict[str, Any] = row._asdict()
    told["email_sealed"] = bytes(row.email_sealed) if row.email_sealed is not None else None
    return Claim(**told)


def finish(connection: Connection, claimed: Claim, outcome: Outcome) -> bool:
    """Write what became of *claimed*; False when somebody took this sender for dead meanwhile."""
    done = connection.execute(
        statement("store", "delivery_finish"),
        {
            "city_code": claimed.city_code,
            "id": claimed.id,
            "claimed_at": claimed.claimed_at,
            "state": outcome.state.value,
            "again_s": outcome.again_s,
            "untried": int(outcome.untried),
            "uncertain": int(outcome.uncertain),
            "problem": outcome.problem,
        },
    )
    return done.rowcount == 1


def state(connection: Connection) -> MailState:
    """How the outbox stands."""
    row = connection.execute(statement("store", "delivery_state")).one()
    return MailState(**row._asdict())


def choose(
    connection: Connection, city_code: str, contact_id: int, choice: str
) -> tuple[str, str] | None:
    """How mails to a contact stand after its *choice*, and its ticket; None for no such contact."""
    row = connection.execute(
        statement("store", "delivery_choose"),
        {"city_code": city_code, "contact_id": contact_id, "choice": choice},
    ).one_or_none()
    return (row.state, row.ticket) if row else None
