"""End a recording; its file is finished and kept."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import ACTIVE, EgressInfo
from greenroom.domain.ports import Context
from greenroom.modes._egresses import ended_with, the_egress, waited
from greenroom.modes.recording._fields import Recording

FINISHING_SECONDS = 30.0
"""How long an answer waits for the file: it is written once more at the end, and uploaded."""


class StopRecording(Request):
    """LiveKit: StopEgressRequest."""

    recording: Recording


async def the_recording(context: Context, request: StopRecording) -> EgressInfo:
    """The recording as it runs. Raises not-found, several-fit, failed-precondition."""
    return await the_egress(context, request.recording, wanted="recordings")


def tell(_request: StopRecording, before: EgressInfo, result: EgressInfo) -> str:
    """What came of it, or that it is still being finished."""
    what = f"The recording of {result.whom} ({result.egress_id})"
    if result.status == "aborted":
        return f"{what} ended before it had begun, so there is no file."
    if result.is_active:
        shown = f"`greenroom recording show {result.egress_id}` tells when the file is there."
        again = "was being finished already, and still is" if before.status == "ending" else ""
        return f"{what} {again or 'has ended and its file is being finished'}: {shown}"
    return f"{what} is finished. {ended_with(result)}".strip()


@capability(
    effect="destroy",
    grant="roomRecord",
    positional=("recording",),
    rules=("secure-transport", "recording-ends", "recording-finished"),
    before=the_recording,
    cannot_undo="What happens from now on is not recorded; a new recording is another file.",
    tell=tell,
    examples=(
        Example("stop the recording of standup", recording="standup"),
        Example("stop recording EG_abc123", recording="EG_abc123"),
    ),
)
async def stop(context: Context, request: StopRecording) -> EgressInfo:
    """End it, and wait a while for its file. Raises not-found, several-fit. LiveKit: Egress.StopEgress."""
    del request
    info: EgressInfo = context.before
    if info.status != "ending":
        info = await context.egress.stop(info.egress_id)
    return await waited(context, info, past=ACTIVE, seconds=FINISHING_SECONDS)
