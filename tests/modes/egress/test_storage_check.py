"""The check of the storage, against a real server that speaks S3, and against one that lies."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.egress import Storage
from tests.adapters.test_objectstore import storage
from tests.modes.egress.conftest import everything_kept, shown
from tests.s3 import KEYS, bucket, endpoint, held

__all__ = ["bucket", "endpoint", "storage"]
SECRET = KEYS["secret"]
JSON = f'{{"access_key": "{KEYS["access_key"]}", "secret": "{SECRET}"}}'


async def configured(crew: Greenroom, storage: Storage, bucket: str = "") -> None:
    bucket = bucket or storage.bucket
    call = {"storage": "s3", "bucket": bucket, "endpoint": storage.endpoint, "credentials": JSON}
    (await crew.call("egress.configure_storage", **call)).unwrap()


async def test_a_storage_that_works_is_told_and_nothing_is_left_in_it(
    crew: Greenroom, storage: Storage, tmp_path: Path
) -> None:
    await configured(crew, storage)
    done = await crew.call("egress.check_storage")
    assert done.status == "done", done.message
    assert done.message.startswith(f"The storage works: s3 bucket {storage.bucket} took a")
    assert await asyncio.to_thread(held, storage) == {}
    assert SECRET not in shown(done) + everything_kept(tmp_path)


async def test_a_bucket_that_is_gone_is_told_with_the_step(
    crew: Greenroom, storage: Storage
) -> None:
    await configured(crew, storage, "nowhere")
    failed = await crew.call("egress.check_storage")
    assert failed.error is not None and failed.error.code == "not-found"
    assert failed.message == (
        "A small object could not be written: s3 bucket nowhere: There is no such bucket."
    )


async def test_content_that_comes_back_otherwise_is_no_storage_that_works(
    crew: Greenroom, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greenroom.adapters.objectstore import ObstoreObjects

    async def other(_self: object, _storage: Storage, _name: str) -> bytes:
        return b"another"

    await configured(crew, storage)
    monkeypatch.setattr(ObstoreObjects, "read", other)
    failed = await crew.call("egress.check_storage")
    assert failed.error is not None and failed.error.code == "not-as-asked"


async def test_files_that_stay_with_the_service_cannot_be_checked_and_it_says_so(
    crew: Greenroom,
) -> None:
    done = await crew.call("egress.check_storage")
    assert done.message == (
        "Exports stay on the disk of Greenroom's recorder; from here there is nothing to check."
    )
