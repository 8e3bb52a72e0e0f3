"""Lifetimes in words."""

from __future__ import annotations

DEFAULT_TTL = 6 * 3600
"""LiveKit's own default. It gates joining only: who is inside stays inside."""
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def in_words(seconds: int) -> str:
    """``6 hours``, ``90 minutes``, ``45 seconds``: the largest unit that divides it."""
    size, unit = next((size, unit) for size, unit in UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def about(seconds: float) -> str:
    """``2 hours``, ``3 days``: the largest unit that fits, rounded."""
    size, unit = next(((s, u) for s, u in UNITS if seconds >= s), UNITS[-1])
    count = round(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"
