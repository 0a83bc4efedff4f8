"""Whatever is sent is stored as it is or refused by name: never a 500, never half of it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.asking import body, rows

COMPLAINTS = "/api/v1/complaints"
LONG = "\u202e\u2066\u200f\u061c" * 1250  # 10 kB in UTF-8: marks that turn the text's direction
PAYLOADS = {
    "script": "<script>window.marked=1</script>",
    "image": "<img src=x onerror=window.marked=1>",
    "literal": "${alert(1)}${window.marked=1}",
    "backtick": "`+alert(1)+`",
    "template": "{{7*7}}{% raw %}",
    "quote": "';DROP TABLE geoapp.complaint;--\"",
    "percent": "%s %(city_code)s :name %n",
    "backslash": "\\u0000 \\x00 \\",
    "nul": "nul\x00inside",
    "surrogate": "half \ud800 of",
    "bidi": LONG,
    "bidi text": "Lubang " + LONG,
    "newlines": "a\r\nSet-Cookie: x=1\r\n\r\nbody",
    "emoji": "👩\u200d👩\u200d👧\u200d👦 " * 5,
    "zalgo": "Z\u0335\u031b\u0340" * 60,
}
TEXTS = ("service", "description", "landmark", "kelurahan", "observed_at")


def shaped(answer: Any) -> dict[str, Any]:
    """The error of *answer*, which must have the one shape."""
    assert answer.mimetype == "application/json"
    assert set(answer.json) == {"error"}
    error: dict[str, Any] = answer.json["error"]
    assert {"code", "message", "remedy", "fields"} <= set(error)
    assert error["code"]
    assert error["message"]
    for fault in error["fields"]:
        assert set(fault) == {"field", "message", "value"}
        assert fault["value"] is None or len(str(fault["value"])) <= 80
    return error


def post(client: Any, data: bytes, kind: str = "application/json", **headers: str) -> Any:
    return client.post(COMPLAINTS, data=data, content_type=kind, headers=headers)


def escaped(value: Any) -> bytes:
    """JSON with everything outside ASCII escaped, lone surrogates too."""
    return json.dumps(value).encode()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_hostile_text_is_stored_or_refused_by_the_name_of_its_field(
    client, emptied, name, payload
):
    answer = post(client, escaped(body(**{name: payload})))
    if answer.status_code == 201:
        assert name in {"description", "landmark"}
        assert rows(emptied) == {
            "complaint": 1, "assignment": 1, "complaint_event": 1, "intake_key": 0,
        }  # fmt: skip
        shown = client.get(answer.json["links"]["self"]).json["properties"][name]
        unmarked = re.sub("[\u202a-\u202e\u2066-\u2069]", "", payload).strip()
        assert shown == unmarked
    else:
        assert answer.status_code == 422
        assert name in {fault["field"] for fault in shaped(answer)["fields"]}
        assert set(rows(emptied).values()) == {0}


@pytest.mark.parametrize("payload", ["\x00" * 20, "\ud800" * 20, LONG, " " * 20, "\u200b" * 20])
def test_a_description_without_a_word_is_refused(client, emptied, payload):
    answer = post(client, escaped(body(description=payload)))
    assert answer.status_code == 422
    assert {fault["field"] for fault in shaped(answer)["fields"]} == {"description"}
    assert set(rows(emptied).values()) == {0}


@pytest.mark.parametrize("name", ["service", "kelurahan", "description", "landmark"])
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_the_plain_form_stores_or_refuses_hostile_texts_too(client, emptied, name, payload):
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', client.get("/report").get_data(as_text=True)
    )
    assert token
    fields = {
        "csrf_token": token[1],
        "service": "pothole",
        "kelurahan": "15.71.08.1006",
        "description": "Lubang besar di tengah jalan",
    } | {name: payload.encode("utf-8", "surrogatepass")}
    answer = client.post("/report", data=fields)
    assert answer.status_code in {303, 422}
    shown = (
        client.get(answer.headers["Location"]) if answer.status_code == 303 else answer
    ).get_data(as_text=True)
    assert "<script>window.marked" not in shown
    assert "<img src=x" not in shown
    assert rows(emptied)["complaint"] == (1 if answer.status_code == 303 else 0)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_hostile_idempotency_key_is_refused_or_only_a_key(client, emptied, payload):
    key = payload.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "")
    answer = post(client, escaped(body()), **{"Idempotency-Key": key})
    if answer.status_code == 201:
        assert rows(emptied)["intake_key"] == 1
    else:
        assert answer.status_code == 422
        assert [fault["field"] for fault in shaped(answer)["fields"]] == ["Idempotency-Key"]
        assert set(rows(emptied).values()) == {0}


QUERIES = {
    COMPLAINTS: [
        "bbox", "group", "service", "status", "kelurahan", "kecamatan", "agency", "since",
        "until", "overdue", "q", "limit", "cursor", "lang", "boundaries",
    ],
    "/api/v1/areas/numbers": ["level", "boundaries", "format", "since", "q", "kelurahan"],
    "/areas": ["level", "boundaries", "days", "group", "sort"],
    "/api/v1/summary": ["bbox", "group", "q", "since"],
    "/tiles/complaints/14/12907/8265.mvt": ["bbox", "group", "q", "status"],
    "/api/v1/locate": ["lon", "lat", "service", "accuracy_m"],
    "/api/v1/assignments/explain": ["lon", "lat", "service", "accuracy_m"],
    "/api/v1/hotspots": ["group", "window_days"],
    "/": ["lang", "open", "q"],
    "/about": ["lang"],
    "/report": ["lang", "service"],
}  # fmt: skip
LOCATE = {"lon": "103.6", "lat": "-1.6", "service": "pothole"}


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in QUERIES.items() for name in names]
)
def test_a_hostile_parameter_is_answered_cleanly(client, path, name):
    for payload in [*PAYLOADS.values(), "NaN", "1e400", "-1", "9" * 400, "\u0663", "", ",", "'"]:
        given = (LOCATE if path.endswith(("locate", "explain")) else {}) | {name: payload}
        query = "&".join(
            f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in given.items()
        )
        answer = client.get(f"{path}?{query}")
        assert answer.status_code in {200, 204, 422}, payload
        if answer.status_code == 422:
            assert name in {fault["field"] for fault in shaped(answer)["fields"]}
        elif answer.mimetype == "text/html":
            shown = answer.get_data(as_text=True)
            assert "<script>window.marked" not in shown
            assert "<img src=x" not in shown


@pytest.mark.parametrize(
    "path",
    ["/c/{}", "/api/v1/complaints/{}", "/tiles/complaints/{}/1/1.mvt", "/{}", "/static/{}"],
)
@pytest.mark.parametrize("payload", [*PAYLOADS.values(), "..", "%00", "JBI-3333-3333\x00"])
def test_a_hostile_path_is_not_found(client, path, payload):
    raw = quote(payload.encode("utf-8", "surrogatepass"), safe="")
    answer = client.get(path.format(raw), headers={"Accept": "text/html"})
    assert answer.status_code in {404, 308} or payload == ".."
    shown = answer.get_data(as_text=True)
    assert "<script>window.marked" not in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize("header", ["Host", "Cookie", "Accept-Language", "If-None-Match", "Accept"])
def test_a_hostile_header_changes_nothing(client, header, payload):
    text = payload.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "")
    text = text.replace("\x00", "")  # no server lets it through
    value = f"lang={text}; session={text}" if header == "Cookie" else text
    for path in ("/", "/about", COMPLAINTS, "/report"):
        # a URL in full would override the Host header
        answer = client.get(path, headers={header: value})
        assert answer.status_code in {200, 400}
        assert "<script>window.marked" not in answer.get_data(as_text=True)


def test_a_hostile_last_event_id_only_makes_the_client_reload(client):
    for payload in PAYLOADS.values():
        text = payload.encode("utf-8", "replace").decode("latin-1")
        text = re.sub("[\r\n\x00]", "", text)
        answer = client.get("/live", headers={"Last-Event-ID": text}, buffered=False)
        assert answer.status_code == 200
        parts = iter(answer.response)
        said = [next(parts), next(parts)]
        answer.close()
        names = [re.search(r"^event: (\w+)$", part.decode(), re.MULTILINE) for part in said]
        assert [name and name[1] for name in names] == ["hello", "reload"]


REFUSED: dict[str, tuple[bytes, int, str | None]] = {
    "NaN": (b'{"service":"pothole","lon":NaN,"lat":-1.6,"description":"x"}', 400, "lon"),
    "infinity": (b'{"service":"pothole","lon":1e400,"lat":-1.6,"description":"x"}', 400, "lon"),
    "swapped axes": (escaped(body(lon=-1.6125, lat=103.6105)), 422, "lat"),
    "swapped axes, in range": (escaped(body(lon=-1.6, lat=10.3)), 422, "lon"),
    "Jakarta": (escaped(body(lon=106.8272, lat=-6.1754)), 422, "lon"),
    "nested": (b'{"description": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, None),
    "wrong service": (escaped(body(service="teleporter")), 422, "service"),
    "future": (
        escaped(body(observed_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())),
        422,
        "observed_at",
    ),
    "year 10000": (escaped(body(observed_at="9999-12-31T23:59:59-12:00")), 422, "observed_at"),
    "empty": (b"", 400, None),
    "no object": (b"[1]", 400, None),
    "not UTF-8": (b'{"service": "\xff"}', 400, None),
    "unknown field": (escaped(body(status="closed")), 422, "status"),
    "identity smuggled in": (escaped(body(simulated=True)), 422, "simulated"),
    "half a point": (escaped(body(lat=None)), 422, "lat"),
    "text for a number": (escaped(body(lon="103.6")), 422, "lon"),
    "missing description": (escaped(body(description=None)), 422, "description"),
}


@pytest.mark.parametrize(("data", "status", "name"), REFUSED.values(), ids=REFUSED)
def test_a_bad_body_is_refused_by_name_and_nothing_is_stored(client, emptied, data, status, name):
    answer = post(client, data, **{"Idempotency-Key": "bad-body"})
    assert answer.status_code == status
    named = {fault["field"] for fault in shaped(answer)["fields"]}
    assert name is None or name in named
    assert named
    assert set(rows(emptied).values()) == {0}


def test_a_body_too_large_is_413(client, emptied):
    answer = post(client, escaped(body(description="x" * 300_000)))
    assert answer.status_code == 413
    assert shaped(answer)["code"] == "too_large"
    assert set(rows(emptied).values()) == {0}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_that_is_not_declared_as_json_is_415(client, emptied, kind):
    answer = post(client, escaped(body()), kind)
    assert answer.status_code == 415
    assert shaped(answer)["code"] == "unsupported_media_type"
    assert set(rows(emptied).values()) == {0}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_method_nobody_offers_is_405_in_the_same_shape(client, method):
    answer = getattr(client, method)(COMPLAINTS)
    assert answer.status_code == 405
    assert shaped(answer)["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]
