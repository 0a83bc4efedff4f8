"""How to reach a person: normalised, checked, and shown so that it can't be copied.

What is wrong with an address is said without the address: faults end in logs and screens.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

EMAIL_MOST = 254
"""Characters of an address that can still be sent to (RFC 5321, 4.5.3.1.3, less the brackets)."""

NAME_MOST = 100

_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_DECORATION = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_DIGITS_LEAST, _DIGITS_MOST = 8, 15  # E.164 has fifteen at most


class ContactRole(StrEnum):
    """Whose contact it is."""

    REPORTER = "reporter"
    FOLLOWER = "follower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person's name, e-mail and telephone number; any of them may be missing.

    Made of normalised values (`name`, `email`, `phone`); its text shows none of them.
    """

    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def __bool__(self) -> bool:
        return any((self.name, self.email, self.phone))

    def __repr__(self) -> str:
        given = [field for field in ("name", "email", "phone") if getattr(self, field)]
        return f"<Contact with {', '.join(given) or 'nothing'}>"

    def changed(self, changes: dict[str, str | None]) -> Contact:
        """The same with *changes*: a field that isn't named stays, None takes it away."""
        return replace(self, **changes)

    def masked(self) -> Contact:
        """As it is shown to whoever should know it already: ``s•••@e•••.com``, ``+62•••789``."""
        return Contact(
            name=self.name,
            email=None if self.email is None else mask_email(self.email),
            phone=None if self.phone is None else mask_phone(self.phone),
        )


def name(value: str) -> str | None:
    """*value* as one line of printable text; None when nothing is left.

    Raises:
        ValueError: it can't be printed, or is too long.
    """
    text = " ".join(_printable(value).split())
    if len(text) > NAME_MOST:
        raise ValueError(f"should have at most {NAME_MOST} characters")
    return text or None


def email(value: str) -> str | None:
    """*value* normalised: NFC, the domain in lower case and in letters; None when it is empty.

    The part before the @ is its owner's business and stays as it is. Whether mail arrives
    only a mail tells.

    Raises:
        ValueError: it can't be an address; says why, without it.
    """
    text = unicodedata.normalize("NFC", _printable(value).strip())
    if not text:
        return None
    if text.count("@") != 1:
        raise ValueError("should be one address with one @, such as name@example.com")
    local, domain = text.split("@")
    domain = _in_letters(domain.rstrip("."))
    if not local or not domain:
        raise ValueError("needs something before and after the @")
    if len(local.encode()) > 64 or local[0] == "." or local[-1] == "." or ".." in local:
        raise ValueError("isn't an address that mail can be sent to: look at the part before the @")
    if not _LOCAL.fullmatch(local):
        raise ValueError("holds spaces or signs that an address can't have")
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("isn't an address that mail can be sent to: look at the part after the @")
    if labels[-1].isdigit():
        raise ValueError("needs the name of a domain after the @")
    normal = f"{local}@{domain}"
    if len(normal.encode()) > EMAIL_MOST:
        raise ValueError(f"should have at most {EMAIL_MOST} characters")
    return normal


def phone(value: str, country: str = "62") -> str | None:
    """*value* as ``+`` and digits (E.164); None when it is empty.

    A leading 0 or 8 is taken as a number of *country*; ``00`` as the international prefix.

    Raises:
        ValueError: it can't be a number; says why, without it.
    """
    text = unicodedata.normalize("NFKC", _printable(value).strip())
    text = _DECORATION.sub("", text)
    if not text:
        return None
    plus, digits = text.startswith("+"), text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("should have digits alone, such as 0812 3456 7890 or +62 812 3456 7890")
    if not plus:
        if digits.startswith("00"):
            digits = digits[2:]
        elif digits.startswith("0"):
            digits = country + digits[1:]
        elif not digits.startswith(country):
            digits = country + digits
    if digits.startswith(country + "0"):  # +62 (0)812 …
        digits = country + digits[len(country) + 1 :]
    if not _DIGITS_LEAST <= len(digits) <= _DIGITS_MOST or digits.startswith("0"):
        raise ValueError(
            f"should have {_DIGITS_LEAST} to {_DIGITS_MOST} digits with its country's code"
        )
    return f"+{digits}"


def mask_email(address: str) -> str:
    """The first letters of both parts and the last label: ``s•••@e•••.com``."""
    local, _, domain = address.rpartition("@")
    host, _, last = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{last}"


def mask_phone(number: str) -> str:
    """The country and the last three digits: ``+62•••890``."""
    return f"{number[:3]}•••{number[-3:]}"


def _printable(value: str) -> str:
    for letter in value:
        # Format marks (Cf) hide in an address and make two that look the same.
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
            raise ValueError("contains characters that can't be printed")
    return value


def _in_letters(domain: str) -> str:
    """*domain* in lower case, its letters of any script written the one way they are compared."""
    lowered = unicodedata.normalize("NFC", domain.lower())
    try:
        return lowered.encode("idna").decode("ascii") if not lowered.isascii() else lowered
    except UnicodeError:
        raise ValueError(
            "isn't an address that mail can be sent to: look at the part after the @"
        ) from None
