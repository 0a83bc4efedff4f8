"""What every answer says to the browser about trust: policy, headers, form tokens."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from geoapp.settings import Settings
from geoapp.web.access import Audience, current_actor, decision_of, key_sent
from geoapp.web.context import site


class FormTokens(CSRFProtect):  # type: ignore[misc]
    """Tokens against requests that another site makes a browser send with our cookie.

    A request with a key in its ``Authorization`` header needs none: no other site's page
    can add that header, and the door then doesn't look at the cookie.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Check the request's token; with *apply_exemptions* not of what was exempted.

        Raises:
            NotSignedIn: the address is for those with an account, and nobody is signed in:
                no token could fit, and "the form has expired" would be half the truth.
            CSRFError: it's missing or not the session's.
        """
        if key_sent() is None:
            decision = decision_of(request.endpoint) if request.endpoint else None
            if decision not in {None, Audience.EVERYBODY, Audience.SENDERS}:
                current_actor()
            super().protect(apply_exemptions=apply_exemptions)


csrf = FormTokens()


def register(app: Flask) -> None:
    """Add the headers to every answer, the nonce to templates, tokens to forms."""
    csrf.init_app(app)
    app.after_request(_headers)
    app.context_processor(lambda: {"csp_nonce": nonce()})


def nonce() -> str:
    """This request's nonce: scripts and styles in the page carry it, injected ones can't."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def tile_origin(settings: Settings) -> str:
    """``https://host`` of the base tiles; empty without any. ``{s}`` becomes a wildcard."""
    if settings.tile_url == "none":
        return ""
    parts = urlsplit(settings.tile_url)
    return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")


def _headers(response: Response) -> Response:
    images = " ".join(filter(None, ("'self'", "data:", tile_origin(site().settings))))
    policy = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce()}'",
        f"style-src 'self' 'nonce-{nonce()}'",
        f"img-src {images}",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "; ".join(policy))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # The tile host of the base map asks to be told the site, never the page.
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response
