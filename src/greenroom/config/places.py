"""Folders: where Greenroom keeps what it remembers, and what it can compute again.

Paths are text here: importing pathlib would take five percent of ``greenroom --help``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


def home_folder(environ: Mapping[str, str], given: str | os.PathLike[str] | None = None) -> str:
    """``--home``, else ``$GREENROOM_HOME``, else ``~/.local/share/greenroom``."""
    if given is not None:
        return os.fspath(given)
    if named := environ.get("GREENROOM_HOME"):
        return named
    data = environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(data, "greenroom")


def cache_folder(environ: Mapping[str, str]) -> str:
    """``$XDG_CACHE_HOME/greenroom``, else ``~/.cache/greenroom``. Safe to delete."""
    return os.path.join(
        environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "greenroom"
    )
