"""Generate an API key and its secret."""

from __future__ import annotations

from greenroom.domain.access import ApiKeyPair
from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context
from greenroom.modes.auth._pairs import new_pair


class GenerateKey(Request):
    """Nothing to say."""


def tell(_request: GenerateKey, _before: None, result: ApiKeyPair) -> str:
    """The key; what it is good for."""
    return (
        f"API key {result.key} is made. No server knows it yet: add it below keys in livekit-server's configuration. "
        "The other half is shown this once and kept nowhere."
    )


@capability(
    effect="write",
    tell=tell,
    cannot_undo="No server accepts it until somebody adds it: leave it out, and it is nothing.",
    examples=(Example("generate a new API key"), Example("make an API key and secret")),
)
async def generate_key(context: Context, request: GenerateKey) -> ApiKeyPair:
    """From the operating system's random source. The secret reaches the caller alone. LiveKit: livekit-server generate-keys."""
    del context, request
    return new_pair()
