"""Fills a capability's fields from a step's tokens, and keeps where each value came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.learned import NOTHING
from greenroom.understanding.marking import Mark, is_listed
from greenroom.understanding.mentions import ANDS, Token
from greenroom.understanding.words import NAMING

EGRESS_KINDS = {"egress", "recorded"}
"""Fields whose value is a room that stands for what is made of it, or an id."""
ROOM_KINDS = {"room", "room-to-be", *EGRESS_KINDS}
PERSON_KINDS = {"person", "person-to-be"}
EXISTING = {"room": "room", "egress": "room", "recorded": "room", "person": "person"}
"""Kind of a field whose value exists on the server, and of the mention that is it."""
ROOMS_THAT_EXIST = {kind for kind, mention in EXISTING.items() if mention == "room"}
NAME_KINDS = ROOM_KINDS | PERSON_KINDS
REACH = 9
"""Tokens between a cue and its duration or number."""
COUNTED = {"room", "token"}
"""Things that a number before them counts: "two rooms"."""


TYPED = (
    ("jwt", "jwt"),
    ("plan-id", "plan"),
    ("pattern", "pattern"),
    ("prefix", "pattern"),
    ("egress", "egress"),
    ("recorded", "egress"),
    ("track", "track"),
    ("resolution", "resolution"),
    ("frame-rate", "framerate"),
    ("bitrate", "bitrate"),
    ("stream-url", "stream"),
    ("stream-url", "url"),
    ("url", "url"),
    ("region", "region"),
    ("destination", "destination"),
    ("preset", "preset"),
    ("role", "role"),
)
"""Kind of a field, and of the mention that is its value wherever it stands."""
MEANT = {"pattern", "resolution", "framerate", "bitrate"}
"""Mentions of which the meaning is the value; of others it is what was typed."""
MEASURES = {"duration", "number", "quoted"}
LEFT_OUT = {"not", "no", "except", "but", "without"}
"""Words before a choice that leave it out of a list which is something by itself."""
NO = {"no", "false", "off", "0", "never"}


def glued(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """``(text, place behind it)`` of what is written without a blank from here: "role:shadow"."""
    end = at + 1
    text = tokens[at].text
    while end < len(tokens):
        before = tokens[end - 1]
        apart = tokens[end].start != before.start + len(before.text)
        if apart or tokens[end].kind in {"stop", "comma"}:
            break
        text += tokens[end].text
        end += 1
    return text.rstrip(".,!?:;"), end


@dataclass(slots=True)
class Filled:
    """Values by field, where they came from, and the tokens that nothing explains."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    fan_out: dict[str, list[str]] = field(default_factory=dict)
    """A field that takes one value and was given several: one call for each."""
    used: set[int] = field(default_factory=set)
    """Places of the tokens that values and their cues were read from."""

    def has_required(self, about: Mapping[str, Any]) -> bool:
        """Whether every field that the capability needs has a value."""
        return all(name in self.values for name, f in about["fields"].items() if f["required"])

    def put(self, name: str, value: Any, source: str) -> None:
        """Take a value, once."""
        if name not in self.values:
            self.values[name] = value
            self.sources[name] = source


class Filler:
    """One step against one capability: flags, shapes, meanings and measures. Names are for ``naming``."""

    def __init__(
        self,
        tokens: Sequence[Token],
        about: Mapping[str, Any],
        lexicon: Mapping[str, Any],
        marks: Sequence[Mark],
    ) -> None:
        self.tokens = list(tokens)
        self.about = about
        self.marks = marks
        self.fields: Mapping[str, Any] = about["fields"]
        self.lexicon = lexicon
        self.filled = Filled()
        self.used = self.filled.used
        self.said = [str(t.value) if t.is_word or t.kind == "name" else "" for t in tokens]
        self.mentioned = {what for token in tokens for what in (token.kind, token.known)}
        self._names: dict[str, list[str]] = {}
        """Fields by kind."""
        for name, about_field in self.fields.items():
            self._names.setdefault(about_field["kind"], []).append(name)
        self._cues: dict[str, list[Mark]] = {}
        for mark in marks:
            if not mark.means:
                self._cues.setdefault(mark.field, []).append(mark)

    def fill_plain(self) -> None:
        """Everything but names, the surest kinds of mention first."""
        self._flags()
        self._typed()
        self._means()
        self._measures("duration", "duration")
        self._measures("count", "number")

    def of_kind(self, *kinds: str) -> Sequence[str]:
        """Fields of these kinds, in order."""
        if len(kinds) == 1:
            return self._names.get(kinds[0], ())
        if self._names.keys().isdisjoint(kinds):
            return ()
        return [name for name, about in self.fields.items() if about["kind"] in kinds]

    def cues(self, name: str) -> Sequence[Mark]:
        """Where words of this field stand."""
        return self._cues.get(name, ())

    def _flags(self) -> None:
        """``ttl=2h``, ``--room x``: the person named the field."""
        if "flag" not in self.mentioned:
            return
        for at, token in enumerate(self.tokens[:-1]):
            name = self._field_named(token.value) if token.kind == "flag" else None
            if name is None:
                continue
            value = self.tokens[at + 1]
            self.used |= {at, at + 1}
            measured = value.kind in MEASURES | MEANT
            taken: Any = value.value if measured else value.text
            if self.fields[name]["type"] == "boolean":
                taken = str(value.value).casefold() not in NO
            elif not measured:
                taken, end = glued(self.tokens, at + 1)
                self.used |= set(range(at, end))
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
        for kind, mention in TYPED:
            if mention not in self.mentioned:
                continue
            for name in self.of_kind(kind):
                for at, token in enumerate(self.tokens):
                    if mention not in (token.kind, token.known) or at in self.used:
                        continue
                    self.used.add(at)
                    taken = token.value if mention in MEANT else token.text.rstrip(".,")
                    taken = taken.rstrip("*-") if kind == "prefix" else taken
                    if self.fields[name]["many"]:
                        taken = [*self.filled.values.pop(name, []), taken]
                    self.filled.put(name, taken, "its shape")

    def _means(self) -> None:
        """Phrases that mean a value by themselves, the longest first."""
        meaning = [mark for mark in self.marks if mark.means]
        learned = {mark.field for mark in meaning if mark.learned}
        denied: dict[str, set[Any]] = {}
        said = ANDS | self.lexicon["determiners_set"]
        for mark in sorted(meaning, key=lambda mark: (not mark.learned, mark.start - mark.end)):
            covered = set(range(mark.start, mark.end))
            named = bool(mark.start) and self.said[mark.start - 1] in NAMING | {"user"}
            listed = self.fields[mark.field]["many"] and is_listed(mark, meaning, self.tokens, said)
            told = mark.field in learned and not (mark.learned or listed)
            free = mark.learned or not covered & self.used
            if not free or named or told or self._is_value_itself(mark):
                continue
            # "Stop" and "no longer" are what orders to destroy: they deny nothing of it.
            deniable = not mark.learned and self.about["effect"] == "write"
            listed = self.fields[mark.field]["many"] and self._ends_things(mark.field)
            negated = deniable and self._negated(mark.start, mark.end - mark.start)
            self.used |= covered
            if listed and {*self.said[max(0, mark.start - 2) : mark.start]} & LEFT_OUT:
                continue
            negated = negated and not listed
            if negated and isinstance(mark.value, str):
                denied.setdefault(mark.field, set()).add(mark.value)
                continue
            taken = mark.value is not negated if isinstance(mark.value, bool) else mark.value
            self._take_meaning(mark.field, taken, " ".join(self.said[mark.start : mark.end]))

        for name, values in denied.items():
            self._without(name, values)

    def _ends_things(self, name: str) -> bool:
        """Whether "off" and "stop" are what is asked: "turn off the camera" is about cameras; "not the camera" is not."""
        return bool(self.fields[name]["default"] or self.about["ceases"])

    def _is_value_itself(self, mark: Mark) -> bool:
        """Whether the field's own word stands before a phrase that means another value: "role watcher" is no viewer."""
        if not isinstance(mark.value, str) or self.fields[mark.field]["kind"] not in {
            "text",
            "role",
            "role-to-be",
            "name-to-be",
        }:
            return False
        said = " ".join(self.said[mark.start : mark.end])
        cued = any(cue.end == mark.start and cue.strength > 4 for cue in self.cues(mark.field))
        return cued and said.removesuffix("s") != mark.value

    def _without(self, name: str, denied: Collection[Any]) -> None:
        """A list of which only parts are denied is all the rest: "may not share her screen"."""
        if name in self.filled.values or not self.fields[name]["many"]:
            return
        whole = [value for value, _ in self.fields[name]["means"]]
        left = [v for v in whole if not any(v == no or v.startswith(f"{no}_") for no in denied)]
        if left and len(left) < len(whole) and False not in self.filled.values.values():
            self.filled.put(name, left, "all but what is denied")

    def _negated(self, at: int, length: int) -> bool:
        """Whether "not", "no" or "without" stands just before, or "not" right behind."""
        no = {*self.lexicon["negations"], *self.lexicon["denials"]}
        for place in range(at - 1, max(-1, at - 5), -1):
            token = self.tokens[place]
            if place in self.used or token.kind in {"comma", "stop"} or token.value == "but":
                break
            if token.value in no:
                return True
        for place in range(at + length, min(len(self.tokens), at + length + 6)):
            token = self.tokens[place]
            ends = token.kind in {"stop", "comma"} or token.value in {"but", "then"}
            if place in self.used or ends:
                break
            if token.value in self.lexicon["denied_after_set"]:
                return True
        return False

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
        if self.mentioned.isdisjoint({mention, "number"}):
            return
        names = [name for name in self.of_kind(kind) if name not in self.filled.values]
        places = [
            at
            for at, token in enumerate(self.tokens)
            if token.kind == mention and at not in self.used and not self._counts_things(at)
        ]
        pairs = sorted(
            (distance - w.MEASURE_ROLE * self.tokens[at].role(name), at, name, cue or (at, at))
            for at in places
            for name in names
            for distance, cue in [self._nearest_cue(at, name)]
            if cue is not None or self.tokens[at].role(name) > w.SURE_OF_ROLE
        )
        for _, at, name, cue in pairs:
            if at in self.used or name in self.filled.values or self._no_value(at, name):
                continue
            self._take_measure(at, name)
            self.used |= set(range(*cue))
        self._bare_seconds(kind)
        left = [at for at in places if at not in self.used]
        left = [at for at in left if not any(self._no_value(at, name) for name in names)]
        alone = len(names) == 1 and len(left) == 1 and names[0] not in self.filled.values
        alone = alone and self.tokens[left[0]].role(names[0]) >= self.tokens[left[0]].role(NOTHING)
        if alone and not self._names_something(left[0]) and self._may_be_bare(left[0], kind):
            self._take_measure(left[0], names[0])

    def _no_value(self, at: int, name: str) -> bool:
        """Whether a measure is most likely no value of a field, or another's."""
        token = self.tokens[at]
        return token.roles.most(beside=name) - token.role(name) > w.NO_VALUE

    def _bare_seconds(self, kind: str) -> None:
        """As in "empty-timeout 1800": a number right behind the field's own name is in the field's unit."""
        for name in self.of_kind(kind) if kind == "duration" else ():
            for cue in self.cues(name):
                said = " ".join(self.said[cue.start : cue.end]).replace("-", "_").replace(" ", "_")
                follows = cue.end < len(self.tokens) and cue.end not in self.used
                number = follows and self.tokens[cue.end].kind == "number"
                if said == name and number and name not in self.filled.values:
                    self._take_measure(cue.end, name)
                    self.used |= set(range(cue.start, cue.end))

    def _may_be_bare(self, at: int, kind: str) -> bool:
        """Whether a measure without a word of its field is this field's: a number only where nothing else is counted."""
        if kind == "duration":
            return True
        after = self.said[at + 1] if at + 1 < len(self.said) else ""
        people = "people" in self.lexicon["objects"].get(after, ()) or (
            after.endswith("s") and after[:-1] in self.lexicon["roles_set"]
        )
        return (
            not after
            or people
            or after in self.lexicon["stop_set"]
            or after in self.lexicon["counted"]
        )

    def _take_measure(self, at: int, name: str) -> None:
        self.used.add(at)
        self.filled.put(name, int(self.tokens[at].value), f"“{self.tokens[at].text}”")

    def _counts_things(self, at: int) -> bool:
        """As in "two rooms": the number says how many names follow, which everybody can see."""
        if self.tokens[at].kind == "duration":
            return False
        if at and self.said[at - 1] in {"all", "both", "these", "those", "following"}:
            return True
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
            distance = gap + apart - 0.5 * (cue.end - cue.start) - (0.9 if before else 0.0)
            if distance < best[0]:
                best = (distance, (cue.start, cue.end))
        return best

    def _keeps_apart(self, at: int) -> float:
        token = self.tokens[at]
        if token.kind in {"duration", "number", "stop"}:
            return 3.5
        return 2.0 if token.kind == "comma" or token.value in {"and", "then", "but"} else 0.0
