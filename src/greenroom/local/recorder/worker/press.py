"""The encoder's thread: takes pictures and sound, gives packets to every output."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import av

from greenroom.local.recorder.worker.encoders import Encoders
from greenroom.local.recorder.worker.sink import Sink
from greenroom.local.recorder.worker.sound import Samples

Item = tuple[av.VideoFrame, int, bool] | tuple[Samples, int] | None


class Press:
    """``sinks`` may be added to while it runs."""

    def __init__(
        self, encoders: Encoders, sinks: list[Sink], failed: Callable[[Exception], None]
    ) -> None:
        self._encoders = encoders
        self._sinks = sinks
        self._failed = failed
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._pictures = 0
        self._encoded = 0
        self.busy = 0.0
        """Seconds of encoding, on the wall."""
        self._thread = threading.Thread(target=self._guarded, name="encoder", daemon=True)
        self._thread.start()

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
            for sink in self._sinks:
                sink.offer(piece)

    def _encode(self, item: tuple[av.VideoFrame, int, bool] | tuple[Samples, int]) -> None:
        began = time.monotonic()
        if len(item) == 3:
            frame, number, key = item
            pieces = self._encoders.video(frame, number, key=key)
            self._encoded += 1
        else:
            pieces = self._encoders.audio(*item)
        self.busy += time.monotonic() - began
        for piece in pieces:
            for sink in self._sinks:
                sink.offer(piece)
