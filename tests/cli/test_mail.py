"""``geoapp mail``: what those who run the server ask of their mail server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geoapp.cli import main
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.mail_server import TAKE, Box, mail_server
from tests.servers import free_port
from tests.support import send


@pytest.fixture
def geoapp(jambi: Database, monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Runs a command with a mail server on the given port."""

    def run(port: int, *words: str) -> Result:
        for name, value in {
            "HOME": str(tmp_path),
            "DATABASE_URL": jambi.url,
            "SECRET_KEY": "test-only" * 8,
            "SMTP_URL": f"smtp://127.0.0.1:{port}" if port else "",
            "MAIL_FROM": "Aduan <aduan@kota.example>",
            "PUBLIC_URL": "https://aduan.kota.example",
        }.items():
            monkeypatch.setenv(f"GEOAPP_{name}", value)
        return CliRunner().invoke(main, ["mail", *words])

    return run


def test_a_trial_mail_says_what_the_server_answers(geoapp) -> None:
    with mail_server(Box()) as box:
        told = geoapp(box.port, "test", "it@kota.example")
        assert told.exit_code == 0, told.output
        assert [one.recipient for one in box.received] == ["it@kota.example"]
        box.plan = lambda stage, _to: "550 5.7.1 relaying denied" if stage == "rcpt" else TAKE
        told = geoapp(box.port, "test", "it@elsewhere.example")
        assert told.exit_code == 1
        assert "550 5.7.1" in told.output
    port = free_port()
    told = geoapp(port, "test", "it@kota.example")
    assert "can't be reached" in told.output
    assert f"127.0.0.1:{port}" in told.output
    told = geoapp(port, "test", "you")
    assert (told.exit_code, "'you' isn't an e-mail address" in told.output) == (1, True)
    assert geoapp(0, "test", "it@kota.example").exit_code == 2


def test_what_was_given_up_waits_again_when_asked(geoapp, jambi: Database) -> None:
    send(jambi)
    with as_owner(jambi) as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.contact (city_code, complaint_id, role)"
                " SELECT city_code, id, 'reporter' FROM geoapp.complaint"
            )
        )
        connection.execute(
            text(
                "INSERT INTO geoapp.delivery (city_code, complaint_id, event_id, contact_id, kind,"
                " state, tried_at, problem) SELECT city_code, complaint_id, n, id, 'answer',"
                " 'failed', now() - n * interval '1 hour', 'refused 550'"
                " FROM geoapp.contact, generate_series(1, 30, 10) AS n"
            )
        )
    told = geoapp(1, "retry", "--hours", "20")
    assert told.output == "2 mails wait again.\n"
    assert "waiting: 2" in geoapp(1, "state").output
