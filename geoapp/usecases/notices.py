"""Notices: from the feed into the outbox, and what people choose about mails.

`look` makes exactly one row for each event and contact: the rows and the feed's cursor move in
one transaction. `geoapp.usecases.posting` hands them to the mail server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geoapp.channels import mail, smtp
from geoapp.domain.catalogue import City
from geoapp.domain.notice import MailState
from geoapp.errors import NotFound, SettingsError
from geoapp.settings import Settings
from geoapp.store import deliveries
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, mail_links

PAGE = 1000
"""Events looked through in one transaction: well below a second, as a longer one anywhere would
hide newer events from the feed."""

LATE_S = 900
"""A mail that has waited for so many seconds is late."""

CHOICES = ("look", "stop", "refuse", "again")
"""What somebody may choose about mails: see `choose`."""


def offered(settings: Settings, city: City) -> bool:
    """Whether people of *city* can be told by mail: a server is set, and it isn't for practice."""
    return bool(settings.smtp_url) and not city.practice


def look(
    database: Database,
    settings: Settings,
    *,
    page: int = PAGE,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Put into the outbox whatever the feed has for anybody; how many rows.

    Where no mail is offered what happens is passed over for good: nobody wants to hear of it
    when a server is set months later.
    """
    made = 0
    for city in cities.every(database):
        if not offered(settings, city):
            with database.transaction(Role.WORKER, city.code) as connection:
                deliveries.skip(connection, city.code)
            continue
        while not stopping():
            with database.transaction(Role.WORKER, city.code) as connection:
                looked = deliveries.make(connection, city.code, most=page)
            made += looked.made
            if looked.events < page:
                break
        with database.transaction(Role.WORKER, city.code) as connection:
            made += deliveries.make_overdue(connection, city.code)
    return made


def health(database: Database, settings: Settings) -> dict[str, Any]:
    """How mails stand, for /health; nothing about anybody.

    ``state``: ``off`` (no server set), ``unusable`` (a setting about mail can't be used),
    ``trouble`` (the server took nothing when it was tried last), ``late`` (something has waited
    for longer than `LATE_S`), ``ok``.
    """
    found = state(database)
    return {
        "state": _state(settings, found),
        "waiting": found.waiting,
        "oldest_waiting_s": round(found.oldest_s),
        "sent_last_day": found.sent_day,
        "failed_last_day": found.failed_day,
        "uncertain_last_day": found.uncertain_day,
        "last_problem": PROBLEMS.get((found.last_problem or "").partition(" ")[0]),
        "last_problem_at": found.last_problem_at.isoformat() if found.last_problem_at else None,
    }


def _state(settings: Settings, found: MailState) -> str:
    if not settings.smtp_url:
        return "off"
    try:
        smtp.parse(settings.smtp_url)
        mail.sender(settings.mail_from)
    except SettingsError:
        return "unusable"
    if found.in_trouble:
        return "trouble"
    return "late" if found.oldest_s > LATE_S else "ok"


PROBLEMS = {
    "connect": "The mail server can't be reached, or ended the connection.",
    "timeout": "The mail server didn't answer in time.",
    "tls": "The connection to the mail server can't be secured.",
    "sign_in": "The mail server refuses the user or the password.",
    "server": "The mail server takes nothing from us now.",
    "later": "The mail server wants a mail to be sent again later.",
    "refused": "The mail server refused a mail for good.",
    "address": "An address can't be used with this mail server.",
    "no_answer": "The mail server ended the connection without saying whether it took a mail.",
    "cut_off": "A sender was ended in the middle of a mail.",
    "restored": "Mails of a restored backup may be sent a second time.",
    "too_many": "One address got as many mails as it may within a day.",
    "unreadable": "A sealed address doesn't open: a key is missing.",
    "no_server": "No mail server was set while a mail waited.",
    "words": "A mail couldn't be written: a fault of this program, see the worker's log.",
    "gone": "What a mail was to tell of isn't there any more.",
}
"""What our words for problems mean; the outbox keeps the word and the server's codes."""


def state(database: Database) -> MailState:
    """How the outbox stands."""
    with database.transaction(Role.LISTENER) as connection:
        return deliveries.state(connection)


def choose(
    database: Database, settings: Settings, city: City, token: str, choice: str
) -> tuple[str, str]:
    """How mails stand after *choice*, and the ticket they are about.

    Choices: ``look`` (changes nothing), ``stop`` (no more about this complaint), ``refuse``
    (none at all from this city), ``again``. States: ``on``, ``off``, ``refused``, ``gone``.

    Raises:
        NotFound: the link isn't one of ours.
    """
    contact = mail_links.contact_of(settings, city.code, token)
    if contact is not None and choice in CHOICES:
        with database.transaction(Role.INTAKE, city.code) as connection:
            found = deliveries.choose(connection, city.code, contact, choice)
        if found is not None:
            return found
    raise NotFound("This link isn't valid.", "Use the one at the end of a mail, whole.")
