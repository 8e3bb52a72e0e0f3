"""HLS: segments of MPEG-TS and their playlists. RFC 8216."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import av

from greenroom.domain.playlists import names_in
from greenroom.local.egress.plan import Segments
from greenroom.local.recorder.names import numbered
from greenroom.local.recorder.worker.encoders import Piece
from greenroom.local.recorder.worker.playlist import ENDLIST, live_part, seconds_of
from greenroom.local.recorder.worker.sink import Sink


class HlsSink(Sink):
    """FFmpeg's muxer cuts and lists; the live playlist, its last segments, is made of its list."""

    def __init__(self, segments: Segments, streams: dict[str, Any]) -> None:
        super().__init__(tuple(streams))
        self._plan = segments
        self._playlist = Path(segments.playlist)
        self._live = Path(segments.live_playlist) if segments.live_playlist else None
        self._templates = streams
        self._container: Any = None
        self._streams: dict[str, Any] = {}
        self._listed = ""
        self._bytes = 0
        self.count = 0
        self.duration = 0.0

    def open(self) -> None:
        """See Sink."""
        name = Path(self._plan.prefix).name.replace("%", "%%")
        number = "%Y%m%d%H%M%S" if self._plan.by_time else "%05d"
        options = {
            "hls_time": str(self._plan.seconds),
            "hls_list_size": "0",
            "hls_playlist_type": "event",
            "hls_segment_filename": str(self._playlist.with_name(f"{name}_{number}.ts")),
            # A playlist is replaced as a whole: who reads it never sees half of one.
            "hls_flags": "independent_segments+temp_file",
        }
        if self._plan.by_time:
            options["strftime"] = "1"
        self._container = av.open(self._plan.playlist, "w", format="hls", options=options)
        self._streams = {
            codec: self._container.add_stream_from_template(template, opaque=True)
            for codec, template in self._templates.items()
        }
        self._container.start_encoding()

    def write(self, item: Piece) -> None:
        """See Sink."""
        self._container.mux(item.packet(self._streams[item.codec]))
        if item.key and self._live:
            self._write_live()

    def close(self) -> None:
        """See Sink."""
        container, self._container = self._container, None
        container.close()
        self._finish()

    def salvage(self) -> None:
        """See Sink."""
        if self._container is not None:
            with suppress(OSError, av.FFmpegError, ValueError):
                self._container.close()
        with suppress(OSError):
            end_playlist(self._playlist)
            self._finish()

    def _write_live(self) -> None:
        listed = self._playlist.read_text("utf-8")
        if listed != self._listed and self._live:
            self._listed = listed
            fresh = self._live.with_name(f".{self._live.name}.new")
            fresh.write_text(live_part(listed), "utf-8")
            fresh.replace(self._live)

    def _finish(self) -> None:
        listed = self._playlist.read_text("utf-8")
        names = names_in(listed)
        self.count, self.duration = len(names), seconds_of(listed)
        self.size = sum(self._playlist.with_name(name).stat().st_size for name in names)
        if self._live:
            self._write_live()

    def result(self) -> dict[str, Any]:
        """See Sink."""
        return {
            "size": self.size,
            "seconds": self.duration,
            "count": self.count,
            "error": self.error,
        }


def end_playlist(path: Path) -> None:
    """Say that nothing more comes: without that, players wait for ever. Raises OSError."""
    listed = path.read_text("utf-8")
    if listed and ENDLIST not in listed:
        path.write_text(f"{listed.rstrip()}\n{ENDLIST}\n", "utf-8")


def mend(segments: dict[str, Any]) -> dict[str, Any]:
    """After a crash: list the segment that was not finished, and end the playlist. Raises OSError."""
    playlist = Path(segments["playlist"])
    listed = playlist.read_text("utf-8")
    prefix = Path(segments["prefix"])
    for path in numbered(prefix, ".ts.tmp"):
        path.rename(path.with_suffix(""))
    known = set(names_in(listed))
    for path in numbered(prefix, ".ts"):
        if path.name not in known:
            listed = _with_segment(listed, path)
    playlist.write_text(listed, "utf-8")
    end_playlist(playlist)
    names = names_in(listed)
    return {
        "size": sum(playlist.with_name(name).stat().st_size for name in names),
        "seconds": seconds_of(listed),
        "count": len(names),
    }


def _with_segment(listed: str, path: Path) -> str:
    try:
        with av.open(str(path)) as container:
            seconds = (container.duration or 0) / 1e6
    except (OSError, av.FFmpegError):
        seconds = 0.0
    if not seconds:
        path.unlink()
        return listed
    return f"{listed.rstrip()}\n#EXTINF:{seconds:.6f},\n{path.name}\n"
