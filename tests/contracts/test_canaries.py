"""Nothing private is anywhere it doesn't belong: marks are planted, then everything is searched.

Who may be told what is written in tests/canary_table.py, by hand. That a report doesn't show in
counts either: test_canaries_counts.py. That these tests see: test_canaries_seen.py.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.logs import Discreet
from geoapp.store.database import Database
from geoapp.usecases import contacts
from tests.canary_answers import found_in, pdf_text, readable
from tests.canary_crawl import Crawler, routes, unknown
from tests.canary_letters import mark_mail_tokens, wrong_in_mails, wrong_in_text
from tests.canary_people import HERE, HOME, QUICK
from tests.canary_planting import Planter
from tests.canary_world import World, built, private

# A server, a worker and mails of its own, asked by everybody: more than ten seconds all in all.
pytestmark = pytest.mark.long

EVERYBODY = sorted(
    {"visitor", "visitor next door", "operator", "agency admin", "agency admin, other agency",
     "agency admin, other area", "agency head", "agency head, other agency", "field officer",
     "field officer, other area", "field officer, other agency", "city admin", "auditor",
     "operator next door", "city admin next door", "key intake", "key read", "key act",
     "key read, other agency"}
)  # fmt: skip
READERS = {"operator", "agency admin", "agency head", "field officer", "city admin", "auditor",
           "key read"}  # fmt: skip


@pytest.fixture(scope="module")
def world(cluster, jambi_template, tmp_path_factory) -> Iterator[World]:
    with built(cluster, jambi_template, tmp_path_factory.mktemp("canaries")) as world:
        mark_mail_tokens(world)
        yield world


def test_every_route_can_be_asked(world):
    """A new route, variable, parameter or field must be given a value in canary_crawl.py."""
    assert unknown(world.app) == []
    assert set(EVERYBODY) == set(world.askers)


def crawled(world: World, name: str, *, thorough: bool) -> Crawler:
    crawler = Crawler(world, thorough=thorough)
    crawler.crawl(world.askers[name])
    assert not crawler.leaks, "\n".join(sorted(map(str, crawler.leaks)))
    assert not crawler.faults, "\n".join(sorted(crawler.faults))
    return crawler


ANSWERED_ELSEWHERE = {
    "/live", "/live/work", "/static/<path:filename>", "/login/code", "/login/authenticator", "/invitation/<token>", "/u/<token>",
    "/api/v1/photos/<uuid:photo>", "/admin/boundaries/<int:number>/state.json",
    "/api/v1/photos/<uuid:photo>/small.jpg", "/api/v1/complaints/<ticket>/photos/<photo>/<size>.jpg",
    "/admin/privacy/breaches/<int:number>", "/admin/privacy/breaches/<int:number>/notice.txt",
    "/admin/service-areas/areas/<code>", "/admin/holidays/<day>", "/account/authenticator",
    "/agency/templates/<int:number>", "/admin/machines/<int:account>",
}  # fmt: skip
"""Need a secret, a half-way session, a loose photo, or a row that this city doesn't hold."""


def test_every_address_is_really_answered_to_somebody(world):
    """A question that is refused for its form finds nothing and says nothing."""
    good: set[str] = set()
    for name in ("visitor", "operator", "agency admin", "city admin"):
        crawler = Crawler(world, thorough=False)
        crawler.crawl(world.askers[name], unsafe=False)
        good |= crawler.good
    rules = {rule for method, rule, _ in routes(world.app) if method == "GET"}
    missing = rules - good - ANSWERED_ELSEWHERE
    assert not missing, "\n".join(sorted(missing))


@pytest.mark.parametrize("name", sorted(QUICK))
def test_no_route_tells_what_is_private(world, name):
    crawler = crawled(world, name, thorough=False)
    assert crawler.asked > 300
    seen = {kind for kind, _ in crawler.seen}
    assert "public words" in seen or name.endswith("next door"), "marks aren't seen at all"
    if name == "operator":
        assert {"confidential words", "note", "reply", "rating", "exact position", "contact",
                "hidden contact, e-mail", "private photo", "step photo", "staff name"} <= seen  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_route_tells_anybody_what_is_private_however_it_is_asked(world, name):
    crawler = crawled(world, name, thorough=True)
    seen = {kind for kind, _ in crawler.seen}
    assert ("confidential words" in seen) == (name in {*READERS, "operator next door",
                                                       "city admin next door"})  # fmt: skip


@pytest.mark.parametrize("what", ["complaints", "summary", "areas/numbers"])
def test_a_search_for_private_words_counts_nothing(world, what):
    kinds = {"confidential words", "landmark", "rejected words", "note", "reply", "rating",
             "private answer", "erased", "contact", "staff name", "source"}  # fmt: skip
    words = [mark.text for mark in world.marks.words.values() if mark.kind in kinds]
    askers = [world.askers["visitor"]]
    if what != "summary":
        askers += [world.askers["agency admin, other area"]]
    for asker in askers:
        part = "" if asker.role == "visitor" else "work/"
        for word in words:
            found = asker.client.get(f"/{HOME}/api/v1/{part}{what}?status=all&q={word}").get_json()
            counted = found.get("numberMatched", found.get("total"))
            if counted is None:
                counted = sum(row["total"] for row in found["rows"])
            assert counted == 0, (asker.name, world.marks.words[word])


def test_the_feed_told_nothing_private_and_forgets_what_turned_confidential(world):
    heard = b"".join(world.heard).decode()
    assert world.ticket("blurred") in heard
    assert wrong_in_text(world, "the feed", heard) == []
    for label in ("confidential", "area", "merged", "part"):
        assert world.ticket(label) not in heard
    assert f'event: retraction\ndata: {{"ticket": "{world.ticket("turned")}"}}' in heard
    epoch = heard.partition("id: ")[2].partition(":")[0]
    again = told_from_the_beginning(world, epoch)
    assert wrong_in_text(world, "the feed", again) == []
    about = [block for block in again.split("\n\n") if world.ticket("turned") in block]
    assert about, "the retraction is told"
    assert all("event: retraction" in block and "lon" not in block for block in about)


def told_from_the_beginning(world: World, epoch: str) -> str:
    """What /live sends whoever heard nothing yet, until it waits."""
    feed = http.client.HTTPConnection("127.0.0.1", world.server.port, timeout=3)
    feed.request("GET", f"/{HOME}/live", headers={"Last-Event-ID": f"{epoch}:0:0"})
    answer, lines = feed.getresponse(), []
    try:
        while line := answer.readline():
            lines.append(line.decode())
    except TimeoutError:
        feed.close()
    return "".join(lines)


def test_mails_say_nothing_but_their_addressees_own(world):
    assert len(world.mails.received) > 10
    assert wrong_in_mails(world) == []


def test_logs_say_nothing_of_anybody(world):
    provoke(world)
    for name, file in (
        ("the web server's log", world.server.log),
        ("the worker's", world.worker_log),
    ):
        content = file.read_text("utf-8", "replace")
        assert len(content) > 200
        assert wrong_in_text(world, name, content) == []


def provoke(world: World) -> None:
    """Requests that go wrong with somebody's data in them, wherever it can be put."""
    marks, site = world.marks, f"{world.server.url}/{HOME}"
    report = world.reports["confidential"]
    person = {"name": f"x\u0000{marks.word('contact', 'provoked')}",
              "email": f"{marks.word('contact', 'provoked')} @@", "phone": "+62813777000001x"}  # fmt: skip
    bodies = [
        {"service": "pothole", "description": marks.word("contact", "provoked"), "contact": person},
        {"service": "pothole", "lon": 1e300, "lat": 0, "contact": person, "description": "x" * 12},
        {"service": "pothole", "contact": person | {"age": marks.word("contact", "provoked")}},
    ]
    for body in bodies:
        answer = requests.post(f"{site}/api/v1/complaints", json=body, timeout=30)
        assert 400 <= answer.status_code < 500
        told = answer.text.lower()
        assert not any(part.lower() in told for part in person.values()), "a contact is echoed"
    complaint = f"{site}/api/v1/complaints/{report.ticket}"
    for what in ("mine", "dossier", "escalation", "rating", "replies", "contact", "support"):
        requests.post(f"{complaint}/{what}", json={"key": report.key, "?": "?"}, timeout=60)
        requests.post(f"{complaint}/{what}", data=f'{{"key": "{report.key}"', timeout=60)
    requests.get(f"{site}/c/{report.ticket}?key={report.key}#kunci={report.key}", timeout=30)
    requests.post(f"{site}/login", data={"email": world.askers["operator"].email}, timeout=30)
    requests.get(f"{site}/api/v1/work/me", headers={"Authorization": "Bearer gak_x"}, timeout=30)
    requests.get(f"{site}/nowhere/{marks.word('contact', 'provoked')}", timeout=30)
    requests.post(f"{site}/report", data={"description": marks.word("contact", "provoked")},
                  files={"photos": (f"{marks.word('file name', 'provoked')}.jpg", b"no photo")},
                  timeout=30)  # fmt: skip


def test_what_is_published_outside_the_database_names_nobody(world):
    files = [file for file in (world.home / "seals").rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert wrong_in_text(world, file.name, file.read_text("utf-8", "replace")) == []


SENDERS = ("mine", "dossier", "export")
NEVER_TO_A_SENDER = {"note", "internal reason", "purpose", "staff name", "staff e-mail", "follower",
                     "mail token", "session token", "api key", "contact's hash"}  # fmt: skip


@pytest.mark.parametrize("label", ["blurred", "confidential", "turned", "anonymous", "merged"])
def test_a_sender_reads_their_own_report_and_nothing_of_the_staff_or_others(world, label):
    planter = Planter(world.server.url, world.marks, world.askers, world.reports)
    for what in SENDERS:
        answer = planter.sender(label, what)
        kind = answer.headers["Content-Type"]
        found = private(found_in(world.marks, "", kind, str(answer.headers), answer.content))
        found = {mark for mark in found if mark.kind != "follow key" or mark.report != label}
        wrong = {
            str(mark) for mark in found if mark.report != label or mark.kind in NEVER_TO_A_SENDER
        }
        assert not wrong, (what, wrong)
        words = pdf_text(answer.content) if what == "dossier" else readable(kind, answer.content)
        assert world.ticket(label) in words


@pytest.mark.parametrize("what", [*SENDERS, "rating", "escalation", "erasure", "replies"])
def test_the_key_of_one_report_opens_no_other(world, what):
    theirs, mine = world.reports["confidential"], world.reports["blurred"]
    answer = requests.post(
        f"{world.server.url}/{HOME}/api/v1/complaints/{theirs.ticket}/{what}", timeout=30,
        json={"key": mine.key} | {"rating": {"stars": 1}, "erasure": {"ticket": theirs.ticket},
                                  "replies": {"text": "Halo halo"}}.get(what, {}),
    )  # fmt: skip
    assert answer.status_code == 403, answer.text
    assert not private(world.marks.found(answer.content, f"{answer.headers} {answer.text}"))


def test_what_fails_on_our_side_repeats_nothing(world, caplog, monkeypatch):
    """A driver's error quotes the row; a database that is away is told of with every body in hand."""
    marks = world.marks
    body = {
        "service": "waste_pile", "kelurahan": HERE, "anonymous": True,
        "description": f"Lubang {marks.word('confidential words', 'failed')}",
        "contact": {"name": marks.word("contact", "failed"),
                    "email": marks.email("contact, e-mail", "failed"),
                    "phone": marks.phone("contact, number", "failed")},
    }  # fmt: skip

    def failing(connection, *_args, **_more):
        connection.execute(text("SELECT cast(:words AS integer)"), {"words": str(body)})

    with monkeypatch.context() as changed:
        changed.setattr(contacts, "keep", failing)
        broken = world.app.test_client().post(f"/{HOME}/api/v1/complaints", json=body)
    settings = world.app.extensions["geoapp"].settings
    away = create_app(settings, Database("postgresql+psycopg2://geoapp_app@127.0.0.1:1/none"))
    gone = [
        away.test_client().post(path, json=body) for path in ("/api/v1/complaints", "/report")
    ] + [away.test_client().get(f"/c/{world.ticket('confidential')}")]
    away.extensions["geoapp"].hub.close()
    assert broken.status_code == 500
    assert {answer.status_code for answer in gone} <= {400, 503}  # a form without its token: 400
    assert gone[0].status_code == 503
    for answer in (broken, *gone):
        assert wrong_in_text(world, "an answer", f"{answer.headers}{answer.text}") == []
    for record in caplog.records:
        record.exc_text = None  # as pytest's own formatter has written it there
    said = "\n".join(Discreet().format(record) for record in caplog.records)
    assert "SQLSTATE" in said
    assert wrong_in_text(world, "the log", said) == []
