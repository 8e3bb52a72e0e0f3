"""The planner without a language model: words → mentions → steps → fields → act, ask, answer or refuse."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Refuse, Reply
from greenroom.understanding import refusals
from greenroom.understanding import weights as w
from greenroom.understanding.answers import answer_pending, corrected, corrects
from greenroom.understanding.clauses import sentence_of
from greenroom.understanding.earlier import MADE
from greenroom.understanding.ellipsis import with_verbs
from greenroom.understanding.explaining import explained
from greenroom.understanding.fields import EXISTING, NAME_KINDS
from greenroom.understanding.gaps import Gaps
from greenroom.understanding.learned import KEEP
from greenroom.understanding.live import find_live, find_rooms, marked_kept
from greenroom.understanding.manner import Manner, changes, destroys, dismisses
from greenroom.understanding.mentions import Token
from greenroom.understanding.naming import NAMED
from greenroom.understanding.odds import Odds
from greenroom.understanding.pronouns import MADE_OF_ROOMS, resolved
from greenroom.understanding.questions import WHICH
from greenroom.understanding.reader import Reader
from greenroom.understanding.reading import Read, Reading, Talk
from greenroom.understanding.search import Search
from greenroom.understanding.unkept import LEFT, conditions, stays, unkept

ENOUGH = {"read": 0.0, "write": 0.7, "destroy": 0.6}
"""Least value of a step that is acted on, by effect."""
TO_ASK = {"read": 0.3, "write": 0.6, "destroy": 0.42}
"""Least value of a step that lacks something, so that it can only be asked about."""
KEPT = "SettingsChange"
"""The result of what is kept in the settings."""
UNLIKELY = {"read": -1.5, "write": -0.5, "destroy": -1.0}
"""Least margin, by effect, of a step that is done at all."""
UNSAID = -2.5
"""Least log odds of a step that changes something without a word that orders it."""
SURE = 2.5
"""Margin from which a step that lacks nothing is done, however little of the request it explains."""
LIKELY_TO_ASK = 1.5
"""Margin from which a step that lacks something is asked about, whatever its value: a question harms nobody."""
LEAD_TO_ASK = 1.0
"""Lead from which the same is asked about."""
LEAST = -1.5
"""Least value of such a step, all the same."""
SURE_LEAD = 2.0
"""Lead from which what destroys is done whatever is said beside it."""
SURE_OF_STORY = 3.5
"""Margin from which times and conditions in other clauses are the story around an order."""
SURE_TO_DESTROY = 1.3
"""Least value of a step that destroys without being asked about first."""
LIKELY_TO_DESTROY = 2.5
"""Least margin of the same."""
LIKELY_ORDERED = 1.0
"""The same where its clause begins with the order."""
LIKELY_GOING_ON = 0.5
"""The same in a conversation: "ok delete it" says little by itself."""
GOING_ON = 0.3
"""Least value of a step that goes on with the one before: "and bob too"."""
CLEAR = 0.9
"""Value from which a step that needs no live name is taken without looking at the server."""
LIKELY = -2.0
"""Log odds from which a capability may be wanted: what it needs to know is looked up."""
SURELY_BESIDE = 2.0
"""Log odds from which a capability that no step has is wanted all the same."""
RIVAL = 1.5
"""Log odds by which what else is surely wanted is only another reading of the same words."""
UNSURE = {"if", "unless", "until", "till", "provided"}
"""Words of a clause that an order right behind waits for; "when exports are ready, notify …" is a setting."""
MOST_STEPS = 20
SECRET = re.compile(r"eyJ[\w.-]{5,}")
"""Whatever looks like a token or a part of one."""
LONGEST = 20_000
"""Characters that are read at all."""


class OfflinePlanner:
    """ports.ChatModel without an LLM: deterministic, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.reader = Reader(catalogue)
        self.lexicon = self.reader.lexicon
        self.search = Search(catalogue, self.lexicon)
        self.gaps = Gaps(self.search)

    async def reply(self, brief: Brief) -> Reply:
        """Plan. Reads live names only when a step speaks of something that must exist."""
        if len(brief.text) > LONGEST:
            msg = f"That is too long to be read as a request: {len(brief.text)} characters."
            return Refuse(code="not-understood", message=msg, hint="Say it in a few sentences.")
        tokens = marked_kept(self.reader.tokens(brief.text), brief.names.kept(), self.lexicon)
        tokens = with_verbs(resolved(tokens, brief.conversation, self.lexicon), self.lexicon)
        reply, reading, seen = await self._reply(tokens, brief)
        if brief.explain:
            reply = replace(reply, explanation=explained(reply, reading, seen))
        return without_secrets(reply)

    async def _reply(
        self, tokens: Sequence[Token], brief: Brief
    ) -> tuple[Reply, Reading, Sequence[Token]]:
        """The reply, and what it was made from."""
        talk = brief.conversation
        if talk.pending is not None and dismisses(tokens, self.lexicon):
            refused = Refuse(code="not-a-command", message="All right: nothing was done.")
            return refused, Reading(), tokens
        if talk.pending is not None or talk.calls:
            done = await self._going_on(tokens, brief)
            if done is not None:
                return done, Reading(), tokens
        before = talk.calls[-1].capability if talk.calls else ""
        wanted = self.search.learned.wanted(tokens, before)
        likely = self._likely(wanted)
        known = all(self._takes_nothing_live(name) for name in likely)
        reading = self.search.best(tokens, before, brief.mode, wanted) if known else Reading()
        if not self._clear(reading):
            people = any("person" in self.search.kinds[name] for name in likely)
            find = partial(find_live, people=True) if people else find_rooms
            live = await find(tokens, brief.names, self.lexicon)
            if live != tokens:
                tokens, reading = live, self.search.best(live, before, brief.mode)
            elif not known:
                reading = self.search.best(tokens, before, brief.mode, wanted)
        return await self._decided(reading, brief, tokens), reading, tokens

    async def _decided(self, reading: Reading, brief: Brief, tokens: Sequence[Token]) -> Reply:
        refused = self._refused(reading, tokens)
        if refused is not None:
            return refused
        try:
            planned = await self.gaps.plan(reading, brief)
        except PreconditionFailed as error:
            return Refuse(code=error.code, message=error.message, hint=error.hint)
        return self._made_sure(planned, reading, going_on=bool(brief.conversation.calls))

    def _made_sure(self, reply: Reply, reading: Reading, *, going_on: bool) -> Reply:
        """Calls that destroy and are not sure enough become a question: is this what was meant?"""
        if not isinstance(reply, Calls):
            return reply
        for step in reading.steps:
            effect = self.capabilities[step.capability]["effect"]
            sure = step.sure > SURE_TO_DESTROY and (going_on or step.odds > UNSAID)
            ordered = step.ordered and step.odds > UNSAID
            least = LIKELY_ORDERED if ordered else LIKELY_TO_DESTROY
            unsure = not sure or step.margin < (LIKELY_GOING_ON if going_on else least)
            # What ends a recording, or is kept no longer, waits for a yes that shows it: once is enough.
            same = sum(call.capability == step.capability for call in reply.calls)
            kept = self.capabilities[step.capability]["result"] == KEPT
            once = same == 1 and (kept or "egress" in self.search.kinds[step.capability])
            unsure = unsure or self.gaps.doubts.is_of_another_thing(step, reading.tokens)
            unsure = unsure or (len(reading.steps) > 1 and not self._own_words(step, reading))
            if effect == "destroy" and not (step.inherited or once) and unsure:
                said = " and ".join(as_said(call) for call in reply.calls)
                question = Question(field=WHICH, question=f"Do you mean {said}?", choices=(said,))
                return Ask(question=question, draft=reply.calls if len(reply.calls) == 1 else ())
        return reply

    def _own_words(self, step: Read, reading: Reading) -> bool:
        """Whether one of several steps is surely wanted, or its clause names its thing: "regatta stream: end it" deletes no room."""
        clause = [reading.tokens[at] for at in step.head]
        words = (t.value for t in clause if t.is_word and t.value not in self.lexicon["stop_set"])
        things = any(self.search.thing(word, step.capability) for word in words)
        named = any(t.kind in {"room", "person", "egress"} for t in clause)
        people = "person" in self.search.kinds[step.capability]
        named = named or (
            people and any(t.value in self.lexicon["pronouns_person_set"] for t in clause)
        )
        return things or named or step.odds > SURELY_BESIDE

    async def _going_on(self, tokens: Sequence[Token], brief: Brief) -> Reply | None:
        """The answer to a pending question, or a correction of the last call; None where this is something new."""
        talk = brief.conversation
        if talk.pending is None and not corrects(tokens, self.lexicon):
            return None
        live = await find_live(tokens, brief.names, self.lexicon, people=True)
        reading = self.search.best(live, mode=brief.mode)
        if talk.pending is not None:
            answered = answer_pending(live, talk.pending, reading, self.search)
        else:
            answered = corrected(live, talk, reading, self.search)
        return None if answered is None else await self.gaps.complete(answered, brief)

    def _clear(self, reading: Reading) -> bool:
        """Whether no live name could change how this is read."""
        if not reading.steps:
            return False
        for step in reading.steps:
            about = self.capabilities[step.capability]
            fields = about["fields"].values()
            exists = any(field["kind"] in EXISTING for field in fields)
            names = sum(field["kind"] in NAME_KINDS for field in fields)
            if (
                exists
                or names > 1
                or step.unexplained
                or step.inherited
                or step.value < CLEAR
                or not step.filled.has_required(about)
            ):
                return False
        names = sum(t.kind in NAMED for part in reading.parts for t in part.tokens)
        return names <= len(reading.steps) + 1

    def _likely(self, wanted: Mapping[str, float]) -> list[str]:
        """All that this is likely to be: what they take is looked up, and nothing else."""
        known = [name for name in wanted if name in self.capabilities]
        likely = [name for name in known if wanted[name] > LIKELY]
        return likely or [Odds(wanted).likeliest(self.capabilities)]

    def _takes_nothing_live(self, name: str) -> bool:
        """Whether it takes no names at all, or makes a room: a token is for a room that mostly exists."""
        about = self.capabilities[name]
        makes = about["result"] in MADE
        return makes or NAME_KINDS.isdisjoint(self.search.kinds[name])

    def _refused(self, reading: Reading, tokens: Sequence[Token]) -> Refuse | None:
        """Why nothing may be done of this, as it is said."""
        steps = self._ordered(reading)
        if not steps:
            return refusals.nothing_to_do(tokens, self.search, self.lexicon)
        if len(steps) > MOST_STEPS:
            msg = f"That is {len(steps)} steps; {MOST_STEPS} at a time is the most."
            return Refuse(code="too-many-steps", message=msg)
        for step in steps:
            others = {at for other in steps if other is not step for at in other.places}
            refused = self._step_refused(step, tokens, others)
            if refused is not None:
                return refused
        if self._leaves_out(steps, reading):
            return refusals.by_halves(steps)
        destroys = any(self.capabilities[s.capability]["effect"] == "destroy" for s in steps)
        surely = all(
            step.lead > SURE_LEAD or (step.margin > SURE and not destroys) for step in steps
        )
        return refusals.by_talk(reading, self.search, self.lexicon, surely=surely)

    def _leaves_out(self, steps: Sequence[Read], reading: Reading) -> bool:
        """Whether something else is surely wanted than what was understood: then none of it is done."""
        if not any(changes(self.capabilities[step.capability]) for step in steps):
            return False
        found = reading.given.union(step.capability for step in steps)
        talks = [part for part in reading.parts if isinstance(part, Talk)]
        # Where every clause has its step, what is less likely is another name for the same wish.
        covered = max(step.odds for step in steps) - RIVAL
        return any(
            odds > SURELY_BESIDE
            and name not in found
            and name in self.capabilities
            and changes(self.capabilities[name])
            and (talks or odds > covered)
            and not any(self._stays_on(talk, name) for talk in talks)
            for name, odds in reading.wanted.items()
        )

    def _stays_on(self, talk: Talk, name: str) -> bool:
        """Whether a clause says that the thing of a capability goes on: "recording keeps going"."""
        words = [t.value for t in talk.tokens if t.is_word]
        goes_on = any(stays(token, self.lexicon) for token in talk.tokens)
        goes_on = goes_on or not LEFT.isdisjoint(words)
        return goes_on and any(self.search.is_object(word, name) for word in words)

    def _step_refused(
        self, step: Read, tokens: Sequence[Token], others: Collection[int]
    ) -> Refuse | None:
        """Why a step may not be done: as it is said, or because it is too unlikely. ``others``: places of other steps."""
        about = self.capabilities[step.capability]
        manner = self._manner(step, about, tokens, others)
        if manner is not Manner.ORDER:
            return refusals.because_of(manner)
        said = step.ordered or step.inherited or about["effect"] != "write"
        leads = step.lead > w.LEAD and about["effect"] != "destroy"
        unlikely = not (step.inherited or leads) and step.margin < UNLIKELY[about["effect"]]
        unsaid = not (said or leads) and step.odds < UNSAID
        if unlikely or unsaid or step.sure < self._enough(step, about):
            return refusals.not_understood(tokens, self.search)
        return refusals.outside(step, tokens, self.search)

    def _enough(self, step: Read, about: Mapping[str, Any]) -> float:
        """From which value a step is acted on or asked about. What goes on with the step before needs no words of its own."""
        if step.inherited:
            return GOING_ON
        lacks = not step.filled.has_required(about)
        sure = step.margin > SURE or step.lead > w.LEAD
        if sure and about["effect"] != "destroy":
            return LEAST
        if lacks and (step.lead > LEAD_TO_ASK or (step.margin > LIKELY_TO_ASK and step.odds > 0)):
            return LEAST
        return (ENOUGH if step.filled.has_required(about) else TO_ASK)[about["effect"]]

    def _ordered(self, reading: Reading) -> list[Read]:
        """The steps, without those that are only spoken of beside others that are ordered."""
        steps = reading.steps
        told = [s for s in steps if s.manner is not Manner.ORDER]
        if any(changes(self.capabilities[s.capability]) for s in steps):
            # Beside an order, what only reads and nobody asks is the story behind it.
            told += [s for s in steps if self._only_told(s) or self._goes_on(s)]
        if not told or len(told) == len(steps):
            return steps
        kept = [s for s in steps if s not in told]
        forbidden = {
            str(v) for s in told if s.manner is Manner.FORBIDS for v in s.filled.values.values()
        }
        for step in kept:
            destroys = self.capabilities[step.capability]["effect"] == "destroy"
            if destroys and forbidden & {str(v) for v in step.filled.values.values()}:
                return told
        reading.given |= {step.capability for step in told if self._goes_on(step)}
        reading.parts = tuple(part for part in reading.parts if part not in told)
        return kept

    def _goes_on(self, step: Read) -> bool:
        """Whether a step says of what it would end that it goes on: "end the stream, recording can go on"."""
        said = " ".join(str(step.tokens[at - step.start].value) for at in step.head)
        goes_on = any(" ".join(words) in said for words in self.lexicon["keeping_phrases"])
        return goes_on and self.capabilities[step.capability]["effect"] == "destroy"

    def _only_told(self, step: Read) -> bool:
        """Whether a step reads, and is neither ordered nor asked."""
        return not (changes(self.capabilities[step.capability]) or step.ordered or step.asked)

    def _manner(
        self,
        step: Read,
        about: Mapping[str, Any],
        tokens: Sequence[Token],
        others: Collection[int],
    ) -> Manner:
        """How a step is said, and what of its sentence cannot be kept. Reading is always in order."""
        if not changes(about):
            return Manner.ORDER
        if step.manner is not Manner.ORDER:
            return step.manner
        surely = about["effect"] == "write" and step.margin > SURE
        if step.taken_back or (step.forbidden and not surely):
            return Manner.FORBIDS
        sentence = sentence_of(tokens, step.head)
        opener = opener_before(tokens, step.head, sentence)
        waits = opener < step.head.start and tokens[opener].value in UNSURE
        if waits and opener in conditions(tokens, self.lexicon):
            return Manner.CONDITION
        whole = [at for at in sentence if at not in others]
        return unkept(
            tokens,
            step.head,
            self._bound(step, whole),
            step.used,
            whole=whole,
            destroys=destroys(about),
            keeps=KEEP in step.filled.values or bool(about["one_of"]),
            other_thing=lambda word: self.search.other_thing(word, step.capability),
            own_thing=lambda word: self.search.is_object(word, step.capability),
            lexicon=self.lexicon,
        )

    def _bound(self, step: Read, whole: Collection[int]) -> Collection[int]:
        """Places in which a condition or a time binds a step: ``whole``, its sentence; only its own clause where the request is surely an order."""
        surely = step.lead > SURE_LEAD and step.margin > SURE_OF_STORY
        return step.head if surely else whole


def opener_before(tokens: Sequence[Token], head: range, sentence: range) -> int:
    """Place where the piece right before an order begins, in its sentence; where the order itself begins, if nothing is before it."""
    at = max(sentence.start, head.start - 1)
    while at > sentence.start and tokens[at - 1].kind != "comma":
        at -= 1
    return at


def as_said(call: Call) -> str:
    """A call in a few words: "delete lobby", "remove participant mallory from lobby", "stop recording lobby"."""
    mode, _, verb = call.capability.partition(".")
    verb = verb.replace("_", " ") + (f" {mode}" if mode in MADE_OF_ROOMS else "")
    values = [str(value) for name, value in call.arguments.items() if name != "room"]
    room = call.arguments.get("room", "")
    where = f" from {room}" if room and values else f" {room}"
    return f"{verb}{''.join(f' {value}' for value in values)}{where}".strip()


def without_secrets(reply: Reply) -> Reply:
    """The reply with tokens taken out of everything that people read."""
    if isinstance(reply, Refuse):
        message, hint = SECRET.sub("***", reply.message), SECRET.sub("***", reply.hint)
        return replace(reply, message=message, hint=hint)
    if isinstance(reply, Ask):
        text = SECRET.sub("***", reply.question.question)
        choices = tuple(SECRET.sub("***", choice) for choice in reply.question.choices)
        return replace(reply, question=replace(reply.question, question=text, choices=choices))
    return reply
