"""Choose format, layout, storage and how long files are kept, for all recordings."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes._layouts import AskedLayout
from greenroom.modes._retention import KEY as RETENTION
from greenroom.modes.recording._fields import AskedFormat

DAY = 86_400
KEYS = {
    "enabled": "recording.enabled",
    "format": "recording.format",
    "layout": "recording.layout",
    "storage": "recording.storage.type",
    "bucket": "recording.storage.bucket",
    "region": "recording.storage.region",
    "prefix": "recording.storage.prefix",
    "retention": RETENTION,
}
"""Argument → setting."""


class Configure(Change):
    """What is given is set; the rest stays."""

    format: Annotated[AskedFormat, Field(description="Kind of file of new recordings.")] = None
    layout: Annotated[
        AskedLayout, Field(description="How people are shown where a room has no layout.")
    ] = None
    storage: Annotated[
        Literal["s3", "gcp", "azure", "alioss", "local"] | None,
        Kind.CHOICE,
        Means("s3", "s3", "s3 bucket", "amazon", "aws", "minio"),
        Means("gcp", "gcp", "gcs", "google", "google cloud", "google cloud storage"),
        Means("azure", "azure", "azure blob", "blob storage"),
        Means("alioss", "alioss", "oss", "alibaba", "aliyun"),
        Means("local", "local", "locally", "on this machine", "local disk", "on disk"),
        Field(description="Whose storage files go to; local: where the service writes."),
    ] = None
    bucket: Annotated[
        str | None,
        Kind.NAME_TO_BE,
        Words("bucket", "container", "folder", "bucket named", "bucket called"),
        Field(min_length=1, max_length=256, description="Bucket or container; of local a folder."),
    ] = None
    region: Annotated[
        str | None,
        Kind.REGION,
        Words("region", "in region", "in the region", "in"),
        Field(min_length=1, max_length=64, description="Region of the bucket."),
    ] = None
    prefix: Annotated[
        str | None,
        Kind.PREFIX,
        Words("prefix", "under", "below", "with the prefix"),
        Field(max_length=512, description="What the names of files begin with."),
    ] = None
    retention: Annotated[
        int | None,
        Kind.DURATION,
        Words("keep", "kept", "keep for", "kept for", "retention", "for", "delete after"),
        Field(
            ge=0,
            description="Seconds that files are kept, as whole days; 0: for ever. Greenroom's recorder deletes older ones.",
        ),
    ] = None
    enabled: Annotated[
        bool | None,
        Means(
            True,
            "allow recording",
            "allow recordings",
            "recordings are allowed",
            "recording is allowed",
            "recordings may be made",
            "permit recordings",
        ),
        Means(
            False,
            "forbid recording",
            "forbid recordings",
            "no recordings",
            "recordings are forbidden",
            "recordings must not be made",
            "recordings may not be made",
            "disallow recordings",
            "nobody may record",
        ),
        Field(description="Whether recordings may be made at all."),
    ] = None


def changes(request: Configure) -> dict[str, Any]:
    """Setting → value. Part of a day counts as a whole one: nothing goes early."""
    given = _settings.given(request, KEYS)
    if request.retention is not None:
        given[KEYS["retention"]] = math.ceil(request.retention / DAY)
    return given


async def as_written(context: Context, request: Configure) -> SettingsState:
    """What the files say now. Raises invalid-config."""
    return context.configuration.written(list(changes(request)))


def put_back(request: Configure, before: SettingsState, _result: SettingsChange) -> Call | None:
    """The former settings, if nobody changed them since."""
    return _settings.put_back(changes(request), before)


def tell(request: Configure, _before: SettingsState, result: SettingsChange) -> str:
    """Each choice, where it is written, and what the recorder will delete."""
    said = []
    if request.enabled is not None:
        said.append("may be made" if request.enabled else "may not be made")
    if request.format is not None:
        said.append(f"are {request.format} files")
    if request.layout is not None:
        said.append(f"show people as {request.layout}")
    if kept := _storage_told(request):
        said.append(f"go to {kept}")
    days = changes(request).get(KEYS["retention"])
    if days is not None:
        said.append(f"are to be kept {f'for {days} days' if days else 'for ever'}")
    return f"New recordings {' and '.join(said)} unless said otherwise, {_settings.where(result)}"


def _storage_told(request: Configure) -> str:
    """``s3, bucket acme, region eu-west-1``; "" where nothing of it was given."""
    parts = {name: getattr(request, name) for name in ("bucket", "region", "prefix")}
    given = [f"{name} {value or '(none)'}" for name, value in parts.items() if value is not None]
    return ", ".join([*filter(None, [request.storage]), *given])


@capability(
    effect="write",
    rules=("recording-storage-complete", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("recordings should be mp3 by default", format="mp3"),
        Example(
            "store recordings in the S3 bucket acme-rec in eu-west-1",
            storage="s3",
            bucket="acme-rec",
            region="eu-west-1",
        ),
        Example("keep recordings for 30 days", retention=30 * DAY),
    ),
)
async def configure(context: Context, request: Configure) -> SettingsChange:
    """Write choices into the configuration: the project's recording file, else the user's. Greenroom's recorder: SetRetention. Raises invalid-config."""
    return await _settings.write(context, changes(request))
