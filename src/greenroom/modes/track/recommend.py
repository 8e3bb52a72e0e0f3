"""Recommend media settings for a device, a connection, a number of people and a use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.advice import Recommendation
from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.ports import Context
from greenroom.modes.track._recommending import advice_for

CONDITIONS = {
    "good": "a good connection",
    "limited": "little bandwidth",
    "poor": "a poor connection",
    "lossy": "packet loss",
}
DEVICES = {
    "desktop": "desktops",
    "phone": "phones",
    "tablet": "tablets",
    "tv": "TVs",
    "browser": "browsers",
}
USES = {
    "meeting": "a meeting",
    "webinar": "a webinar",
    "classroom": "a class",
    "music": "music",
    "screen": "screen sharing",
}


class Recommend(Request):
    """What is not said is left open: the advice is then LiveKit's defaults."""

    condition: Annotated[
        Literal["", "good", "limited", "poor", "lossy"],
        Kind.CHOICE,
        Means("good", "good connection", "good network", "fast connection", "fibre"),
        Means("limited", "limited bandwidth", "little bandwidth", "low bandwidth"),
        Means("poor", "bad connection", "poor connection", "slow connection", "bad network"),
        Means("lossy", "packet loss", "lossy", "lossy network", "losing packets"),
        Field(description="How the connection is; empty: unknown."),
    ] = ""
    device: Annotated[
        Literal["", "desktop", "phone", "tablet", "tv", "browser"],
        Kind.CHOICE,
        Means("desktop", "desktop", "desktops", "laptop", "laptops", "computer"),
        Means("phone", "phone", "phones", "mobile", "mobiles", "smartphones"),
        Means("tablet", "tablet", "tablets", "ipad", "ipads"),
        Means("tv", "tv", "tvs", "television", "big screen"),
        Means("browser", "browser", "browsers", "web client"),
        Field(description="What they use; empty: anything."),
    ] = ""
    people: Annotated[
        int | None,
        Kind.COUNT,
        Words("people", "participants", "of", "with", "for"),
        Field(ge=1, description="How many take part; None: unknown."),
    ] = None
    use: Annotated[
        Literal["", "meeting", "webinar", "classroom", "music", "screen"],
        Kind.CHOICE,
        Means("meeting", "meeting", "meetings", "call", "calls", "stand-up"),
        Means("webinar", "webinar", "webinars", "broadcast", "town hall"),
        Means("classroom", "classroom", "class", "lesson", "lessons", "teaching"),
        Means("music", "music", "concert", "concerts", "choir", "band"),
        Means("screen", "screen sharing", "screen share", "slides", "presentations"),
        Field(description="What it is for; empty: anything."),
    ] = ""


def tell(_request: Recommend, _before: None, result: Recommendation) -> str:
    """What matters most, in a sentence; all of it with reasons is the result."""
    value = {each.setting: each.value for each in result.advice}
    layers = value["simulcast_layers"]
    below = (
        f"simulcast with {' and '.join(layers)} below it"
        if isinstance(layers, tuple) and layers
        else "in one layer"
    )
    extras = [name.upper() for name in ("red", "dtx") if value[name]]
    said = [
        f"capture {value['resolution']}, {below}",
        f"codec {value['video_codec']}",
        f"audio {value['audio_preset']} with {' and '.join(extras) or 'neither RED nor DTX'}",
        *([f"screen {value['screen_share']}"] if "screen_share" in value else []),
        f"receive {value['quality']} quality with adaptive stream and dynacast",
    ]
    return f"For {occasion(result)}: {', '.join(said)}."


def occasion(result: Recommendation) -> str:
    """``a meeting of 20 people with packet loss``."""
    said = USES.get(result.use) or DEVICES.get(result.device, "")
    if result.people:
        joined = " of" if said.startswith("a ") else " for" if said else ""
        said += f"{joined} {result.people} people"
    if result.use and result.device:
        said += f" on {DEVICES[result.device]}"
    if result.condition:
        said += f" {'on' if result.condition != 'lossy' else 'with'} {CONDITIONS[result.condition]}"
    return said.strip() or "anybody"


@capability(
    effect="read",
    tell=tell,
    examples=(
        Example(
            "what video settings do you recommend for phones on a bad connection?",
            device="phone",
            condition="poor",
        ),
        Example(
            "which settings for a meeting of 20 people with packet loss?",
            people=20,
            use="meeting",
            condition="lossy",
        ),
    ),
)
async def recommend(context: Context, request: Recommend) -> Recommendation:
    """What to capture, publish and subscribe with, each with a reason and its source. Changes nothing."""
    del context  # neither server nor settings are asked: the table is all there is
    said = request.model_dump()
    return Recommendation(**said, advice=advice_for(said))
