"""The planner without a language model: words → mentions → steps → fields → act, ask, answer or refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Refuse, Reply
from greenroom.understanding import refusals
from greenroom.understanding.answers import answer_pending
from greenroom.understanding.earlier import carry_over, fill_from_earlier, room_of
from greenroom.understanding.fields import Filled
from greenroom.understanding.knowledge import lexicon_of
from greenroom.understanding.live import find_live, settle_names
from greenroom.understanding.manner import Manner, changes, dismisses, manner_of
from greenroom.understanding.mentions import Token, scan
from greenroom.understanding.naming import NAMED
from greenroom.understanding.questions import missing
from greenroom.understanding.search import Read, Reading, Search
from greenroom.understanding.words import cue_words, known_words, recognised

ENOUGH = {"read": 0.0, "write": 0.15, "destroy": 0.3}
"""Least value of a step that is acted on, by effect."""
CLOSE = 0.12
"""Two capabilities nearer than this are asked about, where one of them changes something."""
CLEAR = 0.9
"""Value from which a step that needs no live name is taken without looking at the server."""
MOST_STEPS = 20
SECRET = re.compile(r"eyJ[\w.-]{5,}")
"""Whatever looks like a token or a part of one."""
LONGEST = 20_000
"""Characters that are read at all."""


class OfflinePlanner:
    """ports.ChatModel without an LLM: deterministic, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.lexicon = lexicon_of(catalogue)
        self.known = known_words(catalogue)
        self.cues = cue_words(catalogue)
        self.search = Search(catalogue, self.lexicon)

    async def reply(self, brief: Brief) -> Reply:
        """Plan. Reads live names only when a step speaks of something that must exist."""
        if len(brief.text) > LONGEST:
            msg = f"That is too long to be read as a request: {len(brief.text)} characters."
            return Refuse(code="not-understood", message=msg, hint="Say it in a few sentences.")
        return without_secrets(await self._reply(self.tokens(brief.text), brief))

    def tokens(self, text: str) -> list[Token]:
        """Words and mentions, unknown words as names, slips mended."""
        return recognised(scan(text, self.lexicon), self.lexicon, self.known, self.cues)

    async def _reply(self, tokens: Sequence[Token], brief: Brief) -> Reply:
        talk = brief.conversation
        if talk.pending is not None:
            if dismisses(tokens, self.lexicon):
                return Refuse(code="not-a-command", message="All right: nothing was done.")
            live = await find_live(tokens, brief.names)
            answered = answer_pending(live, talk.pending, self.capabilities, self.lexicon)
            if answered is not None:
                return await self._complete(answered, brief)
        before = talk.calls[-1].capability if talk.calls else ""
        reading = self.search.best(tokens, before)
        if not self._clear(reading):
            reading = self.search.best(await self._live(tokens, reading, brief), before)
        refused = self._refused(reading, tokens)
        if refused is not None:
            return refused
        return await self._plan(reading.steps, brief)

    def _clear(self, reading: Reading) -> bool:
        """Whether no live name could change how this is read."""
        if not reading.steps:
            return False
        for step in reading.steps:
            fields = self.capabilities[step.capability]["fields"].values()
            exists = any(field["kind"] in {"room", "person"} for field in fields)
            ready = all(name in step.filled.values for name in self._required(step.capability))
            if exists or step.unexplained or step.inherited or step.value < CLEAR or not ready:
                return False
        names = sum(t.kind in NAMED for part in reading.parts for t in part.tokens)
        return names <= len(reading.steps) + 1

    def _required(self, capability: str) -> list[str]:
        fields = self.capabilities[capability]["fields"].items()
        return [name for name, field in fields if field["required"]]

    async def _live(self, tokens: Sequence[Token], reading: Reading, brief: Brief) -> list[Token]:
        """The tokens with names of existing rooms marked, and of people where somebody may be meant."""
        kinds = {
            field["kind"]
            for step in reading.steps
            for field in self.capabilities[step.capability]["fields"].values()
        }
        destroys = any(
            self.capabilities[s.capability]["effect"] == "destroy" for s in reading.steps
        )
        people = "person" in kinds or destroys or not reading.steps
        return await find_live(tokens, brief.names, people=people)

    def _refused(self, reading: Reading, tokens: Sequence[Token]) -> Refuse | None:
        """Why nothing may be done of this, as it is said."""
        steps = reading.steps
        if not steps:
            return refusals.nothing_to_do(tokens, self.search, self.lexicon)
        for step in steps:
            about = self.capabilities[step.capability]
            manner = manner_of(step.tokens, step.filled.used, about, self.lexicon)
            if manner is not Manner.ORDER:
                return refusals.because_of(manner)
            if step.value < ENOUGH[about["effect"]]:
                return refusals.not_understood(tokens, self.search)
        writes = [s for s in steps if changes(self.capabilities[s.capability])]
        destroys = any(self.capabilities[s.capability]["effect"] == "destroy" for s in steps)
        if len(steps) > MOST_STEPS:
            msg = f"That is {len(steps)} steps; {MOST_STEPS} at a time is the most."
            return Refuse(code="too-many-steps", message=msg)
        return refusals.by_talk(
            reading, self.lexicon, self.search, tokens, writes=bool(writes), destroys=destroys
        )

    async def _plan(self, steps: Sequence[Read], brief: Brief) -> Reply:
        """Every step as calls; the first thing that is missing becomes the question."""
        calls: list[Call] = []
        because: list[str] = []
        question: Question | None = None
        for step in steps:
            about = self.capabilities[step.capability]
            filled = step.filled
            if step.inherited and not calls:
                carry_over(filled, about, step.tokens, brief.conversation, self.lexicon)
            self._look_back(filled, about, step.tokens, calls, brief)
            await self._from_elsewhere(filled, about, step, brief)
            if question is None:
                question = await self._question(filled, about, step, brief, calls)
            made = made_of(step.capability, filled)
            if calls[-len(made) :] == made:
                continue
            calls += made
            because.append(why(step))
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
            token.is_word and token.value in self.lexicon["everything_set"] for token in step.tokens
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

    def _too_many(self, filled: Filled, about: Mapping[str, Any], step: Read) -> Question | None:
        """Which of several rooms, where a step that destroys leaves one of those it names unused."""
        if about["effect"] != "destroy":
            return None
        kinds = {field["kind"] for field in about["fields"].values()}
        if "person" not in kinds and any(t.kind in {"person", "email"} for t in step.tokens):
            return Question(
                field="confirmation_of_which", question="Do you mean the room, or somebody in it?"
            )
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
            if words & self.lexicon[f"pronouns_{field['kind']}_set"]:
                spoken = self.tokens(brief.text)
                live = await find_live(spoken, brief.names, people=field["kind"] == "person")
                named = {token.value for token in live if token.kind == field["kind"]}
                if len(named) == 1:
                    filled.put(name, named.pop(), "elsewhere in the request")

    async def _complete(self, calls: Sequence[Call], brief: Brief) -> Reply:
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
        return Calls(
            calls=tuple(done),
            because=tuple(f"{call.capability}: from the conversation" for call in done),
        )


def made_of(capability: str, filled: Filled) -> list[Call]:
    """One call, or one for each of several names of a field that takes one."""
    if not filled.fan_out:
        return [Call(capability=capability, arguments=filled.values)]
    name, values = next(iter(filled.fan_out.items()))
    return [
        Call(capability=capability, arguments={**filled.values, name: value}) for value in values
    ]


def why(step: Read) -> str:
    """One line for ``--explain``."""
    sources = ", ".join(f"{name} from {source}" for name, source in step.filled.sources.items())
    ignored = ", ".join(token.text for token in step.unexplained)
    unused = f"; not used: {ignored}" if ignored else ""
    return f"{step.capability} ({step.value:.2f}, next {step.runner_up or 'nothing'}): {sources or 'no arguments'}{unused}"


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
