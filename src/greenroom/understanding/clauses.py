"""Cuts a request into clauses: the smallest pieces that may be a step, a part of one, or mere talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom.understanding.mentions import ANDS, Token

Lexicon = Mapping[str, Any]
NAMED = {"name", "quoted", "email", "room", "person"}
MOST = 24
"""Clauses; what comes after is one."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens ``start`` to ``end`` of the request. ``hard``: a sentence begins here."""

    start: int
    end: int
    hard: bool
    opener: str = ""
    """The word that joins it to what went before: and, then, because, if …"""


def clauses(tokens: Sequence[Token], lexicon: Lexicon) -> list[Clause]:
    """In order, without the stops, commas and joints between them; a list of names is not cut."""
    starts = {0: (True, "")}
    for at, token in enumerate(tokens):
        if at == 0:
            continue
        before = tokens[at - 1]
        if before.kind == "stop":
            starts[at] = (True, "")
        elif before.kind == "comma" and not _in_list(tokens, at, lexicon):
            starts.setdefault(at, (False, ""))
        joint = token.is_word and token.value in lexicon["joints_set"] and before.value != "be"
        if joint and not _in_list(tokens, at + 1, lexicon):
            starts[at] = (at in starts and starts[at][0], token.value)
    places = sorted(starts)[:MOST]
    found = []
    for start, end in zip(places, [*places[1:], len(tokens)], strict=True):
        while (
            end > start
            and tokens[end - 1].kind in {"comma", "stop"}
            and tokens[end - 1].text[:1] != "?"
        ):
            end -= 1  # noqa: PLW2901
        hard, opener = starts[start]
        if end > start and any(t.kind not in {"comma", "stop"} for t in tokens[start:end]):
            found.append(Clause(start, end, hard, opener))
    return found


def sentence_of(tokens: Sequence[Token], head: range) -> range:
    """Places of the whole sentence around a clause."""
    start, end = head.start, head.stop
    while start and tokens[start - 1].kind != "stop":
        start -= 1
    while end < len(tokens) and tokens[end].kind != "stop":
        end += 1
    return range(start, end)


def _in_list(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a name stands on both sides of a joint: "ana, ben and carlos"; not in "stop ana, ben stays"."""
    left = at - 1
    while left >= 0 and (tokens[left].kind == "comma" or tokens[left].value in ANDS):
        left -= 1
    right = at
    while right < len(tokens) and tokens[right].value in ANDS:
        right += 1
    if left < 0 or right >= len(tokens):
        return False
    if tokens[left].kind not in NAMED or tokens[right].kind not in NAMED:
        return False
    after = tokens[right + 1] if right + 1 < len(tokens) else None
    if after is not None and after.is_word and after.value in lexicon["goes_on_set"]:
        return False
    # "kick bob from x, alice from y": the same word around both says that each is a step.
    return after is None or not left or not after.is_word or tokens[left - 1].value != after.value
