"""The cluster's configuration files, written anew at every start.

They live in ``etc/`` beside the data folder, so that an upgrade of this program brings
its settings along; what an administrator adds goes into ``etc/local.conf``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # no TCP: the socket's folder is the only door
    "port": "5432",  # only part of the socket's name here
    "unix_socket_permissions": "0777",  # the folder around it is 0700
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",  # solid state disks
    "jit": "off",  # compiling costs more than our short queries take
    "synchronous_commit": "on",  # an acknowledged complaint is on disk
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    # No errors of statements: their messages quote what was sent, and the program that sent
    # them logs their codes. What the server itself does stays.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C.UTF-8",
    "cluster_name": "geoapp",
}

ROLES = ("geoapp_owner", "geoapp_app", "postgres")

_HEADER = "# Written by geoapp at every start; put changes into local.conf beside this file.\n"


def write(
    folder: Path,
    *,
    data: Path,
    sockets: Path,
    users: Iterable[str],
    overrides: Mapping[str, str],
) -> Path:
    """Write ``postgresql.conf``, ``pg_hba.conf`` and ``pg_ident.conf`` into *folder*.

    Args:
        folder: Created if missing; its ``local.conf`` is included last and never touched.
        data: The data folder.
        sockets: The folder of the Unix socket.
        users: Operating system users that may connect as any of ``ROLES``.
        overrides: Settings that win over ours, e.g. ``{"fsync": "off"}`` for tests.

    Returns:
        The path of ``postgresql.conf``.
    """
    folder.mkdir(exist_ok=True)
    settings = {
        **SETTINGS,
        "data_directory": str(data),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "unix_socket_directories": str(sockets),
        **overrides,
    }
    lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
    main = folder / "postgresql.conf"
    # initdb tried out what this machine allows (shared memory in containers, for one) and
    # wrote that down; it comes first, so that ours and then the administrator's win.
    first = f"include = {_quoted(str(data / 'postgresql.conf'))}\n"
    local = "include = 'local.conf'\n" if (folder / "local.conf").exists() else ""
    _replace(main, _HEADER + first + "".join(lines) + local)
    _replace(folder / "pg_hba.conf", _HEADER + "local all all peer map=geoapp\n")
    pairs = [f'geoapp "{user}" {role}\n' for user in sorted(set(users)) for role in ROLES]
    _replace(folder / "pg_ident.conf", _HEADER + "".join(pairs))
    return main


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _replace(path: Path, text: str) -> None:
    """Write *text* to *path* as a whole or not at all, whoever owned the old file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)  # noqa: PTH101 - no secrets in it, and the server reads it
    Path(name).replace(path)
