"""Which city an address is for: by host name, by ``/<slug>/…``, or the first one there was.

What a lone city's people wrote down (tickets, links, apps) stays valid when others come: the
first city of a server keeps the addresses without a slug. A setting names another one, or
nobody; then the front page lets one choose. A practice city is always addressed by its slug.

The slug moves from PATH_INFO to SCRIPT_NAME, so every address the program makes keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from geoapp.domain.catalogue import City
from geoapp.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


NOBODY = "none"
"""As the setting ``default_city``: every city is addressed by its slug or host."""


class Tenancy:
    """WSGI middleware that puts the request's City into ``environ["geoapp.city"]``.

    Addresses that name no city pass through without one; pages that need one say so. While the
    database is away ``environ["geoapp.unavailable"]`` holds why no city is known.
    """

    def __init__(
        self,
        application: WSGIApplication,
        cities: Callable[[], list[City]],
        default_city: str = "",
    ) -> None:
        self._application = application
        self._cities = cities
        self._default = default_city

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Find the city, then go on."""
        try:
            cities = self._cities()
        except DatabaseUnavailable as problem:
            # Whoever needs the city says so, in its own words: nobody knows which it would be.
            environ["geoapp.unavailable"] = problem
            cities = []
        path = environ.get("PATH_INFO", "")
        first, _, rest = path.lstrip("/").partition("/")
        city = next((city for city in cities if city.slug == first), None)
        if city is not None:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
            environ["PATH_INFO"] = f"/{rest}"
        else:
            city = self._without_prefix(cities, environ)
        if city is not None:
            environ["geoapp.city"] = city
        return self._application(environ, start_response)

    def _without_prefix(self, cities: list[City], environ: dict[str, Any]) -> City | None:
        host = environ.get("HTTP_HOST", "").partition(":")[0].lower()
        for city in cities:
            if city.host and city.host.lower() == host:
                return city
        for city in cities:
            if self._default and self._default in {city.code, city.slug}:
                return city
        if self._default == NOBODY:
            return None
        real = [city for city in cities if not city.practice] or cities
        return next((city for city in real if city.unprefixed or len(real) == 1), None)
