"""How passwords are hashed: argon2id, with the figures OWASP gives for a busy server.

Flask-Security is handed this very context, so that commands and pages hash alike.
"""

from __future__ import annotations

import secrets

from passlib.context import CryptContext

CONTEXT = CryptContext(
    schemes=["argon2"],
    # 19 MiB, two passes, one lane: 20 ms where the default of 64 MiB takes five times as long,
    # and web workers answer nobody else meanwhile.
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)


def hashed(password: str) -> str:
    """*password* as it is kept."""
    kept: str = CONTEXT.hash(password)
    return kept


def generated() -> str:
    """A password nobody has to invent: 96 bits, sixteen characters."""
    return secrets.token_urlsafe(12)
