"""Fills a capability's fields from a step's tokens, and keeps where each value came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.understanding.mentions import Token
from greenroom.understanding.words import NAMING, stem

ROOM_KINDS = {"room", "room-to-be"}
PERSON_KINDS = {"person", "person-to-be"}
REACH = 9
"""Tokens between a cue and its duration or number."""
COUNTED = {"room", "token"}
"""Things that a number before them counts: "two rooms"."""


@dataclass(slots=True)
class Filled:
    """Values by field, where they came from, and the tokens that nothing explains."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    fan_out: dict[str, list[str]] = field(default_factory=dict)
    """A field that takes one value and was given several: one call for each."""
    used: set[int] = field(default_factory=set)
    """Places of the tokens that values and their cues were read from."""

    def put(self, name: str, value: Any, source: str) -> None:
        """Take a value, once."""
        if name not in self.values:
            self.values[name] = value
            self.sources[name] = source


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of a field, as it stands in the step."""

    start: int
    end: int
    strength: float


class Filler:
    """One step against one capability: flags, shapes, meanings and measures. Names are for ``naming``."""

    def __init__(
        self, tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Mapping[str, Any]
    ) -> None:
        self.tokens = list(tokens)
        self.about = about
        self.fields: Mapping[str, Any] = about["fields"]
        self.lexicon = lexicon
        self.filled = Filled()
        self.used = self.filled.used
        self.said = [str(t.value) if t.is_word or t.kind == "name" else "" for t in tokens]
        self._stems = [stem(said) if said else "" for said in self.said]
        self._cues: dict[str, list[Cue]] = {}

    def fill_plain(self) -> None:
        """Everything but names, the surest kinds of mention first."""
        self._flags()
        self._typed()
        self._means()
        self._measures("duration", "duration")
        self._measures("count", "number")

    def of_kind(self, *kinds: str) -> list[str]:
        """Fields of these kinds, in order."""
        return [name for name, about in self.fields.items() if about["kind"] in kinds]

    def cues(self, name: str) -> list[Cue]:
        """Where words of this field stand."""
        if name not in self._cues:
            self._cues[name] = list(self._find_cues(self.fields[name]["words"]))
        return self._cues[name]

    def _find_cues(self, phrases: Sequence[str]) -> Iterator[Cue]:
        stop = self.lexicon["stop_set"]
        for phrase in phrases:
            words = phrase.split()
            for at in self._places(words):
                weak = all(word in stop and word not in NAMING for word in words)
                yield Cue(at, at + len(words), (1.5 if weak else 4.0) + 0.4 * len(words))

    def _places(self, words: Sequence[str]) -> list[int]:
        """Where these words stand one after the other."""
        stems = [stem(word) for word in words]
        first, length = stems[0], len(stems)
        return [
            at
            for at, said in enumerate(self._stems)
            if said == first and self._stems[at : at + length] == stems
        ]

    def _flags(self) -> None:
        """``ttl=2h``, ``--room x``: the person named the field."""
        for at, token in enumerate(self.tokens[:-1]):
            name = self._field_named(token.value) if token.kind == "flag" else None
            if name is None:
                continue
            value = self.tokens[at + 1]
            self.used |= {at, at + 1}
            taken: Any = (
                value.value if value.kind in {"duration", "number", "quoted"} else value.text
            )
            if self.fields[name]["many"]:
                taken = [taken]
            self.filled.put(name, taken, f"flag {token.text.strip()}")

    def _field_named(self, flag: str) -> str | None:
        spelled = flag.replace("_", " ")
        exact = [n for n, about in self.fields.items() if flag == n or spelled in about["words"]]
        begins = [n for n in self.fields if n.startswith(flag) and len(flag) > 2]
        found = exact or begins
        return found[0] if found else None

    def _typed(self) -> None:
        """Tokens, plan ids: their shape says which field."""
        for kind, mention in (("jwt", "jwt"), ("plan-id", "plan")):
            for name in self.of_kind(kind):
                for at, token in enumerate(self.tokens):
                    if token.kind == mention and at not in self.used:
                        self.used.add(at)
                        self.filled.put(name, token.text, "its shape")

    def _means(self) -> None:
        """Phrases that mean a value by themselves, the longest first."""
        choices = [
            (phrase.split(), name, value)
            for name, about in self.fields.items()
            for value, phrases in about["means"]
            for phrase in phrases
        ]
        for words, name, value in sorted(choices, key=lambda choice: -len(choice[0])):
            for at in self._places(words):
                covered = set(range(at, at + len(words)))
                named = bool(at) and self.said[at - 1] in NAMING | {"user"}
                if covered & self.used or named:
                    continue
                negated = self._negated(at, len(words))
                if negated and isinstance(value, str):
                    self.used |= covered
                    continue
                self.used |= covered
                taken = value is not negated if isinstance(value, bool) else value
                self._take_meaning(name, taken, " ".join(words))

    def _negated(self, at: int, length: int) -> bool:
        """Whether "not", "no" or "without" stands just before, or "not" right behind."""
        no = {*self.lexicon["negations"], *self.lexicon["denials"]}
        before = self.tokens[max(0, at - 4) : at]
        for token in reversed(before):
            if token.kind in {"comma", "stop"}:
                break
            if token.value in no:
                return True
        after = self.said[at + length : at + length + 3]
        return bool(after) and (after[0] == "not" or after[:2] in (["is", "not"], ["are", "not"]))

    def _take_meaning(self, name: str, value: Any, phrase: str) -> None:
        if self.fields[name]["many"]:
            known = self.filled.values.get(name, [])
            order = [value for value, _ in self.fields[name]["means"]]
            self.filled.values[name] = sorted({*known, value}, key=order.index)
            self.filled.sources[name] = f"“{phrase}”"
        else:
            self.filled.put(name, value, f"“{phrase}”")

    def _measures(self, kind: str, mention: str) -> None:
        """Durations and numbers: each to the field whose cue is nearest; to the only field there is without one."""
        names = [name for name in self.of_kind(kind) if name not in self.filled.values]
        places = [
            at
            for at, token in enumerate(self.tokens)
            if token.kind == mention and at not in self.used and not self._counts_things(at)
        ]
        pairs = sorted(
            (distance, at, name, cue)
            for at in places
            for name in names
            for distance, cue in [self._nearest_cue(at, name)]
            if cue is not None
        )
        for _, at, name, cue in pairs:
            if at not in self.used and name not in self.filled.values:
                self._take_measure(at, name)
                self.used |= set(range(*cue))
        left = [at for at in places if at not in self.used]
        if len(names) == 1 and len(left) == 1 and names[0] not in self.filled.values:
            if not self._names_something(left[0]) and self._may_be_bare(left[0], kind):
                self._take_measure(left[0], names[0])

    def _may_be_bare(self, at: int, kind: str) -> bool:
        """Whether a measure without a word of its field is this field's: a number only where nothing else is counted."""
        if kind == "duration":
            return True
        after = self.said[at + 1] if at + 1 < len(self.said) else ""
        return not after or after in self.lexicon["stop_set"] or after in self.lexicon["counted"]

    def _take_measure(self, at: int, name: str) -> None:
        self.used.add(at)
        self.filled.put(name, int(self.tokens[at].value), f"“{self.tokens[at].text}”")

    def _counts_things(self, at: int) -> bool:
        """As in "two rooms": the number says how many names follow, which everybody can see."""
        after = self.said[at + 1] if at + 1 < len(self.tokens) else ""
        own = any(
            after in about["words"] for about in self.fields.values() if about["kind"] == "count"
        )
        return bool(COUNTED & set(self.lexicon["objects"].get(after, ()))) and not own

    def _names_something(self, at: int) -> bool:
        return bool(at) and self.said[at - 1] in NAMING | {"room", "user"}

    def _nearest_cue(self, at: int, name: str) -> tuple[float, tuple[int, int] | None]:
        """``(distance, (start, end))`` of this field's nearest words; other mentions and commas keep apart."""
        best: tuple[float, tuple[int, int] | None] = (REACH + 0.5, None)
        for cue in self.cues(name):
            before = cue.end <= at
            gap = at - cue.end if before else cue.start - at - 1
            if gap < 0 or gap > REACH:
                continue
            between = range(cue.end, at) if before else range(at + 1, cue.start)
            apart = sum(self._keeps_apart(here) for here in between)
            distance = gap + apart - 0.5 * (cue.end - cue.start) - (0.3 if before else 0.0)
            best = min(best, (distance, (cue.start, cue.end)))
        return best

    def _keeps_apart(self, at: int) -> float:
        token = self.tokens[at]
        if token.kind in {"duration", "number", "stop"}:
            return 3.5
        return 2.0 if token.kind == "comma" or token.value in {"and", "then", "but"} else 0.0
