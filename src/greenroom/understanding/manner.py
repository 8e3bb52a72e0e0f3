"""How a clause says its action: an order, a prohibition, a question or a statement. The forms are data: ``frames.toml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any

from greenroom.understanding.inflection import bases
from greenroom.understanding.mentions import Token

Lexicon = Mapping[str, Any]
ORDER_OF_LISTS = ("order", "forbids", "asks", "wishes", "tells")
SOMEBODY = {"he", "she", "they", "it", "him", "her", "them", "this", "that", "everyone", "everybody", "someone", "somebody", "anyone", "anybody", "us", "those", "these"}  # fmt: skip
"""Pronouns that stand where a name may stand."""
ASKED = {"you", "u", "ya", "someone", "somebody", "anyone", "anybody", "we", "please"}
BEFORE_TO = {
    "as",
    "you",
    "u",
    "want",
    "need",
    "like",
    "please",
    "kindly",
    "able",
    "possible",
    "love",
}
PERFECT = {"has", "have", "had", "i've", "we've", "they've", "he's", "she's"}
"""Words behind which a participle tells what was done."""
TAGS = {"bases": "B", "told": "D", "going": "G", "third": "T"}


class Manner(StrEnum):
    """What a clause that names an action does with it."""

    ORDER = "order"
    ASKS = "asks"
    TELLS = "tells"
    FORBIDS = "forbids"
    CONDITION = "condition"
    LATER = "later"
    EXCEPTS = "excepts"


def changes(about: Mapping[str, Any]) -> bool:
    """Whether it changes something, itself or by the calls that it leads to."""
    return bool(about["effect"] != "read" or about["result"] == "FollowUp")


def destroys(about: Mapping[str, Any]) -> bool:
    """Whether a capability destroys, or leads to what does: some of what it plans may."""
    return bool(about["effect"] == "destroy" or about["result"] == "FollowUp")


def words_of(tokens: Sequence[Token]) -> list[str]:
    """Ordinary words only."""
    return [token.value for token in tokens if token.is_word]


def clause_manner(
    clause: Sequence[Token], acts: Callable[[str], bool], *, destroys: bool, lexicon: Lexicon
) -> Manner:
    """The manner of one clause; ``acts`` says whether a word is an action of the capability at hand."""
    said = tagged(clause, acts, lexicon)
    fitting = lexicon["frames"].fitting(said)
    if not any(tags[:1] == "A" for _, tags in said):
        return Manner.FORBIDS if fitting.has("denies") else Manner.ORDER
    for name in ORDER_OF_LISTS:
        if fitting.has(name) or (destroys and fitting.has(f"{name}-destroys")):
            return Manner.ORDER if name == "wishes" else Manner(name)
    return Manner.ORDER


def tagged(
    clause: Sequence[Token], acts: Callable[[str], bool], lexicon: Lexicon
) -> list[tuple[str, str]]:
    """The clause's words with tags, as frames are compared with them; what is no word is a dot, and a name."""
    said = []
    for token in clause:
        if token.kind in {"comma", "stop"}:
            if token.text[:1] == "?":
                said.append(("?", "Q"))
            continue
        if not token.is_word:
            said.append(("·", "N"))
            continue
        word, tags = str(token.value), ""
        if word in lexicon["actions"] and word not in lexicon["weak_set"] and acts(word):
            forms = "".join(tag for name, tag in TAGS.items() if word in lexicon[f"{name}_set"])
            # "set", "put" and the like are their own past: they order unless something else says so.
            tags = "A" + (forms.replace("D", "") if "B" in forms else forms)
        if word in SOMEBODY:
            tags += "N"
        said.append((word, tags))
    return said


def verbs_ordered(tokens: Sequence[Token], lexicon: Lexicon) -> list[str]:
    """Words that stand where a clause orders: first, or after "please", "you", "to"."""
    found = []
    free = True
    words = [token.value if token.is_word else "" for token in tokens]
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        opens = word in lexicon["before_orders_set"]
        if free and word and not opens and after not in lexicon["modals"]:
            found.append(word)
        if word in {"can", "could", "would", "will"}:
            opens = after in ASKED or before in ASKED
        leads = word in lexicon["leads_orders_set"] or (word == "to" and before in BEFORE_TO)
        free = bool(word) and opens and (free or leads)
    return found


def orders(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a clause seems to order something: a verb in its plain form where an order has it, and what to do it to."""
    content = [t for t in tokens if t.kind not in {"comma", "stop"}]
    things = len(content) == 1 or any(
        not t.is_word
        or t.value in lexicon["objects"]
        or t.value in lexicon["foreign"]
        or t.value in lexicon["wide_set"]
        for t in content
    )
    words = words_of(tokens)
    wished = any(word in lexicon["modals"] or word == "please" for word in words)
    if wished and any(
        base in lexicon["other_verbs_set"]
        for before, word in pairwise(["", *words])
        if word.endswith("ed") and before not in PERFECT
        for base in bases(word)
    ):
        return True
    for word in verbs_ordered(tokens, lexicon):
        plain = word in lexicon["bases_set"] and word not in lexicon["weak_set"]
        if (plain and things) or word in lexicon["foreign"] or word in lexicon["other_verbs_set"]:
            return True
    return False


def dismisses(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether an answer only says no: "never mind", "forget it", "no thanks"."""
    words = words_of(tokens)
    named = any(not t.is_word and t.kind not in {"comma", "stop"} for t in tokens)
    no = bool(words) and words[0] in lexicon["dismissals"]
    return no and not named and {*words} <= {*lexicon["dismissals"], *lexicon["stop_set"]}
