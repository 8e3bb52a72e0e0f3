"""What each word may be before anybody looks at the sentence: a command word, an ordinary word, or a name; slips mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.understanding.inflection import bases
from greenroom.understanding.mentions import Token

Lexicon = Mapping[str, Any]
NAMING = {"called", "named", "name", "titled", "entitled", "identity", "call"}
JOINTS = {"and", "then", "afterwards", "also", "plus", "next", "finally"}
POINTING = {"that", "this"}
ENDINGS = (
    "ing", "ed", "ly", "tion", "sion", "ment", "ness", "able", "ible", "ful", "less", "ously", "ous",
    "ers", "ors", "ists", "ants", "ity", "ance", "ence", "ish", "ize", "ise", "ised", "ized",
)  # fmt: skip
"""Endings of ordinary words: a long word in small letters that has one is no name unless something says so."""
ORDINARY_LENGTH = 7


class Vocabulary:
    """The words of a catalogue, put together once a planner."""

    def __init__(self, catalogue: Mapping[str, Any], lexicon: Lexicon) -> None:
        planner = catalogue["planner"]
        self.known = frozenset(planner["known"].split("\n"))
        """Words that phrases, fields and lists have: no names, unless something says so."""
        self.cues = frozenset(planner["cues"])
        """Words that stand beside a field's value or mean one."""
        self.stop = {
            *lexicon["stop"],
            *lexicon["later"],
            *lexicon["conditions"],
            *JOINTS,
            *self.cues,
        }
        """Words that are no part of a name even in capitals."""
        meant = (lexicon[table].keys() for table in ("actions", "objects", "units"))
        self.apart = self.stop.union(*meant)
        """Words that have a part of their own in a request."""


def recognised(
    tokens: Sequence[Token],
    lexicon: Lexicon,
    vocabulary: Vocabulary,
) -> list[Token]:
    """The tokens with names told from words, and names of several words made whole."""
    named = [
        replace(t, kind="name") if is_name(t, vocabulary.known, lexicon["given_set"]) else t
        for t in tokens
    ]
    named = taken_back(roles_named(in_order(named, lexicon), lexicon), lexicon)
    return names_made_whole(named, vocabulary)


def in_order(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """As in "and after that its stream": what is said before another order is "then"; "after that talk" is a time."""
    done: list[Token] = []
    for at, token in enumerate(tokens):
        opens = not done or done[-1].kind in {"comma", "stop"} or done[-1].value == "and"
        if opens and token.value == "after" and _goes_on(tokens[at + 1 : at + 3], lexicon):
            done.append(replace(token, value="then"))
        elif not at or tokens[at - 1] is done[-1] or token.value not in POINTING:
            done.append(token)
    return done


def _goes_on(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether "that" or "this" stands here by itself, and something to do follows."""
    if len(tokens) < 2 or tokens[0].value not in POINTING:
        return False
    follows = tokens[1]
    words = lexicon["bases_set"] | lexicon["polite_set"] | lexicon["determiners_set"]
    return follows.kind == "comma" or (follows.is_word and follows.value in words)


def is_name(token: Token, known: Collection[str], given: Collection[str]) -> bool:
    """Whether a word that nothing else is known of may be somebody's or some room's name."""
    if token.is_word and token.value in given:
        return True
    if not token.is_word or token.value in known or any(b in known for b in bases(token.value)):
        return False
    word = token.value
    if len(word) == 1:
        return False
    bare = word.replace("'", "")
    parts = word.split("-")
    if len(parts) > 1 and all(part in known for part in parts):
        return parts[-1] != "only" and parts[0] not in {
            "non",
            "self",
            "so",
            "well",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
        }
    if not bare.isalpha() or token.text[:1].isupper():
        return True
    return not (len(bare) >= ORDINARY_LENGTH and bare.endswith(ENDINGS))


def taken_back(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """As in "alpha, no wait, beta": of two mentions of one kind with a correction between, the later is meant."""
    done: list[Token] = []
    last: int | None = None
    for token in tokens:
        if not token.is_word and token.kind not in {"comma", "stop"}:
            between = done[last + 1 :] if last is not None else []
            words = [t.value for t in between if t.is_word]
            corrected = (
                last is not None
                and done[last].kind == token.kind
                and bool(words)
                and all(w in lexicon["takes_back_set"] for w in words)
                and bool({"no", "wait", "sorry", "actually", "rather", "oops"} & {*words})
            )
            if corrected and last is not None:
                done = done[:last]
            last = len(done)
        done.append(token)
    return done


def roles_named(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """As in "host and guest-3": who is called by a role in a list with names is an identity."""
    done = list(tokens)
    for at, token in enumerate(tokens):
        if not token.is_word or token.value not in lexicon["roles_set"]:
            continue
        left = done[at - 2] if at > 1 and tokens[at - 1].value in {"and", "&"} else None
        right = (
            tokens[at + 2]
            if at + 2 < len(tokens)
            and (tokens[at + 1].value in {"and", "&"} or tokens[at + 1].text == ",")
            else None
        )
        if any(t is not None and t.kind in {"name", "quoted", "email"} for t in (left, right)):
            done[at] = replace(token, kind="name")
    return done


def names_made_whole(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """As in "called Team Sync": words without a part of their own in the request are one name."""
    whole: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        whole.append(token)
        at += 1
        if not token.is_word or token.value not in NAMING | {"room"}:
            continue
        only_shouted = token.value == "room"
        run: list[Token] = []
        for following in tokens[at:]:
            joined = not run or following.start == run[-1].start + len(run[-1].text) + 1
            shouted = following.text[:1].isupper() and following.value not in vocabulary.stop
            free = shouted or not (only_shouted or following.value in vocabulary.apart)
            if following.kind not in {"word", "name"} or not joined or not free:
                break
            run.append(following)
        if len(run) > 1:
            said = " ".join(part.text for part in run)
            whole.append(replace(run[0], kind="name", text=said, value=said.casefold()))
            at += len(run)
    return whole
