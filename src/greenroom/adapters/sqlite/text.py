"""What goes into a column of text, and what comes out."""

from __future__ import annotations

import json
from typing import Any


def compact(shape: Any) -> str:
    """JSON without spaces, in ASCII: a lone surrogate in a name is no UTF-8, and SQLite would refuse it."""
    return json.dumps(shape, separators=(",", ":"))


def plain(text: str) -> str:
    """Text that can be stored: what is no UTF-8 reads ``?``."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def parsed(text: str | None, otherwise: Any) -> Any:
    """What ``compact`` made; ``otherwise`` for nothing, another type or damaged text. Never raises."""
    try:
        found = json.loads(text or "null")
    except (ValueError, RecursionError):
        return otherwise
    return found if isinstance(found, type(otherwise)) else otherwise
