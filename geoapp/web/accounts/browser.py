"""What a browser carries on its way in: half-way cookies, sessions, where it wanted to go."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from geoapp.domain.access import Actor, Permission, StaffRole, may
from geoapp.domain.account import Credentials
from geoapp.errors import NotSignedIn
from geoapp.usecases import door
from geoapp.web.accounts.door import SIGNED_IN
from geoapp.web.context import current_city, site

HALF = "half"
"""Where the cookie notes who gave the right password and owes the second factor."""
NEW_SECRET = "totp_new"  # noqa: S105 - a name in the cookie
"""Where it keeps a second factor that isn't in force yet, encrypted."""
HALF_WAY_S = 600
_KNOWN = "known_browser"
_KNOWN_DAYS = 180


def half_way(known: Credentials, target: str) -> None:
    """Note that the password was right; nothing is open yet. What the cookie held is gone."""
    session.clear()
    session[HALF] = {
        "city": current_city().code,
        "who": known.uniquifier,
        "at": int(site().database.now().timestamp()),
        "next": target,
    }


def who_is_half_way() -> Credentials:
    """Who gave the right password, at most ten minutes ago.

    Raises:
        NotSignedIn: nobody did, in this city, or the password changed meanwhile.
    """
    noted: dict[str, Any] = session.get(HALF) or {}
    at = site().database.now().timestamp()
    if noted.get("city") == current_city().code and at - noted["at"] <= HALF_WAY_S:
        known = door.credentials(site().database, current_city(), uniquifier=noted["who"])
        if known is not None:
            return known
    raise NotSignedIn("The password comes first.", "Sign in.")


def target_half_way() -> str:
    """Where who is half-way wanted to go."""
    return str((session.get(HALF) or {}).get("next", ""))


def enter(account_id: int) -> None:
    """Sign the browser in, with a session nobody had before.

    Raises:
        NotSignedIn: the account was switched off meanwhile.
    """
    agent = request.headers.get("User-Agent", "")
    token = door.begin(site().database, current_city(), account_id, agent)
    # Nothing that was in the cookie before survives: neither a planted session nor its token.
    session.clear()
    session[SIGNED_IN] = token
    session.permanent = True
    g.pop("actor", None)


def leave(actor: Actor, session_id: int) -> None:
    """Sign the browser out, also for whoever has copied its cookie."""
    door.end(site().database, current_city(), actor.account_id, session_id)
    session.clear()
    g.actor = None


def _known_browsers() -> URLSafeSerializer:
    return URLSafeSerializer(
        site().settings.secret(), salt=_KNOWN, signer_kwargs={"digest_method": hashlib.sha256}
    )


def remember(response: Response, account_id: int) -> None:
    """Mark the browser as one that *account_id* has signed in with.

    Whoever guesses at the account from elsewhere doesn't slow it down.
    """
    value = [current_city().code, account_id, secrets.token_urlsafe(12)]
    response.set_cookie(
        _KNOWN,
        str(_known_browsers().dumps(value)),
        max_age=_KNOWN_DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=current_app.session_interface.get_cookie_secure(current_app),
    )


def known_browser(account_id: int | None) -> str | None:
    """The mark of `remember` for this account; None when there is none."""
    try:
        city, known, mark = _known_browsers().loads(request.cookies.get(_KNOWN, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(mark) if (city, known) == (current_city().code, account_id) else None


def safe_target(wanted: str) -> str:
    """*wanted* if it is an address of this very site; else an empty text.

    Only a path counts, and only if no browser can read it as another host: no ``//``, no
    backslash, no scheme, no control character, however often it was encoded.
    """
    seen = wanted
    if seen.startswith((f"{request.script_root}/login", f"{request.script_root}/logout")):
        return ""  # it would come back here for ever
    for _ in range(4):
        if (
            not seen.startswith("/")
            or "//" in seen.partition("?")[0]
            or "\\" in seen
            or not seen.isprintable()
            or urlsplit(seen).netloc
        ):
            return ""
        decoded = unquote(seen)
        if decoded == seen:
            return wanted
        seen = decoded
    return ""


def home_of(actor: Actor) -> str:
    """The page to start from."""
    if actor.roles == {StaffRole.FIELD_OFFICER}:
        path = "/field"
    elif may(actor, Permission.ADMINISTER):
        path = "/admin"
    elif actor.roles == {StaffRole.AUDITOR}:
        path = "/audit"
    elif actor.roles == {StaffRole.AGENCY_HEAD}:
        path = "/agency/digest"
    elif StaffRole.OPERATOR in actor.roles:
        path = "/command"
    elif may(actor, Permission.READ):
        path = "/agency"
    else:
        path = "/account"
    return request.script_root + path
