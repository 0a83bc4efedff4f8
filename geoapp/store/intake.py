"""What guards the intake: remembered answers and counted submissions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from geoapp.store import tables
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of an Idempotency-Key that came before."""

    body_sha256: str
    answer: dict[str, Any] | None


def claim_key(connection: Connection, city_code: str, key: str, body_sha256: str) -> Held | None:
    """None when the key is now ours; else what its first holder left."""
    values = {"city_code": city_code, "key": key, "body_sha256": body_sha256}
    if connection.execute(statement("store", "intake_key_claim"), values).one_or_none():
        return None
    table = tables.intake_key
    row = connection.execute(
        select(table.c.body_sha256, table.c.answer).where(
            table.c.city_code == city_code, table.c.key == key
        )
    ).one()
    return Held(row.body_sha256, row.answer)


def keep_answer(connection: Connection, city_code: str, key: str, answer: dict[str, Any]) -> None:
    """Remember what was answered to *key*."""
    table = tables.intake_key
    connection.execute(
        update(table)
        .where(table.c.city_code == city_code, table.c.key == key)
        .values(answer=json.loads(json.dumps(answer)))
    )


def count_submission(
    connection: Connection, city_code: str, sender: str, window_s: int
) -> tuple[int, int]:
    """Submissions of *sender* in the current window, this one included, and seconds to its end."""
    row = connection.execute(
        statement("store", "rate_hit"),
        {"city_code": city_code, "sender": sender, "window_s": window_s},
    ).one()
    return row.hits, row.seconds_left
