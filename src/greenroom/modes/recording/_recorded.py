"""How a recording that has ended is found, and which files it has."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.domain.egress import EgressInfo, EgressResult, Storage, is_egress_id
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.playlists import names_in
from greenroom.domain.ports import Context
from greenroom.domain.recordings import RecordingFiles, StoredFile
from greenroom.modes._egresses import fits, listed, the_egress
from greenroom.modes._storage import storage
from greenroom.modes.recording._places import object_at

ON_ITS_DISK = "LiveKit's Egress service wrote it on the machine where it runs, which Greenroom does not reach."
ELSEWHERE = "It does not lie in a storage that the settings name."
DO_ON_ITS_DISK = "Copy or delete it there; `greenroom recording configure --storage s3 --bucket NAME` has later ones uploaded."
DO_ELSEWHERE = "Name that storage: egress.storage (type, bucket, region, endpoint, credentials)."
Named = tuple[Storage, list[str]]


async def newest_ended(context: Context, named: str) -> EgressInfo:
    """Of a room the newest that has ended and has files. Raises not-found; gives one that runs where there is no other."""
    if not is_egress_id(named):
        for one in await context.egress.list_egress(named):
            kept = not one.is_active and not one.files_deleted and one.status != "aborted"
            if kept and fits(one, "recordings"):
                return one
    return await the_egress(context, named, wanted="recordings", active=False)


async def the_only(context: Context, named: str) -> EgressInfo:
    """Of a room its only recording. Raises not-found, several-fit.

    Those that run and those whose files are deleted count, too: between what is shown to somebody and their yes, the
    room's name must not come to mean another one.
    """
    if not is_egress_id(named):
        every = await context.egress.list_egress(named)
        found = [one for one in every if fits(one, "recordings") and _has_place(one)]
        if len(found) > 1:
            left = [one for one in found if not one.files_deleted]
            msg = f"{named} was recorded {len(found)} times."
            hint = f"Name one by its id: {listed(context, left or found)}."
            raise PreconditionFailed(msg, code="several-fit", hint=hint)
        if found:
            return found[0]
    return await the_egress(context, named, wanted="recordings", active=False)


def _has_place(info: EgressInfo) -> bool:
    return info.is_active or any(result.location for result in info.results)


async def with_files(context: Context, info: EgressInfo) -> RecordingFiles:
    """Which files it has, and where; none while it runs. Raises what the recorder or a storage says."""
    if info.is_active:
        return RecordingFiles(egress=info, files=())
    ours = info.service == "greenroom"
    files = list(await context.egress.files(info.egress_id)) if ours else []
    beyond, why = [], ("", "")
    places = [result for result in info.results if result.kind in {"file", "segments"}]
    for result in places:
        if not result.location or (ours and "://" not in result.location):
            continue
        found = await _named(context, info, result)
        if found is None:
            beyond.append(result.location)
            local = "://" not in result.location
            why = (ON_ITS_DISK, DO_ON_ITS_DISK) if local else (ELSEWHERE, DO_ELSEWHERE)
            continue
        where, names = found
        sizes = await context.objects.sizes(where, names)
        files += [
            StoredFile(path=name, size=sizes[name], storage=where)
            for name in names
            if name in sizes
        ]
    return RecordingFiles(
        egress=info, files=tuple(files), beyond=tuple(beyond), why=why[0], remedy=why[1]
    )


async def _named(context: Context, info: EgressInfo, result: EgressResult) -> Named | None:
    """The storage, and the names of a result's objects there, playlists last; None where the settings do not name it."""
    for where in _storages(context):
        name = object_at(where, result.location, quoted=info.service == "greenroom")
        if not name:
            continue
        if result.kind == "file":
            return where, [name]
        live = object_at(where, result.live_location, quoted=info.service == "greenroom")
        lists = [each for each in (live, name) if each]
        return where, [*await _segments(context, where, name), *lists]
    return None


def _storages(context: Context) -> list[Storage]:
    """Those that can be asked from here. Raises ConfigurationError."""
    named = (storage(context, "recording"), storage(context, "egress"))
    return [where for where in named if where is not None and where.type != "local"]


async def _segments(context: Context, where: Storage, playlist: str) -> Sequence[str]:
    """Segments lie beside their playlist. Raises PreconditionFailed where it names something else."""
    if not await context.objects.sizes(where, [playlist]):
        return []
    listed = (await context.objects.read(where, playlist)).decode("utf-8", "replace")
    folder = playlist.rpartition("/")[0]
    names = names_in(listed)
    for name in names:
        if "/" in name or name in {".", ".."}:
            msg = f"The playlist {playlist} names {name}, which does not lie beside it."
            hint = "Somebody changed it: its recording is left alone."
            raise PreconditionFailed(msg, code="failed-precondition", hint=hint)
    return [f"{folder}/{name}" if folder else name for name in names]
