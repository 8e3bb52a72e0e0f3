"""Uploads of finished recordings: tried again with pauses; a local copy goes only when the other is confirmed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from greenroom.domain.ports import Clock
from greenroom.local.recorder.names import numbered, take_away
from greenroom.local.recorder.storage import Storage

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries: a minute of them in all, beside the time that tries take."""
log = logging.getLogger("greenroom.recorder")


class UploadError(Exception):
    """It could not be uploaded; says why, and where the local copy is."""


def files_of(output: Mapping[str, Any]) -> list[Path]:
    """What an output has made, playlists last: who finds one finds its segments."""
    if output["kind"] == "file":
        return [Path(output["path"])]
    prefix = Path(output["prefix"])
    if output["kind"] == "images":
        return [*numbered(prefix, ".jpeg"), prefix.with_name(f"{prefix.name}.jpeg")]
    lists = [output["playlist"], output["live_playlist"]]
    return [*numbered(prefix, ".ts"), *(Path(each) for each in lists if each)]


async def upload(
    storage: Storage, files: Iterable[Path], root: Path, clock: Clock
) -> list[dict[str, Any]]:
    """All of them, below the names they have in ``root``; what ``Storage.put`` says of each.

    Raises UploadError; then every file is still here.
    """
    done, made = [], []
    for path in files:
        if path.exists():
            made.append(await _one(storage, path, str(path.relative_to(root)), clock))
            done.append(path)
    take_away(done, root)
    return made


async def _one(storage: Storage, path: Path, key: str, clock: Clock) -> dict[str, Any]:
    for pause in PAUSES:
        try:
            return await storage.put(path, key)
        except Exception as error:  # noqa: BLE001 - obstore's errors have no common class
            log.warning("%s was not uploaded: %s", path.name, _words(error))
        await clock.sleep(pause)
    try:
        return await storage.put(path, key)
    except Exception as error:
        words = f"{path.name} could not be uploaded: {_words(error)} It is kept at {path}."
        log.warning("%s", words)
        raise UploadError(words) from error


def _words(error: Exception) -> str:
    """The first line: what follows is for who debugs obstore."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"{first[:200].rstrip('.')}."
