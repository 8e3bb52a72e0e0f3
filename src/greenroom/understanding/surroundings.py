"""Signs of one name, number or duration of a request: what it looks like and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.understanding.mentions import Token
from greenroom.understanding.signs import BEGINS, ENDS, excepts, meaning, spelled

VALUES = {"name", "quoted", "email", "room", "person", "number", "duration", "json", "url"}
"""Kinds of mention that may be a field's value."""
NEAR = 3
"""Words on either side that are looked at one by one."""
LEFT_OUT = 6
"""Tokens behind "except" that may be who is left out."""
FAR = 8
"""Words on either side that are looked at in no order."""
APART = {BEGINS, ENDS, ".", "?", "!"}
"""Signs beyond which nothing is looked at."""


class Surroundings:
    """Looks at a request once, for all its mentions."""

    def __init__(self, tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> None:
        self.tokens, self.lexicon = tokens, lexicon
        said = [spelled(token) for token in tokens]
        self.said = [*[BEGINS] * NEAR, *said, *[ENDS] * NEAR]
        self.meant = [meaning(word, lexicon["concepts"]) for word in self.said]
        self.kinds = [token.kind for token in tokens]
        self.mentions = Counter(kind for kind in self.kinds if kind in VALUES)
        self.left_out = self._left_out()
        self.values = [token.value for token in tokens if token.kind in VALUES]

    def signs(self, at: int, wanted: str) -> list[str]:
        """Of the mention at this place; ``wanted``: the capability that the request most likely wants."""
        token, here = self.tokens[at], at + NEAR
        found = [f"k:{token.kind}", *self._shape(token)]
        for words, as_ in ((self.said, "w"), (self.meant, "m")):
            third, second, before, _, after, next_, last = words[at : here + NEAR + 1]
            found += [
                f"{as_}-1:{before}",
                f"{as_}+1:{after}",
                f"{as_}-2:{second}",
                f"{as_}+2:{next_}",
                f"{as_}-3:{third}",
                f"{as_}+3:{last}",
                f"{as_}--:{second} {before}",
                f"{as_}++:{after} {next_}",
                f"{as_}-+:{before} {after}",
            ]
        found += self._around(here)
        found += ["but", f"but&{token.kind}"] if self.left_out[at] else ()
        found += self._others(at)
        found += [
            f"{wanted}&k:{token.kind}",
            f"{wanted}&m-1:{self.meant[here - 1]}",
            f"{wanted}&{token.kind}&{self._rank(at)}",
        ]
        return found

    def _left_out(self) -> list[bool]:
        """For each token, whether "except" or the like stands before it in its sentence, and not far."""
        found, left = [], 0
        for token in self.tokens:
            found.append(left > 0)
            left = 0 if token.kind == "stop" else left - 1
            left = LEFT_OUT if excepts(token, self.lexicon) else left
        return found

    def _shape(self, token: Token) -> list[str]:
        text = token.text.strip("\"'“”‘’`.,:!?")
        found = []
        if text[:1].isupper():
            found.append("s:Up")
        if not text.isalpha():
            found.append("s:solid")
            if any(map(str.isdigit, text)):
                found.append("s:digit")
        if str(token.value).casefold() in self.lexicon["given_set"]:
            found.append("s:given")
        if text.endswith(("'s", "’s")):
            found.append("s:owns")
        return [*found, f"s:{text.casefold()[-3:]}"]

    def _around(self, here: int) -> set[str]:
        """Meanings of the words on either side, up to the end of the sentence."""
        found = set()
        before, after = self.meant[max(0, here - FAR) : here], self.meant[here + 1 : here + FAR + 1]
        for words, side in ((reversed(before), "<"), (after, ">")):
            for word in words:
                if word in APART:
                    break
                found.add(f"{side}{word}")
        return found

    def _others(self, at: int) -> list[str]:
        """What other mentions there are."""
        mine = self.kinds[at]
        others = (kind for kind, count in self.mentions.items() if count > (kind == mine))
        same = self.values.count(self.tokens[at].value)
        return [*(f"o:{mine}&{kind}" for kind in others), f"o:{mine}x{min(same, 2)}"]

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
