"""ports.Clock of the servers that run here."""

from __future__ import annotations

import asyncio
import time


class SystemTime:
    """ports.Clock on the machine's time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)
