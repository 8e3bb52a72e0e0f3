"""An output: a thread of its own with a queue, so that a slow or broken one harms no other."""

from __future__ import annotations

import errno
import queue
import threading
import time
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
        """Bytes that it was given."""
        self.started_at = time.time_ns()
        self.ended_at = 0
        self._queue: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._given = self._taken = 0
        self._thread = threading.Thread(target=self._guarded, name="output", daemon=True)

    def start(self) -> None:
        """Begin to take pieces."""
        self._thread.start()

    def offer(self, piece: Piece) -> None:
        """Never waits. An output that is too slow for good has failed."""
        if piece.codec not in self.codecs or self.error:
            return
        if self._given - self._taken > MOST_WAITING:
            self.error = "It could not be written as fast as it was recorded."
            return
        self._given += len(piece.data)
        self._queue.put(piece)

    def finish(self) -> None:
        """Return when all that was offered is written, or cannot be."""
        self._queue.put(None)
        self._thread.join()

    def _guarded(self) -> None:
        try:
            self.open()
            while (piece := self._queue.get()) is not None:
                self.write(piece)
                self._taken += len(piece.data)
                self.size = self._taken
            self.close()
        except (OSError, av.FFmpegError, ValueError) as error:
            self.error = self.error or words(error)
            self.salvage()
        self.ended_at = time.time_ns()

    @abstractmethod
    def open(self) -> None:
        """Raises OSError and av.FFmpegError, as the two below do."""

    @abstractmethod
    def write(self, piece: Piece) -> None:
        """One packet."""

    @abstractmethod
    def close(self) -> None:
        """After the last one."""

    @abstractmethod
    def salvage(self) -> None:
        """After an error: leave what can be used."""

    @abstractmethod
    def result(self) -> dict[str, Any]:
        """What became of it, for the service."""


def words(error: Exception) -> str:
    """An error as a person should read it."""
    number = getattr(error, "errno", None)
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return "The disk is full."
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{told[:1].upper()}{told[1:]}."
