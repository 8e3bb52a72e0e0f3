"""Forms of a clause, as ``frames.toml`` lists them, and whether a clause has one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FORMS = {"A": "A", "A:base": "B", "A:told": "D", "A:going": "G", "A:third": "T", "N": "N"}
"""What a frame calls a form, and the tag that a word of that form has."""
WORDLESS = ""
"""Stands for the words of frames that need none."""
SOME = 6
"""Most words that "..." stands for."""

Said = Sequence[tuple[str, str]]
"""Each word of a clause with its tags: A an action and its form, N a name, Q the question mark."""


@dataclass(slots=True)
class Part:
    """What stands at one place of a frame: one of some words or forms; or one of the signs ^ $ ? _ and "..."."""

    sign: str
    words: frozenset[str]
    tags: frozenset[str]

    def fits(self, word: str, tags: str) -> bool:
        """Whether a word may stand here."""
        return word in self.words or not self.tags.isdisjoint(tags)


class Frame:
    """One form."""

    def __init__(self, frame: str, openers: Collection[str]) -> None:
        """``openers``: polite words that may stand before the beginning."""
        self.openers = openers
        parts = [part_of(text) for text in frame.split()]
        self.begins = parts[0].sign == "^"
        self.parts = parts[1:] if self.begins else parts
        literal = (part.words for part in parts if part.words and not part.tags)
        self.needs = next(literal, frozenset[str]())
        """Words one of which every clause of this form has; none where only forms and signs are asked for."""

    def is_in(self, said: Said) -> bool:
        """Whether a clause has this form anywhere."""
        if not self.begins:
            return any(self._follows(0, said, at) for at in range(len(said) + 1))
        at = 0
        while not self._follows(0, said, at):
            if at >= len(said) or said[at][0] not in self.openers:
                return False
            at += 1
        return True

    def _follows(self, place: int, said: Said, at: int) -> bool:
        """Whether the parts from this one on stand in the clause from here on."""
        if place == len(self.parts):
            return True
        part = self.parts[place]
        if part.sign == "...":
            most = min(len(said), at + SOME)
            return any(self._follows(place + 1, said, later) for later in range(at, most + 1))
        if part.sign == "$":
            return at == len(said) and self._follows(place + 1, said, at)
        if part.sign == "?":
            return at < len(said) and said[-1] == ("?", "Q")
        if at == len(said) or not (part.sign == "_" or part.fits(*said[at])):
            return False
        return self._follows(place + 1, said, at + 1)


def part_of(text: str) -> Part:
    """A part as it is written in a frame."""
    if text in {"^", "$", "?", "_", "..."}:
        return Part(text, frozenset(), frozenset())
    choices = text.split("|")
    return Part(
        "",
        frozenset(choice for choice in choices if choice not in FORMS),
        frozenset(FORMS[choice] for choice in choices if choice in FORMS),
    )


class Frames:
    """Lists of frames by name, looked up by the words that are in a clause."""

    def __init__(self, lists: Mapping[str, Sequence[str]], openers: Collection[str]) -> None:
        self._by_word: dict[str, dict[str, list[Frame]]] = {WORDLESS: {}}
        """By a word that they need, or ``WORDLESS``; then by list."""
        for name, frames in lists.items():
            for frame in (Frame(text, openers) for text in frames):
                for word in frame.needs or {WORDLESS}:
                    by_list = self._by_word.setdefault(word, {})
                    by_list.setdefault(name, []).append(frame)

    def fitting(self, said: Said) -> Fitting:
        """The forms that a clause may have."""
        known = self._by_word
        words = {WORDLESS, *(word for word, _ in said)}
        return Fitting(said, [known[word] for word in words if word in known])


class Fitting:
    """Forms by list, of which one clause has the words."""

    __slots__ = ("_frames", "_said")

    def __init__(self, said: Said, frames: Sequence[Mapping[str, Sequence[Frame]]]) -> None:
        self._said, self._frames = said, frames

    def has(self, name: str) -> bool:
        """Whether the clause has a form of this list."""
        return any(
            frame.is_in(self._said) for by_list in self._frames for frame in by_list.get(name, ())
        )
