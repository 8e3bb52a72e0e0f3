"""Go on with a paused recording, in the same file."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails, EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import is_paused, with_figures
from greenroom.modes.recording._fields import Recording


class ResumeRecording(Request):
    """Greenroom's recorder: ResumeEgress. LiveKit's own service has no such call."""

    recording: Recording


async def the_recording(context: Context, request: ResumeRecording) -> EgressDetails:
    """The recording, and whether it is paused. Raises not-found, several-fit, failed-precondition."""
    return await with_figures(context, request.recording, wanted="recordings")


def pause_it(_request: ResumeRecording, before: EgressDetails, _result: EgressInfo) -> Call | None:
    """Unless it was not paused."""
    if not is_paused(before):
        return None
    arguments = {"recording": before.egress.egress_id}
    return Call(capability="recording.pause", arguments=arguments)


def tell(_request: ResumeRecording, before: EgressDetails, _result: EgressInfo) -> str:
    """Going on, or as it was."""
    what = f"The recording of {before.egress.whom} ({before.egress.egress_id})"
    if not is_paused(before):
        return f"{what} was not paused; nothing was changed."
    return f"{what} goes on, in the same file."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("recording",),
    rules=("secure-transport", "recording-can-pause", "recording-resumed"),
    before=the_recording,
    undo=pause_it,
    tell=tell,
    examples=(
        Example("resume the recording of standup", recording="standup"),
        Example("go on recording standup", recording="standup"),
    ),
)
async def resume(context: Context, request: ResumeRecording) -> EgressInfo:
    """Go on, unless it runs. Raises not-found, several-fit. Greenroom's recorder: ResumeEgress."""
    del request
    before: EgressDetails = context.before
    if not is_paused(before):
        return before.egress
    return await context.egress.resume(before.egress.egress_id)
