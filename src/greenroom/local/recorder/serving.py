"""Files of recordings over the recorder's own port, for who is on another machine: ``GET /files/EG_…/NAME``.

NAME is below the recorder's folder, as ListEgressFiles says it. Nothing else is given out, and no link is followed.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO

from greenroom.domain.recordings import media_type
from greenroom.local.http import Response
from greenroom.local.recorder.egresses import Egresses
from greenroom.local.twirp.refusals import Refusal

FILES = "/files/"
PIECE = 2**20
"""Bytes that are read at once."""


def sent(egresses: Egresses, path: str) -> Response:
    """The file, piece by piece. Raises Refusal (not_found, failed_precondition)."""
    egress_id, _, name = path.removeprefix(FILES).partition("/")
    asked = egresses.folder / name
    if asked not in egresses.files(egress_id):
        raise Refusal("not_found", f"The recording {egress_id} has no file {name}.")
    with open_plain(asked, egresses.folder) as file:
        size = os.fstat(file.fileno()).st_size
    whole = pieces(asked, egresses.folder, size)
    return Response(content_type=media_type(name), pieces=whole, size=size)


def open_plain(path: Path, folder: Path) -> BinaryIO:
    """A plain file below the folder. Raises Refusal."""
    if path.parent.resolve() != folder.resolve() / path.parent.relative_to(folder):
        words = f"A link leads to {path.name}, so it is not read."
        raise Refusal("failed_precondition", words)
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        words = f"{path.name} cannot be read: {error.strerror}."
        raise Refusal("failed_precondition", words) from error
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise Refusal("failed_precondition", f"{path.name} is no plain file.")
    return os.fdopen(opened, "rb")


async def pieces(path: Path, folder: Path, size: int) -> AsyncGenerator[bytes, None]:
    """So many bytes, from a file that is opened when the first ones are taken. Raises EOFError where it is gone or shorter by then."""
    try:
        opened = open_plain(path, folder)
    except Refusal as refusal:
        raise EOFError from refusal
    with opened as file:
        while size:
            piece = await asyncio.to_thread(file.read, min(PIECE, size))
            if not piece:
                raise EOFError
            size -= len(piece)
            yield piece
