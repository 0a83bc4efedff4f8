"""Files of other systems, good and bad, read by profiles."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geoapp.channels.csv_file import Line, RowError, parse, read_lines
from geoapp.channels.csv_profile import Profile, load_profile
from geoapp.domain.complaint import Status
from geoapp.domain.place import LonLat
from geoapp.errors import InvalidInput

NOW = datetime(2026, 11, 19, 2, tzinfo=UTC)


def profile(**changes: Any) -> Profile:
    columns = {
        "external_id": "id", "service": "kind", "submitted_at": "when", "closed_at": "closed",
        "status": "state", "lon": "x", "lat": "y", "anonymous": "anon",
    }  # fmt: skip
    return Profile.model_validate(
        {
            "format": "geoapp-csv-profile/1",
            "source": "elsewhere",
            "timezone": "America/New_York",
            "dates": ["%m/%d/%Y %I:%M:%S %p", "iso"],
            "columns": columns,
            "services": {"map": {"Pothole": "pothole"}},
            "statuses": {"map": {"Open": "submitted", "Closed": "closed"}},
        }
        | changes
    )


def line(**cells: str) -> Line:
    usual = {
        "id": "7", "kind": "Pothole", "when": "07/04/2015 01:30:00 PM", "closed": "", "state": "Open",
        "x": "-71.1", "y": "42.3", "anon": "",
    }  # fmt: skip
    return Line(2, usual | cells)


def test_a_row_becomes_a_complaint_with_its_times_in_utc() -> None:
    new = parse(line(), profile(), now=NOW)
    assert (new.service, new.source, new.external_id) == ("pothole", "elsewhere", "7")
    assert new.position == LonLat(-71.1, 42.3)
    assert new.submitted_at == datetime(2015, 7, 4, 17, 30, tzinfo=UTC)  # EDT is UTC-4
    assert new.status is Status.SUBMITTED


def test_winter_time_is_another_hour_than_summer_time() -> None:
    new = parse(line(when="01/04/2015 01:30:00 PM"), profile(), now=NOW)
    assert new.submitted_at == datetime(2015, 1, 4, 18, 30, tzinfo=UTC)  # EST is UTC-5


def test_a_time_that_names_its_zone_keeps_it() -> None:
    new = parse(line(when="2015-07-04T13:30:00+07:00"), profile(), now=NOW)
    assert new.submitted_at == datetime(2015, 7, 4, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"id": " "}, "id: empty"),
        ({"when": ""}, "when: empty"),
        ({"when": "31/12/2015 01:00:00 PM"}, "when: '31/12/2015"),
        ({"when": "2030-01-01T00:00:00"}, "when: '2030-01-01T00:00:00' lies in the future"),
        ({"kind": "Meteor"}, "kind: 'Meteor' stands for no service"),
        ({"state": "Lost"}, "state: 'Lost' stands for no status"),
        ({"x": "nan"}, "x: 'nan' is no number"),
        ({"x": "1e400"}, "x, y: inf"),
        ({"x": "1_0"}, "x: '1_0' is no number"),
        ({"x": ""}, "x: empty, the other coordinate isn't"),
        ({"y": "142.3"}, "x, y: -71.1, 142.3 isn't on earth"),
        ({"anon": "perhaps"}, "anon: 'perhaps' is neither yes nor no"),
    ],
)
def test_a_row_that_tells_nothing_usable_names_its_column(
    cells: dict[str, str], named: str
) -> None:
    with pytest.raises(RowError, match="^" + named.replace("(", r"\(")):
        parse(line(**cells), profile(), now=NOW)


def test_without_a_status_the_last_moment_tells_it() -> None:
    new = parse(line(state="", closed="07/05/2015 01:00:00 AM"), profile(), now=NOW)
    assert new.status is Status.CLOSED


def test_a_flag_that_hides_is_kept_from_either_side() -> None:
    hiding = profile(constants={"anonymous": True})
    assert parse(line(anon="no"), hiding, now=NOW).anonymous
    assert parse(line(anon="ya"), profile(), now=NOW).anonymous


def test_a_point_that_means_nothing_is_no_point() -> None:
    nowhere = profile(points=[{"lon": 0, "lat": 0, "note": "unknown", "means": "no_point"}])
    assert parse(line(x="0", y="0.0"), nowhere, now=NOW).position is None


def test_templates_join_columns_and_braces_in_cells_stay_text() -> None:
    joined = profile(templates={"description": "{kind}: {state}"})
    new = parse(line(state="Open"), joined, now=NOW)
    assert new.description == "Pothole: Open"
    odd = profile(templates={"description": "{kind}"}, services={"map": {}, "default": "pothole"})
    assert parse(line(kind="{id} ${alert(1)}"), odd, now=NOW).description == "{id} ${alert(1)}"


HEADER = "id,kind,when,closed,state,x,y,anon\n"
ROW = "1,Pothole,07/04/2015 01:30:00 PM,,Open,-71.1,42.3,\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", (HEADER + ROW).encode()),
        ("bom.csv", b"\xef\xbb\xbf" + (HEADER + ROW).encode()),
        ("packed.csv.gz", gzip.compress((HEADER + ROW).encode())),
        ("crlf.csv", (HEADER + ROW).replace("\n", "\r\n").encode()),
    ],
)
def test_files_are_read_packed_or_not_with_or_without_a_byte_order_mark(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    positions: list[int] = []
    [only] = read_lines(path, profile(), at_byte=positions.append)
    assert only.cells["id"] == "1"
    assert positions == [len(content)]


def test_latin_1_is_read_when_the_profile_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + ROW.replace("Pothole", "Café")).encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"isn't in utf-8 \(byte 0xe9\)"):
        list(read_lines(path, profile()))
    [only] = read_lines(path, profile(encoding="latin-1"))
    assert only.cells["kind"] == "Café"


def test_a_file_that_lacks_columns_names_them_and_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,kind,when\n1,Pothole,x\n")
    with pytest.raises(InvalidInput, match=r"no column 'anon', 'closed'.*It has: id, kind, when"):
        list(read_lines(path, profile()))


def test_a_cut_off_archive_says_so_after_the_rows_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    body = "".join(ROW.replace("1,", f"{n},", 1) for n in range(20_000))
    path.write_bytes(gzip.compress((HEADER + body).encode())[:-500])
    lines = read_lines(path, profile())
    assert next(lines).cells["id"] == "0"
    with pytest.raises(InvalidInput, match="cut off or damaged"):
        list(lines)


def test_rows_with_too_few_cells_or_nul_are_handed_on_as_faulty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + "1,Pothole\n" + ROW.replace("Open", "O\x00pen")).encode())
    faults = [row.fault for row in read_lines(path, profile())]
    assert faults == ["has 2 cells, the header 8", "contains a NUL character"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"columns": {"service": "kind"}}, "columns.external_id"),
        ({"columns": {"external_id": "id", "service": "k", "lon": "x"}}, "columns"),
        ({"colour": "red"}, "colour"),
        ({"statuses": {"map": {"Open": "ajar"}}}, "statuses.map.Open"),
    ],
)
def test_a_bad_profile_names_the_field(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    path = tmp_path / "mine.json"
    good = profile().model_dump(mode="json", exclude_none=True)
    path.write_text(json.dumps(good | change))
    with pytest.raises(InvalidInput) as problem:
        load_profile(str(path))
    assert named in [fault.field for fault in problem.value.fields]


def test_an_unknown_profile_lists_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="boston_311"):
        load_profile("../boston_311")


def test_every_shipped_profile_is_well_formed() -> None:
    assert load_profile("boston_311").points[0].means == "default_point"
    assert load_profile("plain").columns.external_id == "id"
