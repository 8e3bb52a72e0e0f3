"""Verbs that are said once for two things: "end the stream, then the recording too" ends both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from greenroom.understanding.fitting import BEFORE_PLACES
from greenroom.understanding.mentions import Token

JOINTS = {"and", "then", "plus", "also"}
BESIDE_JOINTS = {"after", "so", "should", "must", "can", "that", "this", "afterwards", "there"}
"""Words that may stand between a joint and the second thing: "and after that its stream", "and so should the recording"."""
OWN = {"the", "its", "their", "a", "an", "our", "both", "his", "her"}
"""Words before a thing that belong to it."""
RUNS = {"recording", "streaming", "room"}
"""Things each of which is ended by a capability of its own."""
ENDING = {"stop", "close", "delete"}
"""Actions that end something. Others are seldom shared: "stop the recording, the stream goes on"."""
Lexicon = Mapping[str, Any]


def with_verbs(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens, a verb that is meant for two things said with each of them."""
    added: dict[int, Token] = {}
    things = [at for at, token in enumerate(tokens) if kinds(token, lexicon)]
    for first, second in pairwise(things):
        if kinds(tokens[first], lexicon).isdisjoint(kinds(tokens[second], lexicon)):
            added |= _shared(tokens, first, second, lexicon)
    found: list[Token] = []
    for at, token in enumerate(tokens):
        found += [replace(added[at], start=token.start)] if at in added else []
        found.append(token)
    return found


def kinds(token: Token, lexicon: Lexicon) -> set[str]:
    """Which of the things that end by themselves a word is."""
    return RUNS.intersection(lexicon["objects"].get(token.value, ())) if token.is_word else set()


def _shared(tokens: Sequence[Token], first: int, second: int, lexicon: Lexicon) -> dict[int, Token]:
    """By the place it belongs before, the verb of one of two things that is the other's, too; none where each has its own or none has."""
    joint = next((at for at in range(second, first, -1) if _joins(tokens[at])), None)
    if joint is None or any(t.kind == "stop" for t in tokens[first:second]):
        return {}
    between = tokens[joint + 1 : second]
    if any(not t.is_word or t.value not in OWN | BESIDE_JOINTS for t in between):
        return {}
    start = next((at + 1 for at in range(first, -1, -1) if tokens[at].kind == "stop"), 0)
    end = next((at for at in range(second + 1, len(tokens)) if _ends(tokens[at])), len(tokens))
    before = _verbs(tokens[start:joint], lexicon)
    behind = tokens[second + 1 : end]
    after = _verbs(behind, lexicon)
    if before and all(_plain(pair, lexicon) for pair in pairwise([tokens[second], *behind])):
        own = next(at for at in range(second, joint, -1) if tokens[at - 1].value not in OWN)
        return {own: before[-1]}
    if after and not before and tokens[joint].value in JOINTS:
        return {first + 1: after[-1]}
    return {}


def _joins(token: Token) -> bool:
    return token.kind == "comma" or (token.is_word and token.value in JOINTS)


def _ends(token: Token) -> bool:
    return token.kind == "stop" or _joins(token)


def _verbs(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Words that end something, and are no thing as well."""
    return [
        t
        for t in tokens
        if t.is_word
        and ENDING.intersection(lexicon["actions"].get(t.value, ()))
        and not kinds(t, lexicon)
    ]


def _plain(pair: tuple[Token, Token], lexicon: Lexicon) -> bool:
    """Whether the second of two words says nothing of a thing: names, "of", "too"."""
    before, token = pair
    return not token.is_word or token.value in lexicon["stop_set"] or before.value in BEFORE_PLACES
