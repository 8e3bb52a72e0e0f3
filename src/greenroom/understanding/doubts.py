"""What is in doubt before something is done: which of several is meant, who is left out, what does not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.outcome import Question
from greenroom.understanding.clauses import sentence_of
from greenroom.understanding.fields import (
    EGRESS_KINDS,
    EXISTING,
    ROOMS_THAT_EXIST,
)
from greenroom.understanding.learned import KEEP, NOTHING
from greenroom.understanding.mentions import Token
from greenroom.understanding.questions import WHICH
from greenroom.understanding.reading import Read
from greenroom.understanding.search import Search
from greenroom.understanding.unkept import pieces_of

SEE = "`greenroom status` shows what there is and who is where."
EVERYBODY = {"everyone", "everybody", "nobody"}
"""Words for all people, which name no rooms."""
INTO = {"into", "to", "onto"}
"""Words before the room that somebody is to be in."""


class Doubts:
    """Looks at one step at a time."""

    def __init__(self, search: Search) -> None:
        self.search, self.lexicon = search, search.lexicon

    def is_of_another_thing(self, step: Read, tokens: Sequence[Token]) -> bool:
        """Whether what is taken away is something of somebody, not they: "take chat away from bo", "take away bo's right to chat"."""
        clause = [tokens[at] for at in step.head]
        acting = (
            at
            for at, token in enumerate(clause)
            if token.is_word and self.search.acts(token.value, step.capability)
        )
        following = clause[next(acting, len(clause)) + 1 :]
        things: list[str] = []
        for token, after in pairwise([*following, None]):
            if token is None or token.kind in {"comma", "stop"}:
                break
            if token.text.endswith(("'s", "’s")) and after is not None and after.is_word:
                return not self.search.is_object(after.value, step.capability)
            if not token.is_word or (things and token.value in self.lexicon["ends_object_set"]):
                break
            things.append(token.value)
        others = any(self.search.other_thing(word, step.capability) for word in things)
        return others and not any(self.search.is_object(word, step.capability) for word in things)

    def before_names(
        self, about: Mapping[str, Any], step: Read, tokens: Sequence[Token]
    ) -> Question | None:
        """What must be asked before names are looked up. ``tokens``: of the whole request. Raises PreconditionFailed (not-found)."""
        self._unknown(about, step)
        question = self._described(about, step)
        question = question or self._excepted(about, step) or self._only_told_of(about, step)
        question = question or self._elsewhere(about, step, tokens)
        return question or self._sent_on(about, step, tokens)

    def _described(self, about: Mapping[str, Any], step: Read) -> Question | None:
        """Which of several existing rooms a description means; the only one is taken where nothing is destroyed."""
        name = next((n for n, f in about["fields"].items() if f["kind"] in ROOMS_THAT_EXIST), "")
        if not name or any(token.kind == "room" for token in step.tokens):
            return None
        fitting = next((t.value for t in step.tokens if t.kind == "described"), ())
        if len(fitting) > 1:
            step.filled.values.pop(name, None)
            text = f"Which one do you mean: {' or '.join(fitting)}?"
            return Question(field=WHICH, question=text, choices=tuple(fitting))
        if fitting and about["effect"] != "destroy":
            step.filled.put(name, fitting[0], "the only room of that description")
        if fitting and about["effect"] == "destroy":
            text = f"There is no room of that name. Did you mean {fitting[0]}?"
            return Question(field=name, question=text, choices=tuple(fitting))
        return None

    def too_many(self, about: Mapping[str, Any], step: Read) -> Question | None:
        """Which of several rooms, where a step that destroys leaves one of those it names unused."""
        if about["effect"] != "destroy":
            return None
        kinds = {field["kind"] for field in about["fields"].values()}
        if "person" not in kinds and any(t.kind in {"person", "email"} for t in step.tokens):
            return Question(field=WHICH, question="Do you mean the room, or somebody in it?")
        for name, field in about["fields"].items():
            kind = EXISTING.get(field["kind"], "")
            named = dict.fromkeys(
                t.value
                for t, after in zip(step.tokens, [*step.tokens[1:], None], strict=True)
                if t.kind == kind and not self._stays(after)
            )
            value = step.filled.values.get(name)
            one = value if isinstance(value, list) else [value]
            taken = [*step.filled.fan_out.get(name, []), *one]
            if named and not set(named) <= set(taken):
                text = f"Which {kind} do you mean?"
                return Question(field=name, question=text, choices=tuple(named))
        return None

    def _excepted(self, about: Mapping[str, Any], step: Read) -> Question | None:
        """Who or what is meant, where a name may be the one that is left out: "everybody but dana", "not dana".

        It is asked for by name, with no choices: a "yes" must not pick the one that was to stay.
        """
        if about["effect"] != "destroy":
            return None
        name, kind = destroyed(about)
        all_ = self.lexicon["wide_set"] - (EVERYBODY if kind == "room" else set())
        clause = step.tokens[step.head.start - step.start : step.head.stop - step.start]
        wide = any(t.value in all_ for t in clause if t.is_word)
        kept = step.filled.values.get(KEEP, ())
        for before, token in pairwise(step.tokens):
            left_out = before.is_word and before.value in self.lexicon["leaves_out_set"]
            if token.kind == kind and (wide or left_out) and token.value not in kept:
                text = f"{token.value}, or everything else? Say by name what is meant."
                return Question(field=name, question=text)
        return None

    def _only_told_of(self, about: Mapping[str, Any], step: Read) -> Question | None:
        """Which of several, where a step that destroys took a name from a piece of its own that tells something: "mirror-c lives on"."""
        name, kind = destroyed(about)
        named = tuple(dict.fromkeys(t.value for t in step.tokens if t.kind == kind))
        if about["effect"] != "destroy" or len(named) < 2:
            return None
        for piece in pieces_of(step.tokens):
            words = [t.value for t in piece if t.is_word]
            acts = any(self.search.says_so(word, step.capability) for word in words)
            plain = self.lexicon["stop_set"] | self.lexicon["beside_names_set"]
            if not acts and not plain.issuperset(words) and any(t.kind == kind for t in piece):
                return Question(field=name, question=f"Which {kind} do you mean?", choices=named)
        return None

    def _elsewhere(
        self, about: Mapping[str, Any], step: Read, tokens: Sequence[Token]
    ) -> Question | None:
        """Which of several rooms, where what ends something names none beside it: "dojo is over, stop its recording. Tatami goes on"."""
        if about["effect"] != "destroy" or any(tokens[at].kind == "room" for at in step.head):
            return None
        # What a later sentence speaks of is not what "its" stands for.
        said = tokens[: max(step.head, default=0)]
        rooms = tuple(dict.fromkeys(t.value for t in said if t.kind == "room"))
        rooms = rooms or tuple(dict.fromkeys(t.value for t in tokens if t.kind == "room"))
        for name, field in about["fields"].items():
            taken = step.filled.values.get(name)
            if field["kind"] in ROOMS_THAT_EXIST and taken in rooms and len(rooms) > 1:
                return Question(field=WHICH, question="Which room do you mean?", choices=rooms)
        return None

    def _sent_on(
        self, about: Mapping[str, Any], step: Read, tokens: Sequence[Token]
    ) -> Question | None:
        """Whether somebody leaves for good, where another room is named right behind it as the one to go to: "out of lobby and into stage"."""
        name, kind = destroyed(about)
        if about["effect"] != "destroy" or kind != "person":
            return None
        taken = step.filled.values.values()
        behind = sentence_of(tokens, step.head)
        for before, token in pairwise(tokens[step.head.start : behind.stop]):
            goes = before.is_word and before.value in INTO
            if goes and token.kind == "room" and token.value not in taken:
                who = step.filled.values.get(name, "that person")
                text = f"Is {who} to be removed, or moved to {token.value}? Say it by itself."
                return Question(field=WHICH, question=text)
        return None

    def _unknown(self, about: Mapping[str, Any], step: Read) -> None:
        """Refuse a step that destroys and names, beside what exists, what does not: half of it would be done.

        Raises:
            PreconditionFailed: ``not-found``.
        """
        live = any(token.kind in {"room", "person"} for token in step.tokens)
        if about["effect"] != "destroy" or not live:
            return
        several = {value for values in step.filled.fan_out.values() for value in values}
        for at, (token, after) in enumerate(
            zip(step.tokens, [*step.tokens[1:], None], strict=True)
        ):
            left = at not in step.filled.used and token.role(NOTHING) < 0
            named = token.kind == "name" and (left or token.as_name in several)
            if named and not self._stays(after):
                msg = f"There is no {token.bare}, so nothing was done."
                raise PreconditionFailed(msg, code="not-found", hint=SEE)

    def _stays(self, token: Token | None) -> bool:
        """Whether what follows a name says that it is left alone: "bot-19 stays"."""
        return (
            token is not None
            and token.is_word
            and "stay" in self.lexicon["actions"].get(token.value, ())
        )


def destroyed(about: Mapping[str, Any]) -> tuple[str, str]:
    """``(field, kind)`` of what a capability that destroys takes away: a person where it has one, else the room."""
    kinds = {field["kind"]: name for name, field in about["fields"].items()}
    kind = "person" if "person" in kinds else "room"
    name = next((kinds[k] for k in (kind, *sorted(EGRESS_KINDS)) if k in kinds), "")
    return name, kind
