"""What each word may be before anybody looks at the sentence: a command word, an ordinary word, or a name; slips mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from greenroom.understanding.mentions import Token, near

Lexicon = Mapping[str, Any]
NAMING = {"called", "named", "name", "titled", "entitled", "identity", "call"}
SURE_LENGTH = 5
"""Letters from which a word that is one letter off is a slip and no name; two letters swapped are one from four on."""
LEADS_TO_OBJECT = {"a", "an", "the", "all", "my", "our", "new", "every", "open"}
JOINTS = {"and", "then", "afterwards", "also", "plus", "next", "finally"}
ENDINGS = (
    "ing", "ed", "ly", "tion", "sion", "ment", "ness", "able", "ible", "ful", "less", "ously", "ous",
    "ity", "ance", "ence", "ish", "ize", "ise", "ised", "ized",
)  # fmt: skip
"""Endings of ordinary words: a long word in small letters that has one is no name unless something says so."""
ORDINARY_LENGTH = 7


def known_words(catalogue: Mapping[str, Any]) -> set[str]:
    """Words that phrases, fields and lists have: no names, unless something says so."""
    lexicon = catalogue["planner"]["lexicon"]
    known = {*catalogue["planner"]["vocabulary"], *lexicon["stop"], *lexicon["common"]}
    for table in ("numbers", "units", "actions", "objects", "foreign"):
        known.update(lexicon[table])
    for name, words in lexicon.items():
        if isinstance(words, list) and name not in {"stop", "common"}:
            known.update(words)
    known |= cue_words(catalogue)
    return known | {stem(word) for word in known if word.isalpha()}


def cue_words(catalogue: Mapping[str, Any]) -> set[str]:
    """Every word that stands beside a field's value or means one."""
    cues: set[str] = set()
    for about in catalogue["capabilities"].values():
        for field in about["fields"].values():
            phrases = [*field["words"], *(phrase for _, said in field["means"] for phrase in said)]
            cues.update(word for phrase in phrases for word in phrase.split())
    return cues


def recognised(
    tokens: Sequence[Token], lexicon: Lexicon, known: Collection[str], cues: Collection[str]
) -> list[Token]:
    """The tokens with names told from words, names of several words made whole, slips in command words mended."""
    named = [replace(t, kind="name") if is_name(t, known) else t for t in tokens]
    return slips_mended(names_made_whole(named, lexicon, cues), lexicon)


@cache
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
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word.removesuffix("e")


def is_name(token: Token, known: Collection[str]) -> bool:
    """Whether a word that nothing else is known of may be somebody's or some room's name."""
    if not token.is_word or token.value in known:
        return False
    word = token.value
    bare = word.replace("'", "")
    if stem(word) in known:
        return False
    if not bare.isalpha() or token.text[:1].isupper():
        return not (bare.isalpha() and "'" not in word and all(p in known for p in word.split("-")))
    return not (len(bare) >= ORDINARY_LENGTH and bare.endswith(ENDINGS))


def names_made_whole(
    tokens: Sequence[Token], lexicon: Lexicon, cues: Collection[str]
) -> list[Token]:
    """As in "called Team Sync": words without a part of their own in the request are one name."""
    stop = {*lexicon["stop"], *lexicon["later"], *lexicon["conditions"], *JOINTS, *cues}
    apart = stop | lexicon["actions"].keys() | lexicon["objects"].keys() | lexicon["units"].keys()
    whole: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        whole.append(token)
        at += 1
        if not token.is_word or token.value not in NAMING:
            continue
        run: list[Token] = []
        for following in tokens[at:]:
            joined = not run or following.start == run[-1].start + len(run[-1].text) + 1
            shouted = following.text[:1].isupper() and following.value not in stop
            free = shouted or following.value not in apart
            if following.kind not in {"word", "name"} or not joined or not free:
                break
            run.append(following)
        if len(run) > 1:
            said = " ".join(part.text for part in run)
            whole.append(replace(run[0], kind="name", text=said, value=said.casefold()))
            at += len(run)
    return whole


def slips_mended(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Unknown words that are one slip from a command word, where a command word would stand: "delet", "the rooom"."""
    mended: list[Token] = []
    begins = 0
    for at, token in enumerate(tokens):
        if token.kind in {"comma", "stop"} or token.value in JOINTS:
            begins = at + 1
        elif token.kind == "name" and token.text.isalpha():
            meant = None
            if all(t.is_word and t.value in lexicon["stop"] for t in mended[begins:at]):
                acts = any(t.is_word and t.value in lexicon["actions"] for t in clause(tokens, at))
                meant = None if acts else closest(token.value, lexicon["actions"])
            before = mended[at - 1] if at > begins else None
            if meant is None and before is not None and before.is_word:
                leads = before.value in LEADS_TO_OBJECT or before.value in lexicon["actions"]
                meant = closest(token.value, lexicon["objects"], 4) if leads else None
            if meant is not None:
                token = replace(token, kind="word", value=meant)  # noqa: PLW2901
        mended.append(token)
    return mended


def clause(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """From here to the next comma, joint or end of sentence."""
    for end in range(at, len(tokens)):
        if tokens[end].kind in {"comma", "stop"} or tokens[end].value in JOINTS:
            return tokens[at:end]
    return tokens[at:]


def closest(word: str, meanings: Mapping[str, Any], sure: int = SURE_LENGTH) -> str | None:
    """The word of this list that was meant, if all that are near mean the same."""
    swapped = sorted(word)
    found = [
        known
        for known in meanings
        if near(word, known) and (sorted(known) == swapped or min(len(word), len(known)) >= sure)
    ]
    return found[0] if len({tuple(meanings[known]) for known in found}) == 1 else None
