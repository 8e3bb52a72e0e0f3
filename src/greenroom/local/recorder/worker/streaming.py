"""A stream to one RTMP server: tried again with pauses, never in the way of anything else."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import av

from greenroom.local.livekit_server import own_environment
from greenroom.local.recorder.worker.encoders import Piece
from greenroom.local.recorder.worker.sink import words

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before the next try."""
TRIES = 12
"""Failures in a row, about four minutes of them, after which a stream is given up."""
SILENT_SECONDS = 5.0
"""A server that takes nothing for so long is taken for dead."""
CALM_SECONDS = 20.0
"""A connection that lasted so long begins again at the first pause."""
END_SECONDS = 3.0
NICE = 5
MOST_HELD = 200
"""Packets that wait for the first key frame."""
MOST_WAITING = 900
"""Packets, about ten seconds of them."""
Report = Callable[[dict[str, Any]], None]


class Streaming:
    """Like a Sink, but it does not end with its first error. ``report`` is told each change of how it stands."""

    def __init__(self, url: str, streams: dict[str, Any], report: Report) -> None:
        self.url = url
        self._templates = streams
        self._report = report
        self._queue: queue.Queue[Piece | None] = queue.Queue(MOST_WAITING)
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._taken_at = self._fed_at = 0.0
        self._connected = self._broken = False
        self._error = ""
        self._retries = 0
        self._started_at = 0
        self._retried_at = 0
        self.given_up = False
        """Whether it is not tried any more."""

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()
        self._tell("active")

    def offer(self, piece: Piece) -> None:
        """Never waits: what a server does not take in time is left out, from here to a key frame."""
        if piece.codec in self._templates and not self._stopping.is_set():
            try:
                self._queue.put_nowait(piece)
            except queue.Full:
                self._drop_all()
                self._broken = True

    def finish(self) -> None:
        """Return when the server has all of it, or is given no more time."""
        self._stopping.set()
        self._make_room()
        self._queue.put(None)
        self._thread.join(END_SECONDS)
        self._kill()
        self._thread.join(END_SECONDS)
        if not self.given_up:
            self._tell("finished" if self._connected else "failed", ended=True)

    @property
    def error(self) -> str:
        """Why it does not go; empty where it does."""
        return self._error

    # The thread.

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            told = self._connection()
            if self._stopping.is_set() and self._connected and not told:
                return
            self._connected = False
            self._error = told or self._error or "The server was not reached in time."
            if self._stopping.is_set():
                return
            failures = 0 if time.monotonic() - begun > CALM_SECONDS else failures
            if failures == TRIES:
                self.given_up = True
                self._tell("failed", ended=True)
                return
            self._retries += 1
            self._retried_at = time.time_ns()
            self._tell("active")
            self._wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _connection(self) -> str:
        """One connection, to its end; why it ended, empty when it was told to."""
        child = self._child = subprocess.Popen(
            [sys.executable, "-m", "greenroom.local.recorder.worker.push"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=own_environment(),
        )
        with suppress(OSError):
            # What it does at its start must not take the time that pictures need.
            os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
        self._taken_at = time.monotonic()
        self._fed_at = self._taken_at + 0.001
        watching = threading.Thread(target=self._watch, args=(child,), daemon=True)
        watching.start()
        try:
            self._feed(child)
        except (OSError, av.FFmpegError, ValueError) as error:
            told = words(error)
        else:
            told = ""
        finally:
            if child.stdin is not None:
                with suppress(OSError):
                    child.stdin.close()
        return self._end(child, watching, told)

    def _end(self, child: subprocess.Popen[bytes], watching: threading.Thread, told: str) -> str:
        with suppress(subprocess.TimeoutExpired):
            child.wait(END_SECONDS)
        silent = child.poll() is None or child.returncode < 0
        child.kill()
        child.wait()
        watching.join()
        said = child.stderr.read().decode("utf-8", "replace").strip() if child.stderr else ""
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        if said:
            return said[:300]
        if silent:
            return f"The server took nothing for {SILENT_SECONDS:.0f} s."
        return told if child.returncode else ""

    def _feed(self, child: subprocess.Popen[bytes]) -> None:
        """Raises OSError and av.FFmpegError when the child is gone."""
        pipe: Any = child.stdin
        pipe.write(json.dumps({"url": self.url}).encode() + b"\n")
        pipe.flush()
        self._drop_all()
        with av.open(_Pipe(pipe), "w", format="flv", options={"flush_packets": "1"}) as container:
            streams = {
                codec: container.add_stream_from_template(template, opaque=True)
                for codec, template in self._templates.items()
            }
            has_video = any(stream.type == "video" for stream in streams.values())
            begin: float | None = None
            held: list[Piece] = []
            while (piece := self._queue.get()) is not None:
                is_video = streams[piece.codec].type == "video"
                if self._broken:
                    # Something was left out, so what comes cannot be decoded before a key frame.
                    self._broken, held = False, [piece]
                elif held or begin is None:
                    held = [*held[-MOST_HELD:], piece]
                if not held:
                    ready = [piece]
                elif (piece.key and is_video) or not has_video:
                    # Video comes late out of its encoder: the sound that belongs to it was here first.
                    begin = piece.seconds if begin is None else begin
                    ready, held = [each for each in held if each.seconds >= piece.seconds], []
                else:
                    ready = []
                for each in ready:
                    container.mux(each.packet(streams[each.codec], begin or 0))
                    self._fed_at = time.monotonic()
                if child.poll() is not None:
                    raise BrokenPipeError

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """End a child that takes nothing any more; note when it takes."""
        pipe: Any = child.stdout
        fresh = threading.Event()

        def read() -> None:
            while os.read(pipe.fileno(), 4096):
                self._taken_at = time.monotonic()
                if not self._connected:
                    self._connected, self._error = True, ""
                    self._started_at = self._started_at or time.time_ns()
                    self._tell("active")
            fresh.set()

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        while not fresh.wait(0.25):
            # While nothing is recorded, there is nothing to take.
            waits = self._fed_at > self._taken_at
            if waits and time.monotonic() - self._taken_at > SILENT_SECONDS:
                child.kill()
        reading.join()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping.is_set() and time.monotonic() < end:
            self._stopping.wait(0.1)
            self._drop_all()

    def _drop_all(self) -> None:
        with suppress(queue.Empty):
            while self._queue.get_nowait() is not None:
                pass

    def _make_room(self) -> None:
        """For the end, where the queue is full."""
        if self._queue.full():
            self._drop_all()

    def _kill(self) -> None:
        child = self._child
        if child is not None and child.poll() is None:
            child.kill()

    def _tell(self, status: str, *, ended: bool = False) -> None:
        now = time.time_ns() if ended else 0
        self._report(
            {
                "event": "stream",
                "url": self.url,
                "status": status,
                "error": self._error,
                "retries": self._retries,
                "last_retry_at": self._retried_at,
                "started_at": self._started_at,
                "ended_at": now,
            }
        )


class _Pipe:
    """What PyAV writes to: a pipe that cannot be sought."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def write(self, data: bytes) -> int:
        """All of it."""
        self._pipe.write(data)
        self._pipe.flush()
        return len(data)
