"""The application factory: the only place that wires things together."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from geoapp import resources
from geoapp.channels import mail
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases.feed import Bell, Hub
from geoapp.usecases.vault import Vault
from geoapp.web import (
    access,
    accounts,
    admin,
    audit,
    compression,
    errors,
    health,
    live,
    metrics,
    page,
    photos,
    privacy,
    public,
    security,
    tenancy,
    tiles,
    unsubscribe,
    work,
)
from geoapp.web.api import blueprint as api
from geoapp.web.context import Site, current_language, current_timezone


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """A ready application; opens no connection until the first request.

    Args:
        database: Where to look; default is what *settings* name.
    """
    if database is None:
        database = Database(settings.database_url, pool_size=settings.pool_size)
    app = Flask(
        "geoapp.web",
        template_folder=str(resources.path("map_templates")),
        static_folder=str(resources.static()),
        static_url_path="/static",
    )
    app.config.update(
        SECRET_KEY=settings.secret(),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        MAX_FORM_PARTS=50,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # behind a proxy without Referer the token must do
        BABEL_TRANSLATION_DIRECTORIES=str(resources.package("translations")),
    )
    site = Site(
        settings=settings,
        database=database,
        bell=Bell(database),
        hub=Hub(database, interval_s=settings.live_interval_ms / 1000),
        photos=open_storage(settings),
        vault=Vault(settings),
    )
    app.extensions["geoapp"] = site
    mail.warn_of_untranslated()
    Babel(app, locale_selector=current_language, timezone_selector=current_timezone)
    for part in (metrics, errors, security, accounts, access, compression, page, public):
        part.register(app)
    for blueprint in (
        api,
        tiles.blueprint,
        live.blueprint,
        health.blueprint,
        photos.blueprint,
        privacy.blueprint,
        unsubscribe.blueprint,
        work.api,
        work.pages,
        admin.blueprint,
        audit.blueprint,
    ):
        app.register_blueprint(blueprint)
    # JSON is accepted only as application/json, which no form of another site can send.
    security.csrf.exempt(api)
    app.wsgi_app = tenancy.Tenancy(  # type: ignore[method-assign]
        app.wsgi_app, site.cities, settings.default_city
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app
