"""Whether LiveKit's Egress has a worker, remembered: livekit-server takes 22 s to say that nobody took a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from greenroom.domain.ports import Clock

NOBODY_SECONDS = 600.0
"""How long nobody is expected where nobody took a request."""


class Workers:
    """By URL of the service. A file, where one is named, tells the next process; without it this one remembers."""

    def __init__(self, clock: Clock, file: Path | None = None) -> None:
        self._clock, self._file = clock, file
        self._nobody: dict[str, float] = {}

    def expected(self, url: str) -> bool:
        """False for ten minutes after nobody took a request."""
        left = {**self._read(), **self._nobody}.get(url, 0) - self._clock.now()
        # A clock that was set back must not make ten minutes of a day.
        return not 0 < left <= NOBODY_SECONDS

    def nobody(self, url: str) -> None:
        """Nobody took a request just now."""
        self._nobody[url] = self._clock.now() + NOBODY_SECONDS
        self._write({**self._read(), **self._nobody})

    def somebody(self, url: str) -> None:
        """A request was taken."""
        if self.expected(url):
            return
        self._nobody.pop(url, None)
        self._write({known: until for known, until in self._read().items() if known != url})

    def _read(self) -> Mapping[str, float]:
        if self._file is None:
            return {}
        try:
            told = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        shape = told if isinstance(told, dict) else {}
        return {url: until for url, until in shape.items() if isinstance(until, int | float)}

    def _write(self, shape: Mapping[str, float]) -> None:
        # What cannot be kept costs some seconds once more, and no more than that.
        if self._file is not None:
            with suppress(OSError):
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._file.write_text(json.dumps(shape), "utf-8")
