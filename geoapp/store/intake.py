"""What guards the intake: remembered answers and counted submissions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from geoapp.store.database import Database, Role
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an Idempotency-Key that came before."""

    body_sha256: str
    answer: dict[str, Any]


def claim_key(connection: Connection, city_code: str, key: str) -> Held | None:
    """None when the key is ours until this transaction ends; else what it was used for.

    Of two at the same moment the second waits here until the first has committed.
    """
    row = connection.execute(
        statement("store", "intake_key_claim"), {"city_code": city_code, "key": key}
    ).one_or_none()
    return Held(row.body_sha256, row.answer) if row else None


def keep_answer(
    connection: Connection, city_code: str, key: str, body_sha256: str, answer: dict[str, Any]
) -> None:
    """Remember what was answered to *key*."""
    connection.execute(
        statement("store", "intake_key_keep"),
        {
            "city_code": city_code,
            "key": key,
            "body_sha256": body_sha256,
            "answer": json.dumps(answer),
        },
    )


def count_submission(
    database: Database,
    city_code: str,
    sender: str,
    window_s: int,
    *,
    key: str | None = None,
    body_sha256: str | None = None,
) -> tuple[int, int]:
    """Submissions of *sender* in the current window, this one included, and seconds to its end.

    (0, 0) when *key* is held for the very body: that isn't another submission.

    A transaction of its own: what is counted stays counted whatever becomes of the
    submission, and nobody waits for another's commit.
    """
    row = database.once(
        Role.INTAKE,
        city_code,
        statement("store", "rate_hit"),
        {
            "city_code": city_code,
            "sender": sender,
            "window_s": window_s,
            "key": key,
            "body_sha256": body_sha256,
        },
    )
    return row.hits, row.seconds_left
