"""Ordinary words as names: "called stage", "room 101", "mk north"."""

from __future__ import annotations

from greenroom.understanding.fields import Filler
from greenroom.understanding.learned import NOTHING, role_of
from greenroom.understanding.words import NAMING

STRONG = 3.5
"""Points from which a word of the field stands right beside the name."""


def ordinary_name(filler: Filler, name: str) -> int | None:
    """Place of the word, with a meaning of its own, that is a field's value where a strong cue says so; None where none does."""
    for at, token in enumerate(filler.tokens):
        word = token.is_word and not (
            token.value in filler.lexicon["stop_set"] or token.value in filler.lexicon["joints_set"]
        )
        number = token.kind == "number" and at and filler.said[at - 1] in NAMING | {"room"}
        if at in filler.used or not (word or number):
            continue
        cued = any(cue.end == at and cue.strength >= STRONG for cue in filler.cues(name))
        if number or (cued and _means_name(filler, at, name)):
            return at
        if not cued and _only_object(filler, at, name):
            return at
    return None


def _only_object(filler: Filler, at: int, name: str) -> bool:
    """As in "mk north" and "spin up overflow": right behind the verb, and nothing but fields follow."""
    lexicon, said = filler.lexicon, filler.said
    busy = said[at] in lexicon["objects"] or said[at] in lexicon["actions"]
    made = filler.fields[name]["kind"] == "room-to-be" and name in filler.about["positional"][:1]
    if busy or not made:
        return False
    verb = at - 2 if at > 1 and said[at - 1] == "up" else at - 1
    if verb < 0 or said[verb] not in lexicon["actions"] or said[verb] in lexicon["weak_set"]:
        return False
    if "stay" in lexicon["actions"][said[verb]]:
        return False
    end = at + 1
    while end < len(filler.tokens) and filler.tokens[end].text.istitle():
        end += 1  # "create Budget Talk": a title of several words
    return all(
        place in filler.used or not token.is_word or token.value in lexicon["stop_set"]
        for place, token in enumerate(filler.tokens[end:], end)
    )


def _means_name(filler: Filler, at: int, name: str) -> bool:
    """Not "room creation" or "room please": after a naming word, or a word that does nothing else and ends its phrase, or is likelier a name than nothing."""
    lexicon, word = filler.lexicon, filler.said[at]
    if at and filler.said[at - 1] in NAMING:
        return True
    busy = word in lexicon["actions"] or word in lexicon["objects"]
    if busy or word in lexicon["roles_set"] | lexicon["later_set"]:
        return False
    if word.endswith(("ly", "ing", "ed")):
        return False
    token, role = filler.tokens[at], role_of(name, filler.fields[name]["kind"])
    after = filler.tokens[at + 1] if at + 1 < len(filler.tokens) else None
    return (
        token.role(role) > token.role(NOTHING)
        or after is None
        or not after.is_word
        or after.value in lexicon["prepositions"]
        or after.value in lexicon["stop_set"]
    )
