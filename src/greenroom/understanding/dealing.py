"""Ways to give names to fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Group = tuple[int, ...]
"""Places of names that belong together."""


def dealings(groups: Sequence[Group], fields: int) -> Iterator[tuple[Group | None, ...]]:
    """All ways to give each of so many fields a group of its own, or none."""
    if not fields:
        yield ()
        return
    for at, group in enumerate(groups):
        for others in dealings([*groups[:at], *groups[at + 1 :]], fields - 1):
            yield (group, *others)
    for others in dealings(groups, fields - 1):
        yield (None, *others)
