"""The last word on the values of a step: those in clauses that no step has, the likeliest where one must be, none from the story around."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.understanding import weights as w
from greenroom.understanding.evidence import Evidence
from greenroom.understanding.fields import NAME_KINDS
from greenroom.understanding.learned import APART, NOTHING
from greenroom.understanding.mentions import Token
from greenroom.understanding.reading import Read, Talk
from greenroom.understanding.steps import Steps
from greenroom.understanding.stretch import Stretch
from greenroom.understanding.texts import TEXT_KINDS

NOT_ADOPTED = NAME_KINDS | {*TEXT_KINDS} | {"count", "duration"}
"""Kinds of field whose values are only read where the step stands."""
MEASURES = {"duration": "duration", "count": "number"}
"""Kind of a field, and of the mention that measures it."""


class Values:
    """Works on the steps of one request."""

    def __init__(self, see: Evidence, steps: Steps) -> None:
        self.see, self.steps = see, steps

    def settle(self, step: Read) -> None:
        """All of this, once the steps are settled."""
        self.say_something(step)
        self.forget_people(step)
        self.turn_off(step)

    def say_something(self, step: Read) -> None:
        """A step that only sets what it is given, and was given nothing, takes the likeliest choice: "lose simulcast"."""
        about = self.see.capabilities[step.capability]
        if not about["sets"] or self.sets(step) or step.odds < w.SURELY_SET:
            return
        self.measure(step)
        places = (step.places, range(len(self.see.tokens)))
        marks = (self.see.marks.likeliest(step.capability, each) for each in places)
        mark = None if self.sets(step) else next((m for m in marks if m is not None), None)
        if mark is not None:
            value = False if mark.value is True and self.off(step.tokens) else mark.value
            step.filled.put(mark.field, value, "the likeliest meaning")

    def sets(self, step: Read) -> bool:
        """Whether it has a value that need not be there."""
        fields = self.see.capabilities[step.capability]["fields"]
        return any(not fields[name]["required"] for name in step.filled.values)

    def measure(self, step: Read) -> None:
        """A length of time or a number beside it, of which nothing is surer than that it is this step's."""
        fields = self.see.capabilities[step.capability]["fields"]
        for at in sorted({*step.places} - step.used):
            token = self.see.tokens[at]
            for name, field in fields.items():
                of_kind = MEASURES.get(field["kind"]) == token.kind
                if of_kind and token.role(name) >= max(token.roles.most(beside=NOTHING), w.PERHAPS):
                    step.filled.put(name, token.value, "the likeliest meaning")

    def off(self, tokens: Sequence[Token]) -> bool:
        """Whether these words say of something that it is off."""
        off = self.see.lexicon["denied_after_set"]
        return any(t.is_word and t.value in off for t in tokens)

    def turn_off(self, step: Read) -> None:
        """What the story names and the order turns off is off: "he blames the noise suppression. Turn it off"."""
        head = [self.see.tokens[at] for at in step.head]
        marks = [
            m.field for m in self.see.marks.of(step.capability) if m.means and m.start in step.head
        ]
        values = [n for n, v in step.filled.values.items() if v is True and n not in marks]
        if len(values) == 1 and not marks and self.off(head):
            step.filled.values[values[0]] = False

    def forget_people(self, step: Read) -> None:
        """Nobody from the story around an order is whom it is about, where it need be about nobody: "nobody needs pics of joel's hair"."""
        for name, field in self.see.capabilities[step.capability]["fields"].items():
            if field["kind"] != "person" or field["required"] or name in APART:
                continue
            said = [
                at
                for at in step.used
                if self.see.tokens[at].as_name == step.filled.values.get(name)
            ]
            told = [self.see.tokens[at] for at in said if at not in step.head]
            likely = any(t.role("person") > t.role(NOTHING) + w.IN_STORY for t in told)
            if told and len(told) == len(said) and not likely:
                step.filled.values.pop(name)

    def adopt(self, talk: Talk, step: Read) -> None:
        """Values of a step's fields that stand in a clause passed over."""
        fields = self.see.capabilities[step.capability]["fields"]
        stretch = Stretch(self.see, range(talk.at, talk.at + 1))
        found = self.steps.fill(stretch, step.capability)
        several = any(isinstance(v, list) and len(v) > 1 for v in step.filled.values.values())
        behind = talk.at == step.span.stop and not self.see.cut[talk.at].hard
        if found.values and several and behind:
            # "One for lena, who may only watch": it is said of the last one named.
            step.tokens = list(self.see.tokens[step.start : self.see.cut[talk.at].end])
        off = self.off(step.tokens)
        for name, value in found.values.items():
            if value is True and off:
                value = False  # noqa: PLW2901
            if fields[name]["kind"] not in NOT_ADOPTED and not fields[name]["many"]:
                step.filled.put(name, value, "elsewhere in the request")
