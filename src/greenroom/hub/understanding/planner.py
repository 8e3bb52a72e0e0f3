"""The offline planner: reads a request, and acts, asks one question, or refuses. Never acts on a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Refuse, Reply
from greenroom.hub.understanding.answers import answer_pending, repeat_last
from greenroom.hub.understanding.earlier import fill_from_earlier, room_of
from greenroom.hub.understanding.fields import Filled, Filler
from greenroom.hub.understanding.live import find_live, settle_names
from greenroom.hub.understanding.manner import changes, dismisses
from greenroom.hub.understanding.mentions import Token
from greenroom.hub.understanding.questions import missing
from greenroom.hub.understanding.reading import Read, Reader

MARGIN = 0.12
MOST_STEPS = 20
SECRET = re.compile(r"eyJ[\w.-]{5,}")
"""Whatever looks like a token or a part of one."""
LONGEST = 20_000
"""Characters that are read at all."""


class OfflinePlanner:
    """ports.ChatModel without an LLM: deterministic, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.lexicon: Mapping[str, Any] = catalogue["planner"]["lexicon"]
        self.reader = Reader(catalogue)

    async def reply(self, brief: Brief) -> Reply:
        """Plan. Reads live names only when a step speaks of something that must exist."""
        if len(brief.text) > LONGEST:
            msg = f"That is too long to be read as a request: {len(brief.text)} characters."
            return Refuse(code="not-understood", message=msg, hint="Say it in a few sentences.")
        return without_secrets(await self._reply(self.reader.tokens(brief.text), brief))

    async def _reply(self, tokens: Sequence[Token], brief: Brief) -> Reply:
        if brief.conversation.pending is not None:
            if dismisses(tokens, self.lexicon):
                msg = "All right, I leave it. Nothing was done."
                return Refuse(code="not-a-command", message=msg)
            answered = answer_pending(
                tokens, brief.conversation.pending, self.capabilities, self.lexicon
            )
            if answered is not None:
                return await self._complete(answered, brief)
        repeated = repeat_last(tokens, brief.conversation, self.capabilities, self.lexicon)
        if repeated is not None:
            return await self._complete([repeated], brief)
        read, refused = await self.reader.read(tokens, brief.names)
        if refused is not None or not read:
            return refused or self.reader.not_understood(brief.text)
        if len(read) > MOST_STEPS:
            return Refuse(
                code="too-many-steps",
                message=f"That is {len(read)} steps; {MOST_STEPS} at a time is the most.",
            )
        return await self._plan(read, brief)

    async def _plan(self, read: Sequence[Read], brief: Brief) -> Reply:
        """Fill every step; the first thing that is missing becomes the question."""
        calls: list[Call] = []
        because: list[str] = []
        question: Question | None = None
        for at, step in enumerate(read):
            about = self.capabilities[step.capability]
            if self._said_again(step, read[at + 1 :]):
                continue
            if (step.margin < MARGIN and changes(about)) or self._leaves_somebody(step, about):
                return self._which(step)
            filled = Filler(step.tokens, about, self.lexicon).fill()
            if filled.unexplained and about["effect"] == "write" and not self._speaks_of(step):
                return self.reader.not_understood(brief.text)
            self._look_back(filled, about, step.tokens, calls, brief)
            await self._from_elsewhere(filled, about, step, brief)
            if question is None:
                question = await self._question(filled, about, step, brief, calls)
            made = self._calls(step.capability, filled)
            if calls[-len(made) :] == made:
                continue
            calls += made
            because.append(why(step, filled))
        if question is not None:
            return Ask(question=question, draft=tuple(calls))
        return Calls(calls=tuple(calls), because=tuple(because))

    async def _question(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        step: Read,
        brief: Brief,
        calls: Sequence[Call],
    ) -> Question | None:
        """What must be asked before this step can run. The field that is asked about is left open."""
        question = await settle_names(filled, about, brief.names, calls)
        question = question or self._too_many(filled, about, step)
        vague = about["effect"] == "destroy" and any(
            token.is_word and token.value in self.lexicon["everything"] for token in step.tokens
        )
        if vague and question is None:
            live = {token.value for token in step.tokens if token.kind in {"room", "person"}}
            for name in [name for name, value in filled.values.items() if value not in live]:
                filled.values.pop(name)
                filled.fan_out.pop(name, None)
        if question is not None:
            filled.values.pop(question.field, None)
            filled.fan_out.pop(question.field, None)
        return question or missing(filled, about)

    def _speaks_of(self, step: Read) -> bool:
        """Whether a noun of the capability stands in the step, so that an odd word beside it matters little."""
        weights = self.reader.model["weights"]
        nouns = {self.lexicon["objects"].get(t.value) for t in step.tokens if t.is_word}
        return any(step.capability in weights.get(f"o:{noun}", {}) for noun in nouns - {None})

    def _said_again(self, step: Read, later: Sequence[Read]) -> bool:
        """Whether it only says what is wanted, and a later step orders it: "we need a room, please open one called x"."""
        words = [t.value for t in step.tokens if t.is_word and t.value in self.lexicon["actions"]]
        wish = all(word in self.lexicon["weak"] for word in words)
        return wish and any(other.capability == step.capability for other in later[:1])

    def _leaves_somebody(self, step: Read, about: Mapping[str, Any]) -> bool:
        """Whether a step that destroys names a person and its capability has no place for one."""
        kinds = {field["kind"] for field in about["fields"].values()}
        someone = any(token.kind in {"person", "email"} for token in step.tokens)
        return about["effect"] == "destroy" and someone and "person" not in kinds

    def _too_many(self, filled: Filled, about: Mapping[str, Any], step: Read) -> Question | None:
        """Which of several rooms, where a step that destroys leaves one of those it names unused."""
        if about["effect"] != "destroy":
            return None
        for name, field in about["fields"].items():
            named = dict.fromkeys(t.value for t in step.tokens if t.kind == field["kind"])
            taken = [*filled.fan_out.get(name, []), filled.values.get(name)]
            if named and not set(named) <= set(taken):
                text = f"Which {field['kind']} do you mean?"
                return Question(field=name, question=text, choices=tuple(named))
        return None

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
        self, filled: Filled, about: Mapping[str, Any], step: Read, brief: Brief
    ) -> None:
        """The one room or person there that the rest of the request speaks of: "we are done with lobby. Delete it."."""
        words = {token.value for token in step.tokens if token.is_word}
        for name, field in about["fields"].items():
            if field["kind"] not in {"room", "person"} or name in filled.values:
                continue
            if words & set(self.lexicon[f"pronouns_{field['kind']}"]):
                spoken = self.reader.tokens(brief.text)
                live = await find_live(spoken, brief.names, people=field["kind"] == "person")
                named = {token.value for token in live if token.kind == field["kind"]}
                if len(named) == 1:
                    filled.put(name, named.pop(), "elsewhere in the request")

    def _calls(self, capability: str, filled: Filled) -> list[Call]:
        """One call, or one for each of several names of a field that takes one."""
        if not filled.fan_out:
            return [Call(capability=capability, arguments=filled.values)]
        name, values = next(iter(filled.fan_out.items()))
        return [
            Call(capability=capability, arguments={**filled.values, name: value})
            for value in values
        ]

    async def _complete(self, calls: Sequence[Call], brief: Brief) -> Reply:
        """Calls that an answer or an ellipsis completed: names are settled and the next gap asked for."""
        done: list[Call] = []
        question: Question | None = None
        for call in calls:
            about = self.capabilities[call.capability]
            filled = Filled(values=dict(call.arguments))
            self._look_back(filled, about, [], done, brief)
            if question is None:
                question = await settle_names(filled, about, brief.names, done)
                if question is not None:
                    filled.values.pop(question.field)
                question = question or missing(filled, about)
            done.append(replace(call, arguments=filled.values))
        if question is not None:
            return Ask(question=question, draft=tuple(done))
        return Calls(
            calls=tuple(done),
            because=tuple(f"{call.capability}: from the conversation" for call in done),
        )

    def _which(self, step: Read) -> Ask:
        """Two capabilities fit alike: both are drafted, and the answer takes one."""
        both = (step.capability, step.runner_up)
        choices = tuple(self.capabilities[identifier]["summary"] for identifier in both)
        draft = tuple(
            Call(
                capability=identifier,
                arguments=Filler(step.tokens, self.capabilities[identifier], self.lexicon)
                .fill()
                .values,
            )
            for identifier in both
        )
        text = "Which of these do you mean?"
        question = Question(field="confirmation_of_which", question=text, choices=choices)
        return Ask(question=question, draft=draft)


def why(step: Read, filled: Filled) -> str:
    """One line for ``--explain``."""
    sources = ", ".join(f"{name} from {source}" for name, source in filled.sources.items())
    ignored = f"; not used: {', '.join(filled.unexplained)}" if filled.unexplained else ""
    return f"{step.capability} ({step.probability:.2f}, next {step.runner_up}): {sources or 'no arguments'}{ignored}"


def without_secrets(reply: Reply) -> Reply:
    """The reply with tokens taken out of everything that people read."""
    if isinstance(reply, Calls):
        return replace(reply, because=tuple(SECRET.sub("***", line) for line in reply.because))
    if isinstance(reply, Refuse):
        message, hint = SECRET.sub("***", reply.message), SECRET.sub("***", reply.hint)
        return replace(reply, message=message, hint=hint)
    if isinstance(reply, Ask):
        text = SECRET.sub("***", reply.question.question)
        choices = tuple(SECRET.sub("***", choice) for choice in reply.question.choices)
        return replace(reply, question=replace(reply.question, question=text, choices=choices))
    return reply
