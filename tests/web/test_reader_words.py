"""What readers of files say, in the reader's language and in the words of the form."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from geoapp.errors import BoundaryFileError
from geoapp.web.admin.reader_sentences import SENTENCES
from geoapp.web.admin.reader_words import in_words, said


@pytest.fixture
def words(module_app):
    with module_app.test_request_context("/"):
        yield


SAID = {
    "peta.geojson is empty.": "peta.geojson kosong.",
    "given by the caller; only with the axes swapped (latitude or northing first) do the areas "
    "meet the city": "menurut isian formulir; wilayahnya baru jatuh di kota ini bila sumbunya "
    "ditukar (lintang lebih dulu)",
    "12 codes occur more than once: 15.71.01.1001, a %(b)s.": "12 kode muncul lebih dari sekali: "
    "15.71.01.1001, a %(b)s.",
    "Choose one with --admin-level; for kelurahan it is 7 or 9 in Indonesia.": "Pilih satu pada "
    "“Tingkat dalam ekstrak OpenStreetMap”; untuk kelurahan di Indonesia 7 atau 9.",
}


@pytest.mark.parametrize("text", SAID)
def test_a_message_is_said_in_indonesian_with_what_it_names(words, text):
    with force_locale("id"):
        assert said(text) == SAID[text]


def test_in_english_it_stays_but_names_the_field_instead_of_the_commands_option(words):
    problem = BoundaryFileError(
        "The CRS 'EPSG:1' isn't known.", "Give --crs an EPSG code, for instance --crs EPSG:32748."
    )
    with force_locale("en"):
        assert in_words(problem) == (
            "The CRS 'EPSG:1' isn't known. Give “Coordinate system” an EPSG code, for instance "
            "“Coordinate system” EPSG:32748."
        )


def test_what_nobody_foresaw_is_said_as_it_is(words):
    with force_locale("id"):
        assert said("The moon is in the way (100%).") == "The moon is in the way (100%)."


def test_every_sentence_has_indonesian_words(words):
    with force_locale("id"):
        assert [one for one in SENTENCES if "%(" not in one and said(one) == one] == []
