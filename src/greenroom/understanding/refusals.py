"""Why nothing is done: what people are told when a request is no order, or none that can be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from greenroom.domain.planning import Refuse
from greenroom.understanding.manner import Manner, changes, verbs_ordered
from greenroom.understanding.mentions import Token
from greenroom.understanding.odds import Odds
from greenroom.understanding.reading import Read, Reading, Talk
from greenroom.understanding.score import features
from greenroom.understanding.search import Search

Lexicon = Mapping[str, Any]
MAY_BE_WANTED = -1.0
"""Log odds from which what is passed over may want something by itself."""
SAID = {
    Manner.FORBIDS: ("not-a-command", "Understood: I leave that alone. Nothing was done.", ""),
    Manner.ASKS: (
        "not-a-command",
        "That asks or tells about it and is no order, so nothing was done.",
        "`greenroom journal` shows what was done, and `greenroom room list` what there is.",
    ),
    Manner.TELLS: (
        "not-a-command",
        "That tells how things are and is no order, so nothing was done.",
        "Say what is to be done, as in “delete room standup”.",
    ),
    Manner.CONDITION: (
        "not-understood",
        "I cannot wait for a condition. Nothing was done.",
        "Say it again when the time has come.",
    ),
    Manner.LATER: (
        "not-understood",
        "I cannot do things at a later time. Nothing was done.",
        "Say it again when the time has come.",
    ),
    Manner.EXCEPTS: (
        "not-understood",
        "That takes back a part of what it says, so nothing was done.",
        "Name what is to be done, one by one.",
    ),
}


def because_of(manner: Manner) -> Refuse:
    """In words, why a step that is said in this manner is not done."""
    code, message, hint = SAID[manner]
    return Refuse(code=code, message=message, hint=hint)


def nothing_to_do(tokens: Sequence[Token], search: Search, lexicon: Lexicon) -> Refuse:
    """No step was found: it may be about something else altogether."""
    for at, token in enumerate(tokens):
        topic = lexicon["foreign"].get(token.value) if token.is_word else None
        named = at and tokens[at - 1].value in {"called", "named", "room"}
        if topic and not named:
            msg = f"“{token.text}” is about something that I cannot do: {topic}. Nothing was done."
            return Refuse(code="out-of-scope", message=msg, hint=nearest(tokens, search))
    return not_understood(tokens, search)


def outside(step: Read, tokens: Sequence[Token], search: Search) -> Refuse | None:
    """Where a step's clause orders with a verb of another field: "rename room bay-8" makes no room."""
    clause, lexicon = [tokens[at] for at in step.head], search.lexicon
    verbs = lexicon["actions"].keys() | lexicon["other_verbs_set"]
    foreign = any(
        verb in lexicon["foreign"] and verb in verbs and not search.acts(verb, step.capability)
        for verb in verbs_ordered(clause, lexicon)
    )
    changing = changes(search.capabilities[step.capability])
    return nothing_to_do(clause, search, lexicon) if foreign and changing else None


def not_understood(tokens: Sequence[Token], search: Search) -> Refuse:
    """Nothing fits: with the nearest things that can be done."""
    return Refuse(
        code="not-understood",
        message="I do not understand that well enough to act on it. Nothing was done.",
        hint=nearest(tokens, search),
    )


def nearest(tokens: Sequence[Token], search: Search) -> str:
    """The nearest things that can be done, as sentences to try."""
    ranked = search.scorer.rank(features(tokens, search.lexicon))
    ids = [identifier for _, identifier in ranked[:3]] or ["coordinator.capabilities"]
    known = search.capabilities
    examples = [known[i]["examples"][0][0] for i in ids if i in known]
    tries = "; ".join(f"“{example}”" for example in examples if "eyJ" not in example)
    return f"I can do things like: {tries}." if tries else "Ask “what can you do?”"


def by_halves(steps: Sequence[Read]) -> Refuse:
    """Of several wishes one was not understood: half of it would be done."""
    known = ", ".join(dict.fromkeys(step.capability for step in steps))
    msg = f"I understand only a part of that ({known}), so nothing was done."
    return Refuse(code="not-understood", message=msg, hint="Say one thing at a time.")


def harmless(part: Talk, search: Search, done: Collection[str], *, surely: bool) -> bool:
    """Whether what is passed over, taken by itself, says again what is done; or, where that is surely all, most likely wants nothing."""
    alone = Odds(search.learned.wanted(part.tokens))
    likeliest = alone.likeliest(search.capabilities)
    wanted = alone.of(likeliest) >= max(alone.nothing, MAY_BE_WANTED)
    return likeliest in done if wanted else surely


def by_talk(reading: Reading, search: Search, lexicon: Lexicon, *, surely: bool) -> Refuse | None:
    """Why what is said around the steps forbids them: an order that is not understood, or a wish that goes on with one and cannot be kept.

    ``surely``: the request as a whole most likely wants the steps and nothing else.
    """
    makes = False
    done = {step.capability for step in reading.steps}
    for part in reading.parts:
        if not isinstance(part, Talk):
            makes = search.capabilities[part.capability]["effect"] == "write"
            continue
        if part.command and not harmless(part, search, done, surely=surely):
            return nothing_to_do(part.tokens, search, lexicon)
        words = {t.value for t in part.tokens if t.is_word}
        told = words & lexicon["states_set"] and not words & lexicon["wished_set"]
        foreign = not told and not words.isdisjoint(lexicon["foreign"])
        if makes and part.goes_on and foreign and not surely:
            return nothing_to_do(part.tokens, search, lexicon)
    return None
