"""What the sender of a complaint is answered, as models."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from geoapp.domain.complaint import Status
from geoapp.domain.sender import LEAST_STARS, MOST_STARS
from geoapp.web.api.models import Answer, Count, Latitude, Longitude, Names

Stars = Annotated[int, Field(ge=LEAST_STARS, le=MOST_STARS)]


class MinePhoto(Answer):
    """A photo; it is fetched by its id with the sender's key in a header."""

    id: str
    width: Count
    height: Count


class MinePosition(Answer):
    """The position that was sent, WGS 84 degrees."""

    lon: Longitude
    lat: Latitude


class MineEntry(Answer):
    """An entry of the history: what is public of any complaint, and the sender's own words."""

    kind: str
    status: Status | None
    at: AwareDatetime
    own: bool = Field(description="The sender did it.")
    words: str | None
    solved: bool
    stars: Stars | None
    authority: str | None
    agency: str | None
    lead: str | None = Field(description="The report it was merged with, unless confidential.")
    photos: list[MinePhoto]


class MineMay(Answer):
    """What the sender may do now."""

    reply: bool
    dispute_until: AwareDatetime | None
    rate: bool
    rate_until: AwareDatetime | None
    escalate: bool = Field(description="The deadline has passed: the Ombudsman may be asked.")
    escalate_from: AwareDatetime | None


class MineContact(Answer):
    """How the sender is reached; address and number are masked."""

    name: str | None
    email: str | None
    phone: str | None


class MineRating(Answer):
    """What the sender thinks of the work."""

    stars: Stars
    words: str
    rated_at: AwareDatetime


class MineAnswer(Answer):
    """A complaint as its sender may see it, confidential or not."""

    ticket: str
    status: Status
    service_name: Names
    group: str
    description: str | None
    landmark: str | None
    agency: str
    kelurahan: str | None
    kecamatan: str | None
    position: MinePosition | None
    anonymous: bool
    confidential: bool
    submitted_at: AwareDatetime
    due_at: AwareDatetime
    photos: list[MinePhoto]
    history: list[MineEntry]
    contact: MineContact | None
    may: MineMay
    rating: MineRating | None
    escalated_at: AwareDatetime | None


class RatingAnswer(Answer):
    """A rating that is kept."""

    ticket: str
    stars: Stars


class EscalationAnswer(Answer):
    """Since when the sender takes it to the Ombudsman."""

    ticket: str
    escalated_at: AwareDatetime
