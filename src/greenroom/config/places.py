"""Folders: where Greenroom keeps what it remembers, what it can compute again, and what people configure.

Paths are text here: importing pathlib would take five percent of ``greenroom --help``, and more of ``config show``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

MODES = ("coordinator", "auth", "room", "track", "recording", "egress", "webhook")
"""Every specialist that may have a mode file, in the order in which files of one layer are read."""
PROJECT_MARK = ".ruru"


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


def user_folder(environ: Mapping[str, str]) -> str:
    """``$XDG_CONFIG_HOME/greenroom``, else ``~/.config/greenroom``."""
    configured = environ.get("XDG_CONFIG_HOME")
    home = environ.get("HOME") or os.path.expanduser("~")
    return os.path.join(configured or os.path.join(home, ".config"), "greenroom")


def project_folder(start: str) -> str | None:
    """The nearest folder, from ``start`` upwards, that holds ``.ruru``; None when there is none."""
    folder = os.path.abspath(start)
    while not os.path.isdir(os.path.join(folder, PROJECT_MARK)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def mode_file(root: str, mode: str) -> str:
    """``<root>/modes/livekit-<mode>/livekit-<mode>.mode.md``; root is the user's folder or a project's ``.ruru``."""
    name = f"livekit-{mode}"
    return os.path.join(root, "modes", name, f"{name}.mode.md")


def environment_file(project: str, environment: str) -> str:
    """``<project>/.ruru/config/livekit.<environment>.json``."""
    return os.path.join(project, PROJECT_MARK, "config", f"livekit.{environment}.json")
