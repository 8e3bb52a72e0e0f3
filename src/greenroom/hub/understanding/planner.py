"""The offline planner: reads a request, and acts, asks one question, or refuses. Never acts on a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Names, Refuse, Reply
from greenroom.hub.understanding.answers import answer_pending, repeat_last
from greenroom.hub.understanding.earlier import fill_from_earlier, room_of
from greenroom.hub.understanding.fields import Filled, Filler, as_names
from greenroom.hub.understanding.live import find_live, settle_names
from greenroom.hub.understanding.manner import changes, dismisses, forbidden, foreign, only_says
from greenroom.hub.understanding.mend import mend
from greenroom.hub.understanding.mentions import Token, scan
from greenroom.hub.understanding.questions import missing
from greenroom.hub.understanding.score import concepts, features, score
from greenroom.hub.understanding.steps import cuts, sentences, split

SURE = {"read": 0.40, "write": 0.50, "destroy": 0.55}
"""Least probability to act, by effect."""
MARGIN = 0.12
CERTAIN = 0.85
"""From here on live names are not asked about a capability that needs none."""
MOST_STEPS = 20
SHAPES = ("m:jwt", "m:plan")
"""Features that say by themselves what a step is about."""
SECRET = re.compile(r"eyJ[\w.-]{5,}")
"""Whatever looks like a token or a part of one."""
LONGEST = 20_000
"""Characters that are read at all."""


@dataclass(slots=True)
class Read:
    """A step as it was understood."""

    tokens: list[Token]
    capability: str
    probability: float
    runner_up: str
    margin: float


class OfflinePlanner:
    """ports.ChatModel without an LLM: deterministic, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.model: Mapping[str, Any] = catalogue["planner"]
        self.lexicon: Mapping[str, Any] = self.model["lexicon"]
        self.meanings: set[str] = set()
        self.cues: set[str] = set()
        self.known = {*self.model["vocabulary"], *self.lexicon["numbers"], *self.lexicon["units"]}
        for about in self.capabilities.values():
            for field in about["fields"].values():
                meanings = [phrase for _, said in field["means"] for phrase in said]
                phrases = [*field["words"], *meanings]
                whole = [*meanings, *(phrase for phrase in field["words"] if " " in phrase)]
                self.meanings.update(" ".join(phrase.split()[:2]) for phrase in whole)
                self.cues.update(word for phrase in phrases for word in phrase.split())
        self.known.update(self.cues)
        self.known.update(self.lexicon["foreign"], self.lexicon["common"])
        for table in (
            "negations",
            "denials",
            "past",
            "conditions",
            "ellipsis",
            "pronouns_person",
            "everything",
            "ordinals",
            "yes",
        ):
            self.known.update(self.lexicon[table])

    async def reply(self, brief: Brief) -> Reply:
        """Plan. Reads live names only when a step speaks of something that must exist."""
        if len(brief.text) > LONGEST:
            msg = f"That is too long to be read as a request: {len(brief.text)} characters."
            return Refuse(code="not-understood", message=msg, hint="Say it in a few sentences.")
        return without_secrets(await self._reply(self._tokens(brief.text), brief))

    def _tokens(self, text: str) -> list[Token]:
        """Words and mentions, unknown words as names, slips mended."""
        tokens = as_names(scan(text, self.lexicon), self.known, self.lexicon)
        return mend(tokens, self.lexicon, self.cues)

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
        read, refused = await self._read(tokens, brief.names)
        if refused is not None or not read:
            return refused or self._not_understood(brief.text)
        if len(read) > MOST_STEPS:
            return Refuse(
                code="too-many-steps",
                message=f"That is {len(read)} steps; {MOST_STEPS} at a time is the most.",
            )
        return await self._plan(read, brief)

    async def _read(
        self, tokens: Sequence[Token], names: Names
    ) -> tuple[list[Read], Refuse | None]:
        """Steps, each with its capability; what is only said around them is passed over."""
        read: list[Read] = []
        for part in sentences(tokens):
            heard = foreign(part, self.lexicon)
            if heard is not None:
                msg = f"“{heard[0]}” is about something that I cannot do: {heard[1]}. Nothing was done."
                return [], Refuse(code="out-of-scope", message=msg, hint=self._nearest([]))
            found = [step for step in await self._steps(part, names) if step is not None]
            steps = [
                step
                for step in found
                if not only_says(step.tokens, self.capabilities[step.capability], self.lexicon)
            ]
            for step in steps:
                about = self.capabilities[step.capability]
                refused = forbidden(step.tokens, about, self.lexicon)
                if refused is not None:
                    return [], refused
            if not found and self._commands(part):
                return [], self._not_understood(
                    " ".join(token.text for token in part if token.kind != "jwt")
                )
            read += steps
        return read, None

    async def _steps(self, part: Sequence[Token], names: Names) -> list[Read | None]:
        """One part of the request as one or several steps: it is cut only where every piece makes sense."""
        places = cuts(part, self.lexicon, self.meanings)
        while places:
            pieces = [await self._understand(piece, names) for piece in split(part, places)]
            good = [
                self._opens(piece) if index else piece is not None
                for index, piece in enumerate(pieces)
            ]
            if all(good):
                return list(pieces)
            bad = good.index(False)
            places.pop(min(bad, len(places) - 1))
        return [await self._understand(part, names)]

    def _opens(self, read: Read | None) -> bool:
        """Whether a later step begins with a word that its capability is known by."""
        if read is None:
            return False
        found = [c for t in read.tokens if t.is_word for c in concepts(t.value, self.lexicon)]
        return any(self._known_by(read.capability, concept) for concept in found[:2])

    def _known_by(self, capability: str, concept: str) -> bool:
        """Whether few capabilities use this concept more."""
        weights = self.model["weights"].get(concept, {})
        return capability in weights and weights[capability] > max(weights.values()) - 1.5

    async def _understand(self, piece: Sequence[Token], names: Names) -> Read | None:
        """The capability that this step calls for, if one clearly does. Live names weigh in where they matter."""
        found = features(piece, self.lexicon)
        ranked = score(found, self.model)
        if not ranked:
            return None
        kinds = [
            {
                field["kind"]
                for field in self.capabilities[identifier]["fields"].values()
                if field["required"]
            }
            for _, identifier in ranked[:2]
        ]
        named = "m:name" in found
        of_existing = "room" in kinds[0] and named
        doubtful = ranked[0][0] < CERTAIN and any("room" in kind for kind in kinds)
        who_or_where = (
            named and kinds[0] >= {"room-to-be", "person-to-be"} and "o:room" not in found
        )
        if of_existing or doubtful or who_or_where:
            piece = await find_live(piece, names, people="person" in kinds[0])
            found = features(piece, self.lexicon)
            ranked = score(found, self.model)
        probability, best = ranked[0]
        second, runner_up = ranked[1] if len(ranked) > 1 else (0.0, "")
        about = self.capabilities[best]
        if probability < SURE[about["effect"]] or not self._evidence(piece, best, found):
            return None
        if about["effect"] == "destroy" and self._other_things(piece, best):
            return None
        return Read(list(piece), best, probability, runner_up, probability - second)

    def _evidence(self, piece: Sequence[Token], best: str, found: Sequence[str]) -> bool:
        """Something in the step belongs to this capability's own words, and not too much belongs to nobody's."""
        weights = self.model["weights"]
        heads = [f for f in found if f[:2] in {"a:", "o:"} and best in weights.get(f, {})]
        about = self.capabilities[best]
        named = any(
            token.kind in {"quoted", "email", "room", "person", "name", "jwt", "plan"}
            for token in piece
        )
        needs_name = any(field["required"] for field in about["fields"].values())
        words = [
            token for token in piece if token.is_word and token.value not in self.lexicon["stop"]
        ]
        own = [
            t.text
            for t in words
            if best in weights.get(f"w:{t.value}", {})
            or any(best in weights.get(c, {}) for c in concepts(t.value, self.lexicon))
        ]
        if any(shape in found and best in weights[shape] for shape in SHAPES if shape in weights):
            return True
        if about["effect"] == "read":
            if len(own) == len(words) and all(token.kind != "name" for token in piece):
                own += [f for f in found if f.startswith("2:") and best in weights.get(f, {})]
            return bool(own) or (named and needs_name and bool(heads))
        return any(f.startswith("a:") for f in heads) or (bool(heads) and named)

    def _other_things(self, piece: Sequence[Token], best: str) -> bool:
        """Whether the action is done to something else than this capability knows: "remove the limit from lobby"."""
        weights = self.model["weights"]
        fields = self.capabilities[best]["fields"].values()
        own = {word for field in fields for phrase in field["words"] for word in phrase.split()}
        things = (self.cues | self.lexicon["objects"].keys()) - own - {*self.lexicon["stop"]}
        begun = named = False
        for token in piece:
            word = token.value if token.is_word else ""
            begun = begun or word in self.lexicon["actions"]
            if named and word not in things:
                return False
            named = begun and not token.is_word
            known = [f"w:{word}", *concepts(word, self.lexicon)]
            if begun and word in things and not any(best in weights.get(f, {}) for f in known):
                return True
        return False

    def _commands(self, part: Sequence[Token]) -> bool:
        """Whether a part that was not understood asks for something, so that passing it over would be wrong."""
        for token in part:
            if token.is_word and token.value in self.lexicon["polite"]:
                continue
            return token.is_word and token.value in self.lexicon["actions"]
        return False

    async def _plan(self, read: Sequence[Read], brief: Brief) -> Reply:
        """Fill every step; the first thing that is missing becomes the question."""
        calls: list[Call] = []
        because: list[str] = []
        question: Question | None = None
        for step in read:
            about = self.capabilities[step.capability]
            if step.margin < MARGIN and changes(about):
                return self._which(step)
            filled = Filler(step.tokens, about, self.lexicon).fill()
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
                spoken = self._tokens(brief.text)
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

    def _not_understood(self, text: str) -> Refuse:
        tokens = self._tokens(text)
        ranked = [
            identifier for _, identifier in score(features(tokens, self.lexicon), self.model)[:3]
        ]
        return Refuse(
            code="not-understood",
            message="I do not understand that well enough to act on it. Nothing was done.",
            hint=self._nearest(ranked),
        )

    def _nearest(self, ranked: Sequence[str]) -> str:
        """The nearest things that can be done, as sentences to try."""
        ids = list(ranked) or ["coordinator.capabilities"]
        examples = [self.capabilities[i]["examples"][0][0] for i in ids if i in self.capabilities]
        tries = "; ".join(f"“{example}”" for example in examples if "eyJ" not in example)
        return f"I can do things like: {tries}." if tries else "Ask “what can you do?”"


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
