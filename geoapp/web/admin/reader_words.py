"""What the readers of boundary files and the use cases say, in the words of these pages.

Their messages are English and speak of the command's options. Here each is known by its form;
what it names (a feature, a code, an attribute) goes into the sentence of the reader's language.
A message of another form is shown as it is: better told in English than not at all.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flask_babel import gettext as _

from geoapp.errors import GeoappError
from geoapp.web.admin import blueprint
from geoapp.web.admin.reader_sentences import ON_PAGES, OPTIONS, SENTENCES

_PLACE = re.compile(r"%\((\w+)\)s")
_OPTION = re.compile(r"--[a-z]+(?:-[a-z]+)*")


def in_words(problem: GeoappError) -> str:
    """What is wrong and what to do, in the reader's language."""
    return " ".join(said(part) for part in (problem.message, problem.remedy) if part)


@blueprint.app_template_filter("reader_words")
def said(text: str) -> str:
    """One message, or one finding of a report, in the reader's language."""
    for form, msgid in _forms():
        if found := form.fullmatch(text):
            values = {name: _part(value or "") for name, value in found.groupdict().items()}
            here = ON_PAGES.get(msgid, msgid)
            text = _(here, **values) if values else _(here)
            break
    return _OPTION.sub(lambda option: str(OPTIONS.get(option[0], option[0])), text)


def _part(value: str) -> str:
    """What a place of a sentence holds: a sentence of its own, or a name, which stays."""
    if " " not in value:
        return value
    several = value.split("; ")
    told = [said(one) for one in several]
    if all(one != as_it_was for one, as_it_was in zip(told, several, strict=True)):
        return "; ".join(told)  # a list of findings
    return said(value)


@lru_cache(maxsize=1)
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """Each sentence as the form that its message has, and as the text to look up.

    Those with the most words of their own come first: “%(name)s holds %(what)s” also fits
    the sentence “x is an archive without a map; it holds y”, whose half it would be.
    """
    told = sorted(SENTENCES, key=lambda msgid: -len(_PLACE.sub("", msgid)))
    return [(_form(msgid), msgid) for msgid in told]


def _form(msgid: str) -> re.Pattern[str]:
    """The form of a message: its fixed words, and anything in its places."""
    parts, at, seen = [], 0, set()
    for place in _PLACE.finditer(msgid):
        parts.append(re.escape(msgid[at : place.start()]))
        name = place[1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = place.end()
    parts.append(re.escape(msgid[at:]))
    return re.compile("".join(parts), re.DOTALL)
