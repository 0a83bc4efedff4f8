"""Taking a complaint in: one way for the API and the plain form."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from flask import request
from sqlalchemy import Connection, Row

from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.contact import ContactRole
from geoapp.domain.place import LonLat
from geoapp.usecases import contacts, notices, photos, replies, submit, support
from geoapp.web.contact_form import language_of_sender
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.intake_form import ComplaintForm


def count_sender(sending: submit.Sending | None = None) -> None:
    """Count this request against its sender's limit, unless it was answered before.

    Raises:
        RateLimited: it's one too many.
    """
    here = site()
    submit.count_sender(
        here.database,
        current_city(),
        here.settings.secret(),
        sender_of(request.remote_addr or ""),
        sending,
        limit=here.settings.intake_limit,
        window_s=here.settings.intake_window_s,
    )


MARKS_PER_REPORT = 10
"""A school or an office has one address and many browsers, each of which draws a mark once."""


def count_mark() -> None:
    """Count a mark that is drawn for somebody, in a window of its own.

    Raises:
        RateLimited: it's one too many.
    """
    here = site()
    submit.count_sender(
        here.database,
        current_city(),
        here.settings.secret(),
        "marks:" + sender_of(request.remote_addr or ""),
        limit=here.settings.intake_limit * MARKS_PER_REPORT,
        window_s=here.settings.intake_window_s,
    )


def sender_of(address: str) -> str:
    """Who counts as one sender: an IPv4 address, or the /64 that one IPv6 subscriber has.

    Within a /64 anybody may take a new address for every request.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)


def accept(
    form: ComplaintForm,
    channel: Channel,
    sending: submit.Sending | None = None,
    *,
    person: str | None = None,
) -> dict[str, Any]:
    """Store what *form* says and ring; what became of it, as `submit.submit` tells it.

    Photos, contact and *person* (the digest of whoever sends it) are stored with it or not at
    all. ``notices``: mail will come.

    With ``follow_key``, by which its sender may reply later. It is worked out anew whenever
    the answer is given: nothing of it is stored.
    """
    here = site()
    told = submit.submit(
        here.database,
        current_city(),
        current_catalogue(),
        _complaint(form, channel),
        sending=sending,
        also=belongings(form, language_of_sender(), person),
    )
    here.bell.ring()
    return told | {"follow_key": follow_key(told["ticket"])}


def belongings(form: ComplaintForm, language: str, person: str | None = None) -> submit.Also:
    """What is stored with a complaint, in its own transaction: photos, contact, who sent it."""
    here, city = site(), current_city()

    def store(connection: Connection, row: Row[Any]) -> dict[str, Any]:
        if form.photos:
            photos.attach(connection, city.code, row.ticket, form.photos)
        if person is not None:
            support.remember_sender(connection, city, row.id, person)
        given = form.contact.contact() if form.contact else None
        told = False
        if given:
            told = contacts.keep(
                connection, here.vault, city, row.ticket, ContactRole.REPORTER, given, language
            )
        return {"notices": told and notices.offered(here.settings, city)}

    return store


def follow_key(ticket: str) -> str:
    """The key of whoever sent *ticket*."""
    return replies.follow_key(site().settings.secret(), current_city().code, ticket)


def channel_of_request() -> Channel:
    """A page of ours (the browser says so, pages can't forge it) or a program."""
    return Channel.WEB if request.headers.get("Sec-Fetch-Site") == "same-origin" else Channel.API


def _complaint(form: ComplaintForm, channel: Channel) -> NewComplaint:
    values: dict[str, Any] = form.model_dump(
        exclude={"lon", "lat", "kelurahan", "photos", "contact"}
    )
    if form.lon is None or form.lat is None:
        return NewComplaint(**values, named_area=form.kelurahan, channel=channel)
    return NewComplaint(
        **values,
        position=LonLat(form.lon, form.lat),
        confirmed_area=form.kelurahan,
        channel=channel,
    )
