"""Who may ask for an address: every view says it with `open_to`, one place checks it.

A view that says nothing can't be served, and fails the test over all routes.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request

from geoapp.domain.access import Actor, Permission, may, require
from geoapp.errors import NotSignedIn, SecondFactorOwed

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """Those who need no permission."""

    EVERYBODY = "everybody"
    """Reads public data alone."""
    SENDERS = "senders"
    """Anybody, counted per sender; writes what it sends and nothing else."""
    SIGNED_IN = "signed_in"
    """Whoever has an account, for what is the account's own."""


Decision = Audience | Permission

_SETTING_UP = {"accounts.authenticator", "accounts.authenticator_submit", "accounts.logout"}
"""All that an account reaches while it lacks the second factor that is required."""

DOOR = "geoapp_door"
"""Key of the application's extension that tells who asks: ``() -> Actor | None``."""


def open_to(decision: Decision) -> Callable[[View], View]:
    """Say who may ask for a view; put it below the route's decorator.

    A `Permission` lets in whoever has it somewhere; whether it holds for the very complaint
    is for the use case to ask.
    """

    def attach(view: View) -> View:
        view.access = decision  # type: ignore[attr-defined]
        return view

    return attach


def register(app: Flask) -> None:
    """Check every request before its view runs; tell templates what the actor may do."""
    app.before_request(_check)
    app.context_processor(lambda: {"actor": actor(), "may": lambda name: allowed(Permission(name))})


def decision_of(endpoint: str) -> Decision | None:
    """What the view behind *endpoint* says; None when it says nothing."""
    if endpoint == "static":
        return Audience.EVERYBODY
    return cast("Decision | None", getattr(current_app.view_functions[endpoint], "access", None))


def actor() -> Actor | None:
    """Who asks; None for visitors."""
    if "actor" not in g:
        door = current_app.extensions.get(DOOR)
        g.actor = door() if door is not None else None
    return cast("Actor | None", g.actor)


def current_actor() -> Actor:
    """Who asks.

    Raises:
        NotSignedIn: a visitor does.
    """
    found = actor()
    if found is None:
        raise NotSignedIn("This needs an account.", "Sign in, or send an API key.")
    return found


def key_sent() -> str | None:
    """The API key that the request brings, if any; then its cookie says nothing."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    key = key.strip()
    return key if kind.lower() == "bearer" and key else None


def allowed(permission: Permission) -> bool:
    """Whether who asks has *permission* somewhere."""
    found = actor()
    return found is not None and may(found, permission)


def _check() -> None:
    if request.endpoint is None:
        return  # no such address: the router says so
    decision = decision_of(request.endpoint)
    if decision is None:
        raise RuntimeError(f"{request.endpoint} doesn't say who may ask for it")
    if decision in {Audience.EVERYBODY, Audience.SENDERS}:
        return
    asking = current_actor()
    if asking.owes_factor and request.endpoint not in _SETTING_UP:
        raise SecondFactorOwed(
            "This account needs a second factor first.", "Set one up under /account/authenticator."
        )
    if isinstance(decision, Permission):
        require(asking, decision)
