"""Signs of one name, number or duration of a request: what it looks like and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.understanding.mentions import Token
from greenroom.understanding.signs import BEGINS, ENDS, meaning, spelled

VALUES = {"name", "quoted", "email", "room", "person", "number", "duration", "json", "url"}
"""Kinds of mention that may be a field's value."""
NEAR = 3
"""Words on either side that are looked at one by one."""
FAR = 8
"""Words on either side that are looked at in no order."""


class Surroundings:
    """Looks at a request once, for all its mentions."""

    def __init__(self, tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> None:
        self.tokens, self.lexicon = tokens, lexicon
        said = [spelled(token) for token in tokens]
        self.said = [*[BEGINS] * NEAR, *said, *[ENDS] * NEAR]
        self.meant = [meaning(word, lexicon["concepts"]) for word in self.said]
        self.kinds = [token.kind for token in tokens]

    def signs(self, at: int, wanted: str) -> list[str]:
        """Of the mention at this place; ``wanted``: the capability that the request most likely wants."""
        token, here = self.tokens[at], at + NEAR
        found = [f"k:{token.kind}", *self._shape(token)]
        for words, letter in ((self.said, "w"), (self.meant, "m")):
            for by in range(1, NEAR + 1):
                found += [f"{letter}-{by}:{words[here - by]}", f"{letter}+{by}:{words[here + by]}"]
            before, after = words[here - 2 : here], words[here + 1 : here + 3]
            found += [f"{letter}--:{' '.join(before)}", f"{letter}++:{' '.join(after)}"]
            found.append(f"{letter}-+:{words[here - 1]} {words[here + 1]}")
        found += self._around(here) + self._others(at)
        found += [f"{wanted}&k:{token.kind}", f"{wanted}&m-1:{self.meant[here - 1]}"]
        found.append(f"{wanted}&{token.kind}&{self._rank(at)}")
        return found

    def _shape(self, token: Token) -> list[str]:
        text = token.text.strip("\"'“”‘’`.,:!?")
        found = []
        if text[:1].isupper():
            found.append("s:Up")
        if not text.isalpha():
            found.append("s:solid")
        if any(letter.isdigit() for letter in text):
            found.append("s:digit")
        if str(token.value).casefold() in self.lexicon["given_set"]:
            found.append("s:given")
        if text.endswith(("'s", "’s")):
            found.append("s:owns")
        return [*found, f"s:{text.casefold()[-3:]}"]

    def _around(self, here: int) -> list[str]:
        """Meanings of the words on either side, up to the end of the sentence."""
        found = set()
        for step, letter in ((-1, "<"), (1, ">")):
            for by in range(1, FAR + 1):
                word = (
                    self.meant[here + step * by]
                    if 0 <= here + step * by < len(self.meant)
                    else ENDS
                )
                if word in {BEGINS, ENDS, ".", "?", "!"}:
                    break
                found.add(f"{letter}{word}")
        return sorted(found)

    def _others(self, at: int) -> list[str]:
        """What other mentions there are."""
        kinds = {kind for place, kind in enumerate(self.kinds) if place != at and kind in VALUES}
        same = sum(
            token.kind in VALUES and token.value == self.tokens[at].value for token in self.tokens
        )
        mine = self.kinds[at]
        return [*(f"o:{mine}&{kind}" for kind in sorted(kinds)), f"o:{mine}x{min(same, 2)}"]

    def _rank(self, at: int) -> str:
        """Whether it is the only one of its kind, the first, or a later one."""
        before = self.kinds[:at].count(self.kinds[at])
        after = self.kinds[at + 1 :].count(self.kinds[at])
        return (
            "only"
            if before + after == 0
            else "first"
            if before == 0
            else "last"
            if after == 0
            else "mid"
        )
