"""Everything people may write, hostile: sent through the same doors as everybody's words."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.domain.photo import Refusal
from geoapp.errors import InvalidInput
from geoapp.media.drawing import Drawn, draw
from geoapp.usecases import accounts, breach, digest, door, hotspots, saved_filters, support
from tests.journeys.staff import Staffed
from tests.people import csrf_token, sign_in
from tests.sender_world import TUS
from tests.support import JELUTUNG
from tests.xss import payloads
from tests.xss_texts import Texts, Value, texts, turn

METRE = 1 / 110_574
KEPT = 3
"""Photos that a complaint has."""
NEAR = 40
"""How many lie where the officer works."""
ENTERED = 300
"""Enough for everything that may become of one."""


@dataclass
class Planted:
    """What was planted, and where it can be opened."""

    office: Staffed
    found: Texts
    operator: FlaskClient
    citizen: FlaskClient
    entered: list[tuple[str, str]] = field(default_factory=list)
    """Ticket and sender's key of what an operator entered."""
    rich: tuple[str, str] = ("", "")
    """Of the one with a long history and photos."""
    rated: list[tuple[str, str]] = field(default_factory=list)
    passed_on: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    shown: str = ""
    """The photo that came with an answer."""
    templates: list[int] = field(default_factory=list)
    machine: int = 0
    drawn: int = 0
    """Photos with hostile notes that were taken, without the notes."""
    breaches: list[int] = field(default_factory=list)

    def offer(self, value: Value, send: Callable[[str], Any]) -> Any:
        """What *send* answers to the text, or None when it is refused, cleanly and with reason."""
        try:
            answer = send(value.text)
        except InvalidInput as refused:
            answer, why = None, str(refused.fields)
        else:
            why = "" if getattr(answer, "status_code", 200) < 300 else answer.text
        if not why:
            return answer
        assert value.odd, (value, why)
        if answer is not None:
            assert answer.status_code == 422, why
            clean(answer)
        self.found.refuse(value)
        return None

    def step(self, actor: Actor, step: str, ticket: str, **fields: Any) -> None:
        """Take a step, which must be possible."""
        self.office.world.act(actor, step, ticket, **fields)


def clean(answer: TestResponse) -> None:
    """A refusal says what is wrong, as data that no browser takes for a page."""
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_json()["error"]["code"]


def plant(office: Staffed, found: Texts) -> Planted:
    """Everything, once."""
    planted = Planted(office, found, office.app.test_client(), office.app.test_client())
    sign_in(planted.operator, office.world.operator)
    token = csrf_token(planted.operator, "/account")
    planted.operator.environ_base["HTTP_X_CSRFTOKEN"] = token
    _templates(planted)
    _filters(planted)
    _people(planted)
    _photos(planted)
    _entered(planted)
    _lives(planted)
    _rich(planted)
    _derived(planted)
    return planted


def _templates(planted: Planted) -> None:
    names, bodies = planted.found.cut("tplname", 100), planted.found.cut("tplbody", 2000)
    for n, name in enumerate(names):
        body = {"name": name.text, "body": turn(bodies, n).text}
        answer = planted.offer(
            name,
            lambda _: planted.operator.post("/api/v1/work/templates", json=body),  # noqa: B023
        )
        if answer is not None:
            planted.templates.append(answer.get_json()["id"])


def _filters(planted: Planted) -> None:
    """Filters with names, shared: nobody may keep all of them."""
    world = planted.office.world
    who = (world.operator, world.admin, world.other_admin, world.head, world.city_admin,
           world.auditor)  # fmt: skip
    for n, value in enumerate(planted.found.cut("savedname", 100)):
        saved_filters.add(
            world.database, world.city, who[n % len(who)],
            name=value.text, query="status=open", shared=True,
        )  # fmt: skip


def _people(planted: Planted) -> None:
    """Accounts, machines, keys, and the browsers somebody signed in with."""
    world, found = planted.office.world, planted.found
    database, city, boss = world.database, world.city, world.city_admin
    for n, value in enumerate(found.cut("account", 120, one_line=True)):
        planted.offer(
            value,
            lambda name: accounts.invite(
                database, city, boss, name=name, email=f"invited-{n}@example.org",  # noqa: B023
                grants=[Grant(role=StaffRole.OPERATOR)],
            ),
        )  # fmt: skip
    for value in found.cut("machine", 120, one_line=True):
        made = planted.offer(
            value,
            lambda name: accounts.add_machine(
                database, city, boss, name=name, grants=[Grant(role=StaffRole.OPERATOR)]
            ),
        )
        planted.machine = made or planted.machine
    for value in found.cut("apikey", 120, one_line=True):
        planted.offer(
            value,
            lambda name: accounts.make_key(
                database, city, boss, planted.machine, name=name, scopes=["read"]
            ),
        )
    for value in found.cut("agent", 300):
        door.begin(database, city, boss.account_id, value.text)
    now = database.now()
    for value in found.cut("breach", 1000):
        made = breach.look_into_as(
            database, city, boss, accounts=[boss.account_id], since=now - timedelta(days=1),
            until=now, discovered_at=now, what=value.text,
        )  # fmt: skip
        planted.breaches.append(made.number)


def noted_photo(words: str, colour: int = 0) -> bytes:
    """A JPEG whose camera noted *words* wherever it may note something."""
    noted = Image.Exif()
    if words:
        for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298):
            noted[tag] = words
    held = io.BytesIO()
    Image.new("RGB", (160, 120), (colour, 90, 60)).save(
        held, "JPEG", exif=noted, comment=words.encode()
    )
    return held.getvalue()


def named(name: str) -> dict[str, str]:
    """Headers that tell a file's name as tus clients do."""
    told = base64.b64encode(name.encode()).decode()
    return TUS | {"Upload-Metadata": f"filename {told},filetype {told}"}


def _photos(planted: Planted) -> None:
    """Every text is a file's name once, and stands in some camera's notes."""
    for n, words in enumerate(payloads()):
        picture = noted_photo("", n % 200)
        begun = planted.citizen.post(
            "/api/v1/photos", headers=named(words) | {"Upload-Length": str(len(picture))}
        )
        assert begun.status_code == 201, begun.text
        where = begun.headers["Location"]
        assert "hit" not in f"{begun.headers} {begun.text}", "a file's name is told"
        if n <= KEPT:
            sent = planted.citizen.patch(
                where, data=picture, headers=TUS | {"Upload-Offset": "0"},
                content_type="application/offset+octet-stream",
            )  # fmt: skip
            assert sent.status_code == 204, sent.text
            told = planted.citizen.get(where)
            assert told.get_json()["state"] == "kept", told.text
            assert "hit" not in told.text
            photo = where.rsplit("/", 1)[1]
            if n == KEPT:
                planted.shown = photo
            else:
                planted.photos.append(photo)
        drawn = draw(noted_photo(words))  # what looks like a page is refused, see geoapp.media
        if isinstance(drawn, Drawn):
            assert words.encode() not in drawn.large.data + drawn.small.data
            planted.drawn += 1
        else:
            assert drawn is Refusal.TWO_KINDS
    assert 0 < planted.drawn < len(payloads())


def place(n: int) -> tuple[float, float]:
    """Two and two lie together; the first ones in Jelutung, where the officer works."""
    if n < NEAR:
        return JELUTUNG.lon + (n % 8) * 4 * METRE, JELUTUNG.lat + (n // 8) * 4 * METRE
    pair = n // 2
    return 103.585 + (pair % 12) * 0.005, -1.645 + (pair // 12) * 0.004


def _entered(planted: Planted) -> None:
    """Callers and letters: with number, source, contact, landmark and words."""
    found = planted.found
    fields = {
        "external_id": found.cut("external", 100), "source": found.cut("source", 500),
        "landmark": found.cut("landmark", 200), "description": found.cut("description", 2000),
    }  # fmt: skip
    names = found.cut("contact", 100, one_line=True)
    for n in range(max(ENTERED, len(fields["external_id"]), len(names))):
        values = {name: turn(those, n) for name, those in fields.items()}
        contact = turn(names, n)
        lon, lat = place(n)
        body: dict[str, Any] = {
            "channel": ("letter", "counter")[n >= len(fields["external_id"])], "service": "pothole", "lon": lon, "lat": lat,
            **{name: value.text for name, value in values.items()},
            "contact": {"name": contact.text, "email": f"warga-{n}@example.org"},
        }  # fmt: skip
        answer = planted.operator.post("/api/v1/work/complaints", json=body)
        if answer.status_code == 422:
            clean(answer)
            for fault in answer.get_json()["error"]["fields"]:
                wrong = values.get(fault["field"], contact)
                assert wrong.odd, (wrong, answer.text)
                found.refuse(wrong)
                holder = body if fault["field"] in values else body["contact"]
                holder[fault["field"].rpartition(".")[2]] = f"Biasa saja {n}"
            answer = planted.operator.post("/api/v1/work/complaints", json=body)
        assert answer.status_code == 201, (answer.text, body)
        told = answer.get_json()
        planted.entered.append((told["ticket"], told["follow_key"]))


def _lives(planted: Planted) -> None:
    """Passed on to authorities, rated; each with its words."""
    world, found = planted.office.world, planted.found
    reasons = found.cut("passed", 1000)
    known = iter(planted.entered[NEAR:])
    for n, authority in enumerate(found.cut("authority", 200)):
        ticket, _ = next(known)
        planted.offer(
            authority,
            lambda name: planted.step(
                world.operator, "out_of_authority", ticket, authority=name,  # noqa: B023
                reason=turn(reasons, n).text,  # noqa: B023
            ),
        )  # fmt: skip
        planted.passed_on.append(ticket)
    done, last = texts(found.cut("finished", 4000)), texts(found.cut("solved", 2000))
    rejected = texts(found.cut("rejected", 1000))
    for n, words in enumerate(found.cut("rating", 1000)):
        ticket, key = next(known)
        planted.step(world.operator, "assign", ticket)
        planted.step(world.admin, "finish", ticket, text=done[n % len(done)])
        _say(planted, ticket, key, "replies", text=last[n % len(last)], solved=True)
        _say(planted, ticket, key, "rating", stars=3, words=words.text)
        planted.rated.append((ticket, key))
        ticket, _ = next(known)
        planted.step(
            world.operator, "reject", ticket, klass="other", reason=rejected[n % len(rejected)]
        )


def _say(planted: Planted, ticket: str, key: str, what: str, **fields: Any) -> TestResponse:
    answer = planted.citizen.post(f"/api/v1/complaints/{ticket}/{what}", json={"key": key} | fields)
    assert answer.status_code < 300, (what, answer.text)
    return answer


def _rich(planted: Planted) -> None:
    """One with photos and a history of everything; people take to it."""
    world, found = planted.office.world, planted.found
    sent = planted.citizen.post(
        "/api/v1/complaints",
        json={"service": "pothole", "lon": JELUTUNG.lon, "lat": JELUTUNG.lat,
              "description": payloads()[26], "landmark": payloads()[27],
              "photos": planted.photos, "contact": {"name": payloads()[26]}},
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    told = sent.get_json()
    ticket, key = planted.rich = told["ticket"], told["follow_key"]
    planted.step(world.operator, "verify", ticket)
    planted.step(world.operator, "assign", ticket)
    for value in found.cut("note", 4000):
        planted.step(world.operator, "note", ticket, text=value.text)
    for n, value in enumerate(found.cut("answer", 4000)):
        photos = (UUID(planted.shown),) if n == 0 else ()
        planted.step(world.admin, "answer", ticket, text=value.text, photos=photos)
    for value in found.cut("reply", 2000):
        _say(planted, ticket, key, "replies", text=value.text)
    for value in found.cut("hold", 1000):
        planted.step(world.operator, "hold", ticket, reason=value.text)
        planted.step(world.operator, "resume", ticket)
    for n, value in enumerate(found.cut("handover", 1000)):
        planted.step(
            world.operator, "hand_over", ticket,
            agency="pupr_bina_marga" if n % 2 else "dlh", reason=value.text,
        )  # fmt: skip
    for n, value in enumerate(found.cut("hidden", 1000)):
        answer = planted.operator.post(
            f"/api/v1/work/photos/{planted.photos[0]}/hide",
            json={"reason": value.text, "hidden": n % 2 == 0},
        )
        assert answer.status_code == 200, answer.text
    for person in ("budi", "cici"):
        support.support(world.database, world.city, ticket, person)


def _derived(planted: Planted) -> None:
    """What the worker works out of it: hotspots with names of kelurahan, the digest."""
    world = planted.office.world
    settings = planted.office.app.extensions["geoapp"].settings
    hotspots.compute_all(
        world.database, settings, world.city.code, datetime.now(UTC), groups=["road"]
    )
    digest.make_due(world.database)
