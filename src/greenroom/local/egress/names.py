"""Names of files: from templates as LiveKit's egress has them, and below one folder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from greenroom.local.twirp.refusals import Refusal

LONGEST = 200
"""Bytes of one part of a path: file systems allow 255, and what is made of it needs some."""
EXTENSIONS = frozenset({".mp4", ".webm", ".ogg", ".mp3", ".ts", ".m3u8", ".jpg", ".jpeg"})
HINT = "File names are relative to the folder of recordings, such as lectures/{room_name}-{time}."


def fill(template: str, facts: Mapping[str, str], now: float) -> str:
    """Replace ``{room_name}`` and the like; ``{time}`` and ``{utc}`` are those of the start. Raises Refusal."""
    moment = time.gmtime(now)
    values = {
        **{name: _plain(value) for name, value in facts.items()},
        "time": time.strftime("%Y-%m-%dT%H%M%S", moment),
        "utc": time.strftime("%Y%m%d%H%M%S", moment) + f"{int(now * 1000) % 1000:03}",
    }
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _plain(text: str) -> str:
    """Others choose their identities: no part of them may lead to another folder."""
    plain = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in text)
    return plain.lstrip(".") or "_"


def below(root: Path, name: str) -> Path:
    """The path of a relative name. Raises Refusal (invalid_argument) for what leads out of the folder."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\0" in name or "\\" in name:
        raise Refusal("invalid_argument", f"The file name {name!r} is not allowed. {HINT}")
    if any(len(part.encode()) > LONGEST for part in parts):
        words = f"A part of the file name has more than {LONGEST} bytes: {name[:80]!r}…"
        raise Refusal("invalid_argument", words)
    path = root.joinpath(*(part for part in parts if part not in {"", "."}))
    # A link inside of the folder may lead out of it.
    if path == root or not path.parent.resolve().is_relative_to(root.resolve()):
        raise Refusal("invalid_argument", f"The file name {name!r} is not allowed. {HINT}")
    return path


def with_extension(name: str, extension: str) -> str:
    """``.mp4`` at the end, in place of another one that egress knows."""
    stem, dot, given = name.rpartition(".")
    return f"{stem if dot and f'.{given.lower()}' in EXTENSIONS else name}{extension}"
