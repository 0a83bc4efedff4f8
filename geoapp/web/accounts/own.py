"""``/account``: what everybody with an account does for oneself; ``/invitation/…``."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from geoapp.domain import account as words
from geoapp.domain.account import Credentials, Weakness
from geoapp.errors import Conflict, NotFound, NotSignedIn, RateLimited
from geoapp.usecases import door, passwords
from geoapp.usecases.door import Counted
from geoapp.web.access import Audience, current_actor, open_to
from geoapp.web.accounts import blueprint, engine
from geoapp.web.accounts.door import SENDER_FACTOR, count, forgive, lifetime, sender, session_id
from geoapp.web.accounts.signing import authenticator_page, codes_page, put_in_force
from geoapp.web.context import current_city, site

_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@blueprint.get("/account")
@open_to(Audience.SIGNED_IN)
def account() -> str:
    """Where one is signed in, the password, the second factor."""
    return _account_page()


@blueprint.post("/account/sessions/<int:ended>/end")
@open_to(Audience.SIGNED_IN)
def end_session(ended: int) -> Answer:
    """Sign one of one's own browsers out."""
    session_id()
    door.end(site().database, current_city(), current_actor().account_id, ended)
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/sessions/end-others")
@open_to(Audience.SIGNED_IN)
def end_other_sessions() -> Answer:
    """Sign every other browser out."""
    door.end_others(site().database, current_city(), current_actor().account_id, session_id())
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/password")
@open_to(Audience.SIGNED_IN)
def change_password() -> Answer | tuple[str, int]:
    """A new password, for who knows the old one; every other browser is signed out."""
    known = _oneself()
    refused = _wrong_password(known)
    if refused is not None:
        return refused
    new = words.normal_password(request.form.get("new", ""))
    fault = password_fault(new, known.name, known.email)
    if fault:
        return _account_page(password_fault=fault), 422
    door.set_password(
        site().database,
        current_city(),
        known.account_id,
        passwords.hashed(new),
        session_id=session_id(),
    )
    return redirect(url_for("accounts.account", done="password"), 303)


@blueprint.get("/account/authenticator")
@open_to(Audience.SIGNED_IN)
def authenticator() -> Answer | str:
    """Set a second factor up."""
    known = _oneself()
    if known.totp_secret is not None:
        return redirect(url_for("accounts.account"), 303)
    return authenticator_page(known, url_for("accounts.authenticator_submit"))


@blueprint.post("/account/authenticator")
@open_to(Audience.SIGNED_IN)
def authenticator_submit() -> Answer | tuple[str, int]:
    """Put it in force with a first code."""
    known = _oneself()
    if known.totp_secret is not None:
        raise Conflict("A second factor is in force already.", "Remove it first.")
    count(Counted(f"code:{known.account_id}", site().settings.sign_in_limit))
    codes = put_in_force(known, session_id=session_id())
    if codes is None:
        here = url_for("accounts.authenticator_submit")
        return authenticator_page(known, here, wrong=True), 401
    return make_response(codes_page(codes, url_for("accounts.account")))


@blueprint.post("/account/authenticator/remove")
@open_to(Audience.SIGNED_IN)
def remove_authenticator() -> Answer | tuple[str, int]:
    """Give the second factor up, for who knows the password; a new one is set up next."""
    known = _oneself()
    refused = _wrong_password(known)
    if refused is not None:
        return refused
    door.drop_totp(site().database, current_city(), known.account_id, session_id=session_id())
    return redirect(url_for("accounts.authenticator"), 303)


@blueprint.get("/invitation/<token>")
@open_to(Audience.EVERYBODY)
def invitation(token: str) -> tuple[str, int] | str:
    """Set a password by a link of the city's administrator."""
    try:
        invited = door.invited(site().database, current_city(), token)
    except NotFound:
        return render_template("accounts/invitation.html", invited=None), 404
    return render_template("accounts/invitation.html", invited=invited, token=token)


@blueprint.post("/invitation/<token>")
@open_to(Audience.SENDERS)
def invitation_submit(token: str) -> Answer | tuple[str, int]:
    """Keep the password; the link opens nothing any more."""
    count(Counted(f"link:{sender()}", SENDER_FACTOR * site().settings.sign_in_limit))
    here, city = site(), current_city()
    try:
        invited = door.invited(here.database, city, token)
        new = words.normal_password(request.form.get("new", ""))
        fault = password_fault(new, invited.name, invited.email)
        if fault:
            page = render_template(
                "accounts/invitation.html", invited=invited, token=token, fault=fault
            )
            return page, 422
        door.accept(here.database, city, token, passwords.hashed(new))
    except NotFound:
        return render_template("accounts/invitation.html", invited=None), 404
    return redirect(url_for("accounts.login", saved=1), 303)


def password_fault(new: str, name: str, email: str) -> str:
    """Why *new* can't be the password, in the reader's language; empty when it can."""
    again = request.form.get("again")
    if again is not None and words.normal_password(again) != new:
        return str(_("The two passwords differ."))
    told = {
        Weakness.SHORT: _(
            "Please use at least %(least)s characters; a short sentence is easiest to remember.",
            least=words.PASSWORD_LEAST,
        ),
        Weakness.LONG: _("Please use at most %(most)s characters.", most=words.PASSWORD_MOST),
        Weakness.COMMON: _("Too many people use this password; it is the first to be tried."),
        Weakness.PERSONAL: _("This is your own name or address; it is the first to be tried."),
    }
    weak = words.weakness(new, name=name, email=email)
    return "" if weak is None else str(told[weak])


def device(user_agent: str) -> str:
    """A browser and its system, as people call them: ``Chrome · Android``."""
    names = (
        next((name for sign, name in table if re.search(rf"\b{sign}", user_agent)), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, names)) or _("Unknown device")


def _oneself() -> Credentials:
    """The account behind the session.

    Raises:
        NotSignedIn: a machine asks; these pages are for people.
    """
    session_id()
    known = door.credentials(site().database, current_city(), account_id=current_actor().account_id)
    if known is None:
        raise NotSignedIn("This is for people.", "Sign in with a browser.")
    return known


def _wrong_password(known: Credentials) -> Response | tuple[str, int] | None:
    """The page to answer with when the form's current password is wrong; else None."""
    counted = Counted(f"own:{known.account_id}", site().settings.sign_in_limit)
    try:
        count(counted)
    except RateLimited as problem:
        fault = _("Too many attempts. Please try again in a few minutes.")
        answer = make_response(_account_page(current_fault=fault), 429)
        answer.headers["Retry-After"] = str(problem.retry_after_s)
        return answer
    typed = request.form.get("current", "")[: words.PASSWORD_MOST]
    if not engine.right_password(known, typed):
        return _account_page(current_fault=_("The current password is wrong.")), 401
    forgive(counted)
    return None


def _account_page(*, current_fault: str = "", password_fault: str = "") -> str:
    known, current = _oneself(), session_id()
    sessions = door.sessions(site().database, current_city(), known.account_id, lifetime())
    return render_template(
        "accounts/account.html",
        known=known,
        sessions=[
            {
                "id": one.id,
                "device": device(one.user_agent),
                "created_at": one.created_at,
                "last_seen_at": one.last_seen_at,
                "current": one.id == current,
            }
            for one in sessions
        ],
        least=words.PASSWORD_LEAST,
        required=site().settings.needs_second_factor,
        done=request.args.get("done", ""),
        section=request.endpoint,
        current_fault=current_fault,
        password_fault=password_fault,
    )
