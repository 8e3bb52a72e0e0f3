"""Files on this machine that people name: copied into as a whole, never over another."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from greenroom.domain.errors import ConfigurationError, PreconditionFailed
from greenroom.domain.nouns import Artifact

PIECE = 2 * 1024 * 1024
"""Bytes that are read at once."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system says that has no hard links."""


class LocalFiles:
    """media_ports.Files."""

    def absolute(self, path: str) -> str:
        """With ``~`` followed."""
        return os.path.abspath(os.path.expanduser(path))

    def size(self, path: str) -> int | None:
        """Of a link, too: one that leads nowhere is there."""
        try:
            return os.lstat(path).st_size
        except OSError:
            return None

    def is_folder(self, path: str) -> bool:
        """Or a link to one."""
        return Path(path).is_dir()

    async def pieces(self, path: str, folder: str) -> AsyncIterator[bytes]:
        """Raises PreconditionFailed (not-found) for what is no plain file below the folder."""
        opened = await asyncio.to_thread(open_below, path, folder)
        with os.fdopen(opened, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    async def save(self, path: str, pieces: AsyncIterator[bytes], media_type: str) -> Artifact:
        """Under a hidden name, which becomes the right one when all of it is there. Raises ConfigurationError."""
        folder, name = os.path.split(path)
        draft = os.path.join(folder, f".{name}.{secrets.token_hex(6)}")
        digest, size = hashlib.sha256(), 0
        try:
            await asyncio.to_thread(os.makedirs, folder, exist_ok=True)
            try:
                with Path(draft).open("xb") as out:  # noqa: ASYNC230 - a new file opens at once
                    async for piece in pieces:
                        digest.update(piece)
                        size += len(piece)
                        await asyncio.to_thread(out.write, piece)
                    out.flush()
                    await asyncio.to_thread(os.fsync, out.fileno())
                appear(draft, path)
            finally:
                with suppress(OSError):
                    os.unlink(draft)
        except OSError as error:
            refuse(path, error)
        return Artifact(path=path, media_type=media_type, sha256=digest.hexdigest(), size=size)

    def remove(self, path: str) -> None:
        """Never raises."""
        with suppress(OSError):
            os.unlink(path)


def appear(draft: str, path: str) -> None:
    """Give a finished file its name, unless something has it. Raises OSError (FileExistsError)."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # Between the look and the rename is a moment in which somebody else may take the name.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        os.replace(draft, path)


def open_below(path: str, folder: str) -> int:
    """A descriptor of a plain file. Raises PreconditionFailed (not-found)."""
    parent = os.path.dirname(path)
    real = os.path.join(os.path.realpath(folder), os.path.relpath(parent, folder))
    inside = os.path.commonpath([folder, os.path.normpath(path)]) == os.path.normpath(folder)
    if not inside or os.path.realpath(parent) != os.path.normpath(real):
        msg = f"{path} does not lie below {folder}, or a link leads there; it is not read."
        raise PreconditionFailed(msg, hint="Look at the folder of the recorder.")
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if stat.S_ISREG(os.fstat(opened).st_mode):
            return opened
        os.close(opened)
        why = "it is no plain file"
    except OSError as error:
        why = error.strerror or "it cannot be read"
    msg = f"{path} cannot be read here: {why}."
    hint = "If the recorder runs on another machine, copy it from there."
    raise PreconditionFailed(msg, hint=hint)


def refuse(path: str, error: OSError) -> NoReturn:
    """Raises ConfigurationError in words."""
    if isinstance(error, FileExistsError):
        msg = f"{path} is there already, and nothing is written over."
        hint = "Name another file or folder, or move that one away."
        raise ConfigurationError(msg, code="already-exists", hint=hint) from error
    if error.errno in FULL:
        msg = f"{path} was not written: the disk is full."
        raise ConfigurationError(msg, code="disk-full", hint="Make room and try again.") from error
    msg = f"{path} cannot be written: {error.strerror}."
    hint = "Name a folder that you may write to."
    raise ConfigurationError(msg, code="file-not-writable", hint=hint) from error
