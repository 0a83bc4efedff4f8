"""People and machines of a city: invitations, grants, sessions, keys, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.domain.account import Lifetime
from geoapp.embedded import Cluster
from geoapp.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn
from geoapp.store.database import Database, Role
from geoapp.usecases import accounts, cities, door, passwords
from geoapp.usecases.accounts import COMMAND_LINE
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire

LIFE = Lifetime(3600, 86_400)


@pytest.fixture(scope="module")
def kept(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def city(kept: Database):
    return cities.every(kept)[0]


@pytest.fixture
def admin(kept: Database) -> Actor:
    return hire(kept, "city_admin")


def log(database: Database) -> list[tuple[str, str, str]]:
    with as_owner(database) as connection:
        found = connection.execute(
            text("SELECT actor, kind, subject FROM geoapp.admin_event ORDER BY id")
        )
        return [tuple(row) for row in found]


def test_an_invited_person_sets_a_password_once(kept, city, admin):
    operator = Grant(role=StaffRole.OPERATOR)
    link = accounts.invite(
        kept, city, admin, name=" Rina  Dewi ", email=" Rina@Example.org", grants=[operator]
    )
    assert door.invited(kept, city, link.token).name == "Rina Dewi"
    door.accept(kept, city, link.token, passwords.hashed("sebuah kata sandi"))
    known = door.credentials(kept, city, email="rina@example.org")
    assert known is not None
    assert known.password_hash.startswith("$argon2id$")
    with pytest.raises(NotFound):
        door.accept(kept, city, link.token, passwords.hashed("another one of mine"))
    assert (admin.label, "account.invited", f"account:{link.account_id}") in log(kept)
    assert (admin.label, "grant.added", f"account:{link.account_id}") in log(kept)
    with pytest.raises(Conflict):
        accounts.invite(kept, city, admin, name="Rina", email="RINA@example.org", grants=[])


def test_a_new_link_voids_the_open_one_and_an_old_one_runs_out(kept, city, admin):
    someone = hire(kept, "auditor")
    first = accounts.reset(kept, city, admin, someone.account_id)
    second = accounts.reset(kept, city, admin, someone.account_id)
    with pytest.raises(NotFound):
        door.invited(kept, city, first.token)
    with as_owner(kept) as connection:
        connection.execute(
            text("UPDATE geoapp.invitation SET expires_at = now() WHERE account_id = :id"),
            {"id": someone.account_id},
        )
    with pytest.raises(NotFound):
        door.accept(kept, city, second.token, "kept")


@pytest.mark.parametrize(
    "role", ["operator", "agency_admin", "agency_head", "field_officer", "auditor"]
)
def test_only_the_citys_administrator_changes_people(kept, city, role):
    agency = None if role in {"operator", "auditor"} else "dlh"
    other = hire(kept, role, agency=agency)
    for attempt in (
        lambda: accounts.invite(kept, city, other, name="A", email="a@example.org", grants=[]),
        lambda: accounts.reset(kept, city, other, other.account_id),
        lambda: accounts.deactivate(kept, city, other, other.account_id + 1),
        lambda: accounts.end_sessions(kept, city, other, other.account_id),
        lambda: accounts.reset_totp(kept, city, other, other.account_id),
        lambda: accounts.grant(kept, city, other, other.account_id, Grant(role=StaffRole.AUDITOR)),
        lambda: accounts.revoke(kept, city, other, other.account_id, 1),
        lambda: accounts.everybody(kept, city, other, LIFE),
        lambda: accounts.add_machine(kept, city, other, name="m", grants=[]),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_grant_and_its_end_work_with_the_next_request(kept, city, admin):
    someone = hire(kept, "auditor")
    token = door.begin(kept, city, someone.account_id, "browser")
    added = accounts.grant(kept, city, admin, someone.account_id, Grant(role=StaffRole.OPERATOR))
    found = door.by_session(kept, city, token, LIFE)
    assert found is not None
    assert found[0].roles == {StaffRole.AUDITOR, StaffRole.OPERATOR}
    accounts.revoke(kept, city, admin, someone.account_id, added)
    found = door.by_session(kept, city, token, LIFE)
    assert found is not None
    assert found[0].roles == {StaffRole.AUDITOR}
    with pytest.raises(NotFound):
        accounts.revoke(kept, city, admin, someone.account_id, added)


def test_a_grant_of_another_account_cannot_be_revoked_through_this_one(kept, city, admin):
    one, two = hire(kept, "operator"), hire(kept, "auditor")
    held = accounts.one(kept, city, admin, LIFE, one.account_id).grants[0].id
    with pytest.raises(NotFound):
        accounts.revoke(kept, city, admin, two.account_id, held)
    assert accounts.one(kept, city, admin, LIFE, one.account_id).grants


def test_switching_off_ends_sessions_and_keys_at_once(kept, city, admin):
    someone = hire(kept, "operator")
    token = door.begin(kept, city, someone.account_id, "browser")
    machine = accounts.add_machine(
        kept, city, admin, name="112", grants=[Grant(role=StaffRole.OPERATOR)]
    )
    key = accounts.make_key(kept, city, admin, machine, name="112", scopes=["intake"])
    assert door.by_key(kept, city, key.key).scopes == {"intake"}
    accounts.deactivate(kept, city, admin, someone.account_id)
    accounts.deactivate(kept, city, admin, machine)
    assert door.by_session(kept, city, token, LIFE) is None
    with pytest.raises(NotSignedIn):
        door.by_key(kept, city, key.key)
    with pytest.raises(NotSignedIn):
        door.begin(kept, city, someone.account_id, "browser")
    accounts.activate(kept, city, admin, someone.account_id)
    assert door.by_session(kept, city, token, LIFE) is None


def test_nobody_locks_the_city_by_switching_oneself_off(kept, city, admin):
    with pytest.raises(Conflict):
        accounts.deactivate(kept, city, admin, admin.account_id)
    own = accounts.one(kept, city, admin, LIFE, admin.account_id).grants[0].id
    with pytest.raises(Conflict):
        accounts.revoke(kept, city, admin, admin.account_id, own)
    assert accounts.one(kept, city, admin, LIFE, admin.account_id).grants


def test_a_second_factor_in_force_is_not_replaced_by_the_way(kept, city, admin):
    someone = hire(kept, "operator")
    door.set_totp(kept, city, someone.account_id, secret="mine", counter=1, recovery_codes=[])
    with pytest.raises(Conflict):
        door.set_totp(kept, city, someone.account_id, secret="yours", counter=2, recovery_codes=[])
    token = door.begin(kept, city, someone.account_id, "browser")
    accounts.reset_totp(kept, city, admin, someone.account_id)
    known = door.credentials(kept, city, account_id=someone.account_id)
    assert known is not None
    assert known.totp_secret is None
    assert door.by_session(kept, city, token, LIFE) is None


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        (Grant(role=StaffRole.AGENCY_ADMIN), "agency"),
        (Grant(role=StaffRole.OPERATOR, agency_code="dlh"), "role"),
        (Grant(role=StaffRole.AUDITOR, kelurahan=frozenset({"15.71.01.1001"})), "role"),
        (Grant(role=StaffRole.FIELD_OFFICER), "agency"),
        (Grant(role=StaffRole.AGENCY_ADMIN, agency_code="no-such"), "agency"),
    ],
)
def test_a_grant_that_does_not_fit_is_refused_with_its_field(kept, city, admin, grant, field):
    someone = hire(kept, "auditor")
    with pytest.raises(InvalidInput) as refused:
        accounts.grant(kept, city, admin, someone.account_id, grant)
    assert [problem.field for problem in refused.value.fields] == [field]


def test_keys_keep_their_scopes_run_out_and_are_revoked(kept, city, admin):
    machine = accounts.add_machine(
        kept, city, admin, name="Sensor", grants=[Grant(role=StaffRole.OPERATOR)]
    )
    key = accounts.make_key(kept, city, admin, machine, name="k", scopes=["read", "act"])
    assert key.key.startswith("gak_")
    assert door.by_key(kept, city, key.key).scopes == {"read", "act"}
    [shown] = accounts.one(kept, city, admin, LIFE, machine).keys
    assert shown.hint == key.key[:12]
    assert shown.last_used_at is not None
    with as_owner(kept) as connection:
        everything = connection.execute(text("SELECT api_key::text FROM geoapp.api_key")).scalars()
        assert not any(key.key in row for row in everything)
    accounts.revoke_key(kept, city, admin, key.id)
    with pytest.raises(NotSignedIn):
        door.by_key(kept, city, key.key)
    brief = accounts.make_key(kept, city, admin, machine, name="k", scopes=["read"], days=1)
    with as_owner(kept) as connection:
        connection.execute(
            text("UPDATE geoapp.api_key SET expires_at = now() WHERE id = :id"), {"id": brief.id}
        )
    with pytest.raises(NotSignedIn):
        door.by_key(kept, city, brief.key)
    with pytest.raises(InvalidInput):
        accounts.make_key(kept, city, admin, machine, name="k", scopes=["everything"])
    with pytest.raises(NotFound):
        accounts.make_key(kept, city, admin, admin.account_id, name="k", scopes=["read"])


def test_the_command_line_invites_the_first_administrator(kept, city):
    link = accounts.invite(
        kept,
        city,
        COMMAND_LINE,
        name="First",
        email="first@example.org",
        grants=[Grant(role=StaffRole.CITY_ADMIN)],
    )
    assert ("system", "account.invited", f"account:{link.account_id}") in log(kept)
    found = accounts.by_email(kept, city, COMMAND_LINE, LIFE, "first@example.org")
    assert [held.grant.role for held in found.grants] == [StaffRole.CITY_ADMIN]
    assert found.invited_until == link.expires_at


def test_the_log_names_nobody(kept, city, admin):
    accounts.invite(kept, city, admin, name="Zaenab", email="zaenab@example.org", grants=[])
    with as_owner(kept) as connection:
        told = connection.execute(text("SELECT admin_event::text FROM geoapp.admin_event"))
        assert not any("zaenab" in row.lower() for row in told.scalars())


def test_no_role_but_the_worker_acts_for_another_city(kept, city, admin):
    with as_owner(kept) as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.city SELECT * FROM jsonb_populate_record(NULL::geoapp.city,"
                " (SELECT to_jsonb(city) FROM geoapp.city WHERE code = '15.71')"
                ' || \'{"code": "99.01", "slug": "other", "ticket_prefix": "OTH", "unprefixed": false}\')'
                " ON CONFLICT DO NOTHING"
            )
        )
    other = next(one for one in cities.every(kept) if one.code == "99.01")
    with pytest.raises(Forbidden):
        accounts.everybody(kept, other, admin, LIFE)
    someone = hire(kept, "operator")
    token = door.begin(kept, city, someone.account_id, "browser")
    link = accounts.reset(kept, city, admin, someone.account_id)
    assert door.by_session(kept, other, token, LIFE) is None
    assert door.credentials(kept, other, account_id=someone.account_id) is None
    with pytest.raises(NotFound):
        door.accept(kept, other, link.token, "kept")
    with pytest.raises(NotFound):
        door.end(kept, other, someone.account_id, 1)
    foreign = hire(kept, "city_admin", city="99.01")
    machine = accounts.add_machine(kept, city, admin, name="Gateway", grants=[])
    key = accounts.make_key(kept, city, admin, machine, name="k", scopes=["read"])
    for attempt in (
        lambda: accounts.reset(kept, other, foreign, someone.account_id),
        lambda: accounts.end_sessions(kept, other, foreign, someone.account_id),
        lambda: accounts.revoke_key(kept, other, foreign, key.id),
        lambda: accounts.make_key(kept, other, foreign, machine, name="k", scopes=["read"]),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotSignedIn):
        door.by_key(kept, other, key.key)
    assert door.by_key(kept, city, key.key).account_id == machine
    assert door.by_session(kept, city, token, LIFE) is not None
    with kept.transaction(Role.ADMIN, "15.71", account=foreign.account_id) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.account")).scalar_one() == 0
