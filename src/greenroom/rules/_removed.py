"""What was removed from a file of the configuration is no longer in it."""

from __future__ import annotations

from typing import Protocol

from greenroom.domain.rule import PASS, StepView, Verdict, block


class Removed(Protocol):
    """A table with a name, as it was found before it was removed."""

    @property
    def key(self) -> str:
        """Of the table."""
        ...

    @property
    def place(self) -> str | None:
        """The file that it was removed from."""
        ...


def gone(step: StepView, found: Removed, what: str) -> Verdict:
    """Read the configuration again. ``what``: ``Role scribe``."""
    if found.place in [source.layer for source in step.context.settings.said_by(found.key)]:
        return block(f"{what} was removed, and is still in {found.place}.")
    return PASS
