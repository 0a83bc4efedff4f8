"""The signing key that is made where none is set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from geoapp.settings import Settings


def test_those_who_start_at_once_get_one_key_and_never_an_empty_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(40):
            settings = Settings(home=tmp_path / str(number))
            keys = set(pool.map(lambda _, of=settings: of.secret(), range(8)))
            assert len(keys) == 1
            assert len(keys.pop()) == 64
            assert [file.name for file in settings.home.iterdir()] == ["secret_key"]
            assert (settings.home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_file_that_a_killed_process_left_empty_is_filled(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(0o600)
    assert len(Settings(home=tmp_path).secret()) == 64
