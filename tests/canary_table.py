"""Where each mark may appear. Everything that no row names may appear nowhere.

From docs/roles.md (``read``: a complaint whole; who reaches it, by grants), docs/workflow.md
(which words are public) and what citizens are promised: a contact is shown to people alone,
after they said what for, if they handle the report; of an anonymous one to operators;
nobody but a mail's addressee reads its address in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.canary_marks import Mark, Place
from tests.canary_people import HOME, Asker

Planted = Mark | Place

WORK = ("/api/v1/work/", "/tiles/work/", "/case/", "/agency", "/command", "/field")
"""Surfaces on which whoever may read a complaint finds it whole."""
STAFF = (*WORK, "/account", "/admin", "/audit", "/entry")
ASKED_FOR = "/api/v1/work/complaints/<ticket>/contact"

WHOLE = frozenset(
    {"confidential words", "landmark", "rejected words", "note", "internal reason", "reply",
     "rating", "private answer", "source", "exact position", "private photo",
     "step photo"}
)  # fmt: skip
CONTACT = frozenset({"contact", "contact, e-mail", "contact, number"})
HIDDEN_CONTACT = frozenset({f"hidden {kind}" for kind in CONTACT})
HANDLE = frozenset({"operator", "agency_admin", "field_officer"})


@dataclass(frozen=True)
class Surface:
    """Where something was seen: the route's method and rule."""

    method: str
    rule: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def _whole(mark: Planted, asker: Asker, at: Surface) -> bool:
    return _reads(mark, asker) and at.rule.startswith(WORK)


def _contact(mark: Planted, asker: Asker, at: Surface) -> bool:
    handles = _reads(mark, asker) and asker.role in HANDLE and not asker.is_machine
    return handles and str(at) == f"POST {ASKED_FOR}"


def _hidden_contact(mark: Planted, asker: Asker, at: Surface) -> bool:
    return asker.role == "operator" and _contact(mark, asker, at)


def _staff_name(mark: Planted, asker: Asker, at: Surface) -> bool:
    return _same_city(mark, asker) and asker.is_staff and at.rule.startswith(STAFF)


def _staff_email(mark: Planted, asker: Asker, at: Surface) -> bool:
    own = mark.report == asker.name and at.rule.startswith(("/account", "/login"))
    people = asker.role == "city_admin" and at.rule.startswith(
        ("/admin/people", "/admin/privacy/breaches")  # whose account it may have been
    )
    return _same_city(mark, asker) and (own or people)


def _purpose(_mark: Planted, asker: Asker, at: Surface) -> bool:
    return asker.role in {"city_admin", "auditor"} and at.rule.startswith(("/admin", "/audit"))


TABLE: dict[str, Callable[[Planted, Asker, Surface], bool]] = {
    "public words": lambda _mark, _asker, _at: True,
    **dict.fromkeys(WHOLE, _whole),
    **dict.fromkeys(CONTACT, _contact),
    **dict.fromkeys(HIDDEN_CONTACT, _hidden_contact),
    "staff name": _staff_name,
    "staff e-mail": _staff_email,
    "purpose": _purpose,
    "session token": lambda mark, asker, _at: mark.report == asker.name,  # in its own cookie
    # nowhere, for nobody: follower, EXIF, EXIF position, file name, erased, api key, follow key,
    # browser's mark, mail token, contact's hash
}


def may_appear(mark: Planted, asker: Asker, at: Surface) -> bool:
    """Whether *asker* may be told *mark* there."""
    row = TABLE.get(mark.kind)
    return row is not None and row(mark, asker, at)


def _reads(mark: Planted, asker: Asker) -> bool:
    """What lies next door is read by its own staff alone."""
    if mark.report == "next door":
        return asker.city != HOME and asker.is_staff
    return asker.reads


def _same_city(mark: Planted, asker: Asker) -> bool:
    """Staff's marks are named after who they are."""
    return mark.report.endswith("next door") == asker.name.endswith("next door")
