"""Flask-Security as the engine behind our own pages: argon2, one-time codes, the user's model.

None of its views is registered: theirs know no city, count no attempts and keep no list of
sessions. Its session handling isn't used either; who is signed in says `geoapp.web.access`.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Flask, Request
from flask_login import AnonymousUserMixin
from flask_security import RoleMixin, Security, UserDatastore, UserMixin, verify_password
from flask_security.totp import Totp
from passlib.exc import TokenError

from geoapp.domain.account import Credentials, normal_password
from geoapp.settings import Settings
from geoapp.usecases import door, passwords
from geoapp.web.context import current_city, site

STEP_S = 30
"""Length of a time step of one-time codes (RFC 6238); one before and one after count too."""


class Person(UserMixin):
    """An account as Flask-Security knows it; a view of `Credentials`."""

    fs_uniquifier = ""

    def __init__(self, known: Credentials) -> None:
        self.known = known
        self.id = known.account_id
        self.email = known.email
        self.password = known.password_hash
        self.fs_uniquifier = known.uniquifier
        self.active = True
        self.roles: list[Any] = []
        self.tf_totp_secret = known.totp_secret

    def calc_username(self) -> str:
        """What an authenticator app shows beside the code."""
        return self.known.email


class People(UserDatastore):
    """Accounts of the request's city; written by use cases alone."""

    def __init__(self) -> None:
        super().__init__(Person, RoleMixin)

    def find_user(
        self,
        case_insensitive: bool = False,  # noqa: ARG002 - addresses are kept in lower case
        **wanted: Any,
    ) -> Person | None:
        """The person with this ``email``, ``id`` or ``fs_uniquifier``, in this city."""
        names = {"email": "email", "id": "account_id", "fs_uniquifier": "uniquifier"}
        asked = {names[name]: value for name, value in wanted.items()}
        known = door.credentials(site().database, current_city(), **asked)
        return None if known is None else Person(known)


class OneTimeCodes(Totp):
    """Flask-Security's codes, by the database's clock and each for one time step once."""

    def counter_of(self, code: str, secret: str) -> int | None:
        """The time step *code* belongs to; None when it's none of those around now."""
        at = site().database.now()
        try:
            match = self._totp.verify(code, secret, time=at, window=STEP_S)
        except (TokenError, ValueError):
            return None
        return int(match.counter)


people = People()


def register(app: Flask, settings: Settings) -> None:
    """Wire the engine to *app*."""
    key = hmac.new(settings.secret().encode(), b"second factors", "sha256").hexdigest()
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the scheme's name
        # The salt of a second hash would be one more secret; argon2 salts each by itself.
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": key},
        SECURITY_TOTP_ISSUER="geoapp",
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
    )
    security = Security(app, people, register_blueprint=False, totp_cls=OneTimeCodes)
    security.pwd_context = passwords.CONTEXT
    # Grants say who may do what, not Flask-Principal's roles, and the door says who asks; the
    # engine's own loaders would read tokens out of headers and bodies, ahead of our checks.
    security.principal.identity_loaders.clear()
    security.login_manager.request_loader(_nobody)
    security.login_manager.user_loader(_nobody)


def _nobody(_asked: Request | str) -> AnonymousUserMixin | None:
    return None


def codes(app: Flask) -> OneTimeCodes:
    """The application's one-time codes."""
    factory: OneTimeCodes = app.extensions["security"].totp_factory
    return factory


def right_password(known: Credentials | None, password: str) -> bool:
    """Whether *password* is the account's; as slow for an account that isn't there."""
    kept = None if known is None else known.password_hash
    right = verify_password(normal_password(password), kept or _NEVER)
    return bool(right) and kept is not None


_NEVER = passwords.hashed(passwords.generated())
"""A hash of nothing anybody knows, compared with when there is no other."""
