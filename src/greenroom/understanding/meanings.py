"""Words that mean a value, as was learned from many requests: "nobody must notice him" is ``hidden=true``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greenroom.understanding import weights as w
from greenroom.understanding.agreeing import agreed
from greenroom.understanding.lanes import SUREST, UNJUDGED, Judged
from greenroom.understanding.learned import model
from greenroom.understanding.marking import Mark
from greenroom.understanding.marks import FieldWords, stems_of, tag
from greenroom.understanding.mentions import Token
from greenroom.understanding.network import Network
from greenroom.understanding.signs import BEGINS, ENDS, meaning, spelled

MEANS = "means.model"
"""File beside this one."""
NEAR = 3
"""Words on either side that are looked at."""
LIKELY = 1.0
"""Log odds from which a word is taken to mean a value."""
UNLIKELY = -4.0
"""Log odds below which words that a field lists are not taken for its value."""
UNUSUAL = -2.5
"""The same for a field that has a value where none is said."""
SURELY_TURNED = -1.0
"""Log odds of the opposite from which a phrase is taken for it."""
GAP = 2
"""Words in between that are unsure and still one phrase with what is around them."""
Seems = Mapping[str, float] | Judged
"""Log odds of each ``field=value`` that a word is part of what means it."""


class Meanings:
    """Finds phrases that mean values of fields with a choice."""

    def __init__(self, capabilities: Mapping[str, Any], lexicon: Mapping[str, Any]) -> None:
        self.lexicon = lexicon
        self.values = {
            identifier: chosen
            for identifier, about in capabilities.items()
            if (chosen := values_of(about["fields"]))
        }
        self.usual = {
            identifier: {name for name, field in about["fields"].items() if field["default"]}
            for identifier, about in capabilities.items()
        }
        """By capability, fields that have a value where none is said."""
        self.harmless = {
            identifier: {name for name, field in about["fields"].items() if not field["many"]}
            for identifier, about in capabilities.items()
            if about["effect"] == "read"
        }
        """By capability, fields of what only reads that take one value: a listed phrase is enough."""

    @property
    def known(self) -> Network:
        """The model, opened when a request first needs it."""
        return model(MEANS)

    def marks(self, identifier: str, listed: Sequence[Mark], seen: Seen) -> list[Mark]:
        """For one capability: what was learned, then what its fields list (``listed``) where that does not contradict it."""
        usual, harmless = self.usual[identifier], self.harmless.get(identifier, ())
        kept = (
            m
            for m in listed
            if m.field in harmless
            or seen.denied[m.start]
            or not unlikely(m, seen.odds, UNUSUAL if m.field in usual else UNLIKELY)
        )
        listed = [m if seen.orders(m.start) else turned(m, seen.odds) for m in kept]
        found = self._marks(seen, identifier)
        return [*(m for m in found if not any(says_more(each, m) for each in listed)), *listed]

    def likeliest(self, identifier: str, seen: Seen, places: range) -> Mark | None:
        """The value that words in these places mean most likely, where one of them must: None where hardly any does."""
        best, least = None, w.PERHAPS
        for name, values in self.values[identifier].items():
            for value in values:
                for at in places:
                    odds = seen.odds[at].get(tag(name, value), -SUREST)
                    if odds > least:
                        best = Mark(at, at + 1, name, 1.0, means=True, value=value, learned=True)
                        least = odds
        return best

    def _marks(self, seen: Seen, identifier: str) -> Iterator[Mark]:
        for start, end, meant in seen.found:
            name, _, said = meant.partition("=")
            value = {"true": True, "false": False}.get(said, said)
            if value is False and seen.orders(start):
                continue
            if value in self.values[identifier].get(name, ()):
                yield Mark(start, end, name, end - start, means=True, value=value, learned=True)

    def see(self, tokens: Sequence[Token], listed: Mapping[int, set[str]]) -> Seen:
        """What the words of a request mean by what was learned. ``listed``: by place, each ``field=value`` that fields list a phrase there for."""
        views = Views(tokens, self.lexicon, listed)
        odds = [
            self.known.judged(views.signs(at))
            if token.is_word or token.kind == "name"
            else UNJUDGED
            for at, token in enumerate(tokens)
        ]
        found = sorted(phrases([here.above(LIKELY) for here in odds]))
        affirmed = standing(tokens, self.lexicon["affirmations_set"])
        return Seen(odds, found, views.denied, affirmed)


@dataclass(slots=True)
class Seen:
    """What was learned about the words of a request: for each, log odds of each ``field=value``; phrases that mean one; whether it is denied."""

    odds: Sequence[Judged]
    found: Sequence[tuple[int, int, str]]
    denied: Sequence[bool]
    affirmed: Sequence[bool]

    def orders(self, at: int) -> bool:
        """Whether "enable" or the like stands before this place, and no denial: whatever was learned, it is no "no"."""
        return self.affirmed[at] and not self.denied[at]


class Marks:
    """Words of fields in one request, by capability; found for each when it is first asked for."""

    def __init__(
        self,
        tokens: Sequence[Token],
        words: FieldWords,
        meanings: Meanings,
        likely: Callable[[str], bool],
    ) -> None:
        """What was learned counts for capabilities that are ``likely`` wanted."""
        self.tokens, self.words, self.meanings, self.likely = tokens, words, meanings, likely
        self.stems = stems_of(tokens)
        self._known: dict[str, list[Mark]] = {}
        self._seen: Seen | None = None

    def of(self, identifier: str) -> list[Mark]:
        """Marks of one capability's fields."""
        known = self._known.get(identifier)
        if known is None:
            known = self.words.of(self.stems, identifier)
            if identifier in self.meanings.values and self.likely(identifier):
                known = self.meanings.marks(identifier, known, self.seen())
                known = agreed(known, self.tokens, self.meanings.lexicon)
            self._known[identifier] = known
        return known

    def likeliest(self, identifier: str, places: range) -> Mark | None:
        """The value of one of a capability's fields that words in these places mean most likely."""
        if identifier not in self.meanings.values:
            return None
        return self.meanings.likeliest(identifier, self.seen(), places)

    def seen(self) -> Seen:
        """What was learned about the words; looked up when it is first asked for."""
        if self._seen is None:
            self._seen = self.meanings.see(self.tokens, self.words.tags(self.stems))
        return self._seen


def says_more(listed: Mark, found: Mark) -> bool:
    """Whether a phrase that a field lists holds what was learned to mean another choice: "single speaker dark"."""
    return (
        listed.means
        and listed.field == found.field
        and isinstance(listed.value, str)
        and listed.value != found.value
        and listed.start <= found.start
        and found.end <= listed.end
        and listed.end - listed.start > found.end - found.start
    )


def values_of(fields: Mapping[str, Any]) -> dict[str, set[Any]]:
    """The values that words may mean, by field; of yes and no both, though a field lists phrases for one alone."""
    found = {name: {value for value, _ in f["means"]} for name, f in fields.items() if f["means"]}
    return {
        name: {True, False} if values & {True, False} else values for name, values in found.items()
    }


def turned(mark: Mark, odds: Sequence[Seems]) -> Mark:
    """A phrase that means yes or no; the other of the two where that is likelier here: "take the screen sharing from him"."""
    if not mark.means or not isinstance(mark.value, bool):
        return mark
    other = replace(mark, value=not mark.value, learned=True)
    here = odds[mark.start : mark.end]
    own, opposite = (
        max(each.get(tag(m.field, m.value), -SUREST) for each in here) for m in (mark, other)
    )
    return other if opposite > max(own, SURELY_TURNED) else mark


def unlikely(mark: Mark, odds: Sequence[Seems], least: float) -> bool:
    """Whether a phrase that a field lists hardly means its value here."""
    if not mark.means:
        return False
    meant = tag(mark.field, mark.value)
    return max(here.get(meant, 0.0) for here in odds[mark.start : mark.end]) < least


class Views:
    """Looks at a request once, for all its words."""

    def __init__(
        self,
        tokens: Sequence[Token],
        lexicon: Mapping[str, Any],
        listed: Mapping[int, set[str]],
    ) -> None:
        self.listed = listed
        self.denied = denied(tokens, lexicon)
        self.denied_behind = standing(tokens[::-1], lexicon["denied_after_set"])[::-1]
        said = [spelled(token) for token in tokens]
        self.said = [*[BEGINS] * NEAR, *said, *[ENDS] * NEAR]
        self.meant = [meaning(word, lexicon["concepts"]) for word in self.said]

    def signs(self, at: int) -> list[str]:
        """Of the word at this place: itself, its neighbours and runs that it is in."""
        behind = at + 2 * NEAR + 1
        third, second, before, word, after, next_, last = self.said[at:behind]
        found = [
            f"w:{word}",
            f"m:{self.meant[at + NEAR]}",
            f"~{word[:5]}",
            f"-1:{before}",
            f"+1:{after}",
            f"-2:{second}",
            f"+2:{next_}",
            f"-3:{third}",
            f"+3:{last}",
        ]
        for words, as_ in ((self.said, "w"), (self.meant, "m")):
            _, second, before, word, after, next_, _ = words[at:behind]
            found += [
                f"{as_}-10:{before} {word}",
                f"{as_}01:{word} {after}",
                f"{as_}-20:{second} {before} {word}",
                f"{as_}-11:{before} {word} {after}",
                f"{as_}02:{word} {after} {next_}",
            ]
        for listed in self.listed.get(at, ()):
            found += [f"p:{listed}", f"p{self.denied[at]:d}:{listed}"]
            if self.denied_behind[at]:
                found.append(f"q:{listed}")
        return found


def denied(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> list[bool]:
    """For each token, whether "not", "no" or "without" stands before it in its part of the sentence."""
    return standing(tokens, {*lexicon["negations"], *lexicon["denials"]})


def standing(tokens: Sequence[Token], words: Collection[str]) -> list[bool]:
    """For each token, whether one of these words stands before it in its part of the sentence."""
    found, there = [], False
    for token in tokens:
        found.append(there)
        if token.kind in {"comma", "stop"} or token.value == "but":
            there = False
        there = there or token.value in words
    return found


def phrases(tags: Sequence[Collection[str]]) -> Iterator[tuple[int, int, str]]:
    """``(start, end, tag)`` of tokens that mean the same and stand together."""
    for meant in {meant for here in tags for meant in here}:
        places = [at for at, here in enumerate(tags) if meant in here]
        start = end = places[0]
        for at in places:
            if at - end > GAP:
                yield start, end + 1, meant
                start = at
            end = at
        yield start, end + 1, meant
