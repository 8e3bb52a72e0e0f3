"""Where a chat's lines come from: a pipe, a terminal that can do nothing, or one that can do all."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

import click


class ChatInput(Protocol):
    """Gives lines."""

    answers: bool
    """Whether somebody is there to answer a question of ours."""

    async def line(self, prompt: str) -> str:
        """The next line. Raises EOFError at the end, KeyboardInterrupt for Ctrl-C."""
        ...

    async def answer(self, prompt: str, *, hidden: bool = False) -> str:
        """The answer to a question, which no history keeps. Raises as ``line`` does."""
        ...


class Pipe:
    """Lines of a file or of another program. Nobody is asked."""

    answers = False

    def __init__(self, stream: TextIO) -> None:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape")
        self._stream = stream

    async def line(self, prompt: str) -> str:
        """The next line that holds something."""
        del prompt
        for line in self._stream:
            if line.strip():
                return line.strip()
        raise EOFError

    async def answer(self, prompt: str, *, hidden: bool = False) -> str:
        """The same: what is asked is answered by the next line."""
        del hidden
        return await self.line(prompt)


class PlainTerminal:
    """A terminal without cursor movement (``TERM=dumb``), or one whose output goes elsewhere."""

    answers = True

    async def line(self, prompt: str) -> str:
        """What is typed up to Enter. Nothing else runs meanwhile."""
        with ctrl_c_raises():
            # Once the prompt is seen, Ctrl-C is heard.
            click.echo(prompt, nl=False, err=True)
            typed = sys.stdin.readline()
        if not typed:
            raise EOFError
        return typed.strip()

    async def answer(self, prompt: str, *, hidden: bool = False) -> str:
        """The same; not shown where it is a secret."""
        if not hidden:
            return await self.line(prompt)
        with ctrl_c_raises():
            return getpass.getpass(prompt, sys.stderr).strip()


@contextmanager
def ctrl_c_raises() -> Iterator[None]:
    """KeyboardInterrupt at once: the loop's own handler would only make a note while this waits for a line."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def is_plain() -> bool:
    """Whether this terminal can only show one line after the other."""
    return os.environ.get("TERM", "dumb") in {"", "dumb", "unknown"} or not sys.stdout.isatty()
