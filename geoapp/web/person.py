"""Who somebody without an account is: the browser, known again by a random mark it keeps.

The mark is 128 bits in a signed cookie, set only when a browser reports something or says
"me too"; whoever just looks gets none. The database sees a keyed hash of mark and city, which
leads neither to the browser nor from one city to another.

Clients that keep no cookie are known by their address, or saying the same again would count
again. They share it with everybody behind the same router: pages therefore ask for a mark
(`marked_anew`) before they say anything, and never depend on the address.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from geoapp.web.context import current_city, site
from geoapp.web.intake import sender_of

COOKIE = "geoapp_me"
_YEAR_S = 31_536_000
_BYTES = 16


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, in the request's city."""

    digest: str
    """What the database keeps: 64 hexadecimal digits."""
    mark: str
    """What the browser keeps."""
    fresh: bool
    """The browser doesn't have it yet: `keep` puts it into the answer."""


def person() -> Person:
    """Who asks: by the browser's mark, without one by the sender's address."""
    return _known() or _person(_derived("address", sender_of(request.remote_addr or "")), True)


def sender() -> Person:
    """Who sends a complaint.

    A browser's page without a mark gets a random one; the same when it sends the same
    submission again because it never heard the answer.
    """
    known = _known()
    if known is not None:
        return known
    if "Origin" not in request.headers:
        return person()
    again = request.headers.get("Idempotency-Key")
    return _person(_derived("submission", again) if again else _drawn(), True)


def marked_anew() -> Person:
    """Who asks, by the browser's mark; without one by a mark just drawn."""
    return _known() or _person(_drawn(), True)


def keep(response: Response, who: Person) -> None:
    """Let the browser keep its mark for a year, if it's a new one."""
    if who.fresh:
        response.set_cookie(
            COOKIE,
            str(_signer().dumps(who.mark)),
            max_age=_YEAR_S,
            secure=request.is_secure or not site().settings.demo,
            httponly=True,
            samesite="Lax",
        )


def _known() -> Person | None:
    """By the cookie; a forged one is none."""
    try:
        mark = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return _person(mark, False) if isinstance(mark, str) else None


def _person(mark: str, fresh: bool) -> Person:
    return Person(_keyed(f"person:{current_city().code}:{mark}").hexdigest(), mark, fresh)


def _drawn() -> str:
    return secrets.token_hex(_BYTES)


def _derived(kind: str, seed: str) -> str:
    return _keyed(f"mark:{kind}:{seed}").digest()[:_BYTES].hex()


def _keyed(message: str) -> hmac.HMAC:
    return hmac.new(site().settings.secret().encode(), message.encode(), hashlib.sha256)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(site().settings.secret(), salt=COOKIE)
