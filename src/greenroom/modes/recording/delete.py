"""Delete the files of a finished recording."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context
from greenroom.domain.recordings import RecordingDeleted, RecordingFiles, objects_of
from greenroom.modes._egresses import size
from greenroom.modes.recording._fields import Recorded
from greenroom.modes.recording._recorded import the_only, with_files

STAYS_LISTED = "LiveKit's Egress service goes on listing the recording for a while."
PICTURES_STAY = "Pictures that were taken beside it are kept."


class DeleteRecording(Request):
    """A room that was recorded once, or the id of one recording."""

    recording: Recorded


async def its_files(context: Context, request: DeleteRecording) -> RecordingFiles:
    """What would be deleted. Raises not-found, several-fit."""
    return await with_files(context, await the_only(context, request.recording))


def tell(_request: DeleteRecording, before: RecordingFiles, result: RecordingDeleted) -> str:
    """How many, how much, and what is left."""
    info, count = result.egress, len(result.files)
    whole = size(sum(file.size for file in before.files))
    files = result.files[0] if count == 1 else f"{count} files"
    said = f"The recording of {info.whom} ({info.egress_id}) is deleted: {files}, {whole}."
    if info.service != "greenroom":
        said += f" {STAYS_LISTED}"
    return f"{said} {PICTURES_STAY}" if pictures_stay(before) else said


def pictures_stay(before: RecordingFiles) -> bool:
    """The recorder's own disk is all that says where pictures are."""
    made = any(result.kind == "images" for result in before.egress.results)
    return made and any(file.storage is not None for file in before.files)


@capability(
    effect="destroy",
    grant="roomRecord",
    positional=("recording",),
    rules=(
        "secure-transport",
        "recording-over",
        "recording-files-reachable",
        "recording-has-files",
        "recording-files-named",
        "recording-files-gone",
    ),
    before=its_files,
    cannot_undo="The files are gone, unless somebody has copies.",
    tell=tell,
    examples=(
        Example("delete the recording of standup", recording="standup"),
        Example("delete recording EG_abc123", recording="EG_abc123"),
    ),
)
async def delete(context: Context, request: DeleteRecording) -> RecordingDeleted:
    """The files that were shown, and no others. Raises not-found, several-fit and what the recorder or a storage says. Greenroom's recorder: DeleteEgressFiles."""
    del request
    found: RecordingFiles = context.before
    info = found.egress
    # A playlist is what tells the segments: while it is there, a deletion that was cut off can be repeated.
    lists = [file for file in found.files if file.name.endswith(".m3u8")]
    rest = [file for file in found.files if file not in lists]
    for where, names in (*objects_of(rest), *objects_of(lists)):
        await context.objects.delete(where, *names)
    if info.service == "greenroom":
        info = await context.egress.delete_files(info.egress_id)
    return RecordingDeleted(egress=info, files=tuple(file.location for file in found.files))
