"""Things in one list are on or off together: "noise suppression and auto gain control should be off"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from greenroom.understanding.fields import Mark
from greenroom.understanding.mentions import Token

JOINTS = {"and", "or", "plus", "the", "both", "also", "nor"}
BEHIND, BEFORE = 6, 5
"""Tokens behind and before a list that may say whether it is on or off."""
OWN = {"yes", "true", "false"}
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
    values: dict[str, bool] = {}
    for (first, end, one), (start, last, other) in pairwise(said):
        if start >= end and all(_joins(token) for token in tokens[end:start]):
            value = _polarity(tokens, first, last, lexicon)
            if value is not None:
                values[one] = values[other] = value
    return [
        replace(mark, value=values[mark.field]) if mark.means and mark.field in values else mark
        for mark in marks
    ]


def _joins(token: Token) -> bool:
    return token.kind == "comma" or token.value in JOINTS


def _polarity(tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon) -> bool | None:
    """Whether a list is on or off, by the words beside it that say so; None where they differ."""
    off = {*lexicon["denied_after"], *lexicon["denials"]}
    on = {*ON, *lexicon["affirmations"]}
    if any(token.is_word and token.value in off | on | OWN for token in tokens[start:end]):
        return None  # each has its own word
    found: list[bool] = []
    for piece in (tokens[end : end + BEHIND], tokens[max(0, start - BEFORE) : start][::-1]):
        for token in piece:
            if token.kind in {"comma", "stop"}:
                break
            if token.is_word and token.value in off:
                found.append(False)
                break
            if token.is_word and token.value in on:
                found.append(True)
                break
    return found[0] if len({*found}) == 1 else None
