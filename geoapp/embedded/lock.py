"""One supervisor per cluster: a lock the kernel drops when its holder dies, however."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lock:
    """An advisory lock on a file that carries its holder's process id.

    The file stays; what counts is the kernel's lock on it, which no crash leaves behind.
    The descriptor isn't inherited by child processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether *this* object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Take the lock if it is free; return whether we hold it now."""
        if self._descriptor is not None:
            return True
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        if os.geteuid() == 0:
            # The folder's owner must be able to take it next time without us.
            folder = self.path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens if we don't hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str:
        """Return the process id the file names, for a message; ``?`` if it names none."""
        try:
            return self.path.read_text(encoding="ascii").strip() or "?"
        except OSError:
            return "?"
