"""MP4 that survives a crash, and becomes an ordinary file at the end. ISO/IEC 14496-12.

While it is recorded it is fragmented: what was flushed can be played, whatever happens. When it is finished
it is written again with its index in front ("fast start"), and replaces the fragmented file in one step. Where
that cannot be, for the disk is full, the fragmented file stays, cut after its last whole fragment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import av

from greenroom.local.recorder.worker.copying import copied

FRAGMENTED = {
    # delay_moov: the index of the start is written with the first fragment, when the delays of codecs are known.
    "movflags": "+empty_moov+default_base_moof+delay_moov",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
"""Fragments of one second: so much is lost, beside what is still in the encoder."""
_HEADER = 8
_LARGE_HEADER = 16


def keep_whole_fragments(path: Path) -> bool:
    """Cut off what comes after the last whole fragment; False when there is none. Raises OSError."""
    with path.open("r+b") as file:
        end = _end_of_fragments(file, path.stat().st_size)
        if end:
            file.truncate(end)
    return end > 0


def _end_of_fragments(file: BinaryIO, size: int) -> int:
    """Where the last ``mdat`` ends that follows its ``moof`` and lies wholly in the file."""
    at = end = 0
    before = b""
    while at + _HEADER <= size:
        file.seek(at)
        head = file.read(_LARGE_HEADER)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length < _HEADER or at + length > size:
            break
        at += length
        if kind == b"mdat" and before == b"moof":
            end = at
        before = kind
    return end


def to_fast_start(path: Path) -> None:
    """Write a fragmented file again as an ordinary one. Raises OSError and av.FFmpegError; then it is as it was."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with (
            av.open(str(path)) as source,
            av.open(str(fresh), "w", format="mp4", options={"movflags": "+faststart"}) as target,
        ):
            for _ in copied(source, target):
                pass
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def duration_of(path: Path) -> float:
    """Seconds that can be played. Raises OSError and av.FFmpegError."""
    with av.open(str(path)) as container:
        return (container.duration or 0) / 1_000_000
