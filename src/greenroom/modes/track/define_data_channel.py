"""Keep a way for data messages under a name: its topic, and whether messages must arrive."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.modes._settings import where
from greenroom.modes.track._writing import put_back, wanted, write

TABLE = "track.dataChannels"


class DefineDataChannel(Request):
    """A channel is LiveKit's topic and kind of delivery. LiveKit: message DataPacket."""

    name: Annotated[
        str,
        Kind.NAME_TO_BE,
        Words("channel", "data channel", "channel called", "channel named", "called", "named"),
        Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the channel: chat, cursors …"),
    ]
    topic: Annotated[
        str,
        Kind.TEXT,
        Words("topic", "with topic", "with the topic", "on topic"),
        Field(
            max_length=256,
            description="LiveKit's topic; empty: the one that it has, else its name.",
        ),
    ] = ""
    reliable: Annotated[
        bool,
        Means(True, "reliable", "ordered", "in order", "must arrive", "reliably"),
        Means(
            False,
            "lossy",
            "unreliable",
            "not reliable",
            "as fast as possible",
            "may get lost",
            "best effort",
        ),
        Field(description="Messages arrive, and in order; no: as fast as possible, or not at all."),
    ] = True


async def as_written(context: Context, request: DefineDataChannel) -> SettingsWanted:
    """What the file says now, and what is to be written. Raises invalid-config."""
    key = f"{TABLE}.{request.name}"
    holds = dict(context.settings.chosen(key) or {})
    topic = request.topic or holds.get("topic") or request.name
    whole = {"topic": topic, "reliable": request.reliable}
    changes = {f"{key}.{n}": value for n, value in whole.items() if holds.get(n) != value}
    return wanted(context, key, changes)


def tell(request: DefineDataChannel, before: SettingsWanted, result: SettingsChange) -> str:
    """The channel, and where it is written."""
    topic = before.then["topic"]
    kind = "reliable" if before.then["reliable"] else "lossy"
    if not before.changes:
        return f"Data channel {request.name} is that already: topic {topic}, {kind}."
    return f"Data channel {request.name}: topic {topic}, {kind}, {where(result)}"


@capability(
    effect="write",
    positional=("name",),
    rules=("data-channel-topic", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("define a lossy data channel cursors", name="cursors", reliable=False),
        Example(
            "set up a data channel called chat with topic lk-chat", name="chat", topic="lk-chat"
        ),
    ),
)
async def define_data_channel(context: Context, request: DefineDataChannel) -> SettingsChange:
    """Write ``track.dataChannels.<name>`` into the configuration. Raises invalid-config."""
    del request  # ``before`` holds what comes of it
    return await write(context)
