"""Everybody who asks about what is private: visitors, staff inside and outside, machines.

Everything private in the city lies in one kelurahan and is one agency's: who reaches it is
written here by hand, from docs/roles.md, and not worked out by the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from tests.canary_marks import Marks
from tests.people import csrf_token, email_of, hire, sign_in

HOME, NEXT_DOOR = "kota-jambi", "kabupaten-contoh"
CODES = {HOME: "15.71", NEXT_DOOR: "15.05"}

HERE, FAR = "15.71.08.1006", "15.71.07.1002"
AGENCY, OTHER_AGENCY = "dlh", "pupr_bina_marga"


@dataclass
class Asker:
    """Somebody with a browser or a key, and what docs/roles.md lets them reach.

    *reads*: complaints of this city that lie in `HERE` and are `AGENCY`'s, whole.
    """

    name: str
    city: str
    role: str
    reads: bool
    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    actor: Actor | None = None
    email: str = ""
    _token: str = ""

    @property
    def is_staff(self) -> bool:
        """Signed in, as a person or by a key."""
        return self.role != "visitor"

    @property
    def is_machine(self) -> bool:
        """By an API key."""
        return self.role.startswith("key")

    def sign_in_again(self, marks: Marks) -> None:
        """A new session: the one before was ended by asking everything."""
        if self.actor is None:
            return
        sign_in(self.client, self.actor)
        with self.client.session_transaction() as session:
            marks.secret("session token", self.name, session["signed_in"])
        self._token = ""

    def unsafe_headers(self) -> dict[str, str]:
        """What a method that changes something must come with."""
        if self.headers:
            return self.headers
        if not self._token:
            page = "account" if self.is_staff else "login"
            self._token = csrf_token(self.client, f"/{self.city}/{page}")
        return {"X-CSRFToken": self._token}


# name: role, agency, kelurahan, whether docs/roles.md lets it read what lies HERE
_STAFF: dict[str, tuple[str, str | None, list[str], bool]] = {
    "operator": ("operator", None, [], True),
    "agency admin": ("agency_admin", AGENCY, [], True),
    "agency admin, other agency": ("agency_admin", OTHER_AGENCY, [], False),
    "agency admin, other area": ("agency_admin", AGENCY, [FAR], False),
    "agency head": ("agency_head", AGENCY, [], True),
    "agency head, other agency": ("agency_head", OTHER_AGENCY, [], False),
    "field officer": ("field_officer", AGENCY, [HERE], True),
    "field officer, other area": ("field_officer", AGENCY, [FAR], False),
    "field officer, other agency": ("field_officer", OTHER_AGENCY, [HERE], False),
    "city admin": ("city_admin", None, [], True),
    "auditor": ("auditor", None, [], True),
}
# machine's role, agency, scope, whether it reads what lies HERE ("read" alone opens `read`)
_MACHINES: dict[str, tuple[StaffRole, str | None, str, bool]] = {
    "key intake": (StaffRole.OPERATOR, None, "intake", False),
    "key read": (StaffRole.OPERATOR, None, "read", True),
    "key act": (StaffRole.OPERATOR, None, "act", False),
    "key read, other agency": (StaffRole.AGENCY_ADMIN, OTHER_AGENCY, "read", False),
}

QUICK = frozenset(
    {"visitor", "operator", "field officer, other area", "key read, other agency",
     "city admin next door"}
)  # fmt: skip
"""Who asks in `make test`; all of them do in `make test-long`."""


def everybody(app: Flask, database: Database, marks: Marks) -> dict[str, Asker]:
    """All askers of both cities; their names, addresses, tokens and keys are marks too."""
    askers = {
        f"visitor{suffix}": Asker(f"visitor{suffix}", city, "visitor", False, app.test_client())
        for city, suffix in ((HOME, ""), (NEXT_DOOR, " next door"))
    }
    for name, (role, agency, areas, reads) in _STAFF.items():
        askers[name] = _person(
            app, database, marks, name, HOME, role, reads, agency=agency, kelurahan=areas
        )
    for role in ("operator", "city_admin"):
        name = f"{role.replace('_', ' ')} next door"
        askers[name] = _person(app, database, marks, name, NEXT_DOOR, role, False)
    boss = askers["city admin"].actor
    assert boss is not None
    city = cities.find(database, CODES[HOME])
    for name, (role, agency, scope, reads) in _MACHINES.items():
        machine = accounts.add_machine(
            database, city, boss, name=marks.word("staff name", name),
            grants=[Grant(role=role, agency_code=agency)],
        )  # fmt: skip
        key = accounts.make_key(database, city, boss, machine, name=name, scopes=[scope]).key
        marks.secret("api key", name, key)
        askers[name] = Asker(
            name, HOME, f"key {scope}", reads, app.test_client(),
            {"Authorization": f"Bearer {key}"},
        )  # fmt: skip
    return askers


def _person(
    app: Flask,
    database: Database,
    marks: Marks,
    name: str,
    city: str,
    role: str,
    reads: bool,
    *,
    agency: str | None = None,
    kelurahan: list[str] | None = None,
) -> Asker:
    actor = hire(
        database,
        role,
        agency=agency,
        kelurahan=kelurahan or (),
        name=marks.word("staff name", name),
        city=CODES[city],
    )
    email = email_of(database, actor)
    marks.secret("staff e-mail", name, email)
    asker = Asker(name, city, role, reads, app.test_client(), actor=actor, email=email)
    asker.sign_in_again(marks)
    cookie = asker.client.get_cookie("session")
    assert cookie is not None
    marks.secret("session token", name, cookie.value)
    return asker
