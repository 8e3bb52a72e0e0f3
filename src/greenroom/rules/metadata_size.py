"""LiveKit takes 64,000 bytes of metadata."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

LIMIT = 64_000


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block what the server would cut or refuse."""
    size = len(step.request.metadata.encode())
    if size > LIMIT:
        return block(
            f"The metadata has {size} bytes; LiveKit takes {LIMIT}.",
            "Store it elsewhere and keep a link.",
        )
    return PASS
