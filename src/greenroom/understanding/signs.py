"""Signs of a whole request, for what was learned from many: its words, their meanings, and what follows what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.understanding.mentions import Token

BEGINS, ENDS = "^", "$"
SOMEBODY = {"name", "quoted", "email", "person"}
"""Kinds of mention that may be a person."""
REACH = 5
"""Tokens behind "except" among which is who is left out."""
STEM = 5
"""Letters of a word that stand for all its forms."""


def signs(tokens: Sequence[Token], lexicon: Mapping[str, Any], before: str = "") -> set[str]:
    """Runs of one to three words, names and numbers as their kinds; the same with meanings for words; stems.

    ``before``: the capability of the conversation's last call. It is a sign, and what is said after one of its mode.
    """
    said = [BEGINS, *(spelled(token) for token in tokens), ENDS]
    meant = [meaning(word, lexicon["concepts"]) for word in said]
    found = {*said, *meant}
    for words in (said, meant):
        found.update(f"{one} {two}" for one, two in pairwise(words))
        threes = zip(words, words[1:], words[2:], strict=False)
        found.update(f"{one} {two} {three}" for one, two, three in threes)
    found |= {f"~{word[:STEM]}" for word in said if len(word) > STEM and word.islower()}
    found |= excepted(tokens, lexicon)
    if before:
        mode = before.partition(".")[0]
        found |= {f"after {before}", *(f"{mode}> {word}" for word in (*meant, *said))}
    return found


def excepted(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> set[str]:
    """Whether somebody is left out: "all … but for our host DANA", whatever stands between."""
    out = [at for at, t in enumerate(tokens) if excepts(t, lexicon)]
    if not any(t.kind in SOMEBODY for at in out for t in tokens[at + 1 : at + 1 + REACH]):
        return set()
    wide = any(t.is_word and t.value in lexicon["wide_set"] for t in tokens)
    return {"all but" if wide else "but"}


def excepts(token: Token, lexicon: Mapping[str, Any]) -> bool:
    """Whether it is a word before those who are left out: "except", "apart"."""
    return token.is_word and token.value in lexicon["excepts_set"]


def spelled(token: Token) -> str:
    """A word as it is; what is no word by its kind, in capitals."""
    if token.is_word:
        return str(token.value)
    if token.kind == "described":
        return "ROOM"
    if token.kind in {"stop", "comma"}:
        return token.text[:1] if token.text[:1] in "?,!:" else "."
    return f"--{token.value}" if token.kind == "flag" else (token.known or token.kind).upper()


def meaning(word: str, concepts: Mapping[str, Sequence[str]]) -> str:
    """The first concept of a word, or the word."""
    known = concepts.get(word)
    return known[0] if known else word
