"""Features of a step, and how well each capability explains them. Naive Bayes over concepts and words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.hub.understanding.mentions import Token

NAMES = {"quoted", "email", "room", "person", "name"}


def concepts(word: str, lexicon: Mapping[str, Any]) -> list[str]:
    """``a:`` action and ``o:`` object concepts of a word."""
    found = []
    if word in lexicon["actions"]:
        found.append(f"a:{lexicon['actions'][word]}")
    if word in lexicon["objects"]:
        found.append(f"o:{lexicon['objects'][word]}")
    return found


def features(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> list[str]:
    """What a step is made of, each once."""
    found: dict[str, None] = {}
    before = ""
    for token in tokens:
        if token.is_word and token.value in STANDS_FOR_ROOM and before in PLACING:
            found["m:name"] = None
        before = token.value if token.is_word else ""
        if token.kind in NAMES:
            found["m:name"] = None
            if token.kind in {"room", "person"}:
                found[f"t:{token.kind}"] = None
        elif token.kind in {"jwt", "plan", "duration", "number"}:
            found[f"m:{token.kind}"] = None
        elif token.is_word:
            for concept in concepts(token.value, lexicon):
                found[concept] = None
            found[f"w:{token.value}"] = None
    heads = [feature for feature in found if feature[0] in "ao"]
    pairs = [f"{left}|{right}" for left in heads for right in heads if left < right]
    names = [f"{head}|m:name" for head in heads if "m:name" in found]
    words = [t.value if t.is_word else "·" for t in tokens if t.is_word or t.kind in NAMES]
    words = [
        "·" if word in STANDS_FOR_ROOM and left in PLACING else word
        for left, word in pairwise(["", *words])
    ]
    order = [f"2:{a}_{b}" for a, b in pairwise(words) if a in ORDER or b in ORDER]
    return [*found, *pairs, *names, *dict.fromkeys(order)]


PLACING = {"from", "in", "into", "of", "for", "to"}
STANDS_FOR_ROOM = {"it", "there"}
"""Words that stand for a room's name after one of ``PLACING``: "remove sam from it"."""
ORDER = {"what", "who", "which", "how", "is", "in", "can", "did", "do", "of", "was", "out"}
"""Words whose neighbours matter: "what can", "who is", "out of"."""


def score(found: Sequence[str], model: Mapping[str, Any]) -> list[tuple[float, str]]:
    """``(probability, capability)``, best first. Features that no phrase has say nothing."""
    weights, floors = model["weights"], model["floors"]
    known = [weights[feature] for feature in found if feature in weights]
    if not known:
        return []
    sums = {
        identifier: sum(weight.get(identifier, floor) for weight in known)
        for identifier, floor in floors.items()
    }
    best = max(sums.values())
    spread = math.sqrt(len(known))
    odds = {identifier: math.exp((value - best) / spread) for identifier, value in sums.items()}
    total = sum(odds.values())
    return sorted(((value / total, identifier) for identifier, value in odds.items()), reverse=True)
