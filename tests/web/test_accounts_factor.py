"""The second factor: nothing opens without it, no code opens twice."""

from __future__ import annotations

import re
import threading
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from geoapp.web.access import Audience
from tests.asking import as_owner
from tests.people import csrf_token, hire, password_for, sign_in
from tests.web.doors import (
    LIMIT,
    Phone,
    english,
    give_code,
    give_password,
    post,
    set_up,
)

pytestmark = pytest.mark.usefixtures("no_attempts_yet", "time_stands_still")


@pytest.fixture
def client(strict_app: Flask) -> FlaskClient:
    return english(strict_app)


@pytest.fixture
def operator(module_database: Database) -> Actor:
    return hire(module_database, "operator")


@pytest.fixture
def city(module_database: Database):
    return cities.every(module_database)[0]


def test_where_it_is_required_a_password_alone_opens_nothing(client, module_database, operator):
    assert give_password(client, module_database, operator) == "/login/authenticator"
    assert client.get("/account").status_code == 303
    assert client.get("/api/v1/work/me").status_code == 401
    phone = Phone(client.get("/login/authenticator").text)
    wrong = post(client, "/login/authenticator", "/login/authenticator", code="000000")
    assert wrong.status_code == 401
    # The same secret is asked for again, so the phone needn't scan anew.
    assert phone.totp.key == Phone(wrong.text).totp.key
    assert client.get("/account").status_code == 303


def test_the_square_needs_no_style_attribute_and_no_other_host(client, module_database, operator):
    give_password(client, module_database, operator)
    answer = client.get("/login/authenticator")
    assert 'src="data:image/svg+xml;base64,' in answer.text
    assert " style=" not in answer.text
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


def test_a_code_opens_once_one_after_the_other(strict_app, client, module_database, operator):
    phone, _ = set_up(client, module_database, operator)
    used = phone.code(module_database)
    answer, inside = give_code(strict_app, module_database, operator, used)
    assert answer.status_code == 303
    assert inside.get("/account").status_code == 200
    again, outside = give_code(strict_app, module_database, operator, used)
    assert again.status_code == 401
    assert outside.get("/account").status_code == 303
    older, _ = give_code(strict_app, module_database, operator, phone.code(module_database, -1))
    assert older.status_code == 401
    # One step ahead counts (a phone's clock that is fast), two don't.
    far, _ = give_code(strict_app, module_database, operator, phone.code(module_database, 3))
    assert far.status_code == 401
    ahead, _ = give_code(strict_app, module_database, operator, phone.code(module_database, 1))
    assert ahead.status_code == 303


def test_the_code_that_set_it_up_opens_nothing_more(strict_app, client, module_database, operator):
    phone, _ = set_up(client, module_database, operator)
    again, _ = give_code(strict_app, module_database, operator, phone.code(module_database, -1))
    assert again.status_code == 401


def test_a_code_opens_once_of_many_at_the_same_moment(
    strict_app, client, module_database, operator
):
    phone, _ = set_up(client, module_database, operator)
    browsers = [english(strict_app) for _ in range(4)]
    password = password_for(module_database, operator)
    for browser in browsers:
        assert give_password(browser, module_database, operator, password) == "/login/code"
    tokens = [csrf_token(browser, "/login/code") for browser in browsers]
    code, told, ready = phone.code(module_database), [], threading.Barrier(4)

    def use(browser: FlaskClient, token: str) -> None:
        ready.wait()
        sent = {"csrf_token": token, "code": code}
        told.append(browser.post("/login/code", data=sent).status_code)

    threads = [
        threading.Thread(target=use, args=pair) for pair in zip(browsers, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [303, 401, 401, 401]
    with as_owner(module_database) as connection:
        sessions = connection.execute(
            text(
                "SELECT count(*) FROM geoapp.account_session"
                " WHERE account_id = :id AND ended_at IS NULL"
            ),
            {"id": operator.account_id},
        ).scalar_one()
    assert sessions == 2  # the one that set it up, and one of the four


def test_a_recovery_code_opens_once(strict_app, client, module_database, operator):
    _, codes = set_up(client, module_database, operator)
    typed = codes[3].upper().replace("-", " ")
    answer, _ = give_code(strict_app, module_database, operator, typed)
    assert answer.status_code == 303
    again, _ = give_code(strict_app, module_database, operator, codes[3])
    assert again.status_code == 401
    with as_owner(module_database) as connection:
        kept = connection.execute(
            text("SELECT account::text FROM geoapp.account WHERE id = :id"),
            {"id": operator.account_id},
        ).scalar_one()
    assert not any(code in kept for code in codes)


def test_guessing_at_codes_is_slowed_down_whoever_guesses(
    strict_app, client, module_database, operator
):
    phone, _ = set_up(client, module_database, operator)
    browser = english(strict_app)
    give_password(browser, module_database, operator)
    token = csrf_token(browser, "/login/code")
    told = [
        browser.post(
            "/login/code",
            data={"csrf_token": token, "code": f"00000{n % 10}"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{n}"},
        )
        for n in range(LIMIT + 1)
    ]
    assert [answer.status_code for answer in told] == [401] * LIMIT + [429]
    assert int(told[-1].headers["Retry-After"]) >= 1
    right = browser.post(
        "/login/code", data={"csrf_token": token, "code": phone.code(module_database)}
    )
    assert right.status_code == 429


def test_the_second_factor_makes_a_new_session_id(strict_app, client, module_database, operator):
    phone, _ = set_up(client, module_database, operator)
    browser = english(strict_app)
    give_password(browser, module_database, operator)
    with browser.session_transaction() as session:
        assert "signed_in" not in session
        half = dict(session)
    token = csrf_token(browser, "/login/code")
    browser.post("/login/code", data={"csrf_token": token, "code": phone.code(module_database)})
    with browser.session_transaction() as session:
        assert "half" not in session
        assert session["signed_in"] not in str(half)


def test_half_way_lasts_ten_minutes_one_city_and_one_password(client, module_database, operator):
    for change in ({"at": 0}, {"city": "99.01"}, {"who": "somebody"}):
        give_password(client, module_database, operator)
        with client.session_transaction() as session:
            session["half"] = session["half"] | change
        assert client.get("/login/authenticator").location == "/login?next=/login/authenticator"
    give_password(client, module_database, operator)
    password_for(module_database, operator)  # a new one
    assert client.get("/login/authenticator").status_code == 303


def test_removing_the_second_factor_needs_the_password(
    strict_app, client, module_database, operator
):
    set_up(client, module_database, operator)
    password = password_for(module_database, operator)
    path = "/account/authenticator/remove"
    assert post(client, path, "/account", current="no").status_code == 401
    assert client.get("/account/authenticator").location == "/account"
    assert post(client, path, "/account", current=password).location == "/account/authenticator"
    assert "key" in client.get("/account/authenticator").text


def reachable(app, client) -> list[str]:
    """Every address for staff that lets *client* in, asked as a page and as a program would."""
    let_in = []
    with app.app_context():
        views = app.view_functions
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if getattr(views[rule.endpoint], "access", Audience.EVERYBODY)
            not in {Audience.EVERYBODY, Audience.SENDERS}
            and rule.endpoint != "accounts.logout"  # then nobody would be asking any more
        ]
    assert len(rules) > 40
    token = {"X-CSRFToken": csrf_token(client, "/account/authenticator")}
    for rule in rules:
        whole = rule.rule.replace("<uuid:photo>", str(UUID(int=1)))
        path = re.sub(r"<[^>]*>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", whole))
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            answer = client.open(path, method=method, headers=token)
            owes = answer.status_code == 303 and answer.location == "/account/authenticator"
            asks = answer.status_code == 303 and answer.location.startswith("/login")
            if not (owes or asks or answer.status_code in {401, 403}):
                let_in.append(f"{method} {rule.rule} {answer.status_code}")
    return sorted(let_in)


@pytest.mark.parametrize("role", ["operator", "city_admin", "auditor"])
def test_a_session_that_never_passed_a_second_factor_reaches_nothing_but_setting_it_up(
    strict_app, client, module_database, role
):
    # As of a time when none was required: a session, and no second factor
    sign_in(client, hire(module_database, role), factor=False)
    # Posting a wrong code there is answered with 401, by the page itself
    assert reachable(strict_app, client) == ["GET /account/authenticator 200"]
    told = client.get("/api/v1/work/me").get_json()
    assert told["error"]["code"] == "second_factor_owed"


def test_who_gives_the_second_factor_up_must_set_a_new_one_up_before_anything_else(
    client, module_database, operator
):
    set_up(client, module_database, operator)
    assert client.get("/agency").status_code == 200
    password = password_for(module_database, operator)
    post(client, "/account/authenticator/remove", "/account", current=password)
    for page in ("/agency", "/account", "/entry"):
        assert client.get(page).location == "/account/authenticator"
    assert client.get("/api/v1/work/me").status_code == 401
    phone = Phone(client.get("/account/authenticator").text)
    shown = post(
        client, "/account/authenticator", "/account/authenticator",
        code=phone.code(module_database, -1),
    )  # fmt: skip
    assert shown.status_code == 200
    assert client.get("/agency").status_code == 200
    assert client.get("/api/v1/work/me").status_code == 200


def test_after_a_reset_by_an_administrator_the_session_is_over(
    strict_app, client, module_database, operator, city
):
    set_up(client, module_database, operator)
    accounts.reset_totp(module_database, city, accounts.COMMAND_LINE, operator.account_id)
    assert client.get("/agency").location == "/login?next=/agency"
    assert client.get("/api/v1/work/me").status_code == 401
    again = english(strict_app)
    assert give_password(again, module_database, operator) == "/login/authenticator"
    assert again.get("/agency").status_code == 303


def test_a_second_factor_ends_the_sessions_that_never_passed_it(
    strict_app, client, module_database, operator
):
    older = english(strict_app)
    sign_in(older, operator, factor=False)
    set_up(client, module_database, operator)
    assert older.get("/account").location == "/login?next=/account"
    assert client.get("/account").status_code == 200
