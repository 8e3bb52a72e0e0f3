"""Things in one list are on or off together: "noise suppression and auto gain control should be off"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from greenroom.understanding.marking import Mark
from greenroom.understanding.mentions import Token

JOINTS = {"and", "or", "plus", "the", "both", "also", "nor"}
BEHIND, BEFORE = 6, 5
"""Tokens behind and before a list that may say whether it is on or off."""
OWN = {"yes": True, "true": True, "no": False, "false": False}
"""Words that say it of the one thing before them."""
ON = {"on", "enabled", "activated", "active"}
Lexicon = Mapping[str, Any]


def agreed(marks: Sequence[Mark], tokens: Sequence[Token], lexicon: Lexicon) -> list[Mark]:
    """The marks, those of fields that are listed together meaning the same where a word beside the list says what."""
    places: dict[str, tuple[int, int]] = {}
    for mark in marks:
        if mark.means and isinstance(mark.value, bool):
            start, end = places.get(mark.field, (mark.start, mark.end))
            near = mark.start <= end and start <= mark.end
            places[mark.field] = (
                (min(start, mark.start), max(end, mark.end)) if near else (start, end)
            )
    said = sorted((start, end, name) for name, (start, end) in places.items())
    values = {name: own for _, end, name in said if (own := _own(tokens, end)) is not None}
    for (first, end, one), (start, last, other) in pairwise(said):
        apart = one in values or other in values
        if start >= end and not apart and all(_joins(token) for token in tokens[end:start]):
            values |= _listed(tokens, (first, one), (last, other), lexicon)
    return [
        replace(mark, value=values[mark.field]) if mark.means and mark.field in values else mark
        for mark in marks
    ]


def _own(tokens: Sequence[Token], end: int) -> bool | None:
    """What is said right behind one thing, before a comma or the end: "RED yes, DTX no"."""
    behind = tokens[end] if end < len(tokens) else None
    closed = end + 1 >= len(tokens) or tokens[end + 1].kind in {"comma", "stop"}
    return OWN.get(behind.value) if behind is not None and behind.is_word and closed else None


def _listed(
    tokens: Sequence[Token], first: tuple[int, str], last: tuple[int, str], lexicon: Lexicon
) -> dict[str, bool]:
    """What two things of one list are; each its own where the words before and behind differ: "activate one, and the other deactivate"."""
    (start, one), (end, other) = first, last
    off = lexicon["denied_after_set"] | lexicon["denials_set"]
    on = lexicon["affirmations_set"] | ON
    if any(token.is_word and token.value in off | on | OWN.keys() for token in tokens[start:end]):
        return {}
    before = _polarity(tokens[max(0, start - BEFORE) : start][::-1], on, off)
    behind = _polarity(tokens[end : end + BEHIND], on, off)
    first_is = behind if before is None else before
    last_is = before if behind is None else behind
    return {} if first_is is None or last_is is None else {one: first_is, other: last_is}


def _joins(token: Token) -> bool:
    return token.kind == "comma" or token.value in JOINTS


def _polarity(tokens: Sequence[Token], on: Collection[str], off: Collection[str]) -> bool | None:
    """What the first of these words says that says on or off; None where none does."""
    for token in tokens:
        if token.kind in {"comma", "stop"}:
            return None
        if token.is_word and (token.value in off or token.value in on):
            return token.value not in off
    return None
