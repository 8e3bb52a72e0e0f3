"""Many tokens with one set of claims: progress, and an interruption that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.domain.access import AccessToken, TokenList
from greenroom.domain.errors import Interrupted
from greenroom.domain.ports import Context

AT_ONCE = 250
"""Tokens between two looks at whether somebody wants it to stop: some milliseconds."""


async def mint(
    context: Context, room: str, identities: Sequence[str], claims: Mapping[str, Any]
) -> TokenList:
    """A token for each, in order. Raises Interrupted, with those that are made, when it is cancelled."""
    tokens: list[AccessToken] = []
    expires_at = int(claims["exp"])
    try:
        for at, identity in enumerate(identities):
            if at and at % AT_ONCE == 0:
                context.report("tokens", at, len(identities))
                await asyncio.sleep(0)
            token = context.tokens.mint({"sub": identity, **claims})
            tokens.append(
                AccessToken(identity=identity, room=room, expires_at=expires_at, token=token)
            )
    except asyncio.CancelledError:
        made, left = token_list(room, claims, tokens), len(identities) - len(tokens)
        msg = f"Interrupted: {len(tokens):,} of {len(identities):,} tokens are made and can be used; {left:,} are not."
        hint = f"The first that is missing is {identities[len(tokens)]}."
        raise Interrupted(msg, made=made, hint=hint) from None
    context.report("tokens", len(tokens), len(identities))
    return token_list(room, claims, tokens)


def token_list(room: str, claims: Mapping[str, Any], tokens: Sequence[AccessToken]) -> TokenList:
    """The result, whole or in part."""
    return TokenList(
        room=room,
        grants=dict(claims["video"]),
        claims=dict(claims),
        ttl=int(claims["exp"]) - int(claims["nbf"]),
        tokens=tuple(tokens),
    )
