"""Looking into a breach: an account or key in the wrong hands, what it opened, whom to tell.

Whose contact was shown is known to the person: every reading is written down. Which reports
were read isn't: there it's told how many could be, and which were worked on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain import breach as domain
from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.breach import Breach
from geoapp.domain.catalogue import City
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.store import breach as store
from geoapp.store import privacy as requests
from geoapp.store.database import Database, Role
from geoapp.store.privacy import Request
from geoapp.usecases.vault import Vault

_LISTED = 500
"""Tickets that are kept by name in a record; beyond, their number."""
_READS = frozenset({"read", "act"})
_COLUMNS = ("tiket", "nama", "surel", "telepon", "bahasa", "sebagai")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def in_city(city: City, moment: datetime) -> datetime:
    """A moment as a clock of the city shows it, as a moment."""
    return moment.replace(tzinfo=ZoneInfo(city.timezone))


def look_into_as(database: Database, city: City, actor: Actor, **question: Any) -> Breach:
    """`look_into` for an administrator.

    Raises:
        Forbidden: the actor doesn't administer the city.
    """
    require(actor, Permission.ADMINISTER)
    return look_into(database, city, by=actor.label, **question)


def look_into(
    database: Database,
    city: City,
    *,
    accounts: Sequence[int] = (),
    keys: Sequence[int] = (),
    since: datetime,
    until: datetime,
    discovered_at: datetime,
    everybody: bool = False,
    what: str = "",
    by: str,
) -> Breach:
    """Gather and record what is known; the record holds no address, only numbers of contacts.

    Args:
        accounts, keys: numbers of those in the wrong hands.
        everybody: whom to notify: all whose reports could be read, not only those whose
            contact was shown or whose report was worked on.

    Raises:
        InvalidInput: none is named, one isn't there, or the times don't fit.
    """
    _fits(since, until, discovered_at, database.now())
    with database.transaction(Role.WORKER, city.code) as connection:
        known = store.accounts(
            connection, city.code, accounts=accounts, keys=keys, since=since, until=until
        )
        _all_there(known, accounts, keys)
        ids = [one["id"] for one in known]
        opened = store.opened(
            connection,
            city.code,
            actors=[f"account:{number}" for number in ids],
            since=since,
            until=until,
        )
        tickets = sorted({one["ticket"] for one in opened if one["ticket"]})
        # A key for intake alone reads nothing back.
        readers = [one["id"] for one in known if _reads(one, accounts, keys)]
        reach = store.reach(
            connection, city.code,
            accounts=readers, tickets=tickets, since=since, until=until, everybody=everybody,
        )  # fmt: skip
        shown = sorted({one["contact_id"] for one in opened if one["contact_id"]})
        concerned = sorted(
            {*reach["contacts"], *(one["contact_id"] for one in opened if one["kept"])}
        )
        told = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "discovered_at": discovered_at.isoformat(),
            "deadline": (discovered_at + domain.NOTICE).isoformat(),
            "accounts": known,
            "asked": {"accounts": list(accounts), "keys": list(keys)},
            "shown": [
                {"ticket": one["ticket"], "at": one["at"].isoformat(), "by": one["actor"]}
                for one in opened
                if one["what"] == "contact"
            ][:_LISTED],
            "done": dict(
                Counter(
                    f"{one['what']}:{one['told']}" for one in opened if one["what"] != "contact"
                )
            ),
            "tickets": tickets[:_LISTED],
            "tickets_count": len(tickets),
            "contacts_shown": len(shown),
            "reach": {
                name: reach[name]
                for name in ("complaints", "confidential", "anonymous", "reachable")
            },
            "everybody": everybody,
            "contacts": concerned,
            "to_tell": store.counts(connection, city.code, concerned),
            "categories": _categories(opened, reach, known),
        }
        request_id, at = requests.note(
            connection, city.code, "breach", actor=by, reason=what, data=told
        )
        number = store.number_of(connection, city.code, request_id)
    return Breach(number, at, by, None, what, told)


def one(database: Database, city: City, actor: Actor, number: int) -> Breach:
    """A recorded breach.

    Raises:
        NotFound: there is none with this number.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        found = _recorded(connection, city, number)
    return Breach(number, found.at, found.actor, found.actor_name, found.reason, found.data)


def people(
    database: Database, vault: Vault, city: City, actor: Actor, number: int
) -> list[list[str]]:
    """Whom to notify, as rows of a table with a heading; each contact is noted as read.

    Raises:
        Forbidden: the actor doesn't administer the city.
        NotFound: there is no breach with this number.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        found = _recorded(connection, city, number)
        rows = store.contacts(connection, city.code, found.id, as_system=False)
        return _table(vault, city, rows)


def people_as_system(database: Database, vault: Vault, city: City, number: int) -> list[list[str]]:
    """The same for whoever runs the server."""
    with database.transaction(Role.WORKER, city.code) as connection:
        found = _recorded(connection, city, number)
        rows = store.contacts(connection, city.code, found.id, as_system=True)
        return _table(vault, city, rows)


def _recorded(connection: Connection, city: City, number: int) -> Request:
    found = store.recorded(connection, city.code, number)
    if found is None:
        raise NotFound("There is no such breach.", "Choose from the list.")
    return found


def notice(city: City, breach: Breach, public_url: str) -> str:
    """The text to send, in Indonesian; brackets are to be filled in."""
    site = public_url.rstrip("/") or "[alamat situs]"
    return domain.notice(
        breach, city=city.name.local, zone=ZoneInfo(city.timezone), rights=f"{site}/privacy"
    )


def lines(city: City, breach: Breach) -> list[str]:
    """What was found, for the command line; times are the city's."""
    told = breach.told
    reach = told["reach"]
    zone = ZoneInfo(city.timezone)
    names = {f"account:{one['id']}": one["name"] for one in told["accounts"]}

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"

    found = [
        f"Breach {breach.number}, {clock(breach.since)} to {clock(breach.until)}",
        f"To be told by {clock(breach.deadline)}",
    ]
    found += [
        f"Account {account['id']}, {account['name']}:"
        f" {', '.join(_plain(role) for role in account['roles']) or 'no role'};"
        f" {_count(len(account['sessions']), 'session')}, {_count(len(account['keys']), 'key')}"
        for account in told["accounts"]
    ]
    found.append(f"Contacts shown: {told['contacts_shown']}")
    found += [
        f"  {clock(datetime.fromisoformat(one['at']))}\t{one['ticket']}"
        f"\t{names.get(one['by'], one['by'])}"
        for one in told["shown"]
    ]
    found += [_done(word, what, told["done"]) for what, word in _DONE.items()]
    found.append(
        f"Could be read: {_count(reach['complaints'], 'report')}, {reach['confidential']} of them"
        f" confidential; {_count(reach['reachable'], 'reporter')} can be reached"
    )
    found.append(f"To notify: {to_tell(breach)}")
    return found


def to_tell(breach: Breach) -> str:
    """Whom to notify, in numbers, for the command line: ``3 reports, 2 addresses``."""
    numbers = breach.told["to_tell"]
    addresses = numbers["addresses"]
    return f"{_count(numbers['reports'], 'report')}, {_count(addresses, 'address', 'es')}"


_DONE = {
    "step": "Steps taken in reports",
    "admin": "Changes of the administration",
    "privacy": "Exports, erasures and lists of people",
}


def _done(word: str, what: str, done: dict[str, int]) -> str:
    """One line: how often, and of it what how often."""
    kinds = {
        key.partition(":")[2]: count
        for key, count in sorted(done.items())
        if key.startswith(f"{what}:")
    }
    parts = ", ".join(f"{_plain(kind)} {count}" for kind, count in kinds.items())
    return f"{word}: {sum(kinds.values())}" + (f" ({parts})" if parts else "")


def _plain(code: str) -> str:
    return code.replace("_", " ").replace(".", " ")


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"


def _fits(since: datetime, until: datetime, discovered_at: datetime, now: datetime) -> None:
    faults = []
    if since >= until:
        faults.append(FieldProblem("since", "should lie before the end"))
    # What is still to come isn't known: a record would leave it out for good.
    faults += [
        FieldProblem(name, "lies in the future")
        for name, moment in (("until", until), ("discovered_at", discovered_at))
        if moment > now
    ]
    if faults:
        told = "; ".join(f"{one.field} {one.message}" for one in faults)
        raise InvalidInput(f"The times don't fit: {told}.", "Correct them.", faults)


def _all_there(known: list[dict[str, Any]], accounts: Sequence[int], keys: Sequence[int]) -> None:
    if not accounts and not keys:
        raise InvalidInput(
            "No account and no key is named.",
            "Name whoever was in the wrong hands.",
            [FieldProblem("accounts", "Please choose at least one.")],
        )
    there = {one["id"] for one in known}
    missing = [str(number) for number in accounts if number not in there]
    if missing or not known:
        raise InvalidInput(
            "An account or key isn't there.",
            "geoapp account list and /admin/machines tell the numbers.",
            [FieldProblem("accounts", "Please choose from the list.")],
        )


def _reads(account: dict[str, Any], accounts: Sequence[int], keys: Sequence[int]) -> bool:
    if account["kind"] == "person":
        return True
    asked = [key for key in account["keys"] if account["id"] in accounts or key["id"] in keys]
    return any(_READS & set(key["scopes"]) for key in asked)


def _categories(
    opened: list[dict[str, Any]], reach: dict[str, Any], known: list[dict[str, Any]]
) -> list[str]:
    found = []
    if any(one["what"] == "contact" for one in opened) or any(
        one["what"] == "privacy" and one["told"] in {"export", "breach"} for one in opened
    ):
        found.append("contact")
    if reach["complaints"]:
        found.append("report")
    if reach["confidential"]:
        found.append("confidential")
    if any("city_admin" in one["roles"] for one in known):
        found.append("staff")
    return found


def _table(vault: Vault, city: City, rows: list[dict[str, Any]]) -> list[list[str]]:
    """One row for each address with all its reports; who left none has a row for each report."""

    def opened(value: bytes | None) -> str:
        return "" if value is None else vault.open(city.code, value)

    gathered: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows:
        name, email, phone = (
            opened(row[f"{field}_sealed"]) for field in ("name", "email", "phone")
        )
        key = email.casefold() or phone or f"contact {row['contact_id']}"
        told = {
            "tiket": row["ticket"],
            "nama": name,
            "surel": email,
            "telepon": phone,
            "bahasa": row["language"],
            "sebagai": "pelapor" if row["role"] == "reporter" else "pengikut",
        }
        cells = gathered.setdefault(key, {column: {} for column in _COLUMNS})
        for column, value in told.items():
            if value:
                cells[column][value] = None  # each once, in the order they came
        if email:
            cells["surel"] = {next(iter(cells["surel"])): None}  # letters' case is no other address
    return [
        list(_COLUMNS),
        *([_cell(", ".join(cells[column])) for column in _COLUMNS] for cells in gathered.values()),
    ]


def _cell(value: str) -> str:
    """*value* so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
