"""What is asked for can be in one file of that format."""

from __future__ import annotations

from greenroom.domain.egress_checks import SOUND_ONLY
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Block pictures in a format of sound, and neither sound nor pictures; warn about what has no effect."""
    request, asked = step.request, step.request.model_fields_set - step.context.configured
    if request.audio_only and request.video_only:
        return block(
            "Sound without pictures and pictures without sound exclude each other.",
            "Ask for one of audio_only and video_only.",
        )
    pictures = [
        name
        for name in ("layout", "resolution", "frame_rate", "video_only", "screen_share")
        if name in asked and getattr(request, name)
    ]
    if request.format in SOUND_ONLY and pictures:
        by = "" if "format" in asked else " by the setting recording.format"
        return block(
            f"A file of the format {request.format}{by} holds sound alone, and {named(pictures)} asks for pictures.",
            "Ask for mp4, or leave out what is about pictures.",
        )
    if request.audio_only and pictures:
        return block(
            f"Sound alone was asked for, and {named(pictures)} asks for pictures.",
            "Leave out one of them.",
        )
    if request.screen_share and not request.identity:
        return block(
            "Whose screen? One person's screen is recorded, and nobody was named.",
            "Name somebody with identity, or record the whole room: screens are in it.",
        )
    if request.identity and "layout" in asked and request.layout:
        return warn(
            f"One person is recorded, so the layout {request.layout} has no effect.",
            "Record the whole room for a layout.",
        )
    return PASS


def named(fields: list[str]) -> str:
    """``layout and frame rate``."""
    return " and ".join(field.replace("_", " ") for field in fields)
