"""Ways to give names to fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Group = tuple[int, ...]
"""Places of names that belong together."""


def dealings(fitting: Sequence[Sequence[Group]]) -> Iterator[tuple[Group | None, ...]]:
    """All ways to give each field one of the groups that fit it, none twice, or no group."""
    if not fitting:
        yield ()
        return
    for group in fitting[0]:
        left = [[other for other in groups if other != group] for groups in fitting[1:]]
        for others in dealings(left):
            yield (group, *others)
    for others in dealings(fitting[1:]):
        yield (None, *others)
