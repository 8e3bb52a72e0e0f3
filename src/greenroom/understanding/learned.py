"""What was learned from many requests: what is wanted, and which words are whose value. Made by ``make train``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from greenroom.understanding.lanes import Judged
from greenroom.understanding.mentions import Token
from greenroom.understanding.network import Network, opened
from greenroom.understanding.signs import signs
from greenroom.understanding.surroundings import VALUES, Surroundings

WANTS, ROLES = "wants.model", "roles.model"
"""Files beside this one: what requests want, and which of their words are values."""
NOTHING = "none"
"""Stands among the capabilities for: nothing may be done; among the roles for: no field's value."""
NAMES = ("new", "room", "person", "role")
"""Roles of names."""
KEEP = "keep"
"""Field of those who are left out of what is done to all."""
APART = (KEEP, "publisher")
"""Fields of names that have a role of their own: who stays, and whose tracks are meant."""
ONE_WORD = ("topic", "prefix", "agent", "label", "destination", "layers", "bucket", "path")
"""Roles of texts that are one ordinary word."""
SURELY_NAMED = 1.0
"""Log odds from which an ordinary word is taken for a name."""
NAMED_DESPITE = 4.0
"""The same for a word that means something to some capability: "made", "room"."""


@cache
def model(file: str) -> Network:
    """A model of this folder, opened once a process: all planners share it."""
    return opened(Path(__file__).with_name(file))


class Learned:
    """Judges a request as a whole, and each of its mentions."""

    def __init__(self, lexicon: Mapping[str, Any]) -> None:
        self.lexicon = lexicon
        self.wants, self.roles = model(WANTS), model(ROLES)

    def wanted(self, tokens: Sequence[Token], before: str = "") -> dict[str, float]:
        """Log odds that a request wants each capability, and under ``NOTHING`` that it wants none; ``before``: the last call's."""
        return self.wants.judged(signs(tokens, self.lexicon, before)).all()

    def wanted_alone(self, tokens: Sequence[Token]) -> Judged:
        """The same of a part of a request, where only the likeliest is asked for."""
        return self.wants.judged(signs(tokens, self.lexicon))

    def with_roles(self, tokens: Sequence[Token], wanted: Mapping[str, float]) -> list[Token]:
        """The tokens, each mention with log odds of being a value of each kind of field."""
        likeliest = max((n for n in wanted if n != NOTHING), key=lambda name: wanted[name])
        around = Surroundings(tokens, self.lexicon)
        return [
            self.judged(token, self.roles.judged(around.signs(at, likeliest)))
            if may_be_value(token, self.lexicon)
            else token
            for at, token in enumerate(tokens)
        ]

    def judged(self, token: Token, roles: Judged) -> Token:
        """The token with its roles; an ordinary word that is surely somebody's or some room's name becomes one."""
        meant = token.is_word and token.value in self.lexicon["concepts"]
        least = NAMED_DESPITE if meant else SURELY_NAMED
        named = token.is_word and any(role in NAMES for role in roles.above(least))
        kind = "name" if named else token.kind
        return Token(kind, token.text, token.value, token.start, roles, token.known)


def may_be_value(token: Token, lexicon: Mapping[str, Any]) -> bool:
    """Whether a mention may be a field's value; of the ordinary words all that are not too common."""
    if token.is_word:
        return len(token.value) > 1 and token.value not in lexicon["stop_set"]
    return token.kind in VALUES


def likely(odds: float) -> float:
    """From no (0) over as likely as not (1) to sure (2)."""
    return 2 / (1 + math.exp(-odds))


def role_of(name: str, kind: str) -> str:
    """What the values of a field are called among the roles: rooms and people are alike in all capabilities."""
    if name in APART:
        return name
    if kind in {"person", "person-to-be"}:
        return "person"
    if kind == "room-to-be" and name == "name":
        return "new"
    if kind in {"egress", "recorded"}:
        return "room"
    if kind in {"name-to-be", "destination", "preset"} and name == "name":
        return "label"
    return "display" if kind == "display-name" else name
