"""A short API secret can be guessed."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

LENGTH = 32


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """LiveKit logs a warning below 32 characters; so do we. RFC 7518 section 3.2."""
    if step.context.tokens.secret_length < LENGTH:
        return warn(
            f"The API secret is shorter than {LENGTH} characters.", "Generate a longer one."
        )
    return PASS
