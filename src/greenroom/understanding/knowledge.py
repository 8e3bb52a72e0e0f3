"""The lexicon as the planner looks things up in it: word lists as sets, made once a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JOINTS = ("and", "then", "afterwards", "also", "plus", "but", "so", "because", "since", "if", "when", "once", "while", "unless", "who", "which", "where", "until")  # fmt: skip
"""Words before which a clause may begin."""


def lexicon_of(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """The compiled lexicon, with ``<name>_set`` beside each list."""
    raw: Mapping[str, Any] = catalogue["planner"]["lexicon"]
    sets = {
        f"{name}_set": frozenset(words) for name, words in raw.items() if isinstance(words, list)
    }
    return {**raw, **sets, "joints_set": frozenset(JOINTS)}
