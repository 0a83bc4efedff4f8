"""/live/work over real sockets: what grants cover, what leaves them, and the end of rights."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Grant, StaffRole
from geoapp.settings import Settings
from geoapp.usecases import accounts
from geoapp.usecases.accounts import COMMAND_LINE
from tests.asking import as_owner
from tests.casework import JELUTUNG_CODE, World
from tests.feeds import Feed, following
from tests.people import hire, sign_in
from tests.servers import Server, serve

pytestmark = pytest.mark.long

ROADS, WASTE = "pupr_bina_marga", "dlh"


@dataclass(frozen=True)
class Here:
    """A server, its city's staff, and keys of machines that read."""

    server: Server
    world: World

    def key(self, **grant) -> str:
        """A key with one grant; an operator's without any limits."""
        given = Grant(**({"role": StaffRole.OPERATOR} | grant))
        database, city = self.world.database, self.world.city
        machine = accounts.add_machine(database, city, COMMAND_LINE, name="M", grants=[given])
        return accounts.make_key(
            database, city, COMMAND_LINE, machine, name="k", scopes=["read"]
        ).key

    @contextmanager
    def heard_by(self, key: str, last: str | None = None, query: str = "") -> Iterator[Feed]:
        headers = {"Authorization": f"Bearer {key}"}
        with following(self.server, last, query, path="/live/work", headers=headers) as feed:
            feed.until("hello")
            yield feed

    def refused(self, headers: dict[str, str]) -> int:
        """The status of an answer that isn't a stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        connection.request("GET", "/live/work", headers=headers)
        answer = connection.getresponse()
        status = answer.status
        connection.close()
        return status


@pytest.fixture(scope="module")
def here(module_database, tmp_path_factory):
    world = World.build(module_database)
    with serve(module_database.url, tmp_path_factory.mktemp("server")) as running:
        yield Here(running, world)


@pytest.fixture(scope="module")
def roads(here) -> str:
    return here.key(role=StaffRole.AGENCY_HEAD, agency_code=ROADS)


@pytest.fixture(scope="module")
def waste(here) -> str:
    return here.key(role=StaffRole.AGENCY_HEAD, agency_code=WASTE)


def until_moved(feed: Feed, id_: str) -> list[dict[str, str]]:
    """Messages up to the one that moves the cursor to *id_*."""
    heard = []
    while not heard or heard[-1].get("id", "").split(":", 1)[-1] != id_.split(":", 1)[-1]:
        heard.append(feed.next())
    return heard


def test_a_complaint_is_told_whole_where_grants_cover_it_and_not_at_all_elsewhere(
    here, roads, waste
):
    with here.heard_by(roads) as own, here.heard_by(waste) as other:
        ticket = here.world.new(service="waste_burning")  # blurred for the public
        heard = other.until_told_of(ticket)
        silent = until_moved(own, heard["id"])
    told = heard["json"]["complaint"]
    row = here.world.row(ticket)
    assert heard["json"]["kind"] == "submitted"
    assert (told["lon"], told["lat"]) == (103.6105, -1.6125)  # where it truly is
    assert told["agency"]["code"] == WASTE
    assert told["kelurahan"]["code"] == JELUTUNG_CODE
    assert (told["version"], told["confidential"], told["officer"]) == (row.version, False, None)
    assert ticket not in json.dumps(silent)
    assert silent[-1].keys() == {"id"}


def test_a_hand_over_is_a_retraction_for_the_one_and_a_complaint_for_the_other(here, roads, waste):
    ticket = here.world.new()  # a pothole
    with here.heard_by(roads) as giver, here.heard_by(waste) as taker:
        here.world.act(here.world.operator, "verify", ticket)
        giver.until_told_of(ticket)
        here.world.act(here.world.operator, "assign", ticket, agency=WASTE, reason="Bukan jalan")
        gone = giver.until("retraction")
        heard = taker.until_told_of(ticket)
        # what happens to it from then on is the other's alone
        here.world.act(here.world.other_admin, "note", ticket, text="Sudah dilihat")
        note = taker.until_told_of(ticket)
        while note["json"]["kind"] != "note":
            note = taker.until_told_of(ticket)
        silent = until_moved(giver, note["id"])
    assert gone["json"] == {"ticket": ticket}
    assert heard["json"]["complaint"]["agency"]["code"] == WASTE
    assert "Sudah dilihat" not in json.dumps(note)  # the kind alone, no words
    assert ticket not in json.dumps(silent)


def test_who_was_away_while_it_was_handed_on_hears_of_no_more_than_that(here, roads, waste):
    ticket = here.world.new()
    with here.heard_by(roads) as feed:
        last = feed.until_told_of(ticket)["id"]
    here.world.act(here.world.operator, "verify", ticket)
    here.world.act(here.world.operator, "assign", ticket, agency=WASTE, reason="Bukan jalan")
    here.world.act(here.world.other_admin, "hand_over", ticket, agency="pupr_sda", reason="Parit")
    marker = here.world.new()
    with here.heard_by(roads, last) as feed:
        heard = [feed.next()]
        while marker not in heard[-1].get("data", ""):
            heard.append(feed.next())
    named = [message for message in heard if ticket in message.get("data", "")]
    assert [(one["event"], json.loads(one["data"])) for one in named] == [
        ("retraction", {"ticket": ticket})
    ]


def test_an_officer_hears_of_their_kelurahan_alone(here):
    key = here.key(role=StaffRole.FIELD_OFFICER, kelurahan=frozenset({JELUTUNG_CODE}))
    elsewhere = here.key(role=StaffRole.FIELD_OFFICER, kelurahan=frozenset({"15.71.01.1001"}))
    with here.heard_by(key) as feed, here.heard_by(elsewhere) as other:
        ticket = here.world.new()
        heard = feed.until_told_of(ticket)
        assert ticket not in json.dumps(until_moved(other, heard["id"]))


def test_a_confidential_complaint_is_told_to_those_who_handle_it(here, roads, waste):
    with here.heard_by(roads) as own, here.heard_by(waste) as other:
        ticket = here.world.new(confidential=True, description="Rahasia tentang tetangga")
        heard = own.until_told_of(ticket)
        silent = until_moved(other, heard["id"])
    assert heard["json"]["complaint"]["confidential"] is True
    assert "Rahasia" not in json.dumps(heard)
    assert ticket not in json.dumps(silent)


def test_who_comes_back_hears_what_was_missed_once_and_in_order(here, roads):
    with here.heard_by(roads) as feed:
        last = feed.until_told_of(here.world.new())["id"]
    missed = [here.world.new() for _ in range(5)]
    with here.heard_by(roads, last) as feed:
        heard = [feed.until("complaint")["json"]["complaint"]["ticket"] for _ in range(5)]
        new = here.world.new()
        heard.append(feed.until("complaint")["json"]["complaint"]["ticket"])
    assert heard == [*missed, new]


def test_a_page_begins_where_it_was_made_and_other_rights_begin_anew(here, roads, waste):
    with here.heard_by(roads) as feed:
        last = feed.until_told_of(here.world.new())["id"]
    plain = ":".join([last.split(":", 1)[0].split(".")[0], last.split(":", 1)[1]])
    ticket = here.world.new()
    with here.heard_by(roads, query=f"?last_event_id={plain}") as feed:
        assert feed.until("complaint")["json"]["complaint"]["ticket"] == ticket
    with here.heard_by(waste, last) as feed:  # as if the account's grants had changed meanwhile
        assert feed.next()["event"] == "reload"


_REVOKE = text("UPDATE geoapp.account_grant SET revoked_at = now() WHERE account_id = :account")
_END = text("UPDATE geoapp.account_session SET ended_at = now() WHERE account_id = :account")


def ends_within(feed: Feed, seconds: float) -> bool:
    begun = time.monotonic()
    try:
        while True:
            feed.next()
    except (EOFError, OSError, http.client.HTTPException):
        return time.monotonic() - begun < seconds


def cookie_of(here: Here, tmp_path, actor) -> str:
    """The cookie of a browser in which *actor* is signed in."""
    app = create_app(
        Settings(home=tmp_path, tile_url="none", secret_key="test-only" * 8), here.world.database
    )
    client = app.test_client()
    sign_in(client, actor)
    found = client.get_cookie("session")
    assert found is not None
    return f"session={found.value}"


def test_a_session_that_ends_ends_its_stream_and_is_refused(here, tmp_path):
    actor = hire(here.world.database, "operator")
    headers = {"Cookie": cookie_of(here, tmp_path, actor)}
    with following(here.server, path="/live/work", headers=headers) as feed:
        feed.until_told_of(here.world.new())
        with as_owner(here.world.database) as connection:
            connection.execute(_END, {"account": actor.account_id})
        assert ends_within(feed, 15)
    assert here.refused(headers) == 401


def test_a_grant_that_is_revoked_ends_the_stream_and_nothing_more_is_told(here, tmp_path):
    actor = hire(here.world.database, "agency_admin", agency=ROADS)
    headers = {"Cookie": cookie_of(here, tmp_path, actor)}
    with following(here.server, path="/live/work", headers=headers) as feed:
        feed.until_told_of(here.world.new())
        with as_owner(here.world.database) as connection:
            connection.execute(_REVOKE, {"account": actor.account_id})
        assert ends_within(feed, 15)
    assert here.refused(headers) == 403


def test_a_key_that_may_not_read_and_a_visitor_are_refused(here):
    database, city = here.world.database, here.world.city
    machine = accounts.add_machine(
        database, city, COMMAND_LINE, name="M", grants=[Grant(role=StaffRole.OPERATOR)]
    )
    key = accounts.make_key(database, city, COMMAND_LINE, machine, name="k", scopes=["act"])
    assert here.refused({"Authorization": f"Bearer {key.key}"}) == 403
    assert here.refused({}) == 401
    revoked = here.key()
    with here.heard_by(revoked) as feed:
        with as_owner(database) as connection:
            connection.execute(text("UPDATE geoapp.api_key SET revoked_at = now()"
                                    " WHERE hint = :hint"), {"hint": hint_of(database)})  # fmt: skip
        assert ends_within(feed, 15)
    assert here.refused({"Authorization": f"Bearer {revoked}"}) == 401


def hint_of(database) -> str:
    with as_owner(database) as connection:
        return connection.execute(
            text("SELECT hint FROM geoapp.api_key ORDER BY id DESC LIMIT 1")
        ).scalar_one()
