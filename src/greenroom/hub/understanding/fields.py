"""Fills a capability's fields from a step's tokens, and keeps where each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from greenroom.hub.understanding.mentions import Token

ROOM_KINDS = {"room", "room-to-be"}
PERSON_KINDS = {"person", "person-to-be"}
NAME_KINDS = ROOM_KINDS | PERSON_KINDS | {"display-name", "text", "reason"}
CUED_ONLY = {"display-name", "text", "reason"}
REACH = 9
"""Tokens between a cue and its duration or number."""
APART = {"comma", "duration", "number"}
"""Mentions that a cue does not reach across easily."""
NAMED = {"name", "quoted", "email", "room", "person"}
VALUES = NAMED | {"json", "url"}
NAMING = {"called", "named", "name", "titled", "entitled"}


@dataclass(slots=True)
class Filled:
    """Values by field, where they came from, and the tokens that nothing explains."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    fan_out: dict[str, list[str]] = field(default_factory=dict)
    """A field that takes one value and was given several: one call for each."""
    unexplained: list[str] = field(default_factory=list)

    def put(self, name: str, value: Any, source: str) -> None:
        """Take a value, once."""
        if name not in self.values:
            self.values[name] = value
            self.sources[name] = source


class Filler:
    """One step against one capability."""

    def __init__(
        self, tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Mapping[str, Any]
    ) -> None:
        self.tokens = list(tokens)
        self.fields: Mapping[str, Any] = about["fields"]
        self.lexicon = lexicon
        self.used: set[int] = set()
        self.filled = Filled()

    def fill(self) -> Filled:
        """All fields, the surest kinds of mention first."""
        self._flags()
        self._typed()
        self._means()
        self._measures("duration")
        self._names()
        self._measures("count")
        self._named_by_number()
        self.filled.unexplained = [
            token.text
            for at, token in enumerate(self.tokens)
            if at not in self.used and token.kind in {"name", "quoted", "email", "url", "json"}
        ]
        return self.filled

    def _of_kind(self, *kinds: str) -> list[str]:
        return [name for name, about in self.fields.items() if about["kind"] in kinds]

    def _flags(self) -> None:
        """``ttl=2h``, ``--room x``: the person named the field."""
        for at, token in enumerate(self.tokens[:-1]):
            if token.kind != "flag":
                continue
            name = self._field_named(token.value)
            value = self.tokens[at + 1]
            if name is None:
                continue
            self.used |= {at, at + 1}
            about = self.fields[name]
            taken: Any = (
                value.value if value.kind in {"duration", "number", "quoted"} else value.text
            )
            if about["many"]:
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
            for name in self._of_kind(kind):
                for at, token in enumerate(self.tokens):
                    if token.kind == mention and at not in self.used:
                        self.used.add(at)
                        self.filled.put(name, token.text, "its shape")

    def _words_at(self, at: int, phrase: str) -> int:
        """How many tokens the phrase covers here; 0 when it is not here."""
        words = phrase.split()
        here = self.tokens[at : at + len(words)]
        return (
            len(words) if [t.value for t in here if t.is_word or t.kind == "name"] == words else 0
        )

    def _means(self) -> None:
        """Phrases that mean a value by themselves, the longest first."""
        choices = [
            (phrase, name, value)
            for name, about in self.fields.items()
            for value, phrases in about["means"]
            for phrase in phrases
        ]
        for phrase, name, value in sorted(choices, key=lambda choice: -len(choice[0].split())):
            for at in range(len(self.tokens)):
                length = self._words_at(at, phrase)
                covered = set(range(at, at + length))
                if not length or covered & self.used or self._is_name_here(at):
                    continue
                negated = isinstance(value, bool) and self._negated(at)
                if isinstance(value, str) and self._negated(at):
                    continue
                self.used |= covered
                self._take_meaning(
                    name, value is not negated if isinstance(value, bool) else value, phrase
                )

    def _is_name_here(self, at: int) -> bool:
        """Whether a cue makes a name of this word: "called camera", "user admin"."""
        return bool(at) and self.tokens[at - 1].value in NAMING | {"user", "room"}

    def _negated(self, at: int) -> bool:
        before = [token.value for token in self.tokens[max(0, at - 3) : at]]
        return any(
            word in self.lexicon["negations"] or word in self.lexicon["denials"] for word in before
        )

    def _take_meaning(self, name: str, value: Any, phrase: str) -> None:
        if self.fields[name]["many"]:
            known = self.filled.values.get(name, [])
            order = [value for value, _ in self.fields[name]["means"]]
            self.filled.values[name] = sorted({*known, value}, key=order.index)
            self.filled.sources[name] = f"“{phrase}”"
        else:
            self.filled.put(name, value, f"“{phrase}”")

    def _measures(self, kind: str) -> None:
        """Durations and numbers: to the field whose cue is nearest; to the only field there is without one."""
        names = [name for name in self._of_kind(kind) if name not in self.filled.values]
        mention = "duration" if kind == "duration" else "number"
        for at, token in enumerate(self.tokens):
            if token.kind != mention or at in self.used or not names:
                continue
            if mention == "number" and self._counts_things(at, names):
                continue
            near = sorted((self._cue_distance(at, name), name) for name in names)
            distance, name = near[0]
            if distance > REACH and (len(self._of_kind(kind)) > 1 or self._names_something(at)):
                continue
            self.used.add(at)
            value = int(token.value)
            self.filled.put(name, value, f"“{token.text}”")
            names.remove(name)

    def _counts_things(self, at: int, names: Sequence[str]) -> bool:
        """As in "two rooms": the number says how many names follow, which everybody can see."""
        after = self.tokens[at + 1].value if at + 1 < len(self.tokens) else ""
        own = {word for name in names for word in self.fields[name]["words"]}
        return self.lexicon["objects"].get(after) in {"room", "token"} and after not in own

    def _names_something(self, at: int) -> bool:
        return bool(at) and self.tokens[at - 1].value in NAMING | {"room", "user"}

    def _cue_distance(self, at: int, name: str) -> int:
        """Tokens to the nearest word of this field; a cue behind another mention does not count."""
        best = REACH + 1
        for phrase in self.fields[name]["words"]:
            for start in range(max(0, at - REACH), min(len(self.tokens), at + REACH + 1)):
                length = self._words_at(start, phrase)
                if length:
                    gap = at - start - length if start < at else start - at - 1
                    between = self.tokens[min(at, start + length) : max(at, start)]
                    apart = sum(t.kind in APART or t.value in {"and", "then"} for t in between)
                    best = min(best, max(0, gap) - length + 3 * apart)
        return best if best <= REACH else REACH + 1

    def _names(self) -> None:
        """Names: by live lists, by their cues, by what stands beside them."""
        candidates = [
            at
            for at, token in enumerate(self.tokens)
            if at not in self.used and token.kind in VALUES
        ]
        taken: dict[int, str] = {}
        while best := self._best_pair(candidates, taken):
            at, name = best
            taken[at] = name
            for step in (-1, 1):
                self._spread(at, name, step, candidates, taken)
        for at in sorted(taken):
            self._take_name(at, taken[at])
        for name in self._of_kind(*NAME_KINDS):
            if self.fields[name]["required"] and name not in self.filled.values:
                self._ordinary_word(name)

    def _best_pair(
        self, candidates: Sequence[int], taken: Mapping[int, str]
    ) -> tuple[int, str] | None:
        """The name and the field that fit each other best among those left; None when nothing does."""
        free = [
            (order, name)
            for order, name in enumerate(self._of_kind(*NAME_KINDS))
            if name not in taken.values() and name not in self.filled.values
        ]
        pairs = [
            (self._points(at, name), -at, -order, name)
            for at in candidates
            if at not in taken
            for order, name in free
        ]
        best = max(pairs, default=(0.0, 0, 0, ""))
        return (-best[1], best[3]) if best[0] > 0 else None

    def _spread(
        self, at: int, name: str, step: int, candidates: Sequence[int], taken: dict[int, str]
    ) -> None:
        """A list shares its field: names with only "and" or commas between them."""
        if self.fields[name]["kind"] in CUED_ONLY:
            return
        here = at + step
        joints = 0
        while 0 <= here < len(self.tokens):
            token = self.tokens[here]
            if token.kind == "comma" or token.value in {"and", "&", "plus"}:
                joints += 1
            elif (
                here in candidates and here not in taken and joints and self._points(here, name) > 0
            ):
                taken[here] = name
                joints = 0
            else:
                return
            here += step

    def _points(self, at: int, name: str) -> float:
        kind = self.fields[name]["kind"]
        token = self.tokens[at]
        cue = self._cue_before(at, name)
        if kind in CUED_ONLY:
            return cue if cue >= 3 else 0
        if token.kind not in NAMED:
            return 0
        points = cue
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if kind in ROOM_KINDS:
            points += 4 if token.kind == "room" else 0
            points += 3 if after and self.lexicon["objects"].get(after.value) == "room" else 0
        if kind in PERSON_KINDS:
            points += 4 if token.kind in {"person", "email"} else 0
            points += 3 if after and after.value in self.lexicon["modals"] else 0
        wrong = (kind in ROOM_KINDS and token.kind in {"person", "email"}) or (
            kind in PERSON_KINDS and token.kind == "room"
        )
        spoken = token.kind != "name" or any(
            t.is_word and (t.value in self.lexicon["actions"] or t.value in self.lexicon["objects"])
            for t in self.tokens[:at]
        )
        before = self.tokens[at - 1].value if at else ""
        loose = token.kind == "name" and before in self.lexicon["prepositions"]
        bare = 1 if self.fields[name]["required"] and spoken and not loose else 0
        return points + bare - (6 if wrong and cue < 3 else 0)

    def _cue_before(self, at: int, name: str) -> float:
        """4 for a word of this field right before, less for prepositions and with articles between."""
        skip = 0
        while skip < 3 and at - skip - 1 >= 0 and self._is_filler(at - skip - 1):
            skip += 1
        best = 0.0
        for phrase in self.fields[name]["words"]:
            length = len(phrase.split())
            for back in range(skip + 1):
                start = at - back - length
                if start >= 0 and self._words_at(start, phrase):
                    weak = all(
                        word in self.lexicon["stop"] and word not in NAMING
                        for word in phrase.split()
                    )
                    best = max(best, (1.5 if weak else 4) + 0.4 * length - 0.5 * back)
        return best

    def _is_filler(self, at: int) -> bool:
        token = self.tokens[at]
        return (
            token.kind == "flag"
            or token.value in self.lexicon["modals"]
            or token.value
            in {
                "the",
                "a",
                "an",
                "our",
                "my",
                "is",
                "as",
                "of",
                "his",
                "her",
                "their",
                "new",
                "to",
                "be",
                "room",
                "user",
                "it",
            }
        )

    def _take_name(self, at: int, name: str) -> None:
        token = self.tokens[at]
        value = (
            token.value if token.kind in {"quoted", "room", "person"} else token.text.rstrip(".,!?")
        )
        value = value.removesuffix("'s").removesuffix("’s") if token.kind == "name" else value
        self.used.add(at)
        about = self.fields[name]
        if about["kind"] == "display-name" and token.kind == "name":
            value = self._whole_name(at, value)
        if about["many"]:
            self.filled.values.setdefault(name, []).append(value)
            self.filled.sources[name] = "the names given"
        elif name in self.filled.values:
            self.filled.fan_out.setdefault(name, [self.filled.values[name]]).append(value)
        else:
            self.filled.put(name, value, f"“{token.text}”")

    def _whole_name(self, at: int, value: str) -> str:
        """First and last name: words that go on with capitals."""
        for following in range(at + 1, len(self.tokens)):
            token = self.tokens[following]
            if token.kind not in {"name", "word"} or not token.text[:1].isupper():
                break
            self.used.add(following)
            value = f"{value} {token.text}"
        return value

    def _ordinary_word(self, name: str) -> None:
        """A word with a meaning of its own can be a name where a strong cue says so: "called stage"."""
        for at, token in enumerate(self.tokens):
            plain = (
                token.is_word and at not in self.used and token.value not in self.lexicon["stop"]
            )
            if plain and self._cue_before(at, name) >= 4:
                self._take_name(at, name)
                return

    def _named_by_number(self) -> None:
        """As in "room 101": a number is a name when nothing else is."""
        for name in self._of_kind(*ROOM_KINDS):
            for at, token in enumerate(self.tokens):
                if name in self.filled.values or token.kind != "number" or at in self.used:
                    continue
                if self._names_something(at):
                    self._take_name(at, name)


def as_names(tokens: Sequence[Token], known: set[str], lexicon: Mapping[str, Any]) -> list[Token]:
    """Words that no phrase and no list knows become names."""
    stop = set(lexicon["stop"])
    return [
        replace(token, kind="name")
        if token.is_word
        and token.value not in known
        and token.value not in stop
        and token.value not in lexicon["actions"]
        and token.value not in lexicon["objects"]
        else token
        for token in tokens
    ]
