"""Settings: the only reader of the environment.

Every field of `Settings` is one variable ``GEOAPP_<NAME>``, typed, range-checked and
described; ``docs/configuration.md`` is checked against this list by a test.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from geoapp.errors import SettingsError

OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"

_SECRET_LEAST = 32
_SECRET_VARIETY = 8
"""Different characters; 32 random hexadecimal digits have fewer once in 20 million."""
_SEALING_KEY = 32
"""Bytes of a key for AES-256."""
_KNOWN_SECRETS = ("change-me", "changeme", "secret-key", "your-secret", "test-only", "example")


def _setting(
    default: Any, about: str, *, least: float | None = None, most: float | None = None
) -> Any:
    """A field with its description and the range its value must lie in."""
    return field(default=default, metadata={"about": about, "least": least, "most": most})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set from outside; immutable once read."""

    home: Path = _setting(
        Path(".geoapp"), "Folder of the private database cluster, its log and the secrets."
    )
    host: str = _setting("127.0.0.1", "Address the web server listens on.")
    port: int = _setting(8000, "Port the web server listens on.", least=1, most=65535)
    database_url: str = _setting(
        "", "PostGIS server to use, as the runtime login. Empty: a private cluster is started."
    )
    owner_database_url: str = _setting(
        "", "Same server, as the login that owns the schema; used by migrations only."
    )
    pool_size: int = _setting(
        20, "Database connections a web worker keeps open at most.", least=1, most=500
    )
    web_workers: int = _setting(2, "Web worker processes.", least=1, most=64)
    worker_connections: int = _setting(
        2000, "Open connections (live feeds included) per web worker.", least=10, most=100_000
    )
    secret_key: str = _setting(
        "",
        "Signs sessions and CSRF tokens, encrypts second factors. Empty (demo only): kept in a "
        "0600 file under the home.",
    )
    totp_required: str = _setting(
        "auto", "Second factor for everybody with an account: 1, 0, or auto (unless demo)."
    )
    session_idle_s: int = _setting(
        43_200, "A browser that was away so many seconds is signed out.", least=60, most=2_592_000
    )
    session_longest_s: int = _setting(
        604_800, "After so many seconds everybody signs in anew.", least=60, most=31_536_000
    )
    sign_in_limit: int = _setting(
        10,
        "Wrong passwords or codes for one account from one sender per window; four times as "
        "many from one sender for all accounts, ten times for one account from all senders.",
        least=1,
        most=10_000,
    )
    sign_in_window_s: int = _setting(
        900, "Length of that window in seconds.", least=10, most=86_400
    )
    default_city: str = _setting(
        "",
        "City shown when an address names none and several are kept: its code or slug; "
        "'none' lets people choose. By default the first one there was.",
    )
    demo: bool = _setting(
        True, "On an empty database, load the default city and a simulated season."
    )
    demo_days: int = _setting(120, "Length of the simulated season in days.", least=1, most=3660)
    tile_url: str = _setting(
        OSM_TILES, "Base map tiles: an XYZ address, or 'none' for a map without base tiles."
    )
    tile_attribution: str = _setting(OSM_ATTRIBUTION, "Credit line of the base map tiles.")
    trusted_proxies: int = _setting(
        0, "Reverse proxies in front whose X-Forwarded-For is believed.", least=0, most=5
    )
    intake_limit: int = _setting(
        30,
        "Submissions one sender may make per window; 0 switches the limit off.",
        least=0,
        most=1_000_000,
    )
    intake_window_s: int = _setting(600, "Length of that window in seconds.", least=1, most=86_400)
    max_body_bytes: int = _setting(
        256 * 1024, "Largest request body in bytes.", least=1024, most=100 * 1024 * 1024
    )
    metrics_token: str = _setting(
        "", "Opens /metrics to whoever sends it as a bearer token. Empty: there is no /metrics."
    )
    log_requests: bool = _setting(
        False, "A log line per request: method, route, status, time; no address, no sender."
    )
    live_interval_ms: int = _setting(
        150, "Coalescing interval of the live feed in milliseconds.", least=10, most=5000
    )
    hotspot_cell_m: int = _setting(
        600, "Hotspot hexagons: distance between opposite edges in metres.", least=100, most=5000
    )
    hotspot_days: int = _setting(30, "Hotspots: length of the window in days.", least=1, most=3660)
    hotspot_min_complaints: int = _setting(
        10,
        "Hotspots: groups with fewer complaints in the window aren't tested.",
        least=1,
        most=1_000_000,
    )
    hotspot_every_s: int = _setting(
        900, "The worker computes hotspots anew every so many seconds.", least=60, most=86_400
    )
    import_private_hosts: bool = _setting(
        False, "Boundary files may be imported from addresses that aren't public, too."
    )
    import_max_mb: int = _setting(
        64,
        "Largest boundary file that is imported, in MB, from disk or an address.",
        least=1,
        most=256,
    )
    public_url: str = _setting(
        "",
        "Address people reach the site under, for links in mails and papers, such as "
        "https://aduan.example.go.id; a city with a host name of its own keeps that.",
    )
    photo_storage: str = _setting(
        "", "Where photos lie: a folder, or s3://bucket/prefix. Empty: a folder under the home."
    )
    photo_s3_endpoint: str = _setting(
        "", "Address of an S3-compatible server; keys come as AWS_* variables or a profile."
    )
    photo_max_mb: int = _setting(
        20, "Largest photo that is taken, in MB, before it is drawn anew.", least=1, most=100
    )
    photo_loose_hours: int = _setting(
        48, "Photos that belong to no complaint after so many hours are removed.", least=1, most=720
    )
    smtp_url: str = _setting(
        "",
        "Mail server, such as smtp://user:password@mail.example.go.id:587?starttls=1 or smtps://. "
        "Empty: no mail is sent, and none is offered.",
    )
    mail_from: str = _setting("", "Sender of mails, such as Aduan Kota <aduan@example.go.id>.")
    contact_keys: str = _setting(
        "",
        "Keys that seal contacts, 64 hexadecimal digits each, newest first, separated by commas. "
        "Empty: one derived from the secret key.",
    )
    contact_days: int = _setting(
        365, "Days after its complaint was closed that a contact is kept.", least=1, most=3660
    )
    idempotency_days: int = _setting(7, "Days an Idempotency-Key is remembered.", least=1, most=365)

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            least, most = setting.metadata["least"], setting.metadata["most"]
            if least is not None and not least <= value <= most:
                raise SettingsError(
                    f"GEOAPP_{setting.name.upper()} is {value!r}.",
                    f"Set a number from {least} to {most}.",
                )
        for name in ("database_url", "owner_database_url"):
            url = getattr(self, name)
            if url and not url.startswith(
                ("postgresql://", "postgres://", "postgresql+psycopg2://")
            ):
                raise SettingsError(
                    f"GEOAPP_{name.upper()} isn't a PostgreSQL address.",
                    "Write postgresql://user@host:port/database.",
                )
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise SettingsError(
                f"GEOAPP_PUBLIC_URL is {self.public_url!r}.", "Write https://host, or http://."
            )
        if self.smtp_url and not (self.mail_from and self.public_url):
            missing = "PUBLIC_URL" if self.mail_from else "MAIL_FROM"
            raise SettingsError(
                f"GEOAPP_SMTP_URL is set and GEOAPP_{missing} isn't.",
                "Mails need both a sender and the address their links lead to.",
            )
        self.sealing_keys()
        if self.totp_required not in {"auto", "0", "1"}:
            raise SettingsError(
                f"GEOAPP_TOTP_REQUIRED is {self.totp_required!r}.", "Write auto, 1 or 0."
            )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``GEOAPP_*`` from *environ* (default: the process's own).

        Raises:
            SettingsError: a value is malformed or out of range, or a name is unknown
                (a misspelt setting would otherwise be silently without effect).
        """
        environ = os.environ if environ is None else environ
        types = get_type_hints(cls)
        known = {f"GEOAPP_{f.name.upper()}": f for f in fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in environ.items():
            if not variable.startswith("GEOAPP_"):
                continue
            if variable not in known:
                raise SettingsError(
                    f"{variable} is no setting.",
                    "docs/configuration.md lists them all; correct or remove it.",
                )
            name = known[variable].name
            values[name] = _parse(variable, text, types[name])
        return cls(**values)

    @property
    def needs_second_factor(self) -> bool:
        """Whether nobody gets in by a password alone."""
        return not self.demo if self.totp_required == "auto" else self.totp_required == "1"

    def sealing_keys(self) -> list[bytes]:
        """The keys of `contact_keys`, 32 bytes each, newest first.

        Raises:
            SettingsError: one of them isn't 64 hexadecimal digits.
        """
        keys = []
        written = filter(None, map(str.strip, self.contact_keys.split(",")))
        for number, text in enumerate(written, start=1):
            try:
                key = bytes.fromhex(text)
            except ValueError:
                key = b""
            if len(key) != _SEALING_KEY:
                raise SettingsError(  # never the key itself: settings' errors end in logs
                    f"Key {number} of GEOAPP_CONTACT_KEYS isn't 64 hexadecimal digits.",
                    "Make one with: openssl rand -hex 32",
                )
            keys.append(key)
        return keys

    def check_secret(self) -> None:
        """Refuse to run a real city on a key that others know or can guess.

        Raises:
            SettingsError: outside the demo, and it's missing, short, or out of a manual.
        """
        if self.demo:
            return
        fault = ""
        if not self.secret_key:
            fault = "isn't set"
        elif len(self.secret_key) < _SECRET_LEAST:
            fault = f"has fewer than {_SECRET_LEAST} characters"
        elif len(set(self.secret_key)) < _SECRET_VARIETY or any(
            known in self.secret_key.lower().replace("_", "-") for known in _KNOWN_SECRETS
        ):
            fault = "is one that others know or can guess"
        if fault:
            raise SettingsError(
                f"GEOAPP_SECRET_KEY {fault}; without the demo (GEOAPP_DEMO=0) it must be secret.",
                "Make one with: openssl rand -hex 32",
            )

    def secret(self) -> str:
        """The signing key: the setting, or (demo) one made once and kept in a 0600 file.

        Raises:
            SettingsError: see `check_secret`.
        """
        self.check_secret()
        if self.secret_key:
            return self.secret_key
        file = self.home / "secret_key"
        if file.exists() and (kept := file.read_text(encoding="ascii")):
            return kept
        self.home.mkdir(parents=True, exist_ok=True)
        # Several processes start at once: each writes a key of its own, whole, and the first to
        # give it the name wins. A file that is made and then filled would be read empty.
        descriptor, own = tempfile.mkstemp(dir=self.home, prefix=".secret_key.")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_hex(32))
        try:
            os.link(own, file)
        except FileExistsError:
            if not file.read_text(encoding="ascii"):  # left by a process that was killed
                os.replace(own, file)  # noqa: PTH105 - beside os.link
        finally:
            Path(own).unlink(missing_ok=True)
        return file.read_text(encoding="ascii")


def psycopg2_url(url: str) -> str:
    """*url* with the driver named: SQLAlchemy 2.1 reads plain ``postgresql://`` as psycopg 3."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def _parse(variable: str, text: str, kind: Any) -> Any:
    """*text* as a value of *kind* (bool, int, Path or str)."""
    text = text.strip()
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off"}:
            return False
        raise SettingsError(f"{variable} is {text!r}.", "Write 1 or 0.")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise SettingsError(f"{variable} is {text!r}.", "Write a whole number.") from None
    return kind(text)
