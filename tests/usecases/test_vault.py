"""What is sealed opens for its city alone, under the keys that are known, and unchanged."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geoapp.cli.contacts import contacts as command
from geoapp.domain.contact import Contact
from geoapp.errors import ContactUnreadable, SettingsError
from geoapp.settings import Settings
from geoapp.store.database import Role
from geoapp.usecases import contacts
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.support import default_city, send

OLD, NEW = "0f" * 32, "a1" * 32
SETTINGS = Settings(secret_key="test-only" * 8)
VAULT = Vault(SETTINGS)


def with_keys(*keys: str) -> Vault:
    return Vault(dataclasses.replace(SETTINGS, contact_keys=",".join(keys)))


@given(st.text(max_size=300))
def test_what_is_sealed_opens_again(value):
    assert VAULT.open("15.71", VAULT.seal("15.71", value)) == value


def test_equal_texts_seal_differently():
    sealed = {VAULT.seal("15.71", "siti@example.org") for _ in range(1000)}
    assert len(sealed) == 1000
    assert len({one[1:13] for one in sealed}) == 1000, "a nonce came twice"


def test_every_changed_bit_is_noticed():
    sealed = VAULT.seal("15.71", "siti@example.org")
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(ContactUnreadable) as refused:
            VAULT.open("15.71", bytes(changed))
        assert "siti" not in str(refused.value)
    for length in range(len(sealed)):
        with pytest.raises(ContactUnreadable):
            VAULT.open("15.71", sealed[:length])


def test_another_citys_and_another_servers_do_not_open():
    sealed = VAULT.seal("15.71", "siti@example.org")
    with pytest.raises(ContactUnreadable, match="another city"):
        VAULT.open("31.71", sealed)
    with pytest.raises(ContactUnreadable):
        Vault(Settings(secret_key="other-key" * 8)).open("15.71", sealed)


def test_a_missing_key_is_named_by_its_number():
    sealed = with_keys(OLD).seal("15.71", "siti@example.org")
    with pytest.raises(ContactUnreadable, match=f"number {sealed[0]}") as refused:
        with_keys(NEW).open("15.71", sealed)
    assert "GEOAPP_CONTACT_KEYS" in refused.value.remedy


def test_older_keys_open_and_the_newest_seals():
    both = with_keys(NEW, OLD)
    old, derived = with_keys(OLD).seal("15.71", "a"), VAULT.seal("15.71", "b")
    assert both.open("15.71", old) == "a"
    assert both.open("15.71", derived) == "b", "sealed before there was any key in the setting"
    assert with_keys(NEW).open("15.71", both.seal("15.71", "c")) == "c"
    assert both.is_newest(both.seal("15.71", "d"))
    assert not both.is_newest(old)


@pytest.mark.parametrize("keys", ["abc", "0f" * 31, "0f" * 33, "zz" * 32, f"{OLD},short"])
def test_a_key_that_can_not_be_read_stops_the_start_without_being_shown(keys):
    with pytest.raises(SettingsError) as refused:
        with_keys(keys)
    for key in keys.split(","):
        assert key not in str(refused.value)


def test_a_digest_finds_the_same_address_in_one_city_whatever_the_sealing_key():
    digest = VAULT.digest("15.71", "siti@example.org")
    assert digest == with_keys(NEW).digest("15.71", "Siti@Example.org")
    assert digest != VAULT.digest("31.71", "siti@example.org")
    assert digest != Vault(Settings(secret_key="other-key" * 8)).digest("15.71", "siti@example.org")
    assert len(digest) == 64


def kept(database, vault, **values):
    ticket = send(database)["ticket"]
    with database.transaction(Role.INTAKE, "15.71", ticket=ticket) as connection:
        contacts.keep(
            connection, vault, default_city(database), ticket, "reporter", Contact(**values), "id"
        )
    return ticket


def stored(database):
    with as_owner(database) as connection:
        return connection.execute(text("SELECT * FROM geoapp.contact ORDER BY id")).all()


def test_the_command_seals_everything_under_the_newest_key(jambi, monkeypatch):
    kept(jambi, with_keys(OLD), name="Siti", email="siti@example.org", phone="+6281234567890")
    kept(jambi, VAULT, email="budi@example.org")
    kept(jambi, with_keys(NEW), name="Ani")
    before = stored(jambi)
    for name, value in {
        "GEOAPP_DATABASE_URL": jambi.url,
        "GEOAPP_SECRET_KEY": SETTINGS.secret_key,
        "GEOAPP_CONTACT_KEYS": f"{NEW},{OLD}",
    }.items():
        monkeypatch.setenv(name, value)
    first = CliRunner().invoke(command, ["reseal"], catch_exceptions=False)
    assert first.output.strip() == "Kota Jambi: 2 contacts sealed anew."
    again = CliRunner().invoke(command, ["reseal"], catch_exceptions=False)
    assert again.output.strip() == "Kota Jambi: 0 contacts sealed anew."
    newest = with_keys(NEW)
    after = stored(jambi)
    assert [row.email_digest for row in after] == [row.email_digest for row in before]
    assert after[2] == before[2]
    plain = [
        tuple(one and newest.open("15.71", one) for one in (r.name_sealed, r.email_sealed, r.phone_sealed))
        for r in after
    ]  # fmt: skip
    assert plain == [
        ("Siti", "siti@example.org", "+6281234567890"),
        (None, "budi@example.org", None),
        ("Ani", None, None),
    ]


def test_what_does_not_open_is_read_by_nobody_and_nothing_is_written_down(jambi):
    from tests.people import hire

    ticket = kept(jambi, VAULT, phone="+6281234567890")
    with as_owner(jambi) as connection:
        connection.execute(
            text("UPDATE geoapp.contact SET phone_sealed = set_byte(phone_sealed, 20, 0)")
        )
    operator = hire(jambi, "operator")
    with pytest.raises(ContactUnreadable):
        contacts.read(jambi, VAULT, default_city(jambi), operator, ticket, "Menanyakan")
    with as_owner(jambi) as connection:
        assert connection.execute(text("SELECT count(*) FROM geoapp.contact_access")).scalar() == 0
