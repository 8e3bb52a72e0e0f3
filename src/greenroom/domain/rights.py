"""What people may do in a room, and what its policy makes of it. Policies are kept below ``room.policies.<room>``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from greenroom.domain.nouns import Participant, Permission

Source = Literal["camera", "microphone", "screen_share", "screen_share_audio"]
SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
"""All that LiveKit's clients publish. LiveKit: enum TrackSource."""
SCREEN = frozenset({"screen_share", "screen_share_audio"})
POLICY = {
    "screen_sharing": "screenSharing",
    "can_publish": "canPublish",
    "can_publish_sources": "canPublishSources",
    "can_subscribe": "canSubscribe",
    "can_publish_data": "canPublishData",
    "hidden": "hidden",
    "layout": "layout",
}
"""Argument → setting below a room's policy."""
RIGHTS = tuple(name for name in POLICY if name != "layout")
"""Arguments that say what somebody may do."""
PROGRAMS = frozenset({"agent", "egress", "ingress"})
"""Kinds of participants that are no people: a policy leaves their rights alone."""


def policy_key(room: str, name: str = "") -> str:
    """The setting of one room, whatever its name holds: ``room.policies."my.room".hidden``."""
    return f"room.policies.{json.dumps(room, ensure_ascii=False)}{f'.{name}' if name else ''}"


def changes_for(permission: Permission, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of ``Permission`` that a policy makes different. ``policy``: by argument's name; None says nothing."""
    asked = {name: value for name, value in policy.items() if value is not None}
    plain = ("can_publish", "can_subscribe", "can_publish_data", "hidden")
    wanted = {name: asked[name] for name in plain if name in asked}
    sources = tuple(asked.get("can_publish_sources", permission.can_publish_sources))
    if "screen_sharing" in asked:
        if set(sources) and set(sources) <= SCREEN and not asked["screen_sharing"]:
            wanted["can_publish"] = False
        sources = with_screen(sources) if asked["screen_sharing"] else without_screen(sources)
    if set(sources) != set(permission.can_publish_sources):
        wanted["can_publish_sources"] = list(sources)
    now = asdict(permission)
    return {name: value for name, value in wanted.items() if value != now[name]}


def with_screen(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The screen added; () is all sources already."""
    if not sources:
        return ()
    both = {*sources, *SCREEN}
    return () if both == set(SOURCES) else tuple(s for s in SOURCES if s in both)


def without_screen(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The screen taken out. Where nothing would be left, which means all, it is all but the screen."""
    left = tuple(source for source in sources if source not in SCREEN)
    return left or tuple(source for source in SOURCES if source not in SCREEN)


def is_person(participant: Participant) -> bool:
    """Whether a policy is about them."""
    return participant.kind not in PROGRAMS
