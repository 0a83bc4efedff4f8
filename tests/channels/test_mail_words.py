"""Words that are missing are told in the log, not by the mails that go out without them."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from geoapp import resources
from geoapp.app import create_app
from geoapp.channels import mail
from geoapp.settings import Settings
from geoapp.worker import service


@pytest.fixture
def torn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without its compiled translations."""
    folder = tmp_path / "translations"
    shutil.copytree(resources.package("translations"), folder)
    for compiled in folder.glob("*/LC_MESSAGES/*.mo"):
        compiled.unlink()
    monkeypatch.setattr(resources, "package", lambda _name: folder)
    return folder


def test_a_whole_installation_has_its_words(caplog: pytest.LogCaptureFixture) -> None:
    mail.warn_of_untranslated()
    assert mail.untranslated() == []
    assert caplog.records == []


def test_web_and_worker_say_at_the_start_that_words_are_missing(
    torn: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail.untranslated() == ["id"]
    settings = Settings(home=tmp_path, database_url="postgresql://nowhere.invalid/none")
    create_app(settings)
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert ["'id'" in words for words in told] == [True]
    caplog.clear()
    monkeypatch.setattr(asyncio, "run", lambda work: work.close())
    service.serve(settings)
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert ["'id'" in words for words in told] == [True]
