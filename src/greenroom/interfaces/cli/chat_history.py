"""What was typed, kept for the next time in a file that only its owner can read. Nothing that may be a secret is kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from greenroom.hub.shape import Redactor

MOST_LINES = 1000
TELLING = re.compile(
    r"""
    eyJ[\w-]{4,}                                # a token, or a part of one
  | \b\w[\w+.-]*://[^\s/@]+@                    # name and password in an address
  | \b(?:rtmps?|srt)://                         # addresses of streams end with their key
  | \b\w[\w+.-]*://\S+\?\S                      # signed addresses
  | \b(?:secret|passw\w*|passphrase|bearer|(?:api|stream)[ _-]?key)
  | \b[a-z0-9]{4}(?:-[a-z0-9]{4}){2,}\b         # stream keys are dealt in fours
  | (?<!\w)(?!01[0-9A-HJKMNP-TV-Z]{24}\b)(?=\w*\d)(?=\w*[a-z])[\w/+=]{16,}
  | (?<![\w-])(?!01[0-9A-HJKMNP-TV-Z]{24}\b)(?=[\w-]*\d)(?=[\w-]*[a-z])[\w/+=-]{28,}
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Beside what the journal leaves out. Too much left out costs a line to type again; too little cannot be mended."""


class HistoryFile:
    """Lines in ``home/chat_history``, mode 0600. A file that cannot be read or written is no history, and no failure."""

    def __init__(self, home: Path, redactor: Redactor) -> None:
        self._file = home / "chat_history"
        self._redactor = redactor

    def lines(self) -> list[str]:
        """What was kept, oldest first."""
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        lines = text.splitlines()
        if len(lines) > 2 * MOST_LINES:
            self._write(lines[-MOST_LINES:], os.O_TRUNC)
        return lines[-MOST_LINES:]

    def keep(self, line: str) -> None:
        """Add a line, unless it may hold a secret."""
        line = " ".join(line.split())
        if line and not self.may_be_secret(line):
            self._write([line], os.O_APPEND)

    def may_be_secret(self, line: str) -> bool:
        """Whether something in it looks like a token, a key or a password."""
        return bool(TELLING.search(line)) or self._redactor.text(line) != line

    def _write(self, lines: list[str], how: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = os.open(self._file, flags, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8", errors="replace") as file:
                os.fchmod(opened, 0o600)
                file.write("".join(f"{line}\n" for line in lines))
        except OSError:
            return
