"""Finds the steps that explain a request best: every clause is a step, a part of one, or talk around it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.understanding.clauses import Clause, clauses
from greenroom.understanding.fields import PERSON_KINDS, ROOM_KINDS, FieldWords, Filled
from greenroom.understanding.manner import Manner, changes, clause_manner, orders, verbs_ordered, words_of
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import NAMED, fill
from greenroom.understanding.score import Scorer, concepts, features, merged

Lexicon = Mapping[str, Any]
WIDEST = 7
"""Clauses that one step may span."""
BEAM = 4
CONTENDERS = 3
"""Capabilities that are tried for one span."""
FAR = 3.0
"""Points behind the best score from which a capability is not tried."""
STEP = 0.6
MORE = 0.7
"""What a step costs, and what each further one costs besides: two must explain more than one."""
NOT_ORDERED = 1.5
"""What it costs that a step which changes something is only asked about or told of."""
NAMED_BY_ID = 4.0
FAINT = {"o:that", "o:details", "o:people", "o:done", "a:stay", "a:new", "a:join"}
"""Concepts that often stand beside a step and seldom make one."""
HEADLESS = 0.5
"""What it costs to go on with the capability before: "shard-b max 20"."""
TYPED_SURE = 1.0
"""Least value of a step that alone can take a mention that stands in it."""
PLAIN = 0.5
"""How surely a clause must speak of a read that it does not ask for."""
REMARK = 1.5
THING_OF = 0.8
MADE_AGAIN = 0.7
"""What it costs that a room would be made that exists."""
LEADS = 0.4
BETTER = 0.8
ORDER_UNUSED = 0.9
FRAGMENT = 0.8
"""What it costs that a step begins within a sentence and has neither order nor question."""
NOTHING = 0.8
"""What it costs to find no step at all."""
COMMAND_PASSED = 0.55
"""What it costs to pass over a clause that orders something."""
OTHER_VERB = 2.0
STRANGE_OBJECT = 1.6
"""What it costs that the clause with the action orders with a verb, or names a thing, that is not the capability's."""
TYPED_PASSED = 0.35
MEASURE_UNUSED = 0.5
SPOKEN_OF = 0.12
"""What it costs that a question speaks of somebody or something by name that its answer does not need."""
POINTERS = {"it", "him", "her", "them", "he", "she", "they", "that", "this", "those", "these", "everyone", "everybody", "everything", "me", "us", "one"}  # fmt: skip
MEASURED = {"number", "duration", "time"}
LIVE_PASSED = 0.4
NAME_PASSED = 0.15
SOLID_PASSED = 0.5
WORD_PASSED = 0.02
REQUIRED_THERE = 0.45
REQUIRED_MISSING = 0.2
OPTIONAL_THERE = 0.3
EXPLAINED = 0.05
MOST_EXPLAINED = 12
"""What each token gains that a field was read from, up to so many."""
TYPED_UNUSED = 1.7
LIVE_UNUSED = 0.7
ANCHORED = 0.9
LIKELY = 0.7
ACTION_UNUSED = 0.35
CONCEPT_UNUSED = 0.25
WORD_UNUSED = 0.15
MOST_WORDS = 0.45
"""What all ordinary words together cost at most that have no part in a step that changes something: people explain themselves."""
FOREIGN = 1.6
SCORED = 0.1
NAME_UNUSED = 0.6
"""What it costs that a step leaves a word unused that looks like a name."""
TYPED = {"jwt", "plan", "duration", "number", "time", "json", "url", "quoted", "email"}


@dataclass(slots=True)
class Read:
    """A step as it was understood."""

    start: int
    tokens: list[Token]
    head: range
    """Places of the clause, within the request, that says what is to be done."""
    capability: str
    filled: Filled
    value: float
    """Gain for the reading, what a step costs included."""
    sure: float
    """How well it stands for itself."""
    probability: float
    manner: Manner = Manner.ORDER
    runner_up: str = ""
    inherited: bool = False
    ordered: bool = False
    """Whether its clause begins with its action."""
    forbidden: bool = False
    """Whether another clause of the request forbids the same, and names nobody else."""
    unexplained: list[Token] = field(default_factory=list)

    @property
    def used(self) -> set[int]:
        """Places, within the request, that values were read from."""
        return {self.start + at for at in self.filled.used}


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
        self.scorer = Scorer(
            catalogue["planner"]["shares"], self.capabilities, catalogue["planner"]["sizes"]
        )
        self.field_words = FieldWords(self.capabilities, lexicon)

    def fill(self, tokens: Sequence[Token], identifier: str) -> Filled:
        """All fields of a capability that these tokens have values for."""
        marks = self.field_words.find(tokens).get(identifier, ())
        return fill(tokens, self.capabilities[identifier], self.lexicon, marks)

    def best(self, tokens: Sequence[Token], before: str = "") -> Reading:
        """The reading with the highest value. ``before``: the capability of the conversation's last call."""
        cut = clauses(tokens, self.lexicon)
        return _Pass(self, tokens, cut, before).best() if cut else Reading()


class _Pass:
    """One search through one request."""

    def __init__(
        self, search: Search, tokens: Sequence[Token], cut: Sequence[Clause], before: str
    ) -> None:
        self.capabilities, self.lexicon, self.scorer = (
            search.capabilities,
            search.lexicon,
            search.scorer,
        )
        self.tokens, self.cut, self.before = tokens, cut, before
        self.clause_features = [features(self.piece(at, at + 1), self.lexicon) for at in range(len(cut))]
        self.spans: dict[tuple[int, int, str], list[Read]] = {}
        self.marks = search.field_words.find(tokens)
        self._ranked: dict[int, list[tuple[float, str]]] = {}
        pieces = [self.piece(at, at + 1) for at in range(len(cut))]
        self.ordering = [verbs_ordered(piece, self.lexicon) for piece in pieces]
        self.orders = [orders(piece, self.lexicon) for piece in pieces]
        self._manners: dict[tuple[int, str], Manner] = {}
        self._anchors: dict[tuple[int, str], float] = {}

    def piece(self, start: int, end: int) -> list[Token]:
        """Tokens of clauses ``start`` to ``end``."""
        return list(self.tokens[self.cut[start].start : self.cut[end - 1].end])

    def fill(self, start: int, end: int, identifier: str) -> Filled:
        """Fields of a capability that clauses ``start`` to ``end`` have values for."""
        first, last = self.cut[start].start, self.cut[end - 1].end
        marks = [
            mark.moved(first)
            for mark in self.marks.get(identifier, ())
            if mark.start >= first and mark.end <= last
        ]
        return fill(self.piece(start, end), self.capabilities[identifier], self.lexicon, marks)

    def best(self) -> Reading:
        """The best of all readings that a narrow beam keeps."""
        count = len(self.cut)
        beams: list[list[Reading]] = [[] for _ in range(count + 1)]
        beams[0] = [Reading()]
        for start in range(count):
            for reading in beams[start]:
                talk, cost = self.talk(start)
                beams[start + 1].append(Reading(reading.value - cost, (*reading.parts, talk)))
                self.extend(start, reading, beams)
            for later in range(start + 1, count + 1):
                beams[later] = thinned(beams[later])
        best = max(beams[-1], key=lambda reading: reading.value - NOTHING * (not reading.steps))
        for step in best.steps:
            step.forbidden = self.forbids(step)
        return best

    def forbids(self, step: Read) -> bool:
        """Whether some other clause says not to do what a step does, to the same or to nobody by name."""
        mine = {str(value) for value in step.filled.values.values()}
        for at, clause in enumerate(self.cut):
            if clause.start in step.head or not changes(self.capabilities[step.capability]):
                continue
            if self.manner(at, step.capability) is Manner.FORBIDS:
                named = {str(t.value) for t in self.piece(at, at + 1) if t.kind in NAMED}
                if not named or named & mine:
                    return True
        return False

    def extend(self, start: int, reading: Reading, beams: list[list[Reading]]) -> None:
        """All steps that may begin at this clause, over one or several clauses."""
        done = reading.steps
        last = done[-1] if done else None
        before = last.capability if last else self.before
        for end in range(start + 1, min(len(self.cut), start + WIDEST) + 1):
            key = (start, end, before)
            if key not in self.spans:
                self.spans[key] = self.steps(start, end, before)
            for read in self.spans[key]:
                if last is not None and self.adds_nothing(last, read):
                    continue
                cost = MORE if last else 0.0
                if last and not (read.inherited or self.cut[start].hard or self.ordered(read)):
                    cost += FRAGMENT
                beams[end].append(Reading(reading.value + read.value - cost, (*reading.parts, read)))

    def ordered(self, read: Read) -> bool:
        """Whether a step has an order or a question of its own."""
        head = list(self.tokens[read.head.start : read.head.stop])
        return self.asked(head) or any(
            token.is_word and self.acts(token.value, read.capability) for token in head
        )

    def adds_nothing(self, last: Read, read: Read) -> bool:
        """Whether a step says the one before over again: the same capability, and nobody else is named."""
        if last.capability != read.capability:
            return False
        fields = self.capabilities[read.capability]["fields"]
        names = [n for n, f in fields.items() if f["kind"] in ROOM_KINDS | PERSON_KINDS]
        return all(
            name not in read.filled.values
            or read.filled.values[name] == last.filled.values.get(name)
            for name in names
        )

    def talk(self, at: int) -> tuple[Talk, float]:
        """A clause passed over, and what that costs: more for what it names and orders."""
        piece, command = self.piece(at, at + 1), self.orders[at]
        cost = COMMAND_PASSED if command else 0.0
        for token in piece:
            if token.kind in TYPED:
                cost += TYPED_PASSED
            elif token.kind in {"room", "person", "email"}:
                cost += LIVE_PASSED
            elif token.kind in NAMED:
                cost += NAME_PASSED if token.text.isalpha() else SOLID_PASSED
            elif token.is_word and token.value not in self.lexicon["stop_set"]:
                cost += WORD_PASSED
        return Talk(piece, command), cost

    def made_again(self, filled: Filled, about: Mapping[str, Any], span: Sequence[Token]) -> bool:
        """Whether it would make a room that exists, or let in who is inside."""
        for name in about["positional"][:1]:
            kind, _, to_be = about["fields"][name]["kind"].partition("-")
            named = filled.values.get(name)
            values = named if isinstance(named, list) else [named]
            if to_be and any(t.kind == kind and t.value in values for t in span):
                return True
        return False

    def steps(self, start: int, end: int, before: str) -> list[Read]:
        """What these clauses may be as one step, best first."""
        span = self.piece(start, end)
        ranked = self.scorer.rank(merged(self.clause_features[start:end]))
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
            read = self.step(start, end, span, identifier, score, math.exp(score - top) / total)
            if read is not None:
                reads.append(read)
        if before and not any(read.capability == before for read in reads):
            read = self.continued(start, end, span, before, within=start > 0)
            if read is not None:
                reads.append(read)
        reads.sort(key=lambda read: -read.value)
        for read in reads[:1]:
            read.runner_up = next((r.capability for r in reads[1:] if not r.inherited), "")
        return reads[:CONTENDERS]

    def step(
        self,
        start: int,
        end: int,
        span: list[Token],
        identifier: str,
        score: float,
        probability: float,
    ) -> Read | None:
        """The span as a step of this capability; None where nothing in it speaks of that."""
        anchors = [self.anchor(at, identifier) for at in range(start, end)]
        anchor = max(anchors)
        if identifier in {token.value for token in span}:
            anchor = 1.0
        if anchor <= 0 and not self.typed(span, identifier):
            return None
        about = self.capabilities[identifier]
        filled = self.fill(start, end, identifier)
        value, unexplained = self.value(span, about, identifier, filled)
        value += ANCHORED * min(1.0, anchor) + LIKELY * math.log(probability + 0.01)
        value += SCORED * max(-2.0, min(score, 4.0))
        leading = [
            anchors[at - start] + LEADS * self.orders_it(at, identifier) for at in range(start, end)
        ]
        at = start + leading.index(max(leading))
        head = self.cut[at]
        first = self.cut[start].start
        used = [first + at for at in filled.used]
        value -= self.other_orders(start, end, at, identifier, used)
        manner = Manner.ORDER
        if changes(about):
            clause = self.clause(head)
            plain = about["effect"] == "destroy" or about["result"] == "FollowUp"
            if plain and not self.says_so(clause, identifier):
                return None
            manner = self.manner(at, identifier)
            if manner in {Manner.ASKS, Manner.TELLS}:
                value -= NOT_ORDERED
            value -= OTHER_VERB * self.other_verb(at)
            value -= self.something_else(clause, identifier, {id(span[at]) for at in filled.used})
            value -= self.thing_of(span, filled.used, identifier)
            value -= MADE_AGAIN * self.made_again(filled, about, span)
        else:
            if not (self.typed(span, identifier) or self.asked_for(at, identifier)):
                value -= REMARK
            value -= OTHER_VERB * self.other_verb(at)
            value -= self.thing_of(span, filled.used, identifier)
        if self.typed(span, identifier):
            value = max(value, TYPED_SURE)
        return Read(
            start=self.cut[start].start,
            tokens=span,
            head=range(head.start, head.end),
            capability=identifier,
            filled=filled,
            value=value - STEP,
            sure=value,
            probability=probability,
            manner=manner,
            ordered=any(self.orders_it(at, identifier) for at in range(start, end)),
            unexplained=unexplained,
        )

    def orders_it(self, at: int, identifier: str) -> bool:
        """Whether a clause begins with an action of this capability."""
        return any(self.acts(word, identifier) for word in self.ordering[at])

    def other_verb(self, at: int) -> bool:
        """Whether a clause orders with a verb that no capability means."""
        return any(word in self.lexicon["other_verbs_set"] for word in self.ordering[at])

    def other_orders(
        self, start: int, end: int, head: int, identifier: str, used: Collection[int]
    ) -> float:
        """What it costs that another clause of the span orders what another capability does better, and tells nothing of this one."""
        cost = 0.0
        for at in range(start, end):
            inside = range(self.cut[at].start, self.cut[at].end)
            told = sum(place in inside for place in used) > 1
            if at == head or told or not self.orders[at]:
                continue
            if self.other_verb(at) or any(w in self.lexicon["foreign"] for w in self.ordering[at]):
                cost += ORDER_UNUSED
                continue
            ranked = self.ranked(at)
            mine = next((score for score, name in ranked if name == identifier), 0.0)
            if ranked and ranked[0][1] != identifier and ranked[0][0] - mine > BETTER:
                cost += ORDER_UNUSED
        return cost

    def ranked(self, at: int) -> list[tuple[float, str]]:
        """All capabilities for one clause."""
        if at not in self._ranked:
            self._ranked[at] = self.scorer.rank(self.clause_features[at])
        return self._ranked[at]

    def clause(self, head: Clause) -> list[Token]:
        """Its tokens; a question mark right behind is one of them."""
        after = self.tokens[head.end : head.end + 1]
        marked = [t for t in after if t.kind == "stop" and t.text[:1] == "?"]
        return [*self.tokens[head.start : head.end], *marked]

    def asked(self, clause: Sequence[Token]) -> bool:
        """Whether a clause asks for something: by its mark, a question word or the verb it begins with."""
        words = words_of(clause)
        return (
            any(token.text[:1] == "?" for token in clause)
            or any(word in self.lexicon["questions_set"] for word in words)
            or bool(words[:1]) and words[0] in self.lexicon["asking_set"]
        )

    def asked_for(self, at: int, identifier: str) -> bool:
        """Whether a clause asks for this read, by a question or an order, or only names it; a statement does not."""
        clause = self.clause(self.cut[at])
        if self.asked(clause) or self.orders_it(at, identifier):
            return True
        words = words_of(clause)
        wished = any(
            w in self.lexicon["modals"] or w in self.lexicon["weak_set"] or w.endswith("'d") for w in words
        )
        if wished and any(self.acts(word, identifier) for word in words):
            return True
        if any(word in self.lexicon["states_set"] for word in words):
            return False
        return self.anchor(at, identifier) >= PLAIN

    def typed(self, span: Sequence[Token], identifier: str) -> bool:
        """Whether a mention stands here that only this capability takes: a pasted token."""
        kinds = {f["kind"] for f in self.capabilities[identifier]["fields"].values()}
        return any(token.kind == "jwt" and "jwt" in kinds for token in span)

    def acts(self, word: str, identifier: str) -> bool:
        """Whether a word is an action of this capability."""
        return any(
            self.scorer.weights(concept).get(identifier, 0.0) > 0
            for concept in concepts(word, self.lexicon)
            if concept.startswith("a:")
        )

    def says_so(self, clause: Sequence[Token], identifier: str) -> bool:
        """Whether a clause has a word for what destroys: its action, or "out", "off", "gone"."""
        return any(
            token.is_word
            and (self.acts(token.value, identifier) or token.value in self.lexicon["away_set"])
            for token in clause
        )

    def manner(self, at: int, identifier: str) -> Manner:
        """How a clause says this capability's action."""
        known = self._manners.get((at, identifier))
        if known is None:
            destroys = self.capabilities[identifier]["effect"] == "destroy"
            known = self._manners[at, identifier] = clause_manner(
                self.clause(self.cut[at]),
                lambda word: self.acts(word, identifier),
                destroys=destroys,
                lexicon=self.lexicon,
            )
        return known

    def something_else(
        self, clause: Sequence[Token], identifier: str, used: Collection[int]
    ) -> float:
        """What it costs that a verb's object is no thing of this capability. ``used``: ids of tokens that fields were read from."""
        weak = self.lexicon["weak_set"]
        acting = [
            at
            for at, token in enumerate(clause)
            if token.is_word and (token.value in weak or self.acts(token.value, identifier))
        ]
        strong = [at for at in acting if clause[at].value not in weak]
        for at in strong or acting[:1]:
            passive = clause[at].value in self.lexicon["told_set"] - self.lexicon["bases_set"]
            near = clause[:at][::-1] if passive else clause[at + 1 :]
            if self.strange(near, identifier, used):
                return STRANGE_OBJECT
        return 0.0

    def strange(
        self, following: Sequence[Token], identifier: str, used: Collection[int]
    ) -> bool:
        """Whether a verb's object holds ordinary words only, and none of them is a thing of this capability."""
        content = 0
        for token in following:
            word = token.value if token.is_word else ""
            if word in POINTERS or id(token) in used or token.kind in NAMED or token.kind in {"jwt", "plan", "url", "json"}:
                return False
            if token.kind in {"comma", "stop"} or (content and word in self.lexicon["ends_object_set"]):
                break
            if not word or word in self.lexicon["stop_set"]:
                continue
            if self.thing(word, identifier):
                return False
            content += 1
        return bool(content)

    def thing(self, word: str, identifier: str) -> bool:
        """Whether a word is a thing of this capability: by its meaning, or because its phrases have it."""
        objects = (f"o:{concept}" for concept in self.lexicon["objects"].get(word, ()))
        if any(self.scorer.weights(concept).get(identifier, 0.0) > 0 for concept in objects):
            return True
        return (
            word not in self.lexicon["actions"]
            and self.scorer.weights(f"w:{word}").get(identifier, 0.0) > 0
        )

    def thing_of(self, span: Sequence[Token], used: Collection[int], identifier: str) -> float:
        """What it costs that a name is only what something else is about: "the questionnaire about stage"."""
        determiners = self.lexicon["determiners_set"]
        for at in range(2, len(span)):
            if at not in used or span[at].kind not in {"room", "name", "quoted"}:
                continue
            place = at - 1
            while place > 1 and span[place].value in determiners:
                place -= 1
            noun = span[place - 1]
            if span[place].value not in self.lexicon["of_set"] or not noun.is_word:
                continue
            ordinary = noun.value not in self.lexicon["stop_set"] and not concepts(
                noun.value, self.lexicon
            )
            before = {t.value for t in span[max(0, place - 4) : place - 1]}
            if ordinary and before & determiners and not self.thing(noun.value, identifier):
                return THING_OF
        return 0.0

    def anchor(self, at: int, identifier: str) -> float:
        """How surely something in a clause speaks of this capability: its best concept, pair or shape."""
        known = self._anchors.get((at, identifier))
        if known is not None:
            return known
        best = 0.0
        for feature in self.clause_features[at]:
            if feature[0] in "aopm2" and feature not in {"m:name", "m:number", "m:duration"}:
                weight = self.scorer.weights(feature).get(identifier, 0.0)
                if feature in FAINT:
                    weight *= 0.4
                elif feature.startswith("a:want") or "a:want" in feature:
                    weight *= 0.2
                best = max(best, weight)
            elif feature[0] == "w" and feature[2:] not in self.lexicon["stop_set"]:
                best = max(best, 0.8 * self.scorer.weights(feature).get(identifier, 0.0))
        self._anchors[at, identifier] = best
        return best

    def continued(
        self, start: int, end: int, span: list[Token], last: str, *, within: bool
    ) -> Read | None:
        """The capability before with other values: a name, and nothing that it does not know."""
        about = self.capabilities[last]
        names = [n for n, f in about["fields"].items() if f["kind"] in ROOM_KINDS | PERSON_KINDS]
        filled = self.fill(start, end, last)
        if not any(name in filled.values for name in names):
            return None
        value, unexplained = self.value(span, about, last, filled)
        if unexplained or any(
            concept.startswith("a:")
            for t in span
            if t.is_word and t.value not in self.lexicon["weak_set"]
            for concept in concepts(t.value, self.lexicon)
        ):
            return None
        repeats = any(t.value in self.lexicon["repeats_set"] for t in span)
        value += 0.1 + (0.5 if repeats else 0.0) - (0.0 if within or repeats else 0.3)
        place = self.cut[start].start
        return Read(
            start=place,
            tokens=span,
            head=range(place, place + len(span)),
            capability=last,
            filled=filled,
            value=value - HEADLESS,
            sure=value,
            probability=0.5,
            inherited=True,
        )

    def value(
        self, span: Sequence[Token], about: Mapping[str, Any], identifier: str, filled: Filled
    ) -> tuple[float, list[Token]]:
        """Gain for fields that are filled, cost for what is missing and for what nothing explains."""
        value = EXPLAINED * min(len(filled.used), MOST_EXPLAINED)
        for name, known in about["fields"].items():
            has = name in filled.values
            if known["required"]:
                value += REQUIRED_THERE if has else -REQUIRED_MISSING
            elif has:
                value += OPTIONAL_THERE
        unexplained: list[Token] = []
        words = 0.0
        for at, token in enumerate(span):
            if at in filled.used or token.kind in {"comma", "stop", "flag"}:
                continue
            cost = self.unexplained(token, identifier)
            if cost <= WORD_UNUSED:
                words += cost
                continue
            value -= cost
            if cost >= 0.5:
                unexplained.append(token)
        most = MOST_WORDS if about["effect"] != "read" else math.inf
        return value - min(words, most), unexplained

    def named(self, identifier: str) -> bool:
        """Whether a capability takes names at all."""
        fields = self.capabilities[identifier]["fields"].values()
        return any(field["kind"] in ROOM_KINDS | PERSON_KINDS for field in fields)

    def unexplained(self, token: Token, identifier: str) -> float:
        """What it costs that this token has no part in the step."""
        if not token.is_word:
            if token.value == identifier:
                return 0.0
            if token.kind in MEASURED:
                return MEASURE_UNUSED
            if token.kind in TYPED:
                return TYPED_UNUSED
            if self.capabilities[identifier]["effect"] == "read" and (
                token.kind == "person" or not self.named(identifier)
            ):
                return SPOKEN_OF
            return LIVE_UNUSED if token.kind != "name" else NAME_UNUSED
        word = token.value
        if word in self.lexicon["foreign"]:
            return FOREIGN
        if self.scorer.weights(f"w:{word}").get(identifier, 0.0) > 0:
            return 0.0
        known = concepts(word, self.lexicon)
        if not known:
            return 0.0 if word in self.lexicon["stop_set"] else WORD_UNUSED
        weights = [self.scorer.weights(concept).get(identifier, 0.0) for concept in known]
        if max(weights) > -0.3 or word in self.lexicon["stop_set"]:
            return 0.0
        strong = (
            any(concept.startswith("a:") for concept in known)
            and word not in self.lexicon["weak_set"]
        )
        return ACTION_UNUSED if strong and word not in self.lexicon["third_set"] else CONCEPT_UNUSED


def thinned(readings: list[Reading]) -> list[Reading]:
    """The best few, of those with the same last step only the best."""
    kept: dict[tuple[str, ...], Reading] = {}
    for reading in sorted(readings, key=lambda r: -r.value):
        key = tuple(step.capability for step in reading.steps)
        kept.setdefault(key, reading)
        if len(kept) >= BEAM:
            break
    return list(kept.values())
