"""How something is said: prohibitions, questions about the past, conditions and mere statements are no orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any

from greenroom.understanding.mentions import Token

Lexicon = Mapping[str, Any]


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


def words_of(tokens: Sequence[Token]) -> list[str]:
    """Ordinary words only."""
    return [token.value for token in tokens if token.is_word]


def parts_of(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The pieces between commas and sentence ends. A question mark stays."""
    part: list[Token] = []
    for token in tokens:
        if token.kind in {"comma", "stop"}:
            if token.text[:1] == "?":
                part.append(token)
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def manner_of(
    tokens: Sequence[Token], used: set[int], about: Mapping[str, Any], lexicon: Lexicon
) -> Manner:
    """How the step's action is said. Reading is always an order."""
    if not changes(about):
        return Manner.ORDER
    destroys = about["effect"] == "destroy"
    at = 0
    acting = [part for part in parts_of(tokens) if _acts(part, lexicon)] or [list(tokens)]
    for part in acting:
        words = words_of(part)
        found = _part_manner(part, words, destroys=destroys, lexicon=lexicon)
        if found is not Manner.ORDER:
            return found
        at += 1
    if takes_back(words_of(tokens), lexicon):
        return Manner.FORBIDS
    if conditional(tokens, used, lexicon):
        return Manner.CONDITION
    if destroys and any(w in lexicon["contrasts_set"] for w in words_of(acting[-1])):
        return Manner.EXCEPTS
    return Manner.ORDER


def _acts(part: Sequence[Token], lexicon: Lexicon) -> bool:
    return any(t.is_word and t.value in lexicon["actions"] for t in part)


def _part_manner(
    part: Sequence[Token], words: Sequence[str], *, destroys: bool, lexicon: Lexicon
) -> Manner:
    """The manner of one clause with an action in it."""
    if forbids(words, lexicon):
        return Manner.FORBIDS
    if asks(words, part, destroys=destroys, lexicon=lexicon):
        return Manner.ASKS
    if tells(words, destroys=destroys, lexicon=lexicon):
        return Manner.TELLS
    if later(part, words, destroys=destroys, lexicon=lexicon):
        return Manner.LATER
    return Manner.ORDER


def first_action(words: Sequence[str], lexicon: Lexicon) -> int | None:
    """Place of the first strong action, else of the first of all."""
    acts = [at for at, word in enumerate(words) if word in lexicon["actions"]]
    strong = [at for at in acts if words[at] not in lexicon["weak_set"]]
    found = strong or acts
    return found[0] if found else None


def forbids(words: Sequence[str], lexicon: Lexicon) -> bool:
    """As in "don't delete lobby", "not to be closed"; "don't forget to" is an order."""
    first = first_action(words, lexicon)
    if first is None:
        return False
    for at, word in enumerate(words[:first]):
        if word not in lexicon["negations_set"] and word != "no":
            continue
        after = words[at + 1 : at + 3]
        if {"forget", "hesitate", "mind", "longer", "need", "needed", "needs"} & {*after}:
            continue
        if word == "no" and first - at > 2:
            continue
        return True
    return words[first + 1 : first + 2] == ["nothing"]


def takes_back(words: Sequence[str], lexicon: Lexicon) -> bool:
    """As in "stop deleting rooms" and "delete lobby, no wait, don't"."""
    last = bool(words) and words[-1] in {"don't", "dont", "not", "wait"}
    after = [b for a, b in pairwise(words) if a in lexicon["ceases_set"]]
    return last or any(word == "from" or word in lexicon["going_set"] for word in after)


def asks(words: Sequence[str], part: Sequence[Token], *, destroys: bool, lexicon: Lexicon) -> bool:
    """Whether it asks for a fact, advice or leave: "did you …", "how do I …", "can I …"; "can you …" is an order."""
    words = [w for w in words if w not in {"please", "so", "and", "but", "hey", "hi", "ok", "okay"}]
    if len(words) < 2:
        return False
    first, second = words[:2]
    if first in {"did", "didn't", "has", "hasn't", "was", "were", "had", "why"} and second != "not":
        return True
    if first in {"have", "haven't"} and (second in lexicon["subjects_set"] | {"you", "we", "i"}):
        return True
    if first in {"when", "who"} and any(w in lexicon["told_set"] for w in words[1:4]):
        return True
    someone = second in lexicon["subjects_set"] | {"i", "we", "anyone", "somebody", "someone"}
    if first in lexicon["leave_set"] and someone:
        if first in {"can", "could", "may", "might"}:
            return destroys and not {"have", "get"} & {*words[2:4]}
        return "possible" not in words
    if first in {"how", "what", "which", "where"}:
        return second not in {"about"}
    marked = any(t.kind == "stop" and t.text[:1] == "?" for t in part)
    return marked and first in {"is", "are"} and destroys


def tells(words: Sequence[str], *, destroys: bool, lexicon: Lexicon) -> bool:
    """Whether its first action is told of, not ordered: "dana deleted it"; "I want it deleted" is an order."""
    first = first_action(words, lexicon)
    if first is None:
        return False
    verb, before = words[first], {*words[:first]}
    told = verb in lexicon["told_set"] and verb not in lexicon["bases_set"]
    third = verb in lexicon["third_set"] and destroys and first > 0
    going = (
        verb in lexicon["going_set"]
        and destroys
        and bool(before & {"is", "are", "was", "were", "am", "i'm"})
    )
    wishing = {*lexicon["needs"], *lexicon["modals"], *lexicon["wishes"], "be", "please", "like"}
    wish = any(word in wishing or word.endswith("'d") for word in words)
    if told and "were" in before and not wish:
        wish = before.isdisjoint({"they", "we", "you"})
    return (told or third or going) and not wish


def later(part: Sequence[Token], words: Sequence[str], *, destroys: bool, lexicon: Lexicon) -> bool:
    """Whether it is put off: "delete lobby at 5pm", "cron: …". For what does no harm only where it says so first or last."""
    if any(word in lexicon["schedules_set"] for word in words):
        return True
    timed = [at for at, t in enumerate(part) if t.kind == "time"]
    if destroys:
        return (
            bool(timed)
            or any(w in lexicon["later_set"] for w in words)
            or _in_a_while(part, lexicon)
        )
    if not timed:
        return False
    return timed[0] <= 2 and part[0].value in {"at", "on", "by", "from"}


def _in_a_while(part: Sequence[Token], lexicon: Lexicon) -> bool:
    """As in "in 10 minutes", "after an hour"."""
    return any(
        left.value in {"in", "after", "within", "until", "till", "for"} and right.kind == "duration"
        for left, right in pairwise(part)
    )


def conditional(tokens: Sequence[Token], used: set[int], lexicon: Lexicon) -> bool:
    """Whether an "if" is left once polite ones and those that a field is told by are taken away."""
    for at, token in enumerate(tokens):
        if not token.is_word or token.value not in lexicon["conditions_set"]:
            continue
        reach = range(at, min(len(tokens), at + 8))
        if any(here in used for here in reach if tokens[here].is_word):
            continue
        if not polite_if(tokens, at):
            return True
    return False


def polite_if(tokens: Sequence[Token], at: int) -> bool:
    """As in "if you could", "if possible", "it would be great if there were"."""
    after = [str(t.value) for t in tokens[at + 1 : at + 7]]
    before = [str(t.value) for t in tokens[max(0, at - 7) : at]]
    wish = any(
        w.endswith("'d") or w in {"would", "could", "might", "grateful", "nice", "great"}
        for w in before
    )
    asked = after[:2] in (["you", "can"], ["you", "could"], ["you", "would"], ["you", "may"], ["you", "please"], ["you", "have"], ["you", "get"], ["you", "don't"])  # fmt: skip
    ease = {"possible", "okay", "ok", "convenient", "mind", "poss"} & {*after[:5]}
    return wish or asked or bool(ease)


def orders(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a clause seems to order something: it begins with a verb in its plain form, or asks for one politely."""
    words = words_of(tokens)
    skipped = lexicon["openers_set"]
    for at, word in enumerate(words):
        if word in skipped or (
            word in {"you", "u", "to", "do", "go", "ahead", "just", "now", "me"} and at
        ):
            continue
        if word in {
            "please",
            "pls",
            "plz",
            "can",
            "could",
            "would",
            "kindly",
            "just",
            "now",
            "ok",
            "okay",
            "do",
        }:
            continue
        told = word in lexicon["told_set"] or word in lexicon["third_set"]
        verb = word in lexicon["bases_set"] or (
            word in lexicon["foreign"] and bool(tokens[0].is_word)
        )
        return (
            verb and (not told or word in lexicon["bases_set"]) and word not in lexicon["weak_set"]
        )
    return False


def dismisses(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether an answer only says no: "never mind", "forget it", "no thanks"."""
    words = words_of(tokens)
    named = any(not t.is_word and t.kind not in {"comma", "stop"} for t in tokens)
    no = bool(words) and words[0] in lexicon["dismissals"]
    return no and not named and {*words} <= {*lexicon["dismissals"], *lexicon["stop_set"]}
