"""The compiled catalogue: all that doors and planner must know, as JSON, without importing a capability.

Kept in the cache folder under a hash of the files it was made from, and made again when they change.
"""

from __future__ import annotations

import glob
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import greenroom.modes

VERSION = "2"


def capability_files() -> Iterator[tuple[str, Path]]:
    """``(id, file)`` of everything that looks like a capability, in order of id."""
    found = {}
    for root in greenroom.modes.__path__:
        for file in Path(root).glob("*/*.py"):
            if not file.name.startswith("_"):
                found[f"{file.parent.name}.{file.stem}"] = file
    yield from sorted(found.items())


def content_hash() -> str:
    """CRC-32 and size of every file that the compiled catalogue is made from: it tells versions apart, not attackers."""
    checksum, size = zlib.crc32(VERSION.encode()), 0
    package = Path(greenroom.modes.__file__).parent.parent
    folders = [f"{root}/*" for root in greenroom.modes.__path__]
    folders += [f"{package}/{inside}" for inside in ("understanding", "domain", "rules")]
    for file in sorted(file for folder in folders for file in glob.glob(f"{folder}/*")):
        if file.endswith((".py", ".says", ".toml", ".txt")):
            with open(file, "rb") as opened:
                content = opened.read()
            checksum = zlib.crc32(content, zlib.crc32(file.encode(), checksum))
            size += len(content)
    return f"{checksum:08x}-{size}"


def load_catalogue(cache: Path | None = None) -> dict[str, Any]:
    """The compiled catalogue: from the cache folder if it fits, else made now (and kept, where that is possible)."""
    key = content_hash()
    file = cache / f"catalogue-{key}.json" if cache else None
    if file is not None:
        try:
            kept: dict[str, Any] = json.loads(file.read_bytes())
        except (OSError, ValueError):
            pass
        else:
            return kept
    from greenroom.hub.compiler import compile_catalogue

    made = compile_catalogue()
    if file is not None and not made["broken"]:
        _keep(file, made)
    return made


def _keep(file: Path, made: dict[str, Any]) -> None:
    """Write atomically; a cache that cannot be written only costs time."""
    import tempfile

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as draft:
            json.dump(made, draft, separators=(",", ":"))
        Path(draft.name).replace(file)
        for old in file.parent.glob("catalogue-*.json"):
            if old != file:
                os.unlink(old)
    except OSError:
        return
