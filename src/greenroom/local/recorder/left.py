"""Files that a recording left in the recorder's folder: which they are."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from greenroom.domain.playlists import names_in
from greenroom.local.recorder.uploads import files_of
from greenroom.local.twirp.refusals import Refusal


def files_left(outputs: Sequence[Mapping[str, Any]], root: Path) -> list[Path]:
    """Those that are there. Raises Refusal (failed_precondition) for what is not, or no more, a plain file below ``root``."""
    written = [output for output in outputs if output["kind"] != "stream"]
    paths = dict.fromkeys(path for output in written for path in _of(output))
    return [path for path in paths if _is_plain(path, root)]


def name_of(output: Mapping[str, Any]) -> str:
    """The path by which an output is told from others: of its file, its playlist, or its pictures' prefix; "" of a stream."""
    return str(output.get("path") or output.get("playlist") or output.get("prefix", ""))


def _of(output: Mapping[str, Any]) -> Iterator[Path]:
    if output["kind"] == "segments" and output.get("by_time"):
        # No number was held for their names, so that another recording may share the prefix.
        yield from _listed(Path(output["playlist"]))
        yield from (Path(output[name]) for name in ("playlist", "live_playlist") if output[name])
        return
    # A folder that is gone holds nothing.
    with suppress(FileNotFoundError):
        yield from files_of(output)


def _listed(playlist: Path) -> list[Path]:
    try:
        listed = playlist.read_text("utf-8")
    except OSError:
        return []
    return [playlist.with_name(Path(name).name) for name in names_in(listed)]


def _is_plain(path: Path, root: Path) -> bool:
    """Whether it is there. A link on the way may lead anywhere, so there may be none."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    inside = path.is_relative_to(root) and ".." not in path.parts
    if inside and stat.S_ISREG(mode):
        inside = path.parent.resolve() == root.resolve() / path.parent.relative_to(root)
    else:
        inside = False
    if not inside:
        words = f"{path} is not a plain file in the recorder's folder {root}, so it is left alone."
        raise Refusal("failed_precondition", words)
    return True
