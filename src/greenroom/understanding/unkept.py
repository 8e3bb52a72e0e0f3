"""What cannot be kept: conditions, later times, exceptions. Found once in a request, judged step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from greenroom.understanding.manner import Manner
from greenroom.understanding.mentions import EACH, Token

Lexicon = Mapping[str, Any]
REACH = 12
"""Tokens behind a condition's word in which a field that uses them shows that it is that field's: "closes if empty for 5 minutes"."""
POLITE_BEFORE = {"would", "could", "might", "grateful", "appreciate", "appreciated", "nice", "great", "lovely", "good", "wonder", "wondering", "wondered", "wish", "kind", "splendid", "wonderful", "love", "help", "helpful", "handy", "brilliant", "fantastic", "mind", "ideal", "happy", "glad", "ask", "know", "check", "tell", "see", "sure"}  # fmt: skip
POLITE_AFTER = {"possible", "okay", "ok", "convenient", "poss", "please", "needed", "necessary", "trouble", "bother", "ask", "much", "spare"}  # fmt: skip
POLITE_STARTS = [["nothing", "else"], ["i", "may"], ["i", "might"], ["i", "can"], ["i", "could"], ["that's", "ok"], ["need", "be"], ["you'd", "be"], ["you'd", "like"], ["you're", "able"]]  # fmt: skip
ASKED = {"you", "u", "someone", "somebody", "we"}
MAY = {"can", "could", "would", "will", "may", "please", "have", "get", "don't", "dont", "might", "wouldn't", "had", "find", "were"}  # fmt: skip
PRONOUNS = {"it", "them", "him", "her", "that", "he", "she", "they"}
SHORT = 3
STAYS = {"stay", "resume"}
"""Actions of what is left as it is: "the recording continues"."""
PAST = {"was", "were", "had", "did"}
TYPED_TARGETS = {"stream", "egress"}
"""Mentions that alone say what is ended: where they are named, "it goes on elsewhere" is about the rest."""
WHOLE_TIME = 4
"""Words that a time alone may have: "half past four"."""
STARTS = {"at", "on", "by", "from", "in", "after", "every", "each"}


def conditions(tokens: Sequence[Token], lexicon: Lexicon) -> list[int]:
    """Places of words that make what is said depend on something; polite forms are none."""
    found = []
    said = [str(token.value) for token in tokens]
    phrases = [words for words in lexicon["condition_phrases"] if words[0] in said]
    for at, token in enumerate(tokens):
        phrase = any(said[at : at + len(words)] == words for words in phrases)
        single = token.is_word and token.value in lexicon["conditions_set"]
        if (phrase or single) and not polite(tokens, at):
            found.append(at)
    return found


def polite(tokens: Sequence[Token], at: int) -> bool:
    """As in "if you could", "if possible", "it would be great if there were"."""
    if at + 1 < len(tokens) and tokens[at + 1].kind == "number":
        return True
    if at and tokens[at - 1].value in {"even", "as", "than", "what", "not"}:
        return True
    if tokens[at].value == "once" and at and tokens[at - 1].value == "at":
        return True
    if tokens[at].value not in {"if", "when", "whether", "once", "whenever"}:
        return False
    if tokens[at].value in {"when", "once"} and PAST & {
        str(t.value) for t in tokens[at + 1 : at + 4]
    }:
        return True
    behind = list(takewhile(lambda t: t.kind not in {"comma", "stop"}, tokens[at + 1 : at + 7]))
    after = [str(t.value) for t in behind]
    before: list[str] = []
    for token in reversed(tokens[max(0, at - 8) : at]):
        if token.kind == "stop":
            break
        before.append(str(token.value))
    wished = tokens[at].value == "if" and any(
        w.endswith("'d") or w in POLITE_BEFORE for w in before
    )
    asked = after[:1] != [] and after[0] in ASKED and bool(MAY & {*after[1:3]})
    return wished or asked or bool(POLITE_AFTER & {*after}) or after[:2] in POLITE_STARTS


def times(tokens: Sequence[Token], lexicon: Lexicon) -> list[int]:
    """Places that name a time or a day."""
    return [
        at
        for at, t in enumerate(tokens)
        if t.kind == "time" or (t.is_word and t.value in lexicon["later_set"])
    ]


def unkept(
    tokens: Sequence[Token],
    head: Collection[int],
    sentence: Collection[int],
    used: Collection[int],
    *,
    whole: Collection[int],
    destroys: bool,
    keeps: bool,
    other_thing: Callable[[str], bool],
    own_thing: Callable[[str], bool],
    lexicon: Lexicon,
) -> Manner:
    """What of a step's sentence cannot be kept; ORDER where nothing is.

    ``head``: places of the clause with the action; ``sentence``: those that bind it; ``whole``: those of its sentence; ``used``: those that fields were read from.
    ``keeps``: what is to be left alone has a field of its own. ``other_thing``: whether a word is a thing that the step does nothing to; ``own_thing``: that it ends.
    """
    for at in conditions(tokens, lexicon):
        binds = destroys or _begins(tokens, at, sentence, lexicon)
        if binds and at in sentence and not _told_by_field(tokens, at, used):
            return Manner.CONDITION
    if _later(tokens, head, sentence, used, destroys=destroys, lexicon=lexicon):
        return Manner.LATER
    if destroys and _keeps_value(tokens, whole, used, lexicon):
        return Manner.EXCEPTS
    if (
        destroys
        and not keeps
        and _excepts(tokens, whole, used, lexicon, other_thing=other_thing, own_thing=own_thing)
    ):
        return Manner.EXCEPTS
    return Manner.ORDER


def _keeps_value(
    tokens: Sequence[Token], sentence: Collection[int], used: Collection[int], lexicon: Lexicon
) -> bool:
    """Whether what stays is what would be taken away: "drop it from the stream, with YouTube staying as it is"."""
    chosen = _chosen(tokens, used, lexicon)
    return any(
        any(t.is_word and t.value in chosen for t in piece)
        and any(stays(token, lexicon) for token in piece)
        for piece in pieces_of(tokens[min(sentence, default=0) :])
    )


def _chosen(tokens: Sequence[Token], used: Collection[int], lexicon: Lexicon) -> set[str]:
    """The words that a value was read from, which say which one is meant: "twitch"."""
    words = (tokens[at].value for at in used if tokens[at].is_word)
    return {str(word) for word in words if word not in lexicon["actions"]}


def stays(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word says that something is left as it is."""
    return token.is_word and not STAYS.isdisjoint(lexicon["actions"].get(token.value, ()))


def _begins(tokens: Sequence[Token], at: int, sentence: Collection[int], lexicon: Lexicon) -> bool:
    """Whether a sentence begins with this word, or "only" stands before it: behind an order people mostly explain or are polite."""
    before = [place for place in sentence if place < at]
    return (
        all(
            tokens[place].is_word and tokens[place].value in lexicon["polite_set"]
            for place in before
        )
        or tokens[at - 1].value == "only"
    )


def _told_by_field(tokens: Sequence[Token], at: int, used: Collection[int]) -> bool:
    """Whether a field tells what the condition is about: "closes when nobody comes for five minutes"."""
    for places in (range(at, min(len(tokens), at + REACH)), range(at - 1, max(-1, at - REACH), -1)):
        for place in places:
            if tokens[place].kind == "stop":
                break
            if place in used and tokens[place].kind == "duration":
                return True
    return False


def _later(
    tokens: Sequence[Token],
    head: Collection[int],
    sentence: Collection[int],
    used: Collection[int],
    *,
    destroys: bool,
    lexicon: Lexicon,
) -> bool:
    """Whether it is put off or repeated: for what does no harm only where the order begins or ends with it."""
    if any(tokens[at].is_word and tokens[at].value in lexicon["schedules_set"] for at in sentence):
        return True
    sentence = [at for at in sentence if not _is_reason(tokens, head, at)]
    said = [str(tokens[at].value) for at in sentence]
    for words in lexicon["later_phrases"]:
        if words[0] in said and any(said[at : at + len(words)] == words for at in range(len(said))):
            return True
    timed = [
        at
        for at in times(tokens, lexicon)
        if at in sentence and at not in used and not _is_past(tokens, head, at, lexicon)
    ]
    lasting = [at for at in head if tokens[at].kind == "duration" and at not in used]
    if any(at and tokens[at - 1].value in EACH for at in [*timed, *lasting]):
        return True
    if destroys:
        waits = any(
            tokens[at].kind == "duration"
            and at not in used
            and tokens[at - 1].value in {"in", "after", "within", "until", "till", "for"}
            for at in sentence
            if at
        )
        return bool(timed) or waits
    inside = sorted(head)
    content = [
        at
        for at in inside
        if not (tokens[at].is_word and tokens[at].value in lexicon["polite_set"])
    ]
    first = [at for at in content if tokens[at].value not in STARTS][:1]
    last = inside[-1:] if inside else []
    begins = bool(first) and first[0] in timed
    ends = (
        bool(last)
        and last[0] in timed
        and any(
            tokens[at].kind == "time" and tokens[at - 1].value in {"at", "by", "from"}
            for at in inside[-2:]
        )
    )
    return begins or ends


def _is_reason(tokens: Sequence[Token], head: Collection[int], at: int) -> bool:
    """Whether a place is in what is said before ", so" and the order: "the curtain fell at half past four, so please end the stream"."""
    start = end = at
    while start and tokens[start - 1].kind not in {"comma", "stop"}:
        start -= 1
    while end < len(tokens) and tokens[end].kind not in {"comma", "stop"}:
        end += 1
    after = tokens[end + 1].value if end + 1 < len(tokens) else ""
    told = end - start > WHOLE_TIME and tokens[start].value not in STARTS
    return told and after == "so" and end not in head and end < max(head, default=0)


def _is_past(tokens: Sequence[Token], head: Collection[int], at: int, lexicon: Lexicon) -> bool:
    """Whether a time is one that was: "idle since 3am"; "the ship docked at 11:40", behind a comma."""
    if at and tokens[at - 1].value == "since":
        return True
    start = at
    while start and tokens[start - 1].kind not in {"comma", "stop"}:
        start -= 1
    words = [t.value for t in tokens[start + 1 : at] if t.is_word]
    told = any(word in lexicon["told_set"] or word.endswith("ed") for word in words)
    return told and start not in head


LEFT = {"up", "on", "running", "alone", "be", "live", "going"}
"""Words behind "leave" that say how something stays: "leave its stream up"."""


def pieces_of(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """What stands between commas, sentence ends and "and" or "but"."""
    piece: list[Token] = []
    for token in tokens:
        if token.kind in {"comma", "stop"} or token.value in {"and", "but", "then"}:
            yield piece
            piece = []
        else:
            piece.append(token)
    yield piece


def _goes_on(said: Sequence[str]) -> bool:
    """As in "keeps on making noises": a habit, and nothing that is to stay."""
    return said[:1] == ["on"] or any(word.endswith("ing") for word in said[:1])


def _excepts(
    tokens: Sequence[Token],
    sentence: Collection[int],
    used: Collection[int],
    lexicon: Lexicon,
    *,
    other_thing: Callable[[str], bool],
    own_thing: Callable[[str], bool],
) -> bool:
    """As in "delete lobby but keep it": what follows takes a part back. "The stream goes on" takes back nothing of the recording's end."""
    names = {str(tokens[at].value) for at in used if not tokens[at].is_word}
    typed = {str(tokens[at].value) for at in used if tokens[at].kind in TYPED_TARGETS}
    chosen = _chosen(tokens, used, lexicon)
    for piece in pieces_of(tokens[min(sentence, default=0) :]):
        said = [str(t.value) for t in piece]
        if any(t.is_word and other_thing(t.value) for t in piece):
            continue
        if chosen and chosen.isdisjoint(said) and any(map(own_thing, said)):
            continue
        if typed and typed.isdisjoint(str(t.value) for t in piece):
            continue
        left = any(
            stays(t, lexicon)
            and (not at or said[at - 1] not in {*lexicon["negations"], *lexicon["denials"]})
            and (not _goes_on(said[at + 1 :]) or any(map(own_thing, said)))
            for at, t in enumerate(piece)
        ) or any(
            said[at : at + len(words)] == words
            for words in lexicon["keeping_phrases"]
            for at in range(len(said))
        )
        left = left or ("leave" in said and not LEFT.isdisjoint(said[said.index("leave") :]))
        named = {
            str(t.value) for t in piece if t.kind in {"room", "person", "name", "quoted", "email"}
        }
        asked = bool(lexicon["questions_set"] & {*said})
        if (
            left
            and not asked
            and (
                named & names
                or (
                    not named
                    and (PRONOUNS & {*said} or len(said) < SHORT or any(map(own_thing, said)))
                )
            )
        ):
            return True
    for at in sentence:
        if at not in used and tokens[at].value in {"except", "besides", "apart"}:
            return True
        if tokens[at].value in lexicon["contrasts_set"]:
            after = [tokens[place].value for place in range(at + 1, min(len(tokens), at + 8))]
            left = not any(other_thing(str(w)) for w in after) and any(
                "stay" in lexicon["actions"].get(w, ()) or w in lexicon["negations_set"]
                for w in after
            )
            if left:
                return True
    return False
