"""Check the storage of exports: write, read and delete a small object."""

from __future__ import annotations

import secrets

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import Storage, StorageCheck
from greenroom.domain.errors import CheckFailed, GreenroomError
from greenroom.domain.ports import Context
from greenroom.modes._storage import WHO, storage

CONTENT = b"Greenroom wrote this to see whether the storage works. It can be deleted.\n"


class CheckStorage(Request):
    """The storage of the settings."""


def tell(_request: CheckStorage, _before: None, result: StorageCheck) -> str:
    """What works, or why there is nothing to check from here."""
    if not result.checked:
        what = f"folder {result.bucket}" if result.bucket else "disk"
        who = WHO.get(result.service, "the egress service")
        return f"Exports stay on the {what} of {who}; from here there is nothing to check."
    return (
        f"The storage works: {result.type} bucket {result.bucket} took a small object, gave it "
        f"back and deleted it, in {result.seconds:.1f} s."
    )


@capability(
    effect="read",
    tell=tell,
    examples=(Example("check that our storage works"),),
)
async def check_storage(context: Context, request: CheckStorage) -> StorageCheck:
    """Three calls, by this machine's network and the configured credentials; the egress service makes its own. Raises what the storage says, and which step it refused."""
    del request
    kept = storage(context, "egress")
    if kept is None or kept.type == "local":
        service = await context.egress.service()
        bucket = kept.bucket if kept else ""
        return StorageCheck(type="local", bucket=bucket, checked=False, service=service)
    began = context.clock.now()
    await write_read_delete(context, kept)
    seconds = context.clock.now() - began
    return StorageCheck(type=kept.type, bucket=kept.bucket, checked=True, seconds=seconds)


async def write_read_delete(context: Context, kept: Storage) -> None:
    """Raises the storage's error, with the step before it; CheckFailed for content that came back otherwise."""
    prefix = f"{kept.prefix.strip('/')}/" if kept.prefix.strip("/") else ""
    name = f"{prefix}greenroom-check-{secrets.token_hex(8)}.txt"
    doing, done = "written", False
    try:
        await context.objects.write(kept, name, CONTENT)
        done, doing = True, "read"
        found = await context.objects.read(kept, name)
        doing = "deleted"
        await context.objects.delete(kept, name)
    except GreenroomError as error:
        error.message = f"A small object could not be {doing}: {error.message}"
        if done:
            error.message += f" {name} may be left in {kept.bucket}."
        raise
    if found != CONTENT:
        msg = f"The storage took an object, and gave back {len(found)} bytes that are others."
        raise CheckFailed(
            msg, hint="Another server answers in the storage's place: look at the endpoint."
        )
