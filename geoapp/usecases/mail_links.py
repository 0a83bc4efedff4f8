"""Addresses in mails: a complaint's page, with its sender's key or without, and the way out."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from geoapp.domain.catalogue import City
from geoapp.settings import Settings
from geoapp.usecases import replies

_SALT = "geoapp no more mails"


def site_url(settings: Settings, city: City) -> str:
    """Where *city* is reached, without a slash at its end.

    Its own host name; else the public address with its slug, which leads there whichever other
    cities come. The server's first city keeps the address without one.
    """
    base = settings.public_url.rstrip("/")
    if city.host:
        return f"{base.partition('://')[0] or 'https'}://{city.host}"
    if city.unprefixed and not settings.default_city:
        return base
    return f"{base}/{city.slug}"


def ticket_url(
    settings: Settings, city: City, ticket: str, *, key: bool = False, language: str = ""
) -> str:
    """A complaint's page; with *key* its sender's, behind the # that no server's log sees.

    In *language*, where that isn't the city's own.
    """
    page = f"{site_url(settings, city)}/c/{ticket}{_asking(city, language)}"
    if not key:
        return page
    return f"{page}#kunci={replies.follow_key(settings.secret(), city.code, ticket)}"


def unsubscribe_url(settings: Settings, city: City, contact_id: int, *, language: str = "") -> str:
    """The page on which whoever has the mail ends it, in one click."""
    page = f"{site_url(settings, city)}/u/{token(settings, city.code, contact_id)}"
    return page + _asking(city, language)


def _asking(city: City, language: str) -> str:
    return f"?lang={language}" if language and language != city.locale else ""


def token(settings: Settings, city_code: str, contact_id: int) -> str:
    """Proves who holds it to be the addressee of a contact's mails; it doesn't end."""
    signed: str | bytes = _signer(settings).dumps([city_code, contact_id])
    return signed if isinstance(signed, str) else signed.decode("ascii")


def contact_of(settings: Settings, city_code: str, token: str) -> int | None:
    """Whose *token* it is; None when it's forged, or another city's."""
    try:
        city, contact = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return contact if city == city_code and isinstance(contact, int) else None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret(), salt=_SALT)
