"""``python -m greenroom.interfaces.cli.demo``: the tour, in a home of its own."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack

import click

from greenroom.domain.errors import GreenroomError
from greenroom.interfaces.cli.demo.ground import standing
from greenroom.interfaces.cli.demo.steps import take
from greenroom.interfaces.cli.demo.tour import Tour

STOPPED = 130
"""Exit code of what Ctrl-C ended, as shells have it."""


def main() -> None:
    """Take the tour; exit with 1 when a step went otherwise than expected. Whatever was started is gone then."""
    with ExitStack() as stack:
        try:
            ground = stack.enter_context(standing(click.echo))
        except GreenroomError as error:
            click.secho(f"✗ {error.message} {error.hint}", fg="red", err=True)
            sys.exit(5)
        tour = Tour(ground.environ)
        take(tour, ground)
    close(tour)
    sys.exit(1 if tour.unexpected else 0)


def close(tour: Tour) -> None:
    """What is there now, what was skipped and why, and how it went."""
    click.echo()
    for line in tour.kept:
        click.echo(line)
    for line in tour.skipped:
        click.secho(f"Skipped: {line}", fg="yellow")
    for line in tour.unexpected:
        click.secho(f"✗ {line}", fg="red", err=True)
    if not tour.unexpected:
        click.secho(
            '✓ That was the tour. Yours now: greenroom ask "…", or greenroom --help',
            fg="green",
            bold=True,
        )


if __name__ == "__main__":
    # An end by the system is one as Ctrl-C makes it: what was started ends too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        click.echo("\nThe tour was stopped, and what it started with it.", err=True)
        sys.exit(STOPPED)
