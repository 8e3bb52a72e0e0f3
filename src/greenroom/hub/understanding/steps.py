"""Cuts a request into steps: at the ends of sentences, and before a second thing to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.hub.understanding.mentions import Token

ASKING = {"who", "what", "which", "how"}
SHAPES = {"jwt", "plan", "json", "url"}
JOINTS = {"and", "then", "afterwards", "also", "plus", "next", "finally"}


def sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    """Parts between sentence ends. A question mark stays, as the last token; a token or id alone belongs to what was said before it."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind != "stop":
            parts[-1].append(token)
            continue
        if token.text == "?":
            parts[-1].append(token)
        parts.append([])
    whole: list[list[Token]] = []
    for part in parts:
        said = {token.kind for token in part} - {"comma", "stop"}
        if said and whole and said <= SHAPES:
            whole[-1] += part
        elif said:
            whole.append(part)
    return whole


def cuts(part: Sequence[Token], lexicon: Mapping[str, Any], meanings: Collection[str]) -> list[int]:
    """Where a second thing to do may begin: after "and", "then" or a comma, before an action or another object.

    Not inside a phrase that means a value ("view only").
    """
    found: list[int] = []
    begun = False
    for at, token in enumerate(part):
        following = " ".join(str(t.value) for t in part[at : at + 2])
        acts = token.is_word and token.value in lexicon["actions"]
        asks = token.value in ASKING and at > 0 and part[at - 1].value in JOINTS
        opens = (acts or asks) and following not in meanings
        joint = _joint_before(part, at, lexicon) if begun else None
        if joint is not None and (opens or _other_object(part, at, lexicon)):
            found.append(joint + 1)
        begun = begun or opens or (token.is_word and token.value in lexicon["objects"])
    return sorted(set(found))


def _joint_before(part: Sequence[Token], at: int, lexicon: Mapping[str, Any]) -> int | None:
    """The joint that this token's step would begin after: only small words stand between, or "for kim to"."""
    for here in range(at - 1, -1, -1):
        token = part[here]
        if token.kind == "comma" or token.value in JOINTS:
            # A name right after it is one more of a list, not another step.
            return here if here + 1 == at or part[here + 1].is_word else None
        if token.value in lexicon["subjects"]:
            return None
        small = token.is_word and token.value in lexicon["stop"]
        if not small and token.kind not in {"name", "quoted", "email"}:
            return None
    return None


def _other_object(part: Sequence[Token], at: int, lexicon: Mapping[str, Any]) -> bool:
    """Whether a noun stands here that the step so far did not speak of: "a room x and a token for bob"."""
    here = lexicon["objects"].get(part[at].value) if part[at].is_word else None
    before = {lexicon["objects"].get(token.value) for token in part[:at] if token.is_word}
    return (
        here in {"token", "room"}
        and here not in before
        and part[at - 1].value in {"a", "an", "two", "tokens"}
    )


def split(part: Sequence[Token], at: Sequence[int]) -> list[list[Token]]:
    """The pieces between these places, without the joints that held them together."""
    edges = [0, *at, len(part)]
    pieces = [list(part[left:right]) for left, right in pairwise(edges)]
    for piece in pieces[:-1]:
        while piece and (
            piece[-1].kind == "comma" or piece[-1].value in JOINTS | {"a", "an", "the"}
        ):
            piece.pop()
    return [piece for piece in pieces if piece]
