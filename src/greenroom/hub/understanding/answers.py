"""Answers to a pending question, and requests that only say what is different this time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.conversation import Conversation, Pending
from greenroom.domain.plan import Call
from greenroom.hub.understanding.fields import PERSON_KINDS, ROOM_KINDS
from greenroom.hub.understanding.mentions import Token

MENTIONS = {"quoted", "name", "email", "number", "duration", "jwt", "plan", "room", "person"}
SHORT = 12
"""Tokens: longer texts are new requests."""


def answer_pending(
    tokens: Sequence[Token],
    pending: Pending,
    capabilities: Mapping[str, Any],
    lexicon: Mapping[str, Any],
) -> list[Call] | None:
    """The drafted calls with the answer filled in; None when this is a new request."""
    if not pending.draft or len(tokens) > SHORT:
        return None
    if pending.question.field == "confirmation_of_which":
        picked = chosen(tokens, pending.question.choices, lexicon)
        drafted = zip(pending.question.choices, pending.draft, strict=True)
        return [call for choice, call in drafted if choice == picked] or None
    name = pending.question.field
    place = next(
        (at for at, call in enumerate(pending.draft) if lacks(call, name, capabilities)), None
    )
    if place is None:
        return None
    asked = pending.draft[place]
    field = capabilities[asked.capability]["fields"][name]
    value: Any = chosen(tokens, pending.question.choices, lexicon)
    if value is None:
        said = [token for token in tokens if token.kind in MENTIONS]
        content = [t for t in tokens if not (t.is_word and t.value in lexicon["stop"])]
        leads = bool(content) and content[0] in said
        acts = [t for t in tokens if t.is_word and t.value in lexicon["actions"] and not leads]
        elsewhere = any(token.value in {"undo", "cancel", "never", "help"} for token in tokens)
        if elsewhere or (acts and len(tokens) > 1 and not said):
            return None
        said = said or [t for t in tokens if t.is_word and t.value not in lexicon["stop"]]
        if not said or (acts and len(said) < len(tokens) - 2 and tokens[0] in acts):
            return None
        values = [t.value if t.kind in {"quoted", "number", "duration"} else t.text for t in said]
        value = values if field["many"] else values[0]
    elif field["many"]:
        value = [value]
    completed = replace(asked, arguments={**asked.arguments, name: value})
    return [*pending.draft[:place], completed, *pending.draft[place + 1 :]]


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


def repeat_last(
    tokens: Sequence[Token],
    conversation: Conversation,
    capabilities: Mapping[str, Any],
    lexicon: Mapping[str, Any],
) -> Call | None:
    """As in "and alice" or "same for lobby": the last call with one name replaced; None when this is a whole request."""
    opens = tokens and tokens[0].value in lexicon["ellipsis"]
    verbs = [t.value for t in tokens if t.is_word and t.value in lexicon["actions"]]
    things = [t.value for t in tokens if t.is_word and t.value in lexicon["objects"]]
    acts = bool(things) or any(verb not in lexicon["wishes"] for verb in verbs)
    said = [
        token for token in tokens if token.kind in {"quoted", "name", "email", "room", "person"}
    ]
    words = [
        token
        for token in tokens
        if token.is_word and token.value in {"too", "same", "also", "well"}
    ]
    if not (opens or words) or acts or not said or not conversation.calls or len(tokens) > SHORT:
        return None
    last = conversation.calls[-1]
    fields = capabilities[last.capability]["fields"]
    values = [token.value if token.kind == "quoted" else token.text for token in said]
    people = [name for name, field in fields.items() if field["kind"] in PERSON_KINDS]
    rooms = [name for name, field in fields.items() if field["kind"] in ROOM_KINDS]
    to_room = bool(rooms) and (
        values[0] == conversation.room or not people or tokens[0].value == "same"
    )
    for name in rooms if to_room else people:
        value: Any = values if fields[name]["many"] else values[0]
        kept = {
            key: old for key, old in last.arguments.items() if fields[key]["kind"] != "display-name"
        }
        return replace(last, arguments={**kept, name: value})
    return None
