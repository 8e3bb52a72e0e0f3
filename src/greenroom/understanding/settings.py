"""Settings by name in a step: each dotted key with the value that is said of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from greenroom.understanding.clauses import sentence_of
from greenroom.understanding.fields import Filler, glued

REACH = 6
"""Tokens behind a key in which its value begins."""
VALUES = {"number", "duration", "quoted", "name", "email", "url"}
BEFORE = 4
"""Tokens before a key in which its value may stand: "9600 for auth.defaultTtl"."""


def fill_settings(filler: Filler) -> None:
    """Give each key its value; None, which removes it, where it is unset. A key of which nothing is said is not taken."""
    for name in filler.of_kind("settings"):
        keys = [at for at, token in enumerate(filler.tokens) if token.kind == "setting"]
        said: dict[str, Any] = {}
        for at, end in pairwise([*keys, len(filler.tokens)]):
            place = _value_behind(filler, at, end) or _value_before(filler, at)
            if place is not None:
                value, places = _value(filler, place)
                filler.used |= places
            elif _unset(filler, at):
                value = None
            else:
                continue
            said[filler.tokens[at].value] = value
            filler.used.add(at)
        if said and len(said) == len(keys):
            filler.filled.put(name, said, ", ".join(f"“{key}”" for key in said))


def _value_behind(filler: Filler, at: int, end: int) -> int | None:
    """Something solid before a word: in "put it on 40" the word "on" is no value."""
    places = []
    for place in range(at + 1, min(end, at + 1 + REACH)):
        if filler.tokens[place].kind == "stop":
            break
        if _is_value(filler, place):
            places.append(place)
    solid = [place for place in places if not filler.tokens[place].is_word]
    return next(iter(solid or places), None)


def _value_before(filler: Filler, at: int) -> int | None:
    """A number only: a word before a key is seldom its value."""
    for place in range(at - 1, max(-1, at - 1 - BEFORE), -1):
        if filler.tokens[place].kind in {"stop", "comma", "setting"}:
            return None
        if filler.tokens[place].kind in {"number", "duration"} and place not in filler.used:
            return place
    return None


def _is_value(filler: Filler, at: int) -> bool:
    token = filler.tokens[at]
    truth = filler.lexicon["true_set"] | filler.lexicon["false_set"]
    return token.kind in VALUES or (token.is_word and token.value in truth | {"null"})


def _value(filler: Filler, at: int) -> tuple[Any, set[int]]:
    """``(value, places)`` of what a key is set to."""
    token = filler.tokens[at]
    if token.kind in {"number", "duration", "quoted"}:
        return token.value, {at}
    for truth, words in ((True, "true_set"), (False, "false_set")):
        if token.is_word and token.value in filler.lexicon[words]:
            return truth, {at}
    if token.value == "null":
        return None, {at}
    text, end = glued(filler.tokens, at)
    return text, set(range(at, end))


def _unset(filler: Filler, at: int) -> bool:
    """Whether the sentence around a key orders to take it away."""
    around = sentence_of(filler.tokens, range(at, at + 1))
    said = [filler.tokens[place] for place in around]
    return any(t.is_word and t.value in filler.lexicon["unsets_set"] for t in said)
