"""What HLS playlists name. RFC 8216 section 4."""

from __future__ import annotations


def names_in(listed: str) -> list[str]:
    """Segments, in order."""
    return [line for line in listed.splitlines() if line and not line.startswith("#")]
