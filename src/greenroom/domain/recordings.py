"""Files of recordings that have ended: where they lie, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from greenroom.domain.egress import EgressInfo, Storage
from greenroom.domain.nouns import Artifact

MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m3u8": "application/x-mpegURL",
    ".ts": "video/mp2t",
    ".jpeg": "image/jpeg",
}
"""Ending of a file's name → its media type."""


def media_type(name: str) -> str:
    """Of a file that a recording makes."""
    _, dot, ending = name.rpartition(".")
    return MEDIA_TYPES.get(f"{dot}{ending}".lower(), "application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a recording that has ended: on the disk of Greenroom's recorder, or an object in a storage."""

    path: str
    """Absolute, or the object's name in its bucket."""
    size: int
    """Bytes."""
    folder: str = ""
    """The recorder's, which a file on its disk lies below."""
    storage: Storage | None = field(default=None, repr=False)
    """Of an object. Holds secrets."""

    @property
    def name(self) -> str:
        """Without folders."""
        return self.path.rpartition("/")[2]

    @property
    def location(self) -> str:
        """``/srv/recordings/lobby.mp4``, or ``s3 bucket acme: rec/lobby.mp4``."""
        if self.storage is None:
            return self.path
        return f"{self.storage.type} bucket {self.storage.bucket}: {self.path}"


def objects_of(files: Iterable[StoredFile]) -> list[tuple[Storage, list[str]]]:
    """Those that lie in storages: each storage with the names of its objects."""
    found: list[tuple[Storage, list[str]]] = []
    for storage, held in groupby(files, key=lambda file: file.storage):
        if storage is not None:
            found.append((storage, [file.path for file in held]))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFiles:
    """One recording and its files, before something is done with them. Holds secrets of storages: no result."""

    egress: EgressInfo
    files: tuple[StoredFile, ...]
    beyond: tuple[str, ...] = ()
    """Locations that cannot be reached from here."""
    why: str = ""
    """Why they cannot."""
    remedy: str = ""
    """What to do about that."""
    targets: tuple[str, ...] = ()
    """Absolute paths that copies of the files are to have, in their order."""

    def with_targets(self, targets: tuple[str, ...]) -> RecordingFiles:
        """The same, to be copied there."""
        return replace(self, targets=targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the recorder keeps files, and what goes by that of those there are."""

    days: int
    """0: for ever."""
    begins: float
    """Seconds since the epoch before which nothing is deleted by it."""
    recordings: int
    files: int
    size: int
    """Bytes."""
    beyond: int
    """Recordings that are too old, and of which something is left: it is in doubt, or out of the recorder's reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDownloaded:
    """Copies of one recording's files."""

    egress: EgressInfo
    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDeleted:
    """A recording whose files are deleted."""

    egress: EgressInfo
    files: tuple[str, ...]
    """Where they were."""
