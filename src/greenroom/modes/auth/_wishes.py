"""How people say what somebody wants to do in a room, and that it does not work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from greenroom.domain.capability import Means

SAID: Mapping[str, Sequence[str]] = {
    "screen_share": (
        "share his screen", "share her screen", "share their screen", "share the screen", "share my screen",
        "share a screen", "share screen", "share screens", "share your screen", "screen share", "screenshare",
        "screen sharing", "present her screen", "present his screen", "show his screen", "show her screen", "show slides",
    ),
    "camera": (
        "turn on the camera", "turn on his camera", "turn on her camera", "turn on their camera", "turn his camera on",
        "turn her camera on", "turn the camera on", "show his camera", "show her camera", "show video", "send video",
        "use the camera", "use his camera", "use her camera", "switch on the camera", "switch on her camera",
        "switch on his camera", "start the camera", "start her video", "start his video", "publish video",
    ),
    "microphone": (
        "speak", "talk", "be heard", "unmute", "unmute himself", "unmute herself", "use the microphone",
        "use his microphone", "use her microphone", "turn on the microphone", "turn on his mic", "turn on her mic",
        "send audio", "use his mic", "use her mic", "use the mic", "publish audio",
    ),
    "screen_share_audio": ("share the sound", "share sound", "share system audio", "share screen audio", "share tab audio"),
    "publish": ("publish", "present", "publish anything", "publish tracks", "send anything"),
    "subscribe": (
        "see anybody", "see anyone", "see the others", "see others", "hear the others", "hear others", "hear anybody",
        "hear anyone", "hear anything", "see anything", "see or hear", "see and hear", "subscribe", "see the teacher",
        "receive video", "receive audio", "watch",
    ),
    "send_data": (
        "chat", "send messages", "send a message", "write in the chat", "use the chat", "send data", "send chat messages",
        "write messages", "post in the chat", "raise her hand", "raise his hand",
    ),
    "moderate": (
        "mute people", "mute others", "mute anybody", "mute anyone", "mute students", "remove people", "kick people",
        "kick anybody", "moderate", "mute participants", "remove participants",
    ),
    "be_seen": ("be seen", "nobody sees him", "nobody sees her", "no one sees him", "no one sees her", "invisible"),
    "change_own_metadata": (
        "change her name", "change his name", "change their name", "change my name", "rename herself", "rename himself",
        "update metadata", "change their metadata", "set attributes",
    ),
    "record": ("record", "record the room", "start a recording", "start recording", "record the session"),
    "create_room": ("create rooms", "create a room", "open rooms", "open a room", "make rooms"),
    "list_rooms": ("list rooms", "list the rooms", "see the rooms", "see all rooms"),
}  # fmt: skip
"""Wish → the words for it."""


def means(want: str) -> Means:
    """The words of a wish."""
    return Means(want, *SAID[want])
