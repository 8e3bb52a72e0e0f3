"""Features of a step, and how well each capability explains them: how much likelier its phrases hold them than others'."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.understanding.manner import Manner, clause_manner
from greenroom.understanding.mentions import SHAPED, Token

NAMES = {"quoted", "email", "room", "person", "name", "described"}
TYPED = SHAPED | {"pattern"}
FLOOR = 0.02
"""Added to every share: a feature that no phrase of a capability has is unlikely, not impossible."""
WEIGHTS = {"a": 0.9, "o": 0.9, "m": 0.8, "t": 0.7, "w": 0.45, "2": 0.45, "p": 0.6, "q": 1.4}
"""How much a kind of feature counts: concepts carry over to words that no phrase has; single words hardly."""
RARE = 8
"""A word that so few phrases have speaks for the capability that has it more than others, however seldom."""
PURE = 0.3
MOST = 3.0
LEAST = -1.2
PLACING = {"from", "in", "into", "of", "for", "to"}
STANDS_FOR_ROOM = {"it", "there"}
"""Words that stand for a room's name after one of ``PLACING``: "remove sam from it"."""
ORDER = {"what", "who", "which", "how", "is", "in", "can", "did", "do", "of", "was", "out", "off", "whose", "on"}  # fmt: skip
"""Words whose neighbours matter: "what can", "who is", "out of"."""


def concepts(word: str, lexicon: Mapping[str, Any]) -> Sequence[str]:
    """``a:`` action and ``o:`` object concepts of a word."""
    known: Sequence[str] = lexicon["concepts"].get(word, ())
    return known


def features(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> list[str]:
    """What a clause is made of, each once."""
    found: dict[str, None] = {}
    words: list[str] = []
    before = ""
    for token in tokens:
        named = token.kind in NAMES
        if token.is_word and token.value in STANDS_FOR_ROOM and before in PLACING:
            named = True
        before = token.value if token.is_word else ""
        if named:
            found["m:name"] = None
            words.append("·")
            if token.kind in {"room", "person", "described"}:
                found[f"t:{'person' if token.kind == 'person' else 'room'}"] = None
        elif token.kind in TYPED:
            found[f"m:{token.kind}"] = None
        elif token.is_word:
            words.append(token.value)
            for concept in concepts(token.value, lexicon):
                found[concept] = None
            found[f"w:{token.value}"] = None
    found |= {f"2:{a}_{b}": None for a, b in pairwise(words) if a in ORDER or b in ORDER}
    manner = clause_manner(tokens, lambda _: True, destroys=True, lexicon=lexicon)
    if manner is not Manner.ORDER:
        found[f"q:{manner}"] = None
        found |= {f"q:{manner}|{f}": None for f in found if f[:2] == "a:"}
    return with_pairs(found)


def merged(clauses: Sequence[Sequence[str]]) -> list[str]:
    """What several clauses are made of together."""
    if len(clauses) == 1:
        return list(clauses[0])
    return with_pairs(dict.fromkeys(f for clause in clauses for f in clause if f[:2] != "p:"))


def with_pairs(found: Mapping[str, None]) -> list[str]:
    """The features, and what stands together with what: an action and a thing, either and a name."""
    heads = [feature for feature in found if feature[:2] in {"a:", "o:"}]
    pairs = [f"p:{left}|{right}" for left in heads for right in heads if left < right]
    if "m:name" in found:
        pairs += [f"p:{head}|m:name" for head in heads]
    return [*found, *pairs]


class Scorer:
    """Scores of all capabilities for a list of features."""

    def __init__(
        self,
        shares: Mapping[str, Mapping[str, float]],
        capabilities: Iterable[str],
        sizes: Mapping[str, int],
    ) -> None:
        self.shares = shares
        self.sizes = sizes
        self.capabilities = tuple(capabilities)
        self.place = {identifier: place for place, identifier in enumerate(self.capabilities)}
        self._known: dict[str, tuple[float, ...]] = {}

    def weight(self, feature: str, identifier: str) -> float:
        """How much a feature speaks for a capability (or against); 0 for one that no phrase has."""
        row = self.row(feature)
        return row[self.place[identifier]] if row else 0.0

    def speaks_for(self, features: Iterable[str], identifier: str) -> bool:
        """Whether one of these features speaks for a capability."""
        place = self.place[identifier]
        return any(row[place] > 0 for feature in features if (row := self.row(feature)))

    def row(self, feature: str) -> tuple[float, ...]:
        """Weights of a feature, one for each capability; none for one that no phrase has. All are kept: there are only so many."""
        known = self._known.get(feature)
        if known is None:
            shares = self.shares.get(feature)
            if shares is None:
                return ()
            known = self._known[feature] = self._weigh(feature, shares)
        return known

    def _weigh(self, feature: str, shares: Mapping[str, float]) -> tuple[float, ...]:
        mean = sum(shares.values()) / len(self.capabilities)
        scale = WEIGHTS[feature[0]]
        rare = feature[0] == "w" and sum(self._count(shares, i) for i in shares) <= RARE
        # Most capabilities have no phrase with this feature, and all the same weight.
        absent = scale * max(LEAST, min(MOST, math.log(FLOOR / (mean + FLOOR))))
        weights = [absent] * len(self.capabilities)
        for identifier, share in shares.items():
            if identifier not in self.place:
                continue
            weight = math.log((share + FLOOR) / (mean + FLOOR))
            if rare:
                others = max(
                    (self._count(shares, i) for i in shares if i != identifier), default=0.0
                )
                own = math.log((self._count(shares, identifier) + PURE) / (others + PURE))
                weight = max(weight, own)
            weights[self.place[identifier]] = scale * max(LEAST, min(MOST, weight))
        return tuple(weights)

    def _count(self, shares: Mapping[str, float], identifier: str) -> float:
        """How many phrases of a capability have the feature."""
        return shares.get(identifier, 0.0) * self.sizes[identifier]

    def rank(self, found: Sequence[str]) -> list[tuple[float, str]]:
        """``(score, capability)`` of all, best first. Features that no phrase has say nothing."""
        return Ranking(self, self.capabilities).of(found)


class Ranking:
    """Ranks the same few capabilities again and again: of each feature only their weights are kept."""

    def __init__(self, scorer: Scorer, names: Sequence[str]) -> None:
        self.scorer, self.names = scorer, names
        self._places = [scorer.place[identifier] for identifier in names]
        self._all = tuple(names) == scorer.capabilities
        self._known: dict[str, Sequence[float]] = {}

    def of(self, found: Sequence[str]) -> list[tuple[float, str]]:
        """``(score, capability)``, best first. Features that no phrase has say nothing."""
        known = self._known
        for feature in found:
            if feature not in known:
                known[feature] = self._weights(feature)
        rows = list(filter(None, map(known.__getitem__, found)))
        if not rows:
            return []
        damp = 1 / math.sqrt(max(1.0, len(rows) / 6))
        named = zip(map(sum, zip(*rows, strict=True)), self.names, strict=True)
        return sorted([(damp * total, identifier) for total, identifier in named], reverse=True)

    def _weights(self, feature: str) -> Sequence[float]:
        row = self.scorer.row(feature)
        return [row[place] for place in self._places] if row and not self._all else row
