"""Mentions of many by a part of their name: "test-*", "the test- rooms", "whose name starts with test-"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenroom.understanding.mentions import Token

MANY = r"(?:rooms?|meetings?|sessions?|calls?|channels?|spaces?|people|persons?|participants?|users?|guests?|attendees?|members?|accounts?|identities|ones|names?|bots?|clients?|every(?:one|body|thing)|all|those)"
WHOSE = r"(?:names?|identit(?:y|ies)|ids?|that|which|who)(?:\s+is|\s+are)?"
"""Words before "starts with" that show that names are meant: not "the meeting starts with dana"."""
LEAST = r"[\w@+][\w.@+/-]*|[.@_-][\w.@+/-]+"
JOINED = r"[\w@+.]*[_-](?:[\w.@+/]*[_-])*(?![\w])|[_-][\w.@+/-]+"
"""Of a name a piece that shows itself to be one: "seminar-", "-bot"."""
PIECE = r"""(?:["“'‘`«](?P<{0}q>[^"”'’`»\n]{{1,80}})["”'’`»]|(?P<{0}>{1}))"""
LINK = r"(?:the\s+)?(?:(?:word|letters|prefix|suffix|string|text)\s+)?"
BEGINS, ENDS = r"(?:starts?|begins?)", r"(?:ends?|finish(?:es)?)"
BEGINNING, ENDING = r"(?:starting|beginning)", r"(?:ending|finishing)"
WITH, BY = r"\s+(?:with|in|w/)\s+", r"\s+(?:by|on|from|at|of)\s+"


def said(verb: str, going: str, group: str) -> Iterator[str]:
    """As in "whose name starts with x", "rooms beginning by x-": another preposition only before what shows itself to be a piece."""
    for link, least in ((WITH, LEAST), (BY, JOINED)):
        piece = PIECE.format(group, least)
        yield rf"\b(?P<before>{WHOSE})\s+{verb}{link}{LINK}{piece}"
        yield rf"\b(?P<before>{WHOSE}|{MANY})\s+{going}{link}{LINK}{piece}"


PATTERNS = (
    *said(BEGINS, BEGINNING, "begin"),
    rf"(?P<before>\b)(?:with\s+(?:the\s+|a\s+)?)?(?:prefix|prefixed)\s+(?:with\s+|of\s+|by\s+)?{PIECE.format('begin', LEAST)}",
    *said(ENDS, ENDING, "end"),
    rf"\b(?P<before>{WHOSE})\s+(?:contains?|includes?)\s+{LINK}{PIECE.format('part', LEAST)}",
    rf"\b(?P<before>{WHOSE}|{MANY})\s+containing\s+{LINK}{PIECE.format('part', LEAST)}",
    rf"(?P<before>\b)with\s+{PIECE.format('part', LEAST)}\s+in\s+(?:the|its|their|his|her)\s+names?",
    rf"(?P<before>\b)with\s+{PIECE.format('begin', JOINED)}\s+(?:at|in)\s+(?:the\s+)?(?:beginning|start|front)\b",
    rf"(?P<before>\b)with\s+{PIECE.format('end', JOINED)}\s+(?:at|in)\s+(?:the\s+)?end\b",
    r"(?P<before>)(?P<star>(?<![\w*/.@-])(?:\*[\w.@+-]+\*?|[\w][\w.@+-]*\*[\w.@+*-]*))(?![\w*])",
    rf"(?P<before>)(?P<begin>(?<![\w-])[^\W_][\w.]*(?:-[\w.]+)*[-_])(?=\s+{MANY}\b)",
    r"\b(?P<before>named|called)\s+(?P<begin>[^\W_][\w.]*[-_])(?:something|whatever|anything)\b",
)
"""Compiled when a request may have one. What is one of: ``begin``, ``end``, ``part`` (each perhaps in quotes) or ``star``."""


def found(text: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, pattern)`` of each, in order of place; the pattern has * for anything."""
    taken: list[tuple[int, int, str]] = []
    for each in PATTERNS:
        for match in re.finditer(each, text, re.IGNORECASE):
            start, end = match.end("before"), match.end()
            groups = {name: value for name, value in match.groupdict().items() if value}
            given = {name.removesuffix("q"): value for name, value in groups.items()}
            glob = next(
                (
                    form.format(given[name].rstrip("."))
                    for name, form in FORMS.items()
                    if given.get(name)
                ),
                "",
            )
            plain = glob.strip("*")
            if not plain or plain.isdigit() or plain.casefold() in ORDINARY:
                continue
            if not any(start < other[1] and other[0] < end for other in taken):
                taken.append((start, end, glob))
    yield from sorted(taken)


FORMS = {"star": "{}", "begin": "{}*", "end": "*{}", "part": "*{}*"}
ORDINARY = {"a", "an", "the", "my", "our", "his", "her", "their", "me", "us", "you", "it", "them"}


def with_patterns(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The tokens, those that say a pattern put together as one mention of kind ``pattern``."""
    spans = list(found(text)) if MAYBE.search(text) else []
    if not spans:
        return list(tokens)
    result: list[Token] = []
    for token in tokens:
        inside = next((span for span in spans if span[0] <= token.start < span[1]), None)
        if inside is None:
            result.append(token)
        elif not (result and result[-1].kind == "pattern" and result[-1].start >= inside[0]):
            start, end, glob = inside
            words = text[start:end].strip()
            result.append(replace(token, kind="pattern", text=words, value=glob))
    return result


MAYBE = re.compile(
    r"[*]|[-_]\s|start|begin|prefix|\bend|finish|-something|-whatever|-anything|contain|includ|\bin\s+\w+\s+names?",
    re.IGNORECASE,
)
"""Looked for first: most requests have none of it."""
