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
from greenroom.understanding.answers import answer_pending, corrected
from greenroom.understanding.earlier import carry_over, fill_from_earlier, room_of
from greenroom.understanding.fields import PERSON_KINDS, ROOM_KINDS, Filled
from greenroom.understanding.knowledge import lexicon_of
from greenroom.understanding.live import find_live, settle_names
from greenroom.understanding.manner import Manner, changes, dismisses
from greenroom.understanding.mentions import Token, scan
from greenroom.understanding.naming import NAMED
from greenroom.understanding.questions import missing
from greenroom.understanding.reading import Read, Reading
from greenroom.understanding.search import Search
from greenroom.understanding.shares import calls_of
from greenroom.understanding.slips import Slips
from greenroom.understanding.unkept import unkept
from greenroom.understanding.words import cue_words, known_words, recognised

ENOUGH = {"read": 0.0, "write": 0.7, "destroy": 0.9}
"""Least value of a step that is acted on, by effect."""
TO_ASK = {"read": 0.3, "write": 0.6, "destroy": 0.42}
"""Least value of a step that lacks something, so that it can only be asked about."""
GOING_ON = 0.3
"""Least value of a step that goes on with the one before: "and bob too"."""
CLEAR = 0.9
"""Value from which a step that needs no live name is taken without looking at the server."""
MOST_STEPS = 20
WHICH = "confirmation_of_which"
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
        self.slips = Slips(self.lexicon, self.cues)
        self.search = Search(catalogue, self.lexicon)

    async def reply(self, brief: Brief) -> Reply:
        """Plan. Reads live names only when a step speaks of something that must exist."""
        if len(brief.text) > LONGEST:
            msg = f"That is too long to be read as a request: {len(brief.text)} characters."
            return Refuse(code="not-understood", message=msg, hint="Say it in a few sentences.")
        return without_secrets(await self._reply(self.tokens(brief.text), brief))

    def tokens(self, text: str) -> list[Token]:
        """Words and mentions, unknown words as names, slips mended."""
        named = recognised(scan(text, self.lexicon), self.lexicon, self.known, self.cues)
        return self.slips.mended(named)

    async def _reply(self, tokens: Sequence[Token], brief: Brief) -> Reply:
        talk = brief.conversation
        if talk.pending is not None and dismisses(tokens, self.lexicon):
            return Refuse(code="not-a-command", message="All right: nothing was done.")
        if talk.pending is not None or talk.calls:
            done = await self._going_on(tokens, brief)
            if done is not None:
                return done
        before = talk.calls[-1].capability if talk.calls else ""
        reading = self.search.best(tokens, before) if self._needs_no_server(tokens) else Reading()
        if not self._clear(reading):
            tokens = await find_live(tokens, brief.names, self.lexicon, people=True)
            reading = self.search.best(tokens, before)
        refused = self._refused(reading, tokens)
        if refused is not None:
            return refused
        return await self._plan(reading.steps, brief, tokens)

    async def _going_on(self, tokens: Sequence[Token], brief: Brief) -> Reply | None:
        """The answer to a pending question, or a correction of the last call; None where this is something new."""
        talk = brief.conversation
        if talk.pending is None and not any(
            t.is_word and t.value in self.lexicon["corrections_set"] for t in tokens
        ):
            return None
        live = await find_live(tokens, brief.names, self.lexicon, people=True)
        reading = self.search.best(live)
        if talk.pending is not None:
            answered = answer_pending(live, talk.pending, reading, self.search)
        else:
            answered = corrected(live, talk, reading, self.search)
        return None if answered is None else await self._complete(answered, brief)

    def _clear(self, reading: Reading) -> bool:
        """Whether no live name could change how this is read."""
        if not reading.steps:
            return False
        for step in reading.steps:
            fields = self.capabilities[step.capability]["fields"].values()
            exists = any(field["kind"] in {"room", "person"} for field in fields)
            ready = all(name in step.filled.values for name in self._required(step.capability))
            names = sum(field["kind"] in ROOM_KINDS | PERSON_KINDS for field in fields)
            if (
                exists
                or names > 1
                or step.unexplained
                or step.inherited
                or step.value < CLEAR
                or not ready
            ):
                return False
        names = sum(t.kind in NAMED for part in reading.parts for t in part.tokens)
        return names <= len(reading.steps) + 1

    def _required(self, capability: str) -> list[str]:
        fields = self.capabilities[capability]["fields"].items()
        return [name for name, field in fields if field["required"]]

    def _needs_no_server(self, tokens: Sequence[Token]) -> bool:
        """Whether what this is likely to be takes nothing that exists: then the server need not be asked what does."""
        likely = self.search.likeliest(tokens)
        if not likely:
            return False
        kinds = [field["kind"] for field in self.capabilities[likely]["fields"].values()]
        return sum(kind in ROOM_KINDS | PERSON_KINDS for kind in kinds) <= 1 and "room" not in kinds

    def _refused(self, reading: Reading, tokens: Sequence[Token]) -> Refuse | None:
        """Why nothing may be done of this, as it is said."""
        steps = self._ordered(reading)
        if not steps:
            return refusals.nothing_to_do(tokens, self.search, self.lexicon)
        if len(steps) > MOST_STEPS:
            msg = f"That is {len(steps)} steps; {MOST_STEPS} at a time is the most."
            return Refuse(code="too-many-steps", message=msg)
        for step in steps:
            about = self.capabilities[step.capability]
            manner = self._manner(step, about, tokens)
            if manner is not Manner.ORDER:
                return refusals.because_of(manner)
            if step.sure < self._enough(step, about["effect"]):
                return refusals.not_understood(tokens, self.search)
        return refusals.by_talk(reading, self.search, self.lexicon)

    def _enough(self, step: Read, effect: str) -> float:
        """From which value a step is acted on or asked about. What goes on with the step before needs no words of its own."""
        if step.inherited:
            return GOING_ON
        ready = all(name in step.filled.values for name in self._required(step.capability))
        return (ENOUGH if ready else TO_ASK)[effect]

    def _ordered(self, reading: Reading) -> list[Read]:
        """The steps, without those that are only spoken of beside others that are ordered."""
        steps = reading.steps
        told = [s for s in steps if s.manner is not Manner.ORDER]
        if not told or len(told) == len(steps):
            return steps
        kept = [s for s in steps if s.manner is Manner.ORDER]
        forbidden = {
            str(v) for s in told if s.manner is Manner.FORBIDS for v in s.filled.values.values()
        }
        for step in kept:
            destroys = self.capabilities[step.capability]["effect"] == "destroy"
            if destroys and forbidden & {str(v) for v in step.filled.values.values()}:
                return told
        reading.parts = tuple(part for part in reading.parts if part not in told)
        return kept

    def _manner(self, step: Read, about: Mapping[str, Any], tokens: Sequence[Token]) -> Manner:
        """How a step is said, and what of its sentence cannot be kept. Reading is always in order."""
        if not changes(about):
            return Manner.ORDER
        if step.manner is not Manner.ORDER:
            return step.manner
        if step.forbidden:
            return Manner.FORBIDS
        return unkept(
            tokens,
            step.head,
            sentence_of(tokens, step.head),
            step.used,
            destroys=about["effect"] == "destroy",
            lexicon=self.lexicon,
        )

    async def _plan(self, steps: Sequence[Read], brief: Brief, tokens: Sequence[Token]) -> Reply:
        """Every step as calls; the first thing that is missing becomes the question."""
        calls: list[Call] = []
        because: list[str] = []
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
            if question is None:
                question = await self._question(filled, about, step, brief, calls)
            made = calls_of(step, self.search)
            if question is not None and question.choices and question.field == WHICH:
                room = next(n for n, f in about["fields"].items() if f["kind"] == "room")
                made = [
                    Call(capability=step.capability, arguments={**filled.values, room: choice})
                    for choice in question.choices
                ]
                return Ask(question=question, draft=tuple(made))
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
        question = await self._which_described(filled, about, step, brief)
        question = question or await settle_names(filled, about, brief.names, calls)
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

    async def _which_described(
        self, filled: Filled, about: Mapping[str, Any], step: Read, brief: Brief
    ) -> Question | None:
        """Which of several existing rooms a description means; the only one is taken where nothing is destroyed."""
        name = next((n for n, f in about["fields"].items() if f["kind"] == "room"), "")
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
            named = dict.fromkeys(
                t.value
                for t, after in zip(step.tokens, [*step.tokens[1:], None], strict=True)
                if t.kind == field["kind"] and not self._stays(after)
            )
            taken = [*filled.fan_out.get(name, []), filled.values.get(name)]
            if named and not set(named) <= set(taken):
                text = f"Which {field['kind']} do you mean?"
                return Question(field=name, question=text, choices=tuple(named))
        return None

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
                field["kind"] in {"room", "person"}
                or (field["kind"] == "room-to-be" and len(kinds & (ROOM_KINDS | PERSON_KINDS)) > 1)
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
            elif words & self.lexicon["plural_set"] and 1 < len(named) < MOST_STEPS:
                filled.put(name, named if many else named[0], "elsewhere in the request")
                if not many:
                    filled.fan_out[name] = named

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


def sentence_of(tokens: Sequence[Token], head: range) -> range:
    """Places of the whole sentence around a clause."""
    start, end = head.start, head.stop
    while start and tokens[start - 1].kind != "stop":
        start -= 1
    while end < len(tokens) and tokens[end].kind != "stop":
        end += 1
    return range(start, end)


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
