"""The canary tests aren't blind: each protection is taken away once, and they notice."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Response
from sqlalchemy import text

from geoapp.logs import Discreet
from geoapp.usecases import contacts
from tests.asking import as_owner
from tests.canary_breaks import function_changed, view_changed, without_row_security
from tests.canary_crawl import Crawler, unknown
from tests.canary_letters import wrong_in_mails, wrong_in_text
from tests.canary_people import HERE, HOME
from tests.canary_photos import telephone_photo
from tests.canary_world import World, built
from tests.contracts.test_canaries import told_from_the_beginning
from tests.mail_server import Received

pytestmark = pytest.mark.long

_STORED = text("SELECT sha256 FROM geoapp.photo WHERE cast(id AS text) = :id")
_WORDS = text("UPDATE geoapp.complaint SET description = :words WHERE ticket = :ticket")


@pytest.fixture(scope="module")
def world(cluster, jambi_template, tmp_path_factory) -> Iterator[World]:
    with built(cluster, jambi_template, tmp_path_factory.mktemp("seen")) as world:
        yield world


def leaks(world: World, name: str, *rules: str) -> set[tuple[str, str]]:
    """Kinds and routes of what is wrongly told to somebody by some routes."""
    crawler = Crawler(world, thorough=False)
    crawler.crawl(world.askers[name], only=rules)
    return {(leak.mark.kind, str(leak.surface)) for leak in crawler.leaks}


PUBLIC_RULES = ("/api/v1/complaints", "/tiles/complaints", "/c/", "/photos/")
BREAKS: dict[str, tuple[str, str, str, set[tuple[str, str]]]] = {
    "confidential ones are public": (
        "complaint_public", r"NOT (\w+\.)?confidential", "true",
        {("confidential words", "GET /api/v1/complaints"),
         ("confidential words", "GET /api/v1/complaints/<ticket>"),
         ("confidential words", "GET /c/<ticket>")},
    ),
    "the true position is public": (
        "complaint_public", r"public_geom AS geom", "geom AS geom",
        {("exact position", "GET /api/v1/complaints"),
         ("exact position", "GET /api/v1/complaints/alike"),
         ("exact position", "GET /tiles/complaints/<z>/<x>/<y>.mvt"),
         ("exact position", "GET /c/<ticket>")},
    ),
    "landmarks of blurred ones are public": (
        "complaint_public", r"AND (\w+\.)?shown_within_m = 0", "",
        {("landmark", "GET /api/v1/complaints"), ("landmark", "GET /c/<ticket>")},
    ),
    "words of what was rejected are public": (
        "complaint_public", r"(\w+\.)?status <> 'rejected'::text", "true",
        {("rejected words", "GET /api/v1/complaints")},
    ),
    "every reason is public": (
        "complaint_event_public", r"event\.kind = 'answer'::text THEN event\.data ->> 'text'::text",
        "true THEN coalesce(event.data ->> 'text', event.data ->> 'reason')",
        {("internal reason", "GET /api/v1/complaints/<ticket>"),
         ("internal reason", "GET /c/<ticket>")},
    ),
    "photos of replies and of notes are public": (
        "photo_public", r"NOT (\w+\.)?private", "true",
        {("private photo", "GET /photos/<uuid:photo>/large.jpg"),
         ("step photo", "GET /photos/<uuid:photo>/large.jpg")},
    ),
    "hidden photos are public": (
        "photo_public", r"(\w+\.)?hidden_at IS NULL", "true",
        {("private photo", "GET /photos/<uuid:photo>/small.jpg")},
    ),
    "photos of confidential ones are public": (
        "photo_public", r"NOT (\w+\.)?confidential", "true",
        {("private photo", "GET /photos/<uuid:photo>/large.jpg")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_view_that_tells_too_much_is_noticed(world, name):
    view, pattern, instead, expected = BREAKS[name]
    before = leaks(world, "visitor", *PUBLIC_RULES)
    assert before == set()
    with view_changed(world.database, view, pattern, instead):
        assert expected <= leaks(world, "visitor", *PUBLIC_RULES)


def test_the_feed_that_tells_true_positions_is_noticed(world):
    epoch = b"".join(world.heard).decode().partition("id: ")[2].partition(":")[0]
    with view_changed(world.database, "complaint_public", r"public_geom AS geom", "geom AS geom"):
        told = told_from_the_beginning(world, epoch)
    assert "exact position of blurred in the feed" in wrong_in_text(world, "the feed", told)


@pytest.mark.parametrize("name", ["field officer, other area", "key read, other agency"])
def test_a_table_without_its_policies_is_noticed(world, name):
    with without_row_security(world.database, "complaint"):
        found = leaks(world, name, "/api/v1/work/complaints")
    # lists ask for the account's own agency besides
    assert ("confidential words", "GET /api/v1/work/complaints/<ticket>") in found
    assert ("exact position", "GET /api/v1/work/complaints/<ticket>") in found


def test_a_contact_shown_to_the_agency_of_an_anonymous_report_is_noticed(world):
    rule = "/api/v1/work/complaints/<ticket>/contact"
    assert leaks(world, "agency admin", rule) == set()
    with function_changed(world.database, "knows_reporter", r"NOT p_anonymous AND", "true AND"):
        found = leaks(world, "agency admin", rule)
    assert ("hidden contact, number", f"POST {rule}") in found


def test_erased_words_that_come_back_are_noticed(world):
    ticket = world.ticket("erased")
    [mark, *_] = [mark for mark in world.marks.words.values() if mark.kind == "erased"]
    for words, expected in ((mark.text, True), (None, False)):
        with as_owner(world.database) as owner:
            owner.execute(_WORDS, {"words": words, "ticket": ticket})
        found = leaks(world, "operator", "/api/v1/work/complaints")
        assert (("erased", "GET /api/v1/work/complaints/<ticket>") in found) == expected


def test_a_photo_kept_as_it_came_is_noticed(world):
    """A public one; what its camera noted would be told to everybody."""
    storage = world.app.extensions["geoapp"].photos
    [photo, *_] = world.reports["blurred"].photos
    with as_owner(world.database) as owner:
        sha256 = owner.execute(_STORED, {"id": photo}).scalar_one()
    key = f"{sha256[:2]}/{sha256}.jpg"
    drawn = storage.get(key)
    storage.delete(key)
    storage.put(key, telephone_photo(world.marks, "blurred", 103.61234567, -1.61234567))
    try:
        found = leaks(world, "visitor", "/photos/")
    finally:
        storage.delete(key)
        storage.put(key, drawn)
    assert ("EXIF", "GET /photos/<uuid:photo>/large.jpg") in found


def test_a_key_or_a_name_in_a_header_is_noticed(world):
    said = world.marks.of("staff name", "operator")[0].text
    key = next(mark.text for mark in world.marks.secrets if mark.kind == "api key")

    def tell(response: Response) -> Response:
        response.headers["X-Handled-By"] = said
        response.headers["X-Key"] = key
        return response

    held = dict(world.app.after_request_funcs)
    world.app.after_request_funcs = held | {None: [*held.get(None, []), tell]}
    try:
        found = leaks(world, "visitor", "/api/v1/city")
    finally:
        world.app.after_request_funcs = held
    assert {kind for kind, _ in found} == {"staff name", "api key"}


def test_a_contact_in_a_log_line_is_noticed(world, caplog, monkeypatch):
    keep = contacts.keep

    def telling(connection, vault, city, ticket, role, contact, language, **more):
        logging.getLogger("geoapp").warning("keeps %s, %s", contact.email, contact.phone)
        return keep(connection, vault, city, ticket, role, contact, language, **more)

    monkeypatch.setattr(contacts, "keep", telling)
    body = {
        "service": "waste_pile", "kelurahan": HERE, "description": "Lubang besar sekali",
        "contact": {"phone": world.marks.phone("contact, number", "logged"),
                    "email": world.marks.email("contact, e-mail", "logged")},
    }  # fmt: skip
    client = world.app.test_client()
    assert client.post(f"/{HOME}/api/v1/complaints", json=body).status_code == 201
    said = "\n".join(Discreet().format(record) for record in caplog.records)
    assert len(wrong_in_text(world, "the log", said)) == 2


def test_another_persons_words_in_a_mail_are_noticed(world):
    mail = next(one for one in world.mails.received
                if world.marks.words[one.recipient.partition("@")[0]].kind == "follower")  # fmt: skip
    note = world.marks.of("note", "blurred")[0].text
    secret = world.reports["blurred"].key
    for words in (note, f"https://aduan.kota.example/c/X#kunci={secret}"):
        world.mails.received.append(
            Received(mail.recipient, mail.sender, mail.content + words.encode())
        )
        try:
            assert len(wrong_in_mails(world)) == 1
        finally:
            world.mails.received.pop()


def test_a_route_that_nobody_knows_how_to_ask_is_noticed(world):
    world.app._got_first_request = False  # one more, as a later version would have it
    world.app.add_url_rule("/new/<strange>", "strange", lambda strange: strange)
    assert unknown(world.app) == ["GET /new/<strange>: strange"]
