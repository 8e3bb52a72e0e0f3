"""An output: a thread of its own with a queue, so that a slow or broken one harms no other."""

from __future__ import annotations

import errno
import queue
import ssl
import threading
from abc import ABC, abstractmethod
from typing import Any

import av

from greenroom.local.recorder.worker.encoders import Piece

MOST_WAITING = 64 * 2**20
"""Bytes that may wait for an output."""


class Sink(ABC):
    """``codecs``: what it takes."""

    def __init__(self, codecs: tuple[str, ...]) -> None:
        self.codecs = codecs
        self.error = ""
        self.size = 0
        """Bytes that it has taken."""
        self._queue: queue.SimpleQueue[tuple[Any, int] | None] = queue.SimpleQueue()
        self._given = self._taken = 0
        self._thread = threading.Thread(target=self._guarded, name="output", daemon=True)

    def start(self) -> None:
        """Begin to take pieces."""
        self._thread.start()

    def offer(self, piece: Piece) -> None:
        """A packet, if it is one for this output."""
        if piece.codec in self.codecs and not self.error:
            self.put(piece, len(piece.data))

    def put(self, item: Any, size: int) -> None:
        """Never waits. An output that is too slow for good has failed."""
        if self._given - self._taken > MOST_WAITING:
            self.error = "It could not be written as fast as it was recorded."
            return
        self._given += size
        self._queue.put((item, size))

    def finish(self) -> None:
        """Return when all that was offered is written, or cannot be."""
        self._queue.put(None)
        self._thread.join()

    def _guarded(self) -> None:
        try:
            self.open()
            while (taken := self._queue.get()) is not None:
                item, size = taken
                self.write(item)
                self._taken += size
                self.size = self._taken
            self.close()
        except (OSError, av.FFmpegError, ValueError) as error:
            self.error = self.error or words(error)
            self.salvage()

    @abstractmethod
    def open(self) -> None:
        """Raises OSError and av.FFmpegError, as the two below do."""

    @abstractmethod
    def write(self, item: Any) -> None:
        """One piece."""

    @abstractmethod
    def close(self) -> None:
        """After the last one."""

    @abstractmethod
    def salvage(self) -> None:
        """After an error: leave what can be used."""

    @abstractmethod
    def result(self) -> dict[str, Any]:
        """What became of it, for the service: at least ``error``, empty where all is well."""


def words(error: Exception) -> str:
    """An error as a person should read it."""
    number = getattr(error, "errno", None)
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return "The disk is full."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The server's certificate is not valid: {error.verify_message}."
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{told[:1].upper()}{told[1:]}."
