"""Whether a token lets somebody do what they want to do, and what is in the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from greenroom.domain.nouns import Finding
from greenroom.domain.ports import Settings
from greenroom.domain.rights import SCREEN, SOURCES
from greenroom.modes.auth._explained import error, ok
from greenroom.rules._room_policy import policy_of

Wanted = Literal[
    "join", "publish", "camera", "microphone", "screen_share", "screen_share_audio", "subscribe", "send_data",
    "moderate", "be_seen", "change_own_metadata", "record", "create_room", "list_rooms",
]  # fmt: skip
WORDS = {
    "join": "join the room",
    "publish": "send audio and video",
    "camera": "show the camera",
    "microphone": "be heard",
    "screen_share": "share the screen",
    "screen_share_audio": "share the sound of the screen",
    "subscribe": "see and hear the others",
    "send_data": "send data, as in a chat",
    "moderate": "mute and remove people",
    "be_seen": "be seen by the others",
    "change_own_metadata": "change their own name and metadata",
    "record": "record",
    "create_room": "create rooms",
    "list_rooms": "list rooms",
}
NEEDED = {
    "moderate": ("roomAdmin", "--room-admin"),
    "change_own_metadata": ("canUpdateOwnMetadata", "--can-update-own-metadata"),
    "record": ("roomRecord", ""),
    "create_room": ("roomCreate", ""),
    "list_rooms": ("roomList", ""),
}
"""Wish → the grant that must be true, and the option that gives it; "" where a person's token must not have it."""
BY_A_SERVER = "That is a right over all rooms: your server does it with the API key."
ELSEWHERE = {
    "screen_share": "Then the browser or its permission is in the way: screens are shared over https and after a click only.",
    "camera": "Then the browser's permission, or another program that holds the camera, is in the way.",
    "microphone": "Then the browser's permission, a mute by an administrator, or the device is in the way.",
}
"""Where to look when the token allows it."""


def wanted_finding(want: Wanted, claims: Mapping[str, Any], settings: Settings) -> Finding:
    """One wish."""
    video = claims.get("video")
    video = video if isinstance(video, Mapping) else {}
    why, option = obstacle(want, video)
    subject, words = f"want.{want}", WORDS[want]
    if not why:
        hint = ELSEWHERE.get(want, "")
        return ok(subject, f"The token lets them {words}. {hint}".strip())
    room = str(video.get("room") or "ROOM")
    if forbidden_by_policy(want, room, settings):
        remedy = f"The policy of room {room} forbids it (setting room.policies.{room}): change that, then make a new token."
        return error(subject, f"They cannot {words}: {why}", remedy)
    if not option:
        return error(subject, f"They cannot {words}: {why}", BY_A_SERVER)
    command = (
        f"greenroom auth create-token {claims.get('sub') or 'IDENTITY'} --room {room} {option}"
    )
    return error(subject, f"They cannot {words}: {why}", f"Make a new token: {command}")


def obstacle(want: Wanted, video: Mapping[str, Any]) -> tuple[str, str]:
    """``(what is in the way, the option that mends it)``; "" where nothing is."""
    if want in NEEDED:
        grant, option = NEEDED[want]
        return ("", "") if video.get(grant) is True else (f"{grant} is not there.", option)
    if not video.get("roomJoin") or not video.get("room"):
        return "it does not let anybody join a room.", "--can-publish"
    publishes = video.get("canPublish") is not False
    if want in {"be_seen", "publish", *SOURCES} and video.get("hidden"):
        return "hidden is true, so others get nothing of them.", "--no-hidden"
    if want in {"publish", *SOURCES}:
        return publishing(want, video, publishes=publishes)
    return receiving_and_data(want, video, publishes=publishes)


def receiving_and_data(want: str, video: Mapping[str, Any], *, publishes: bool) -> tuple[str, str]:
    """What keeps them from receiving, or from sending data."""
    if want == "subscribe" and video.get("canSubscribe") is False:
        return "canSubscribe is false.", "--can-subscribe"
    if want == "send_data" and video.get("canPublishData") is False:
        return "canPublishData is false.", "--can-publish-data"
    if want == "send_data" and video.get("canPublishData") is None and not publishes:
        return "canPublish is false, and canPublishData is not said.", "--can-publish-data"
    return "", ""


def publishing(want: str, video: Mapping[str, Any], *, publishes: bool) -> tuple[str, str]:
    """What keeps them from sending this source."""
    listed = video.get("canPublishSources")
    listed = [str(source) for source in listed] if isinstance(listed, list) else []
    asked = [*listed, want] if listed and want in SOURCES else []
    option = " ".join(
        ["--can-publish", *(f"--can-publish-sources {s}" for s in asked if s in SOURCES)]
    )
    if not publishes:
        return "canPublish is false.", option
    if listed and want in SOURCES and want not in listed:
        return f"canPublishSources lists {', '.join(listed)} and not {want}.", option
    if listed and not set(listed) & set(SOURCES):
        return (
            f"canPublishSources lists {', '.join(listed)}, which no client sends.",
            "--can-publish",
        )
    return "", ""


def forbidden_by_policy(want: Wanted, room: str, settings: Settings) -> bool:
    """Whether a new token for that room would not allow it either."""
    policy = policy_of(settings, room)
    field = {
        "subscribe": "can_subscribe",
        "send_data": "can_publish_data",
        "publish": "can_publish",
    }
    if field.get(want) in policy.forbids or (want == "be_seen" and policy.hidden):
        return True
    return want in {*SOURCES, *SCREEN} and (
        want not in policy.sources or "can_publish" in policy.forbids
    )
