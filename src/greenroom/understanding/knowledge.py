"""The lexicon as the planner looks things up in it: word lists as sets, made once a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenroom.understanding.frames import Frames

JOINTS = ("and", "then", "afterwards", "also", "plus", "but", "so", "because", "since", "if", "when", "once", "while", "unless", "who", "which", "where", "until")  # fmt: skip
"""Words before which a clause may begin."""


NO_OPENERS = frozenset(
    [
        "i",
        "we",
        "you",
        "u",
        "us",
        "our",
        "me",
        "must",
        "should",
        "shall",
        "may",
        "might",
        "can",
        "could",
        "would",
        "will",
        "do",
        "possible",
        "team",
        "guys",
        "folks",
        "i'd",
        "sir",
        "madam",
        "mind",
    ]
)
"""Polite words that change what a clause does when it begins with them."""


def lexicon_of(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """The compiled lexicon, as it is looked up."""
    return looked_up(catalogue["planner"]["lexicon"])


def looked_up(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The lexicon with ``<name>_set`` beside each list, and its frames as they are compared."""
    sets = {
        f"{name}_set": frozenset(words)
        for name, words in raw.items()
        if isinstance(words, list) and not (words and isinstance(words[0], list))
    }
    openers = (sets["polite_set"] | sets["openers_set"]) - NO_OPENERS
    meanings: dict[str, list[str]] = {}
    for letter, table in (("a", "actions"), ("o", "objects")):
        for word, found in raw[table].items():
            meanings.setdefault(word, []).extend(f"{letter}:{concept}" for concept in found)
    return {
        **raw,
        **sets,
        "concepts": meanings,
        "joints_set": frozenset(JOINTS),
        "frames": Frames(raw["frames"], openers),
    }
