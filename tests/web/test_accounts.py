"""Signing in and out: passwords, sessions, form tokens, and where one lands."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Actor
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from geoapp.usecases.accounts import COMMAND_LINE
from tests.asking import as_owner
from tests.people import csrf_token, email_of, hire, password_for, sign_in

WRONG = "E-mail or password is wrong."


@pytest.fixture(autouse=True)
def _no_attempts_yet(module_database: Database) -> None:
    with as_owner(module_database) as connection:
        connection.execute(text("TRUNCATE geoapp.rate_window"))


LIMIT = 3
"""Tries per sender and account; four times as many per sender, ten times per account."""


@pytest.fixture(scope="module")
def app(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Few tries, in a window that no test sees the end of."""
    return create_app(
        Settings(
            home=tmp_path_factory.mktemp("home"),
            tile_url="none",
            secret_key="test-only" * 8,
            sign_in_limit=LIMIT,
            sign_in_window_s=86_400,
        ),
        module_database,
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("lang", "en")
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def operator(module_database: Database) -> Actor:
    return hire(module_database, "operator")


def log_in(client, database, actor, *, password=None, target="", sender="192.0.2.1"):
    """The form as a browser sends it."""
    return client.post(
        "/login",
        data={
            "csrf_token": csrf_token(client),
            "email": email_of(database, actor),
            "password": password_for(database, actor) if password is None else password,
            "next": target,
        },
        environ_base={"REMOTE_ADDR": sender},
    )


def test_the_right_password_opens_a_session_and_logging_out_ends_it(
    client, module_database, operator
):
    assert client.get("/account").status_code == 303
    answer = log_in(client, module_database, operator)
    assert (answer.status_code, answer.location) == (303, "/command")
    page = client.get("/account")
    assert page.status_code == 200
    assert operator.name in page.text
    with client.session_transaction() as session:
        copied = dict(session)
    answer = client.post("/logout", data={"csrf_token": csrf_token(client, "/account")})
    assert (answer.status_code, answer.location) == (303, "/login")
    with client.session_transaction() as session:
        session.update(copied)
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    "case", ["wrong password", "unknown address", "no address", "no password set", "switched off"]
)
def test_every_wrong_sign_in_is_answered_with_the_same_words(client, module_database, case):
    someone = hire(module_database, "operator")
    email = email_of(module_database, someone)
    password = "not the password at all"
    if case == "switched off":
        password = password_for(module_database, someone)
        city = cities.every(module_database)[0]
        accounts.deactivate(module_database, city, COMMAND_LINE, someone.account_id)
    elif case != "no password set":
        password_for(module_database, someone)
    if case in {"unknown address", "no address"}:
        email = "nobody@example.org" if case == "unknown address" else "\x00 not@one"
    answer = client.post(
        "/login", data={"csrf_token": csrf_token(client), "email": email, "password": password}
    )
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert client.get("/account").status_code == 303


def test_an_unknown_address_costs_a_comparison_too(client, monkeypatch):
    from geoapp.web.accounts import engine

    compared = []
    real = engine.verify_password
    monkeypatch.setattr(
        engine, "verify_password", lambda *words: compared.append(words) or real(*words)
    )
    client.post(
        "/login",
        data={
            "csrf_token": csrf_token(client),
            "email": "nobody@example.org",
            "password": "x" * 12,
        },
    )
    [(_, kept)] = compared
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_guessing_at_one_account_from_one_sender_is_slowed_down(client, module_database, operator):
    right = password_for(module_database, operator)
    for _ in range(LIMIT):
        assert log_in(client, module_database, operator, password="no").status_code == 401
    refused = log_in(client, module_database, operator, password=right)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 86_400
    assert "Too many attempts" in refused.text
    # The owner, elsewhere, isn't kept out by it.
    answer = log_in(client, module_database, operator, password=right, sender="198.51.100.7")
    assert answer.status_code == 303


def test_guessing_at_unknown_accounts_is_slowed_down_alike(client):
    token = csrf_token(client)
    asked = {"csrf_token": token, "email": "nobody@example.org", "password": "no"}
    told = [client.post("/login", data=asked).status_code for _ in range(LIMIT + 1)]
    assert told == [401] * LIMIT + [429]


def test_one_sender_guesses_at_many_accounts_four_times_as_often(client):
    token = csrf_token(client)
    told = [
        client.post(
            "/login",
            data={"csrf_token": token, "email": f"nobody{n}@example.org", "password": "no"},
        ).status_code
        for n in range(4 * LIMIT + 1)
    ]
    assert told == [401] * 4 * LIMIT + [429]


def test_many_senders_at_one_account_are_slowed_down_but_not_its_own_browser(
    app, client, module_database, operator
):
    right = password_for(module_database, operator)
    assert log_in(client, module_database, operator, password=right).status_code == 303
    client.post("/logout", data={"csrf_token": csrf_token(client, "/account")})
    other = app.test_client()
    for n in range(10 * LIMIT):
        told = log_in(other, module_database, operator, password="no", sender=f"203.0.113.{n}")
        assert told.status_code == 401
    told = log_in(other, module_database, operator, password=right, sender="198.51.100.9")
    assert told.status_code == 429
    told = log_in(client, module_database, operator, password=right, sender="198.51.100.10")
    assert told.status_code == 303


def test_a_mark_of_a_known_browser_counts_for_its_own_account_alone(
    client, module_database, operator
):
    assert log_in(client, module_database, operator).status_code == 303
    client.post("/logout", data={"csrf_token": csrf_token(client, "/account")})
    other = hire(module_database, "operator")
    told = [
        log_in(client, module_database, other, password="no").status_code for _ in range(LIMIT + 1)
    ]
    assert told == [401] * LIMIT + [429]


def test_a_session_planted_before_signing_in_is_worth_nothing_afterwards(
    client, module_database, operator
):
    token = csrf_token(client)
    with client.session_transaction() as session:
        session["signed_in"] = "planted by somebody else"
        session["planted"] = "something"
    client.post(
        "/login",
        data={
            "csrf_token": token,
            "email": email_of(module_database, operator),
            "password": password_for(module_database, operator),
        },
    )
    with client.session_transaction() as session:
        first = session["signed_in"]
        assert first != "planted by somebody else"
        assert "planted" not in session
        assert "csrf_token" not in session
    client.post("/logout", data={"csrf_token": csrf_token(client, "/account")})
    log_in(client, module_database, operator)
    with client.session_transaction() as session:
        assert session["signed_in"] != first


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https:evil.example",
        "https://evil.example/agency",
        "javascript:alert(1)",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/%255cevil.example",
        "/%25252525252fevil.example",
        "/\tevil.example",
        "/\n/evil.example",
        "evil.example",
        "/login/code",
        "@evil.example",
        "/.//evil.example",
    ],
)
def test_no_address_of_another_site_is_gone_to(client, module_database, operator, target):
    page = client.get("/login", query_string={"next": target})
    assert 'name="next"' not in page.text
    answer = log_in(client, module_database, operator, target=target)
    assert (answer.status_code, answer.location) == (303, "/command")


def test_one_comes_back_to_where_one_wanted_to_go(client, module_database, operator):
    sent = client.get("/account?done=password", headers={"Accept": "text/html"})
    assert sent.status_code == 303
    assert sent.location == "/login?next=/account?done%3Dpassword"
    assert 'name="next" value="/account?done=password"' in client.get(sent.location).text
    answer = log_in(client, module_database, operator, target="/account?done=password")
    assert answer.location == "/account?done=password"
    assert client.get("/login?next=/account").location == "/account"


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/logout",
        "/account/password",
        "/account/sessions/1/end",
        "/account/sessions/end-others",
        "/account/authenticator",
        "/account/authenticator/remove",
        "/invitation/whatever",
    ],
)
def test_a_form_without_its_token_changes_nothing(client, operator, path):
    sign_in(client, operator)
    refused = client.post(path, data={"email": "a@example.org", "password": "x"})
    assert refused.status_code == 400
    assert "This form has expired." in refused.text
    assert client.get("/account").status_code == 200


def test_json_of_a_session_without_a_token_is_refused(client, operator):
    sign_in(client, operator)
    refused = client.post("/api/v1/work/steps", json={"step": "verify", "complaints": []})
    assert refused.status_code == 400
    assert refused.json["error"]["code"] == "bad_request"
    token = csrf_token(client, "/account")
    passed = client.post(
        "/api/v1/work/steps",
        json={"step": "verify", "complaints": []},
        headers={"X-CSRFToken": token},
    )
    assert "expired" not in passed.text


def test_a_change_after_the_session_has_ended_says_so(client):
    refused = client.post("/api/v1/work/complaints/JBI-2222-2222/steps", json={"step": "verify"})
    assert refused.status_code == 401
    assert refused.json["error"]["code"] == "not_signed_in"


def test_another_browsers_token_does_not_count(app, client, operator):
    sign_in(client, operator)
    foreign = csrf_token(app.test_client())
    assert client.post("/logout", data={"csrf_token": foreign}).status_code == 400


def test_a_cookie_says_it_is_for_the_server_alone(client, module_database, operator):
    answer = log_in(client, module_database, operator)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    by_tls = client.application.test_client().get("/login", base_url="https://localhost")
    [cookie] = by_tls.headers.getlist("Set-Cookie")
    assert "Secure" in cookie


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_logs_carry_no_password_no_address_no_token(
    client, module_database, operator, told, monkeypatch
):
    from geoapp.web.accounts import own, signing

    city = cities.every(module_database)[0]
    link = accounts.reset(module_database, city, COMMAND_LINE, operator.account_id)
    password, email = password_for(module_database, operator), email_of(module_database, operator)
    log_in(client, module_database, operator, password=password)

    def fails(*_words, **_more):
        raise RuntimeError("the template is broken")

    # A failure logs its stack; even then no words of the request.
    monkeypatch.setattr(own, "render_template", fails)
    monkeypatch.setattr(signing, "render_template", fails)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    client.get(link.path)
    client.post("/login", data={"email": email, "password": password})
    said = " ".join(record.getMessage() + str(record.exc_text) for record in told.records)
    assert "RuntimeError" in said or "failed" in said
    with client.session_transaction() as session:
        secrets = [password, email, link.token, session["signed_in"]]
    assert [secret for secret in secrets if secret in said] == []


def test_pages_of_the_door_are_kept_by_nobody_and_send_no_referrer(client, operator):
    sign_in(client, operator)
    for path in ("/account", "/invitation/abc"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_pages_of_the_door_speak_both_languages(app):
    client = app.test_client()
    assert re.search(r"<h1[^>]*>Masuk</h1>", client.get("/login").text)
    client.set_cookie("lang", "en")
    assert re.search(r"<h1[^>]*>Sign in</h1>", client.get("/login").text)


def test_without_the_database_who_is_signed_in_is_told_so_on_a_page(client, operator, monkeypatch):
    from geoapp.errors import DatabaseUnavailable
    from geoapp.usecases import door

    sign_in(client, operator)
    assert client.get("/account").status_code == 200

    def away(*_words, **_more):
        raise DatabaseUnavailable("The database can't be reached right now.", "Try again.")

    monkeypatch.setattr(door, "by_session", away)
    answer = client.get("/account")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "<h1>The server is busy right now</h1>" in answer.text
