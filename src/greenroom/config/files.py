"""Writes files so that nobody sees half of one and no writer loses another's change."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from greenroom.domain.errors import ConfigurationError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Alone among the writers of a folder, which is made if need be. The lock ends with its process.

    Raises ConfigurationError (config-not-writable).
    """
    import fcntl

    try:
        os.makedirs(folder, exist_ok=True)
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        refuse(folder, error)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def write_atomically(file: str, content: bytes, *, private: bool = False) -> None:
    """Replace a file by another with this content, or leave it as it was. A link is followed, the mode is kept.

    ``private``: 0600. Raises ConfigurationError (config-not-writable, disk-full).
    """
    file = os.path.realpath(file)
    folder = os.path.dirname(file)
    draft = os.path.join(folder, f".{os.path.basename(file)}.{secrets.token_hex(6)}")
    try:
        os.makedirs(folder, exist_ok=True, mode=0o700 if private else 0o777)
        if os.path.isdir(file):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        try:
            with os.fdopen(opened, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            keep_mode(file, draft)
            os.replace(draft, file)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        refuse(file, error)


def keep_mode(file: str, draft: str) -> None:
    """Give the new file the mode of the old one."""
    try:
        mode = os.stat(file).st_mode & 0o777
    except FileNotFoundError:
        return
    os.chmod(draft, mode)


def refuse(file: str, error: OSError) -> NoReturn:
    """Raise ConfigurationError (config-not-writable, disk-full) for what the system said."""
    if error.errno in FULL:
        msg = f"{file} was not written, and is as it was: the disk is full."
        raise ConfigurationError(msg, code="disk-full", hint="Make room and try again.") from error
    msg = f"{file} cannot be written: {error.strerror}."
    hint = "Look at who owns it and its folders, and whether the disk is read-only."
    raise ConfigurationError(msg, code="config-not-writable", hint=hint) from error


def change_file(file: str, change: Callable[[], bytes | None]) -> bool:
    """Under the folder's lock: read and change, then write what comes back. None: nothing to write. Says if it wrote."""
    folder = os.path.dirname(os.path.realpath(file))
    with locked(folder):
        content = change()
        if content is None:
            return False
        write_atomically(file, content)
        return True
