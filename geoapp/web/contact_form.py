"""How somebody may be reached, as a form sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, field_validator

from geoapp.domain import contact as rules
from geoapp.domain.contact import Contact
from geoapp.web.context import LANGUAGES, current_city, current_language

_Text = Annotated[str | None, Field(max_length=500)]


class ContactForm(BaseModel):
    """Name, e-mail and telephone number; all of them optional, none ever public."""

    model_config = ConfigDict(extra="forbid", title="Contact")
    UNECHOED: ClassVar[frozenset[str]] = frozenset({"*"})

    name: Annotated[_Text, Field(description="What to call the person.")] = None
    email: Annotated[_Text, Field(description="Where mails about the complaint go.")] = None
    phone: Annotated[
        _Text, Field(description="With its country's code; a leading 0 is read as +62.")
    ] = None

    @field_validator("name", "email", "phone", mode="after")
    @classmethod
    def _normal(cls, value: str | None, info: object) -> str | None:
        rule: Callable[[str], str | None] = getattr(rules, info.field_name)  # type: ignore[attr-defined]
        return None if value is None else rule(value)

    def contact(self) -> Contact:
        """What was filled in."""
        return Contact(name=self.name, email=self.email, phone=self.phone)

    def named(self) -> dict[str, str | None]:
        """The fields that were sent; an empty one is None."""
        return {
            field: getattr(self, field)
            for field in ("name", "email", "phone")
            if field in self.model_fields_set
        }


def language_of_sender() -> str:
    """The language to write to whoever sends this request.

    What a page of ours was shown in; a browser's list of languages says nothing about that.
    """
    asked = request.args.get("lang") or request.cookies.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return language_of_city()
    return current_language()


def language_of_city() -> str:
    """The language of people who called or wrote to the city."""
    locale = current_city().locale
    return locale if locale in LANGUAGES else LANGUAGES[0]
