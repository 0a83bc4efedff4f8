"""What the page of an unknown ticket says, in the words of the city and the reader's language."""

from __future__ import annotations

import html

import pytest
from flask.testing import FlaskClient

from geoapp.domain.complaint import TICKET_LETTERS


@pytest.mark.parametrize(
    ("language", "words"), [("id", "Nomor tiket berbentuk"), ("en", "Numbers look like")]
)
def test_an_unknown_ticket_shows_the_form_of_the_citys_own(
    client: FlaskClient, language: str, words: str
) -> None:
    answer = client.get(f"/c/JBI-0000-0000?lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    example = html.unescape(answer.text).split(words, 1)[1].split(".", 1)[0].strip()
    prefix, first, second = example.split("-")
    assert prefix == "JBI"
    assert len(first) == len(second) == 4
    assert set(first + second) <= set(TICKET_LETTERS)
