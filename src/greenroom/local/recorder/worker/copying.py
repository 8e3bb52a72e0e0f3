"""Packets from one container into another, as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def copied(source: Any, target: Any) -> Iterator[None]:
    """Mux all packets of ``source`` into ``target``, which gets its streams; one step a packet. Raises av.FFmpegError."""
    streams = {
        stream.index: target.add_stream_from_template(stream, opaque=True)
        for stream in source.streams
    }
    for packet in source.demux():
        # The demuxer's last packet of a stream is empty.
        if packet.dts is not None:
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
            yield
