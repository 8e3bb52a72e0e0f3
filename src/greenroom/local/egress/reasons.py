"""Why an egress has ended, as LiveKit's egress words it in ``details``."""

from __future__ import annotations

STOPPED, CLOSED = "StopEgress API", "Source closed"
