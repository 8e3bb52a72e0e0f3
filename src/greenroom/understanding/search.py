"""Finds the steps that explain a request best: every clause is a step, a part of one, or talk around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.clauses import Clause, clauses
from greenroom.understanding.evidence import TYPED, Evidence
from greenroom.understanding.fields import NAME_KINDS, Filled
from greenroom.understanding.learned import NOTHING, Learned, likely
from greenroom.understanding.manner import Manner, changes, orders
from greenroom.understanding.marks import FieldWords
from greenroom.understanding.meanings import Marks, Meanings
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import NAMED, fill
from greenroom.understanding.odds import Odds
from greenroom.understanding.reading import Read, Reading, Talk
from greenroom.understanding.score import Scorer, concepts
from greenroom.understanding.settling import Settling
from greenroom.understanding.steps import Steps

Lexicon = Mapping[str, Any]
BRIEF = 3
"""Tokens: a sentence below that is an order of its own: "verify; status"."""


class Search:
    """Best reading of a request, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any], lexicon: Lexicon) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.lexicon = lexicon
        self.scorer = Scorer(
            catalogue["planner"]["shares"], self.capabilities, catalogue["planner"]["sizes"]
        )
        self.kinds = {
            identifier: frozenset(field["kind"] for field in about["fields"].values())
            for identifier, about in self.capabilities.items()
        }
        """By capability, the kinds of its fields."""
        self.field_words = FieldWords(self.capabilities, lexicon)
        self.learned = Learned(lexicon)
        self.meanings = Meanings(self.capabilities, lexicon)

    def acts(self, word: str, identifier: str) -> bool:
        """Whether a word is an action of a capability."""
        if word in self.capabilities[identifier]["ceases"]:
            return False
        meanings = (c for c in concepts(word, self.lexicon) if c[0] == "a")
        return word in self.lexicon["actions"] and self.scorer.speaks_for(meanings, identifier)

    def other_thing(self, word: str, identifier: str) -> bool:
        """Whether a word is a thing, and none of this capability: a stream, where recordings are ended."""
        return word in self.lexicon["objects"] and not self.is_object(word, identifier)

    def thing(self, word: str, identifier: str) -> bool:
        """Whether a word is a thing of a capability: by its meaning, or because its phrases have it."""
        if self.is_object(word, identifier):
            return True
        return (
            word not in self.lexicon["actions"] and self.scorer.weight(f"w:{word}", identifier) > 0
        )

    def is_object(self, word: str, identifier: str) -> bool:
        """Whether one of the things that a word may mean is a thing of a capability."""
        objects = (f"o:{concept}" for concept in self.lexicon["objects"].get(word, ()))
        return self.scorer.speaks_for(objects, identifier)

    def says_so(self, word: str, identifier: str) -> bool:
        """Whether a word stands for what destroys: its action, or "out", "off", "gone"."""
        if word in self.lexicon["away_set"]:
            return True
        if word in self.lexicon["weak_set"] or self.is_object(word, identifier):
            return False
        return self.acts(word, identifier)

    def fill(self, tokens: Sequence[Token], identifier: str) -> Filled:
        """All fields of a capability that these tokens have values for."""
        marks = self.marks(tokens, lambda likely: likely == identifier).of(identifier)
        return fill(tokens, self.capabilities[identifier], self.lexicon, marks)

    def marks(self, tokens: Sequence[Token], likely: Callable[[str], bool]) -> Marks:
        """Words of fields; also what was learned to mean a value, for capabilities that are ``likely`` wanted."""
        return Marks(tokens, self.field_words, self.meanings, likely)

    def best(
        self,
        tokens: Sequence[Token],
        before: str = "",
        mode: str = "",
        wanted: Mapping[str, float] | None = None,
    ) -> Reading:
        """The reading with the highest value.

        ``before``: the capability of the conversation's last call. ``mode``: only its capabilities are considered; "": all.
        ``wanted``: log odds of what these tokens want, where they are known already.
        """
        wanted = self.learned.wanted(tokens, before) if wanted is None else wanted
        cut = clauses(tokens, self.lexicon)
        wanted = self.with_clauses(wanted, tokens, cut)
        odds = Odds(wanted).within(before)
        tokens = self.learned.with_roles(tokens, wanted)
        return _Pass(Evidence(self, tokens, cut, odds), before, mode).best() if cut else Reading()

    def with_clauses(
        self, wanted: Mapping[str, float], tokens: Sequence[Token], cut: Sequence[Clause]
    ) -> Mapping[str, float]:
        """The log odds, those of what a clause says as if it stood alone: a long story around it counts less."""
        pieces = [tokens[clause.start : clause.end] for clause in cut] if len(cut) > 1 else []
        for piece in pieces:
            alone = self.learned.wanted_alone(piece)
            likeliest = alone.likeliest()
            own = alone.get(likeliest) - w.LESS_ALONE
            if likeliest not in self.capabilities or own <= wanted[likeliest]:
                continue
            least = w.ORDERED if orders(piece, self.lexicon) else w.SAID_ALONE
            if own > least and alone.get(NOTHING) < 0:
                wanted = {**wanted, likeliest: own}
        return wanted


class _Pass:
    """One search through one request."""

    def __init__(self, see: Evidence, before: str, mode: str) -> None:
        self.see, self.odds, self.steps = see, see.odds, Steps(see, mode)
        self.capabilities, self.lexicon = see.capabilities, see.lexicon
        self.tokens, self.cut, self.before = see.tokens, see.cut, before
        self.spans: dict[tuple[int, int, str], list[Read]] = {}
        self.talks: dict[int, tuple[Talk, float]] = {}

    def best(self) -> Reading:
        """The best of all readings that a narrow beam keeps."""
        count = len(self.cut)
        beams: list[list[Reading]] = [[] for _ in range(count + 1)]
        beams[0] = [Reading()]
        for start in range(count):
            for reading in thinned(beams[start]):
                talk, cost = self.talks.get(start) or self.talks.setdefault(start, self.talk(start))
                beams[start + 1].append(Reading(reading.value - cost, (*reading.parts, talk)))
                self.extend(start, reading, beams)
        nothing = w.LEARNED_NOTHING * self.odds.nothing - w.NOTHING
        best = max(
            thinned(beams[-1]), key=lambda reading: reading.value + nothing * (not reading.steps)
        )
        best = self.completed(self.whole(best)) if best.steps else self.surest(best)
        best = Settling(self.see, self.steps, self.talks).settled(best)
        before, found = self.before, {step.capability for step in best.steps}
        for step in best.steps:
            step.lead = self.odds.lead(step.capability, found)
            step.forbidden = self.forbids(step)
            step.taken_back = any(map(self.takes_back, range(step.at + 1, count)))
            step.rivals = self.steps.rivals.get((step.span.start, step.span.stop, before), ())
            before = step.capability
        best.tokens, best.wanted = self.tokens, self.odds.values
        return best

    def whole(self, reading: Reading) -> Reading:
        """Instead of one step that lacks something, the step of the likeliest capability, where that lacks nothing."""
        step, likeliest = reading.steps[0], self.odds.likeliest(self.capabilities)
        about = self.capabilities[step.capability]
        lacks = len(reading.steps) == 1 and not step.filled.has_required(about)
        if not lacks or self.odds.of(likeliest) <= self.odds.of(step.capability):
            return reading
        about = self.capabilities[likeliest]
        reads = [r for r in self.reads_of(likeliest) if r.filled.has_required(about)]
        return self.instead(max(reads, key=lambda r: r.value)) if reads else reading

    def completed(self, reading: Reading) -> Reading:
        """With each capability that is surely wanted beside those found, where clauses that no step takes say it."""
        found = {step.capability for step in reading.steps}
        for name, odds in self.odds.values.items():
            if odds <= w.SURELY_WANTED or name in found or name not in self.capabilities:
                continue
            free = {part.at for part in reading.parts if isinstance(part, Talk)}
            reads = [read for read in self.reads_of(name) if free.issuperset(read.span)]
            replaced = len(found) == 1 and self.odds.of(*found) < 0
            if not reads and replaced:
                return self.surest(Reading())
            if reads:
                step = max(reads, key=lambda read: read.value)
                kept = [p for p in reading.parts if not (isinstance(p, Talk) and p.at in step.span)]
                parts = sorted([*kept, step], key=lambda part: part.at)
                reading = Reading(reading.value, tuple(parts))
        return reading

    def reads_of(self, identifier: str) -> list[Read]:
        """All steps of a capability that were found anywhere."""
        return [r for found in self.spans.values() for r in found if r.capability == identifier]

    def surest(self, nothing: Reading) -> Reading:
        """The best step of the capability that the request as a whole surely wants, where no clause says it; else nothing."""
        likeliest = self.odds.likeliest(self.capabilities)
        reads = self.reads_of(likeliest)
        if self.odds.lead(likeliest) < w.LEAD or not reads:
            return nothing
        return self.instead(max(reads, key=lambda read: read.value))

    def instead(self, step: Read) -> Reading:
        """A reading of this step alone."""
        places = range(len(self.cut))
        talk = {at: self.talks[at][0] for at in places if at not in step.span}
        parts = [step if at == step.span.start else talk.get(at) for at in places]
        return Reading(step.value, tuple(part for part in parts if part is not None))

    def forbids(self, step: Read) -> bool:
        """Whether some other clause says not to do what a step does, to the same or to nobody by name."""
        mine = {str(value) for value in step.filled.values.values()}
        for at, clause in enumerate(self.cut):
            if clause.start in step.head or not changes(self.capabilities[step.capability]):
                continue
            if self.see.manner(at, step.capability) is Manner.FORBIDS and self.denies(at, step):
                named = {str(t.value) for t in self.see.piece(range(at, at + 1)) if t.kind in NAMED}
                if not named or named & mine:
                    return True
        return False

    def takes_back(self, at: int) -> bool:
        """Whether a clause says nothing but no: "wait, no", "don't do it"."""
        tokens = [t for t in self.see.clause(at) if t.kind not in {"comma", "stop"}]
        no = self.lexicon["negations_set"] | {"no", "not", "never"}
        plain = self.lexicon["stop_set"] | self.lexicon["takes_back_set"] | no
        said = {t.value for t in tokens if t.is_word}
        apart = said & {"i", "you", "we"}  # "don't you?", "I am not"
        return len(said) == len(tokens) and bool(said & no) and said <= plain and not apart

    def denies(self, at: int, step: Read) -> bool:
        """Whether a clause is about doing what a step does, or says no more than no: "nobody uses that" is a reason, as is "that must not be on film"."""
        words = [t.value for t in self.see.clause(at) if t.is_word]
        said = self.actions_in([self.tokens[place].value for place in step.head], step.capability)
        denied = self.actions_in(words, step.capability)
        return len(words) < BRIEF or bool(denied & said if said else denied)

    def actions_in(self, words: Iterable[str], identifier: str) -> set[str]:
        """The actions of a capability that are among these words."""
        acting = (word for word in words if self.see.acts(word, identifier))
        return {action for word in acting for action in self.lexicon["actions"].get(word, ())}

    def extend(self, start: int, reading: Reading, beams: list[list[Reading]]) -> None:
        """All steps that may begin at this clause, over one or several clauses."""
        done = reading.steps
        last = done[-1] if done else None
        before = last.capability if last else self.before
        clause = self.cut[start]
        brief = clause.end - clause.start < BRIEF or self.see.orders[start]
        again = w.MORE_ORDERED if clause.hard and brief else w.MORE
        for end in range(start + 1, min(len(self.cut), start + w.WIDEST) + 1):
            key = (start, end, before)
            if key not in self.spans:
                self.spans[key] = self.steps.of(range(start, end), before)
            for read in self.spans[key]:
                if last is not None and self.adds_nothing(last, read):
                    continue
                cost = again if last else 0.0
                if last and not self.stands_alone(start, read):
                    cost += w.FRAGMENT
                if any(step.capability == read.capability for step in done) and not read.inherited:
                    cost += self.steps.learned_of(read.capability)
                beams[end].append(
                    Reading(reading.value + read.value - cost, (*reading.parts, read))
                )

    def stands_alone(self, start: int, read: Read) -> bool:
        """Whether a further step has what makes one: a sentence, an order, a question, or a thing of a capability that changes something."""
        if read.inherited or self.cut[start].hard:
            return True
        head = list(self.tokens[read.head.start : read.head.stop])
        if any(t.is_word and self.see.acts(t.value, read.capability) for t in head):
            return True
        if self.see.asked(head):
            return True
        writes = changes(self.capabilities[read.capability])
        return writes and any(t.is_word and self.see.thing(t.value, read.capability) for t in head)

    def adds_nothing(self, last: Read, read: Read) -> bool:
        """Whether a step says the one before over again: the same capability, and nobody else is named."""
        if last.capability != read.capability:
            return False
        fields = self.capabilities[read.capability]["fields"]
        names = [n for n, f in fields.items() if f["kind"] in NAME_KINDS or f["required"]]
        return all(
            name not in read.filled.values
            or read.filled.values[name] == last.filled.values.get(name)
            for name in names
        )

    def talk(self, at: int) -> tuple[Talk, float]:
        """A clause passed over, and what that costs: more for what it names and orders."""
        piece, command = self.see.piece(range(at, at + 1)), self.see.orders[at]
        cost = w.COMMAND_PASSED if command else 0.0
        for token in piece:
            if token.is_judged:
                cost += w.VALUE_PASSED * token.is_value
            if not token.is_word:
                cost += passed(token) * likely(-token.role(NOTHING))
            elif token.value not in self.lexicon["stop_set"]:
                cost += w.WORD_PASSED
        clause = self.cut[at]
        goes_on = not clause.hard and clause.opener not in self.lexicon["reasons_set"]
        return Talk(at, piece, command, goes_on), cost


def passed(token: Token) -> float:
    """What it costs at most to pass over a mention."""
    if token.kind in TYPED:
        return w.TYPED_PASSED
    if token.kind in {"room", "person", "email"}:
        return w.LIVE_PASSED
    if token.kind in NAMED:
        return w.NAME_PASSED if token.text.isalpha() else w.SOLID_PASSED
    return 0.0


def thinned(readings: list[Reading]) -> list[Reading]:
    """The best few, of those with the same last step only the best."""
    kept: dict[tuple[str, ...], Reading] = {}
    for reading in sorted(readings, key=lambda r: -r.value):
        key = tuple(step.capability for step in reading.steps)
        kept.setdefault(key, reading)
        if len(kept) >= w.BEAM:
            break
    return list(kept.values())
