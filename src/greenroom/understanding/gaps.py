"""From what was understood to calls: gaps are filled from elsewhere, and the first that stays becomes the question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Reply
from greenroom.understanding.earlier import carry_over, fill_from_earlier, room_of
from greenroom.understanding.egresses import which_egress
from greenroom.understanding.fields import (
    EGRESS_KINDS,
    EXISTING,
    NAME_KINDS,
    PERSON_KINDS,
    ROOM_KINDS,
    ROOMS_THAT_EXIST,
    TYPED,
    Filled,
)
from greenroom.understanding.learned import NOTHING, ONE_WORD, role_of
from greenroom.understanding.live import ONLY_ROOM, find_live, settle_names
from greenroom.understanding.mentions import SURELY_VALUE, Token
from greenroom.understanding.questions import WHICH, lacking_one_of, missing
from greenroom.understanding.reading import Read
from greenroom.understanding.search import Search
from greenroom.understanding.shares import calls_of
from greenroom.understanding.texts import text_to_the_end
from greenroom.understanding.unkept import pieces_of

BY_ROLE = NAME_KINDS | {
    "text",
    "role",
    "role-to-be",
    "name-to-be",
    "destination",
    "preset",
    "prefix",
    "secret",
    "display-name",
}
"""Kinds of field whose value may stand anywhere in a request."""
VERY_SURE = 3.0
"""Log odds from which a value that need not be there is taken from anywhere."""
SEE = "`greenroom status` shows what there is and who is where."
MOST_NAMES = 20
"""People or rooms that "both" and "them" may stand for."""
EVERYBODY = {"everyone", "everybody", "nobody"}
"""Words for all people, which name no rooms."""


class Gaps:
    """Completes steps; asks where it must."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.capabilities, self.lexicon = search.capabilities, search.lexicon

    async def plan(self, steps: Sequence[Read], brief: Brief, tokens: Sequence[Token]) -> Reply:
        """Every step as calls; the first thing that is missing becomes the question."""
        calls: list[Call] = []
        done = brief.conversation.calls
        last = done[-1].capability if done else ""
        question: Question | None = None
        for step in steps:
            about = self.capabilities[step.capability]
            filled = step.filled
            if not calls and (step.inherited or step.capability == last):
                carry_over(filled, about, step.tokens, brief.conversation, self.lexicon)
            self._look_back(filled, about, step.tokens, calls, brief)
            await self._from_elsewhere(filled, about, step, brief, tokens)
            self._by_role(filled, about, step.tokens)
            self._by_role(filled, about, tokens, elsewhere=True)
            if step is steps[-1]:
                text_to_the_end(filled, about, tokens)
            if question is None:
                question = await which_egress(filled, about, brief.names, brief.conversation.room)
            if question is None:
                question = await self._question(filled, about, step, brief, calls)
            made = calls_of(step, self.search)
            if question is not None and question.choices and question.field == WHICH:
                room = next(n for n, f in about["fields"].items() if f["kind"] in ROOMS_THAT_EXIST)
                made = [
                    Call(capability=step.capability, arguments={**filled.values, room: choice})
                    for choice in question.choices
                ]
                return Ask(question=question, draft=tuple(made))
            if calls[-len(made) :] == made:
                continue
            calls += made
        if question is not None:
            return Ask(question=question, draft=tuple(calls))
        return Calls(calls=tuple(calls))

    async def _question(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        step: Read,
        brief: Brief,
        calls: Sequence[Call],
    ) -> Question | None:
        """What must be asked before this step can run. The field that is asked about is left open."""
        self._unknown(about, step)
        question = self._which_described(filled, about, step)
        question = question or self._excepted(about, step) or self._only_told_of(about, step)
        question = question or await settle_names(filled, about, brief.names, calls)
        question = question or self._too_many(filled, about, step)
        vague = about["effect"] == "destroy" and any(
            token.is_word and token.value in self.lexicon["everything_set"] for token in step.tokens
        )
        if vague and question is None:
            live = {token.value for token in step.tokens if token.kind in {"room", "person"}}
            unsaid = [
                name
                for name, value in filled.values.items()
                if isinstance(value, str)
                and value not in live
                and not filled.sources.get(name, "").startswith(ONLY_ROOM)
            ]
            for name in unsaid:
                filled.values.pop(name)
                filled.fan_out.pop(name, None)
        if question is not None:
            filled.values.pop(question.field, None)
            filled.fan_out.pop(question.field, None)
        return question or missing(filled, about)

    def _which_described(
        self, filled: Filled, about: Mapping[str, Any], step: Read
    ) -> Question | None:
        """Which of several existing rooms a description means; the only one is taken where nothing is destroyed."""
        name = next((n for n, f in about["fields"].items() if f["kind"] in ROOMS_THAT_EXIST), "")
        if not name or any(token.kind == "room" for token in step.tokens):
            return None
        fitting = next((t.value for t in step.tokens if t.kind == "described"), ())
        if len(fitting) > 1:
            filled.values.pop(name, None)
            text = f"Which one do you mean: {' or '.join(fitting)}?"
            return Question(field=WHICH, question=text, choices=tuple(fitting))
        if fitting and about["effect"] != "destroy":
            filled.put(name, fitting[0], "the only room of that description")
        if fitting and about["effect"] == "destroy":
            text = f"There is no room of that name. Did you mean {fitting[0]}?"
            return Question(field=name, question=text, choices=tuple(fitting))
        return None

    def _too_many(self, filled: Filled, about: Mapping[str, Any], step: Read) -> Question | None:
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
            value = filled.values.get(name)
            one = value if isinstance(value, list) else [value]
            taken = [*filled.fan_out.get(name, []), *one]
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
        wide = any(t.value in all_ for t in step.tokens if t.is_word)
        for before, token in pairwise(step.tokens):
            left_out = before.is_word and before.value in self.lexicon["leaves_out_set"]
            if token.kind == kind and (wide or left_out):
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

    def _look_back(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        tokens: Sequence[Token],
        calls: Sequence[Call],
        brief: Brief,
    ) -> None:
        """Fill from what was named earlier, in this request or in this conversation."""
        fill_from_earlier(
            filled,
            about,
            tokens,
            room_before=room_of(calls, self.capabilities),
            conversation=brief.conversation,
            lexicon=self.lexicon,
        )

    async def _from_elsewhere(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        step: Read,
        brief: Brief,
        tokens: Sequence[Token],
    ) -> None:
        """The one room or person there that the rest of the request speaks of: "we are done with lobby. Delete it."."""
        kinds = {field["kind"] for field in about["fields"].values()}
        words = {token.value for token in step.tokens if token.is_word}
        wanted = [
            (name, "room" if field["kind"] in ROOM_KINDS else "person")
            for name, field in about["fields"].items()
            if field["required"]
            and not filled.values.get(name)
            and (
                field["kind"] in EXISTING
                or (field["kind"] == "room-to-be" and len(kinds & NAME_KINDS) > 1)
            )
        ]
        if not wanted:
            return
        live = await find_live(
            tokens, brief.names, self.lexicon, people=any(k == "person" for _, k in wanted)
        )
        for name, kind in wanted:
            pointed = bool(words & self.lexicon[f"pronouns_{kind}_set"])
            free = kind == "room" and (about["effect"] != "destroy" or "person" in kinds)
            named = list(dict.fromkeys(token.value for token in live if token.kind == kind))
            many = about["fields"][name]["many"]
            if (pointed or free) and len(named) == 1:
                filled.put(name, named if many else named[0], "elsewhere in the request")
            elif words & self.lexicon["plural_set"] and 1 < len(named) < MOST_NAMES:
                filled.put(name, named if many else named[0], "elsewhere in the request")
                if not many:
                    filled.fan_out[name] = named

    def _by_role(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        tokens: Sequence[Token],
        *,
        elsewhere: bool = False,
    ) -> None:
        """What most likely is the value, wherever it stands: "one of my pupils, Leonie, is ill. Could you make her a token?".

        ``elsewhere``: the tokens are more than the step's own; somebody who need not be named is not looked for there.
        """
        wanted = lacking_one_of(filled.values, about)
        for name, field in about["fields"].items():
            lacking = name in wanted or field["required"]
            shapes = {shape for kind, shape in TYPED if kind == field["kind"] and lacking}
            shaped = [token.text.rstrip(".,") for token in tokens if token.kind in shapes]
            if len(shaped) == 1 and not filled.values.get(name):
                filled.put(name, shaped[0], "elsewhere in the request")
            if filled.values.get(name) or field["kind"] not in BY_ROLE:
                continue
            if elsewhere and field["kind"] in PERSON_KINDS and not field["required"]:
                continue
            role = role_of(name, field["kind"])
            needed = field["required"] or name in wanted
            least = SURELY_VALUE if needed else VERY_SURE
            # Whoever receives is not also the one who publishes, unless it must be.
            must = field["required"] and field["kind"] in PERSON_KINDS
            others = () if must else named_in(filled.values)
            fitting = {
                token.as_name: None
                for token in tokens
                if (not token.is_word or role in ONE_WORD)
                and token.role(role) > least
                and token.as_name not in others
            }
            if not fitting and needed and about["effect"] != "destroy":
                fitting = self._likeliest(tokens, role, others)
            found = list(fitting)
            if field["many"] and found:
                filled.put(name, found, "elsewhere in the request")
            elif len(found) == 1:
                filled.put(name, found[0], "elsewhere in the request")

    def _likeliest(
        self, tokens: Sequence[Token], role: str, others: Collection[str]
    ) -> dict[str, None]:
        """The one word that is likelier this value than nothing, and no other field's."""
        likely = [
            t
            for t in tokens
            if t.role(role) > max(0.0, t.role(NOTHING))
            and t.as_name not in others
            and not (t.is_word and t.value in self.lexicon["concepts"])
        ]
        best = max(likely, key=lambda t: t.role(role), default=None)
        return {} if best is None else {best.as_name: None}

    async def complete(self, calls: Sequence[Call], brief: Brief) -> Reply:
        """Calls that an answer completed: names are settled and the next gap asked for."""
        done: list[Call] = []
        question: Question | None = None
        for call in calls:
            about = self.capabilities[call.capability]
            filled = Filled(values=dict(call.arguments))
            self._look_back(filled, about, [], done, brief)
            if question is None:
                question = await settle_names(filled, about, brief.names, done)
                if question is not None:
                    filled.values.pop(question.field, None)
                question = question or missing(filled, about)
            done.append(replace(call, arguments=filled.values))
        if question is not None:
            return Ask(question=question, draft=tuple(done))
        return Calls(calls=tuple(done))


def named_in(values: Mapping[str, Any]) -> set[str]:
    """All names among values, those of lists too."""
    each = (value if isinstance(value, list) else [value] for value in values.values())
    return {str(one) for values in each for one in values}


def destroyed(about: Mapping[str, Any]) -> tuple[str, str]:
    """``(field, kind)`` of what a capability that destroys takes away: a person where it has one, else the room."""
    kinds = {field["kind"]: name for name, field in about["fields"].items()}
    kind = "person" if "person" in kinds else "room"
    name = next((kinds[k] for k in (kind, *sorted(EGRESS_KINDS)) if k in kinds), "")
    return name, kind
