"""Clock, encoders and outputs of one recording, put together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from greenroom.local.egress.plan import Plan, Stream
from greenroom.local.recorder.worker.cast import Cast
from greenroom.local.recorder.worker.clock import Clock
from greenroom.local.recorder.worker.outputs import encoders_for, sink_for, streams_of
from greenroom.local.recorder.worker.press import Press
from greenroom.local.recorder.worker.sink import Sink
from greenroom.local.recorder.worker.streaming import Streaming


class Recording:
    """From its first picture to its files. ``failed`` is called from other threads."""

    def __init__(
        self,
        plan: Plan,
        cast: Cast,
        report: Callable[[dict[str, Any]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._plan = plan
        self._cast = cast
        self._report = report
        self._encoders = encoders_for(plan)
        self._sinks: list[Sink] = [
            sink_for(plan, output, self._encoders)
            for output in plan.outputs
            if not isinstance(output, Stream)
        ]
        self._streams: dict[str, Streaming] = {}
        self._press = Press(self._encoders, self._sinks, plan.encoding.fps, failed)
        self.clock = Clock(
            encoding=plan.encoding,
            scene=lambda: cast.scene,
            lines=lambda: cast.lines,
            work=self._press,
            video=plan.video.of != "nothing",
            audio=bool(plan.audio),
            failed=failed,
        )
        self._cpu = 0.0

    def begin(self) -> None:
        """Time begins."""
        for sink in self._sinks:
            sink.start()
        for output in self._plan.outputs:
            for url in output.urls if isinstance(output, Stream) else ():
                self.add_stream(url)
        self._cpu = time.process_time()
        self.clock.start()

    def add_stream(self, url: str) -> None:
        """Begin to push, from the next key frame on."""
        if url not in self._streams:
            templates = streams_of(self._plan, Stream(urls=(url,)), self._encoders)
            stream = self._streams[url] = Streaming(url, templates, self._report)
            stream.start()
            self._press.add(stream)

    def remove_stream(self, url: str) -> None:
        """Push no more; returns when the server knows."""
        stream = self._streams.pop(url, None)
        if stream is not None:
            self._press.remove(stream)
            stream.finish()

    def stop(self) -> None:
        """Return when all of this moment is taken: until then what is on its way must come."""
        self.clock.stop()

    def end(self) -> None:
        """After ``stop``: return when every output is finished, all of them at once."""
        self._press.close()
        outputs: list[Sink | Streaming] = [*self._sinks, *self._streams.values()]
        endings = [threading.Thread(target=output.finish) for output in outputs]
        for ending in endings:
            ending.start()
        for ending in endings:
            ending.join()

    def is_useless(self) -> bool:
        """Whether nothing is left that takes what is recorded."""
        streams = self._streams.values()
        return all(sink.error for sink in self._sinks) and all(each.given_up for each in streams)

    def first_error(self) -> str:
        """Of the outputs; empty where all is well."""
        errors = [sink.error for sink in self._sinks]
        errors += [stream.error for stream in self._streams.values() if stream.given_up]
        return next((error for error in errors if error), "")

    def results(self) -> list[dict[str, Any]]:
        """Of the outputs that are no streams, in the order of the plan."""
        return [sink.result() for sink in self._sinks]

    def figures(self) -> dict[str, Any]:
        """How it does: seconds, pictures, milliseconds, per cent of one core, bytes."""
        figures = self.clock.figures
        seconds = max(0.001, figures.seconds + figures.paused)
        return {
            "seconds": round(figures.seconds, 3),
            "frames": figures.frames,
            "dropped": figures.dropped,
            "fps": round(self._plan.encoding.fps / self.clock.step, 1),
            "late_ms": round(figures.late * 1000, 1),
            "cpu": round((time.process_time() - self._cpu) / seconds * 100, 1),
            "encoding": round(self._press.busy / seconds * 100, 1),
            "bytes": sum(sink.size for sink in self._sinks),
            "paused": self.clock.paused,
            "pauses": figures.pauses,
            "paused_seconds": round(figures.paused, 3),
            "sources": self._cast.sources(),
        }
