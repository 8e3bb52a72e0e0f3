"""What both halves of a key rotation need: whose server it is, whether it accepts a key, and the steps by hand."""

from __future__ import annotations

from greenroom.domain.access import ApiKeyPair
from greenroom.domain.errors import ServerError
from greenroom.domain.ports import Context, Target

REFUSED = frozenset({"unauthenticated", "permission-denied"})


def is_ours(context: Context) -> bool:
    """Whether the server in use is the one that Greenroom runs on this machine."""
    keys = {pair.key for pair in context.local_keys.pairs()}
    return context.target.api_key in keys and context.local_keys.url() == context.target.url


async def accepts(context: Context, pair: ApiKeyPair) -> bool:
    """Whether the server in use accepts a key. Raises ServerError where it cannot be asked."""
    try:
        await context.try_credentials(context.target.url, pair.key, pair.secret)
    except ServerError as error:
        if error.code in REFUSED:
            return False
        raise
    return True


def told_gone(disconnected: int) -> str:
    """A sentence about people whom the restart disconnected, with a space before it; "" where there were none."""
    if not disconnected:
        return ""
    return (
        f" The restart disconnected {disconnected} {'person' if disconnected == 1 else 'people'}."
    )


def steps_to_add(target: Target, new_key: str) -> tuple[str, ...]:
    """By hand, for a server whose configuration Greenroom cannot write."""
    line = f"add the line `{new_key}: <its secret>` and leave `{target.api_key}: …` as it is"
    return (
        f"In livekit-server's YAML, below keys:, {line} (or so in the variable LIVEKIT_KEYS).",
        "Restart every livekit-server node.",
        f"Check both: greenroom auth rotate-key --new-key {new_key} --new-secret -",
    )


def steps_to_use(target: Target, new_key: str) -> tuple[str, ...]:
    """From the old key to the new one, where the server knows both."""
    if target.source == "environment":
        use = f"Set LIVEKIT_API_KEY={new_key} and LIVEKIT_API_SECRET wherever {target.api_key} is set now."
    else:
        use = (
            f"Use it here: greenroom coordinator configure-credentials --url {target.url} "
            f"--api-key {new_key} --api-secret -"
        )
    return (
        use,
        "Give it to every service that makes tokens or checks webhooks, and wait until old tokens have expired.",
        f"End the old one: greenroom auth finish-rotation --old-key {target.api_key} --old-secret -",
    )


def steps_to_end(old_key: str) -> tuple[str, ...]:
    """By hand, to end a key."""
    return (
        f"In livekit-server's YAML, below keys:, remove the line `{old_key}: …`.",
        "Restart every livekit-server node.",
        f"Check it: greenroom auth finish-rotation --old-key {old_key} --old-secret -",
    )
