"""Folders and files that only their owner may read. Raises ConfigurationError where they cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from greenroom.domain.errors import ConfigurationError


def private_folder(folder: Path) -> Path:
    """Make it, 0700. Raises ConfigurationError (home-not-writable, home-of-another, disk-full)."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = folder.stat().st_uid
    except OSError as error:
        raise not_writable(folder, error) from error
    if owner != os.geteuid():
        msg = f"{folder} belongs to {_name(owner)}, and this is {_name(os.geteuid())}."
        hint = "Choose a home of your own with --home or GREENROOM_HOME, or run as its owner."
        raise ConfigurationError(msg, code="home-of-another", hint=hint)
    return folder


def write_private(path: Path, text: str) -> None:
    """``replace_private`` in a folder that is made if need be. Raises ConfigurationError."""
    private_folder(path.parent)
    try:
        replace_private(path, text)
    except OSError as error:
        raise not_writable(path, error) from error


def replace_private(path: Path, text: str) -> None:
    """Replace a file, 0600, whole or not at all. Raises OSError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def not_readable(path: Path, error: OSError) -> ConfigurationError:
    """A home that this account may not look into."""
    msg = f"{path} cannot be read: {error.strerror}."
    hint = "Is this home another account's? Choose one of your own with --home or GREENROOM_HOME."
    return ConfigurationError(msg, code="home-of-another", hint=hint)


def not_writable(path: Path, error: OSError) -> ConfigurationError:
    """What an OSError means for whoever chose the home."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    code = "disk-full" if full else "home-not-writable"
    # "File exists" is what mkdir says, and nobody asked for a new file.
    in_the_way = error.errno in {errno.EEXIST, errno.ENOTDIR}
    why = "a file is in the way of a folder" if in_the_way else error.strerror
    msg = f"{path} cannot be written: {why}."
    first = "Make room, or choose" if full else "Choose"
    hint = f"{first} another home with --home or GREENROOM_HOME."
    return ConfigurationError(msg, code=code, hint=hint)


def _name(user: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
