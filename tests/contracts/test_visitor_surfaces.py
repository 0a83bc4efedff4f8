"""What a visitor can reach runs as a visitor: every route, with every statement looked at."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from geoapp.app import create_app
from geoapp.store.database import Role
from geoapp.usecases.replies import follow_key
from tests.asking import as_owner, body
from tests.contracts.test_routes import ACCESS, INTAKE, PUBLIC
from tests.report_photos import jpeg, picture
from tests.web.forms import FORM, token

TABLES = r"\bgeoapp\.(complaint|assignment|complaint_event|intake_key|rate_window)\b(?!_)"
FEED = {"/live", "/health"}
# The door to accounts looks accounts up, as its own role; figures want their token; a mail's
# link is proof of its addressee (tests/web/test_unsubscribe.py); a browser's mark asks nothing;
# who asks for their data, or that it goes, has shown the key before the worker's role does it
# (tests/web/test_privacy.py).
VISITORS = [
    (method, rule)
    for (method, rule), who in ACCESS.items()
    if who in {PUBLIC, INTAKE}
    and not rule.startswith(("/login", "/invitation", "/metrics", "/u/", "/api/v1/mark"))
    and not rule.endswith(("/export", "/erasure"))
]


KEYED: dict[str, dict[str, Any]] = {
    "replies": {"text": "Masih ada"},
    "mine": {},
    "rating": {"stars": 5},
    "escalation": {},
    "dossier": {},
    "contact": {"name": "Sari"},
}
"""What a sender says beside their key, by the last part of the address."""
NOT_YET = {"rating": 409, "escalation": 409, "<size>.jpg": 404}
"""What a complaint that has just come in answers: it isn't closed, overdue, or photographed."""


class Log:
    """Every statement that reaches the database, with the role it runs as."""

    def __init__(self, engine: Any) -> None:
        self.seen: list[tuple[str, str]] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.seen.append((str((parameters or {}).get("opening_role", "")), statement))

    def take(self) -> list[tuple[str, str]]:
        """Statements since last asked; each with its own role or that of its transaction."""
        role, taken = "", []
        for opened, statement in self.seen:
            role = opened or role
            taken.append((role, statement))
        self.seen.clear()
        return taken


@pytest.fixture
def log(jambi) -> Log:
    # after the listener that puts the settings in front, so that they are seen
    return Log(jambi.engine)


@pytest.fixture
def client(jambi, settings, log) -> Iterator[Any]:
    app = create_app(settings, jambi)
    yield app.test_client()
    app.extensions["geoapp"].hub.close()


TUS = {"Tus-Resumable": "1.0.0"}


def ask_for_photo(client: Any, log: Log, method: str, rule: str) -> Any:
    """A route of photos, with one that has been received but for its last byte, or is public."""
    sent = jpeg(picture())
    begun = {**TUS, "Upload-Length": str(len(sent))}
    if method == "POST":
        return client.post(rule, headers=begun)
    place = client.post("/api/v1/photos", headers=begun).headers["Location"]
    whole = rule.endswith(".jpg")
    piece = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    if method == "PATCH" or whole:
        answer = client.patch(place, data=sent, headers=piece)
        if not whole:
            return answer
    if rule.startswith("/photos/"):
        photo = place.rsplit("/", 1)[1]
        client.post("/api/v1/complaints", json=body(photos=[photo]))
        log.take()
        return client.get(rule.replace("<uuid:photo>", photo))
    return client.open(place + "/small.jpg" * whole, method=method, headers=TUS)


def ask(client: Any, log: Log, method: str, rule: str, ticket: str, form: dict[str, str]) -> Any:
    if "<uuid:photo>" in rule or rule == "/api/v1/photos":
        return ask_for_photo(client, log, method, rule)
    path = rule.replace("<ticket>", ticket).replace("<path:filename>", "img/icon.svg")
    path = path.replace("<z>/<x>/<y>", "14/12907/8265")
    key = follow_key(client.application.config["SECRET_KEY"], "15.71", ticket)
    said = KEYED.get(rule.removeprefix("/api/v1/complaints/<ticket>/"))
    if said is not None:
        return client.post(path, json={"key": key} | said)
    if rule.endswith("/photos/<photo>/<size>.jpg"):
        path = path.replace("<photo>", str(UUID(int=1))).replace("<size>", "small")
        return client.get(path, headers={"Geoapp-Key": key})
    if rule.endswith("/support"):
        return client.open(path, method=method, json={} if method == "POST" else None)
    if rule in {"/api/v1/locate", "/api/v1/assignments/explain", "/api/v1/complaints/alike"}:
        path += "?lon=103.6105&lat=-1.6125&service=pothole"
    if method == "POST":
        return (
            client.post(path, json=body(), headers={"Idempotency-Key": "log"})
            if rule.startswith("/api/")
            else client.post(path, data=form)
        )
    return client.get(path, buffered=False)


@pytest.mark.parametrize(("method", "rule"), VISITORS)
def test_a_route_runs_as_its_role_and_reads_no_table_behind_the_views(client, log, method, rule):
    ticket = client.post("/api/v1/complaints", json=body()).json["ticket"]
    secret = client.post("/api/v1/complaints", json=body(confidential=True)).json["ticket"]
    form = FORM | {"csrf_token": token(client)}
    log.take()
    if rule == "/c/<ticket>":
        # a confidential one is told of by a question of its own
        assert client.get(f"/c/{secret}").status_code == 200
    answer = ask(client, log, method, rule, ticket, form)
    wanted = NOT_YET.get(rule.rsplit("/", 1)[1])
    assert answer.status_code in ({wanted} if wanted else {200, 201, 204, 303}), answer
    if rule == "/live":
        next(iter(answer.response))
    said = log.take()
    answer.close()

    roles = {role for role, _ in said}
    # who draws the id of a photo that belongs to nobody yet acts as who sends it
    if ACCESS[method, rule] == INTAKE or rule.startswith("/api/v1/photos/"):
        assert roles <= {Role.INTAKE, Role.VISITOR}
        assert Role.INTAKE in roles
    elif rule in FEED:
        assert roles <= {Role.LISTENER, Role.VISITOR}
        assert Role.LISTENER in roles
    else:
        assert roles <= {Role.VISITOR}
    for role, statement in said:
        names = {match[1] for match in re.finditer(TABLES, re.sub(r"--.*", "", statement))}
        if role == Role.VISITOR:
            assert names == set(), statement
        elif role == Role.LISTENER:
            assert names <= {"complaint_event"}, statement
        else:
            read = re.findall(r"(?:FROM|JOIN)\s+geoapp\.(\w+)", re.sub(r"--.*", "", statement))
            assert not {"complaint", "assignment", "complaint_event"} & set(read), statement


def test_a_transaction_that_named_no_role_may_do_nothing(jambi):
    from geoapp.store.database import make_engine

    engine = make_engine(jambi.url)
    with (
        engine.connect() as connection,
        pytest.raises(Exception, match="permission denied"),
    ):
        connection.execute(text("SELECT 1 FROM geoapp.city"))
    engine.dispose()


@pytest.mark.parametrize("role", [Role.VISITOR, Role.LISTENER, Role.INTAKE])
@pytest.mark.parametrize("table", ["complaint", "assignment", "complaint_event", "intake_key"])
def test_no_public_role_sees_rows_behind_the_views(jambi, role, table):
    from tests.support import send

    send(jambi, confidential=True)
    # an intake transaction sees its own ticket; the feed reads events, and what they may tell
    # is decided by the view it joins
    readable = {
        (Role.INTAKE, "complaint"): 0,
        (Role.INTAKE, "intake_key"): 0,
        (Role.LISTENER, "complaint_event"): 1,
    }
    with contextlib.ExitStack() as stack:
        if (role, table) not in readable:
            stack.enter_context(pytest.raises(Exception, match="permission denied"))
        connection = stack.enter_context(jambi.transaction(role, "15.71"))
        # the names are from this test's own list
        seen = connection.execute(text("SELECT count(*) FROM geoapp." + table)).scalar_one()
        assert seen == readable[role, table]


def test_no_public_role_may_change_what_is_stored(jambi):
    from tests.support import send

    send(jambi)
    for role in (Role.VISITOR, Role.LISTENER, Role.INTAKE):
        for change in (
            "UPDATE geoapp.complaint SET status = 'closed'",
            "DELETE FROM geoapp.complaint",
            "DELETE FROM geoapp.complaint_event",
            "UPDATE geoapp.complaint_event SET status = 'closed'",
            "DELETE FROM geoapp.intake_key",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                jambi.transaction(role, "15.71") as connection,
            ):
                connection.execute(text(change))
    with as_owner(jambi) as connection:
        assert connection.execute(text("SELECT status FROM geoapp.complaint")).scalar_one() == (
            "submitted"
        )
