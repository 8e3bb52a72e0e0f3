"""Typing slips in words that matter: "delet", "mnay", "the rooom". Names are left alone: what exists is settled elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.understanding.mentions import Token, near
from greenroom.understanding.words import JOINTS

Lexicon = Mapping[str, Any]
SURE_LENGTH = 5
"""Letters from which a word that is one letter off is a slip; two letters swapped are one from four on."""
LEADS_TO_OBJECT = {"a", "an", "the", "all", "my", "our", "new", "every", "open", "many", "which", "what", "of"}  # fmt: skip
NAMING = {"called", "named", "name", "titled", "entitled", "identity", "call", "room", "user", "for", "to", "from", "in", "with"}  # fmt: skip
"""Words before a name: what follows is spelled as it is meant."""


class Slips:
    """Knows the words that commands are made of, by all that is left of them when one letter falls out."""

    def __init__(self, lexicon: Lexicon, cues: Iterable[str]) -> None:
        self.lexicon = lexicon
        words = {*lexicon["stop"], *lexicon["actions"], *lexicon["objects"], *cues}
        self._near: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= 4 and word.isalpha():
                for key in shortened(word):
                    self._near.setdefault(key, set()).add(word)

    def mended(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with slips put right. The text stays as typed."""
        done: list[Token] = []
        begins = 0
        for at, token in enumerate(tokens):
            if token.kind in {"comma", "stop"} or token.value in JOINTS:
                begins = at + 1
            elif token.kind == "name" and token.text.isalpha() and len(token.text) >= 4:
                meant = self._meant(tokens, done, begins, at)
                if meant is not None:
                    token = replace(token, kind="word", value=meant)  # noqa: PLW2901
            done.append(token)
        return done

    def _meant(
        self, tokens: Sequence[Token], done: Sequence[Token], begins: int, at: int
    ) -> str | None:
        """The word that was meant here, if there is one and only one."""
        word = tokens[at].text.casefold()
        if word in self._near.get(word, ()):
            return None
        before = done[at - 1] if at > begins else None
        opens = not at or all(t.is_word and t.value in self.lexicon["stop_set"] for t in done[:at])
        if not opens and (
            tokens[at].text[:1].isupper()
            or (before is not None and before.is_word and before.value in NAMING)
        ):
            return None
        leads = before is not None and before.value in LEADS_TO_OBJECT
        return self._closest(word, wrong_letter=opens or leads)

    def _closest(self, word: str, *, wrong_letter: bool) -> str | None:
        """The nearest known word, if all that are near mean the same. Two letters swapped are a slip wherever they stand."""
        swapped = sorted(word)
        found = {
            known
            for key in shortened(word)
            for known in self._near.get(key, ())
            if near(word, known)
            and (sorted(known) == swapped or (wrong_letter and self._sure(word, known)))
        }
        meanings = {self._meaning(known) for known in found}
        return min(found) if len(meanings) == 1 else None

    def _sure(self, word: str, known: str) -> bool:
        """Whether one wrong letter is enough: in a long word that does something or is something."""
        acts = (
            known in self.lexicon["actions"]
            or known in self.lexicon["objects"]
            or known in self.lexicon["polite_set"]
        )
        return (acts and max(len(word), len(known)) >= SURE_LENGTH and len(word) != len(known)) or (
            acts and min(len(word), len(known)) > SURE_LENGTH
        )

    def _meaning(self, word: str) -> tuple[str, ...]:
        known = (*self.lexicon["actions"].get(word, ()), *self.lexicon["objects"].get(word, ()))
        return known or (word,)


def shortened(word: str) -> Iterator[str]:
    """The word, and all that is left of it when one letter falls out."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
