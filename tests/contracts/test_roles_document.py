"""docs/roles.md says what the code allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoapp.domain.access import ALLOWED, Actor, Grant, Permission, StaffRole, may
from geoapp.domain.account import check_grant
from geoapp.errors import InvalidInput

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first head is *first*, heads included."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


def test_the_table_of_roles_is_what_is_allowed():
    heads, *rows = table("permission")
    told = {
        StaffRole(role): frozenset(
            Permission(row[0].strip("`")) for row in rows if row[column] == "yes"
        )
        for column, role in enumerate(heads)
        if column
    }
    assert told == ALLOWED
    assert {row[0].strip("`") for row in rows} == {permission.value for permission in Permission}
    assert {cell for row in rows for cell in row[1:]} == {"yes", "–"}


def fits(grant: Grant) -> bool:
    try:
        check_grant(grant)
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("role", list(StaffRole))
def test_the_table_of_grants_is_what_can_be_given(role):
    _, *rows = table("role")
    [(agency, areas)] = [(row[1], row[2]) for row in rows if row[0] == role.value]
    some = frozenset({"15.71.01.1001"})
    given = {
        (bool(of), bool(within))
        for of in (None, "dlh")
        for within in (frozenset(), some)
        if fits(Grant(role=role, agency_code=of, kelurahan=within))
    }
    expected = {
        ("none", "none"): {(False, False)},
        ("needed", "possible"): {(True, False), (True, True)},
        ("one of the two", "one of the two"): {(True, False), (False, True), (True, True)},
    }
    assert given == expected[agency, areas]


def test_the_table_of_scopes_is_what_a_key_opens():
    _, *rows = table("scope")
    told = {row[0].strip("`"): {word.strip(" `") for word in row[1].split(",")} for row in rows}
    every = tuple(Grant(role=role, agency_code="dlh") for role in StaffRole)

    def opened(scope: str) -> set[str]:
        machine = Actor(
            account_id=1, city_code="15.71", name="m", grants=every, scopes=frozenset({scope})
        )
        return {permission.value for permission in Permission if may(machine, permission)}

    assert opened("intake") == told["intake"]
    assert opened("read") == told["read"]
    rest = {permission.value for permission in Permission} - told["intake"] - told["read"]
    assert opened("act") == rest - {"administer"}
