"""Mails as they leave: words from templates, headers by the standards.

Plain text alone: it reads well everywhere, and nothing in it can be made to act. Of what
citizens wrote nothing is in it at all, so that nobody can have us carry their words to others.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
import jinja2
from babel.support import NullTranslations, Translations

from geoapp import resources
from geoapp.errors import SettingsError

log = logging.getLogger(__name__)

LANGUAGES = ("id", "en")

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_BREAKS = re.compile(r"\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")


class _Policy(EmailPolicy):
    """SMTP's, for servers that take seven bits; and an address stands in one line.

    A longer one would be encoded, or folded, which is more than many mail programs undo.
    """

    linesep = "\r\n"
    cte_type = "7bit"

    def fold(self, name: str, value: Any) -> str:
        """A header as it is sent."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        if name == "List-Unsubscribe":
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a mail tells; names and words are in the reader's language already.

    *words* are the city's or the agency's, never a citizen's. A confidential one tells its
    kind, ticket and links alone.
    """

    kind: str
    language: str
    city: str
    timezone: str
    ticket: str
    is_reporter: bool
    confidential: bool
    open: bool
    follow_url: str
    unsubscribe_url: str
    service: str = ""
    kelurahan: str = ""
    agency: str = ""
    due_at: datetime | None = None
    words: str = ""
    authority: str = ""
    own_ticket: str = ""
    lead_ticket: str = ""
    ombudsman: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails come: a name people read, and the address that replies and bounces go to."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def sender(text: str) -> Sender:
    """``Aduan Kota <aduan@example.go.id>`` or the address alone.

    Raises:
        SettingsError: there is no address in it.
    """
    name, address = parseaddr(text)
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", address) or not address.isascii():
        raise SettingsError(
            "GEOAPP_MAIL_FROM isn't the address of a sender.",
            "Write Name <address@domain>, the domain in ASCII.",
        )
    return Sender(name, address)


def compose(
    notice: Notice, *, to: str, sender: Sender, now: datetime, message_id: str, thread_id: str
) -> EmailMessage:
    """The mail that tells *notice*.

    Args:
        to: an address; of an international domain the letters people write.
        message_id, thread_id: without their angle brackets; the same for every attempt, and for
            all mails to somebody about one complaint.

    Raises:
        ValueError: *to* is no address that can stand in a header.
    """
    message = _headed(_render("subject.txt", notice), to, sender, now, message_id)
    message["References"] = f"<{thread_id}>"
    # A mail program can offer one click to end it.
    message["List-Unsubscribe"] = f"<{notice.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_render("notice.txt", notice), charset="utf-8")
    message["Content-Language"] = notice.language
    return message


def trial(*, to: str, sender: Sender, now: datetime, message_id: str) -> EmailMessage:
    """A mail that only shows that mails arrive.

    Raises:
        ValueError: *to* is no address that can stand in a header.
    """
    message = _headed("Test of the mail server", to, sender, now, message_id)
    message.set_content("The complaint map sends mails through this server.\n", charset="utf-8")
    return message


def _headed(subject: str, to: str, sender: Sender, now: datetime, message_id: str) -> EmailMessage:
    local, _, domain = to.rpartition("@")
    message = EmailMessage(policy=_Policy(utf8=not local.isascii()))
    message["From"] = Address(_one_line(sender.name), addr_spec=sender.address)
    message["To"] = Address("", username=local, domain=idna(domain))
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = f"<{message_id}>"
    # no answering machine is to answer
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def envelope(to: str) -> str:
    """*to* as SMTP's commands want it: the domain in ASCII.

    Raises:
        ValueError: it is no address.
    """
    local, at, domain = to.rpartition("@")
    if not at or not local or re.search(r"[\s<>\x00-\x1f\x7f]", to):
        raise ValueError("no address")
    return f"{local}@{idna(domain)}"


def idna(domain: str) -> str:
    """An international domain in ASCII.

    Raises:
        ValueError: there is none such (a UnicodeError is one).
    """
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def identity(secret: str, domain: str, *parts: object) -> str:
    """A Message-ID without brackets: always the same for the same *parts*, foreseen by nobody."""
    text = ":".join(("mail", *map(str, parts)))
    return f"{hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]}@{domain}"


def quoted(text: str) -> str:
    """Somebody's words, each line behind a bar; nothing in them ends a line unseen."""
    lines = _UNPRINTABLE.sub("", _BREAKS.sub("\n", text)).strip().split("\n")
    return "\n".join(f"| {line}".rstrip() for line in lines)


def _one_line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", _BREAKS.sub(" ", text)).split())


def _moment(value: datetime, timezone: str, language: str) -> str:
    """``Sabtu, 21 November 2026, 08.42 WIB``."""
    zone = ZoneInfo(timezone)
    separator = ":" if language == "en" else "."
    told = babel.dates.format_datetime(
        value, f"EEEE, d MMMM y, HH{separator}mm", tzinfo=zone, locale=language
    )
    return f"{told} {value.astimezone(zone).tzname()}"


def _render(name: str, notice: Notice) -> str:
    due = _moment(notice.due_at, notice.timezone, notice.language) if notice.due_at else ""
    page = _templates(notice.language).get_template(name)
    # No page of a browser: nothing is escaped, and nothing is read as anything but text.
    text = page.render(notice=notice, due=due, quoted=quoted)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def untranslated() -> list[str]:
    """Languages of `LANGUAGES` whose words are missing: mails in them would be half English.

    English is what the templates are written in, so it needs none.
    """
    folder = str(resources.package("translations"))
    found = {one: Translations.load(folder, [one]) for one in LANGUAGES if one != "en"}
    return [one for one, words in found.items() if not isinstance(words, Translations)]


def warn_of_untranslated() -> None:
    """Log at the start what would else be seen by those alone who get the mails and pages."""
    for language in untranslated():
        log.error(
            "The translations into %r can't be loaded: pages and mails will be half English. "
            "In a checkout scripts/assets.sh compiles them; else install the program anew.",
            language,
        )


@cache
def _templates(language: str) -> jinja2.Environment:
    words = Translations.load(str(resources.package("translations")), [language])
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.path("map_templates") / "mail"),
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text, see above
    )
    assert isinstance(words, NullTranslations)
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return templates
