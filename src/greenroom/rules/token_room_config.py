"""The room configuration inside a token holds no secrets: its holder can read it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.rules._secrets_inside import secrets_in

LARGE = 4_000
"""Bytes from which a token no longer fits the query string of a join through common proxies (8 KB with all the rest)."""


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block keys of storage and streams, as LiveKit's Go SDK does (ErrSensitiveCredentials); warn about auto-egress."""
    request = step.request
    inside = {
        "room_config": request.room_config,
        "attributes": request.attributes,
        "metadata": request.metadata,
    }
    found = list(secrets_in(inside))
    if found:
        path, what = found[0]
        return block(
            f"The token would hold {what} at {path}. A token is signed, not encrypted: its holder can read it.",
            "Keep storage and stream keys in the server's or the egress service's own configuration.",
        )
    if "egress" in request.room_config:
        return warn(
            "Whoever joins first with this token starts the egress in its room configuration.",
            "Start recordings from your server, unless that is what you want.",
        )
    size = len(str(request.room_config)) + len(str(request.attributes)) + len(request.metadata)
    if size > LARGE:
        return warn(
            f"The token carries {size} bytes of its own; proxies cut long addresses when it joins.",
            "Keep such texts on your server, and put an id into the token.",
        )
    return PASS
