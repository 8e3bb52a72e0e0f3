"""Every token is signed with this key and says what was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from greenroom.domain.errors import Interrupted, InvalidRequest
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

AT_ONCE = 250
"""Tokens between two looks at whether somebody wants it to stop."""


@rule(gate="security-review", stage="after")
async def check(step: StepView) -> Verdict:
    """Verify each as a server would. Raises Interrupted, with all tokens, when it is cancelled."""
    tokens = step.result.tokens
    asked = list(step.request.identities)
    if [token.identity for token in tokens] != asked:
        return block("Not everybody has a token.")
    try:
        for at in range(0, len(tokens), AT_ONCE):
            for wrong in mistakes(step, tokens[at : at + AT_ONCE]):
                return block(wrong)
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        msg = f"Interrupted: all {len(tokens)} tokens are made and can be used; not all were looked at again."
        raise Interrupted(msg, made=step.result) from None
    return PASS


def mistakes(step: StepView, tokens: Any) -> Iterator[str]:
    """What is wrong with these, as sentences."""
    signer, said = step.context.tokens, step.result.claims
    for token in tokens:
        try:
            claims = signer.verify(token.token)
        except InvalidRequest as error:
            yield f"The token for {token.identity} does not verify: {error.message}"
            continue
        if claims != {**said, "sub": token.identity, "iss": signer.api_key}:
            yield f"The token for {token.identity} says something else than was asked for."
