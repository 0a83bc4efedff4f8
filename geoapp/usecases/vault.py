"""Sealing what identifies a person: AES-256-GCM under keys that aren't in the database.

A sealed text is one byte that names its key, a random nonce of 12 bytes, and the ciphertext
with its tag. Which city it belongs to is authenticated with it: moved to another city's row
it opens no more. Equal texts seal differently; to find one again there is its `digest`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from geoapp.errors import ContactUnreadable
from geoapp.settings import Settings

_NONCE = 12
_TAG = 16
_KEY = 32


class Vault:
    """Seals and opens contacts; the newest key seals, every known one opens."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret().encode()
        # The derived key stays behind the configured ones: what was sealed before there were
        # any opens, and is sealed anew under them.
        keys = [*settings.sealing_keys(), _derived(secret, b"geoapp contacts")]
        self._keys = [(_name(key), AESGCM(key)) for key in keys]
        # Not of the sealing keys: they are replaced, and a digest must be found again.
        self._digest_key = _derived(secret, b"geoapp contact digests")

    def seal(self, city_code: str, text: str) -> bytes:
        """*text* sealed for *city_code* under the newest key."""
        name, cipher = self._keys[0]
        nonce = secrets.token_bytes(_NONCE)
        return name + nonce + cipher.encrypt(nonce, text.encode(), _bound(city_code))

    def open(self, city_code: str, sealed: bytes) -> str:
        """What was sealed for *city_code*.

        Raises:
            ContactUnreadable: it was changed, is another city's, or its key isn't known here.
        """
        sealed = bytes(sealed)  # the driver gives a memoryview
        name, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if len(rest) < _TAG:
            raise ContactUnreadable("A sealed contact is cut short.", "Restore it from a backup.")
        fitting = [cipher for known, cipher in self._keys if known == name]
        if not fitting:
            raise ContactUnreadable(
                f"A contact is sealed under a key that isn't known here (number {name[0]}).",
                "Add the key to GEOAPP_CONTACT_KEYS, behind the newest.",
            )
        for cipher in fitting:
            try:
                return cipher.decrypt(nonce, rest, _bound(city_code)).decode()
            except InvalidTag:
                continue
        raise ContactUnreadable(
            "A sealed contact was changed, or belongs to another city.",
            "Restore it from a backup; if it never opened, look for its key.",
        )

    def is_newest(self, sealed: bytes) -> bool:
        """Whether *sealed* says that it was sealed under the newest key."""
        return bytes(sealed[:1]) == self._keys[0][0]

    def digest(self, city_code: str, value: str) -> str:
        """By which the same normalised address is found again in *city_code*: 64 hex digits.

        Letters' case doesn't count: no mail server in use tells two people apart by it.
        """
        message = f"contact:{city_code}:{value.casefold()}".encode()
        return hmac.new(self._digest_key, message, hashlib.sha256).hexdigest()


def _bound(city_code: str) -> bytes:
    return f"contact:{city_code}".encode()


def _name(key: bytes) -> bytes:
    """One byte that tells keys apart in most cases; where two share it both are tried."""
    return hashlib.sha256(b"geoapp key " + key).digest()[:1]


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=purpose).derive(secret)
