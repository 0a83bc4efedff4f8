"""What readers of files say, in the reader's language and in the words of the form."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask_babel import force_locale

import geoapp
from geoapp.errors import BoundaryFileError
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers import formats
from geoapp.web.admin.reader_sentences import ON_PAGES, OPTIONS, SENTENCES
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


@pytest.mark.parametrize("locale", ["id", "en"])
def test_no_sentence_sends_people_to_an_option_of_the_command(words, locale):
    with force_locale(locale):
        filled = [re.sub(r"%\(\w+\)s", "7", one) for one in (*SENTENCES, *ON_PAGES)]
        assert [told for one in filled if re.search(r"--[a-z]", told := said(one))] == []


def test_every_option_that_a_reader_names_is_a_field_of_a_page():
    root = Path(geoapp.__file__).parent
    files = [
        *(root / "spatial").glob("*.py"),
        *(root / "spatial" / "readers").glob("*.py"),
        *(root / "usecases").glob("boundary_*.py"),
    ]
    named = {
        option
        for file in files
        for option in re.findall(r"--[a-z]+(?:-[a-z]+)*", file.read_text("utf-8"))
    }
    # For --city there is no field but a sentence of the pages; --layer is hexagons' own.
    assert named - {"--city", "--layer", "--activate"} <= set(OPTIONS)
    assert {"--max-repair-change", "--authority-word", "--max-change"} <= named


def test_a_remedy_for_words_of_roads_is_said_in_the_forms_way(words):
    problem = BoundaryFileError(
        "status doesn't say who keeps the roads: 'Alien'.",
        "Say what its words mean, such as --authority-word 'Alien'=province; choose another "
        "attribute with --authority-field; or give all of them one keeper with --authority.",
    )
    with force_locale("en"):
        assert in_words(problem) == (
            "status doesn't say who keeps the roads: 'Alien'. Say in “What words of that column "
            "mean” what its words mean, such as 'Alien'=province; choose another column in "
            "“Column with who keeps the road”; or give all of them one keeper in “Who keeps "
            "roads that don't say so”."
        )


def test_several_findings_in_one_sentence_are_each_said(words):
    text = (
        "2 of 9 areas can't be used: a: feature 1 lies around longitude 1.0, latitude 2.0, far "
        "from the city; b: feature 2 lies around longitude 3.0, latitude 4.0, far from the city."
    )
    with force_locale("id"):
        told = said(text)
        assert "a: fitur 1 terletak di sekitar bujur 1.0, lintang 2.0" in told
        assert "b: fitur 2 terletak di sekitar bujur 3.0, lintang 4.0" in told


READERS = Path(__file__).parents[2] / "geoapp" / "spatial"


def raised():
    """Every message and remedy that reading a file can raise; NUL where it names something."""
    rest = [READERS / name for name in ("files.py", "crs.py", "attributes.py", "sandbox.py")]
    for path in [*sorted(READERS.glob("readers/*.py")), *rest]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BoundaryFileError":
                for told in node.args[:2]:
                    text = re.sub("(0x)?\0+…?", "\0", shape(told))
                    if text.strip("\0 .:"):
                        yield f"{path.name}:{node.lineno}", text


def shape(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(shape(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return shape(node.left) + shape(node.right)
    return "\0"


def test_no_message_of_a_reader_is_said_half_in_one_language_and_half_in_the_other(words):
    forms = {re.sub(r"(%\(\w+\)s)+", "\0", one): one for one in SENTENCES}
    found = list(raised())
    assert len(found) > 60
    halves = []
    with force_locale("id"):
        for where, text in found:
            filled = text.replace("\0", "Xx-yz")
            told = said(filled)
            if text in forms:
                whole = said(re.sub(r"%\(\w+\)s", "Xx-yz", forms[text]))
                halves += [(where, told)] if told in (filled, "") or told != whole else []
            elif "--" not in text and told != filled:
                halves.append((where, told))
    assert halves == []


def test_a_photograph_in_a_zip_is_told_in_one_language(words):
    said_of_it = (
        "foto.zip is a zip archive without a .shp or .kml in it; it holds 'a.jpg', 'b.jpg'."
    )
    with force_locale("id"):
        assert said(said_of_it) == (
            "foto.zip adalah arsip zip tanpa .shp atau .kml; isinya 'a.jpg', 'b.jpg'."
        )


def test_a_file_of_no_format_is_told_which_ones_are_read(words):
    with pytest.raises(BoundaryFileError) as problem:
        formats.parse(b"Halo, ini catatan.", "catatan.txt", ReadOptions())
    with force_locale("id"):
        assert in_words(problem.value) == (
            "catatan.txt bukan berkas peta: isinya diawali 'Halo, ini catatan.'. Format yang dapat "
            "dibaca: GeoJSON, GeoPackage, Shapefile dalam zip, KML, KMZ, FlatGeobuf, dan SQL "
            "wilayah_boundaries."
        )
