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

from geoapp.domain import breach as domain
from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.breach import Breach
from geoapp.domain.catalogue import City
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.store import breach as store
from geoapp.store import privacy as requests
from geoapp.store.database import Database, Role
from geoapp.usecases.vault import Vault

_LISTED = 500
"""Tickets that are kept by name in a record; beyond, their number."""
_READS = frozenset({"read", "act"})
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
            "contacts": sorted(
                {*reach["contacts"], *(one["contact_id"] for one in opened if one["kept"])}
            ),
            "categories": _categories(opened, reach, known),
        }
        number, at = requests.note(
            connection, city.code, "breach", actor=by, reason=what, data=told
        )
    return Breach(number, at, by, None, what, told)


def one(database: Database, city: City, actor: Actor, number: int) -> Breach:
    """A recorded breach.

    Raises:
        NotFound: there is none with this number.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        found = requests.request(connection, city.code, number)
    if found is None or found.kind != "breach":
        raise NotFound("There is no such breach.", "Choose from the list.")
    return Breach(found.id, found.at, found.actor, found.actor_name, found.reason, found.data)


def people(
    database: Database, vault: Vault, city: City, actor: Actor, number: int
) -> list[list[str]]:
    """Whom to notify, as rows of a table with a heading; each contact is noted as read.

    Raises:
        Forbidden: the actor doesn't administer the city.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        rows = store.contacts(connection, city.code, number, as_system=False)
        return _table(vault, city, rows)


def people_as_system(database: Database, vault: Vault, city: City, number: int) -> list[list[str]]:
    """The same for whoever runs the server."""
    with database.transaction(Role.WORKER, city.code) as connection:
        rows = store.contacts(connection, city.code, number, as_system=True)
        return _table(vault, city, rows)


def notice(city: City, breach: Breach, public_url: str) -> str:
    """The text to send, in Indonesian; brackets are to be filled in."""
    site = public_url.rstrip("/") or "[alamat situs]"
    return domain.notice(
        breach, city=city.name.local, zone=ZoneInfo(city.timezone), rights=f"{site}/privacy"
    )


def lines(breach: Breach) -> list[str]:
    """What was found, for the command line."""
    told = breach.told
    reach = told["reach"]
    found = [
        f"Breach {breach.number}, to be told by {breach.deadline.isoformat(timespec='minutes')}"
    ]
    found += [
        f"account {account['id']} {account['name']}: {', '.join(account['roles']) or 'no role'};"
        f" {len(account['sessions'])} sessions, {len(account['keys'])} keys"
        for account in told["accounts"]
    ]
    found.append(f"contacts shown: {told['contacts_shown']}")
    found += [f"  {one['at']}\t{one['ticket']}\t{one['by']}" for one in told["shown"]]
    found += [f"{what}: {count}" for what, count in sorted(told["done"].items())]
    found.append(
        f"could be read: {reach['complaints']} complaints, {reach['confidential']} of them"
        f" confidential; {reach['reachable']} reporters can be reached"
    )
    found.append(f"to notify: {len(told['contacts'])}")
    return found


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
    def opened(value: bytes | None) -> str:
        return "" if value is None else vault.open(city.code, value)

    table = [["tiket", "nama", "surel", "telepon", "bahasa", "sebagai"]]
    for row in rows:
        who = "pelapor" if row["role"] == "reporter" else "pengikut"
        name, email, phone = (
            opened(row[f"{field}_sealed"]) for field in ("name", "email", "phone")
        )
        table.append([row["ticket"], _cell(name), _cell(email), _cell(phone), row["language"], who])
    return table


def _cell(value: str) -> str:
    """*value* so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
