"""Answers to a pending question, and corrections of what was just done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.conversation import Conversation, Pending
from greenroom.domain.plan import Call
from greenroom.understanding.fields import NAME_KINDS, PERSON_KINDS, ROOM_KINDS
from greenroom.understanding.manner import Manner
from greenroom.understanding.mentions import Token
from greenroom.understanding.questions import WHICH, has_one_of
from greenroom.understanding.reading import Reading
from greenroom.understanding.search import Search

NAMES = ("quoted", "name", "email", "room", "person")
FITTING = {
    "room": ("room", "quoted", "name", "person"),
    "room-to-be": ("quoted", "name", "room", "person", "number"),
    "person": ("person", "email", "quoted", "name", "room"),
    "person-to-be": ("email", "person", "quoted", "name", "room"),
    "egress": ("egress", "room", "quoted", "name"),
    "recorded": ("egress", "room", "quoted", "name"),
    "stream-url": ("stream", "url"),
    "url": ("url",),
    "resolution": ("resolution",),
    "jwt": ("jwt",),
    "plan-id": ("plan",),
    "count": ("number",),
    "duration": ("duration",),
}
"""Kind of a field → kinds of mention that answer a question for it, the likeliest first."""
CORRECTS = {
    "person": PERSON_KINDS,
    "email": PERSON_KINDS,
    "duration": {"duration"},
    "number": {"count"},
}
"""Kind of a mention → kinds of field that it corrects; others correct a room."""
SURE = 0.9
"""Value from which what is said is a request of its own and no answer."""


def answer_pending(
    tokens: Sequence[Token], pending: Pending, reading: Reading, search: Search
) -> list[Call] | None:
    """The drafted calls with the answer filled in; None when this is a new request. ``reading``: what it would be as one."""
    question, draft = pending.question, pending.draft
    if not draft:
        return None
    picked = chosen(tokens, question.choices, search.lexicon)
    if question.field == WHICH:
        drafted = zip(question.choices, draft, strict=False)
        return [call for choice, call in drafted if choice == picked] or None
    place = next(
        (at for at, call in enumerate(draft) if lacks(call, question.field, search.capabilities)),
        None,
    )
    if place is None:
        return None
    asked = draft[place]
    if picked is not None:
        many = search.capabilities[asked.capability]["fields"][question.field]["many"]
        values: dict[str, Any] | None = {question.field: [picked] if many else picked}
    elif is_request(reading, asked.capability, search):
        return None
    else:
        values = given(tokens, question.field, asked, search)
    if values is None:
        return None
    completed = replace(asked, arguments={**asked.arguments, **values})
    return [*draft[:place], completed, *draft[place + 1 :]]


def is_request(reading: Reading, asked: str, search: Search) -> bool:
    """Whether what is said orders something else, completely: then it is no answer."""
    for step in reading.steps:
        ready = step.filled.has_required(search.capabilities[step.capability])
        ordered = step.manner is Manner.ORDER and step.ordered
        if ordered and ready and step.sure > SURE and step.capability != asked:
            return True
    return False


def given(tokens: Sequence[Token], name: str, asked: Call, search: Search) -> dict[str, Any] | None:
    """The value that was asked for, or another that does as well, and what else the answer says; None where it says no such thing."""
    capability = asked.capability
    about = search.capabilities[capability]
    fields = about["fields"]
    field = fields[name]
    named = {n for n, f in fields.items() if f["kind"] in NAME_KINDS}
    values = search.fill(tokens, capability).values
    rest = {n: value for n, value in values.items() if n != name and n not in named}
    if name in values and name not in named:
        return values
    if about["one_of"] and has_one_of({**asked.arguments, **rest}, about):
        return rest
    said = mentioned(tokens, field["kind"], search.lexicon)
    if not said:
        return None
    return {**rest, name: said if field["many"] else said[0]}


def mentioned(tokens: Sequence[Token], kind: str, lexicon: Mapping[str, Any]) -> list[Any]:
    """What may answer a question for this kind of field: the likeliest kind of mention, else the only ordinary word."""
    for fitting in FITTING.get(kind, NAMES):
        said = [
            t.text if t.kind in {"name", "email"} else t.value for t in tokens if t.kind == fitting
        ]
        if said:
            return said
    content = [t for t in tokens if t.is_word and t.value not in lexicon["stop_set"]]
    return [content[0].text] if len(content) == 1 and kind in NAME_KINDS else []


def corrects(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> bool:
    """Whether words take back a part of what was said: "sorry", "I meant", "make that"."""
    words = {t.value for t in tokens if t.is_word}
    return bool(words & lexicon["corrections_set"]) or {"make", "that"} <= words


def corrected(
    tokens: Sequence[Token], talk: Conversation, reading: Reading, search: Search
) -> list[Call] | None:
    """The last call with another name in it: "sorry, I meant studio_b". None where nothing is corrected."""
    if len(talk.calls) != 1 or not corrects(tokens, search.lexicon):
        return None
    last = talk.calls[0]
    if is_request(reading, last.capability, search):
        return None
    fields = search.capabilities[last.capability]["fields"]
    mentions = [t for t in tokens if t.kind in {*NAMES, *CORRECTS}]
    taken_back = [name for t in mentions for name in fields if holds(last.arguments.get(name), t)]
    for mention in mentions:
        if any(holds(value, mention) for value in last.arguments.values()):
            continue
        kinds = CORRECTS.get(mention.kind, ROOM_KINDS)
        fitting = [n for n, f in fields.items() if f["kind"] in kinds and n in last.arguments]
        for name in [*taken_back, *fitting][:1]:
            value: Any = mention.bare if mention.kind in {"name", "email"} else mention.value
            arguments = {**last.arguments, name: [value] if fields[name]["many"] else value}
            return [replace(last, arguments=arguments)]
    return None


def holds(value: Any, mention: Token) -> bool:
    """Whether an argument is, or has, what is mentioned: "not kenji, I meant kenzo" is about the field that has kenji."""
    return bool({mention.bare, mention.value} & {*(value if isinstance(value, list) else [value])})


def lacks(call: Call, name: str, capabilities: Mapping[str, Any]) -> bool:
    """Whether a drafted call still waits for this field."""
    return name in capabilities[call.capability]["fields"] and not call.arguments.get(name)


def chosen(
    tokens: Sequence[Token], choices: Sequence[str], lexicon: Mapping[str, Any]
) -> str | None:
    """One of numbered choices: by number, by "the second one", by name, by yes when there is one."""
    if not choices:
        return None
    words = [str(token.value).casefold() for token in tokens]
    named = [choice for choice in choices if choice.casefold() in words]
    if len(named) == 1:
        return named[0]
    place = next((at for t in tokens if (at := _place(t, len(choices), lexicon)) is not None), None)
    if place is not None:
        return choices[place] if 0 <= place < len(choices) else None
    agreed = bool(words) and words[0] in lexicon["yes"]
    return choices[0] if agreed and len(choices) == 1 else None


def _place(token: Token, count: int, lexicon: Mapping[str, Any]) -> int | None:
    """Which of so many a word points at: "2", "second", "last"; None where it points at none."""
    if token.kind == "number":
        return int(token.value) - 1
    if token.value in lexicon["ordinals"]:
        return int(lexicon["ordinals"].index(token.value))
    return {"last": count - 1, "latter": count - 1, "former": 0}.get(str(token.value))
