""" "Me too" over HTTP: a browser is one person, however often and from how many tabs it says so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.asking import as_owner, body
from tests.support import send

COOKIE = "geoapp_me"


@pytest.fixture
def ticket(emptied):
    return send(emptied)["ticket"]


def address(ticket):
    return f"/api/v1/complaints/{ticket}/support"


def tap(client, ticket, **more):
    answer = client.post(address(ticket), json={}, **more)
    assert answer.status_code == 200, answer.json
    return answer.json["result"], answer.json["supporters"]


def browser(app):
    """Somebody's browser that our page has asked a mark for."""
    fresh = app.test_client()
    assert fresh.post("/api/v1/mark", json={}).status_code == 204
    return fresh


def test_two_browsers_behind_one_address_are_two_people(module_app, ticket):
    one, other = browser(module_app), browser(module_app)
    assert tap(one, ticket) == ("new", 1)
    assert tap(one, ticket) == ("again", 1)
    assert tap(other, ticket) == ("new", 2)
    assert other.get(f"/api/v1/complaints/{ticket}").json["properties"]["supporters"] == 2


def test_a_browser_keeps_its_mark(module_app, ticket):
    one = browser(module_app)
    mark = one.get_cookie(COOKIE).value
    answer = one.post("/api/v1/mark", json={})
    assert "Set-Cookie" not in answer.headers
    tap(one, ticket)
    assert one.get_cookie(COOKIE).value == mark


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, ticket):
    held = client.post(address(ticket), json={}).headers["Set-Cookie"]
    assert held.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"} <= set(held.split("; "))


def test_who_only_looks_gets_no_cookie(client, ticket):
    for path in ("/", f"/c/{ticket}", "/report", "/api/v1/complaints", address(ticket)[:-8]):
        answer = client.get(path)
        assert COOKIE not in answer.headers.get("Set-Cookie", ""), path


def test_clients_without_cookies_are_one_person_per_address(module_app, ticket):
    for _ in range(3):
        told = tap(module_app.test_client(), ticket)
    assert told == ("again", 1)
    elsewhere = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    assert tap(module_app.test_client(use_cookies=False), ticket, **elsewhere) == ("new", 2)


def test_who_kept_the_cookie_is_the_same_from_another_address(client, ticket):
    assert tap(client, ticket) == ("new", 1)
    assert tap(client, ticket, environ_base={"REMOTE_ADDR": "198.51.100.7"}) == ("again", 1)


def test_a_forged_mark_is_none(module_app, ticket):
    assert tap(module_app.test_client(), ticket) == ("new", 1)
    forger = module_app.test_client()
    for value in (
        "x",
        "0" * 32,
        '"abc".DEADBEEF',
        browser(module_app).get_cookie(COOKIE).value[:-1],
    ):
        forger.set_cookie(COOKIE, value)
        assert tap(forger, ticket) == ("again", 1)


def test_eight_posts_of_one_browser_at_once_are_one_supporter(module_app, ticket, emptied):
    """With its mark, and of another that has none yet."""
    mark = browser(module_app).get_cookie(COOKIE).value

    def post(cookie):
        tab = module_app.test_client()
        if cookie:
            tab.set_cookie(COOKIE, cookie)
        return tap(tab, ticket)[0]

    for cookie in (mark, None):
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(post, [cookie] * 8))
        assert sorted(told) == ["again"] * 7 + ["new"]
    with as_owner(emptied) as connection:
        assert connection.execute(text("SELECT supporters FROM geoapp.complaint")).scalar_one() == 2
        assert connection.execute(text("SELECT count(*) FROM geoapp.supporter")).scalar_one() == 2


def test_who_reported_can_t_support_their_own(module_app, emptied):
    """A page with a cookie, a program without one, and a page that never heard the answer."""
    page = module_app.test_client()
    origin = {"Origin": "http://localhost"}
    sent = page.post("/api/v1/complaints", json=body(), headers=origin)
    assert tap(page, sent.json["ticket"]) == ("own", 0)
    program = module_app.test_client(use_cookies=False)
    sent = program.post("/api/v1/complaints", json=body())
    assert tap(program, sent.json["ticket"]) == ("own", 0)
    deaf = module_app.test_client()
    again = origin | {"Idempotency-Key": "one-report"}
    first = deaf.post("/api/v1/complaints", json=body(), headers=again)
    deaf.delete_cookie(COOKIE)
    assert deaf.post("/api/v1/complaints", json=body(), headers=again).json == first.json
    assert tap(deaf, first.json["ticket"]) == ("own", 0)


def test_a_neighbour_behind_the_same_router_supports_what_a_page_reported(module_app, emptied):
    page = module_app.test_client()
    sent = page.post("/api/v1/complaints", json=body(), headers={"Origin": "http://localhost"})
    assert tap(browser(module_app), sent.json["ticket"]) == ("new", 1)


def test_what_is_taken_back_counts_no_more(client, ticket):
    tap(client, ticket)
    answer = client.delete(address(ticket))
    assert (answer.json["result"], answer.json["supporters"]) == ("withdrawn", 0)
    assert client.delete(address(ticket)).json["result"] == "none"
    assert tap(client, ticket) == ("new", 1)


def test_refusals_say_why(client, ticket, emptied):
    assert client.post(address("JBI-0000-0000"), json={}).status_code == 404
    assert client.post(address(ticket), data={}).status_code == 415
    assert client.post(address(ticket), json={"person": "x"}).status_code == 422
    with as_owner(emptied) as connection:
        connection.execute(text("UPDATE geoapp.complaint SET status = 'closed'"))
    answer = client.post(address(ticket), json={})
    assert answer.status_code == 409
    assert "closed" in answer.json["error"]["message"]
    with as_owner(emptied) as connection:
        connection.execute(
            text("UPDATE geoapp.complaint SET status = 'submitted', confidential = true")
        )
    assert client.post(address(ticket), json={}).status_code == 404
    assert client.delete(address(ticket)).status_code == 404


def test_nothing_that_leads_to_a_browser_is_stored(module_app, ticket, emptied):
    one = browser(module_app)
    tap(one, ticket)
    mark = one.get_cookie(COOKIE).value
    with as_owner(emptied) as connection:
        stored = connection.execute(text("SELECT person FROM geoapp.supporter")).scalar_one()
    assert len(stored) == 64
    assert "127.0.0.1" not in stored
    assert stored not in mark
    assert mark not in stored
