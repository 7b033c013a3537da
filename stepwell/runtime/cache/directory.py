"""The folder of the cache, opened once, checked, and from then on used by descriptor only.

Machine code is loaded from here, so nobody else may be able to write it. The checks are made on the
descriptor, not on the path, and every later access is relative to it: the path may be renamed or
replaced by a link at any moment without our reading or writing elsewhere.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from stepwell.ir.diagnostics import StepwellError

_IS_SUPPORTED = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class CacheRefused(StepwellError):
    """The folder cannot be trusted, or this system cannot check it."""


class CacheDirectory:
    """An open cache folder that belongs to this user and that nobody else can write.

    Args:
        path: where it is; made with mode 0700 if `create`.
        create: whether to make it when it is missing.

    Raises CacheRefused if it is not ours alone, OSError if it cannot be opened or made.
    The descriptor is closed when the object goes; threads may therefore share it freely.
    """

    __slots__ = ("_identity", "descriptor", "path")

    def __init__(self, path: str, *, create: bool) -> None:
        self.descriptor = -1
        self._identity = (0, 0)
        # A path with a slash at its end would make O_NOFOLLOW follow a link.
        self.path = os.path.abspath(path)
        if not _IS_SUPPORTED:
            raise CacheRefused("this system cannot open files relative to a folder")
        if create:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
        self.descriptor = _open_folder(self.path)
        try:
            status = os.fstat(self.descriptor)
            self._identity = (status.st_dev, status.st_ino)
            problem = _why_not(status)
        except BaseException:
            self._close()
            raise
        if problem is not None:
            self._close()
            raise CacheRefused(f"cache folder {self.path} refused: {problem}")

    def is_intact(self) -> bool:
        """Whether the descriptor is still the folder that was checked, and still only ours.

        A program that closes descriptors it does not know leaves the number to another file.
        """
        try:
            status = os.fstat(self.descriptor)
        except OSError:
            return False
        same = (status.st_dev, status.st_ino) == self._identity
        return same and status.st_nlink > 0 and _why_not(status) is None

    def _close(self) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)

    def __del__(self) -> None:
        if self.descriptor < 0:
            return
        try:
            status = os.fstat(self.descriptor)
        except OSError:
            self._close()
            return
        # Another file under our number means that somebody closed ours; theirs stays open.
        if (status.st_dev, status.st_ino) == self._identity:
            self._close()


def _open_folder(path: str) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except OSError:
        if os.path.islink(path):
            raise CacheRefused(f"cache folder {path} refused: it is a symbolic link") from None
        if os.path.lexists(path) and not os.path.isdir(path):
            raise CacheRefused(f"cache folder {path} refused: it is not a folder") from None
        raise


def _why_not(status: os.stat_result) -> str | None:
    if status.st_uid != os.geteuid():
        return f"it belongs to user {status.st_uid}, not to {os.geteuid()}"
    if status.st_mode & _OTHERS_WRITE:
        return f"others can write it (mode {stat.S_IMODE(status.st_mode):04o})"
    return None
