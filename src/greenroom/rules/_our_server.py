"""Who would be disconnected if the server on this machine started again."""

from __future__ import annotations

from greenroom.domain.ports import Context

FEW = 5


async def people_disconnected(context: Context) -> str:
    """``ana and bob (lobby)``; "" where nobody is inside or the server in use is another one. Raises ConfigurationError."""
    keys = {pair.key for pair in context.local_keys.pairs()}
    if context.target.api_key not in keys or context.local_keys.url() != context.target.url:
        return ""
    rooms = await context.local_keys.inside()
    names = [name for inside in rooms.values() for name in inside]
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more} ({', '.join(rooms)})" if names else ""
