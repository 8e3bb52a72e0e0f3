"""The last word on a reading: steps that are not wanted go, and what they say comes to the one that lacks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from greenroom.understanding import weights as w
from greenroom.understanding.evidence import Evidence
from greenroom.understanding.fields import NAME_KINDS
from greenroom.understanding.learned import NOTHING
from greenroom.understanding.leaving_out import with_kept
from greenroom.understanding.manner import destroys
from greenroom.understanding.naming import NAMED
from greenroom.understanding.questions import has_one_of
from greenroom.understanding.reading import Read, Reading, Talk
from greenroom.understanding.settled_values import Values
from greenroom.understanding.steps import Steps

ADDRESSES = ("url", "key")
"""Fields of which no value is meant twice."""


class Settling:
    """Works on the best reading of one request. ``talks``: by place, each clause as one that is passed over, and what that costs."""

    def __init__(
        self, see: Evidence, steps: Steps, talks: Mapping[int, tuple[Talk, float]]
    ) -> None:
        self.see, self.talks, self.odds = see, talks, see.odds
        self.values = Values(see, steps)

    def settled(self, reading: Reading) -> Reading:
        """The reading with all of this mended."""
        reading = self.without_unlikely(reading)
        reading = self.without_more(reading)
        reading = self.without_told(reading)
        reading = self.without_said_by_another(reading)
        reading = self.without_unsaid(reading)
        reading = self.without(reading, with_kept(reading, self.see))
        for part in reading.parts:
            if isinstance(part, Talk):
                step = self.owner(part, reading)
                if step is not None:
                    self.values.adopt(part, step)
        for step in reading.steps:
            self.values.settle(step)
        return self.in_order(reading)

    def without_unlikely(self, reading: Reading) -> Reading:
        """Without steps that are hardly wanted beside one that surely is."""
        steps = reading.steps
        if len(steps) < 2 or max(self.odds.of(s.capability) for s in steps) < w.SURELY_WANTED:
            return reading
        return self.without(
            reading,
            [s for s in steps if not s.inherited and self.odds.of(s.capability) < w.BESIDE],
        )

    def without_more(self, reading: Reading) -> Reading:
        """Without a further step of a capability whose names are most likely none of its values, or one that tells of the room of what another has by its id."""
        best: dict[str, Read] = {}
        for step in reading.steps:
            known = best.setdefault(step.capability, step)
            if step.sure > known.sure:
                best[step.capability] = step
        spare = [s for s in reading.steps if s is not best[s.capability] and self.names_nobody(s)]
        spare += [s for s in reading.steps if self.is_part(s, reading.steps)]
        ids = {s.capability for s in reading.steps if self.names_id(s)}
        spare += [
            s
            for s in reading.steps
            if s.capability in ids and not self.names_id(s) and not (s.ordered or s.inherited)
        ]
        return self.without(reading, spare)

    def is_part(self, step: Read, steps: Sequence[Read]) -> bool:
        """Whether another step of the same capability says all that this one says, and more."""
        mine = step.filled.values.items()
        return not step.inherited and any(
            other.capability == step.capability and mine < other.filled.values.items()
            for other in steps
        )

    def names_id(self, step: Read) -> bool:
        """Whether it says by its id which recording or stream is meant."""
        return any(self.see.tokens[at].kind == "egress" for at in step.used)

    def without_told(self, reading: Reading) -> Reading:
        """Without what is told beside an order that is likelier and about the same: "mona gets no picture from pieter. Subscribe her to it"."""
        told = []
        for step in reading.steps:
            order = next((o for o in reading.steps if self.is_told_before(step, o)), None)
            if order is not None:
                told.append(step)
                self.give(step, order)
        return self.without(reading, told)

    def without_said_by_another(self, reading: Reading) -> Reading:
        """Without what is better said by a likelier step: it takes the same address, or only has what that one lacks."""
        spare = []
        for step in reading.steps:
            for other in reading.steps:
                if self.is_likelier(other, step):
                    same = any(
                        step.filled.values.get(name, 0) == other.filled.values.get(name, 1)
                        for name in ADDRESSES
                    )
                    if same or self.completes(step, other) or self.lacks_place(step, other):
                        spare.append(step)
                        self.give(step, other)
                        break
        given = reading.given.union(step.capability for step in spare)
        return replace(self.without(reading, spare), given=given)

    def is_likelier(self, other: Read, step: Read) -> bool:
        """Whether another step is surer; of two of one capability the one that is ordered."""
        if other.capability == step.capability:
            return other.ordered and not (step.ordered or step.inherited)
        return self.odds.of(other.capability) > self.odds.of(step.capability)

    def lacks_place(self, step: Read, other: Read) -> bool:
        """Whether a step lacks an address and the other, which is likelier, has one or is surely all: "it is live on our page already, add rtmp://… to it"."""
        about, others = (self.see.capabilities[each.capability] for each in (step, other))
        placed = any(n in other.filled.values for group in others["one_of"] for n in group)
        surely = self.odds.of(other.capability) > w.SURELY_WANTED > self.odds.of(step.capability)
        told = placed and not step.ordered
        return (told or surely) and not has_one_of(step.filled.values, about)

    def in_order(self, reading: Reading) -> Reading:
        """The steps, those that no order is in standing where it is given: "off air, all. Stop the recording, then the stream"."""
        parts = list(reading.parts)
        for step in reading.steps:
            if step.ordered or step.inherited:
                continue
            order = next(
                (
                    part
                    for part in parts
                    if isinstance(part, Talk)
                    and part.command
                    and part.at > step.at
                    and self.see.orders_it(part.at, step.capability)
                    and any(
                        t.is_word and self.see.search.is_object(t.value, step.capability)
                        for t in part.tokens
                    )
                ),
                None,
            )
            if order is not None:
                parts.remove(step)
                parts.insert(parts.index(order), step)
        return replace(reading, parts=tuple(parts))

    def without_unsaid(self, reading: Reading) -> Reading:
        """Without what would be ended by a word that another step is said with: "stop the recording, we're on air till eleven"."""
        said = {
            id(step): self.says(step)
            for step in reading.steps
            if destroys(self.see.capabilities[step.capability])
        }
        spare = [s for s in reading.steps if not (said.get(id(s), True) or s.inherited)]
        return self.without(reading, spare) if any(said.values()) else reading

    def says(self, step: Read) -> bool:
        """Whether one of its words stands for what it does."""
        words = [token.value for token in step.tokens if token.is_word]
        return any(
            word in self.see.lexicon["away_set"] or self.see.acts(word, step.capability)
            for word in words
        )

    def completes(self, step: Read, other: Read) -> bool:
        """Whether all that a step says, besides names, is something that another can take and lacks: "record it, with grid layout"."""
        whole = step.filled.has_required(self.see.capabilities[step.capability])
        surely = whole and self.odds.of(step.capability) > w.SURELY_WANTED
        if step.capability == other.capability or surely:
            return False
        of, to = (self.see.capabilities[each.capability]["fields"] for each in (step, other))
        values = [name for name in step.filled.values if of[name]["kind"] not in NAME_KINDS]
        free = not (step.ordered and whole)
        return (
            bool(values)
            and free
            and all(
                name in to
                and to[name]["kind"] == of[name]["kind"]
                and name not in other.filled.values
                for name in values
            )
        )

    def give(self, told: Read, order: Read) -> None:
        """What is told goes to the order, where it has a field for it and says nothing itself."""
        of, to = (self.see.capabilities[step.capability]["fields"] for step in (told, order))
        for name, value in told.filled.values.items():
            if name in to and to[name]["kind"] == of[name]["kind"]:
                order.filled.put(name, value, "elsewhere in the request")

    def is_told_before(self, step: Read, order: Read) -> bool:
        """Whether a step is only the story of another, which is ordered."""
        surely = self.odds.of(order.capability) > w.SURELY_WANTED and self.states(step)
        surely = surely or order.ordered
        if step is order or step.inherited or not surely or self.wished(step):
            return False
        before = step.at < order.at
        apart = self.see.cut[max(step.at, order.at)].hard
        if step.capability == order.capability:
            return before and apart
        likelier = self.odds.of(order.capability) > self.odds.of(step.capability)
        mine, others = self.names(step), self.names(order)
        same = bool(mine & others) or (before and not others)
        return apart and likelier and same and self.odds.of(step.capability) < w.SURELY_WANTED

    def states(self, step: Read) -> bool:
        """Whether it says how something is or was."""
        return any(t.is_word and t.value in self.see.lexicon["states_set"] for t in step.tokens)

    def wished(self, step: Read) -> bool:
        """Whether any of its clauses orders, asks or wishes for something."""
        if step.ordered or step.asked:
            return True
        return any(
            token.is_word and token.value in self.see.lexicon["wished_set"] for token in step.tokens
        )

    def names(self, step: Read) -> set[str]:
        """People that a step names."""
        places = (self.see.tokens[at] for at in step.used)
        return {token.as_name for token in places if token.kind == "person"}

    def names_nobody(self, step: Read) -> bool:
        """Whether each name that a step took is likelier no value."""
        named = [self.see.tokens[at] for at in step.used if self.see.tokens[at].kind in NAMED]
        return not step.inherited and all(
            token.role(NOTHING) > token.roles.most(beside=NOTHING) for token in named
        )

    def without(self, reading: Reading, gone: Sequence[Read]) -> Reading:
        """The reading with these steps as talk."""
        if not gone:
            return reading
        parts: list[Read | Talk] = []
        for part in reading.parts:
            if isinstance(part, Read) and any(part is step for step in gone):
                parts += [self.talks[at][0] for at in part.span]
            else:
                parts.append(part)
        return replace(reading, parts=tuple(parts))

    def owner(self, talk: Talk, reading: Reading) -> Read | None:
        """The step that a clause passed over may tell something of: the nearest before, else behind."""
        steps = reading.steps
        before = [step for step in steps if step.span.stop <= talk.at]
        return before[-1] if before else steps[0] if steps else None
