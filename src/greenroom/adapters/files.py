"""Files on this machine that people name: copied into as a whole, never over another."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from greenroom.domain.errors import ConfigurationError
from greenroom.domain.nouns import Artifact

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
