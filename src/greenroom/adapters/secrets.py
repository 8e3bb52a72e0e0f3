"""Secret arguments of plans that wait, one file each."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from greenroom.domain.errors import InvalidRequest, JournalError

PREFIX = "file:secrets/"


class FileSecrets:
    """ports.Secrets below ``home/secrets`` (folder 0700, files 0600)."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "secrets"

    def keep(self, value: str) -> str:
        """Store and return ``file:secrets/<random>``. Raises JournalError where it cannot be written."""
        name = secrets.token_hex(16)
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
        name = reference.removeprefix(PREFIX)
        known = reference.startswith(PREFIX) and name.isalnum()
        try:
            if known:
                return (self._folder / name).read_text(encoding="utf-8")
        except OSError:
            pass
        msg = "The secret that this plan refers to is not there any more."
        raise InvalidRequest(msg, hint="Ask again with the secret.")
