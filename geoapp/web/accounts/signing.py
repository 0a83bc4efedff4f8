"""``/login`` and ``/logout``: the password, then the second factor, then the session."""

from __future__ import annotations

from flask import (
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from geoapp.domain import account as words
from geoapp.domain.account import Credentials, new_recovery_codes
from geoapp.errors import InvalidInput, NotSignedIn, RateLimited
from geoapp.usecases import door
from geoapp.usecases.door import Counted
from geoapp.web import access
from geoapp.web.access import Audience, open_to
from geoapp.web.accounts import blueprint, browser, engine
from geoapp.web.accounts.door import (
    ACCOUNT_FACTOR,
    SENDER_FACTOR,
    count,
    forgive,
    sender,
    session_id,
)
from geoapp.web.context import current_city, site


@blueprint.get("/login")
@open_to(Audience.EVERYBODY)
def login() -> Answer | str:
    """Ask for address and password; whoever is signed in already goes on."""
    target = browser.safe_target(request.args.get("next", ""))
    current_city()
    asking = access.actor()
    if asking is not None:
        return redirect(target or browser.home_of(asking), 303)
    return _login_page(target)


@blueprint.post("/login")
@open_to(Audience.SENDERS)
def login_submit() -> Answer | tuple[str, int]:
    """Compare; the answer is the same for an unknown address and a wrong password."""
    typed = request.form.get("email", "")[:254].strip().lower()
    target = browser.safe_target(request.form.get("next", ""))
    known = _account_of(typed)
    counted = _counted(typed, known)
    try:
        count(*counted)
    except RateLimited as problem:
        return _slow_down(problem, _login_page(target, typed, too_many=problem.retry_after_s))
    if not engine.right_password(known, request.form.get("password", "")[: words.PASSWORD_MOST]):
        wrong = _("E-mail or password is wrong.")
        return _login_page(target, typed, wrong=wrong), 401
    assert known is not None
    forgive(*counted)
    if known.totp_secret is not None:
        browser.half_way(known, target)
        return redirect(url_for("accounts.code"), 303)
    if site().settings.needs_second_factor:
        browser.half_way(known, target)
        return redirect(url_for("accounts.first_authenticator"), 303)
    browser.enter(known.account_id)
    return _go_on(known.account_id, target)


@blueprint.get("/login/code")
@open_to(Audience.EVERYBODY)
def code() -> Answer | str:
    """Ask for the second factor."""
    known = browser.who_is_half_way()
    if known.totp_secret is None:
        raise NotSignedIn("The password comes first.", "Sign in.")
    return _code_page()


@blueprint.post("/login/code")
@open_to(Audience.SENDERS)
def code_submit() -> Answer | tuple[str, int]:
    """Take a one-time code or a recovery code, once."""
    known = browser.who_is_half_way()
    counted = _counted_code(known)
    try:
        count(*counted)
    except RateLimited as problem:
        return _slow_down(problem, _code_page(too_many=problem.retry_after_s))
    typed = request.form.get("code", "")[:40]
    if not _takes(known, typed):
        wrong = _("This code isn't right, or was used already. Wait for the next one.")
        return _code_page(wrong), 401
    forgive(*counted)
    target = browser.target_half_way()
    browser.enter(known.account_id)
    return _go_on(known.account_id, target)


@blueprint.get("/login/authenticator")
@open_to(Audience.EVERYBODY)
def first_authenticator() -> str:
    """Set the second factor up, before the first session."""
    known = _without_factor()
    return authenticator_page(known, url_for("accounts.first_authenticator_submit"))


@blueprint.post("/login/authenticator")
@open_to(Audience.SENDERS)
def first_authenticator_submit() -> Answer | tuple[str, int]:
    """Put it in force with a first code, sign in, and show the recovery codes."""
    known = _without_factor()
    counted = _counted_code(known)
    here = url_for("accounts.first_authenticator_submit")
    try:
        count(*counted)
    except RateLimited as problem:
        page = authenticator_page(known, here, too_many=problem.retry_after_s)
        return _slow_down(problem, page)
    codes = put_in_force(known, session_id=None)
    if codes is None:
        return authenticator_page(known, here, wrong=True), 401
    forgive(*counted)
    target = browser.target_half_way()
    browser.enter(known.account_id)
    answer = make_response(codes_page(codes, target or _home()))
    browser.remember(answer, known.account_id)
    return answer


@blueprint.post("/logout")
@open_to(Audience.SIGNED_IN)
def logout() -> Answer:
    """End this session."""
    browser.leave(access.current_actor(), session_id())
    return redirect(url_for("accounts.login"), 303)


def authenticator_page(
    known: Credentials, here: str, *, wrong: bool = False, too_many: int | None = None
) -> str:
    """The square to scan, and the field for the first code; the secret waits in the cookie."""
    codes = engine.codes(current_app)
    secret = session.get(browser.NEW_SECRET)
    if not isinstance(secret, str):
        secret = session[browser.NEW_SECRET] = codes.generate_totp_secret()
    return render_template(
        "accounts/authenticator.html",
        setup=codes.fetch_setup_values(secret, engine.Person(known)),
        here=here,
        wrong=_("This code isn't right. Is the clock of your phone?") if wrong else "",
        too_many=_minutes(too_many),
    )


def put_in_force(known: Credentials, *, session_id: int | None) -> list[str] | None:
    """The recovery codes of a second factor that the form's code proves; None when it doesn't.

    Args:
        session_id: the session that proves it; the account's others end.

    Raises:
        Conflict: one is in force already.
    """
    secret = session.get(browser.NEW_SECRET)
    if not isinstance(secret, str):
        return None
    counter = engine.codes(current_app).counter_of(request.form.get("code", "")[:40], secret)
    if counter is None:
        return None
    recovery = new_recovery_codes()
    door.set_totp(
        site().database,
        current_city(),
        known.account_id,
        secret=secret,
        counter=counter,
        recovery_codes=recovery,
        session_id=session_id,
    )
    session.pop(browser.NEW_SECRET, None)
    return recovery


def codes_page(codes: list[str], onward: str) -> str:
    """The recovery codes, shown this once."""
    return render_template("accounts/recovery.html", codes=codes, onward=onward)


def _account_of(typed: str) -> Credentials | None:
    try:
        email = words.normal_email(typed)
    except InvalidInput:
        return None  # compared with nothing, and as slow
    person = engine.people.find_user(email=email)
    return None if person is None else person.known


def _counted(typed: str, known: Credentials | None) -> list[Counted]:
    """By what a try for an address is counted.

    A browser the account has signed in with before is counted by itself: guesses from
    elsewhere, however many, don't keep its owner out.
    """
    limit = site().settings.sign_in_limit
    mark = browser.known_browser(known.account_id if known else None)
    if mark is not None:
        return [Counted(f"browser:{mark}", limit)]
    return [
        Counted(f"sender:{sender()}", SENDER_FACTOR * limit),
        Counted(f"pair:{typed}:{sender()}", limit),
        Counted(f"account:{typed}", ACCOUNT_FACTOR * limit),
    ]


def _counted_code(known: Credentials) -> list[Counted]:
    limit = site().settings.sign_in_limit
    return [
        Counted(f"sender:{sender()}", SENDER_FACTOR * limit),
        # Whoever is here has the password: this one is narrow, whatever the sender.
        Counted(f"code:{known.account_id}", limit),
    ]


def _takes(known: Credentials, typed: str) -> bool:
    """Whether *typed* is a code that wasn't used before; it is now."""
    here, city = site(), current_city()
    if known.totp_secret is None:
        return False
    figures = typed.replace(" ", "").replace("-", "")
    if not figures.isdecimal():
        return door.take_recovery_code(here.database, city, known.account_id, typed)
    counter = engine.codes(current_app).counter_of(figures, known.totp_secret)
    return counter is not None and door.take_code(here.database, city, known.account_id, counter)


def _without_factor() -> Credentials:
    known = browser.who_is_half_way()
    if known.totp_secret is not None:
        raise NotSignedIn("The account has a second factor.", "Sign in with it.")
    return known


def _go_on(account_id: int, target: str) -> Response:
    answer = redirect(target or _home(), 303)
    assert isinstance(answer, Response)
    browser.remember(answer, account_id)
    return answer


def _home() -> str:
    return browser.home_of(access.current_actor())


def _login_page(
    target: str, typed: str = "", *, wrong: str = "", too_many: int | None = None
) -> str:
    return render_template(
        "accounts/login.html",
        target=target,
        typed=typed,
        wrong=wrong,
        too_many=_minutes(too_many),
        password_saved=request.args.get("saved") == "1",
    )


def _code_page(wrong: str = "", *, too_many: int | None = None) -> str:
    return render_template("accounts/code.html", wrong=wrong, too_many=_minutes(too_many))


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else -(-seconds // 60)


def _slow_down(problem: RateLimited, page: str) -> Response:
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(problem.retry_after_s)
    return answer
