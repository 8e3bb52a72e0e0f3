"""Rooms and people that were named earlier: in this request, else in this conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.domain.conversation import Conversation
from greenroom.domain.plan import Call, Reference
from greenroom.understanding.fields import PERSON_KINDS, ROOM_KINDS, Filled
from greenroom.understanding.mentions import Token


def room_of(calls: Sequence[Call], capabilities: Mapping[str, Any]) -> Any:
    """The room that an earlier step of this request makes (a reference) or names; None when none does."""
    for index in range(len(calls) - 1, -1, -1):
        about = capabilities[calls[index].capability]
        for name, field in about["fields"].items():
            if field["kind"] in ROOM_KINDS and name in calls[index].arguments:
                to_be = field["kind"] == "room-to-be"
                made = to_be and about["result"] in {"Room", "CreatedRoom"}
                return Reference(index, "name") if made else calls[index].arguments[name]
    return None


def fill_from_earlier(
    filled: Filled,
    about: Mapping[str, Any],
    tokens: Sequence[Token],
    *,
    room_before: Any,
    conversation: Conversation,
    lexicon: Mapping[str, Any],
) -> None:
    """Fill what is required and missing. Never silently a room to destroy: something must point to it."""
    words = {token.value for token in tokens if token.is_word}
    for name, field in about["fields"].items():
        if not field["required"] or name in filled.values:
            continue
        if field["kind"] in ROOM_KINDS:
            pointed = points_at_room(tokens, lexicon, destroys=about["effect"] == "destroy")
            main = name in about["positional"][:1] and field["kind"] == "room-to-be"
            if room_before is not None and not main:
                filled.put(name, room_before, "the step before")
            elif conversation.room and (pointed or about["effect"] != "destroy") and not main:
                filled.put(name, conversation.room, "the conversation")
        elif field["kind"] in PERSON_KINDS and words & lexicon["pronouns_person_set"]:
            person = conversation.person
            if person:
                filled.put(name, [person] if field["many"] else person, "the conversation")


def points_at_room(tokens: Sequence[Token], lexicon: Mapping[str, Any], *, destroys: bool) -> bool:
    """Whether something stands for the room spoken of: a pronoun, "the room". To destroy, "one of them" is too little."""
    words = [str(t.value) for t in tokens if t.is_word]
    if not destroys:
        return bool({*words} & {*lexicon["pronouns_room"], "room", "meeting"})
    rooms = lexicon["singular_rooms_set"]
    named = any(a in {"the", "that", "this"} and b in rooms for a, b in pairwise(words))
    return named or bool({*words} & {"it", "that", "this", "there", "here"})


def carry_over(
    filled: Filled,
    about: Mapping[str, Any],
    tokens: Sequence[Token],
    conversation: Conversation,
    lexicon: Mapping[str, Any],
) -> None:
    """As in "and alice" and "same for lobby": what the last call had and nobody said anew. Names shown are its own."""
    said = {token.value for token in tokens}
    if not said & lexicon["repeats_set"] and tokens[0].value not in lexicon["ellipsis"]:
        return
    for name, value in conversation.calls[-1].arguments.items():
        kind = about["fields"].get(name, {}).get("kind", "")
        if kind != "display-name" and value != about["fields"][name]["default"]:
            filled.put(name, value, "the last request")
