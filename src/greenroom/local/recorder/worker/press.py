"""The encoder's thread: takes pictures and sound, gives packets to every output."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import av

from greenroom.local.recorder.worker.encoders import Encoders, Piece
from greenroom.local.recorder.worker.images import ImageSink
from greenroom.local.recorder.worker.sound import Samples


class Taker(Protocol):
    """What gets packets."""

    def offer(self, piece: Piece) -> None:
        """One of whichever codec. Never waits."""
        ...


Item = tuple[av.VideoFrame, int, bool] | tuple[Samples, int] | None


class Press:
    """Outputs may be added and taken away while it runs."""

    def __init__(
        self,
        encoders: Encoders,
        takers: Iterable[Taker],
        fps: int,
        failed: Callable[[Exception], None],
    ) -> None:
        self._encoders = encoders
        self._fps = fps
        self._takers = tuple(takers)
        self._failed = failed
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._pictures = 0
        self._encoded = 0
        self.busy = 0.0
        """Seconds of encoding, on the wall."""
        self._thread = threading.Thread(target=self._guarded, name="encoder", daemon=True)
        self._thread.start()

    def add(self, taker: Taker) -> None:
        """From now on."""
        self._takers = (*self._takers, taker)

    def remove(self, taker: Taker) -> None:
        """It gets no more."""
        self._takers = tuple(each for each in self._takers if each is not taker)

    def waiting(self) -> int:
        """Pictures that are not encoded yet."""
        return self._pictures - self._encoded

    def video(self, frame: av.VideoFrame, number: int, *, key: bool) -> None:
        """A picture."""
        self._pictures += 1
        self._queue.put((frame, number, key))

    def audio(self, samples: Samples, start: int) -> None:
        """Sound from that sample on."""
        self._queue.put((samples, start))

    def close(self) -> None:
        """Return when everything is encoded and handed to the outputs."""
        self._queue.put(None)
        self._thread.join()

    def _guarded(self) -> None:
        try:
            while (item := self._queue.get()) is not None:
                self._encode(item)
        except Exception as error:  # noqa: BLE001 - whoever runs the recording must hear of it
            self._failed(error)
        for piece in self._encoders.close():
            for taker in self._takers:
                taker.offer(piece)

    def _encode(self, item: tuple[av.VideoFrame, int, bool] | tuple[Samples, int]) -> None:
        began = time.monotonic()
        if len(item) == 3:
            frame, number, key = item
            for taker in self._takers:
                if isinstance(taker, ImageSink):
                    taker.see(frame, number / self._fps)
            pieces = self._encoders.video(frame, number, key=key)
            self._encoded += 1
        else:
            pieces = self._encoders.audio(*item)
        self.busy += time.monotonic() - began
        for piece in pieces:
            for taker in self._takers:
                taker.offer(piece)
