"""Finds the steps that explain a request best: every clause is a step, a part of one, or talk around it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.understanding.clauses import Clause, clauses
from greenroom.understanding.fields import PERSON_KINDS, ROOM_KINDS, Filled
from greenroom.understanding.manner import Manner, manner_of, orders
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import NAMED, fill
from greenroom.understanding.score import Scorer, concepts, features

Lexicon = Mapping[str, Any]
WIDEST = 7
"""Clauses that one step may span."""
BEAM = 4
CONTENDERS = 3
"""Capabilities that are tried for one span."""
FAR = 3.0
"""Points behind the best score from which a capability is not tried."""
STEP = 0.6
MORE = 0.6
"""What a step costs, and what each further one costs besides: two must explain more than one."""
NOT_ORDERED = 1.5
"""What it costs that a step which changes something is only asked about or told of."""
NAMED_BY_ID = 4.0
FAINT = {"o:that", "o:details", "o:people", "o:done", "a:stay", "a:new", "a:join"}
"""Concepts that often stand beside a step and seldom make one."""
HEADLESS = 0.7
"""What it costs to go on with the capability before: "shard-b max 20"."""
TYPED = {"jwt", "plan", "duration", "number", "time", "json", "url", "quoted", "email"}


@dataclass(slots=True)
class Read:
    """A step as it was understood."""

    tokens: list[Token]
    capability: str
    filled: Filled
    value: float
    probability: float
    runner_up: str = ""
    inherited: bool = False
    unexplained: list[Token] = field(default_factory=list)


@dataclass(slots=True)
class Talk:
    """Clauses that no step needs."""

    tokens: list[Token]
    command: bool
    """Whether they seem to order something all the same."""


@dataclass(slots=True)
class Reading:
    """The whole request as it was understood."""

    value: float = 0.0
    parts: tuple[Read | Talk, ...] = ()

    @property
    def steps(self) -> list[Read]:
        """Only what is to be done."""
        return [part for part in self.parts if isinstance(part, Read)]


class Search:
    """Best reading of a request, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any], lexicon: Lexicon) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.lexicon = lexicon
        self.scorer = Scorer(catalogue["planner"]["shares"], self.capabilities)

    def best(self, tokens: Sequence[Token], before: str = "") -> Reading:
        """The reading with the highest value. ``before``: the capability of the conversation's last call."""
        cut = clauses(tokens, self.lexicon)
        if not cut:
            return Reading()
        spans: dict[tuple[int, int, str], list[Read]] = {}
        beams: list[list[Reading]] = [[] for _ in range(len(cut) + 1)]
        beams[0] = [Reading()]
        for start in range(len(cut)):
            for reading in beams[start]:
                steps = reading.steps
                last = steps[-1].capability if steps else before
                self._extend(tokens, cut, start, reading, last, bool(steps), spans, beams)
            for later in range(start + 1, len(beams)):
                beams[later] = thinned(beams[later])
        return beams[-1][0] if beams[-1] else Reading()

    def _extend(
        self,
        tokens: Sequence[Token],
        cut: Sequence[Clause],
        start: int,
        reading: Reading,
        last: str,
        within: bool,
        spans: dict[tuple[int, int, str], list[Read]],
        beams: list[list[Reading]],
    ) -> None:
        """All ways to go on from here: talk for one clause, or a step over one or several."""
        piece = list(tokens[cut[start].start : cut[start].end])
        talk, cost = self._talk(piece)
        beams[start + 1].append(Reading(reading.value - cost, (*reading.parts, talk)))
        for end in range(start + 1, min(len(cut), start + WIDEST) + 1):
            key = (start, end, last)
            if key not in spans:
                span = list(tokens[cut[start].start : cut[end - 1].end])
                spans[key] = self._steps(span, last, within=within)
            for read in spans[key]:
                beams[end].append(Reading(reading.value + read.value, (*reading.parts, read)))

    def _talk(self, piece: list[Token]) -> tuple[Talk, float]:
        """A clause passed over, and what that costs: more for what it names and orders."""
        command = orders(piece, self.lexicon)
        cost = 0.9 if command else 0.0
        for token in piece:
            if token.kind in TYPED:
                cost += 0.35
            elif token.kind in NAMED:
                cost += 0.3
            elif token.is_word and token.value not in self.lexicon["stop_set"]:
                cost += 0.03
        return Talk(piece, command), cost

    def _steps(self, span: list[Token], last: str, *, within: bool) -> list[Read]:
        """What this span may be as one step, best first."""
        found = features(span, self.lexicon)
        ranked = self.scorer.rank(found)
        ids = {token.value for token in span if token.value in self.capabilities}
        if ids:
            ranked = sorted(
                ((score + NAMED_BY_ID * (i in ids), i) for score, i in ranked), reverse=True
            )
        reads = []
        top = ranked[0][0] if ranked else 0.0
        total = sum(math.exp(score - top) for score, _ in ranked) or 1.0
        for score, identifier in ranked[:CONTENDERS]:
            if score < top - FAR:
                break
            probability = math.exp(score - top) / total
            read = self._step(span, identifier, found, score, probability)
            if read is not None:
                read.value -= MORE if within else 0.0
                reads.append(read)
        if last and not any(read.capability == last for read in reads):
            read = self._continued(span, last, within=within)
            if read is not None:
                reads.append(read)
        reads.sort(key=lambda read: -read.value)
        for read in reads[:1]:
            read.runner_up = next((r.capability for r in reads[1:] if not r.inherited), "")
        return reads[:CONTENDERS]

    def _step(
        self,
        span: list[Token],
        identifier: str,
        found: Sequence[str],
        score: float,
        probability: float,
    ) -> Read | None:
        """This span as a step of this capability; None where nothing in it speaks of that."""
        anchor = self._anchor(found, identifier)
        if identifier in {token.value for token in span}:
            anchor = 1.0
        if anchor <= 0:
            return None
        about = self.capabilities[identifier]
        filled = fill(span, about, self.lexicon)
        value, unexplained = self._value(span, about, identifier, filled)
        value += 0.9 * min(1.0, anchor) + 0.45 * math.log(probability + 0.01) - STEP
        if manner_of(span, filled.used, about, self.lexicon) in {Manner.ASKS, Manner.TELLS}:
            value -= NOT_ORDERED
        value += 0.15 * max(-2.0, min(score, 4.0))
        return Read(span, identifier, filled, value, probability, unexplained=unexplained)

    def _anchor(self, found: Sequence[str], identifier: str) -> float:
        """How surely something here speaks of this capability: its best concept, pair or shape."""
        best = 0.0
        for feature in found:
            if feature[0] in "aopm2" and feature not in {"m:name", "m:number", "m:duration"}:
                weight = self.scorer.weights(feature).get(identifier, 0.0)
                if feature in FAINT:
                    weight *= 0.4
                elif feature == "a:want":
                    weight *= 0.2
                best = max(best, weight)
            elif feature[0] == "w" and feature[2:] not in self.lexicon["stop_set"]:
                best = max(best, 0.8 * self.scorer.weights(feature).get(identifier, 0.0))
        return best

    def _continued(self, span: list[Token], last: str, *, within: bool) -> Read | None:
        """The capability before with other values: a name, and nothing that it does not know."""
        about = self.capabilities[last]
        names = [n for n, f in about["fields"].items() if f["kind"] in ROOM_KINDS | PERSON_KINDS]
        filled = fill(span, about, self.lexicon)
        if not any(name in filled.values for name in names):
            return None
        value, unexplained = self._value(span, about, last, filled)
        if unexplained or any(
            concept.startswith("a:")
            for t in span
            if t.is_word
            for concept in concepts(t.value, self.lexicon)
        ):
            return None
        repeats = any(t.value in self.lexicon["repeats_set"] for t in span)
        value += -HEADLESS + (0.5 if repeats else 0.0) - (0.0 if within or repeats else 0.3)
        return Read(span, last, filled, value, 0.5, inherited=True)

    def _value(
        self, span: Sequence[Token], about: Mapping[str, Any], identifier: str, filled: Filled
    ) -> tuple[float, list[Token]]:
        """Gain for fields that are filled, cost for what is missing and for what nothing explains."""
        value = 0.0
        for name, known in about["fields"].items():
            has = name in filled.values
            if known["required"]:
                value += 0.6 if has else -0.35
            elif has:
                value += 0.35
        unexplained: list[Token] = []
        for at, token in enumerate(span):
            if at in filled.used or token.kind in {"comma", "stop", "flag"}:
                continue
            cost = self._unexplained(token, identifier)
            value -= cost
            if cost >= 0.5:
                unexplained.append(token)
        return value, unexplained

    def _unexplained(self, token: Token, identifier: str) -> float:
        """What it costs that this token has no part in the step."""
        if not token.is_word:
            return 0.0 if token.value == identifier else 0.9 if token.kind in TYPED else 0.7
        word = token.value
        if word in self.lexicon["foreign"]:
            return 1.6
        if self.scorer.weights(f"w:{word}").get(identifier, 0.0) > 0:
            return 0.0
        known = concepts(word, self.lexicon)
        if not known:
            return 0.0 if word in self.lexicon["stop_set"] else 0.1
        weights = [self.scorer.weights(concept).get(identifier, 0.0) for concept in known]
        if max(weights) > -0.3 or word in self.lexicon["stop_set"]:
            return 0.0
        strong = (
            any(concept.startswith("a:") for concept in known)
            and word not in self.lexicon["weak_set"]
        )
        return 0.6 if strong and word not in self.lexicon["third_set"] else 0.35


def thinned(readings: list[Reading]) -> list[Reading]:
    """The best few, of those with the same last step only the best."""
    kept: dict[tuple[str, ...], Reading] = {}
    for reading in sorted(readings, key=lambda r: -r.value):
        key = tuple(step.capability for step in reading.steps)
        kept.setdefault(key, reading)
        if len(kept) >= BEAM:
            break
    return list(kept.values())
