"""Objects that are large or many, in a real server that speaks S3."""

from __future__ import annotations

from dataclasses import replace

import pytest

from greenroom.adapters import objectstore
from greenroom.adapters.objectstore import ObstoreObjects
from greenroom.domain.egress import Storage
from tests.s3 import KEYS, bucket, endpoint

__all__ = ["bucket", "endpoint"]
pytest.importorskip("obstore")


@pytest.fixture
def storage(endpoint: str, bucket: str) -> Storage:
    return Storage(type="s3", bucket=bucket, endpoint=endpoint, credentials=KEYS)


async def test_a_large_object_comes_in_pieces_and_is_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objectstore, "PIECE", 1000)
    content = bytes(number % 251 for number in range(2500))
    objects = ObstoreObjects()
    await objects.write(storage, "large", content)
    pieces = [piece async for piece in objects.pieces(storage, "large", len(content))]
    assert [len(piece) for piece in pieces] == [1000, 1000, 500]
    assert b"".join(pieces) == content


async def test_sizes_are_of_what_is_there_and_several_are_deleted_at_once(storage: Storage) -> None:
    objects = ObstoreObjects()
    for name, content in (("a", b"1"), ("b", b"22"), ("c", b"333")):
        await objects.write(storage, name, content)
    assert await objects.sizes(storage, ["a", "nothing", "c"]) == {"a": 1, "c": 3}
    await objects.delete(storage, "a", "nothing", "c")
    assert await objects.sizes(storage, ["a", "b", "c"]) == {"b": 2}
    assert await objects.sizes(replace(storage, bucket="nowhere"), ["a"]) == {}
