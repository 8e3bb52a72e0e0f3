"""How something is said: prohibitions, questions about the past, conditions and mere statements are no orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.domain.planning import Refuse
from greenroom.hub.understanding.mentions import Token

Lexicon = Mapping[str, Any]


def foreign(part: Sequence[Token], lexicon: Lexicon) -> tuple[str, str] | None:
    """``(word, topic)`` of something that no capability does, heard outside of names."""
    for at, token in enumerate(part):
        topic = lexicon["foreign"].get(token.value) if token.is_word else None
        named = at and part[at - 1].value in {"called", "named", "room"}
        if topic and not named:
            return token.text, topic
    return None


def forbidden(tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Lexicon) -> Refuse | None:
    """Why a step that would change something must not be done, as it is said."""
    if not changes(about):
        return None
    words = words_of(tokens)
    if before_action(words, lexicon["negations"], lexicon) or takes_back(words, lexicon):
        msg = "Understood: I leave that alone. Nothing was done."
        return Refuse(code="not-a-command", message=msg)
    asks = bool(tokens) and tokens[0].value in {*lexicon["past"], "who"}
    if asks or questions(words, about, lexicon) or reports(words, about, lexicon):
        hint = "`greenroom journal` shows what was done, and `greenroom room list` what there is."
        msg = "That asks or tells about it and is no order, so nothing was done."
        return Refuse(code="not-a-command", message=msg, hint=hint)
    if about["effect"] == "destroy" and restricted(tokens, about, lexicon):
        msg = "That takes back or puts off a part of what it says, so nothing was done."
        return Refuse(code="not-understood", message=msg, hint="Say only what is to be done now.")
    if conditional(tokens, about, lexicon):
        msg = "I cannot wait for a condition. Nothing was done."
        hint = "Say it again when the time has come."
        return Refuse(code="not-understood", message=msg, hint=hint)
    return None


def takes_back(words: Sequence[str], lexicon: Lexicon) -> bool:
    """As in "stop deleting rooms" and "delete lobby, no wait, don't"."""
    last = bool(words) and words[-1] in lexicon["negations"]
    after = [b for a, b in pairwise(words) if a in lexicon["ceases"]]
    return last or any(word == "from" or word.endswith("ing") for word in after)


def questions(words: Sequence[str], about: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether it asks for advice or leave: "how do I …", "should I …"; "can you …" is a polite order."""
    if len(words) < 2:
        return False
    first, second = words[:2]
    leave = first in lexicon["leave"] and second in {*lexicon["subjects"], "i", "we", "anyone"}
    if first in {"can", "could", "may"}:
        return leave and about["effect"] == "destroy"
    return (first in lexicon["questions"] and second != "about") or (
        leave and "possible" not in words
    )


def reports(words: Sequence[str], about: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether its first action is told of, not ordered: "dana deleted it"; "I want it deleted" is an order."""
    first = next((at for at, word in enumerate(words) if word in lexicon["actions"]), None)
    if first is None:
        return False
    told = words[first] in lexicon["told"] or (
        about["effect"] == "destroy" and words[first] in lexicon["third"]
    )
    wishing = {*lexicon["needs"], *lexicon["modals"], *lexicon["wishes"], "be", "were", "please"}
    return told and not any(word in wishing or word.endswith("'d") for word in words)


def changes(about: Mapping[str, Any]) -> bool:
    """Whether it changes something, itself or by the calls that it leads to."""
    return bool(about["effect"] != "read" or about["result"] == "FollowUp")


def restricted(tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether an exception, a contradiction or a later time follows the action: "all but lobby", "in 5 minutes"."""
    acts = [at for at, t in enumerate(tokens) if t.is_word and t.value in lexicon["actions"]]
    words = words_of(tokens[acts[0] :] if acts else tokens)
    limits = {*lexicon["contrasts"], *lexicon["later"]}
    lasting = any(field["kind"] == "duration" for field in about["fields"].values())
    timed = any(token.kind == "duration" for token in tokens) and not lasting
    return timed or any(word in limits for word in words)


def only_says(tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether a step states a fact rather than asks: "we no longer have any use for it", "x is not needed"."""
    words = words_of(tokens)
    if before_action(words, lexicon["denials"], lexicon):
        return True
    orders = [w for w in words if w in lexicon["actions"] and w not in lexicon["needs"]]
    if not orders and before_action(words, lexicon["negations"], lexicon):
        return True
    if changes(about) or any(token.kind == "stop" for token in tokens):
        return False
    asks = any(word in lexicon["questions"] for word in words)
    acts = any(word in lexicon["actions"] for word in words)
    negated = any(word in lexicon["negations"] for word in words)
    denies = before_action(words, lexicon["negations"], lexicon) if acts else negated
    return denies and not asks


def dismisses(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether an answer only says no: "never mind", "forget it", "no thanks"."""
    words = words_of(tokens)
    named = any(not t.is_word and t.kind not in {"comma", "stop"} for t in tokens)
    no = bool(words) and words[0] in lexicon["dismissals"]
    return no and not named and {*words} <= {*lexicon["dismissals"], *lexicon["stop"]}


def idle(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether it only tells what is needed or how things are: "we don't need it anymore"."""
    words = words_of(tokens)
    verbs = [word for word in words if word in lexicon["actions"]]
    tells = any(word in lexicon["being"] or word in lexicon["weak"] for word in words)
    return tells and all(verb in lexicon["weak"] for verb in verbs)


def states(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether it tells how things are ("mallory is noisy") and neither asks nor orders."""
    words = words_of(tokens)
    asks = any(token.kind == "stop" for token in tokens)
    asks = asks or any(word in lexicon["questions"] for word in words)
    orders = any(word in lexicon["actions"] for word in words)
    tells = bool(tokens) and tokens[0].value not in lexicon["being"]
    return tells and not asks and not orders and any(word in lexicon["being"] for word in words)


def words_of(tokens: Sequence[Token]) -> list[str]:
    """Ordinary words only."""
    return [token.value for token in tokens if token.is_word]


def before_action(words: Sequence[str], wanted: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether one of these words stands before the step's first action."""
    acts = [at for at, word in enumerate(words) if word in lexicon["actions"]]
    return bool(acts) and any(word in wanted for word in words[: acts[0]])


def conditional(tokens: Sequence[Token], about: Mapping[str, Any], lexicon: Lexicon) -> bool:
    """Whether an "if" is left once polite ones and the capability's own ("if empty") are taken away."""
    phrases = [phrase for field in about["fields"].values() for phrase in field["words"]]
    own = {word for phrase in phrases for word in phrase.split()}
    for at, token in enumerate(tokens):
        if not token.is_word or token.value not in lexicon["conditions"]:
            continue
        after = [str(t.value) for t in tokens[at + 1 : at + 6]]
        before = [str(t.value) for t in tokens[max(0, at - 5) : at]]
        around = (*before, *after[:2])
        wish = any(w.endswith("'d") or w in {"would", "could", "might"} for w in around)
        polite = wish or "possible" in after[:3] or after[:2] == ["you", "can"]
        if not polite and not own & {token.value, *after} - set(lexicon["stop"]):
            return True
    return False
