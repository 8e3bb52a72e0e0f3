"""Rooms and people that were named earlier: in this request, else in this conversation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.domain.conversation import Conversation
from greenroom.domain.plan import Call, Reference
from greenroom.understanding.fields import EGRESS_KINDS, PERSON_KINDS, ROOM_KINDS, Filled
from greenroom.understanding.learned import NOTHING
from greenroom.understanding.mentions import Token
from greenroom.understanding.pronouns import KEPT_THINGS, MADE_OF_ROOMS, STANDS_FOR

MADE = {"Room", "CreatedRoom"}
"""Results of what makes a room."""
PLACING = {"in", "into", "from", "of", "at", "room"}
NAMED_ANEW = {"name-to-be", "role-to-be", "pattern"}
"""Kinds of what nothing said before stands for."""
NO_ROOM = 3.0
"""Log odds between no value and a room, from which a word is surely no room's name."""


def room_of(calls: Sequence[Call], capabilities: Mapping[str, Any]) -> Any:
    """The room that an earlier step of this request makes (a reference) or names; None when none does."""
    for index in range(len(calls) - 1, -1, -1):
        about = capabilities[calls[index].capability]
        for name, field in about["fields"].items():
            if field["kind"] in ROOM_KINDS and name in calls[index].arguments:
                to_be = field["kind"] == "room-to-be"
                made = to_be and about["result"] in MADE
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
            main = name in about["positional"][:1] and field["kind"] == "room-to-be"
            if main:
                continue
            if room_before is not None:
                filled.put(name, room_before, "the step before")
            elif conversation.room:
                destroys = about["effect"] == "destroy"
                other = destroys and speaks_of_another(about, conversation)
                # What runs is looked for where it runs: see ``egresses``.
                runs = field["kind"] in EGRESS_KINDS
                free = not (destroys or runs or names_a_room(tokens, filled))
                if not other and (free or points_at_room(tokens, lexicon, destroys=destroys)):
                    filled.put(name, conversation.room, "the conversation")
        else:
            value = _spoken_of(field["kind"], words, conversation, lexicon)
            value = value or _said_before(name, about, tokens, conversation, lexicon)
            if value:
                filled.put(name, [value] if field["many"] else value, "the conversation")


def _spoken_of(
    kind: str, words: Collection[Any], conversation: Conversation, lexicon: Mapping[str, Any]
) -> str:
    """The person of the conversation, or the preset or destination, where a pronoun stands for it; "" where none does."""
    if kind in KEPT_THINGS and not STANDS_FOR.isdisjoint(words):
        return last_kept(conversation)
    pointed = kind in PERSON_KINDS and not lexicon["pronouns_person_set"].isdisjoint(words)
    return conversation.person if pointed else ""


def _said_before(
    name: str,
    about: Mapping[str, Any],
    tokens: Sequence[Token],
    conversation: Conversation,
    lexicon: Mapping[str, Any],
) -> str:
    """What the last call of the same mode had under the same name, where a verb takes a pronoun for it: "recall that agent", "have it recalled".

    "A role that may chat" points to nothing. What is made is named anew, and many are never guessed.
    """
    if about["fields"][name]["kind"] in NAMED_ANEW or not conversation.calls:
        return ""
    last = conversation.calls[-1]
    pointed = any(
        token.is_word
        and token.value in STANDS_FOR
        and verb.value in lexicon["actions"]
        and verb.value not in lexicon["objects"]
        for verb, token in pairwise(tokens)
    )
    if not pointed or last.capability.partition(".")[0] != about["mode"]:
        return ""
    value = last.arguments.get(name, "")
    return value if isinstance(value, str) else ""


def last_kept(conversation: Conversation) -> str:
    """The name under which the last request kept something; "" where it kept nothing."""
    for call in conversation.calls[-1:]:
        if call.capability.rpartition("_")[2] in KEPT_THINGS:
            return str(call.arguments.get("name") or call.arguments.get("role", ""))
    return ""


def speaks_of_another(about: Mapping[str, Any], conversation: Conversation) -> bool:
    """Whether "it" is something else than this capability takes away: after "record lobby" it is the recording."""
    modes = {call.capability.partition(".")[0] for call in conversation.calls}
    return bool(modes & MADE_OF_ROOMS.keys()) and about["mode"] not in MADE_OF_ROOMS


def names_a_room(tokens: Sequence[Token], filled: Filled) -> bool:
    """Whether a word that nothing explains may be another room's name: then the one of the conversation is not meant."""
    for at, (before, token) in enumerate(pairwise(tokens), 1):
        placed = before.is_word and before.value in PLACING
        free = at not in filled.used and (token.is_word or token.kind == "name")
        if (
            placed
            and free
            and token.is_judged
            and token.role(NOTHING) - token.role("room") < NO_ROOM
        ):
            return True
    return False


def names_another(tokens: Sequence[Token], filled: Filled, lexicon: Mapping[str, Any]) -> bool:
    """Whether what is ended may be called by a name that is not there, if an ordinary word: "the recording of pavilion" ends no other room's."""
    if names_a_room(tokens, filled):
        return True
    meant = [lexicon[words] for words in ("actions", "objects", "units", "stop_set", "later_set")]
    return any(
        of.value in PLACING
        and thing.value in lexicon["objects"]
        and token.is_word
        and not any(token.value in words for words in meant)
        and at not in filled.used
        for at, (thing, of, token) in enumerate(
            zip(tokens, tokens[1:], tokens[2:], strict=False), 2
        )
    )


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
