"""Secret arguments of plans that wait, one file each."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from greenroom.domain.errors import InvalidRequest, JournalError

PREFIX = "file:secrets/"
NAME = re.compile(r"(\d{1,20})-[0-9a-f]{32}", re.ASCII)
"""Until when it is needed (seconds since the epoch), and 128 random bits."""


class FileSecrets:
    """ports.Secrets below ``home/secrets`` (folder 0700, files 0600)."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "secrets"

    def keep(self, value: str, *, until: float) -> str:
        """Store and return ``file:secrets/<name>``. Raises JournalError where it cannot be written."""
        name = f"{int(until)}-{secrets.token_hex(16)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                file.write(value)
        except OSError as error:
            msg = f"{self._folder} cannot be written: {error.strerror}."
            raise JournalError(msg, hint="Choose another home with --home.") from error
        return f"{PREFIX}{name}"

    def resolve(self, reference: str) -> str:
        """The value behind a reference. Raises InvalidRequest for one that this folder did not give."""
        file = self._file(reference)
        try:
            if file is not None:
                return file.read_text(encoding="utf-8")
        except OSError:
            pass
        msg = "The secret that this plan refers to is not there any more."
        raise InvalidRequest(msg, hint="Ask again with the secret.")

    def forget(self, reference: str) -> None:
        """Delete the file behind a reference, where there is one."""
        file = self._file(reference)
        if file is not None:
            _delete(file)

    def forget_expired(self, *, at: float) -> None:
        """Delete every file whose time is over, or that says no time."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return
        for name in names:
            form = NAME.fullmatch(name)
            if form is None or int(form[1]) <= at:
                _delete(self._folder / name)

    def _file(self, reference: str) -> Path | None:
        name = reference.removeprefix(PREFIX)
        ours = reference.startswith(PREFIX) and NAME.fullmatch(name)
        return self._folder / name if ours else None


def _delete(file: Path) -> None:
    """What cannot be deleted now is tried again by the next process."""
    try:
        file.unlink()
    except OSError:
        return
