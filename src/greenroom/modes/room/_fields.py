"""What people may do: fields that several capabilities share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Means
from greenroom.domain.rights import Source

CanPublish = Annotated[
    bool | None,
    Means(
        True,
        "publish",
        "can publish",
        "may publish",
        "speak",
        "can speak",
        "may speak",
        "talk",
        "can talk",
        "may talk",
        "send audio and video",
        "the floor",
        "on stage",
        "present",
    ),
    Means(
        False,
        "only watch",
        "only listen",
        "just watch",
        "just listen",
        "view only",
        "watch only",
        "listen only",
        "watching only",
        "cannot publish",
        "can't publish",
        "must not publish",
        "may not publish",
        "no publishing",
        "publishing off",
    ),
    Field(description="May send audio and video."),
]
CanSubscribe = Annotated[
    bool | None,
    Means(True, "subscribe", "can subscribe", "may subscribe", "see the others", "hear the others"),
    Means(False, "cannot subscribe", "can't subscribe", "must not subscribe", "not subscribe"),
    Field(description="May receive audio and video."),
]
CanPublishData = Annotated[
    bool | None,
    Means(True, "chat", "may chat", "can chat", "send data", "publish data", "send messages"),
    Means(False, "no chat", "chat off", "cannot chat", "can't chat", "must not chat", "not chat"),
    Field(description="May send data messages, chat among them."),
]
PublishSources = Annotated[
    list[Source] | None,
    Kind.CHOICE,
    Means("camera", "camera", "camera only", "cameras", "webcam", "video only", "only video"),
    Means("microphone", "microphone", "microphones", "mic", "mics", "audio only", "only audio"),
    Field(description="Only these sources may be published; an empty list: all."),
]
Hidden = Annotated[
    bool | None,
    Means(True, "hidden", "invisible", "hide"),
    Means(False, "visible", "unhide", "not hidden"),
    Field(description="Others do not see them."),
]
NO_SCREEN_SHARING = Means(
    False,
    "disabled screen sharing",
    "disable screen sharing",
    "forbid screen sharing",
    "forbidden screen sharing",
    "prohibit screen sharing",
    "block screen sharing",
    "ban screen sharing",
    "turn off screen sharing",
    "switch off screen sharing",
    "disallow screen sharing",
    "stop screen sharing",
    "screen sharing off",
)
ScreenSharing = Annotated[
    bool | None,
    Means(
        True,
        "screen sharing",
        "screen share",
        "screensharing",
        "screenshare",
        "share screens",
        "share their screen",
        "share his screen",
        "share her screen",
        "share their screens",
        "share screen",
        "share a screen",
        "share the screen",
        "sharing screens",
        "sharing of screens",
    ),
    NO_SCREEN_SHARING,
    Field(description="May share their screen: shorthand for the sources."),
]
RoomScreenSharing = Annotated[
    bool | None,
    Means(
        True,
        "screen sharing",
        "screen share",
        "screensharing",
        "screenshare",
        "share their screen",
        "share their screens",
        "share a screen",
        "sharing of screens",
    ),
    NO_SCREEN_SHARING,
    Field(description="Anybody there may share a screen: kept in the configuration as a policy."),
]
