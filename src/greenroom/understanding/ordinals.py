"""Which of several is meant: "the second camera", "his 2nd mic", "camera 2"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from greenroom.understanding.fields import Filler
from greenroom.understanding.mentions import Token

COUNTED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
NUMBER = {"number", "no", "nr"}


def fill_ordinals(filler: Filler) -> None:
    """Fields that say which: an ordinal before, or a number behind, words that mean a value of another field."""
    for name in filler.of_kind("ordinal"):
        choices = [mark for mark in filler.marks if mark.means and mark.field != name]
        starts, ends = {mark.start for mark in choices}, {mark.end for mark in choices}
        for at, token in enumerate(filler.tokens):
            before = at - 1 if at and filler.said[at - 1] in NUMBER else at
            count = ordinal(token, filler.lexicon) if at + 1 in starts else 0
            if token.kind == "number" and before in ends and at not in filler.used:
                count = token.value
            if count:
                filler.used |= {at, before}
                filler.filled.put(name, int(count), f"“{token.text}”")


def ordinal(token: Token, lexicon: Mapping[str, Any]) -> int:
    """2 for "second" and "2nd"; 0 for what is no ordinal."""
    counted = COUNTED.fullmatch(token.text.casefold())
    if counted:
        return int(counted[1])
    words = lexicon["ordinals"]
    return words.index(token.value) + 1 if token.value in words else 0
