"""What belongs to an account: its sessions, password, second factor, links; and to no other."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities, passwords
from geoapp.usecases.accounts import COMMAND_LINE
from geoapp.web.accounts.own import device
from tests.asking import as_owner
from tests.people import csrf_token, email_of, hire, password_for, sign_in

LIMIT = 5
"""Wrong codes per account; four times as many wrong keys per sender."""


@pytest.fixture(autouse=True)
def _time_stands_still(module_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a code would be another one where a test crosses the half minute."""
    now = module_database.now()
    monkeypatch.setattr(module_database, "now", lambda: now)


@pytest.fixture(autouse=True)
def _no_attempts_yet(module_database: Database) -> None:
    with as_owner(module_database) as connection:
        connection.execute(text("TRUNCATE geoapp.rate_window"))


@pytest.fixture(scope="module")
def strict_app(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application where nobody gets in by a password alone."""
    return create_app(
        Settings(
            home=tmp_path_factory.mktemp("home"),
            tile_url="none",
            secret_key="test-only" * 8,
            totp_required="1",
            sign_in_limit=LIMIT,
            sign_in_window_s=86_400,
        ),
        module_database,
    )


def english(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("lang", "en")
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def client(strict_app: Flask) -> FlaskClient:
    return english(strict_app)


@pytest.fixture
def operator(module_database: Database) -> Actor:
    return hire(module_database, "operator")


@pytest.fixture
def city(module_database: Database):
    return cities.every(module_database)[0]


def give_password(client, database, actor, password="") -> str:
    return client.post(
        "/login",
        data={
            "csrf_token": csrf_token(client),
            "email": email_of(database, actor),
            "password": password or password_for(database, actor),
        },
    ).location


def post(client, path, page, **data):
    return client.post(path, data={"csrf_token": csrf_token(client, page), **data})


class Phone:
    """An authenticator app, made from the key on the page (RFC 6238, by passlib itself)."""

    def __init__(self, page: str) -> None:
        found = re.search(r'class="key">([A-Z2-7 -]+)<', page)
        assert found is not None
        self.totp = TOTP(key=found[1].replace(" ", "").replace("-", ""))

    def code(self, database: Database, steps: int = 0) -> str:
        return str(self.totp.generate(database.now() + timedelta(seconds=30 * steps)).token)


def set_up(client, database, actor) -> tuple[Phone, list[str]]:
    """Sign in for the first time; the phone and the recovery codes."""
    assert give_password(client, database, actor) == "/login/authenticator"
    phone = Phone(client.get("/login/authenticator").text)
    shown = post(
        client, "/login/authenticator", "/login/authenticator", code=phone.code(database, -1)
    )
    assert shown.status_code == 200
    codes = re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", shown.text)
    assert len(codes) == 10
    return phone, codes


def give_code(app, database, actor, code):
    client = english(app)
    assert give_password(client, database, actor) == "/login/code"
    return post(client, "/login/code", "/login/code", code=code), client


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


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(
    strict_app, client, module_database, operator
):
    others = [english(strict_app) for _ in range(3)]
    for browser in (client, *others):
        sign_in(browser, operator)
    page = client.get("/account").text
    assert page.count("<b>Unknown device</b>") == 4
    assert page.count(">This browser<") == 1
    first = re.search(r"/account/sessions/(\d+)/end\"", page)
    assert first is not None
    assert post(client, first[0].rstrip('"'), "/account").status_code == 303
    assert sum(browser.get("/account").status_code == 200 for browser in others) == 2
    post(client, "/account/sessions/end-others", "/account")
    assert [browser.get("/account").status_code for browser in others] == [303] * 3
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/126.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome · Android",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
            ),
            "Edge · Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox · Linux",
        ),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_a_session_is_named_as_people_name_their_devices(strict_app, agent, shown):
    with strict_app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert device(agent) == shown


def test_sessions_of_others_cannot_be_ended(strict_app, client, module_database, operator):
    other, browser = hire(module_database, "operator"), english(strict_app)
    sign_in(browser, other)
    sign_in(client, operator)
    with as_owner(module_database) as connection:
        theirs = connection.execute(
            text("SELECT id FROM geoapp.account_session WHERE account_id = :id"),
            {"id": other.account_id},
        ).scalar_one()
    assert post(client, f"/account/sessions/{theirs}/end", "/account").status_code == 404
    assert post(client, "/account/sessions/999999/end", "/account").status_code == 404
    assert browser.get("/account").status_code == 200


def test_a_switched_off_account_is_out_at_once(client, module_database, operator, city):
    sign_in(client, operator)
    assert client.get("/account").status_code == 200
    accounts.deactivate(module_database, city, COMMAND_LINE, operator.account_id)
    assert client.get("/account").status_code == 303
    assert client.get("/api/v1/work/me").status_code == 401


def test_a_new_password_needs_the_old_one_and_signs_the_others_out(
    strict_app, client, module_database, operator
):
    old = password_for(module_database, operator)
    other = english(strict_app)
    sign_in(client, operator)
    sign_in(other, operator)
    new = "kuda terbang di atas sungai"

    def change(current, wanted, again=None):
        return post(
            client,
            "/account/password",
            "/account",
            current=current,
            new=wanted,
            again=again or wanted,
        )

    assert change("not this", new).status_code == 401
    for weak in ("short", "indonesia1945", operator.name + " 1990"):
        assert change(old, weak).status_code == 422
    assert "differ" in change(old, new, "another").text
    assert other.get("/account").status_code == 200
    assert change(old, new).location == "/account?done=password"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


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


def test_an_invitation_sets_a_password_once(client, module_database, city):
    link = accounts.invite(
        module_database,
        city,
        COMMAND_LINE,
        name="Sri Lestari",
        email="sri@example.org",
        grants=[Grant(role=StaffRole.OPERATOR)],
    )
    assert "Sri Lestari" in client.get(link.path).text
    weak = post(client, link.path, link.path, new="srilestari12", again="srilestari12")
    assert weak.status_code == 422
    new = "kuda terbang di atas sungai"
    assert post(client, link.path, link.path, new=new, again=new).location == "/login?saved=1"
    assert client.get(link.path).status_code == 404
    token = csrf_token(client)
    assert client.post(link.path, data={"csrf_token": token, "new": new}).status_code == 404
    sent = {"csrf_token": token, "email": "SRI@example.org ", "password": new}
    assert client.post("/login", data=sent).location == "/login/authenticator"
    guessed = client.post(
        "/invitation/" + "A" * 43, data={"csrf_token": csrf_token(client), "new": new}
    )
    assert guessed.status_code == 404


def machine(database, city, *scopes, role=StaffRole.OPERATOR):
    account = accounts.add_machine(
        database, city, COMMAND_LINE, name="Gateway", grants=[Grant(role=role)]
    )
    return accounts.make_key(database, city, COMMAND_LINE, account, name="key", scopes=scopes)


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_opens_what_its_scopes_say_without_a_form_token(client, module_database, city):
    read = machine(module_database, city, "read")
    assert client.get("/api/v1/work/me", headers=bearing(read.key)).status_code == 200
    sent = {"step": "verify", "complaints": []}
    refused = client.post("/api/v1/work/steps", json=sent, headers=bearing(read.key))
    assert refused.status_code == 403
    act = machine(module_database, city, "act")
    assert client.post(
        "/api/v1/work/steps", json=sent, headers=bearing(act.key)
    ).status_code not in {400, 401, 403}
    refused = client.post("/api/v1/work/complaints", json={}, headers=bearing(act.key))
    assert refused.status_code == 403
    assert client.get("/entry", headers=bearing(act.key)).status_code == 403


def test_a_wrong_key_is_refused_and_guessing_slowed_down(client, module_database, city):
    key = machine(module_database, city, "read")
    wrong = bearing("gak_" + "A" * 43)
    told = [client.get("/api/v1/work/me", headers=wrong) for _ in range(4 * LIMIT + 1)]
    assert [answer.status_code for answer in told] == [401] * 4 * LIMIT + [429]
    assert told[0].headers["WWW-Authenticate"].startswith("Bearer")
    assert told[0].json["error"]["code"] == "not_signed_in"
    accounts.revoke_key(module_database, city, COMMAND_LINE, key.id)
    assert client.get("/api/v1/work/me", headers=bearing(key.key)).status_code in {401, 429}


def test_with_a_cookie_and_a_key_the_key_acts(client, module_database, operator, city):
    sign_in(client, operator)
    key = machine(module_database, city, "read")
    me = client.get("/api/v1/work/me", headers=bearing(key.key)).json
    assert me["account"]["name"] == "Gateway"
    assert client.get("/api/v1/work/me").json["account"]["name"] == operator.name
    # A wrong key isn't made right by a cookie, nor is a machine a person.
    assert client.get("/api/v1/work/me", headers=bearing("gak_no")).status_code == 401
    assert client.get("/account", headers=bearing(key.key)).status_code == 401
    assert client.post("/logout", headers=bearing(key.key)).status_code == 401


def test_nothing_of_one_city_opens_another(strict_app, client, module_database, operator, city):
    with as_owner(module_database) as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.city SELECT * FROM jsonb_populate_record(NULL::geoapp.city,"
                " (SELECT to_jsonb(city) FROM geoapp.city WHERE code = '15.71')"
                ' || \'{"code": "99.01", "slug": "other", "ticket_prefix": "OTH"}\')'
            )
        )
    strict_app.extensions["geoapp"]._cities.forget()
    try:
        sign_in(client, operator)
        assert client.get("/kota-jambi/account").status_code == 200
        assert client.get("/other/account").status_code == 303
        key = machine(module_database, city, "read")
        path = "/api/v1/work/me"
        assert client.get(f"/kota-jambi{path}", headers=bearing(key.key)).status_code == 200
        assert client.get(f"/other{path}", headers=bearing(key.key)).status_code == 401
        link = accounts.reset(module_database, city, COMMAND_LINE, operator.account_id)
        assert client.get(f"/other{link.path}").status_code == 404
        browser = english(strict_app)
        sent = {
            "csrf_token": csrf_token(browser, "/other/login"),
            "email": email_of(module_database, operator),
            "password": password_for(module_database, operator),
        }
        assert browser.post("/other/login", data=sent).status_code == 401
        token = csrf_token(browser, "/kota-jambi/login")
        answer = browser.post("/kota-jambi/login", data=sent | {"csrf_token": token})
        assert answer.location == "/kota-jambi/login/authenticator"
    finally:
        with as_owner(module_database) as connection:
            connection.execute(text("DELETE FROM geoapp.city WHERE code = '99.01'"))
        strict_app.extensions["geoapp"]._cities.forget()


def test_pages_hash_like_commands(strict_app):
    from flask_security import hash_password

    with strict_app.app_context():
        shown = hash_password("kuda terbang")
    assert passwords.CONTEXT.verify("kuda terbang", shown)
    assert shown.split("$")[3] == passwords.hashed("x").split("$")[3]
