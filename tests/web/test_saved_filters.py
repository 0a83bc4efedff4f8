"""/api/v1/work/filters: kept by name, shared, changed by whoever may, and always filters."""

from __future__ import annotations

import threading
from http import HTTPStatus
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import text

from geoapp.domain.saved_filter import MOST
from geoapp.errors import Conflict
from geoapp.store.database import Role
from geoapp.usecases import saved_filters
from tests.asking import as_owner
from tests.people import csrf_token, hire, sign_in
from tests.support import default_city
from tests.web.doors import bearing, machine

PATH = "/api/v1/work/filters"


class Person:
    """Somebody with a browser who keeps filters."""

    def __init__(self, app, database, role="operator", **grant):
        self.actor = hire(database, role, **grant)
        self.client = app.test_client()
        sign_in(self.client, self.actor)
        self.token = csrf_token(self.client, "/account")

    def send(self, path, **fields):
        return self.client.post(f"{PATH}{path}", json=fields, headers={"X-CSRFToken": self.token})

    def keep(self, name, query="status=open", **fields):
        answer = self.send("", name=name, query=query, **fields)
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return answer.get_json()

    def list(self):
        answer = self.client.get(PATH)
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.get_json()["filters"]


@pytest.fixture
def hired(module_app, emptied):
    with as_owner(emptied) as connection:
        connection.execute(text("TRUNCATE geoapp.saved_filter"))
    return lambda role="operator", **grant: Person(module_app, emptied, role, **grant)


def test_a_filter_is_kept_in_one_form_and_told_to_its_owner_alone(hired):
    one, other = hired(), hired()
    kept = one.keep("Jalan", "status=open&group=road,waste&since=P90D&q=&near=103.6,-1.6")
    assert dict(parse_qsl(kept["query"])) == {
        "group": "road,waste", "status": "open", "since": "P90D", "near": "103.6,-1.6",
    }  # fmt: skip
    assert kept["query"].startswith("group=road,waste&")
    assert kept | {"name": "Jalan", "shared": False, "mine": True, "may_change": True} == kept
    assert kept["owner"] == one.actor.name
    assert one.list() == [kept]
    assert other.list() == []
    assert one.keep("Semua", "")["query"] == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("map=13/103/-1", "query.map"),
        ("status=nothing", "query.status"),
        ("since=2026-13-01", "query.since"),
        ("group=road&group=waste", "query.group"),
        ("polygon=1,2,3", "query.polygon"),
        ("overdue=maybe", "query.overdue"),
        ("group", "query"),
        ("group=%00", "query.group"),
        ("&".join(f"a{n}=1" for n in range(60)), "query"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_field(hired, query, field):
    answer = hired().send("", name="x", query=query)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert field in {one["field"] for one in answer.get_json()["error"]["fields"]}


def test_a_shared_filter_is_read_by_all_who_read_figures_and_changed_by_few(hired):
    owner, colleague = hired(), hired("agency_head", agency="dlh")
    boss = hired("city_admin")
    kept = owner.keep("Banjir", "group=flood", shared=True)
    assert colleague.list() == [kept | {"mine": False, "may_change": False}]
    path = f"/{kept['id']}"
    assert colleague.send(path, name="Punya saya").status_code == HTTPStatus.FORBIDDEN
    assert colleague.send(f"{path}/remove").status_code == HTTPStatus.FORBIDDEN
    renamed = boss.send(path, name="Banjir kota").get_json()
    assert renamed["name"] == "Banjir kota"
    assert renamed["query"] == kept["query"]
    assert boss.send(path, shared=False).status_code == HTTPStatus.FORBIDDEN
    assert owner.send(path, shared=False).status_code == HTTPStatus.OK
    assert boss.list() == colleague.list() == []
    assert boss.send(path, name="Lagi").status_code == HTTPStatus.NOT_FOUND
    assert [one["name"] for one in owner.list()] == ["Banjir kota"]
    assert owner.send(f"{path}/remove").status_code == HTTPStatus.NO_CONTENT
    assert owner.list() == []


def test_names_are_each_owners_own(hired):
    one, other = hired(), hired()
    first, second = one.keep("Pagi"), one.keep("Sore")
    assert one.send("", name="Pagi", query="").status_code == HTTPStatus.CONFLICT
    assert one.send(f"/{second['id']}", name="Pagi").status_code == HTTPStatus.CONFLICT
    assert one.send(f"/{first['id']}", name="Pagi", query="group=road").status_code == HTTPStatus.OK
    other.keep("Pagi")


@pytest.mark.parametrize("number", ["0", "x", "9" * 40, "-1", "1e3"])
def test_what_is_no_number_is_no_filter(hired, number):
    assert hired().send(f"/{number}/remove").status_code == HTTPStatus.NOT_FOUND


def test_the_fiftieth_is_the_last_even_when_several_are_sent_at_once(hired, emptied):
    person, city = hired(), default_city(emptied)
    for n in range(MOST - 2):
        saved_filters.add(emptied, city, person.actor, name=f"n{n}", query="", shared=False)
    answers = []

    def add(n):
        try:
            saved_filters.add(emptied, city, person.actor, name=f"last{n}", query="", shared=False)
        except Conflict:
            answers.append("refused")

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["refused"] * 4
    assert len(person.list()) == MOST
    assert person.send("", name="one more", query="").status_code == HTTPStatus.CONFLICT


def test_field_officers_and_machines_keep_none(hired, module_app, emptied):
    officer = hired("field_officer", agency="dlh")
    hired().keep("Semua orang", shared=True)
    assert officer.client.get(PATH).status_code == HTTPStatus.FORBIDDEN
    assert officer.send("", name="x", query="").status_code == HTTPStatus.FORBIDDEN
    key = machine(emptied, default_city(emptied), "read").key
    client = module_app.test_client()
    assert len(client.get(PATH, headers=bearing(key)).get_json()["filters"]) == 1
    answer = client.post(PATH, json={"name": "x", "query": ""}, headers=bearing(key))
    assert answer.status_code == HTTPStatus.FORBIDDEN


_SEEN = text("SELECT name FROM geoapp.saved_filter ORDER BY name")
_TAKE = text("UPDATE geoapp.saved_filter SET query = 'group=tree' RETURNING name")


def test_in_the_database_itself_nobody_reaches_more(hired, emptied):
    owner, other, boss = hired(), hired(), hired("city_admin")
    officer = hired("field_officer", agency="dlh")
    owner.keep("own")
    owner.keep("shared", shared=True)
    other.keep("theirs")

    def asked(person, question):
        with emptied.transaction(Role.STAFF, "15.71", account=person.actor.account_id) as known:
            return sorted(known.execute(question).scalars())

    assert asked(owner, _SEEN) == ["own", "shared"]
    assert asked(other, _SEEN) == ["shared", "theirs"]
    assert asked(officer, _SEEN) == []
    assert asked(other, _TAKE) == ["theirs"]
    assert asked(boss, _TAKE) == ["shared"]
    assert asked(officer, _TAKE) == []
    with emptied.transaction(Role.STAFF, "99.99", account=owner.actor.account_id) as elsewhere:
        assert list(elsewhere.execute(_SEEN).scalars()) == []
