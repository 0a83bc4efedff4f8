"""Photos: how far one has come, why one was refused, what its camera noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoapp.domain.catalogue import Name

MOST = 5
"""Photos of one complaint, and of one reply."""

LARGE_EDGE = 2048
SMALL_EDGE = 480
"""Longest edges in pixels of the two sizes a photo is drawn in."""

PIXELS_MOST = 52_000_000
"""Of PNG, WebP and HEIC: 8192 × 6144, the largest that telephones take, and a bit."""

JPEG_PIXELS_MOST = 120_000_000
"""JPEG can be decoded at a fraction of its size; telephones take 108 megapixels in it."""

EDGE_LEAST = 16
"""Pixels: smaller ones show nothing."""


class PhotoState(StrEnum):
    """How far a photo has come."""

    RECEIVING = "receiving"
    KEPT = "kept"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a file isn't kept as a photo."""

    NOT_A_PHOTO = "not_a_photo"
    TWO_KINDS = "two_kinds"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_HARD = "too_hard"
    INCOMPLETE = "incomplete"


REFUSED_BECAUSE: Mapping[Refusal, Name] = {
    Refusal.NOT_A_PHOTO: Name(
        "Berkas ini bukan foto JPEG, PNG, WebP, atau HEIC.",
        "This file isn't a JPEG, PNG, WebP or HEIC photo.",
    ),
    Refusal.TWO_KINDS: Name(
        "Di dalam foto ini ada berkas lain. Ambil fotonya sekali lagi, atau kirim tangkapan layar.",
        "There is another file inside this photo. Take it again, or send a screenshot of it.",
    ),
    Refusal.BROKEN: Name(
        "Foto ini rusak atau terpotong. Pilih sekali lagi, atau ambil foto baru.",
        "This photo is broken or cut short. Pick it again, or take a new one.",
    ),
    Refusal.TOO_MANY_PIXELS: Name(
        "Ukuran foto ini terlalu besar. Ambil dengan resolusi yang lebih kecil.",
        "This photo has too many pixels. Take it with a lower resolution.",
    ),
    Refusal.TOO_SMALL: Name(
        "Foto ini terlalu kecil untuk memperlihatkan sesuatu.",
        "This photo is too small to show anything.",
    ),
    Refusal.TOO_HARD: Name(
        "Foto ini tidak dapat diolah. Ambil foto baru, atau kirim tangkapan layar.",
        "This photo can't be processed. Take a new one, or send a screenshot of it.",
    ),
    Refusal.INCOMPLETE: Name(
        "Sebagian foto ini hilang di perjalanan. Pilih sekali lagi.",
        "A part of this photo was lost on its way. Pick it again.",
    ),
}
"""The same in words, for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Size:
    """One of the two sizes a photo is kept in: where its bytes lie, and its pixels."""

    sha256: str
    bytes: int
    width: int
    height: int

    @property
    def key(self) -> str:
        """Where its bytes lie in the storage."""
        return content_key(self.sha256)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that belongs to nobody yet, as whoever sends it may know it.

    *found* is what its camera noted: ``lon``, ``lat`` and ``taken_at``, each maybe null.
    """

    id: UUID
    state: PhotoState
    length: int
    received: int
    refused_for: Refusal | None = None
    large: Size | None = None
    small: Size | None = None
    found: Mapping[str, Any] | None = None

    @property
    def whole(self) -> bool:
        """Every byte has come; it can be drawn, if it wasn't yet."""
        return self.received == self.length


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo of a complaint, for whoever may see it."""

    id: UUID
    width: int
    height: int
    event_id: int | None = None
    private: bool = False
    hidden: bool = False


def content_key(sha256: str) -> str:
    """Where bytes with this hash lie in the storage."""
    return f"{sha256[:2]}/{sha256}.jpg"


def piece_key(photo: UUID, offset: int) -> str:
    """Where a piece of a photo lies that is still being received."""
    return f"{PIECES}{photo}/{offset:010d}"


PIECES = "parts/"
"""What the keys of pieces begin with."""
