"""The compiled catalogue: all that doors and planner must know, as JSON, without importing a capability.

Kept in the cache folder under a hash of what the files it was made from look like, and made again when one changes.
In two files: what the planner alone needs is read when it is first asked for, which ``--help`` never does.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import greenroom.modes

VERSION = "3"
SUFFIXES = (".py", ".says", ".toml", ".txt")
LATER = "planner"
"""The part that is kept apart."""


def capability_files() -> Iterator[tuple[str, str]]:
    """``(id, file)`` of everything that looks like a capability, in order of id."""
    found = {}
    for root in greenroom.modes.__path__:
        for mode in _inside(root):
            for file in _inside(mode.path) if mode.is_dir() else ():
                if file.name.endswith(".py") and not file.name.startswith("_"):
                    found[f"{mode.name}.{file.name[:-3]}"] = file.path
    yield from sorted(found.items())


def state_hash() -> str:
    """CRC-32 over path, size, time of change and inode of every file that the compiled catalogue is made from.

    The time of change (ctime) is the kernel's own: no tool can set it, so an edit that keeps size and mtime shows.
    """
    package = os.path.dirname(os.path.dirname(greenroom.modes.__file__))
    folders = [os.path.join(package, name) for name in ("understanding", "domain", "rules", "hub")]
    for root in greenroom.modes.__path__:
        folders += [root, *(entry.path for entry in _inside(root) if entry.is_dir())]
    states = []
    for folder in folders:
        for entry in _inside(folder):
            if entry.name.endswith(SUFFIXES):
                about = entry.stat()
                states.append(
                    f"{entry.path}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ctime_ns}\0{about.st_ino}"
                )
    states.sort()
    return f"{zlib.crc32(chr(10).join([VERSION, *states]).encode()):08x}-{len(states)}"


def _inside(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds; nothing where there is none."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


class Kept(dict[str, Any]):
    """A catalogue from the cache, whose last part is read when it is first asked for."""

    def __init__(self, read: dict[str, Any], cache: str, key: str) -> None:
        super().__init__(read)
        self._cache, self._key = cache, key

    def __missing__(self, part: str) -> Any:
        if part != LATER:
            raise KeyError(part)
        kept = _read(self._cache, part, self._key)
        if kept is None:
            # The cache was cleaned in between, or harmed: without this file the next start makes both again.
            from greenroom.hub.compiler import compile_catalogue

            with suppress(OSError):
                os.unlink(_file(self._cache, part, self._key))
            kept = compile_catalogue()[part]
        return self.setdefault(part, kept)


def load_catalogue(cache: str | None = None) -> dict[str, Any]:
    """The compiled catalogue: from the cache folder if it fits, else made now (and kept, where that is possible)."""
    key = state_hash()
    if cache is not None and os.path.exists(_file(cache, LATER, key)):
        kept = _read(cache, "catalogue", key)
        if kept is not None:
            return Kept(kept, cache, key)
    from greenroom.hub.compiler import compile_catalogue

    made = compile_catalogue()
    # Files that were edited meanwhile have another hash, and what was made may be half old and half new.
    if cache is not None and not made["broken"] and key == state_hash():
        rest = {part: value for part, value in made.items() if part != LATER}
        _keep(cache, key, {LATER: made[LATER], "catalogue": rest})
    return made


def _file(cache: str, part: str, key: str) -> str:
    return os.path.join(cache, f"{part}-{key}.json")


def _read(cache: str, part: str, key: str) -> Any:
    """A part that was kept; None where there is none that can be read."""
    try:
        with open(_file(cache, part, key), "rb") as file:
            return json.loads(file.read())
    except (OSError, ValueError):
        return None


def _keep(cache: str, key: str, parts: dict[str, Any]) -> None:
    """Write each part atomically; a cache that cannot be written only costs time."""
    import tempfile

    try:
        os.makedirs(cache, exist_ok=True)
        for part, value in parts.items():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                draft = os.path.join(folder, part)
                with open(draft, "w", encoding="utf-8") as file:
                    json.dump(value, file, separators=(",", ":"))
                os.replace(draft, _file(cache, part, key))
            for old in _inside(cache):
                if old.name.startswith(f"{part}-") and key not in old.name:
                    os.unlink(old.path)
    except OSError:
        return
