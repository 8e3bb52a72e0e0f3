"""A room's name must survive URLs, logs and screens."""

from __future__ import annotations

import unicodedata
from functools import cache

from greenroom.domain.capability import Kind, Request
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}
LIMIT = 256
"""Bytes, not characters. LiveKit: limit.max_room_name_length."""
JOINERS = {"\u200d", "\ufe0f"}
"""Zero-width joiner and variation selector: parts of emoji and of some scripts."""


@cache
def name_field(request: type[Request]) -> str:
    """The field that names a room that may not exist yet."""
    fields = request.model_fields.items()
    return next(field for field, info in fields if Kind.ROOM_TO_BE in info.metadata)


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block control and direction characters; warn about what URLs and shells trip over."""
    name: str = getattr(step.request, name_field(step.request.__class__))
    hidden = {c for c in name if unicodedata.category(c) in INVISIBLE and c not in JOINERS}
    if hidden:
        listed = ", ".join(sorted(f"U+{ord(c):04X}" for c in hidden))
        return block(
            f"The name holds characters that nobody can see ({listed}).",
            "Type the name without them.",
        )
    if len(name.encode()) > LIMIT:
        return block(
            f"The name takes {len(name.encode())} bytes; LiveKit takes {LIMIT}.",
            "Use a shorter name.",
        )
    if name != name.strip():
        return block("The name begins or ends with a space.", "Leave the space out.")
    awkward = sorted({c for c in name if c in "/?#%\\\"'`<>|&;$*"})
    if awkward:
        return warn(
            f"The name holds {' '.join(awkward)}, which must be escaped in URLs and shells.",
            "Letters, digits, dots and dashes travel best.",
        )
    return PASS
