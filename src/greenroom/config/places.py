"""Folders: where Greenroom keeps what it remembers, and what it can compute again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_folder(environ: Mapping[str, str], given: Path | None = None) -> Path:
    """``--home``, else ``$GREENROOM_HOME``, else ``~/.local/share/greenroom``."""
    if given is not None:
        return given
    if named := environ.get("GREENROOM_HOME"):
        return Path(named)
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "greenroom"


def cache_folder(environ: Mapping[str, str]) -> Path:
    """``$XDG_CACHE_HOME/greenroom``, else ``~/.cache/greenroom``. Safe to delete."""
    cache = environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "greenroom"
