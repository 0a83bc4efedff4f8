"""Accounts from the command line: the first admin, the demo's people, and a real secret."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.cli import demo_accounts, main
from geoapp.embedded import Cluster
from geoapp.errors import SettingsError
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, door, passwords
from tests.asking import as_owner
from tests.people import csrf_token

Run = Callable[..., Result]


@pytest.fixture
def run(jambi: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def test_the_first_admin_is_invited_listed_reset_and_switched_off(run: Run, jambi: Database):
    invited = run("account", "invite", "Ani@example.org", "--name", "Ani", "--role", "city_admin")
    assert invited.exit_code == 0, invited.output
    path = re.search(r"^(/invitation/([\w-]{43}))$", invited.stdout, re.MULTILINE)
    assert path is not None
    assert "Below the server's address, e.g. https://" in invited.stderr
    [city] = cities.every(jambi)
    assert door.invited(jambi, city, path[2]).email == "ani@example.org"
    assert "ani@example.org\tAni\tcity_admin\n" in run("account", "list").stdout
    assert run("account", "invite", "ani@example.org", "--name", "B", "--role", "auditor").exit_code
    again = run("account", "reset", "ani@example.org", "--second-factor")
    assert again.exit_code == 0
    assert path[1] not in again.stdout
    # The last one who administers the city stays.
    assert run("account", "deactivate", "ani@example.org").exit_code == 1
    run("account", "invite", "edi@example.org", "--name", "Edi", "--role", "city_admin")
    assert run("account", "deactivate", "ani@example.org").exit_code == 0
    assert "\toff" in run("account", "list").stdout
    assert run("account", "reset", "ani@example.org").exit_code == 1


def test_a_role_that_does_not_fit_is_told_before_anything_is_kept(run: Run, jambi: Database):
    refused = run("account", "invite", "a@example.org", "--name", "A", "--role", "agency_head")
    assert refused.exit_code == 2
    assert "agency" in refused.stderr
    with as_owner(jambi) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.account")).scalar_one() == 0


def test_the_demo_has_an_account_per_role_in_a_file_for_its_owner(jambi: Database, tmp_path: Path):
    settings = Settings(home=tmp_path / "home", tile_url="none", secret_key="test-only" * 8)
    [city] = cities.every(jambi)
    settings.home.mkdir()
    file = settings.home / "accounts.txt"
    file.write_text("left over, open to all")
    file.chmod(0o644)
    told = demo_accounts.create(jambi, settings, city)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = dict(line.split() for line in file.read_text().splitlines())
    roles = {"operator", "agency-admin", "agency-head", "field-officer", "city-admin", "auditor"}
    assert set(kept) == {f"{role}@kota-jambi.example" for role in roles}
    assert len(set(kept.values())) == 6
    assert all(f"  {line}" in told for line in file.read_text().splitlines())
    client = create_app(settings, jambi).test_client()
    for email, password in kept.items():
        sent = {"csrf_token": csrf_token(client), "email": email, "password": password}
        assert client.post("/login", data=sent).status_code == 303
        page = client.get("/account", headers={"Accept": "text/html"})
        assert page.status_code == 200
        token = csrf_token(client, "/account")
        assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    # The second start makes nobody anew and says only where to look.
    told = demo_accounts.create(jambi, settings, city)
    assert told == [f"Accounts of the demo: {file}"]
    assert dict(line.split() for line in file.read_text().splitlines()) == kept


def test_without_the_file_there_are_no_accounts(jambi: Database, tmp_path: Path):
    settings = Settings(home=tmp_path / "file", tile_url="none", secret_key="test-only" * 8)
    settings.home.write_text("in the way")
    [city] = cities.every(jambi)
    with pytest.raises(OSError, match="file"):
        demo_accounts.create(jambi, settings, city)
    with as_owner(jambi) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.account")).scalar_one() == 0


def test_the_demos_officer_sees_two_kelurahan_of_the_lamps_agency(jambi: Database, tmp_path: Path):
    settings = Settings(home=tmp_path, tile_url="none", secret_key="test-only" * 8)
    [city] = cities.every(jambi)
    demo_accounts.create(jambi, settings, city)
    with as_owner(jambi) as connection:
        held = connection.execute(
            text(
                "SELECT role, agency_code, cardinality(kelurahan_codes) FROM geoapp.account_grant"
                " ORDER BY id"
            )
        )
        assert [tuple(row) for row in held] == [
            ("operator", None, 0),
            ("agency_admin", "perkim_lpju", 0),
            ("agency_head", "perkim_lpju", 0),
            ("field_officer", "perkim_lpju", 2),
            ("city_admin", None, 0),
            ("auditor", None, 0),
        ]


REAL = "3f1c9a70e5b24d8896d0c7aa51be42f63f1c9a70e5b24d8896d0c7aa51be42f6"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "f3a91c55d02b7e48",
        REAL[:31],
        "a" * 64,
        "0123012301230123012301230123012301230123",
        "change-me-change-me-change-me-0123456789",
        "your_secret_key_your_secret_key_12345678",
        "test-only" * 8,
    ],
)
def test_a_real_city_does_not_start_on_a_key_others_know(
    key: str, tmp_path: Path, jambi: Database, monkeypatch: pytest.MonkeyPatch
):
    settings = Settings(home=tmp_path / "home", tile_url="none", secret_key=key, demo=False)
    with pytest.raises(SettingsError) as refused:
        create_app(settings, jambi)
    assert "GEOAPP_SECRET_KEY" in refused.value.message
    assert "openssl rand -hex 32" in refused.value.remedy
    assert key not in str(refused.value) or not key
    assert not settings.home.exists()
    monkeypatch.setenv("GEOAPP_HOME", str(settings.home))
    monkeypatch.setenv("GEOAPP_DEMO", "0")
    monkeypatch.setenv("GEOAPP_SECRET_KEY", key)
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert "openssl rand -hex 32" in result.stderr
    assert not settings.home.exists()


def test_a_real_city_starts_on_a_real_key_and_asks_for_a_second_factor(
    tmp_path: Path, jambi: Database
):
    settings = Settings(home=tmp_path, tile_url="none", secret_key=REAL, demo=False)
    assert settings.needs_second_factor
    assert not replace(settings, totp_required="0").needs_second_factor
    assert not replace(settings, demo=True).needs_second_factor
    client = create_app(settings, jambi).test_client()
    cookies = client.get("/login").headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


def test_a_generated_password_is_nobodys_weak_one():
    assert len({passwords.generated() for _ in range(100)}) == 100
    assert len(passwords.generated()) == 16
