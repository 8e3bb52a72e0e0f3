"""Some clauses of a request that may be one step: what is in them, whichever capability the step is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenroom.understanding.evidence import Evidence

POINTERS = {"it", "him", "her", "them", "he", "she", "they", "that", "this", "those", "these", "everyone", "everybody", "everything", "me", "us", "one"}  # fmt: skip
"""Words that stand for something named elsewhere."""


class Stretch:
    """Looks at the clauses once."""

    def __init__(self, see: Evidence, span: range) -> None:
        self.span = span
        self.tokens = see.piece(span)
        self.start, self.end = see.cut[span.start].start, see.cut[span.stop - 1].end
        self.kinds = {token.kind for token in self.tokens}
        self.values = {token.value for token in self.tokens}
        self.ids = self.values & see.capabilities.keys()
        """Capabilities that are named by their id."""
        words = POINTERS & self.values
        if words:
            words = {token.value for token in self.tokens if token.is_word and token.value in words}
        self.pointed = {
            kind
            for kind in ("room", "person")
            if words & see.lexicon.get(f"pronouns_{kind}_set", frozenset())
        }
        """Kinds of what exists and is pointed at, by a pronoun or a description: "kick him", "the interview room"."""
        if "described" in self.kinds:
            self.pointed.add("room")
