"""A filter that somebody keeps by name."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 50
"""Filters that one account keeps."""
NAME_MOST = 100
QUERY_MOST = 8000
"""Characters; an address carries no longer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A filter with a name.

    Attributes:
        query: as an address carries it, without a question mark.
        shared: read by everybody of the city who reads figures.
        owner: name of the account that keeps it.
        mine: whether that is whoever asks.
        may_change: whether whoever asks may change or remove it.
    """

    id: int
    name: str
    query: str
    shared: bool
    owner: str
    mine: bool
    may_change: bool
