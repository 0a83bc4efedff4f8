"""Who may do what, where: accounts hold grants, a grant joins role, agency and areas.

Asked by every use case with `require`; the database asks the same again with row-level
security (``migrations/sql/0003_people.sql``, ``0004_workflow.sql``). What the workflow
allows in a status is another question: `geoapp.domain.workflow`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from geoapp.errors import Forbidden


class StaffRole(StrEnum):
    """What somebody is to the city; what it allows stands in `ALLOWED`."""

    OPERATOR = "operator"
    AGENCY_ADMIN = "agency_admin"
    AGENCY_HEAD = "agency_head"
    FIELD_OFFICER = "field_officer"
    CITY_ADMIN = "city_admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """Something that may be done; those on a complaint depend on where it lies."""

    READ = "read"
    """See a complaint whole: true position, notes, people, decisions."""
    TRIAGE = "triage"
    """Verify, forward, reject, merge, split, reopen, re-route."""
    HANDLE = "handle"
    """Answer, put on hold, hand over, give to an officer, declare resolved: for the agency."""
    WORK = "work"
    """Take, start, finish, or say why it can't be done: on the spot."""
    NOTE = "note"
    """Write an internal note."""
    ENTER = "enter"
    """Enter a complaint that came by another channel."""
    WORD_ANSWERS = "word_answers"
    """Keep the agency's answer templates."""
    READ_NUMBERS = "read_numbers"
    """See an agency's figures and digest."""
    ADMINISTER = "administer"
    """People, agencies, services, holidays, keys."""
    AUDIT = "audit"
    """Read the administration's log and the state of the seals."""


_READS = frozenset({Permission.READ, Permission.READ_NUMBERS})

ALLOWED: dict[StaffRole, frozenset[Permission]] = {
    StaffRole.OPERATOR: _READS
    | {
        Permission.TRIAGE,
        Permission.HANDLE,
        Permission.NOTE,
        Permission.ENTER,
        Permission.WORD_ANSWERS,
    },
    StaffRole.AGENCY_ADMIN: _READS
    | {Permission.HANDLE, Permission.WORK, Permission.NOTE, Permission.WORD_ANSWERS},
    StaffRole.AGENCY_HEAD: _READS,
    StaffRole.FIELD_OFFICER: frozenset({Permission.READ, Permission.WORK, Permission.NOTE}),
    StaffRole.CITY_ADMIN: _READS | {Permission.ADMINISTER, Permission.AUDIT},
    StaffRole.AUDITOR: _READS | {Permission.AUDIT},
}
"""What each role may do, inside its grant's agency and areas."""


class Placed(Protocol):
    """Whatever lies somewhere and is somebody's: what a grant is compared with."""

    @property
    def agency_code(self) -> str:
        """Whose it is to handle."""

    @property
    def kelurahan_code(self) -> str | None:
        """Where it lies; None without a place."""

    @property
    def kecamatan_code(self) -> str | None:
        """The kelurahan's parent."""

    @property
    def service_area_code(self) -> str | None:
        """The service area whose rule applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, for one agency or all of them, in some areas or everywhere.

    Areas are codes of kelurahan, kecamatan and service areas; being in one of them is
    enough. None at all is the whole city.
    """

    role: StaffRole
    agency_code: str | None = None
    kelurahan: frozenset[str] = frozenset()
    kecamatan: frozenset[str] = frozenset()
    service_areas: frozenset[str] = frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether no area limits it."""
        return not (self.kelurahan or self.kecamatan or self.service_areas)

    def covers(self, where: Placed) -> bool:
        """Whether *where* is of the agency and inside one of the areas."""
        if self.agency_code is not None and where.agency_code != self.agency_code:
            return False
        return (
            self.everywhere
            or where.kelurahan_code in self.kelurahan
            or where.kecamatan_code in self.kecamatan
            or where.service_area_code in self.service_areas
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an account with its grants in one city.

    *scopes* limits what a machine's key may be used for; None for people. Who *owes_factor*
    hasn't the second factor that is required: it has no grants until one is set up.
    """

    account_id: int
    city_code: str
    name: str
    grants: tuple[Grant, ...]
    scopes: frozenset[str] | None = None
    owes_factor: bool = False

    @property
    def label(self) -> str:
        """How the history names this actor; names may change, ids don't."""
        return f"account:{self.account_id}"

    @property
    def roles(self) -> frozenset[StaffRole]:
        """Every role held somewhere."""
        return frozenset(grant.role for grant in self.grants)


_SCOPE_OF_A_KEY = {
    Permission.READ: "read",
    Permission.READ_NUMBERS: "read",
    Permission.AUDIT: "read",
    Permission.ENTER: "intake",
}
"""What a key must be scoped for; everything that changes a complaint is ``act``."""


def may(actor: Actor, permission: Permission, where: Placed | None = None) -> bool:
    """Whether *actor* may do this: somewhere, or (*where*) with this very complaint."""
    if actor.scopes is not None:
        if permission is Permission.ADMINISTER:
            return False  # machines run nobody's city
        if _SCOPE_OF_A_KEY.get(permission, "act") not in actor.scopes:
            return False
    return any(
        permission in ALLOWED[grant.role] and (where is None or grant.covers(where))
        for grant in actor.grants
    )


def reach(actor: Actor, permission: Permission) -> tuple[Grant, ...]:
    """The grants that carry *permission*; none at all when one of them is the whole city.

    What can be put into a question so that indexes narrow it; who may see what is decided
    by row-level security all the same.
    """
    carrying = tuple(grant for grant in actor.grants if permission in ALLOWED[grant.role])
    if any(grant.agency_code is None and grant.everywhere for grant in carrying):
        return ()
    return carrying


def require(actor: Actor, permission: Permission, where: Placed | None = None) -> None:
    """Let *actor* pass.

    Raises:
        Forbidden: it may not; says what is missing.
    """
    if may(actor, permission, where):
        return
    if where is not None and may(actor, permission):
        raise Forbidden(
            "This lies outside the agency or the areas of your account.",
            "Ask the city's administrator for a wider grant, or an operator to act.",
        )
    raise Forbidden(
        f"Your account doesn't include the permission {permission.value!r}.",
        "Ask the city's administrator.",
    )
