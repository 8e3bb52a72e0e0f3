"""LiveKit takes 64,000 bytes of attributes."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

LIMIT = 64_000
"""LiveKit: limit.max_attributes_size, names and values together."""


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block what the server would refuse."""
    size = sum(len(name.encode()) + len(v.encode()) for name, v in step.request.attributes.items())
    if size > LIMIT:
        return block(
            f"The attributes have {size} bytes; LiveKit takes {LIMIT}.",
            "Store it elsewhere and keep a link.",
        )
    return PASS
