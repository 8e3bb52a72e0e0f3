"""Who is left out of what is done to all: whoever is named beside "mute everyone" is most likely to stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.evidence import Evidence
from greenroom.understanding.fitting import BEFORE_PLACES
from greenroom.understanding.learned import KEEP, NOTHING
from greenroom.understanding.mentions import Token
from greenroom.understanding.reading import Read, Reading


def with_kept(reading: Reading, see: Evidence) -> list[Read]:
    """Gives the people of a request to a step that leaves people out; the steps that only name them, which are none."""
    step = next(
        (s for s in reading.steps if KEEP in see.capabilities[s.capability]["fields"]), None
    )
    if step is None:
        return []
    told = [other for other in reading.steps if other is not step and names_left_out(other, see)]
    busy = {at for s in reading.steps if s is not step and s not in told for at in s.used}
    kept = [
        token
        for at, token in enumerate(see.tokens)
        if at not in busy and is_kept(token) and not is_elsewhere(at, step, see)
    ]
    people = [token.value for token in kept]
    for other in told:
        rest = {n: v for n, v in other.filled.values.items() if not only_names(v, people)}
        for name, value in rest.items():
            if name in see.capabilities[step.capability]["fields"]:
                step.filled.put(name, value, "elsewhere in the request")
    known = step.filled.values.get(KEEP, [])
    names = list(dict.fromkeys([*known, *(token.as_name for token in kept)]))
    if names:
        step.filled.values[KEEP] = names
        step.filled.sources.setdefault(KEEP, "who is named beside all")
    return told


def only_names(value: Any, people: Sequence[str]) -> bool:
    """Whether a value, or all of a list, are of these people."""
    return all(one in people for one in (value if isinstance(value, list) else [value]))


def is_kept(token: Token) -> bool:
    """Whether somebody who is there is rather left out than only spoken of."""
    return token.kind == "person" and token.role(KEEP) > token.role(NOTHING) - w.LEFT_OUT


def is_elsewhere(at: int, step: Read, see: Evidence) -> bool:
    """Whether a room that the step is not about stands right behind somebody: "so that osei in the plenary is heard"."""
    behind = [t for t in see.tokens[at + 1 : at + 4] if t.value != "the"][:2]
    placed = len(behind) > 1 and behind[0].value in BEFORE_PLACES and behind[1].kind == "room"
    return placed and behind[1].value not in step.filled.values.values()


def names_left_out(step: Read, see: Evidence) -> bool:
    """Whether a step does nothing but name who is left out: "mute all in kitchen, only not olga"."""
    people: Sequence[Token] = [
        see.tokens[at] for at in step.used if see.tokens[at].kind == "person"
    ]
    words = {token.value for token in step.tokens if token.is_word}
    out = bool(words & (see.lexicon["excepts_set"] | see.lexicon["leaves_out_set"]))
    likely = all(t.role(KEEP) > t.role("person") - (w.LEFT_OUT if out else 0) for t in people)
    return bool(people) and likely and not step.ordered
