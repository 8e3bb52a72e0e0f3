"""A bar on stderr for work of many parts, where somebody looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from greenroom.interfaces.cli.options import Settings

WIDTH = 30


def progress(settings: Settings) -> Callable[[str, int, int], None]:
    """What a crew's ``report`` is: a bar on a terminal; nothing in a pipe, with ``--json`` and with ``--jsonl``."""
    if not wanted(settings):
        return lambda _what, _done, _total: None

    def draw(what: str, done: int, total: int) -> None:
        if done >= total:
            erase(settings)
        else:
            filled = WIDTH * done // total
            bar = "█" * filled + "·" * (WIDTH - filled)
            sys.stderr.write(f"\r{bar} {done:,} of {total:,} {what}")
        sys.stderr.flush()

    return draw


def wanted(settings: Settings) -> bool:
    """Whether somebody looks."""
    return not (settings.json or settings.jsonl) and sys.stderr.isatty()


def erase(settings: Settings) -> None:
    """Take the bar away: at its end, and where the work ended before it."""
    if wanted(settings):
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
