"""Words put right before they are read: names of several words made whole, slips in command words corrected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.hub.understanding.fields import NAMING
from greenroom.hub.understanding.mentions import Token, near
from greenroom.hub.understanding.steps import JOINTS

Lexicon = Mapping[str, Any]
SURE_LENGTH = 5
"""Letters from which a word that is one letter off is a slip and no name; two letters swapped are one from four on."""
LEADS_TO_OBJECT = {"a", "an", "the", "all", "my", "our", "new", "every", "open"}


def mend(tokens: Sequence[Token], lexicon: Lexicon, cues: Collection[str]) -> list[Token]:
    """The tokens, mended. Nothing inside quotes is touched, and no word that stands where a name stands."""
    return slips_corrected(names_made_whole(tokens, lexicon, cues), lexicon)


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


def slips_corrected(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Unknown words that are one slip from a command word, where a command word would stand: "delet", "the rooom"."""
    mended: list[Token] = []
    begins = 0
    for at, token in enumerate(tokens):
        if token.kind in {"comma", "stop"} or token.value in JOINTS:
            begins = at + 1
        elif token.kind == "name" and token.text.isalpha():
            meant = None
            if all(t.is_word and t.value in lexicon["polite"] for t in mended[begins:at]):
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


def closest(word: str, meanings: Mapping[str, str], sure: int = SURE_LENGTH) -> str | None:
    """The word of this list that was meant, if all that are near mean the same."""
    swapped = sorted(word)
    found = [
        known
        for known in meanings
        if near(word, known) and (sorted(known) == swapped or min(len(word), len(known)) >= sure)
    ]
    return found[0] if len({meanings[known] for known in found}) == 1 else None
