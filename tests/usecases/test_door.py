"""The door: how long sessions live, what counts once, how often one may try."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.account import Lifetime, digest, weakness
from geoapp.embedded import Cluster
from geoapp.errors import RateLimited
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, door, housekeeping
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire

LIFE = Lifetime(3600, 86_400)


@pytest.fixture(scope="module")
def kept(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def city(kept: Database):
    return cities.every(kept)[0]


def test_a_session_that_was_left_open_does_not_outlive_its_account(kept, city):
    someone = hire(kept, "operator")
    token = door.begin(kept, city, someone.account_id, "browser")
    with as_owner(kept) as connection:
        connection.execute(
            text("UPDATE geoapp.account SET active = false WHERE id = :id"),
            {"id": someone.account_id},
        )
    assert door.by_session(kept, city, token, LIFE) is None


def test_sessions_idle_out_and_grow_too_old_by_the_databases_clock(kept, city):
    someone = hire(kept, "operator")
    for column in ("last_seen_at", "created_at"):
        token = door.begin(kept, city, someone.account_id, "browser")
        assert door.by_session(kept, city, token, LIFE) is not None
        limit = LIFE.idle_s if column == "last_seen_at" else LIFE.longest_s
        with as_owner(kept) as connection:
            connection.execute(
                text(
                    f"UPDATE geoapp.account_session SET {column} = now() - make_interval(secs => :s)"
                    " WHERE ended_at IS NULL AND account_id = :account"
                ),
                {"s": limit + 1, "account": someone.account_id},
            )
        assert door.by_session(kept, city, token, LIFE) is None


def test_sessions_long_over_are_removed_by_and_by(kept, city):
    someone = hire(kept, "operator")
    living, ended = (door.begin(kept, city, someone.account_id, "browser") for _ in range(2))
    settings = Settings(session_idle_s=3600)
    with as_owner(kept) as connection:
        connection.execute(
            text(
                "UPDATE geoapp.account_session SET ended_at = now() - interval '31 days'"
                " WHERE token_sha256 = :digest"
            ),
            {"digest": digest(ended)},
        )
    assert housekeeping.purge(kept, settings, kept.now()).sessions == 1
    assert door.by_session(kept, city, living, LIFE) is not None
    later = kept.now() + timedelta(days=30, seconds=3700)
    assert housekeeping.purge(kept, settings, later).sessions >= 1


def test_being_seen_is_written_once_a_minute(kept, city):
    someone = hire(kept, "operator")
    token = door.begin(kept, city, someone.account_id, "browser")

    def last_seen():
        return door.sessions(kept, city, someone.account_id, LIFE)[0].last_seen_at

    begun = last_seen()
    door.by_session(kept, city, token, LIFE)
    assert last_seen() == begun
    with as_owner(kept) as connection:
        connection.execute(
            text(
                "UPDATE geoapp.account_session SET last_seen_at = now() - interval '61 seconds'"
                " WHERE account_id = :account"
            ),
            {"account": someone.account_id},
        )
    door.by_session(kept, city, token, LIFE)
    assert last_seen() > begun


def test_of_many_uses_of_one_code_at_once_one_wins(kept, city):
    someone = hire(kept, "operator")
    taken: list[bool] = []
    ready = threading.Barrier(8)

    def use() -> None:
        ready.wait()
        taken.append(door.take_code(kept, city, someone.account_id, 59_000_000))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
    assert door.take_code(kept, city, someone.account_id, 58_999_999) is False
    assert door.take_code(kept, city, someone.account_id, 59_000_001) is True


def test_of_many_uses_of_one_recovery_code_at_once_one_wins(kept, city):
    someone = hire(kept, "operator")
    door.set_totp(
        kept, city, someone.account_id, secret="s", counter=1, recovery_codes=["abcd-efgh-jkmn"]
    )
    taken: list[bool] = []
    ready = threading.Barrier(8)

    def use() -> None:
        ready.wait()
        taken.append(door.take_recovery_code(kept, city, someone.account_id, "ABCD EFGHJKMN"))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_attempts_are_counted_before_they_are_compared(kept, city):
    counted = door.Counted("account:somebody", 3)
    for _ in range(3):
        door.count(kept, city, "secret", 900, [counted])
    with pytest.raises(RateLimited) as refused:
        door.count(kept, city, "secret", 900, [counted])
    assert 1 <= refused.value.retry_after_s <= 900
    door.forgive(kept, city, "secret", 900, [counted])
    door.forgive(kept, city, "secret", 900, [counted])
    door.count(kept, city, "secret", 900, [counted])


def test_passwords_of_twelve_that_everybody_tries_are_refused():
    who = {"name": "Budi Santoso", "email": "budi.santoso@jambi.example.org"}
    assert weakness("kurang", **who) == "short"
    assert weakness("x" * 300, **who) == "long"
    assert weakness("Indonesia1945", **who) == "common"
    assert weakness("aaaaaaaaaaaaaa", **who) == "common"
    assert weakness("BudiSantoso1990", **who) == "personal"
    assert weakness("budi.santoso@jambi.example.org", **who) == "personal"
    assert weakness("kuda terbang di atas sungai", **who) is None
