"""Who is on stage: who speaks, but not everybody who coughs."""

from __future__ import annotations

from collections.abc import Sequence

AT_ONCE = 0.5
"""Seconds that somebody must speak to take the stage from who is silent."""
OVER = 2.0
"""Seconds that somebody must be louder to take it from who speaks, too."""


class Speaker:
    """``now``: seconds of any clock that does not go backwards."""

    def __init__(self) -> None:
        self.current: str | None = None
        self._loudest: str | None = None
        self._since = 0.0

    def hear(self, speaking: Sequence[str], now: float) -> str | None:
        """Identities that speak, the loudest first; gives who is on stage."""
        loudest = speaking[0] if speaking else None
        if loudest != self._loudest:
            self._loudest, self._since = loudest, now
        if loudest is None or loudest == self.current:
            return self.current
        needed = OVER if self.current in speaking else AT_ONCE
        if self.current is None or now - self._since >= needed:
            self.current = loudest
        return self.current
