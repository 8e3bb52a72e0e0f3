"""A room's policy: what the configuration keeps below ``room.policies.<room>``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from greenroom.domain.nouns import PolicyState
from greenroom.domain.ports import Context
from greenroom.domain.rights import POLICY, policy_key
from greenroom.modes._state import people


async def policy_before(context: Context, room: str, names: Collection[str]) -> PolicyState:
    """What the files say of these arguments' settings, and who is inside. Raises invalid-config."""
    state = context.configuration.written([policy_key(room, POLICY[name]) for name in names])
    kept: Any = state.values
    for part in ("room", "policies", room):
        kept = kept.get(part) if isinstance(kept, Mapping) else None
    return PolicyState(
        files=state.files,
        policy={POLICY[name]: (kept or {}).get(POLICY[name]) for name in names},
        rooms=await context.rooms.list_rooms([room]),
        participants=await context.rooms.list_participants(room),
    )


def told(names: Collection[str]) -> str:
    """``dana and ana``, or how many, of people whose rights changed."""
    few = 3
    if len(names) > few:
        return people(len(names))
    return " and ".join(names)
