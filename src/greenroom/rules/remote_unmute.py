"""Many servers let nobody unmute somebody else: it is asked before anything is unmuted."""

from __future__ import annotations

from greenroom.domain.errors import GreenroomError
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Unmute no track at all: livekit-server judges its setting before it looks for the track, and changes nothing."""
    if getattr(step.request, "muted", False):
        return PASS
    track = next((track for track in step.before.tracks if track.muted), None)
    if track is None:
        return PASS
    try:
        await step.context.rooms.mute_track(track.room, track.identity, "", muted=False)
    except GreenroomError as error:
        if error.code == "remote-unmute-off":
            return block("This server lets nobody unmute somebody else.", error.hint)
        if error.code != "not-found":
            raise
    return PASS
