"""All hostile texts of tests/xss.py cut into values that a field takes, and found again.

Each value ends in a mark of its field and number (``#landmark12.``), so that a text that is
shown tells where it came from. Texts are joined with a space up to the field's limit; where a field
refuses some characters those that have them stand alone, so that nothing is refused with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.xss import payloads

HIDDEN = frozenset({"filename", "agent"})
"""A photo's name is dropped, of a browser's name only kind and system are told."""
MARK = re.compile(r"#([a-z]{3,12})(\d{1,3})\.")
# What a browser's parser, a form and a name's own rules make alike: nothing else is forgiven.
_DROPPED = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


def normal(text: str) -> str:
    """*text* without differences of spaces, and of marks that turn a text's direction."""
    return " ".join(text.translate(_DROPPED).split())


@dataclass(frozen=True)
class Value:
    """One value of a field: its text, and the numbers of the hostile texts in it."""

    field: str
    number: int
    text: str
    holds: frozenset[int]

    @property
    def odd(self) -> bool:
        """Whether it has characters that a field of one printable line may refuse."""
        return not (self.text.isascii() and self.text.isprintable())


@dataclass
class Texts:
    """What was cut for each field, what was refused, and what has been seen."""

    fields: dict[str, list[Value]] = field(default_factory=dict)
    refused: dict[str, set[int]] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)
    """By field, the numbers of the hostile texts that were shown as they are."""

    def cut(self, name: str, most: int, *, one_line: bool = False) -> list[Value]:
        """The values of a field that takes *most* characters; all texts are in them, once.

        *one_line*: it may refuse some characters; what has them stands alone.
        """
        mark = len(f" #{name}999.")
        bins: list[tuple[int, list[int]]] = []
        known = payloads()
        for number in sorted(range(len(known)), key=lambda n: -len(known[n])):
            text, length = known[number], len(known[number]) + mark
            alone = one_line and Value(name, 0, text, frozenset()).odd
            for at, (used, held) in enumerate(bins):
                if not alone and used + len(text) + 1 <= most:
                    bins[at] = (used + len(text) + 1, [*held, number])
                    break
            else:
                bins.append((most if alone else length, [number]))
        found = []
        for at, (_, held) in enumerate(bins):
            text = " ".join(known[number] for number in held)
            ending = f" #{name}{at}."
            text += ending if len(text) + len(ending) <= most else ""
            found.append(Value(name, at, text, frozenset(held)))
        assert max(len(one.text) for one in found) <= most
        self.fields[name] = found
        return found

    def spread(self, name: str, rows: int) -> list[Value]:
        """All texts over *rows* values of whatever length that takes."""
        parts = [list(enumerate(payloads()))[start::rows] for start in range(rows)]
        found = [
            Value(name, n, " ".join(text for _, text in part) + f" #{name}{n}.",
                  frozenset(number for number, _ in part))
            for n, part in enumerate(parts)
        ]  # fmt: skip
        self.fields[name] = found
        return found

    def refuse(self, value: Value) -> None:
        """A field's rules took *value* not."""
        self.refused.setdefault(value.field, set()).update(value.holds)

    def look(self, shown: str) -> int:
        """Note what of it *shown* has, whole; how many hostile texts that are."""
        shown, count = normal(shown), 0
        for value in set(self._marked(shown)) | set(self._bare(shown)):
            self.seen.setdefault(value.field, set()).update(value.holds)
            count += len(value.holds)
        return count

    def never_shown(self, name: str) -> bool:
        """Whether a field is one that no page shows, and none did."""
        return name in HIDDEN and not self.seen.get(name)

    def missing(self, name: str) -> set[int]:
        """Numbers of a field's hostile texts that were neither refused nor ever shown."""
        taken = frozenset().union(*(one.holds for one in self.fields[name]))
        return taken - self.refused.get(name, set()) - self.seen.get(name, set())

    def _marked(self, shown: str) -> Iterator[Value]:
        for found in MARK.finditer(shown):
            values = self.fields.get(found[1], [])
            if int(found[2]) < len(values):
                value = values[int(found[2])]
                if shown.endswith(normal(value.text), 0, found.end()):
                    yield value

    def _bare(self, shown: str) -> Iterator[Value]:
        for values in self.fields.values():
            for value in values:
                if not MARK.search(value.text) and normal(value.text) in shown:
                    yield value


def turn(values: list[Value], number: int) -> Value:
    """The value with *number*, from the beginning again after the last."""
    return values[number % len(values)]


def texts(values: Iterable[Value]) -> list[str]:
    """Their texts."""
    return [one.text for one in values]
