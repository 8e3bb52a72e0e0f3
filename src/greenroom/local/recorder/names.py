"""Names of files: from templates as LiveKit's egress has them, below one folder, never over another file."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from greenroom.local.twirp.refusals import Refusal

LONGEST = 200
"""Bytes of one part of a path: file systems allow 255, and what is made of it needs some."""
EXTENSIONS = frozenset({".mp4", ".webm", ".ogg", ".mp3", ".ts", ".m3u8", ".jpg", ".jpeg"})
HINT = "File names are relative to the recorder's folder, such as lectures/{room_name}-{time}."


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


def reserve(path: Path) -> bool:
    """Make an empty file, so that nobody else takes the name; False where it is taken.

    Raises Refusal (failed_precondition, resource_exhausted) when the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError as error:
        if not path.exists():
            # A file is in the way of a folder.
            raise cannot_write(path.parent, error) from error
        return False
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    return True


def numbered(prefix: Path, ending: str) -> list[Path]:
    """Files that were made for a prefix: ``room_00001.ts``, but not ``room-2_00001.ts`` of another recording."""
    pattern = re.compile(re.escape(prefix.name) + r"_\d+" + re.escape(ending))
    return sorted(path for path in prefix.parent.iterdir() if pattern.fullmatch(path.name))


def cannot_write(folder: Path, error: OSError) -> Refusal:
    """Why, and what to do."""
    import errno

    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Refusal("resource_exhausted", f"The disk of {folder} is full. Make room there.")
    words = f"{folder} cannot be written: {error.strerror}. Give the recorder a folder that it may write to."
    return Refusal("failed_precondition", words)
