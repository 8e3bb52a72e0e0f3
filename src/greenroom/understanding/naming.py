"""Which name of a step is whose: people, rooms, texts, by what stands beside them and by what exists."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.dealing import Group, dealings
from greenroom.understanding.fields import (
    EGRESS_KINDS,
    NAME_KINDS,
    PERSON_KINDS,
    ROOM_KINDS,
    Filled,
    Filler,
)
from greenroom.understanding.fitting import Fit
from greenroom.understanding.learned import NOTHING, role_of
from greenroom.understanding.marking import Mark
from greenroom.understanding.mentions import ANDS, SURELY_VALUE, Token
from greenroom.understanding.ordinals import fill_ordinals
from greenroom.understanding.ordinary import STRONG, ordinary_name
from greenroom.understanding.settings import fill_settings
from greenroom.understanding.texts import fill_texts

NAMED = {"name", "quoted", "email", "room", "person"}
MOST_GROUPS = 5
OWN_REACH = 8
UNDEALT = 0.5
"""What it costs that a name is left over."""


def fill(
    tokens: Sequence[Token],
    about: Mapping[str, Any],
    lexicon: Mapping[str, Any],
    marks: Sequence[Mark],
) -> Filled:
    """All fields of a capability that this step has values for. ``marks``: where words of its fields stand."""
    filler = Filler(tokens, about, lexicon, marks)
    filler.fill_plain()
    fill_ordinals(filler)
    fill_settings(filler)
    fill_texts(filler)
    _Namer(filler).fill()
    keep_apart(filler)
    return filler.filled


def keep_apart(filler: Filler) -> None:
    """Whoever must be named is not also the other person, who need not be: "stop sending video to bob, bob is on a train"."""
    values = filler.filled.values
    people = [name for name, field in filler.fields.items() if field["kind"] == "person"]
    must = [values.get(name) for name in people if filler.fields[name]["required"]]
    for name in people:
        if name in values and not filler.fields[name]["required"] and values[name] in must:
            del values[name]
    given = [values.get(name) for name in filler.of_kind(*PERSON_KINDS)]
    named = {name for value in given for name in (value if isinstance(value, list) else [value])}
    live = {token.value for token in filler.tokens if token.kind == "room"}
    for name in filler.of_kind(*ROOM_KINDS):
        value = values.get(name)
        if isinstance(value, str) and value in named - live:
            del values[name]


class _Namer:
    """Gives each name, or list of names, to the field that it fits; together they fit best."""

    def __init__(self, filler: Filler) -> None:
        self.filler = filler
        self.tokens, self.said = filler.tokens, filler.said
        self.fields, self.lexicon = filler.fields, filler.lexicon
        self.used, self.filled, self.fit = filler.used, filler.filled, Fit(filler)
        self.names = filler.of_kind(*NAME_KINDS)
        self._dealt: dict[tuple[Group, str], float] = {}
        """What it is worth to give a group to a field."""

    def fill(self) -> None:
        """Names, then ordinary words and numbers that a strong cue makes names."""
        if self._candidates():
            self._deal()
            self._more()
        for name in self._free():
            # A room that is recorded exists: a word that is none is not its name.
            if self.fields[name]["required"] and self.fields[name]["kind"] not in EGRESS_KINDS:
                at = ordinary_name(self.filler, name)
                if at is not None:
                    self._take(at, name)

    def _deal(self) -> None:
        """Names to the fields that they fit best, together."""
        free = self._free()
        best: tuple[float, list[tuple[str, Group]]] = (-math.inf, [])
        for groups in self._groupings():
            best = max(best, self._best(groups, free), key=lambda found: found[0])
        for name, group in sorted(best[1], key=lambda pair: pair[1]):
            for at in group:
                self._take(at, name)

    def _more(self) -> None:
        """Further names of a field that takes many, where they come with rights or a room of their own: "bob may talk, ana only watches"."""
        many = [n for n in self.names if n in self.filled.values and self.fields[n]["many"]]
        for name in many[:1]:
            for group in self._grouped():
                role = role_of(name, self.fields[name]["kind"])
                surely = all(self._surely(at, role) for at in group)
                if self._kind(group[0]) == "room" or not (surely or self._has_own(group[-1])):
                    continue
                if any(self.tokens[at].role(role) < self.tokens[at].role(NOTHING) for at in group):
                    continue
                if all(self.fit.points(at, name, first=at == group[0]) >= 0 for at in group):
                    for at in group:
                        self._take(at, name)

    def _has_own(self, at: int) -> bool:
        """Whether a right or a room follows soon, in the same sentence and before another name."""
        rights = {mark.start for mark in self.filler.marks if mark.means}
        for place in range(at + 1, min(len(self.tokens), at + OWN_REACH)):
            token = self.tokens[place]
            if place in rights or token.kind == "room":
                return True
            if token.kind == "stop" or token.kind in NAMED:
                return False
        return False

    def _free(self) -> list[str]:
        return [name for name in self.names if name not in self.filled.values]

    def _candidates(self) -> list[int]:
        return [
            at
            for at, token in enumerate(self.tokens)
            if at not in self.used and token.kind in NAMED
        ]

    def _grouped(self) -> list[list[int]]:
        """Free names, those that commas and "and" join together."""
        groups: list[list[int]] = []
        for at in self._candidates():
            if groups and self._joined(groups[-1][-1], at) and self._fits_in(groups[-1], at):
                groups[-1].append(at)
            else:
                groups.append([at])
        return groups

    def _fits_in(self, group: Sequence[int], at: int) -> bool:
        """Whether a name may go on with a list: of those that exist, only what does too, or is surely a value."""
        token = self.tokens[at]
        destroys = self.filler.about["effect"] == "destroy"
        if destroys and (token.roles.likeliest() == NOTHING or self._goes_on(at)):
            return False
        role, before = token.roles.likeliest(), self.tokens[group[-1]].roles.likeliest()
        if role != before and self._surely(at, role) and self._surely(group[-1], before):
            return False
        live = all(self.tokens[place].kind in {"room", "person"} for place in group)
        return token.kind != "name" or not live or self._by_and(group[-1], at) or token.is_value

    def _surely(self, at: int, role: str) -> bool:
        """Whether a name is surely a value of this kind."""
        return self.tokens[at].role(role) > SURELY_VALUE

    def _goes_on(self, at: int) -> bool:
        """Whether a name begins a statement: "stop a and b, c stays on air"."""
        after = self.said[at + 1] if at + 1 < len(self.said) else ""
        return after in self.lexicon["third_set"] or after in self.lexicon["being"]

    def _groupings(self) -> Iterator[list[Group]]:
        """Lists of names stay together; where commas alone join them, one at an end may stand for itself."""
        groups = self._grouped()[:MOST_GROUPS]
        yield [tuple(group) for group in groups]
        for index, group in enumerate(groups):
            if len(group) < 2:
                continue
            rest = [tuple(other) for other in groups]
            if self._kind(group[-1]) == "room" or not self._by_and(*group[-2:]):
                yield [*rest[:index], tuple(group[:-1]), (group[-1],), *rest[index + 1 :]]
            if self._kind(group[0]) == "room" or not self._by_and(*group[:2]):
                yield [*rest[:index], (group[0],), tuple(group[1:]), *rest[index + 1 :]]

    def _by_and(self, left: int, right: int) -> bool:
        """Whether "and" joins two names: then they are a list."""
        return any(t.value in ANDS for t in self.tokens[left + 1 : right])

    def _kind(self, at: int) -> str:
        return self.tokens[at].kind

    def _joined(self, left: int, right: int) -> bool:
        """Whether only commas and "and" stand between."""
        between = self.tokens[left + 1 : right]
        if not between:
            return self._alike(left, right)
        joints = sum((t.kind == "comma" and t.text == ",") or t.value in ANDS for t in between)
        fillers = sum(
            t.value in {"for", "also", "the", "then", "both", "room", "user", "one"}
            for t in between
        )
        return bool(joints) and joints + fillers == len(between)

    def _alike(self, left: int, right: int) -> bool:
        """Whether two names that stand side by side are most likely the same to one capability: "drill-1 drill-2"."""
        one, other = self.tokens[left], self.tokens[right]
        if one.kind != other.kind or not (one.is_judged and other.is_judged):
            return False
        role = one.roles.likeliest()
        return role == other.roles.likeliest() != NOTHING and one.role(role) > 0

    def _best(
        self, groups: Sequence[Group], free: Sequence[str]
    ) -> tuple[float, list[tuple[str, Group]]]:
        """The dealing of groups to fields with most points; a group or a field may go without."""
        for pair in product(groups, free):
            if pair not in self._dealt:
                self._dealt[pair] = self._group_points(*pair)
        points = self._dealt
        costs = {group: sum(map(self._undealt, group)) for group in groups}
        best: tuple[float, list[tuple[str, Group]]] = (-sum(costs.values()), [])
        fitting = [[group for group in groups if points[group, name] > 0] for name in free]
        for chosen in dealings(fitting):
            dealt = [
                (name, group) for name, group in zip(free, chosen, strict=True) if group is not None
            ]
            order = sum(0.01 * (len(free) - i) * -group[0] for i, (_, group) in enumerate(dealt))
            left = sum([cost for group, cost in costs.items() if group not in chosen])
            total = sum(points[group, name] for name, group in dealt) + 0.01 * order - left
            if total > best[0]:
                best = (total, dealt)
        return best

    def _undealt(self, at: int) -> float:
        """What it costs that this name is left over: less, the likelier it is no value."""
        return max(0.0, UNDEALT - w.ROLE * self.tokens[at].role(NOTHING))

    def _group_points(self, group: Group, name: str) -> float:
        """What its best member has; a member that cannot be there spoils it."""
        points = [self.fit.points(at, name, first=at == group[0]) for at in group]
        spoiled = sum(p for p in points if p < 0)
        if len(group) > 1 and not self.fields[name]["many"]:
            spoiled -= 0.4
        return spoiled if spoiled < -1 else max(points) + spoiled + 0.3 * (len(group) - 1)

    def _title(self, at: int) -> str:
        """The name of a room that is made, with all its capitalised words: "a room Quiet Corner"."""
        start, end = at, at + 1
        while end < len(self.tokens) and self._goes_on_a_title(end):
            end += 1
        meant = [self.lexicon[words] for words in ("actions", "objects", "stop_set")]
        while self._goes_on_a_title(start) and not any(self.said[start - 1] in w for w in meant):
            start -= 1
        self.used |= set(range(start, end))
        said = [*(t.text for t in self.tokens[start : end - 1]), self.tokens[end - 1].as_name]
        return " ".join(said)

    def _goes_on_a_title(self, at: int) -> bool:
        """Whether a word and the one before it are capitalised and nothing stands between."""
        pair = self.tokens[at - 1 : at + 1] if at else ()
        titled = [t.text[:1].isupper() and t.text[1:2].islower() for t in pair]
        plain = all(t.is_word or t.kind == "name" for t in pair)
        ended = any(not t.text[-1:].isalnum() for t in pair[:1])
        return len(pair) == 2 and all(titled) and plain and not ended

    def _take(self, at: int, name: str) -> None:
        token = self.tokens[at]
        if self.filled.values.get(name) and self._goes_on_a_title(at):
            return
        value = self._title(at) if self.fields[name]["kind"] == "room-to-be" else token.as_name
        self.used.add(at)
        for cue in self.filler.cues(name):
            if at - 5 <= cue.start < at and cue.strength >= STRONG:
                self.used |= set(range(cue.start, cue.end))
        about = self.fields[name]
        if about["many"]:
            known = self.filled.values.setdefault(name, [])
            again = next((other for other in known if other.casefold() == value.casefold()), None)
            if again is None:
                known.append(value)
            elif value == value.casefold():
                # "Priya … her identity is priya": the spelling of an identity rather than of a person.
                known[known.index(again)] = value
            self.filled.sources[name] = "the names given"
        elif name in self.filled.values:
            known = self.filled.fan_out.setdefault(name, [self.filled.values[name]])
            if value not in known:
                known.append(value)
        else:
            self.filled.put(name, value, f"“{token.text}”")
