"""A data message must fit into what WebRTC carries."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

RELIABLE = 15 * 1024
"""Bytes. LiveKit docs, "Data packets": larger ones do not arrive in every client."""
LOSSY = 1_300
"""Bytes that fit one packet; more are cut in pieces, and one lost piece loses all."""


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block what does not arrive, warn about what arrives less often."""
    size = len(step.request.text.encode())
    if size > RELIABLE:
        return block(
            f"The message has {size} bytes; {RELIABLE} arrive everywhere.",
            "Send less, or a link to it.",
        )
    if size > LOSSY and not step.request.reliable:
        return warn(
            f"A lossy message of {size} bytes is sent in pieces and easily lost.",
            f"Stay below {LOSSY} bytes, or send it reliably.",
        )
    return PASS
