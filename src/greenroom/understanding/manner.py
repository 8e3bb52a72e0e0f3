"""How a clause says its action: an order, a prohibition, a question or a statement. The forms are data: ``frames.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
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
FORMS = {"A": "A", "A:base": "B", "A:told": "D", "A:going": "G", "A:third": "T", "N": "N"}


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
    said = spelled(clause, acts, lexicon)
    frames = patterns(lexicon["openers"])
    if "/A" not in said:
        return Manner.FORBIDS if frames["denies"].search(said) else Manner.ORDER
    for name in ORDER_OF_LISTS:
        if frames[name].search(said) or (destroys and frames[f"{name}-destroys"].search(said)):
            return Manner.ORDER if name == "wishes" else Manner(name)
    return Manner.ORDER


def spelled(clause: Sequence[Token], acts: Callable[[str], bool], lexicon: Lexicon) -> str:
    """The clause as `` word/TAGS …``: A an action, with its form; N a name; Q the question mark."""
    pieces = []
    for token in clause:
        if token.kind in {"comma", "stop"}:
            if token.text[:1] == "?":
                pieces.append("?/Q")
            continue
        if not token.is_word:
            pieces.append("·/N")
            continue
        word, tags = str(token.value), ""
        if word in lexicon["actions"] and word not in lexicon["weak_set"] and acts(word):
            forms = "".join(tag for name, tag in TAGS.items() if word in lexicon[f"{name}_set"])
            # "set", "put" and the like are their own past: they order unless something else says so.
            tags = "A" + (forms.replace("D", "") if "B" in forms else forms)
        if word in SOMEBODY:
            tags += "N"
        pieces.append(f"{word.replace('/', '')}/{tags}")
    return f" {' '.join(pieces)} "


@cache
def patterns(openers: tuple[str, ...] | str) -> Mapping[str, re.Pattern[str]]:
    """The lists of ``frames.toml`` as one expression each."""
    text = Path(__file__).with_name("frames.toml").read_text(encoding="utf-8")
    frames: Mapping[str, Sequence[str]] = tomllib.loads(text)
    names = ["denies", *(name for base in ORDER_OF_LISTS for name in (base, f"{base}-destroys"))]
    return {
        name: re.compile("|".join(expression(f, openers) for f in frames.get(name, ())) or r"(?!)")
        for name in names
    }


def expression(frame: str, openers: Sequence[str]) -> str:
    """One frame as a regular expression over ``spelled``."""
    made = r"(?<= )"
    for part in frame.split():
        if part == "^":
            made = rf"^ (?:(?:{'|'.join(map(re.escape, openers))})/\S* )*"
        elif part == "$":
            made += "$"
        elif part == "?":
            made += r"(?:\S+ )*\?/Q $"
        elif part == "_":
            made += r"\S+ "
        elif part == "...":
            made += r"(?:\S+ ){0,6}?"
        else:
            made += f"(?:{'|'.join(alternative(word) for word in part.split('|'))})"
    return f"(?:{made})"


def alternative(word: str) -> str:
    """A literal word, or a form of action or name."""
    if word in FORMS:
        return rf"\S+/\S*{FORMS[word]}\S* "
    return rf"{re.escape(word)}/\S* "


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
        not t.is_word or t.value in lexicon["objects"] or t.value in lexicon["foreign"]
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
