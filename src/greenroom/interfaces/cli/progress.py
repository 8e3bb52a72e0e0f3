"""A bar on stderr for work of many parts, where somebody looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from greenroom.interfaces.cli.options import Settings

WIDTH = 30


def progress(settings: Settings) -> Callable[[str, int, int], None]:
    """What a crew's ``report`` is: a bar on a terminal; nothing in a pipe, with ``--json`` and with ``--jsonl``."""
    if settings.json or settings.jsonl or not sys.stderr.isatty():
        return lambda _what, _done, _total: None

    def draw(what: str, done: int, total: int) -> None:
        if done >= total:
            sys.stderr.write("\r\x1b[K")
        else:
            filled = WIDTH * done // total
            bar = "█" * filled + "·" * (WIDTH - filled)
            sys.stderr.write(f"\r{bar} {done:,} of {total:,} {what}")
        sys.stderr.flush()

    return draw
