"""What holds in one room, whoever joins: the settings below ``room.policies.<room>``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from greenroom.domain.ports import Settings
from greenroom.domain.rights import POLICY, SCREEN, SOURCES, policy_key

FLAGS = {name: POLICY[name] for name in ("can_publish", "can_subscribe", "can_publish_data")}
"""Argument → setting, of what a policy forbids by saying no."""


@dataclass(frozen=True, slots=True)
class RoomPolicy:
    """What a room forbids. What it allows takes nothing from anybody."""

    room: str
    forbids: frozenset[str]
    """Of ``FLAGS``: what nobody may do there."""
    sources: tuple[str, ...]
    """What may be published there."""
    hidden: bool
    """Whether nobody is seen."""


def policy_of(settings: Settings, room: str) -> RoomPolicy:
    """The policy of a room; one that forbids nothing where there is none. Raises ConfigurationError."""
    said: Mapping[str, Any] = settings.chosen(policy_key(room)) or {}
    allowed: Collection[str] = said.get("canPublishSources") or SOURCES
    screens = said.get("screenSharing", True)
    return RoomPolicy(
        room=room,
        forbids=frozenset(field for field, name in FLAGS.items() if said.get(name) is False),
        sources=tuple(s for s in SOURCES if s in allowed and (screens or s not in SCREEN)),
        hidden=said.get("hidden") is True,
    )


def asked_for(request: Any, configured: Collection[str]) -> frozenset[str]:
    """The arguments that somebody gave; not those that the configuration filled."""
    return frozenset(request.model_fields_set - frozenset(configured))
