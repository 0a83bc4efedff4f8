"""What an account's words must be: addresses, passwords, and the secrets only digests keep.

A token, a key or a recovery code is long and random, so a plain SHA-256 of it can't be
guessed back; passwords aren't, and go through argon2 (`geoapp.usecases.passwords`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geoapp.domain.access import Grant, StaffRole
from geoapp.errors import FieldProblem, InvalidInput

PASSWORD_LEAST = 12
PASSWORD_MOST = 256
"""Characters; the upper limit only keeps the hashing of a flood cheap."""

NAME_MOST = 120
RECOVERY_CODES = 10
AGENCY_ROLES = frozenset({StaffRole.AGENCY_ADMIN, StaffRole.AGENCY_HEAD})
"""Roles that are of one agency."""
CITY_ROLES = frozenset({StaffRole.OPERATOR, StaffRole.CITY_ADMIN, StaffRole.AUDITOR})
"""Roles that are of the whole city: no agency, no areas."""

KEY_PREFIX = "gak_"
"""What every API key begins with, so that one in the wrong place is recognised."""

_SHAPE = re.compile(r"[^\s@,;<>\"()\\]+@[^\s@,;<>\"()\\]+\.[^\s@,;<>\"()\\]+")
_EMAIL_MOST = 254  # RFC 5321, 4.5.3.1.3
# No letters that are mistaken for figures: the codes are read from paper.
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456789123", "123123123123",
        "111111111111", "000000000000", "121212121212", "112233445566", "qwertyuiop12",
        "qwertyuiop123", "qwerty123456", "1q2w3e4r5t6y", "1qaz2wsx3edc", "qazwsxedcrfv",
        "asdfghjkl123", "abcdefghijkl", "abc123456789", "password1234", "password12345",
        "password123456", "passwordpassword", "administrator", "administrator1", "admin1234567",
        "adminadminadmin", "letmeinletmein", "iloveyou1234", "welcome12345", "changeme1234",
        "katasandi123", "katasandi1234", "katasandiku123", "rahasia12345", "rahasia123456",
        "sayangsayang", "sayangku1234", "bismillah123", "bismillah1234", "alhamdulillah",
        "assalamualaikum", "indonesia123", "indonesia1234", "indonesia1945", "indonesiaraya",
        "merdeka17845", "merdekamerdeka", "garuda123456", "pancasila123", "jakarta12345",
        "pemerintah123", "pemkot123456", "selamatpagi", "selamatpagi123", "terimakasih1",
        "terimakasih123", "gantisekarang",
    }
)  # fmt: skip
"""Passwords of twelve characters and more that everybody tries first, in lower case."""


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the door compares with; *password_hash* is None until a password was set."""

    account_id: int
    name: str
    email: str
    password_hash: str | None
    uniquifier: str
    totp_secret: str | None
    has_recovery_codes: bool


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How many seconds a session lives: without being used, and at all."""

    idle_s: int
    longest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser that is signed in, or was."""

    id: int
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrant:
    """A grant in force, with the id that `revoke` takes."""

    id: int
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A machine's key as lists show it; the key itself is told once, when it is made."""

    id: int
    name: str
    hint: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as the city's administrator sees it."""

    id: int
    kind: str
    name: str
    email: str | None
    active: bool
    has_password: bool
    has_totp: bool
    created_at: datetime
    last_login_at: datetime | None
    invited_until: datetime | None
    sessions: int
    grants: tuple[HeldGrant, ...]
    keys: tuple[ApiKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link that lets its holder set a password, once; *token* is told only here."""

    account_id: int
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Address of the page below the city's."""
        return f"/invitation/{self.token}"


def normal_email(text: str) -> str:
    """*text* as addresses are kept and compared: trimmed, NFC, lower case.

    Raises:
        InvalidInput: it can't be an address.
    """
    email = unicodedata.normalize("NFC", text).strip().lower()
    if len(email) > _EMAIL_MOST or not _SHAPE.fullmatch(email) or not email.isprintable():
        raise InvalidInput(
            "That isn't an e-mail address.",
            "Write it like name@example.org.",
            [FieldProblem("email", "Isn't an e-mail address.")],
        )
    return email


def normal_name(text: str) -> str:
    """*text* as names are kept: NFC, single spaces.

    Raises:
        InvalidInput: it's empty, too long or can't be printed.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= NAME_MOST or not name.isprintable():
        raise InvalidInput(
            "A name is missing or too long.",
            f"Write 1 to {NAME_MOST} characters.",
            [FieldProblem("name", f"Write 1 to {NAME_MOST} characters.")],
        )
    return name


def normal_password(text: str) -> str:
    """*text* as it is hashed: NFKC, so that every keyboard's way to type it is one (SP 800-63B)."""
    return unicodedata.normalize("NFKC", text)


def weakness(password: str, *, name: str, email: str) -> Weakness | None:
    """Why *password* can't be taken for this account; None when it can."""
    if len(password) < PASSWORD_LEAST:
        return Weakness.SHORT
    if len(password) > PASSWORD_MOST:
        return Weakness.LONG
    folded = _letters(password)
    if password.lower() in COMMON or folded in COMMON or len(set(folded)) < 4:
        return Weakness.COMMON
    for own in (name, email, email.partition("@")[0]):
        # Their own words with a year behind them are the first thing to be tried.
        if (
            len(_letters(own)) >= 4
            and _letters(own) in folded
            and len(folded) < 2 * len(_letters(own)) + 4
        ):
            return Weakness.PERSONAL
    return None


def _letters(text: str) -> str:
    """Letters and figures alone, in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def new_token() -> str:
    """A secret of 256 bits that fits into an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """An API key."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a token, key or code: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_recovery_codes() -> list[str]:
    """Ten codes of 59 bits, to be kept on paper: ``abcd-efgh-jkmn``."""
    return [
        "-".join("".join(secrets.choice(_CODE_LETTERS) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return digest("recovery:" + _letters(code))


def check_grant(new: Grant) -> None:
    """Whether role, agency and areas go together; the database's constraints, in words.

    Raises:
        InvalidInput: names the field.
    """
    if new.role in AGENCY_ROLES and new.agency_code is None:
        raise _unfit("agency", "This role is of one agency: choose it.")
    if new.role in CITY_ROLES and (new.agency_code is not None or not new.everywhere):
        raise _unfit("role", "This role is for the whole city: leave agency and areas out.")
    if new.role is StaffRole.FIELD_OFFICER and new.agency_code is None and new.everywhere:
        raise _unfit("agency", "A field officer needs an agency or areas.")


def _unfit(field: str, message: str) -> InvalidInput:
    return InvalidInput("The grant can't be given.", message, [FieldProblem(field, message)])
