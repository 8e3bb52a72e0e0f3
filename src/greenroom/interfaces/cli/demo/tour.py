"""The tour's voice: it numbers the steps, runs ``greenroom``, and remembers what went otherwise."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import click


class Tour:
    """Runs ``greenroom`` as a person would, and shows the command before its output."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.unexpected: list[str] = []
        """What went otherwise, a line each."""
        self.skipped: list[str] = []
        """What could not be shown on this machine, and why."""
        self.kept: list[str] = []
        """What is still there after the tour."""
        self._steps = 0

    def step(self, text: str) -> None:
        """The next step begins: what happens in it, in a line."""
        self._steps += 1
        click.echo()
        click.secho(f"{self._steps}. {text}", bold=True)

    def say(self, text: str) -> None:
        """Something that was seen, below the command that it belongs to."""
        click.echo(f"  {text}")

    def expect(self, truth: object, otherwise: str) -> None:
        """Remember ``otherwise`` unless it is so."""
        if not truth:
            self.unexpected.append(otherwise)

    def run(self, *arguments: str, expect: int = 0, quiet: bool = False) -> str:
        """One command. Returns its stdout; an exit code other than expected is remembered."""
        click.secho(f"$ greenroom {shlex.join(arguments)}", fg="cyan")
        command = [sys.executable, "-m", "greenroom.interfaces.cli.main", *arguments]
        done = subprocess.run(
            command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not quiet:
            click.echo(done.stdout + done.stderr, nl=False)
        if done.returncode != expect:
            self.unexpected.append(
                f"{shlex.join(arguments)} exited with {done.returncode}, not {expect}"
            )
            click.echo(done.stderr, nl=False, err=True)
        return done.stdout

    def ask(self, sentence: str, *, expect: int = 0) -> Mapping[str, Any]:
        """A sentence whose outcome the tour itself reads: the envelope, of which its message is shown."""
        said = self.run("ask", sentence, "--json", expect=expect, quiet=True)
        outcome: Mapping[str, Any] = json.loads(said)
        click.echo(f"  {outcome['message']}")
        return outcome

    def ask_and_approve(self, sentence: str) -> None:
        """A sentence that waits for a yes: the approval's id is read from the outcome, then approved."""
        approval = self.ask(sentence, expect=3)["approval"]
        if approval is not None:
            self.run("approve", approval["id"])
