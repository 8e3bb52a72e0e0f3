"""From what was understood to calls: gaps are filled from elsewhere, and the first that stays becomes the question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Reply
from greenroom.understanding.doubts import Doubts
from greenroom.understanding.earlier import carry_over, fill_from_earlier, names_another, room_of
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
from greenroom.understanding.learned import APART, NOTHING, ONE_WORD, role_of
from greenroom.understanding.live import ONLY, find_live, settle_names
from greenroom.understanding.mentions import SURELY_VALUE, Token
from greenroom.understanding.questions import WHICH, lacking_one_of, missing
from greenroom.understanding.reading import Read, Reading
from greenroom.understanding.refitting import refit
from greenroom.understanding.search import Search
from greenroom.understanding.shares import calls_of
from greenroom.understanding.texts import TEXT_KINDS, text_to_the_end

BY_ROLE = NAME_KINDS | {*TEXT_KINDS} - {"path", "reason"}
"""Kinds of field whose value may stand anywhere in a request."""
SHAPES = {kind: {shape for of, shape in TYPED if of == kind} for kind, _ in TYPED}
"""Kind of a field, and the mentions that are its value by their shape."""
NOT_SHARED = {*TEXT_KINDS, "stream-url"}
"""Kinds of field whose value is one step's alone."""
VERY_SURE = 3.0
"""Log odds from which a value that need not be there is taken from anywhere."""
NAMED_SURELY = {"room", "person", "egress"}
"""Kinds of mention that say which one is meant, whatever "all" or "any" stands beside."""
ONE_PERSON = {"him", "her", "his"}
"""Pronouns that stand for one person, and not for what runs."""
MOST_NAMES = 20
"""People or rooms that "both" and "them" may stand for."""


class Gaps:
    """Completes steps; asks where it must."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.capabilities, self.lexicon = search.capabilities, search.lexicon
        self.doubts = Doubts(search)

    async def plan(self, reading: Reading, brief: Brief) -> Reply:
        """Every step as calls; the first thing that is missing becomes the question."""
        steps, tokens = reading.steps, reading.tokens
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
            owners_apart(filled, about, step.tokens, self.lexicon)
            await self._from_elsewhere(filled, about, step, brief, tokens)
            self._by_role(filled, about, step.tokens)
            self._by_role(filled, about, tokens, elsewhere=True, taken=self._texts(steps, step))
            if step is steps[-1]:
                text_to_the_end(filled, about, tokens)
            one_place(filled, about)
            if await refit(step, brief.names, self.capabilities, reading.wanted):
                about, filled = self.capabilities[step.capability], step.filled
            if question is None:
                other = names_another(step.tokens, filled, self.lexicon)
                room = brief.conversation.room
                question = await which_egress(filled, about, brief.names, room, other=other)
            if question is None:
                question = await self._question(step, brief, calls, tokens)
            made = calls_of(step, self.search)
            if question is not None and question.choices and question.field == WHICH:
                room = next(n for n, f in about["fields"].items() if f["kind"] in ROOMS_THAT_EXIST)
                made = [
                    Call(capability=step.capability, arguments={**filled.values, room: choice})
                    for choice in question.choices
                ]
                return Ask(question=question, draft=tuple(made))
            if calls and made and says_more(made[0], calls[-1]):
                calls.pop()
            calls += [call for call in made if not any(says_more(known, call) for known in calls)]
        if question is not None:
            return Ask(question=question, draft=tuple(calls))
        return Calls(calls=tuple(calls))

    async def _question(
        self, step: Read, brief: Brief, calls: Sequence[Call], tokens: Sequence[Token]
    ) -> Question | None:
        """What must be asked before this step can run. The field that is asked about is left open."""
        filled, about = step.filled, self.capabilities[step.capability]
        question = self.doubts.before_names(about, step, tokens)
        question = question or await settle_names(filled, about, brief.names, calls)
        question = question or self.doubts.too_many(about, step)
        vague = about["effect"] == "destroy" and any(
            token.is_word and token.value in self.lexicon["everything_set"] for token in step.tokens
        )
        if vague and question is None:
            live = {token.value for token in step.tokens if token.kind in NAMED_SURELY}
            unsaid = [
                name
                for name, value in filled.values.items()
                if isinstance(value, str)
                and value not in live
                and not filled.sources.get(name, "").startswith(ONLY)
            ]
            for name in unsaid:
                filled.values.pop(name)
                filled.fan_out.pop(name, None)
        if question is not None:
            filled.values.pop(question.field, None)
            filled.fan_out.pop(question.field, None)
        return question or missing(filled, about)

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
            if (field["required"] or self._is_pointed_at(name, about, words))
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
            taken = named_in(filled.values) if kind == "person" else ()
            there = (t.value for t in live if t.kind == kind and t.value not in taken)
            named = list(dict.fromkeys(there))
            many = about["fields"][name]["many"]
            if (pointed or free) and len(named) == 1:
                filled.put(name, named if many else named[0], "elsewhere in the request")
            elif words & self.lexicon["plural_set"] and 1 < len(named) < MOST_NAMES:
                filled.put(name, named if many else named[0], "elsewhere in the request")
                if not many:
                    filled.fan_out[name] = named

    def _is_pointed_at(self, name: str, about: Mapping[str, Any], words: Collection[Any]) -> bool:
        """Whether somebody who need not be named is the one that "her" and "him" stand for: in what is asked, and of who receives."""
        field = about["fields"][name]
        may_be = field["kind"] in PERSON_KINDS and name not in APART
        told = field["many"] or about["effect"] == "read"
        return may_be and told and not ONE_PERSON.isdisjoint(words)

    def _by_role(
        self,
        filled: Filled,
        about: Mapping[str, Any],
        tokens: Sequence[Token],
        *,
        elsewhere: bool = False,
        taken: Collection[str] = (),
    ) -> None:
        """What most likely is the value, wherever it stands: "one of my pupils, Leonie, is ill. Could you make her a token?".

        ``elsewhere``: the tokens are more than the step's own; somebody who need not be named is not looked for there.
        ``taken``: texts that other steps have.
        """
        wanted = lacking_one_of(filled.values, about)
        for name, field in about["fields"].items():
            lacking = name in wanted or field["required"]
            if lacking and field["kind"] in SHAPES and not filled.values.get(name):
                shapes = SHAPES[field["kind"]]
                shaped = [token.text.rstrip(".,") for token in tokens if token.kind in shapes]
                if len(shaped) == 1 and shaped[0] not in taken:
                    filled.put(name, shaped[0], "elsewhere in the request")
            if filled.values.get(name) or field["kind"] not in BY_ROLE:
                continue
            free = field["kind"] in PERSON_KINDS and not field["required"]
            if elsewhere and free and name not in APART:
                continue
            role = role_of(name, field["kind"])
            needed = field["required"] or name in wanted
            sure = needed or name in APART or about["sets"]
            least = SURELY_VALUE if sure else VERY_SURE
            # Whoever receives is not also the one who publishes, unless it must be.
            must = field["required"] and field["kind"] in PERSON_KINDS
            others = () if must else {*named_in(filled.values), *taken}
            fitting = {
                token.as_name: None
                for token in tokens
                if (not token.is_word or role in ONE_WORD)
                and token.role(role) > least
                and token.as_name not in others
                and self._may_be(token, field["kind"], elsewhere=elsewhere)
            }
            named = field["kind"] != "destination"
            if not fitting and needed and named and about["effect"] != "destroy":
                fitting = self._likeliest(tokens, role, others)
            found = list(fitting)
            if field["many"] and found:
                filled.put(name, found, "elsewhere in the request")
            elif len(found) == 1:
                filled.put(name, found[0], "elsewhere in the request")

    def _may_be(self, token: Token, kind: str, *, elsewhere: bool) -> bool:
        """Whether a value by its role alone may be of this kind: what is recorded exists, and so does a destination that is named elsewhere."""
        if kind in EGRESS_KINDS:
            return token.kind in NAMED_SURELY
        return kind != "destination" or bool(token.known) or not elsewhere

    def _texts(self, steps: Sequence[Read], step: Read) -> set[str]:
        """What other steps took as a text or an address. Whom and which room they name may be another's, too."""
        found: set[str] = set()
        for other in steps if len(steps) > 1 else ():
            fields = self.capabilities[other.capability]["fields"]
            if other is not step:
                found |= {
                    str(value)
                    for name, value in other.filled.values.items()
                    if fields[name]["kind"] in NOT_SHARED
                }
        return found

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


def owners_apart(
    filled: Filled, about: Mapping[str, Any], tokens: Sequence[Token], lexicon: Mapping[str, Any]
) -> None:
    """As in "let her receive bo's camera": who was taken for the one who receives is the owner, and a pronoun stands for the other."""
    words = {token.value for token in tokens if token.is_word}
    owners = [n for n in APART if n in about["fields"] and not about["fields"][n]["many"]]
    if lexicon["pronouns_person_set"].isdisjoint(words):
        return
    for owner in owners:
        role = role_of(owner, about["fields"][owner]["kind"])
        for name, field in about["fields"].items():
            if name == owner or field["kind"] not in PERSON_KINDS or not field["required"]:
                continue
            taken = [t for t in tokens if t.as_name == filled.values.get(name)]
            if any(t.role(role) > t.role(role_of(name, field["kind"])) for t in taken):
                filled.values.pop(owner, None)
                filled.put(owner, filled.values.pop(name), "whose it is")


def one_place(filled: Filled, about: Mapping[str, Any]) -> None:
    """Of fields of which one group is enough, only the group that says most: beside a URL, "YouTube" is talk."""
    whole = [group for group in about["one_of"] if all(filled.values.get(n) for n in group)]
    if whole:
        most = max(whole, key=len)
        for name in {name for group in about["one_of"] for name in group} - {*most}:
            filled.values.pop(name, None)


def says_more(call: Call, other: Call) -> bool:
    """Whether a call says all that another does: "mei is filmed, turn off her camera" is one wish."""
    same = call.capability == other.capability
    return same and other.arguments.items() <= call.arguments.items()


def named_in(values: Mapping[str, Any]) -> set[str]:
    """All names among values, those of lists too."""
    each = (value if isinstance(value, list) else [value] for value in values.values())
    return {str(one) for values in each for one in values}
