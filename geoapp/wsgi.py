"""What gunicorn loads."""

from __future__ import annotations

from geoapp.app import create_app
from geoapp.settings import Settings

application = create_app(Settings.from_env())
