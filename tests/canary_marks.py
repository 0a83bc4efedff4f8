"""Marks that are planted where something is private, and how they are found again.

A mark of words is ``kenari`` and ten hexadecimal digits, so that one search finds any of them
in any encoding that an answer may use; telephone numbers share their first digits; positions
have more digits than anything else; photos are known by their bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

_WORD = re.compile(r"kenari[0-9a-f]{10}")
_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)?[ .-]?(813777\d{5})(?!\d)")
_NUMBER = re.compile(r"-?\d{1,3}\.\d{5,}")
_HIDDEN = re.compile(
    r"a2VuYXJp|tlbmFya|rZW5hcm"  # base64, at each of the three places it may begin
    r"|6[bB]656[eE]617269|%6[bB]%65%6[eE]|&#107;|\\u006bena"
)
"""The prefix as it looks inside base64, hexadecimal digits, percent or character codes."""

_DECIMALS = 5
_CLOSE = 1.5e-5
"""Degrees: five decimals, rounded or cut off (1.1 m)."""
_BESIDE = 4e-5
"""Degrees (4 m)."""
_SAME = 2e-8
"""Degrees (2 mm): more digits than boundaries or public positions are told with."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Mark:
    """Something private: what it is, whose report it belongs to, and the text it is found by."""

    kind: str
    report: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.report or 'the city'}"


@dataclass(frozen=True)
class Place:
    """An exact position in EPSG:4326 that only *report*'s handlers may know."""

    kind: str
    report: str
    lon: float
    lat: float

    def __str__(self) -> str:
        return f"{self.kind} of {self.report}"

    def binary(self) -> tuple[bytes, ...]:
        """Its longitude and latitude as they stand in WKB, either byte order."""
        return tuple(
            struct.pack(f"{order}d", value) for order in "<>" for value in (self.lon, self.lat)
        )


@dataclass
class Marks:
    """Everything that was planted; knows how to find it."""

    words: dict[str, Mark] = field(default_factory=dict)
    """By what is searched for: words in lower case, digits of telephone numbers."""
    secrets: list[Mark] = field(default_factory=list)
    """Keys, tokens, ids: searched for as they stand."""
    places: list[Place] = field(default_factory=list)
    files: dict[str, Mark] = field(default_factory=dict)
    """By SHA-256 of an answer's whole body: photos."""
    beside_public: set[Place] = field(default_factory=set)
    """Places that a public position was drawn next to by chance: told by all their digits alone."""
    _by_digits: dict[int, list[Place]] = field(default_factory=dict)

    def word(self, kind: str, report: str) -> str:
        """A new mark as a word; nobody else has it."""
        digest = hashlib.sha256(f"{kind} {report} {next(_numbers)}".encode()).hexdigest()
        text = f"kenari{digest[:10]}"
        self.words[text] = Mark(kind, report, text)
        return text

    def phone(self, kind: str, report: str) -> str:
        """A new telephone number (E.164)."""
        digits = f"813777{next(_numbers):05d}"
        self.words[digits] = Mark(kind, report, digits)
        return f"+62{digits}"

    def email(self, kind: str, report: str) -> str:
        """A new address whose local part is a mark."""
        return f"{self.word(kind, report)}@contoh.example"

    def secret(self, kind: str, report: str, text: str) -> None:
        """Something the program drew itself, as it stands."""
        assert len(text) >= 8, "too short: would be found by chance"
        self.secrets.append(Mark(kind, report, text))

    def place(self, kind: str, report: str, lon: float, lat: float) -> None:
        """An exact position."""
        place = Place(kind, report, lon, lat)
        self.places.append(place)
        for value in (lon, lat):
            key = round(value * 10**_DECIMALS)
            for near in (key - 1, key, key + 1):
                self._by_digits.setdefault(near, []).append(place)

    def public_position(self, lon: float, lat: float) -> None:
        """Where the public is shown something: what was drawn there by chance tells nothing."""
        self.beside_public |= {
            place
            for place in self.places
            if abs(place.lon - lon) < _BESIDE and abs(place.lat - lat) < _BESIDE
        }

    def file(self, kind: str, report: str, content: bytes) -> None:
        """A photo as it is kept; also its hash, under which it lies in the storage."""
        digest = hashlib.sha256(content).hexdigest()
        self.files[digest] = Mark(kind, report, digest)

    def of(self, kind: str, report: str) -> list[Mark]:
        """The marks of a kind."""
        held = [*self.words.values(), *self.secrets]
        return [mark for mark in held if (mark.kind, mark.report) == (kind, report)]

    def found(self, content: bytes, text: str) -> set[Mark | Place]:
        """What of it is in *content*, read as *text* too (decoded, unpacked, extracted)."""
        found: set[Mark | Place] = {
            self.words[word] for word in _WORD.findall(text.lower()) if word in self.words
        }
        found |= {self.words[digits] for digits in _PHONE.findall(text) if digits in self.words}
        found |= {mark for mark in self.secrets if mark.text in text}
        if hidden := _HIDDEN.search(text):
            found.add(Mark("words in another encoding", "", hidden[0]))
        if content:
            whole = self.files.get(hashlib.sha256(content).hexdigest())
            found |= {whole} if whole else set()
        found |= set(self._places_written(text))
        found |= set(self._places_in_binary(content, text))
        return found

    def _places_written(self, text: str) -> Iterable[Place]:
        lookup = self._by_digits
        numbers = [float(number) for number in _NUMBER.findall(text)]
        keys = [round(number * 10**_DECIMALS) for number in numbers]
        for index, (number, key) in enumerate(zip(numbers, keys, strict=True)):
            for place in lookup.get(key, ()):
                if min(abs(number - place.lon), abs(number - place.lat)) < _SAME:
                    yield place  # that many digits are nobody else's
                    continue
                if place in self.beside_public:
                    continue
                beside = numbers[max(0, index - 2) : index + 3]
                if all(
                    any(abs(one - value) < _CLOSE for one in beside)
                    for value in (place.lon, place.lat)
                ):
                    yield place

    def _places_in_binary(self, content: bytes, text: str) -> Iterable[Place]:
        lowered = text.lower()
        for place in self.places:
            if any(raw in content or raw.hex() in lowered for raw in place.binary()):
                yield place
