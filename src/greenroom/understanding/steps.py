"""Makes clauses of a request into one step of a capability, and says what that step is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.evidence import POINTERS, Evidence
from greenroom.understanding.fields import NAME_KINDS, Filled
from greenroom.understanding.manner import Manner, changes, destroys
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import fill
from greenroom.understanding.reading import Read
from greenroom.understanding.score import concepts, merged


class Steps:
    """Steps that spans of one request's clauses may be.

    ``see``: what was found in the clauses. ``mode``: only its capabilities are considered; "": all.
    """

    def __init__(self, see: Evidence, mode: str) -> None:
        self.see, self.odds, self.cut, self.mode = see, see.odds, see.cut, mode
        self.capabilities, self.lexicon, self.scorer = see.capabilities, see.lexicon, see.scorer
        self._costs: dict[tuple[int, str], float] = {}

    def of(self, span: range, before: str) -> list[Read]:
        """What these clauses may be as one step, best first."""
        ranked = self.ranked(span)
        # What the whole request hardly speaks for is no rival of what it does.
        ranked = [r for r in ranked if r[1] in self.see.rivals] or ranked
        top = ranked[0][0] if ranked else 0.0
        total = sum(math.exp(score - top) for score, _ in ranked) or 1.0
        reads = []
        contenders = ranked[: w.CONTENDERS]
        tokens = self.see.piece(span)
        contenders += [r for r in ranked[w.CONTENDERS :] if self.tried(tokens, r[1])]
        for score, identifier in contenders:
            far = score < top - w.FAR or self.odds.of(identifier) < w.HOPELESS
            if far and identifier != before and not self.tried(tokens, identifier):
                continue
            ends = (span.start, span.stop - 1)
            if all(self.see.bears(at, identifier) for at in ends):
                read = self.step(span, identifier, score, math.exp(score - top) / total)
                reads += [read] if read is not None else []
        own = max((r.value for r in reads if r.capability == before), default=-math.inf)
        read = self.continued(span, before) if before else None
        if read is not None and read.value > own:
            reads = [read, *(r for r in reads if r.capability != before)]
        reads.sort(key=lambda read: -read.value)
        rivals = tuple((read.capability, read.sure) for read in reads)
        for read in reads:
            read.rivals = rivals
        return reads[: w.CONTENDERS]

    def tried(self, tokens: Sequence[Token], identifier: str) -> bool:
        """Whether a capability is tried however little these words speak for it: the whole request does, or a mention that it alone takes."""
        named = any(token.value == identifier for token in tokens)
        wanted = self.odds.of(identifier) > w.WANTED
        return wanted or named or self.see.typed(tokens, identifier)

    def ranked(self, span: range) -> list[tuple[float, str]]:
        """Capabilities by what these clauses say together, best first; one that is named by its id before all."""
        ranked = self.scorer.rank(merged(self.see.clause_features[span.start : span.stop]))
        if self.mode:
            ranked = [r for r in ranked if self.capabilities[r[1]]["mode"] == self.mode]
        ids = {t.value for t in self.see.piece(span) if t.value in self.capabilities}
        if not ids:
            return ranked
        return sorted(
            ((score + w.NAMED_BY_ID * (i in ids), i) for score, i in ranked), reverse=True
        )

    def step(self, span: range, identifier: str, score: float, probability: float) -> Read | None:
        """These clauses as a step of this capability; None where nothing in them speaks of that."""
        tokens = self.see.piece(span)
        typed = self.see.typed(tokens, identifier)
        named = identifier in {token.value for token in tokens}
        anchors = {at: self.see.anchor(at, identifier) for at in span}
        anchor = 1.0 if named else max(anchors.values())
        wanted = self.odds.of(identifier) > w.WANTED
        if anchor <= 0 and not typed and not wanted:
            return None
        head = max(span, key=lambda at: anchors[at] + w.LEADS * self.see.orders_it(at, identifier))
        about = self.capabilities[identifier]
        if self.unsaid(tokens if wanted else self.see.clause(head), identifier, wanted=wanted):
            return None
        filled = self.fill(span, identifier)
        kinds = {field["kind"] for field in about["fields"].values()}
        if "pattern" in kinds and not filled.values.keys() - {"room"}:
            return None
        value, unexplained = self.value(tokens, about, identifier, filled)
        alone = self.see.probability(head, identifier)
        value += w.ANCHORED * min(1.0, anchor) + w.LIKELY * math.log(max(probability, alone) + 0.01)
        value += w.SCORED * max(-2.0, min(score, 4.0))
        value += self.learned_of(identifier)
        value += w.UNWANTED * min(0.0, self.odds.of(identifier))
        value -= self.objections(span, head, identifier, filled)
        if typed or named:
            value = max(value, w.TYPED_SURE)
        clause = self.cut[head]
        return Read(
            start=self.cut[span.start].start,
            tokens=tokens,
            head=range(clause.start, clause.end),
            capability=identifier,
            filled=filled,
            value=value - w.STEP,
            sure=value,
            probability=probability,
            manner=self.manner(head, identifier, filled),
            margin=self.odds.margin(identifier),
            odds=self.odds.of(identifier),
            ordered=any(self.see.orders_it(at, identifier) for at in span),
            asked=typed or named or any(self.see.asked(self.see.clause(at)) for at in span),
            unexplained=unexplained,
        )

    def learned_of(self, identifier: str) -> float:
        """What a step gains by how surely its capability is wanted."""
        return w.LEARNED * max(w.LEAST_LEARNED, min(w.MOST_LEARNED, self.odds.margin(identifier)))

    def unsaid(self, tokens: Sequence[Token], identifier: str, *, wanted: bool) -> bool:
        """Whether something is taken away, and the word for it is missing here; where it is surely wanted it may be in no word."""
        if not destroys(self.capabilities[identifier]):
            return False
        if self.see.says_so(tokens, identifier):
            return False
        return not wanted or self.see.says_so(self.see.tokens, identifier)

    def manner(self, head: int, identifier: str, filled: Filled) -> Manner:
        """How a step is said. What is surely a wish is an order, as a question or a statement, or where only a right is denied."""
        about = self.capabilities[identifier]
        if not changes(about):
            return Manner.ORDER
        manner = self.see.manner(head, identifier)
        denies = about["effect"] == "write" and False in filled.values.values()
        asked = manner in {Manner.ASKS, Manner.TELLS} and not destroys(about)
        meant = asked or (manner is Manner.FORBIDS and denies)
        return Manner.ORDER if meant and self.odds.sure(identifier) else manner

    def objections(self, span: range, head: int, identifier: str, filled: Filled) -> float:
        """What speaks against a step: it is only spoken of, it orders or is about something else, it is there already."""
        about, tokens = self.capabilities[identifier], self.see.piece(span)
        first = self.cut[span.start].start
        places = [first + at for at in filled.used]
        surely = about["effect"] != "destroy" and self.odds.sure(identifier)
        cost = self.see.other_orders(span, head, identifier, places)
        cost += w.OTHER_VERB * (self.see.other_verb(head) and not surely)
        cost += self.see.thing_of(tokens, filled.used, identifier)
        if not changes(about):
            asked = self.see.typed(tokens, identifier) or self.see.asked_for(head, identifier)
            return cost + (0.0 if asked else w.REMARK)
        if self.manner(head, identifier, filled) in {Manner.ASKS, Manner.TELLS}:
            cost += w.NOT_ORDERED
        used = {id(tokens[at]) for at in filled.used}
        if not surely:
            cost += self.see.something_else(self.see.clause(head), identifier, used)
        if about["effect"] == "destroy":
            cost += self.see.elsewhere(self.see.clause(head), used, identifier)
        return cost + w.MADE_AGAIN * self.see.made_again(filled, about, tokens)

    def continued(self, span: range, last: str) -> Read | None:
        """The capability before with other values: a name, and nothing that it does not know."""
        about, tokens = self.capabilities[last], self.see.piece(span)
        names = [n for n, f in about["fields"].items() if f["kind"] in NAME_KINDS]
        filled = self.fill(span, last)
        if not any(name in filled.values for name in names):
            return None
        if any(self.see.manner(at, last) is not Manner.ORDER for at in span):
            return None
        value, unexplained = self.value(tokens, about, last, filled)
        words = [t.value for t in tokens if t.is_word]
        acts = any(
            concept[0] == "a"
            for word in words
            if word not in self.lexicon["weak_set"]
            for concept in concepts(word, self.lexicon)
        )
        if unexplained or acts:
            return None
        # What is missing is carried over from the call before.
        missing = [
            n for n, f in about["fields"].items() if f["required"] and n not in filled.values
        ]
        value += w.REQUIRED_MISSING * len(missing)
        repeats = any(word in self.lexicon["repeats_set"] for word in words)
        value += w.GOES_ON + (w.REPEATS if repeats else 0.0)
        value -= 0.0 if span.start or repeats else w.FROM_BEFORE
        place = self.cut[span.start].start
        return Read(
            start=place,
            tokens=tokens,
            head=range(place, place + len(tokens)),
            capability=last,
            filled=filled,
            value=value - w.HEADLESS,
            sure=value,
            probability=0.5,
            inherited=True,
        )

    def fill(self, span: range, identifier: str) -> Filled:
        """Fields of a capability that these clauses have values for."""
        first, last = self.cut[span.start].start, self.cut[span.stop - 1].end
        marks = [
            mark.moved(first)
            for mark in self.see.marks.get(identifier, ())
            if mark.start >= first and mark.end <= last
        ]
        return fill(self.see.piece(span), self.capabilities[identifier], self.lexicon, marks)

    def points(self, span: Sequence[Token], kind: str) -> bool:
        """Whether a description or a pronoun stands for something that exists: "the interview room", "kick him"."""
        if kind == "room" and any(token.kind == "described" for token in span):
            return True
        pronouns = self.lexicon.get(f"pronouns_{kind}_set", frozenset())
        return any(t.is_word and t.value in pronouns and t.value in POINTERS for t in span)

    def value(
        self, span: Sequence[Token], about: Mapping[str, Any], identifier: str, filled: Filled
    ) -> tuple[float, list[Token]]:
        """Gain for fields that are filled, cost for what is missing and for what nothing explains."""
        value = w.EXPLAINED * min(len(filled.used), w.MOST_EXPLAINED)
        for name, known in about["fields"].items():
            has = name in filled.values or self.points(span, known["kind"])
            if known["required"]:
                value += w.REQUIRED_THERE if has else -w.REQUIRED_MISSING
            elif has:
                value += w.OPTIONAL_THERE
        unexplained: list[Token] = []
        words = 0.0
        for at, token in enumerate(span):
            if at in filled.used or token.kind in {"comma", "stop", "flag"}:
                continue
            key = (id(token), identifier)
            cost = self._costs.get(key, -1.0)
            if cost < 0:
                cost = self._costs[key] = self.see.unexplained(token, identifier)
            if cost <= w.WORD_UNUSED:
                words += cost
                continue
            harmless = about["effect"] != "destroy"
            if harmless and cost == w.FOREIGN and self.odds.margin(identifier) > w.SURELY_WANTED:
                cost = w.WORD_UNUSED
            value -= cost
            if cost >= 0.5:
                unexplained.append(token)
        most = w.MOST_WORDS if about["effect"] != "read" else math.inf
        return value - min(words, most), unexplained
