"""Copy the files of a finished recording to this machine."""

from __future__ import annotations

import posixpath
from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import Artifact
from greenroom.domain.ports import Context
from greenroom.domain.recordings import (
    RecordingDownloaded,
    RecordingFiles,
    StoredFile,
    media_type,
)
from greenroom.modes._egresses import size
from greenroom.modes.recording._fields import Recorded
from greenroom.modes.recording._recorded import newest_ended, with_files


class DownloadRecording(Request):
    """A recording that has ended, and where its copy goes."""

    recording: Recorded
    path: Annotated[
        str,
        Kind.PATH,
        Words("to", "into", "as", "folder", "path", "called", "named"),
        Field(
            max_length=4096,
            description="Folder for the copies, made if need be; or, with an ending, the name for a single file. This folder if nothing is said.",
        ),
    ] = ""


async def its_files(context: Context, request: DownloadRecording) -> RecordingFiles:
    """The newest one of a room, and where each of its files goes. Raises not-found."""
    found = await with_files(context, await newest_ended(context, request.recording))
    return found.with_targets(targets(context, request.path, found))


def targets(context: Context, path: str, found: RecordingFiles) -> tuple[str, ...]:
    """A name with an ending names a single file, unless a folder is called so; all else is a folder."""
    whole = context.files.absolute(path or ".")
    names_one = len(found.files) == 1 and posixpath.splitext(path)[1] and path[-1] != "/"
    if names_one and not context.files.is_folder(whole):
        return (whole,)
    return tuple(posixpath.join(whole, file.name) for file in found.files)


def tell(_request: DownloadRecording, before: RecordingFiles, result: RecordingDownloaded) -> str:
    """What is where, and how large it is."""
    made = result.artifacts
    what = f"the recording of {before.egress.whom} ({before.egress.egress_id})"
    if len(made) == 1:
        return f"{made[0].path} is a copy of {what}: {size(made[0].size)}."
    folder = posixpath.dirname(made[-1].path)
    whole = size(sum(file.size for file in made))
    return f"{len(made)} files of {what} are in {folder}: {whole}."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("recording", "path"),
    rules=(
        "secure-transport",
        "recording-over",
        "recording-files-reachable",
        "recording-has-files",
        "download-name-free",
        "download-whole",
    ),
    before=its_files,
    cannot_undo="The recording is as it was; a copy that nobody needs can be deleted.",
    tell=tell,
    examples=(
        Example("download the recording of standup", recording="standup"),
        Example("download recording EG_abc123", recording="EG_abc123"),
    ),
)
async def download(context: Context, request: DownloadRecording) -> RecordingDownloaded:
    """All of its files or none, written over nothing. Raises not-found, already-exists, disk-full and what a storage says. LiveKit: FileInfo.location, SegmentsInfo.playlist_location."""
    del request
    found: RecordingFiles = context.before
    return RecordingDownloaded(egress=found.egress, artifacts=await copied(context, found))


async def copied(context: Context, found: RecordingFiles) -> tuple[Artifact, ...]:
    """One after the other; whatever stops it takes away those that were made."""
    made: list[Artifact] = []
    try:
        for file, target in zip(found.files, found.targets, strict=True):
            made.append(await _copied(context, found.egress.egress_id, file, target))
            context.report("files", len(made), len(found.files))
    except BaseException:
        for artifact in made:
            context.files.remove(artifact.path)
        raise
    return tuple(made)


async def _copied(context: Context, egress_id: str, file: StoredFile, target: str) -> Artifact:
    if file.storage is None:
        pieces = context.egress.pieces(egress_id, file)
    else:
        pieces = context.objects.pieces(file.storage, file.path, file.size)
    return await context.files.save(target, pieces, media_type(file.name))
