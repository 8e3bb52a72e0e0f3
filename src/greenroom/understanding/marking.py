"""Marks: words of a field, as they stand in a request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom.understanding.mentions import ANDS, Token


@dataclass(slots=True)
class Mark:
    """Words of a field, as they stand in the request: beside a value, or meaning one by themselves."""

    start: int
    end: int
    field: str
    strength: float
    means: bool
    value: Any = None
    learned: bool = False
    """Found by what was learned, which knows denials: its value is meant as it is."""

    def moved(self, by: int) -> Mark:
        """The same, counted from another place."""
        return Mark(
            self.start - by,
            self.end - by,
            self.field,
            self.strength,
            self.means,
            self.value,
            self.learned,
        )


def is_listed(
    mark: Mark, marks: Sequence[Mark], tokens: Sequence[Token], between: Collection[str]
) -> bool:
    """Whether a phrase stands in one list with another of the same field that was learned: "mic and cam".

    ``between``: words that may stand between two of a list.
    """
    for other in marks:
        if not other.learned or other.field != mark.field:
            continue
        first, last = sorted((mark, other), key=lambda m: m.start)
        joined = any(_joins(t) for t in tokens[first.end : last.start + 1])
        apart = tokens[first.end : last.start]
        if joined and all(_joins(t) or t.value in between for t in apart):
            return True
    return False


def _joins(token: Token) -> bool:
    return token.kind == "comma" or token.value in ANDS
