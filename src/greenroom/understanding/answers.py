"""Answers to a pending question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.conversation import Pending
from greenroom.domain.plan import Call
from greenroom.understanding.mentions import Token
from greenroom.understanding.search import Search

MENTIONS = {"quoted", "name", "email", "number", "duration", "jwt", "plan", "room", "person"}
SHORT = 16
"""Tokens: longer texts are new requests."""
GIVING = {"make", "use", "take", "call", "name", "put", "set", "want", "like", "need", "have"}
"""Verbs that an answer may have: "make it lobby", "it should be called x"."""


def answer_pending(
    tokens: Sequence[Token], pending: Pending, search: Search
) -> list[Call] | None:
    """The drafted calls with the answer filled in; None when this is a new request."""
    capabilities, lexicon = search.capabilities, search.lexicon
    if not pending.draft or len(tokens) > SHORT:
        return None
    if pending.question.field == "confirmation_of_which":
        picked = chosen(tokens, pending.question.choices, lexicon)
        drafted = zip(pending.question.choices, pending.draft, strict=False)
        return [call for choice, call in drafted if choice == picked] or None
    name = pending.question.field
    place = next(
        (at for at, call in enumerate(pending.draft) if lacks(call, name, capabilities)), None
    )
    if place is None:
        return None
    asked = pending.draft[place]
    about = capabilities[asked.capability]
    many = about["fields"][name]["many"]
    picked = chosen(tokens, pending.question.choices, lexicon)
    more: dict[str, Any] = {}
    if picked is not None:
        more[name] = [picked] if many else picked
    else:
        if is_request(tokens, lexicon):
            return None
        value = given(tokens, name, asked.capability, search)
        if value is None:
            return None
        more = value
    completed = replace(asked, arguments={**asked.arguments, **more})
    return [*pending.draft[:place], completed, *pending.draft[place + 1 :]]


def is_request(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> bool:
    """Whether it orders something of its own: a strong verb that is not one of giving an answer."""
    content = [t for t in tokens if not (t.is_word and t.value in lexicon["stop_set"])]
    if any(t.value in {"undo", "cancel", "never", "help"} for t in content):
        return True
    if content and content[0].kind in MENTIONS:
        return False
    acts = [t.value for t in content if t.is_word and t.value in lexicon["actions"]]
    strong = [word for word in acts if word not in lexicon["weak_set"] | GIVING]
    things = [t for t in content if t.is_word and t.value in lexicon["objects"]]
    named = any(t.kind in MENTIONS for t in content)
    return bool(strong) and (bool(things) or not named or tokens[0].value in strong)


def given(
    tokens: Sequence[Token], name: str, capability: str, search: Search
) -> dict[str, Any] | None:
    """The value that was asked for, and what else the answer says; None where it says no such thing."""
    lexicon = search.lexicon
    field = search.capabilities[capability]["fields"][name]
    filled = search.fill(tokens, capability)
    values = dict(filled.values)
    if name not in values:
        # The answer's only mention is the value, whatever field it would fit by its looks.
        said = [token for token in tokens if token.kind in MENTIONS]
        if not said:
            said = [t for t in tokens if t.is_word and t.value not in lexicon["stop_set"]][:1]
        if not said:
            return None
        mentions = [t.value if t.kind != "name" and t.kind != "email" else t.text for t in said]
        others = [n for n in values if values[n] in mentions or values[n] == mentions]
        for other in others:
            values.pop(other)
        values[name] = mentions if field["many"] else mentions[0]
    return values


def lacks(call: Call, name: str, capabilities: Mapping[str, Any]) -> bool:
    """Whether a drafted call still waits for this field."""
    return name in capabilities[call.capability]["fields"] and not call.arguments.get(name)


def chosen(
    tokens: Sequence[Token], choices: Sequence[str], lexicon: Mapping[str, Any]
) -> str | None:
    """One of numbered choices: by number, by "the second one", by name, by yes when there is one."""
    for token in tokens:
        if token.kind == "number" and 1 <= token.value <= len(choices):
            return choices[int(token.value) - 1]
        if token.value in lexicon["ordinals"]:
            place: int = lexicon["ordinals"].index(token.value)
            return choices[place] if place < len(choices) else None
    words = [str(token.value).casefold() for token in tokens]
    named = [choice for choice in choices if choice.casefold() in words]
    if named:
        return named[0]
    agreed = bool(words) and words[0] in lexicon["yes"]
    return choices[0] if agreed and len(choices) == 1 else None
