"""Every token is signed with this key and says what was asked for."""

from __future__ import annotations

from greenroom.domain.errors import InvalidRequest
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="security-review", stage="after")
async def check(step: StepView) -> Verdict:
    """Verify each as a server would."""
    result = step.result
    if [token.identity for token in result.tokens] != step.request.identities:
        return block("Not everybody has a token.")
    for token in result.tokens:
        try:
            claims = step.context.tokens.verify(token.token)
        except InvalidRequest as error:
            return block(f"The token for {token.identity} does not verify: {error.message}")
        if claims["sub"] != token.identity or claims["video"] != result.grants:
            return block(f"The token for {token.identity} says something else than was asked for.")
    return PASS
