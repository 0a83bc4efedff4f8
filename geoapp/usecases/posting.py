"""The sender: from the outbox to the mail server.

It writes down that a mail is in its hand before it sends, and what became of it after. A sender
that died in between leaves a mail that waits again and is counted as uncertain: so every mail
leaves at least once, and more than once only where nobody can know that it did. Its Message-ID
is the same then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from jinja2 import TemplateError

from geoapp.channels import mail, smtp
from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.complaint import OPEN, Status
from geoapp.domain.notice import GIVE_UP_S, Claim, DeliveryState, Outcome, pause_s, withheld
from geoapp.errors import ContactUnreadable, SettingsError
from geoapp.settings import Settings
from geoapp.store import deliveries
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, mail_links
from geoapp.usecases.notices import PROBLEMS, offered
from geoapp.usecases.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things may take. *stale_s* must be longer than a mail can be in a sender's hand."""

    stale_s: float = 120.0
    longest_s: float = GIVE_UP_S
    rest_s: float = 30.0
    """So long nothing is tried after the server let nobody in."""
    mails_per_connection: int = 100
    patience: smtp.Patience = field(default_factory=smtp.Patience)


@dataclass(slots=True)
class Told:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    later: int = 0
    uncertain: int = 0
    trouble: str | None = None

    @property
    def worth_telling(self) -> bool:
        """Whether anything happened."""
        return self != Told()

    def __str__(self) -> str:
        parts = [f"{self.sent} sent"]
        rarer = ("failed", "dropped", "later", "uncertain")
        parts += [f"{getattr(self, name)} {name}" for name in rarer if getattr(self, name)]
        return ", ".join(parts) + (f"; {self.trouble}" if self.trouble else "")


@dataclass
class Post:
    """The sender: hands over what is due, one mail after the other, over one connection.

    Kept from round to round, so that it remembers when the server let nobody in.

    Raises:
        SettingsError: a setting about mail can't be used.
    """

    database: Database
    settings: Settings
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.vault = Vault(self.settings)
        self.server = smtp.parse(self.settings.smtp_url)
        self.sender = mail.sender(self.settings.mail_from)
        self.name = urlsplit(self.settings.public_url).hostname or "localhost"
        self._rests_until = 0.0
        self._cities: dict[str, City] = {}
        self._catalogues: dict[str, Catalogue] = {}

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> Told:
        """Send all that is due, until nothing is, the server is in trouble, or *stopping*."""
        told = Told()
        with self.database.transaction(Role.WORKER) as connection:
            recovered = deliveries.recover(connection, stale_s=self.pace.stale_s)
            told.failed += deliveries.give_up(connection, longest_s=self.pace.longest_s)
        told.uncertain += recovered
        if time.monotonic() < self._rests_until:
            return told
        self._cities = {city.code: city for city in cities.every(self.database)}
        self._catalogues = {}
        while not stopping() and told.trouble is None and self._is_due():
            try:
                self._one_connection(told, stopping)
            except smtp.ServerTrouble as problem:
                told.trouble = str(problem)
                with self.database.transaction(Role.WORKER) as connection:
                    deliveries.note_trouble(connection, str(problem))
                self._rests_until = time.monotonic() + self.pace.rest_s
        return told

    def _is_due(self) -> bool:
        with self.database.transaction(Role.WORKER) as connection:
            return deliveries.is_due(connection)

    def _one_connection(self, told: Told, stopping: Callable[[], bool]) -> None:
        """A connection's worth of mails; each is written down before it leaves, and after."""
        with ExitStack() as stack:
            # Open before anything is taken in hand: nothing waits for a server that is away.
            outlet = stack.enter_context(
                smtp.connect(self.server, name=self.name, patience=self.pace.patience)
            )
            claimed = self._next(None, None)
            for nth in range(1, self.pace.mails_per_connection + 1):
                if claimed is None:
                    return
                trouble: smtp.MailProblem | None = None
                try:
                    outcome = self._send(outlet, claimed)
                except (smtp.ServerTrouble, smtp.MayHaveArrived) as problem:
                    outcome, trouble = _after(problem, claimed), problem
                _count(told, outcome)
                # as many as many servers take over one connection; then over a new one
                last = stopping() or trouble is not None or nth == self.pace.mails_per_connection
                claimed = self._next(claimed, outcome, claim=not last)
                if isinstance(trouble, smtp.ServerTrouble):
                    raise trouble
                if last:
                    return

    def _next(
        self, done: Claim | None, outcome: Outcome | None, *, claim: bool = True
    ) -> Claim | None:
        """Write what became of one and take the next in hand, in one transaction."""
        with self.database.transaction(Role.WORKER) as connection:
            if (
                done is not None
                and outcome is not None
                and not deliveries.finish(connection, done, outcome)
            ):
                log.warning("mail %d of %s was taken for lost meanwhile", done.id, done.city_code)
            return deliveries.claim(connection) if claim else None

    def _send(self, outlet: smtp.Outlet, claimed: Claim) -> Outcome:
        """Hand one mail over, or say why not.

        Raises:
            ServerTrouble, MayHaveArrived: the connection is of no use any more.
        """
        kept_back = withheld(claimed)
        if kept_back is not None:
            return kept_back
        written = self._written(claimed)
        if isinstance(written, Outcome):
            return written
        message, recipient = written
        try:
            outlet.send(message, sender=self.sender.address, recipient=recipient)
        except (smtp.TryLater, smtp.RefusedForGood) as problem:
            return _after(problem, claimed)
        return Outcome(state=DeliveryState.SENT)

    def _written(self, claimed: Claim) -> tuple[EmailMessage, str] | Outcome:
        """The mail and the address it goes to, or what becomes of one that can't be written.

        It must not hold up the others, whatever is wrong with it.
        """
        city = self._cities.get(claimed.city_code)
        if city is None or not offered(self.settings, city) or claimed.email_sealed is None:
            return Outcome(state=DeliveryState.DROPPED, problem="gone")
        try:
            to = self.vault.open(claimed.city_code, claimed.email_sealed)
            return self._message(city, claimed, to), mail.envelope(to)
        except ValueError:
            return Outcome(state=DeliveryState.FAILED, problem="address")
        except ContactUnreadable:
            word = "unreadable"
        except (LookupError, TypeError, AttributeError, TemplateError) as fault:
            # the fault's own words may repeat what it stumbled over
            log.error("mail %d can't be written: %s", claimed.id, type(fault).__name__)  # noqa: TRY400
            word = "words"
        again_s = pause_s(claimed.attempts)
        return Outcome(state=DeliveryState.WAITING, problem=word, again_s=again_s)

    def _message(self, city: City, claimed: Claim, to: str) -> EmailMessage:
        secret, domain = self.settings.secret(), self.sender.domain
        return mail.compose(
            self._notice(city, claimed),
            to=to,
            sender=self.sender,
            now=claimed.now,
            message_id=mail.identity(secret, domain, city.code, "delivery", claimed.id),
            thread_id=mail.identity(secret, domain, city.code, claimed.contact_id, claimed.ticket),
        )

    def _notice(self, city: City, claimed: Claim) -> mail.Notice:
        """What the mail tells, in its reader's language."""
        catalogue = self._catalogue(city)
        local = claimed.language == city.locale
        service = catalogue.services.get(claimed.service_code)
        agency = catalogue.agencies.get(claimed.agency_code)
        ombudsman = city.ombudsman
        return mail.Notice(
            kind=claimed.kind,
            language=claimed.language,
            city=city.name.local if local else city.name.english,
            timezone=city.timezone,
            ticket=claimed.ticket,
            is_reporter=claimed.is_reporter,
            confidential=claimed.confidential,
            open=Status(claimed.status) in OPEN,
            follow_url=mail_links.ticket_url(
                self.settings,
                city,
                claimed.ticket,
                key=claimed.is_reporter,
                language=claimed.language,
            ),
            unsubscribe_url=mail_links.unsubscribe_url(
                self.settings, city, claimed.contact_id, language=claimed.language
            ),
            service=(service.name.local if local else service.name.english) if service else "",
            kelurahan=claimed.kelurahan_name or "",
            agency=agency.display if agency else claimed.agency_code,
            due_at=claimed.due_at if Status(claimed.status) is not Status.ON_HOLD else None,
            words=claimed.words or "",
            authority=claimed.authority or "",
            own_ticket=claimed.own_ticket or "",
            lead_ticket=claimed.lead_ticket or "",
            ombudsman={
                "name": ombudsman.name.local if local else ombudsman.name.english,
                "website": ombudsman.website,
                "phone": ombudsman.phone,
            }
            if ombudsman
            else {},
        )

    def _catalogue(self, city: City) -> Catalogue:
        if city.code not in self._catalogues:
            self._catalogues[city.code] = cities.catalogue(self.database, city)
        return self._catalogues[city.code]


def _after(problem: smtp.MailProblem, claimed: Claim) -> Outcome:
    """What becomes of a mail after *problem*."""
    if isinstance(problem, smtp.RefusedForGood):
        return Outcome(state=DeliveryState.FAILED, problem=str(problem))
    if isinstance(problem, smtp.ServerTrouble) and problem.word == "server":
        # It said so, and not of this mail. When it falls silent, the mail may be the reason.
        return Outcome(state=DeliveryState.WAITING, problem=str(problem), untried=True)
    return Outcome(
        state=DeliveryState.WAITING,
        problem=str(problem),
        again_s=pause_s(claimed.attempts),
        uncertain=isinstance(problem, smtp.MayHaveArrived),
    )


def _count(told: Told, outcome: Outcome) -> None:
    names = {
        DeliveryState.SENT: "sent",
        DeliveryState.FAILED: "failed",
        DeliveryState.DROPPED: "dropped",
    }
    name = names.get(outcome.state, "later")
    setattr(told, name, getattr(told, name) + 1)
    told.uncertain += outcome.uncertain


def retry(database: Database, *, hours: int) -> int:
    """Let wait again what was given up within so many hours; how many."""
    with database.transaction(Role.WORKER) as connection:
        return deliveries.retry(connection, hours=hours)


def try_out(settings: Settings, address: str, now: datetime) -> str | None:
    """Hand one mail over for *address*; what is wrong, None when the server took it.

    Raises:
        SettingsError: a setting about mail can't be used, or none is set.
    """
    if not settings.smtp_url:
        raise SettingsError("GEOAPP_SMTP_URL isn't set.", "docs/mail.md says what it looks like.")
    server, sender = smtp.parse(settings.smtp_url), mail.sender(settings.mail_from)
    name = urlsplit(settings.public_url).hostname or "localhost"
    try:
        recipient = mail.envelope(address)
        message = mail.trial(
            to=address, sender=sender, now=now,
            message_id=mail.identity(settings.secret(), sender.domain, "trial", now.isoformat()),
        )  # fmt: skip
        with smtp.connect(server, name=name, patience=smtp.Patience()) as outlet:
            outlet.send(message, sender=sender.address, recipient=recipient)
    except ValueError:
        return f"{address!r} isn't an e-mail address; write it like name@example.com."
    except smtp.MailProblem as problem:
        # never the setting itself: the password is in it
        host = f"[{server.host}]" if ":" in server.host else server.host
        return f"{PROBLEMS[problem.word]} ({host}:{server.port}: {problem})"
    return None
