"""Mentions of many by a part of their name: "test-*", "the test- rooms", "whose name starts with test-"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenroom.understanding.mentions import Token

MANY = r"(?:rooms?|meetings?|sessions?|calls?|channels?|spaces?|people|persons?|participants?|users?|guests?|attendees?|members?|accounts?|identities|ones|names?|bots?|clients?)"
WHOSE = r"(?:names?|identit(?:y|ies)|ids?|that|which|who)"
"""Words before "starts with" that show that names are meant: not "the meeting starts with dana"."""
PIECE = r"""(?:["“'‘`«](?P<{0}q>[^"”'’`»\n]{{1,80}})["”'’`»]|(?P<{0}>[\w@+][\w.@+/-]*|[.@_-][\w.@+/-]+))"""
LINK = r"(?:the\s+)?(?:(?:word|letters|prefix|suffix|string|text)\s+)?"
PATTERNS = (
    rf"\b(?P<before>{WHOSE})\s+(?:starts?|begins?)\s+(?:with|in)\s+{LINK}{PIECE.format('begin')}",
    rf"\b(?P<before>{WHOSE}|{MANY})\s+(?:starting|beginning)\s+(?:with|in)\s+{LINK}{PIECE.format('begin')}",
    rf"(?P<before>\b)(?:with\s+(?:the\s+|a\s+)?)?(?:prefix|prefixed)\s+(?:with\s+|of\s+|by\s+)?{PIECE.format('begin')}",
    rf"\b(?P<before>{WHOSE})\s+ends?\s+(?:with|in|on)\s+{LINK}{PIECE.format('end')}",
    rf"\b(?P<before>{WHOSE}|{MANY})\s+ending\s+(?:with|in|on)\s+{LINK}{PIECE.format('end')}",
    rf"\b(?P<before>{WHOSE})\s+(?:contains?|includes?)\s+{LINK}{PIECE.format('part')}",
    rf"\b(?P<before>{WHOSE}|{MANY})\s+containing\s+{LINK}{PIECE.format('part')}",
    rf"(?P<before>\b)with\s+{PIECE.format('part')}\s+in\s+(?:the|its|their|his|her)\s+names?",
    r"(?P<before>)(?P<star>(?<![\w*/.@-])(?:\*[\w.@+-]+\*?|[\w][\w.@+-]*\*[\w.@+*-]*))(?![\w*])",
    rf"(?P<before>)(?P<begin>(?<![\w-])[^\W_][\w.]*(?:-[\w.]+)*[-_])(?=\s+{MANY}\b)",
)
"""Compiled when a request may have one. What is one of: ``begin``, ``end``, ``part`` (each perhaps in quotes) or ``star``."""


def found(text: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, pattern)`` of each, in order of place; the pattern has * for anything."""
    taken: list[tuple[int, int, str]] = []
    for each in PATTERNS:
        for match in re.finditer(each, text, re.IGNORECASE):
            start, end = match.end("before"), match.end()
            groups = {name: value for name, value in match.groupdict().items() if value}
            said = {name.removesuffix("q"): value for name, value in groups.items()}
            glob = next(
                (
                    form.format(said[name].rstrip("."))
                    for name, form in FORMS.items()
                    if said.get(name)
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
            said = text[start:end].strip()
            result.append(replace(token, kind="pattern", text=said, value=glob))
    return result


MAYBE = re.compile(
    r"[*]|[-_]\s|start|begin|prefix|\bend|contain|includ|\bin\s+\w+\s+names?", re.IGNORECASE
)
"""Looked for first: most requests have none of it."""
