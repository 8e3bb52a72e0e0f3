"""What recordings and streams need from outside, as protocols: see ``ports``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from greenroom.domain.egress import EgressInfo, EgressRequest, Storage
from greenroom.domain.nouns import Artifact
from greenroom.domain.recordings import Retention, StoredFile


class Egress(Protocol):
    """Records and streams: LiveKit's Egress service, or Greenroom's recorder. Every method raises ``ServerError``,
    ``PreconditionFailed`` (code not-found) or ``ConfigurationError`` (code egress-missing).
    """

    async def connected(self) -> bool:
        """Whether anything would record. Raises ``ServerError`` when it cannot be asked."""
        ...

    async def service(self) -> str:
        """Who does it: "livekit" or "greenroom". Raises egress-missing with what to do."""
        ...

    async def start(self, request: EgressRequest) -> EgressInfo:
        """Begin. Raises InvalidRequest for outputs that cannot be together, before anything is asked."""
        ...

    async def await_room(self, request: EgressRequest) -> EgressInfo:
        """Begin once the first participant is in the room. Raises ``ServerError`` (unimplemented) where LiveKit's own does it."""
        ...

    async def list_egress(
        self, room: str = "", egress_id: str = "", *, active: bool = False
    ) -> tuple[EgressInfo, ...]:
        """The newest first; of all rooms with "". An unknown id gives ()."""
        ...

    async def stop(self, egress_id: str) -> EgressInfo:
        """End it; its files are there when the status is complete."""
        ...

    async def set_layout(self, egress_id: str, layout: str) -> EgressInfo:
        """From now on, in the same file."""
        ...

    async def set_streams(
        self, egress_id: str, add: Sequence[str], remove: Sequence[str]
    ) -> EgressInfo:
        """More destinations, or fewer; those to remove may be named as they are shown."""
        ...

    async def pause(self, egress_id: str) -> EgressInfo:
        """Nothing is recorded until it is resumed. Raises ``ServerError`` (unimplemented): LiveKit's own cannot."""
        ...

    async def resume(self, egress_id: str) -> EgressInfo:
        """Go on in the same file."""
        ...

    async def figures(self, egress_id: str) -> Mapping[str, Any]:
        """How it does; empty where the service does not say."""
        ...

    async def files(self, egress_id: str) -> tuple[StoredFile, ...]:
        """What one that has ended left on the recorder's disk. Raises ``ServerError`` (unimplemented): LiveKit's own does not say."""
        ...

    def pieces(self, egress_id: str, file: StoredFile) -> AsyncIterator[bytes]:
        """One of these, piece by piece, from wherever the recorder is. Raises as ``files``, and for another size than it had."""
        ...

    async def delete_files(self, egress_id: str) -> EgressInfo:
        """Delete these; from now on the service says that they are. Raises as ``files``."""
        ...

    async def set_retention(self, days: int) -> Retention:
        """Have the recorder delete files by age; 0: none. Raises ``ServerError`` (unimplemented): LiveKit's own cannot."""
        ...


class ObjectStore(Protocol):
    """Small objects in a storage of recordings and exports. Every method raises ``ServerError`` (unauthenticated,
    permission-denied, not-found, timeout, connection-failed …), ``ConfigurationError`` (recorder-missing) or
    ``InvalidRequest`` for credentials that are none. No error holds a secret.
    """

    async def write(self, storage: Storage, name: str, content: bytes) -> None:
        """Make or replace an object."""
        ...

    async def read(self, storage: Storage, name: str) -> bytes:
        """All of an object."""
        ...

    async def sizes(self, storage: Storage, names: Sequence[str]) -> Mapping[str, int]:
        """Bytes of each object that is there."""
        ...

    def pieces(self, storage: Storage, name: str, size: int) -> AsyncIterator[bytes]:
        """An object of that size, piece by piece, however large it is."""
        ...

    async def delete(self, storage: Storage, *names: str) -> None:
        """One that is not there is no error."""
        ...


class Files(Protocol):
    """Files on this machine that people name. A path is relative to the folder in which the command runs."""

    def absolute(self, path: str) -> str:
        """With ``~`` followed."""
        ...

    def size(self, path: str) -> int | None:
        """Bytes of what is there, whatever it is; None where nothing is."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        ...

    async def save(self, path: str, pieces: AsyncIterator[bytes], media_type: str) -> Artifact:
        """Write a new file as a whole or not at all, its folders made.

        Raises ConfigurationError (already-exists, file-not-writable, disk-full).
        """
        ...

    def remove(self, path: str) -> None:
        """Take away what ``save`` made. Never raises."""
        ...
