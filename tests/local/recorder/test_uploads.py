"""Uploads to a server that speaks S3: one that works, one that refuses for a while, one whose bucket is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api

from greenroom.local.recorder import uploads
from tests.local.listening import listening
from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts
from tests.s3 import bucket, endpoint

__all__ = ["bucket", "endpoint"]
pytestmark = pytest.mark.slow

boto3 = pytest.importorskip("boto3", reason="boto3 comes with moto")
SECRET = "storage-secret-that-nobody-may-see"
COMPLETE, FAILED = api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_FAILED


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PAUSES", (0.2, 0.2, 0.2))


def s3(endpoint: str, bucket: str, **more: Any) -> api.S3Upload:
    return api.S3Upload(
        access_key="a-key",
        secret=SECRET,
        endpoint=endpoint,
        bucket=bucket,
        region="eu-central-1",
        force_path_style=True,
        **more,
    )


async def record(studio: Studio, storage: api.S3Upload, seconds: float = 1.0) -> api.EgressInfo:
    """Record into this storage."""
    request = api.RoomCompositeEgressRequest(
        room_name=studio.room,
        file_outputs=[api.EncodedFileOutput(filepath="talks/one", s3=storage)],
    )
    info = await studio.livekit.egress.start_room_composite_egress(request)
    await studio.active(info.egress_id)
    await asyncio.sleep(seconds)
    return await studio.finish(info.egress_id)


def fetch(endpoint: str, bucket: str, url: str, into: Path) -> dict[str, Any]:
    """With another client than the recorder's."""
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="a-key", aws_secret_access_key=SECRET
    )
    found = client.get_object(Bucket=bucket, Key=url.removeprefix(f"{endpoint}/{bucket}/"))
    into.write_bytes(found["Body"].read())
    return found


async def test_a_recording_is_uploaded_and_the_local_copy_goes(
    studio: Studio, endpoint: str, bucket: str, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    storage = s3(endpoint, bucket, metadata={"course": "physics"}, tagging="a=b")
    ended = await record(studio, storage)
    assert ended.status == COMPLETE, ended.error
    (made,) = ended.file_results
    assert made.location == f"{endpoint}/{bucket}/talks/one.mp4"
    found = fetch(endpoint, bucket, made.location, tmp_path / "fetched.mp4")
    assert found["ContentType"] == "video/mp4"
    assert found["Metadata"] == {"course": "physics"}
    assert facts(tmp_path / "fetched.mp4")["video"] == "h264"
    assert (tmp_path / "fetched.mp4").stat().st_size == made.size
    assert list(studio.folder.rglob("*")) == []


async def test_storage_keys_are_shown_to_nobody(studio: Studio, endpoint: str, bucket: str) -> None:
    await studio.person("anna", shade=60)
    ended = await record(studio, s3(endpoint, bucket))
    shown = ended.room_composite.file_outputs[0].s3
    assert (shown.access_key, shown.secret) == ("{access_key}", "{secret}")
    assert SECRET not in str(ended)
    for path in studio.state.rglob("*"):
        assert SECRET.encode() not in path.read_bytes(), path


async def test_segments_and_pictures_are_uploaded_with_their_playlists(
    studio: Studio, endpoint: str, bucket: str, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    storage = api.StorageConfig(s3=s3(endpoint, bucket))
    request = api.StartEgressRequest(
        room_name=studio.room,
        template=api.TemplateSource(),
        storage=storage,
        outputs=[
            api.Output(
                segments=api.SegmentedFileOutput(filename_prefix="live", segment_duration=1)
            ),
            api.Output(images=api.ImageOutput(filename_prefix="still", capture_interval=1)),
        ],
    )
    info = await studio.livekit.egress.start_egress(request)
    await studio.active(info.egress_id)
    await asyncio.sleep(2.5)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    (made,) = ended.segment_results
    assert made.playlist_location == f"{endpoint}/{bucket}/live.m3u8"
    fetch(endpoint, bucket, made.playlist_location, tmp_path / "live.m3u8")
    for name in (tmp_path / "live.m3u8").read_text().splitlines():
        if name.endswith(".ts"):
            fetch(endpoint, bucket, f"{endpoint}/{bucket}/{name}", tmp_path / name)
    assert facts(tmp_path / "live.m3u8")["video"] == "h264"
    fetch(endpoint, bucket, f"{endpoint}/{bucket}/still_00001.jpeg", tmp_path / "still.jpeg")
    assert [path for path in studio.folder.rglob("*") if path.is_file()] == []


class Refusing:
    """Says 503 to the first so many requests that write, then hands all on to the real one."""

    def __init__(self, endpoint: str, times: int) -> None:
        self.endpoint, self.left = endpoint, times
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "PUT" and self.left > 0:
            self.left -= 1
            return web.Response(status=503)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        body = await request.read()
        target = f"{self.endpoint}{request.path_qs}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, target, data=body, headers=headers) as answer,
        ):
            kept = {k: v for k, v in answer.headers.items() if k.lower() in KEPT}
            if request.method == "HEAD":
                kept["Content-Length"] = answer.headers["Content-Length"]
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


KEPT = {"etag", "last-modified", "content-type"}


@pytest_asyncio.fixture
async def refusing(endpoint: str) -> AsyncIterator[Refusing]:
    made = Refusing(endpoint, times=2)
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", made.answer)
    async with listening(app) as url:
        made.url = url
        yield made


async def test_a_server_that_refuses_for_a_while_gets_it_in_the_end(
    studio: Studio, refusing: Refusing, bucket: str
) -> None:
    await studio.person("anna", shade=60)
    ended = await record(studio, s3(refusing.url, bucket))
    assert refusing.left == 0
    assert ended.status == COMPLETE, ended.error
    assert [path for path in studio.folder.rglob("*") if path.is_file()] == []


async def test_a_bucket_that_is_gone_leaves_the_recording_where_it_is_and_says_so(
    studio: Studio, endpoint: str
) -> None:
    await studio.person("anna", shade=60)
    ended = await record(studio, s3(endpoint, "nowhere"))
    assert ended.status == FAILED
    path = studio.folder / "talks" / "one.mp4"
    assert "could not be uploaded" in ended.error and str(path) in ended.error
    assert SECRET not in ended.error
    assert ended.file_results[0].location == str(path)
    assert facts(path)["video"] == "h264"


@pytest.mark.parametrize(
    ("storage", "code"),
    [
        ({"s3": api.S3Upload()}, "invalid_argument"),
        ({"s3": api.S3Upload(bucket="b", assume_role_arn="arn:x")}, "unimplemented"),
        ({"gcp": api.GCPUpload(bucket="b", credentials="no json")}, "invalid_argument"),
        ({"azure": api.AzureBlobUpload()}, "invalid_argument"),
        ({"aliOSS": api.AliOSSUpload(bucket="b")}, "unimplemented"),
    ],
)
async def test_a_storage_that_cannot_be_is_refused_before_anything_is_recorded(
    studio: Studio, storage: dict[str, Any], code: str
) -> None:
    await studio.person("anna", shade=60)
    request = api.RoomCompositeEgressRequest(
        room_name=studio.room, file_outputs=[api.EncodedFileOutput(**storage)]
    )
    with pytest.raises(api.ServerError) as caught:
        await studio.livekit.egress.start_room_composite_egress(request)
    assert caught.value.code == code
    assert not studio.folder.exists() or list(studio.folder.rglob("*")) == []
