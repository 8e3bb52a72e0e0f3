"""The text of HLS playlists. RFC 8216 section 4."""

from __future__ import annotations

ENDLIST = "#EXT-X-ENDLIST"
LIVE = 5
"""Segments in a live playlist, as in LiveKit's egress."""


def seconds_of(listed: str) -> float:
    """Of all segments together."""
    lengths = [
        line[8:].split(",")[0] for line in listed.splitlines() if line.startswith("#EXTINF:")
    ]
    return sum(float(each) for each in lengths)


def live_part(listed: str) -> str:
    """The last segments only, numbered on, and no promise that older ones stay."""
    lines = listed.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("#EXTINF:")]
    left_out = max(0, len(starts) - LIVE)
    head = lines[: starts[0]] if starts else lines
    head = [line for line in head if not line.startswith("#EXT-X-PLAYLIST-TYPE")]
    head = [
        f"#EXT-X-MEDIA-SEQUENCE:{left_out}" if line.startswith("#EXT-X-MEDIA-SEQUENCE") else line
        for line in head
    ]
    tail = lines[starts[left_out] :] if starts else []
    return "\n".join([*head, *tail]) + "\n"
