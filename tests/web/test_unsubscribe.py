"""The way out of mails: one click, by a mail program or on a page; nobody else's."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from geoapp.domain.contact import Contact
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import contacts, mail_links
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.support import default_city, send


@pytest.fixture
def ours(client: FlaskClient) -> Settings:
    return client.application.extensions["geoapp"].settings


def contact(database: Database, settings: Settings, email: str = "siti@contoh.example") -> int:
    """Somebody's contact of a new complaint."""
    city = default_city(database)
    ticket = send(database)["ticket"]
    with database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        contacts.keep(
            connection, Vault(settings), city, ticket, "reporter", Contact(email=email), "id"
        )
    with as_owner(database) as connection:
        return int(connection.execute(text("SELECT max(id) FROM geoapp.contact")).scalar_one())


def value(database: Database, query: str) -> object:
    with as_owner(database) as connection:
        return connection.execute(text(query)).scalar_one()


def path(settings: Settings, number: int) -> str:
    return f"/u/{mail_links.token(settings, '15.71', number)}"


OFF = "SELECT count(*) FROM geoapp.contact WHERE unsubscribed_at IS NOT NULL"
REFUSED = "SELECT count(*) FROM geoapp.mail_refusal"


def test_a_mail_programs_one_click_ends_the_mails_without_a_token_or_a_cookie(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    address = path(ours, contact(emptied, ours))
    # as RFC 8058 has it; an answer that leads elsewhere would not be followed
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert value(emptied, OFF) == 1
    assert value(emptied, REFUSED) == 0


def test_looking_at_the_link_changes_nothing(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    address = path(ours, contact(emptied, ours))
    page = client.get(address)
    assert page.status_code == 200
    assert value(emptied, OFF) == 0
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "siti" not in page.text


def test_no_mail_at_all_holds_for_every_report_until_it_is_taken_back(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    first, second = contact(emptied, ours), contact(emptied, ours)
    assert "Hentikan semua surel" in client.get(path(ours, first)).text
    assert client.post(path(ours, first), data={"choice": "refuse"}).status_code == 200
    assert value(emptied, REFUSED) == 1
    other = client.get(path(ours, second)).text
    assert "Tidak ada surel lagi dari" in other
    client.post(path(ours, second), data={"choice": "again"})
    assert value(emptied, REFUSED) == 0


def test_what_waits_to_be_sent_is_dropped_with_it(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    number = contact(emptied, ours)
    with as_owner(emptied) as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.delivery (city_code, complaint_id, event_id, contact_id, kind)"
                " SELECT city_code, complaint_id, 1, id, 'received' FROM geoapp.contact"
            )
        )
    client.post(path(ours, number))
    assert value(emptied, "SELECT string_agg(state, '') FROM geoapp.delivery") == "dropped"


@pytest.mark.parametrize(
    "token", ["x", "WyIxNS43MSIsMV0", "WyIxNS43MSIsMV0.AAAA", "%00", "é", "a" * 3000]
)
def test_a_link_that_is_not_ours_opens_nothing(
    client: FlaskClient, emptied: Database, token: str
) -> None:
    assert client.get(f"/u/{token}").status_code == 404
    assert client.post(f"/u/{token}").status_code == 404


def test_another_citys_link_and_a_contact_that_is_not_there_open_nothing(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    number = contact(emptied, ours)
    other = mail_links.token(ours, "15.72", number)
    assert client.post(f"/u/{other}").status_code == 404
    assert client.post(path(ours, number + 1000)).status_code == 404
    assert value(emptied, OFF) == 0


def test_an_erased_contact_is_told_so(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    number = contact(emptied, ours)
    with as_owner(emptied) as connection:
        connection.execute(
            text(
                "UPDATE geoapp.contact SET email_sealed = NULL, email_digest = NULL,"
                " erased_at = now(), erased_for = 'retention'"
            )
        )
    answer = client.post(path(ours, number))
    assert answer.status_code == 200
    assert "tidak disimpan lagi" in answer.text


def test_health_and_metrics_tell_how_mails_stand_and_the_site_is_up_without_any(
    client: FlaskClient, emptied: Database
) -> None:
    told = client.get("/health").get_json()
    assert told["status"] == "ok"
    assert told["mail"]["state"] == "off"
    assert set(told["mail"]) == {"state", "last_problem"}  # no figures for everybody


def test_the_page_runs_as_the_intake_and_reads_by_one_function_alone(
    client: FlaskClient, ours: Settings, emptied: Database
) -> None:
    address = path(ours, contact(emptied, ours))
    seen: list[tuple[str, str]] = []

    def note(_c: object, _cursor: object, statement: str, values: dict[str, str], *_: object):
        seen.append(((values or {}).get("opening_role", ""), statement))

    event.listen(emptied.engine, "before_cursor_execute", note)
    try:
        client.post(address, data={"choice": "refuse"})
    finally:
        event.remove(emptied.engine, "before_cursor_execute", note)
    mine = [(role, words) for role, words in seen if "mail" in words or "contact" in words]
    assert [role for role, _ in mine] == [Role.INTAKE]
    assert "FROM geoapp.choose_mail(" in mine[0][1]
