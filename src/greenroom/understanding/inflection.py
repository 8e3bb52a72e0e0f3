"""English inflection, roughly: what a word may be a form of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, roughly: "publishes", "published" and "publishing" are alike."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}i"
    for ending, least in (("ing", 5), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) > least and not word.endswith("ss"):
            word = word[: -len(ending)]
            if ending in {"ing", "ed"} and word[-1:] == word[-2:-1] and word[-1] not in "sl":
                word = word[:-1]
            break
    return (
        f"{word[:-1]}i"
        if word.endswith("y") and len(word) > 3
        else (word.removesuffix("e") if len(word) > 4 else word)
    )


def bases(word: str) -> Iterator[str]:
    """What an inflected word may be a form of: "rooms", "boxes", "tried", "stopping", "gladly"."""
    if "'" in word:
        word = word.removesuffix("'s").removesuffix("'")
        yield word
    for ending, least in (
        ("s", 3),
        ("ed", 3),
        ("ing", 3),
        ("ly", 3),
        ("er", 3),
        ("est", 3),
        ("d", 3),
        ("r", 3),
    ):
        base = word.removesuffix(ending)
        if base == word or len(base) < least:
            continue
        yield base
        if ending in {"ing", "ed", "er", "est"}:
            yield f"{base}e"
            if base[-1] == base[-2]:
                yield base[:-1]
            if base[-1] == "i":
                yield f"{base[:-1]}y"
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        yield word[:-2]
