"""Phones that report through broken connections: what they sent, and what they were told.

A phone uploads photos piece by piece (tus), takes up where it was cut off, sends its
complaint with an Idempotency-Key and again until it is told a ticket. It writes down what it
was told, so that afterwards everything can be compared with what is stored.
"""

from __future__ import annotations

import http.client
import io
import json
import random
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Self

from PIL import Image

CLIENTS = 8
PIECE = 64 * 1024
LOST = 0.1
"""Share of answers that never reach their phone, crash or not."""
# Within 300 m of the middle of Kelurahan Jelutung, so that every point is in the city.
CENTRE = (103.6142, -1.6160)
SPREAD_DEGREES = 0.0027
_BITS, _BLOCK = 32, 80


def marked_photo(mark: int) -> bytes:
    """A JPEG of 640 × 320 pixels that shows *mark* (32 bits) as black and white blocks.

    Blocks of 80 pixels survive being drawn anew, so a stored photo tells which one it was.
    """
    blocks = Image.new("L", (8, 4))
    blocks.putdata([255 if mark >> bit & 1 else 0 for bit in range(_BITS)])
    picture = blocks.resize((8 * _BLOCK, 4 * _BLOCK), Image.Resampling.NEAREST)
    # noise makes it as large as photos are for their size
    grain = Image.effect_noise(picture.size, 60).point(lambda level: level // 4)
    drawn = Image.blend(picture, grain, 0.25).convert("RGB")
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=92)
    return file.getvalue()


def mark_of(photo: bytes) -> int:
    """The mark that *photo* shows, drawn anew or not."""
    with Image.open(io.BytesIO(photo)) as picture:
        grey = picture.convert("L").resize((8, 4), Image.Resampling.BOX)
    return sum((level > 127) << bit for bit, level in enumerate(grey.getdata()))


@dataclass
class Report:
    """One complaint as its phone knows it."""

    mark: str
    photos: list[int] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)


class Phones:
    """Eight of them, sending until *wanted* complaints were acknowledged."""

    def __init__(self, port: int, wanted: int, *, photos: float, keyed: bool, seed: int) -> None:
        """*photos*: mean number per complaint; *keyed*: requests carry an Idempotency-Key."""
        self.port = port
        self.wanted = wanted
        self.keyed = keyed
        self.told: list[Report] = []
        self.failures = 0
        self.problems: list[str] = []
        self._photos = photos
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._phone, args=(random.Random(seed * CLIENTS + number),))
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=120)

    @property
    def acknowledged(self) -> int:
        """How many complaints a ticket was told for."""
        return len(self.told)

    @property
    def done(self) -> bool:
        """Whether as many as were wanted are acknowledged, or something went wrong for good."""
        return self.acknowledged >= self.wanted or bool(self.problems)

    def _phone(self, dice: random.Random) -> None:
        while not self._stop.is_set() and not self.done:
            report = Report(str(uuid.UUID(int=dice.getrandbits(128))))
            whole, part = divmod(self._photos, 1)
            number = min(5, int(whole) + (dice.random() < part))
            ids = []
            for _ in range(number):
                mark = dice.getrandbits(_BITS)
                photo = self._upload(marked_photo(mark))
                if photo is None:
                    return
                report.photos.append(mark)
                ids.append(photo)
            body = json.dumps(
                {
                    "service": "pothole",
                    "lon": CENTRE[0] + dice.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
                    "lat": CENTRE[1] + dice.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
                    "description": "Lubang besar di tengah jalan, dekat simpang",
                    "landmark": report.mark,
                    "photos": ids,
                }
            )
            key = str(uuid.UUID(int=dice.getrandbits(128)))
            if dice.random() < LOST:
                self._report(body, key)  # the answer gets lost on the way
            told = self._until_told(body, key)
            if told is None:
                return
            report.tickets.add(told)
            with self._lock:
                self.told.append(report)

    def _until_told(self, body: str, key: str) -> str | None:
        """The ticket; None when the phones are stopped first."""
        while not self._stop.is_set():
            status, answer = self._report(body, key)
            if status == 201:
                return str(json.loads(answer)["ticket"])
            if not self.keyed and status == 422 and b"photos" in answer:
                # its photos went with a first try that nobody told it of
                return f"unknown-{uuid.uuid4()}"
            self._failed(status, answer, {500, 503})
        return None

    def _report(self, body: str, key: str) -> tuple[int, bytes]:
        """Send a complaint once: status and answer."""
        headers = {"Content-Type": "application/json"}
        if self.keyed:
            headers["Idempotency-Key"] = key
        status, _, answer = self._ask("POST", "/api/v1/complaints", body.encode(), headers)
        return status, answer

    def _upload(self, photo: bytes) -> str | None:
        """The id of *photo*, received and drawn anew; None when the phones are stopped first."""
        tus = {"Tus-Resumable": "1.0.0"}
        place = None
        while not self._stop.is_set():
            if place is None:
                headers = tus | {"Upload-Length": str(len(photo))}
                status, told, answer = self._ask("POST", "/api/v1/photos", b"", headers)
                if status == 201:
                    place = "/" + told["Location"].split("://")[-1].split("/", 1)[1]
                else:
                    self._failed(status, answer, {500, 503})
                continue
            status, told, answer = self._ask("HEAD", place, None, tus)
            if status != 200:
                self._failed(status, answer, {500, 503})
                continue
            offset = int(told["Upload-Offset"])
            if offset < len(photo):
                headers = tus | {
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                }
                piece = photo[offset : offset + PIECE]
                status, _, answer = self._ask("PATCH", place, piece, headers)
                if status != 204:
                    # 409: the piece had arrived although its answer hadn't
                    self._failed(status, answer, {409, 500, 503})
                continue
            status, _, answer = self._ask("GET", place, None, {})
            if status == 200:
                known = json.loads(answer)
                if known["state"] == "kept":
                    return str(known["id"])
                if known["state"] == "refused":
                    self.problems.append(f"a good photo was refused: {known}")
                    return None
                continue
            self._failed(status, answer, {500, 503})
        return None

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any, bytes]:
        """Status, headers and body; status 0 when the connection broke."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        return answer.status, answer.headers, text

    def _failed(self, status: int, answer: bytes, expected: set[int]) -> None:
        """Note a failure and wait a little; one that no crash explains ends everything."""
        if status and status not in expected:
            self.problems.append(f"unexpected answer {status}: {answer[:300]!r}")
            self._stop.set()
        self.failures += 1
        self._stop.wait(0.05)
