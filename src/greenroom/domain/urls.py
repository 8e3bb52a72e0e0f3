"""What is a URL at all, for everybody who is given one."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit


def split_url(url: str, schemes: Collection[str]) -> SplitResult | None:
    """The parts of a URL (RFC 3986) that has one of these schemes, a host and a port that can be; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def is_cloud(url: str) -> bool:
    """Whether the server is LiveKit Cloud, by its host: some calls exist nowhere else."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith(".livekit.cloud")
