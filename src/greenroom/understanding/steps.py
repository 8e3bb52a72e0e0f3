"""Makes clauses of a request into one step of a capability, and says what that step is worth."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.evidence import Evidence
from greenroom.understanding.fields import EGRESS_KINDS, NAME_KINDS, Filled
from greenroom.understanding.learned import KEEP
from greenroom.understanding.manner import Manner, changes, destroys
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import fill
from greenroom.understanding.reading import Read
from greenroom.understanding.score import concepts
from greenroom.understanding.stretch import Stretch

WHERE = {"room", KEEP}
"""Fields that do not say which of many are meant."""


class Steps:
    """Steps that spans of one request's clauses may be.

    ``see``: what was found in the clauses. ``mode``: only its capabilities are considered; "": all.
    """

    def __init__(self, see: Evidence, mode: str) -> None:
        self.see, self.odds, self.cut = see, see.odds, see.cut
        self.capabilities, self.lexicon, self.scorer = see.capabilities, see.lexicon, see.scorer
        self._wanted = {name for name in see.rivals if self.odds.of(name) > w.WANTED}
        likeliest = self.odds.likeliest(self.capabilities)
        if self.odds.of(likeliest) > max(self.odds.nothing, w.LIKELIEST):
            self._wanted.add(likeliest)
        # What the whole request hardly speaks for is no rival of what it does.
        self._among = self._allowed(see.rivals, mode) or self._allowed(self.capabilities, mode)
        self.rivals: dict[tuple[int, int, str], tuple[tuple[str, float], ...]] = {}
        """By first clause, last and one more, and the capability before: what was tried, and how sure each would be, best first."""
        # What was found out of the same clauses.
        self._ranked: dict[tuple[int, int], tuple[Stretch, list[tuple[float, str]], float]] = {}
        self._steps: dict[tuple[int, int, str], Read | None] = {}
        self._filled: dict[tuple[int, int, str], Filled] = {}
        self._costs: dict[str, list[tuple[int, float]]] = {}

    def _allowed(self, names: Collection[str], mode: str) -> tuple[str, ...]:
        """Those of a mode."""
        return tuple(n for n in names if not mode or self.capabilities[n]["mode"] == mode)

    def of(self, span: range, before: str) -> list[Read]:
        """What these clauses may be as one step, best first. ``before``: the capability of the step before."""
        stretch, ranked, total = self._weighed(span)
        top = ranked[0][0] if ranked else 0.0
        reads, bears = [], self.see.bears
        for at, (score, identifier) in enumerate(ranked):
            far = score < top - w.FAR or self.odds.of(identifier) < w.HOPELESS
            no_rival = at >= w.CONTENDERS or (far and identifier != before)
            if no_rival and not self.tried(stretch, identifier):
                continue
            if bears(span.start, identifier) and bears(span.stop - 1, identifier):
                read = self._step(stretch, identifier, score, math.exp(score - top) / total)
                reads += [read] if read is not None else []
        own = max((r.value for r in reads if r.capability == before), default=-math.inf)
        read = self.continued(stretch, before) if before else None
        if read is not None and read.value > own:
            reads = [read, *(r for r in reads if r.capability != before)]
        reads.sort(key=lambda read: -read.value)
        self.rivals[span.start, span.stop, before] = tuple((r.capability, r.sure) for r in reads)
        return reads[: w.CONTENDERS]

    def tried(self, stretch: Stretch, identifier: str) -> bool:
        """Whether a capability is tried however little these words speak for it: the whole request does, or a mention that it alone takes."""
        return (
            identifier in self._wanted
            or identifier in stretch.ids
            or self.see.takes(stretch.kinds, identifier)
        )

    def _weighed(self, span: range) -> tuple[Stretch, list[tuple[float, str]], float]:
        """Of these clauses: what is in them, the capabilities that they may mean, best first, and the sum of their odds."""
        key = (span.start, span.stop)
        if key not in self._ranked:
            stretch = Stretch(self.see, span)
            ranked = self.ranked(stretch)
            top = ranked[0][0] if ranked else 0.0
            total = sum(math.exp(score - top) for score, _ in ranked) or 1.0
            self._ranked[key] = stretch, ranked, total
        return self._ranked[key]

    def ranked(self, stretch: Stretch) -> list[tuple[float, str]]:
        """Capabilities by what these clauses say together, best first; one that is named by its id before all."""
        ranked = self.see.ranked(stretch.span, self._among)
        ids = stretch.ids
        if not ids:
            return ranked
        return sorted(
            ((score + w.NAMED_BY_ID * (i in ids), i) for score, i in ranked), reverse=True
        )

    def _step(
        self, stretch: Stretch, identifier: str, score: float, probability: float
    ) -> Read | None:
        """``step``, once for the same clauses: what goes before does not matter to it."""
        key = (stretch.span.start, stretch.span.stop, identifier)
        if key not in self._steps:
            self._steps[key] = self.step(stretch, identifier, score, probability)
        return self._steps[key]

    def step(
        self, stretch: Stretch, identifier: str, score: float, probability: float
    ) -> Read | None:
        """These clauses as a step of this capability; None where nothing in them speaks of that."""
        tokens, span = stretch.tokens, stretch.span
        typed = self.see.takes(stretch.kinds, identifier)
        named = identifier in stretch.ids
        anchors = {at: self.see.anchor(at, identifier) for at in span}
        anchor = 1.0 if named else max(anchors.values())
        wanted = identifier in self._wanted
        if anchor <= 0 and not typed and not wanted:
            return None
        head = max(span, key=lambda at: anchors[at] + w.LEADS * self.see.orders_it(at, identifier))
        about = self.capabilities[identifier]
        if about["effect"] == "destroy" and any(self.cut[at].hard for at in span if at > head):
            # What a later sentence speaks of is not what is taken away.
            return None
        if self.unsaid(tokens if wanted else self.see.sentence(head), identifier, wanted=wanted):
            return None
        filled = self.fill(stretch, identifier)
        if "pattern" in self.see.search.kinds[identifier] and not filled.values.keys() - WHERE:
            return None
        value, unexplained = self.value(stretch, about, identifier, filled)
        alone = self.see.probability(head, identifier)
        value += w.ANCHORED * min(1.0, anchor) + w.LIKELY * math.log(max(probability, alone) + 0.01)
        value += w.SCORED * max(-2.0, min(score, 4.0))
        value += self.learned_of(identifier)
        value += w.UNWANTED * min(0.0, self.odds.of(identifier))
        manner = self.manner(head, identifier, filled)
        value -= self.objections(stretch, head, identifier, filled, manner)
        if typed or named:
            value = max(value, w.TYPED_SURE)
        clause = self.cut[head]
        return Read(
            span=span,
            start=stretch.start,
            tokens=tokens,
            head=range(clause.start, clause.end),
            capability=identifier,
            filled=filled,
            value=value - w.STEP,
            sure=value,
            probability=probability,
            manner=manner,
            margin=self.odds.margin(identifier),
            odds=self.odds.of(identifier),
            ordered=any(self.see.orders_it(at, identifier) for at in span),
            asked=typed or named or any(self.see.clause_asks(at) for at in span),
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
        """How a step is said. What is surely a wish is an order, as a question or a statement, or where only a right is denied; so is "everyone muted bar the ceo"."""
        about = self.capabilities[identifier]
        if not changes(about):
            return Manner.ORDER
        manner = self.see.manner(head, identifier)
        denies = about["effect"] == "write" and False in filled.values.values()
        asked = manner in {Manner.ASKS, Manner.TELLS} and not destroys(about)
        if manner is Manner.TELLS and KEEP in filled.values:
            return Manner.ORDER
        meant = asked or (manner is Manner.FORBIDS and denies)
        return Manner.ORDER if meant and self.odds.margin(identifier) > w.SURELY_MEANT else manner

    def objections(
        self, stretch: Stretch, head: int, identifier: str, filled: Filled, manner: Manner
    ) -> float:
        """What speaks against a step: it is only spoken of, it orders or is about something else, it is there already."""
        about, tokens = self.capabilities[identifier], stretch.tokens
        places = [stretch.start + at for at in filled.used]
        surely = about["effect"] != "destroy" and self.odds.sure(identifier)
        cost = self.see.other_orders(stretch.span, head, identifier, places)
        cost += w.OTHER_VERB * (self.see.other_verb(head) and not surely)
        cost += self.see.thing_of(tokens, filled.used, identifier)
        if not changes(about):
            typed = self.see.takes(stretch.kinds, identifier)
            asked = typed or self.see.asked_for(head, identifier)
            return cost + (0.0 if asked else w.REMARK)
        if manner in {Manner.ASKS, Manner.TELLS}:
            cost += w.NOT_ORDERED
        used = {id(tokens[at]) for at in filled.used}
        if not surely:
            cost += self.see.something_else(self.see.clause(head), identifier, used)
        if about["effect"] == "destroy":
            cost += self.see.elsewhere(self.see.clause(head), used, identifier)
        return cost + w.MADE_AGAIN * self.see.made_again(filled, about, tokens)

    def continued(self, stretch: Stretch, last: str) -> Read | None:
        """The capability before with other values: a name, and nothing that it does not know."""
        about, tokens, span = self.capabilities[last], stretch.tokens, stretch.span
        names = [n for n, f in about["fields"].items() if f["kind"] in NAME_KINDS]
        if not names:
            return None
        words = [t.value for t in tokens if t.is_word]
        acts = any(
            concept[0] == "a"
            for word in words
            if word not in self.lexicon["weak_set"]
            for concept in concepts(word, self.lexicon)
        )
        if acts or any(self.see.manner(at, last) is not Manner.ORDER for at in span):
            return None
        if destroys(about) and not self.only_lists(tokens):
            return None
        filled = self.fill(stretch, last)
        if not any(name in filled.values for name in names):
            return None
        value, unexplained = self.value(stretch, about, last, filled)
        if unexplained:
            return None
        # What is missing is carried over from the call before.
        missing = [
            n for n, f in about["fields"].items() if f["required"] and n not in filled.values
        ]
        value += w.REQUIRED_MISSING * len(missing)
        repeats = any(word in self.lexicon["repeats_set"] for word in words)
        value += w.GOES_ON + (w.REPEATS if repeats else 0.0)
        value -= 0.0 if span.start or repeats else w.FROM_BEFORE
        place = stretch.start
        return Read(
            span=span,
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

    def only_lists(self, tokens: Sequence[Token]) -> bool:
        """Whether there is nothing but names and what joins them: of what "goes on" or "is current" nothing is to be ended."""
        joins = {*self.lexicon["stop_set"], *self.lexicon["beside_names_set"]}
        states = self.lexicon["states_set"]
        return all(t.value in joins and t.value not in states for t in tokens if t.is_word)

    def fill(self, stretch: Stretch, identifier: str) -> Filled:
        """Fields of a capability that these clauses have values for."""
        key = (stretch.span.start, stretch.span.stop, identifier)
        if key not in self._filled:
            marks = [
                mark.moved(stretch.start)
                for mark in self.see.marks.of(identifier)
                if mark.start >= stretch.start and mark.end <= stretch.end
            ]
            about = self.capabilities[identifier]
            self._filled[key] = fill(stretch.tokens, about, self.lexicon, marks)
        return self._filled[key]

    def value(
        self, stretch: Stretch, about: Mapping[str, Any], identifier: str, filled: Filled
    ) -> tuple[float, list[Token]]:
        """Gain for fields that are filled, cost for what is missing and for what nothing explains."""
        value = w.EXPLAINED * min(len(filled.used), w.MOST_EXPLAINED)
        for name, known in about["fields"].items():
            has = name in filled.values or known["kind"] in stretch.pointed
            if has:
                value += w.REQUIRED_THERE if known["required"] else w.OPTIONAL_THERE
            elif known["required"] and known["kind"] not in EGRESS_KINDS:
                # A recording or stream that is not named is mostly the only one that runs.
                value -= w.REQUIRED_MISSING
        unexplained: list[Token] = []
        words = 0.0
        harmless = about["effect"] != "destroy"
        sure = harmless and self.odds.margin(identifier) > w.SURELY_WANTED
        for place, cost in self.costs(identifier):
            at = place - stretch.start
            if place < stretch.start or place >= stretch.end or at in filled.used:
                continue
            if cost <= w.WORD_UNUSED:
                words += cost
                continue
            if sure and cost == w.FOREIGN:
                cost = w.WORD_UNUSED  # noqa: PLW2901
            value -= cost
            if cost >= 0.5:
                unexplained.append(stretch.tokens[at])
        most = w.MOST_WORDS if about["effect"] != "read" else math.inf
        return value - min(words, most), unexplained

    def costs(self, identifier: str) -> list[tuple[int, float]]:
        """Place, within the request, of each token that costs something where it has no part in a step of this capability; and what."""
        if identifier not in self._costs:
            self._costs[identifier] = [
                (place, cost)
                for place, token in enumerate(self.see.tokens)
                if token.kind not in {"comma", "stop", "flag"}
                and (cost := self.see.unexplained(token, identifier)) > 0
            ]
        return self._costs[identifier]
