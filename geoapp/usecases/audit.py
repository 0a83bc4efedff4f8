"""Sealing the history, publishing the seals, and checking that nothing was changed.

What is sealed and how stands in ``docs/audit.md``. A seal is committed first and published
after: a crash in between leaves a seal that the next run publishes. The other way round a
seal could be published that never came to be.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.seal import Chain, Digested, Fault, Findings, Seal
from geoapp.store import seals
from geoapp.store.database import Database, Role
from geoapp.store.seals import Unsealed
from geoapp.usecases import published_seals

log = logging.getLogger(__name__)

FIRST_S = 3600.0
"""A city that has been at work for less may never have been sealed yet: the worker does it
each minute."""

BATCH = 2000
"""Events per seal at most: 0.2 s of a busy machine, as no transaction may take a second."""


def seal_next(database: Database, city: City, *, most: int = BATCH) -> Seal | None:
    """Seal a city's next events in a transaction of its own.

    Returns:
        The seal; None when nothing is due, or while somebody else seals this city.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        if not seals.lock(connection, city.code):
            return None
        return seals.seal_next(connection, city.code, most=most)


def seal_all(
    database: Database,
    city: City,
    folder: Path,
    *,
    stopping: Callable[[], bool] = lambda: False,
    most: int = BATCH,
) -> int:
    """Seal what is due, batch by batch, and publish; how many seals were made."""
    first = published_seals.blank(published_seals.path(folder, city.slug)) and _new(database, city)
    made = 0
    while not stopping() and seal_next(database, city, most=most) is not None:
        made += 1
        if first and made == 1:  # at once: a crash before that leaves a city without a file
            publish(database, city, folder, first=True)
    publish(database, city, folder)
    return made


def _new(database: Database, city: City) -> bool:
    """Whether the city has no seals, and is too young to have lost any."""
    with database.transaction(Role.WORKER, city.code) as connection:
        if seals.before(connection, city.code, None, most=1):
            return False
        return (seals.at_work_s(connection, city.code) or 0) < FIRST_S


def publish(database: Database, city: City, folder: Path, *, first: bool = False) -> int:
    """Append the seals that the city's published file lacks; how many.

    A file that goes further than the database is left alone and told of in the log:
    somebody removed seals, or a backup was restored without a word. `verify` says more.
    So is one that is missing or empty while there are seals: what it held can't be told
    from here.

    Args:
        first: the city was never sealed before, so there was no file.
    """
    file = published_seals.path(folder, city.slug)
    if not first and published_seals.blank(file):
        if listed(database, city, before=None, most=1):
            log.error(
                "%s: %s is missing or empty, and there are seals. %s",
                city.slug, file, published_seals.ANEW,
            )  # fmt: skip
        return 0

    def page(number: int) -> list[Seal]:
        with database.transaction(Role.WORKER, city.code) as connection:
            return seals.after(connection, city.code, number)

    appended = published_seals.append(file, page)
    if appended is None:
        log.error(
            "%s: the published seals go further than the database; geoapp audit verify says more",
            city.slug,
        )
    return appended or 0


def publish_anew(database: Database, city: City, folder: Path) -> tuple[int, Path | None]:
    """Begin the city's published file again, saying so in it, with every seal there is.

    Returns:
        How many seals it has; where the file of before is kept, if there was one.
    """
    file = published_seals.path(folder, city.slug)
    aside = published_seals.begin_anew(file, database.now())
    return publish(database, city, folder), aside


def listed(database: Database, city: City, *, before: int | None, most: int) -> list[Seal]:
    """A city's seals, newest first; public."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return seals.before(connection, city.code, before, most=most)


@dataclass(frozen=True, slots=True)
class State:
    """How the chain stands, for those who watch over it."""

    newest: tuple[Seal, ...]
    unsealed: Unsealed


def state(database: Database, actor: Actor, city: City, *, most: int = 50) -> State:
    """The last seals, and what waits for the next.

    Raises:
        Forbidden: the actor doesn't audit.
    """
    require(actor, Permission.AUDIT)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return State(
            tuple(seals.before(connection, city.code, None, most=most)),
            seals.unsealed(connection, city.code),
        )


@dataclass(slots=True)
class Report:
    """What `verify` found; *notes* are differences that have an innocent explanation."""

    city: City
    seals: int = 0
    events: int = 0
    unsealed: Unsealed = field(default_factory=lambda: Unsealed(0, None))
    erased: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return len(self.findings) == 0


def verify(
    database: Database,
    city: City,
    published: Path | None = None,
    *,
    acknowledged: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Report:
    """Check every sealed event of a city, every seal, and the published file if there is one.

    Reads page by page: the memory it takes doesn't grow with the history. Sealing may go on
    meanwhile.

    Args:
        published: the file that seals were published to, or a copy from elsewhere.
        acknowledged: somebody answers for the restores that *published* tells of: they
            are notes then, not findings.
        progress: told the events checked and the events there are.

    Raises:
        InvalidInput: *published* isn't such a file.
    """
    report = Report(city)
    chain = Chain(report.findings)
    with database.transaction(Role.WORKER, city.code) as connection:
        newest = seals.before(connection, city.code, None, most=1)
        report.unsealed = seals.unsealed(connection, city.code)
        at_work_s = None if newest else seals.at_work_s(connection, city.code)
    compare = published_seals.Comparison(
        published, report.findings, report.notes, acknowledged=acknowledged
    )
    if at_work_s is not None and at_work_s >= FIRST_S:
        _unbegun(report, at_work_s)
    up_to = newest[0].number if newest else 0
    number, last = 0, newest[0].last_ordinal if newest else 0
    rows = _Rows(database, city.code, last)
    while number < up_to:
        with database.transaction(Role.WORKER, city.code) as connection:
            page = seals.after(connection, city.code, number)
        page = [seal for seal in page if seal.number <= up_to]
        if not page:
            break
        for seal in page:
            chain.check(seal, rows.up_to(seal))
            compare.with_database(seal)
            progress(chain.events, max(last, chain.events))
        number = page[-1].number
        report.seals += len(page)
    compare.end(up_to)
    _strays(database, city.code, report.findings)
    report.events, report.erased = chain.events, chain.erased
    return report


def _unbegun(report: Report, at_work_s: float) -> None:
    report.findings.add(
        Fault.SEAL,
        f"Nothing is sealed, and complaints have come in for {at_work_s / 3600:,.0f} h: the seals"
        " were removed, or the worker has never run. Compare with a copy kept elsewhere (geoapp audit"
        " verify --seals COPY); then geoapp audit seal and geoapp audit publish --anew.",
    )


class _Rows:
    """The digests in order, read in pages of their own transactions across seals."""

    def __init__(self, database: Database, city: str, last: int) -> None:
        self._database = database
        self._city = city
        self._last = last
        self._done = 0
        self._page: deque[Digested] = deque()

    def up_to(self, seal: Seal) -> Iterator[Digested]:
        """The next digests, up to *seal*'s last one."""
        while self._page or self._read():
            if self._page[0].ordinal > seal.last_ordinal:
                return
            yield self._page.popleft()

    def _read(self) -> bool:
        if self._done >= self._last:
            return False
        with self._database.transaction(Role.WORKER, self._city) as connection:
            page = seals.digests(connection, self._city, after=self._done, up_to=self._last)
        self._page.extend(page)
        self._done = page[-1].ordinal if len(page) == seals.PAGE else self._last
        return bool(page)


def _strays(database: Database, city: str, findings: Findings) -> None:
    with database.transaction(Role.WORKER, city) as connection:
        for stray in seals.strays(connection, city):
            if stray.what == "digest":
                findings.add(
                    Fault.DIGEST,
                    f"The digest of event {stray.event_id} belongs to no seal.",
                    event_id=stray.event_id,
                )
                continue
            why = (
                "is of a transaction that is yet to come: the feed doesn't show it"
                if stray.ahead
                else "lies among sealed events and was never sealed"
            )
            findings.add(
                Fault.INSERTED,
                f"Event {stray.event_id} of {stray.ticket} {why}.",
                event_id=stray.event_id,
                ticket=stray.ticket,
            )
