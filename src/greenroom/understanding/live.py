"""Live names: finding rooms and people that exist in a step's words, and what to do about those that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Names
from greenroom.understanding.fields import EXISTING, Filled
from greenroom.understanding.mentions import Token, fold, near

MOST_ROOMS_SEARCHED = 50
LEAST_DENSE = 6
"""Letters from which a name may be written in one word: below, too many words are alike."""
LEAST_OWNER = 3
"""Letters above which an "s" behind somebody's name may be that of an owner."""
LONGEST_NAME = 4
"""Tokens that an existing name may be written as."""
MAY_BE_NAME = {"word", "name", "quoted", "email", "number"}
"""Kinds of mention that may be the name of what exists."""
ONLY = "the only "
"""How the source of a room begins that was found by who is in it."""


async def find_live(
    tokens: Sequence[Token], names: Names, lexicon: Mapping[str, Any], *, people: bool = False
) -> list[Token]:
    """The tokens, with names and descriptions of existing rooms, and names of people in them, marked as such."""
    rooms = await names.rooms()
    marked = await find_rooms(tokens, names, lexicon)
    named = [token.value for token in marked if token.kind == "room"]
    if any(token.kind in {"name", "quoted", "email"} for token in marked) or (people and named):
        said = spellings(marked)
        for room in named or rooms[:MOST_ROOMS_SEARCHED]:
            inside = await names.people(room)
            if not said.isdisjoint(form for name in inside for form in (plain(name), owning(name))):
                marked = mark(marked, inside, "person")
                said = spellings(marked)
    return marked


async def find_rooms(
    tokens: Sequence[Token], names: Names, lexicon: Mapping[str, Any]
) -> list[Token]:
    """The same of rooms alone: whoever gets a token need not be inside."""
    rooms = await names.rooms()
    return described(mark(tokens, rooms, "room"), rooms, lexicon)


def marked_live(
    tokens: Sequence[Token],
    rooms: Sequence[str],
    people: Sequence[str],
    lexicon: Mapping[str, Any],
) -> list[Token]:
    """The same where everything that exists is known beforehand."""
    return mark(described(mark(tokens, rooms, "room"), rooms, lexicon), people, "person")


def marked_kept(
    tokens: Sequence[Token], kept: Mapping[str, str], lexicon: Mapping[str, Any]
) -> list[Token]:
    """The tokens, names in the settings marked as what they are called there; a word that means something else stays what it is."""
    by_spelling = {plain(name): (name, what) for name, what in kept.items()}
    marked = []
    for token in tokens:
        name, what = by_spelling.get(spelling(token) if token.kind in MAY_BE_NAME else "", ("", ""))
        busy = token.is_word and what != "role" and token.value in lexicon["concepts"]
        if name and not busy:
            token = replace(token, kind="name", text=name, value=name, known=what)  # noqa: PLW2901
        marked.append(token)
    return marked


def mark(tokens: Sequence[Token], known: Sequence[str], kind: str) -> list[Token]:
    """Words that are a known name, written as it is or with dashes as spaces, become a mention of this kind."""
    by_spelling = spelled(tuple(known))

    def named(at: int, length: int, said: str) -> Token | None:
        name = by_spelling.get(said) or owner(said, by_spelling, kind)
        piece = tokens[at : at + length]
        if name is None or (length == 1 and is_stop(piece[0])):
            return None
        owned = piece[-1].text.endswith(("'s", "’s")) or said not in by_spelling
        return replace(piece[0], kind=kind, value=name, text=name + ("'s" if owned else ""))

    return put_together(tokens, named)


def put_together(
    tokens: Sequence[Token], mention: Callable[[int, int, str], Token | None]
) -> list[Token]:
    """The tokens, the longest runs that are one mention put together. ``mention``: what a run is, by its place, length and spelling."""
    runs = spelled_runs(tokens)
    marked: list[Token] = []
    at = 0
    while at < len(tokens):
        for length in range(len(runs[at]), 0, -1):
            found = mention(at, length, runs[at][length - 1])
            if found is not None:
                marked.append(found)
                at += length
                break
        else:
            marked.append(tokens[at])
            at += 1
    return marked


@lru_cache(maxsize=8)
def spelled(known: tuple[str, ...]) -> Mapping[str, str]:
    """Names by the spellings that they are known by: mostly the same rooms exist as at the request before."""
    by_spelling = {dense(name): name for name in known if len(dense(name)) >= LEAST_DENSE}
    return by_spelling | {plain(name): name for name in known}


def owner(said: str, by_spelling: Mapping[str, str], kind: str) -> str | None:
    """Whose thing it is where the apostrophe is missing: "toms camera"; of people only."""
    owns = kind == "person" and len(said) > LEAST_OWNER and said.endswith("s")
    return by_spelling.get(said[:-1]) if owns else None


def owning(person: str) -> str:
    """How somebody's thing is spelled without an apostrophe."""
    return f"{plain(person)}s"


def spelled_runs(tokens: Sequence[Token]) -> list[list[str]]:
    """For each place, spellings of what begins there and may be a name: of one token, of two, up to ``LONGEST_NAME``."""
    written = [spelling(token) if token.kind in MAY_BE_NAME else None for token in tokens]
    runs: list[list[str]] = []
    for at in range(len(tokens)):
        here: list[str] = []
        for said in written[at : at + LONGEST_NAME]:
            if said is None:
                break
            here.append(f"{here[-1]}-{said}" if here else said)
        runs.append(here)
    return runs


def spellings(tokens: Sequence[Token]) -> set[str]:
    """All of these: a name that is none of them is not mentioned."""
    return {said for here in spelled_runs(tokens) for said in here}


def spelling(token: Token) -> str:
    """As it was typed: a word that was taken for a slip may be a name after all."""
    return plain(token.text if token.kind in {"word", "number"} else str(token.value))


def described(
    tokens: Sequence[Token], known: Sequence[str], lexicon: Mapping[str, Any]
) -> list[Token]:
    """The tokens with descriptions of existing rooms marked: "the interview room" where interview-a and interview-b exist.

    Such a mention is of kind ``described``; its value is the names that fit.
    """
    tokens = shortened(tokens, known, lexicon)
    marked = list(tokens)
    for at in range(len(tokens) - 1):
        before, token = tokens[at], tokens[at + 1]
        noun = token.value.removesuffix("'s") if token.is_word else ""
        if noun in lexicon["plural_rooms_set"]:
            marked[at] = begun_by(before, known, lexicon)
        if (
            noun not in lexicon["singular_rooms_set"]
            or before.kind not in {"word", "name"}
            or is_stop(before)
        ):
            continue
        word = plain(before.text)
        fitting = tuple(
            name
            for name in known
            if word in pieces(name) or any(p.startswith(f"{word}{noun}") for p in pieces(name))
        )
        if fitting and before.value not in lexicon["stop_set"]:
            marked[at] = replace(before, kind="described", value=fitting)
    return marked


def shortened(
    tokens: Sequence[Token], known: Sequence[str], lexicon: Mapping[str, Any]
) -> list[Token]:
    """The tokens, the words that several rooms begin with marked as their description: "the commentary box" where commentary-box-a and -b exist."""
    begun = beginnings(tuple(known))
    if not begun or not any(t.is_word and t.value in POINTING for t in tokens):
        return list(tokens)

    def description(at: int, length: int, said: str) -> Token | None:
        fitting = begun.get(said, ())
        pointed = at > 0 and tokens[at - 1].is_word and tokens[at - 1].value in POINTING
        if len(fitting) < 2 or not pointed:
            return None
        after = tokens[at + length] if at + length < len(tokens) else None
        alone = after is None or after.kind in {"stop", "comma"}
        noun = after is not None and after.value in lexicon["singular_rooms_set"]
        if length == 1 and not (alone or noun):
            return None
        return replace(tokens[at], kind="described", value=fitting)

    return put_together(tokens, description)


@lru_cache(maxsize=8)
def beginnings(known: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """By the words that names begin with and go on behind, the names."""
    found: dict[str, tuple[str, ...]] = {}
    for name in known:
        words = plain(name).split("-")
        for count in range(1, min(len(words), LONGEST_NAME + 1)):
            begun = "-".join(words[:count])
            found[begun] = (*found.get(begun, ()), name)
    return found


def begun_by(token: Token, known: Sequence[str], lexicon: Mapping[str, Any]) -> Token:
    """The word as a pattern, where several rooms begin with it: "the back rooms" where back-1 and back-2 exist."""
    word = plain(token.text)
    fitting = [name for name in known if pieces(name)[1:2] == [word] and plain(name) != word]
    usable = token.kind in {"word", "name"} and token.value not in lexicon["stop_set"]
    if len(fitting) < 2 or not usable or is_stop(token):
        return token
    return replace(token, kind="pattern", value=f"{fitting[0][: len(word)]}*")


def pieces(name: str) -> list[str]:
    """A name and the words it is made of."""
    return [plain(name), *plain(name).replace(".", "-").split("-")]


def is_stop(token: Token) -> bool:
    """Words too common to be taken for a name that happens to be alike."""
    return token.is_word and token.value in NEVER


POINTING = {"the", "our", "this", "that"}
"""Words before a description of what exists."""
NEVER = {
    "room",
    "rooms",
    "meeting",
    "a",
    "i",
    "in",
    "it",
    "the",
    "to",
    "all",
    "out",
    "of",
    "and",
    "for",
}
"""Words that are no name even where one is spelled like them."""


def dense(name: str) -> str:
    """Spelling without separators: "townhall" is "Town Hall"."""
    return plain(name).replace("-", "")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Spelling without case, underscores or spaces."""
    return fold(name).replace("_", "-").replace(" ", "-").removesuffix("'s")


async def settle_names(
    filled: Filled, about: Mapping[str, Any], names: Names, earlier: Sequence[Call]
) -> Question | None:
    """Correct typing slips where nothing can be harmed, ask where something can, find the room somebody is in."""
    made = {
        value for call in earlier for value in call.arguments.values() if isinstance(value, str)
    }
    for name, field in about["fields"].items():
        person = filled.values.get(name) if field["kind"] == "person" else None
        if person and "room" in about["fields"] and "room" not in filled.values:
            many = isinstance(person, list)
            first = person[0] if many else person
            question = await find_room_of(filled, first, names, must=not many)
            if question is not None:
                return question
        kind = EXISTING.get(field["kind"])
        if kind is None or not isinstance(filled.values.get(name), str):
            continue
        said = filled.values[name]
        room = filled.values.get("room")
        known = await names.rooms() if kind == "room" else await names.people(str(room))
        if said in known or said in made:
            continue
        slips = [other for other in known if near(plain(said), plain(other))]
        close = slips or get_close_matches(said, known, n=3, cutoff=0.75)
        if (
            slips
            and len(slips) == 1
            and (about["effect"] == "read" or plain(said) == plain(slips[0]))
        ):
            filled.values[name] = slips[0]
        elif close:
            text = f"There is no {kind} {said}. Did you mean {' or '.join(close)}?"
            return Question(field=name, question=text, choices=tuple(close))
    return None


async def find_room_of(filled: Filled, person: str, names: Names, *, must: bool) -> Question | None:
    """The one room that somebody is in; a question when it is several. Raises PreconditionFailed (not-found) where somebody ``must`` be in one."""
    known = await names.rooms()
    if len(known) > MOST_ROOMS_SEARCHED:
        return None
    rooms = [room for room in known if person in await names.people(room)]
    if not rooms and must:
        msg = f"There is no {person} in any room."
        raise PreconditionFailed(
            msg, code="not-found", hint="`greenroom status` shows who is where."
        )
    if len(rooms) == 1:
        filled.put("room", rooms[0], f"{ONLY}room that {person} is in")
    elif rooms:
        return Question(
            field="room", question=f"{person} is in several rooms. Which one?", choices=tuple(rooms)
        )
    return None
