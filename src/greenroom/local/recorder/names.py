"""Files of recordings: a name is held before anything is written, so that no file is written over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from greenroom.local.twirp.refusals import Refusal


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


def take_away_empty(held: Iterable[Path]) -> None:
    """Files that held a name for what never came."""
    for path in held:
        if path.is_file() and not path.stat().st_size:
            path.unlink()


def take_away(files: Iterable[Path], root: Path) -> None:
    """Delete them, and the folders that were made for them; the first that holds something else stays. Raises OSError."""
    for path in files:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in path.parents:
                if folder == root:
                    break
                folder.rmdir()


class Holder:
    """Holds names with empty files, until what is recorded fills them."""

    def __init__(self) -> None:
        self.held: list[Path] = []

    def reserve(self, path: Path) -> bool:
        """``reserve``, remembered."""
        taken = reserve(path)
        if taken:
            self.held.append(path)
        return taken
