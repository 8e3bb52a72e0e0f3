"""Choose where exported files go: a bucket of S3, Google Cloud, Azure or Alibaba, or the service's own disk."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes._storage import HINT, parsed
from greenroom.modes.egress._places import REFERENCES

KEYS = {name: f"egress.storage.{name}" for name in ("type", "bucket", "region", "endpoint")}
CREDENTIALS = "egress.storage.credentials"


class ConfigureStorage(Change):
    """What is given is set; another storage gets nothing of the former one."""

    storage: Annotated[
        Literal["s3", "gcp", "azure", "alioss", "local"] | None,
        Kind.CHOICE,
        Means("s3", "s3", "amazon", "aws", "minio", "s3 bucket"),
        Means("gcp", "gcp", "gcs", "google", "google cloud", "google cloud storage"),
        Means("azure", "azure", "azure blob", "microsoft"),
        Means("alioss", "alioss", "oss", "alibaba", "aliyun"),
        Means("local", "local", "on disk", "local disk", "locally", "disk of the recorder"),
        Field(description="Whose storage it is; local: the disk of the service."),
    ] = None
    bucket: Annotated[
        str | None,
        Kind.TEXT,
        Words("bucket", "container", "bucket called", "bucket named"),
        Field(
            pattern=r"^[A-Za-z0-9_.-]+$",
            max_length=255,
            description="Name of the bucket or container; local: folder.",
        ),
    ] = None
    region: Annotated[
        str | None,
        Kind.REGION,
        Words("region", "in", "zone"),
        Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64, description="Region of the bucket."),
    ] = None
    endpoint: Annotated[
        str | None,
        Kind.URL,
        Words("endpoint", "endpoint url", "server", "at"),
        Field(
            pattern=r"^https?://[^\s/@]+/?$",
            description="URL of a storage that speaks S3 but is not Amazon's.",
        ),
    ] = None
    credentials: Annotated[
        str | None,
        Kind.SECRET,
        Words("credentials", "access", "keys", "credentials from", "creds"),
        Field(
            min_length=1,
            max_length=65_536,
            description="A reference: env:NAME, file:path. JSON itself is kept in a file that only you read.",
        ),
    ] = None


def asked(request: ConfigureStorage) -> dict[str, Any]:
    """Setting → value, for what is given and no secret."""
    given = {
        "type": request.storage,
        "bucket": request.bucket,
        "region": request.region,
        "endpoint": request.endpoint,
    }
    return {KEYS[name]: value for name, value in given.items() if value is not None}


async def as_written(context: Context, _request: ConfigureStorage) -> SettingsState:
    """What the file says now. Raises invalid-config."""
    return context.configuration.written([*KEYS.values(), CREDENTIALS])


def put_back(
    _request: ConfigureStorage, before: SettingsState, result: SettingsChange
) -> Call | None:
    """The former storage, if nobody changed it since."""
    written = {key: result.values.get(key) for key in (*result.values, *result.removed)}
    return _settings.put_back(written, before)


def tell(_request: ConfigureStorage, _before: SettingsState, result: SettingsChange) -> str:
    """Each setting, and where it is written; what is behind a reference is never part of it."""
    said = [f"{key.rpartition('.')[2]} {value}" for key, value in result.values.items()]
    return f"Exports are stored with {', '.join(said)}, {_settings.where(result)}"


@capability(
    effect="write",
    rules=("storage-complete", "storage-endpoint", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "store exports in the S3 bucket acme-exports in us-east-1",
            storage="s3",
            bucket="acme-exports",
            region="us-east-1",
        ),
    ),
)
async def configure_storage(context: Context, request: ConfigureStorage) -> SettingsChange:
    """Write ``egress.storage``. Credentials are kept as a reference; recordings use them, too. Raises invalid-argument for a secret in no known form, invalid-config."""
    before: SettingsState = context.before
    changes = asked(request)
    moved = [
        key
        for key in (KEYS["type"], KEYS["endpoint"])
        if key in changes and _settings.value_in(before.values, key) not in {None, changes[key]}
    ]
    if moved:
        # Another storage must not get the keys of this one.
        changes = dict.fromkeys([*KEYS.values(), CREDENTIALS]) | changes
    if request.credentials is not None:
        changes[CREDENTIALS] = await reference_to(context, request)
    return await _settings.write(context, changes)


async def reference_to(context: Context, request: ConfigureStorage) -> str:
    """The reference, or one to what is kept now. Raises InvalidRequest."""
    given = request.credentials or ""
    if given.startswith(REFERENCES):
        return given
    if parsed(given) is None:
        msg = "These credentials are no reference, and no JSON object."
        raise InvalidRequest(msg, hint=f"Give env:NAME or file:path. {HINT}")
    return await asyncio.to_thread(context.configuration.keep_secret, "storage", given)
