"""The machine's clock."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """ports.Clock on the system's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Let time pass without holding the loop."""
        await asyncio.sleep(seconds)
