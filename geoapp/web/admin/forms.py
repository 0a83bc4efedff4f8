"""Forms as browsers send them: read field by field, faults gathered, what was typed kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geoapp.errors import Conflict, InvalidInput
from geoapp.web.intake_form import plain

_DECIMAL = re.compile(r"\d{1,3}(?:\.\d{1,6})?", re.ASCII)
YEARS = range(2000, 2101)
"""Years a date may lie in."""
WHOLE = "form"
"""Name under which faults stand that belong to no field of the page."""


class Form:
    """A form's values and what is wrong with them, by field.

    Reading a field that holds something unusable notes the fault in the reader's language
    and answers a stand-in, so that all faults are told at once; ask `sound` before using
    what was read.
    """

    def __init__(self, start: Mapping[str, object] | None = None, *, blank: bool = False) -> None:
        """Take what was sent; before anything was (or *blank*), what the fields start with."""
        self.sent = request.method == "POST" and not blank
        self._values: MultiDict[str, str] = MultiDict()
        if self.sent:
            self._values = MultiDict(request.form)
        else:
            for name, value in (start or {}).items():
                self._start(name, value)
        self.faults: dict[str, list[str]] = {}
        self._conflict = False

    def _start(self, name: str, value: object) -> None:
        if isinstance(value, (list, tuple, frozenset, set)):
            self._values.setlist(name, [str(each) for each in value])
        elif isinstance(value, bool):
            self._values[name] = "1" if value else ""
        elif value is not None:
            self._values[name] = str(value)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.faults

    @property
    def status(self) -> int:
        """HTTP status of the page that shows this form."""
        return 409 if self._conflict else 422 if self.faults else 200

    def typed(self, name: str) -> str:
        """What stands in a field, as it was typed."""
        return self._values.get(name, "")

    def chosen(self, name: str) -> Sequence[str]:
        """Everything that was ticked under a name."""
        return self._values.getlist(name)

    def wrong(self, name: str, told: str) -> None:
        """Note a fault of a field."""
        self.faults.setdefault(name, []).append(told)

    def text(self, name: str, *, most: int = 200, needed: bool = True) -> str:
        """One line of text, spaces put in order; empty only where it isn't needed."""
        raw = self.typed(name)
        if not raw.strip():
            if needed:
                self.wrong(name, _("Please fill this in."))
            return ""
        try:
            value = " ".join(plain(raw).split())
        except ValueError:
            self.wrong(name, _("Please remove characters that can't be printed."))
            return ""
        if len(value) > most:
            self.wrong(name, _("Please use at most %(most)s characters.", most=most))
        return value

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number of a range, the ends included."""
        raw = self.typed(name).strip()
        value = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else -1
        if not least <= value <= most:
            self.wrong(
                name,
                _("Please give a whole number from %(least)s to %(most)s.", least=least, most=most),
            )
            return least
        return value

    def share(self, name: str, usual: float) -> float:
        """A percentage up to 100, with point or comma, as a share; *usual* where none is typed."""
        raw = self.typed(name).strip().removesuffix("%").strip().replace(",", ".")
        if not raw:
            return usual
        percent = float(raw) if _DECIMAL.fullmatch(raw) else -1.0
        if not 0 < percent <= 100:
            self.wrong(name, _("Please give a percentage above 0, at most 100."))
            return usual
        return percent / 100

    def day(self, name: str) -> date | None:
        """A date as ``2026-12-25``; None, with a fault, for anything else."""
        value = self.optional_day(name)
        if value is None and name not in self.faults:
            self.wrong(name, _("Please give a date."))
        return value

    def optional_day(self, name: str) -> date | None:
        """A date, or None where nothing was typed."""
        raw = self.typed(name).strip()
        if not raw:
            return None
        try:
            value = date.fromisoformat(raw)
        except ValueError:
            self.wrong(name, _("Please give a date such as 2026-12-25."))
            return None
        if value.year not in YEARS:
            self.wrong(
                name,
                _(
                    "Please give a year from %(least)s to %(most)s.",
                    least=YEARS.start,
                    most=YEARS.stop - 1,
                ),
            )
            return None
        return value

    def choice(self, name: str, offered: Collection[str]) -> str:
        """One of what was offered."""
        value = self.typed(name)
        if value not in offered:
            self.wrong(name, _("Please choose from the list."))
            return next(iter(offered), "")
        return value

    def choices(self, name: str, offered: Collection[str]) -> frozenset[str]:
        """Any number of what was offered."""
        values = frozenset(self.chosen(name))
        if not values <= set(offered):
            self.wrong(name, _("Please choose from the list."))
            return frozenset()
        return values

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.typed(name))

    def refusals(self, *, conflict: str = WHOLE) -> Refusals:
        """Note what a use case refuses inside this block; see `Refusals`."""
        return Refusals(self, conflict)

    def clash(self, name: str, told: str) -> None:
        """Note that a field is at odds with what is stored."""
        self.wrong(name, told)
        self._conflict = True


class Refusals:
    """A block whose refusals stand beside their fields, in the reader's language.

    What a use case finds wrong with a field is noted there, a clash with what is stored
    beside *conflict*; anything else goes on its way.
    """

    def __init__(self, form: Form, conflict: str) -> None:
        """Watch over a block for *form*."""
        self._form = form
        self._conflict = conflict

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: object
    ) -> bool:
        """Note a refusal, and say that it needs nobody else."""
        if isinstance(problem, InvalidInput):
            if not problem.fields:
                self._form.wrong(WHOLE, _(problem.message))
            for fault in problem.fields:
                values = {} if fault.value is None else {"value": fault.value}
                self._form.wrong(fault.field, _(fault.message, **values))
        elif isinstance(problem, Conflict):
            parts = (problem.message, problem.remedy)
            self._form.clash(self._conflict, " ".join(_(part) for part in parts if part))
        else:
            return False
        return True
