""" "Me too": each person once, across merges, and nothing confidential in the figure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from geoapp.errors import NotFound, StepRefused
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, livemap, submit, support
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop
from tests.support import JELUTUNG

NEW = submit.NewComplaint(
    service="pothole", description="Lubang besar di tengah jalan", position=JELUTUNG
)


@pytest.fixture(scope="module")
def staffed(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed):
    with as_owner(staffed.database) as connection:
        connection.execute(EMPTY)
    return staffed


def sent_by(world, person):
    """The ticket of a complaint that *person* has just sent."""
    city, database = world.city, world.database
    told = submit.submit(
        database,
        city,
        cities.catalogue(database, city),
        NEW,
        also=lambda connection, row: support.remember_sender(connection, city, row.id, person),
    )
    return told["ticket"]


def say(world, ticket, person):
    told = support.support(world.database, world.city, ticket, person)
    return told.result, told.supporters


def take_back(world, ticket, person):
    told = support.withdraw(world.database, world.city, ticket, person)
    return told.result, told.supporters


def shown(world, ticket):
    """What everybody reads."""
    found, _timeline = livemap.complaint(world.database, world.city, ticket)
    return found.supporters


def heard(world, ticket):
    """What the feed has told of the supporters of *ticket*, to everybody."""
    return [event for event in world.events(ticket) if event.kind == "support"]


def test_each_person_counts_once_and_is_one_event(world):
    ticket = sent_by(world, "ani")
    assert say(world, ticket, "budi") == ("new", 1)
    assert say(world, ticket, "budi") == ("again", 1)
    assert say(world, ticket, "cici") == ("new", 2)
    assert shown(world, ticket) == 2
    assert [(event.actor, event.status, event.data) for event in heard(world, ticket)] == [
        ("citizen", None, {"supporters": 1}),
        ("citizen", None, {"supporters": 2}),
    ]


def test_nobody_supports_what_they_sent(world):
    ticket = sent_by(world, "ani")
    assert say(world, ticket, "ani") == ("own", 0)
    assert heard(world, ticket) == []


def test_what_is_taken_back_counts_no_more_and_may_be_said_again(world):
    ticket = sent_by(world, "ani")
    say(world, ticket, "budi")
    assert take_back(world, ticket, "budi") == ("withdrawn", 0)
    assert take_back(world, ticket, "budi") == ("none", 0)
    assert say(world, ticket, "budi") == ("new", 1)
    assert len(heard(world, ticket)) == 3


def test_of_eight_taps_at_the_same_moment_one_counts(world):
    ticket = sent_by(world, "ani")
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: say(world, ticket, "budi"), range(8)))
    assert sorted(told) == [("again", 1)] * 7 + [("new", 1)]
    assert len(heard(world, ticket)) == 1


def test_eight_people_at_the_same_moment_are_eight(world):
    ticket = sent_by(world, "ani")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: say(world, ticket, f"orang {n}"), range(8)))
    assert shown(world, ticket) == 8
    assert [event.data["supporters"] for event in heard(world, ticket)] == list(range(1, 9))


def test_taps_don_t_stop_the_staff(world):
    """An operator who looked before somebody tapped may act on what was seen."""
    ticket = sent_by(world, "ani")
    version = world.row(ticket).version
    say(world, ticket, "budi")
    world.act(world.operator, "verify", ticket, version=version)


@pytest.mark.parametrize(
    ("assignments", "problem"),
    [
        ("status = 'resolved', resolved_at = now()", "It is resolved"),
        ("status = 'closed'", "It is closed"),
        ("status = 'rejected'", "It is rejected"),
        ("status = 'out_of_authority'", "It is out of authority"),
    ],
)
def test_what_nobody_works_on_gains_no_supporters(world, assignments, problem):
    ticket = sent_by(world, "ani")
    world.set(ticket, assignments)
    with pytest.raises(StepRefused, match=problem):
        say(world, ticket, "budi")
    assert world.row(ticket).supporters == 0


def test_a_confidential_complaint_is_not_there(world):
    ticket = sent_by(world, "ani")
    world.set(ticket, "confidential = true")
    for told in (say, take_back):
        with pytest.raises(NotFound):
            told(world, ticket, "budi")
    with pytest.raises(NotFound):
        say(world, "JBI-0000-0000", "budi")


def test_a_merge_brings_the_sender_and_the_supporters_along_each_once(world):
    """Lead: by ani, supported by budi, cici. Merged: by cici, supported by budi, dodi, ani."""
    lead, other = sent_by(world, "ani"), sent_by(world, "cici")
    for person in ("budi", "cici"):
        say(world, lead, person)
    for person in ("budi", "dodi", "ani"):
        say(world, other, person)
    world.act(world.operator, "merge", other, lead=lead)
    # budi, cici, dodi: ani sent the lead
    assert shown(world, lead) == 3
    assert shown(world, other) == 3  # its own stay: budi, dodi, ani
    assert heard(world, lead)[-1].actor == world.operator.label
    assert say(world, lead, "dodi") == ("again", 3)
    assert say(world, lead, "cici") == ("again", 3)
    with pytest.raises(StepRefused, match=lead):
        say(world, other, "eko")
    world.act(world.operator, "unmerge", other, reason="bukan yang sama")
    assert shown(world, lead) == 3  # budi, cici; and dodi, who has said so of the lead since
    assert shown(world, other) == 3


def test_what_is_taken_back_of_the_lead_goes_from_the_merged_too(world):
    lead, other = sent_by(world, "ani"), sent_by(world, "cici")
    say(world, other, "dodi")
    world.act(world.operator, "merge", other, lead=lead)
    assert shown(world, lead) == 2
    assert take_back(world, lead, "dodi") == ("withdrawn", 1)
    assert take_back(world, lead, "cici") == ("none", 1)  # what was reported stays reported


def test_what_is_taken_back_of_the_merged_goes_from_the_lead_too(world):
    lead, other = sent_by(world, "ani"), sent_by(world, "cici")
    say(world, other, "dodi")
    world.act(world.operator, "merge", other, lead=lead)
    assert take_back(world, other, "dodi") == ("withdrawn", 0)
    assert shown(world, lead) == 1
    assert heard(world, lead)[-1].data == {"supporters": 1}


def test_what_led_others_brings_them_to_its_own_lead(world):
    first, second, third = (sent_by(world, name) for name in ("ani", "budi", "cici"))
    say(world, first, "dodi")
    world.act(world.operator, "merge", first, lead=second)
    assert shown(world, second) == 2
    world.act(world.operator, "merge", second, lead=third)
    assert shown(world, third) == 3  # ani, budi, dodi
    assert shown(world, second) == 0  # nobody said it of the second itself


def test_a_merge_that_brings_nobody_new_is_no_event_of_supporters(world):
    lead, other = sent_by(world, "ani"), sent_by(world, "ani")
    world.act(world.operator, "merge", other, lead=lead)
    assert shown(world, lead) == 0
    assert heard(world, lead) == []


def test_a_confidential_duplicate_never_raises_the_figure_of_a_public_lead(world):
    """Neither its sender nor who supported it while it was public, and the feed says nothing."""
    lead, secret = sent_by(world, "ani"), sent_by(world, "budi")
    say(world, lead, "eko")
    say(world, secret, "dodi")
    world.set(secret, "confidential = true")
    before = public_traces(world, lead)
    world.act(world.operator, "merge", secret, lead=lead)
    assert shown(world, lead) == 1
    assert heard(world, lead)[1:] == []
    assert public_traces(world, lead) == before
    # Whoever sent it counts for what they say themselves, as anybody would.
    assert say(world, lead, "budi") == ("new", 2)
    world.act(world.operator, "unmerge", secret, reason="keliru")
    assert shown(world, lead) == 2


def public_traces(world, ticket):
    """All that a visitor's role reads of a complaint and its history, and hears in the feed."""
    with world.database.transaction(Role.VISITOR, world.city.code) as connection:
        rows = connection.execute(
            text("SELECT * FROM geoapp.complaint_public WHERE ticket = :ticket"),
            {"ticket": ticket},
        ).all()
        history = connection.execute(
            text("SELECT * FROM geoapp.complaint_event_public WHERE ticket = :ticket ORDER BY id"),
            {"ticket": ticket},
        ).all()
    return [tuple(map(str, row)) for row in (*rows, *history)]


def test_a_duplicate_that_turns_confidential_leaves_the_figure_and_comes_back(world):
    lead, other = sent_by(world, "ani"), sent_by(world, "budi")
    say(world, other, "dodi")
    world.act(world.operator, "merge", other, lead=lead)
    assert shown(world, lead) == 2
    world.act(world.operator, "confidential", other, reason="nama disebut")
    assert shown(world, lead) == 0
    world.act(world.operator, "public", other, reason="sudah dihapus")
    assert shown(world, lead) == 2


def test_taps_and_a_merge_at_the_same_moment_lose_and_double_nobody(world):
    """Each tap lands on the lead, or on the duplicate before it is merged, or is refused."""
    lead, other = sent_by(world, "ani"), sent_by(world, "budi")

    def tap(n):
        try:
            return say(world, other if n % 2 else lead, f"orang {n}")[0]
        except StepRefused:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        merging = pool.submit(world.act, world.operator, "merge", other, lead=lead)
        told = list(pool.map(tap, range(24)))
        merging.result()
    assert shown(world, lead) == told.count("new") + 1  # and budi, who sent the other


def test_a_tap_on_many_reads_no_large_table_whole(world):
    """Counted by the server itself; small tables are read whole whatever indexes they have."""
    plan = text("""
        EXPLAIN (FORMAT JSON)
        SELECT person FROM geoapp.supporter
        WHERE city_code = '15.71' AND complaint_id = 1 AND withdrawn_at IS NULL
    """)
    ticket = sent_by(world, "ani")
    with as_owner(world.database) as connection:
        connection.execute(
            text("""
                INSERT INTO geoapp.supporter (city_code, complaint_id, person)
                SELECT city_code, id, 'orang ' || number
                FROM geoapp.complaint CROSS JOIN generate_series(1, 20000) AS number
                WHERE ticket = :ticket
            """),
            {"ticket": ticket},
        )
        connection.execute(text("ANALYZE geoapp.supporter"))
        told = connection.execute(plan).scalar_one()
    assert "Seq Scan" not in str(told)
