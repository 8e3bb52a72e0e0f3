"""Typing slips in words that matter: "delet", "mnay", "the rooom". Names are left alone: what exists is settled elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.understanding.inflection import bases
from greenroom.understanding.mentions import Token, near
from greenroom.understanding.words import JOINTS

Lexicon = Mapping[str, Any]
SHORTEST = 4
"""Letters below which no word is taken for a slip."""
SURE_LENGTH = 5
"""Letters from which a word that is one letter off is a slip, wherever it stands in small letters or in capitals; two letters swapped are one from four on."""
END = 2
"""Letters at one end of a word that no wrong letter at the other end touches."""
LEADS_TO_OBJECT = {"a", "an", "the", "all", "my", "our", "new", "every", "open", "many", "which", "what", "of"}  # fmt: skip
NAMING = {"called", "named", "name", "titled", "entitled", "identity", "call", "room", "user", "for", "to", "from", "in", "with"}  # fmt: skip
"""Words before a name: what follows is spelled as it is meant."""


class Slips:
    """Knows the words that commands are made of, by their letters, and by their length and first or last letters: a wrong letter spoils one of the two at most."""

    def __init__(self, lexicon: Lexicon, cues: Iterable[str], known: Collection[str]) -> None:
        """``known``: all words that are no names unless something says so."""
        self.lexicon, self.known = lexicon, known
        words = {*lexicon["stop"], *lexicon["actions"], *lexicon["objects"], *cues}
        self._words = {word for word in words if len(word) >= SHORTEST and word.isalpha()}
        self._swapped: dict[str, list[str]] = {}
        """By their letters in order of the alphabet."""
        self._alike: dict[tuple[int, str, str], list[str]] = {}
        """By length and the letters at one end; only words in which one wrong letter may be enough."""
        for word in self._words:
            self._swapped.setdefault("".join(sorted(word)), []).append(word)
            if self._does_or_is(word):
                for ends in ((word[:END], ""), ("", word[-END:])):
                    self._alike.setdefault((len(word), *ends), []).append(word)

    def mended(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with slips put right. The text stays as typed."""
        done: list[Token] = []
        begins = 0
        for at, token in enumerate(tokens):
            if token.kind in {"comma", "stop"} or token.value in JOINTS:
                begins = at + 1
            elif token.text.isalpha() and len(token.text) >= SHORTEST and self._is_odd(token):
                meant = self._meant(tokens, done, begins, at)
                if meant is not None:
                    token = replace(token, kind="word", value=meant)  # noqa: PLW2901
            done.append(token)
        return done

    def _is_odd(self, token: Token) -> bool:
        """Whether nothing is known of a word, by whatever ending it passes for one: "recroding"."""
        return token.kind == "name" or (token.is_word and len(token.text) > SURE_LENGTH)

    def _meant(
        self, tokens: Sequence[Token], done: Sequence[Token], begins: int, at: int
    ) -> str | None:
        """The word that was meant here, if there is one and only one."""
        text = tokens[at].text
        word, titled = text.casefold(), text[:1].isupper() and not text.isupper()
        if word in self._words:
            return None
        before = done[at - 1] if at > begins else None
        opens = not at or all(t.is_word and t.value in self.lexicon["stop_set"] for t in done[:at])
        if not opens and (
            titled or (before is not None and before.is_word and before.value in NAMING)
        ):
            return None
        leads = before is not None and before.value in LEADS_TO_OBJECT
        plain = text.islower() or text.isupper()
        long = len(word) >= SURE_LENGTH and plain and not self._is_known(word)
        return self._closest(word, wrong_letter=opens or leads or long)

    def _is_known(self, word: str) -> bool:
        """Whether it is a word that means something or is common, or a form of one."""
        return word in self.known or any(base in self.known for base in bases(word))

    def _closest(self, word: str, *, wrong_letter: bool) -> str | None:
        """The nearest known word, if all that are near mean the same. Two letters swapped are a slip wherever they stand."""
        alike = list(self._swapped.get("".join(sorted(word)), ()))
        if wrong_letter:
            alike += [
                known
                for length in range(len(word) - 1, len(word) + 2)
                for ends in ((word[:END], ""), ("", word[-END:]))
                for known in self._alike.get((length, *ends), ())
                if self._sure(word, known)
            ]
        found = {known for known in alike if near(word, known)}
        meanings = {self._meaning(known) for known in found}
        return min(found) if len(meanings) == 1 else None

    def _does_or_is(self, word: str) -> bool:
        """Whether a word is an action, a thing or a courtesy."""
        return (
            word in self.lexicon["actions"]
            or word in self.lexicon["objects"]
            or word in self.lexicon["polite_set"]
        )

    def _sure(self, word: str, known: str) -> bool:
        """Whether one wrong letter is enough: in a long word."""
        if len(word) != len(known):
            return max(len(word), len(known)) >= SURE_LENGTH
        return len(known) > SURE_LENGTH

    def _meaning(self, word: str) -> tuple[str, ...]:
        known = (*self.lexicon["actions"].get(word, ()), *self.lexicon["objects"].get(word, ()))
        return known or (word,)
