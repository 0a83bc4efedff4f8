"""Who asks: a browser by its session cookie, a machine by the key in its header."""

from __future__ import annotations

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface

from geoapp.domain.access import Actor
from geoapp.domain.account import Lifetime, digest
from geoapp.errors import NotSignedIn
from geoapp.usecases import door
from geoapp.usecases.door import Counted
from geoapp.web import access
from geoapp.web.context import current_city, site
from geoapp.web.intake import sender_of

SIGNED_IN = "signed_in"
"""Where the cookie keeps the session's token."""
SENDER_FACTOR = 4
ACCOUNT_FACTOR = 10
"""How many times `Settings.sign_in_limit` a sender, and an account from everywhere, may try."""


class Cookies(SecureCookieSessionInterface):
    """Session cookies that never travel in the clear outside the demo."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        """Whether browsers send it by https alone."""
        return request.is_secure or not site().settings.demo


def register(app: Flask) -> None:
    """Make the door the application's way to know who asks."""
    app.session_interface = Cookies()
    app.extensions[access.DOOR] = who_asks


def lifetime() -> Lifetime:
    """How long sessions live here."""
    settings = site().settings
    return Lifetime(settings.session_idle_s, settings.session_longest_s)


def who_asks() -> Actor | None:
    """The actor behind the request; None for visitors.

    Raises:
        NotSignedIn: the key isn't one in force.
        RateLimited: too many wrong keys from this sender.
    """
    if request.endpoint == "static" or request.environ.get("geoapp.city") is None:
        return None
    # Where asking fails, the page that says so asks again: by then the answer is nobody.
    g.actor = None
    key = access.key_sent()
    if key is not None:
        return _machine(key)
    token = session.get(SIGNED_IN)
    if not isinstance(token, str):
        return None
    here = site()
    needed = here.settings.needs_second_factor
    found = door.by_session(here.database, current_city(), token, lifetime(), factor_needed=needed)
    if found is None:
        return None
    actor, g.session_id = found
    return actor


def session_id() -> int:
    """The session that this request belongs to.

    Raises:
        NotSignedIn: it's a visitor's or a machine's.
    """
    access.current_actor()
    found: int | None = g.get("session_id")
    if found is None:
        raise NotSignedIn("This is for people.", "Sign in with a browser.")
    return found


def credential() -> str:
    """The digest of what lets this request in: the key it brings, or its session's token.

    Raises:
        NotSignedIn: nothing does.
    """
    access.current_actor()
    return digest(access.key_sent() or session[SIGNED_IN])


def _machine(key: str) -> Actor:
    here = site()
    try:
        return door.by_key(here.database, current_city(), key)
    except NotSignedIn:
        count(Counted(f"key:{sender()}", SENDER_FACTOR * here.settings.sign_in_limit))
        raise


def sender() -> str:
    """Who sends this request, as far as its address tells."""
    return sender_of(request.remote_addr or "")


def count(*counted: Counted) -> None:
    """Count an attempt by each of *counted*.

    Raises:
        RateLimited: it's one too many.
    """
    here = site()
    settings = here.settings
    door.count(here.database, current_city(), settings.secret(), settings.sign_in_window_s, counted)


def forgive(*counted: Counted) -> None:
    """Take it back: the attempt was right."""
    here = site()
    settings = here.settings
    door.forgive(
        here.database, current_city(), settings.secret(), settings.sign_in_window_s, counted
    )
