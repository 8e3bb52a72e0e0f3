"""An S3 of its own for each test: moto's server, which speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from greenroom.domain.egress import Storage

boto3 = pytest.importorskip("boto3", reason="boto3 comes with moto")
moto = pytest.importorskip("moto.server", reason="moto's server speaks S3 for these tests")
KEYS = {"access_key": "a-key", "secret": "storage-secret-nobody-may-see"}


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Where it listens."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest_asyncio.fixture
async def bucket(endpoint: str) -> str:
    """An empty one: servers of one process share their buckets."""
    name = f"films-{uuid4().hex[:8]}"
    async with aiohttp.ClientSession() as session, session.put(f"{endpoint}/{name}") as answer:
        assert answer.status == 200
    return name


def held(storage: Storage) -> dict[str, bytes]:
    """All that is in a bucket, by another client."""
    keys = {"aws_access_key_id": KEYS["access_key"], "aws_secret_access_key": KEYS["secret"]}
    client = boto3.client("s3", endpoint_url=storage.endpoint, region_name=storage.region, **keys)
    names = [each["Key"] for each in client.list_objects(Bucket=storage.bucket).get("Contents", ())]
    return {
        name: client.get_object(Bucket=storage.bucket, Key=name)["Body"].read() for name in names
    }
