"""Free texts of a step: metadata, display names, reasons. What stands beside their own word, quoted or of one piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from greenroom.domain.access import LONG_LIFE
from greenroom.understanding.fields import Filled, Filler, glued
from greenroom.understanding.learned import role_of
from greenroom.understanding.marking import Mark
from greenroom.understanding.mentions import ANDS, Token
from greenroom.understanding.words import NAMING

TEXT_KINDS = (
    "display-name",
    "text",
    "role",
    "role-to-be",
    "name-to-be",
    "destination",
    "preset",
    "path",
    "prefix",
    "secret",
    "reason",
)
BETWEEN = {
    "the", "a", "an", "is", "are", "as", "of", "his", "her", "their", "its", "to", "be", "it", "shall", "should", "will", "must",
    "write", "set", "put", "this", "that", "for", "which", "=", "say", "says", "saying", "read", "reads", "reading", "being", "him", "me",
    "were", "was", "called", "named", "with", "in", "into", "on", "like", "equal", "equals", "following", "please", "would", "could", "might", "attached",
}  # fmt: skip
"""Words that may stand between a field's word and its text: "metadata should say …", "the name of him is …"."""
REACH = 6
LINKS = {"is", "being", "was", "for", "it", "that", "this"}
"""Words between "reason" and the reason itself."""
VALUES = {"quoted", "json"}
"""Mentions that are a text before any name is: "the metadata of lobby to {…}"."""
LISTED = {"name", "quoted", "room", "person"}
"""Mentions that are the values of a list."""
LABELS = {"name-to-be", "role", "role-to-be", "preset", "destination"}
"""Kinds of field that hold what something is called."""
REFERENCES = ("env:", "file:")
"""How a reference to a secret begins."""
STRONG = 4
"""Least strength of a field's word that announces a text: "for" and "as" alone do not."""


def fill_texts(filler: Filler) -> None:
    """Give each text to the field whose word is nearest; the tokens of both are used up."""
    names = [name for name in filler.of_kind(*TEXT_KINDS) if name not in filler.filled.values]
    if not names:
        return
    found = [
        (distance, name, mark, at)
        for name in names
        for mark in filler.cues(name)
        if mark.strength >= STRONG
        for distance, at in _texts_beside(filler, mark)
    ]
    found += [(REACH, name, mark, at) for name, mark, at in _only_quoted(filler, names)]
    found += [(REACH, name, mark, at) for name, mark, at in _only_reference(filler, names)]
    found.sort(key=lambda beside: (beside[0], beside[2].start))
    for _, name, mark, at in found:
        if name in filler.filled.values or at in filler.used:
            continue
        kind = filler.fields[name]["kind"]
        value, end = text_at(filler.tokens, at, names=kind == "display-name")
        if kind == "reason" and filler.tokens[at].kind != "quoted":
            value, end = phrase_at(filler.tokens, at)
        if value and filler.fields[name]["many"]:
            role = role_of(name, kind)
            values, end = _listed(filler.tokens, value, end, role)
            filler.filled.put(name, values, "the names given")
        elif value:
            filler.filled.put(name, value, f"“{value}”")
        if value:
            filler.used |= {*range(at, end), *range(mark.start, mark.end)}


def _listed(tokens: Sequence[Token], first: str, at: int, role: str) -> tuple[list[str], int]:
    """``(values, place behind them)`` of a list that begins with a value: "h180, h360 and h720"."""
    values, end = [first], at
    while at < len(tokens) and (tokens[at].text == "," or tokens[at].value in ANDS):
        at += 1
        if at < len(tokens) and (tokens[at].kind in LISTED or tokens[at].role(role) > 0):
            values.append(tokens[at].as_name)
            at += 1
            end = at
    return values, end


def _only_quoted(filler: Filler, names: Sequence[str]) -> Iterator[tuple[str, Mark, int]]:
    """The one text in quotes of a step whose field is named elsewhere in it: "… as “Ruben”. … that display name"."""
    if filler.mentioned.isdisjoint(VALUES):
        return
    quoted = [
        at for at, t in enumerate(filler.tokens) if t.kind in VALUES and at not in filler.used
    ]
    cued = [(n, m) for n in names for m in filler.cues(n) if m.strength >= STRONG]
    before = filler.said[quoted[0] - 1] if quoted and quoted[0] else ""
    if len(quoted) == 1 and len({n for n, _ in cued}) == 1 and before not in NAMING:
        yield (*cued[0], quoted[0])


def _only_reference(filler: Filler, names: Sequence[str]) -> Iterator[tuple[str, Mark, int]]:
    """The one "env:NAME" of a step with one secret, wherever it stands: "the credentials are lying in env:KEY"."""
    secrets = [name for name in names if filler.fields[name]["kind"] == "secret"]
    if len(secrets) != 1:
        return
    places = [at for at, t in enumerate(filler.tokens) if t.text.startswith(REFERENCES)]
    if len(places) == 1:
        yield secrets[0], Mark(places[0], places[0], secrets[0], 0, means=False), places[0]


def _texts_beside(filler: Filler, mark: Mark) -> Iterator[tuple[int, int]]:
    """``(distance, place)`` of texts behind the field's word, and of quoted ones before it: "“vip” as metadata"."""
    if mark_is_reason(filler, mark) and needs_reason(filler):
        yield from _reason_behind(filler.tokens, mark.end)
        return
    behind = _text_behind(filler, mark)
    if behind is not None:
        yield behind - mark.end, behind
    yield from _texts_before(filler, mark)


def _text_behind(filler: Filler, mark: Mark) -> int | None:
    """Place of the text behind the field's word; None where there is none."""
    tokens = filler.tokens
    valued = any(token.kind in VALUES for token in tokens)
    for at in range(mark.end, min(len(tokens), mark.end + REACH)):
        if valued and tokens[at].kind in {"room", "person"}:
            continue
        announced = tokens[at - 1].text in {":", "="}
        if _is_text(tokens, at) or (announced and mark_is_reason(filler, mark)):
            return at
        if _is_called(filler, mark, at):
            return at
        if not (tokens[at].value in BETWEEN or tokens[at].text in {":", "=", ","}):
            return None
    return None


def _texts_before(filler: Filler, mark: Mark) -> Iterator[tuple[int, int]]:
    """The same before it: what may be its name, and what stands in quotes."""
    tokens = filler.tokens
    before = tokens[mark.start - 1] if mark.start else None
    if before is not None and before.kind == "name" and _is_label(filler, mark):
        yield 1, mark.start - 1
    for at in range(mark.start - 1, max(-1, mark.start - REACH), -1):
        if tokens[at].kind in VALUES:
            yield mark.start - at, at
            break
        if tokens[at].value not in BETWEEN:
            break


def _is_label(filler: Filler, mark: Mark) -> bool:
    """Whether what stands before the word may be its name: "the scoreboard preset"."""
    return bool(filler.fields[mark.field]["kind"] in {"name-to-be", "preset"})


def _is_called(filler: Filler, mark: Mark, at: int) -> bool:
    """Whether an ordinary word is what something is called: "a preset named choir", "by the name of pointers"."""
    between = filler.said[mark.end : at]
    kind, before = filler.fields[mark.field]["kind"], filler.said[mark.end - 1]
    near = before in NAMING and between in ([], ["of"])
    if kind == "role":
        near = before == "role" and not between
    word = filler.tokens[at].is_word and filler.said[at] not in filler.lexicon["stop_set"]
    return near and word and kind in LABELS


def _reason_behind(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """``(0, place)`` of the first word of a reason, where there is one."""
    while at < len(tokens) and (tokens[at].value in LINKS or tokens[at].text in {":", "="}):
        at += 1
    if at < len(tokens):
        yield 0, at


def mark_is_reason(filler: Filler, mark: Mark) -> bool:
    """Whether the words belong to a reason: that may be any words."""
    return bool(filler.fields[mark.field]["kind"] == "reason")


def needs_reason(filler: Filler) -> bool:
    """Whether something is to last so long that a rule asks why: only then is what follows "because" more than talk."""
    return any(filler.filled.values.get(name, 0) > LONG_LIFE for name in filler.of_kind("duration"))


def phrase_at(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """``(text, place behind it)`` of all words up to the next comma or stop."""
    end = at
    while end < len(tokens) and tokens[end].kind not in {"comma", "stop"}:
        end += 1
    return " ".join(t.text.strip() for t in tokens[at:end]), end


def text_to_the_end(filled: Filled, about: Mapping[str, Any], tokens: Sequence[Token]) -> None:
    """The text that must be there and stands in no quotes: all that follows a colon, "tell everyone in lobby: doors open, come in"."""
    missing = [
        name
        for name, field in about["fields"].items()
        if field["kind"] == "text" and field["required"] and name not in filled.values
    ]
    colons = [at for at, token in enumerate(tokens) if token.text == ":"]
    if len(missing) != 1 or not colons or colons[0] + 1 == len(tokens):
        return
    said = ""
    for token in tokens[colons[0] + 1 :]:
        apart = "" if not said or token.kind in {"comma", "stop"} else " "
        said += apart + token.text.strip()
    filled.put(missing[0], said, "all behind the colon")


def _is_text(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].kind in {"quoted", "json", "name", "flag", "url", "email", "room", "person"}


def text_at(tokens: Sequence[Token], at: int, *, names: bool = False) -> tuple[str, int]:
    """``(text, place behind it)``: quoted, or written without a blank; a display name goes on with capitals."""
    first = tokens[at]
    if first.kind == "quoted":
        return str(first.value), at + 1
    text, end = glued(tokens, at)
    while names and end < len(tokens) and tokens[end].kind in {"name", "word"}:
        if not tokens[end].text[:1].isupper():
            break
        text, end = f"{text} {tokens[end].text}", end + 1
    return text, end
