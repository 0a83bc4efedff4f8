"""Mail needs a sender and an address for its links; half of it is no setting."""

from __future__ import annotations

import pytest

from geoapp.errors import SettingsError
from geoapp.settings import Settings

WHOLE = {
    "GEOAPP_SMTP_URL": "smtp://user:SECRET@mail.example?starttls=1",
    "GEOAPP_MAIL_FROM": "Aduan <aduan@kota.example>",
    "GEOAPP_PUBLIC_URL": "https://aduan.kota.example",
}


def test_all_three_are_taken() -> None:
    assert Settings.from_env(WHOLE).smtp_url == WHOLE["GEOAPP_SMTP_URL"]


@pytest.mark.parametrize("missing", ["GEOAPP_MAIL_FROM", "GEOAPP_PUBLIC_URL"])
def test_what_is_missing_is_named_and_the_password_is_not(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing) as caught:
        Settings.from_env({name: value for name, value in WHOLE.items() if name != missing})
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("keys", ["abc", "0f" * 31, f"{'0f' * 32},abc"])
def test_a_key_that_seals_nothing_stops_whatever_reads_settings(keys: str) -> None:
    with pytest.raises(SettingsError, match="GEOAPP_CONTACT_KEYS") as caught:
        Settings.from_env({"GEOAPP_CONTACT_KEYS": keys})
    assert "abc" not in str(caught.value)
    assert Settings.from_env({"GEOAPP_CONTACT_KEYS": f" {'0f' * 32} ,"}).sealing_keys() == [
        bytes.fromhex("0f" * 32)
    ]


def test_a_public_address_is_one_that_browsers_know() -> None:
    with pytest.raises(SettingsError, match="GEOAPP_PUBLIC_URL"):
        Settings.from_env({"GEOAPP_PUBLIC_URL": "aduan.kota.example"})
