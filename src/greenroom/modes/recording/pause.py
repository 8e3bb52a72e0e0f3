"""Pause a recording: what happens until it is resumed is not in its file."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails, EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import is_paused, with_figures
from greenroom.modes.recording._fields import Recording


class PauseRecording(Request):
    """Greenroom's recorder: PauseEgress. LiveKit's own service has no such call."""

    recording: Recording


async def the_recording(context: Context, request: PauseRecording) -> EgressDetails:
    """The recording, and whether it is paused. Raises not-found, several-fit, failed-precondition."""
    return await with_figures(context, request.recording, wanted="recordings")


def resume_it(_request: PauseRecording, before: EgressDetails, _result: EgressInfo) -> Call | None:
    """Unless it was paused already."""
    if is_paused(before):
        return None
    arguments = {"recording": before.egress.egress_id}
    return Call(capability="recording.resume", arguments=arguments)


def tell(_request: PauseRecording, before: EgressDetails, _result: EgressInfo) -> str:
    """Paused, or as it was."""
    what = f"The recording of {before.egress.whom} ({before.egress.egress_id})"
    if is_paused(before):
        return f"{what} was paused already; nothing was changed."
    return f"{what} is paused: nothing is recorded until it is resumed."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("recording",),
    rules=("secure-transport", "recording-can-pause", "recording-paused"),
    before=the_recording,
    undo=resume_it,
    tell=tell,
    examples=(
        Example("pause the recording in standup", recording="standup"),
        Example("pause recording EG_abc123", recording="EG_abc123"),
    ),
)
async def pause(context: Context, request: PauseRecording) -> EgressInfo:
    """Pause it, unless it is paused. Raises not-found, several-fit. Greenroom's recorder: PauseEgress."""
    del request
    before: EgressDetails = context.before
    if is_paused(before):
        return before.egress
    return await context.egress.pause(before.egress.egress_id)
