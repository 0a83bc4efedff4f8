"""What every answer says about trust: policy, headers, form tokens, limits of bodies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from geoapp.app import create_app
from geoapp.settings import Settings
from tests.asking import body, rows
from tests.web.forms import FORM, token

PAGES = ("/", "/about", "/report", "/c/{ticket}", "/c/JBI-0000-0000", "/no-such-page")


@pytest.fixture
def ticket(client):
    return client.post("/api/v1/complaints", json=body()).json["ticket"]


def directives(answer: Any) -> dict[str, list[str]]:
    policy = answer.headers["Content-Security-Policy"]
    return {part.split()[0]: part.split()[1:] for part in policy.split(";")}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_lets_only_its_own_scripts_run(client, ticket, path):
    answer = client.get(path.format(ticket=ticket), headers={"Accept": "text/html"})
    assert answer.mimetype == "text/html"
    policy = directives(answer)
    assert policy["default-src"] == ["'none'"]
    own, nonce = policy["script-src"]
    assert own == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{16,}'", nonce)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    page = answer.get_data(as_text=True)
    value = nonce.removeprefix("'nonce-").rstrip("'")
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", page):
        assert f'nonce="{value}"' in tag or re.search(r'src="/static/', tag), tag
    assert not re.search(r"<[^>]+\son\w+\s*=", page), "an inline handler"
    assert not re.search(r"<[^>]+\sstyle\s*=", page), "a style attribute, which the policy forbids"
    # a link that somebody follows may lead elsewhere: the Ombudsman's site
    loaded = r'src="(?:https?:)?//|<(?:link|base|use)\b[^>]*href="(?:https?:)?//'
    assert not re.search(loaded, page), "an address of another host"


def test_the_nonce_is_new_for_every_answer(client):
    seen = {client.get("/about").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(seen) == 5


@pytest.mark.parametrize(
    "path",
    ["/", "/api/v1/city", "/api/v1/complaints", "/health", "/static/img/icon.svg", "/api/v1/x"],
)
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "script-src" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_base_tiles_open_images_to_their_host_alone(emptied, tmp_path):
    app = create_app(
        Settings(home=tmp_path, tile_url="https://{s}.tiles.example/{z}/{x}/{y}.png"), emptied
    )
    policy = directives(app.test_client().get("/about"))
    assert policy["img-src"] == ["'self'", "data:", "https://*.tiles.example"]
    assert policy["connect-src"] == ["'self'"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookies = client.get("/report").headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("session="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


def test_a_form_with_its_token_is_stored(client, emptied):
    answer = client.post("/report", data=FORM | {"csrf_token": token(client)})
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    assert rows(emptied)["complaint"] == 1


@pytest.mark.parametrize("forged", [None, "", "wrong", "foreign"])
def test_a_form_without_its_own_token_stores_nothing(client, emptied, module_app, forged):
    token(client)
    data = dict(FORM)
    if forged is not None:
        # a token that is valid in somebody else's session
        data["csrf_token"] = token(module_app.test_client()) if forged == "foreign" else forged
    answer = client.post("/report", data=data, headers={"Accept": "text/html"})
    assert answer.status_code in {400, 403}
    assert answer.mimetype == "text/html"
    page = answer.get_data(as_text=True)
    assert "Formulir" in page, "says that the form has expired"
    assert "Traceback" not in page
    assert set(rows(emptied).values()) == {0}


def test_a_form_too_large_is_413(client, emptied):
    data = FORM | {"csrf_token": token(client), "description": "x" * 300_000}
    answer = client.post("/report", data=data, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert set(rows(emptied).values()) == {0}


def test_a_form_of_thousands_of_fields_is_refused(client, emptied):
    data = {f"f{number}": "x" for number in range(5000)} | FORM | {"csrf_token": token(client)}
    answer = client.post("/report", data=data, content_type="multipart/form-data")
    assert answer.status_code in {400, 413}
    assert set(rows(emptied).values()) == {0}


def test_errors_say_nothing_of_the_inside(client, module_app, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the inside: /srv/secret")

    monkeypatch.setattr("geoapp.usecases.livemap.summary", fail)
    module_app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/api/v1/summary")
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "internal"
    assert "secret" not in answer.get_data(as_text=True)
