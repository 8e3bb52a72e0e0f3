"""Where words of fields stand in a request: beside a value, or meaning one by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.understanding.inflection import stem
from greenroom.understanding.marking import Mark
from greenroom.understanding.mentions import Token
from greenroom.understanding.words import NAMING

Index = dict[str, list[tuple[tuple[str, ...], Mark]]]
"""By the stem of the first word of a phrase: all its stems, and its mark as if it stood at the beginning."""


class FieldWords:
    """The words of all fields of all capabilities. Those of a capability are prepared when it is first asked for."""

    def __init__(self, capabilities: Mapping[str, Any], lexicon: Mapping[str, Any]) -> None:
        self.capabilities, self.stop = capabilities, lexicon["stop_set"]
        self._indices: dict[str, Index] = {}
        self._tags: dict[str, dict[tuple[str, ...], set[str]]] | None = None

    def of(self, stems: Sequence[str], identifier: str) -> list[Mark]:
        """Marks of one capability's fields in a request, in order of place. ``stems``: as ``stems_of`` has them."""
        index = self._index(identifier)
        return [
            mark.moved(-at)
            for at, first in enumerate(stems)
            for words, mark in index.get(first, ())
            if len(words) == 1 or tuple(stems[at : at + len(words)]) == words
        ]

    def tags(self, stems: Sequence[str]) -> dict[int, set[str]]:
        """By place: each ``field=value`` of any capability that a phrase there is listed for."""
        if self._tags is None:
            self._tags = self._all_tags()
        found: dict[int, set[str]] = {}
        for at, first in enumerate(stems):
            for words, tags in self._tags.get(first, {}).items():
                if len(words) == 1 or tuple(stems[at : at + len(words)]) == words:
                    for place in range(at, at + len(words)):
                        found.setdefault(place, set()).update(tags)
        return found

    def _all_tags(self) -> dict[str, dict[tuple[str, ...], set[str]]]:
        tags: dict[str, dict[tuple[str, ...], set[str]]] = {}
        listed = {
            (phrase, tag(name, value))
            for about in self.capabilities.values()
            for name, field in about["fields"].items()
            for value, phrases in field["means"]
            for phrase in phrases
        }
        for phrase, meant in listed:
            stems = tuple(stem(word) for word in phrase.split())
            tags.setdefault(stems[0], {}).setdefault(stems, set()).add(meant)
        return tags

    def _index(self, identifier: str) -> Index:
        index = self._indices.get(identifier)
        if index is None:
            index = self._indices[identifier] = {}
            for name, field in self.capabilities[identifier]["fields"].items():
                self._add_field(index, name, field)
        return index

    def _add_field(self, index: Index, name: str, field: Mapping[str, Any]) -> None:
        spaced = name.replace("_", " ")
        for phrase in dict.fromkeys([*field["words"], spaced, name.replace("_", "-")]):
            words = phrase.split()
            weak = all(word in self.stop and word not in NAMING for word in words)
            strength = (1.5 if weak else 4.0) + 0.4 * len(words)
            _add(index, words, Mark(0, len(words), name, strength, means=False))
        for value, phrases in field["means"]:
            for phrase in phrases:
                words = phrase.split()
                mark = Mark(0, len(words), name, len(words), means=True, value=value)
                _add(index, words, mark)


def _add(index: Index, words: Sequence[str], mark: Mark) -> None:
    stems = tuple(stem(word) for word in words)
    index.setdefault(stems[0], []).append((stems, mark))


def stems_of(tokens: Sequence[Token]) -> list[str]:
    """The stems of words and names, "" for other mentions."""
    return [stem(str(t.value)) if t.is_word or t.kind == "name" else "" for t in tokens]


def tag(field: str, value: Any) -> str:
    """``field=value``."""
    return f"{field}={str(value).lower() if isinstance(value, bool) else value}"
