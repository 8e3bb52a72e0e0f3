"""Objects in a real server that speaks S3, one that refuses, one that is slow, and none at all."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from greenroom.adapters.objectstore import ObstoreObjects
from greenroom.domain.egress import Storage
from greenroom.domain.errors import GreenroomError
from greenroom.local.ports import free_ports
from tests.local.listening import listening
from tests.s3 import KEYS, bucket, endpoint, held

__all__ = ["bucket", "endpoint"]

pytest.importorskip("obstore")
SECRET = KEYS["secret"]


@pytest.fixture
def storage(endpoint: str, bucket: str) -> Storage:
    return s3(endpoint, bucket)


def s3(endpoint: str, bucket: str = "films") -> Storage:
    return Storage(
        type="s3", bucket=bucket, region="eu-central-1", endpoint=endpoint, credentials=KEYS
    )


async def refused(act: Awaitable[Any]) -> GreenroomError:
    with pytest.raises(GreenroomError) as caught:
        await act
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


Answer = Callable[[web.Request], Awaitable[web.Response]]


@pytest_asyncio.fixture
async def answering() -> AsyncIterator[Callable[[Answer], Awaitable[str]]]:
    """Serves one answer to everything; gives the URL."""
    opened = []

    async def serve(answer: Answer) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        made = listening(app)
        opened.append(made)
        return await made.__aenter__()

    yield serve
    for made in opened:
        await made.__aexit__(None, None, None)


async def test_an_object_is_written_read_and_deleted(storage: Storage) -> None:
    objects, name = ObstoreObjects(), "folder/small.txt"
    await objects.write(storage, name, b"content")
    assert await objects.read(storage, name) == b"content"
    assert await asyncio.to_thread(held, storage) == {name: b"content"}
    await objects.delete(storage, name)
    await objects.delete(storage, name)
    assert await asyncio.to_thread(held, storage) == {}
    assert (await refused(objects.read(storage, name))).code == "not-found"


async def test_a_bucket_that_is_not_there_is_named(endpoint: str) -> None:
    error = await refused(ObstoreObjects().write(s3(endpoint, "nowhere"), "a", b"b"))
    assert error.code == "not-found"
    assert error.message == "s3 bucket nowhere: There is no such bucket."


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, "<Error><Code>AccessDenied</Code></Error>", "permission-denied"),
        (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", "unauthenticated"),
        (403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", "unauthenticated"),
        (401, "", "unauthenticated"),
        (503, "", "unavailable"),
        (500, "", "server-error"),
    ],
)
async def test_a_server_that_refuses_is_told_with_why(
    answering: Callable[[Answer], Awaitable[str]], status: int, body: str, code: str
) -> None:
    async def no(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=f"{body}{SECRET}")

    url = await answering(no)
    assert (await refused(ObstoreObjects().write(s3(url), "a", b"b"))).code == code


async def test_a_server_that_does_not_answer_is_given_up(
    answering: Callable[[Answer], Awaitable[str]],
) -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    url = await answering(slow)
    async with asyncio.timeout(3):
        error = await refused(ObstoreObjects(seconds=0.3).write(s3(url), "a", b"b"))
    assert error.code == "timeout"


async def test_where_nothing_listens_that_is_said() -> None:
    (port,) = free_ports(1)
    error = await refused(ObstoreObjects().write(s3(f"http://127.0.0.1:{port}"), "a", b"b"))
    assert error.code in {"connection-refused", "connection-failed"}


@pytest.mark.parametrize(
    "wrong",
    [
        Storage(type="gcp", bucket="films", credentials={"credentials": '{"type": "x"}'}),
        Storage(type="azure", bucket="films", credentials={"account_key": "not base64!"}),
    ],
)
async def test_credentials_of_another_form_are_refused_before_anything_is_asked(
    wrong: Storage,
) -> None:
    assert (await refused(ObstoreObjects().write(wrong, "a", b"b"))).code == "invalid-argument"


async def test_a_storage_that_nobody_here_speaks_to_is_said_so() -> None:
    error = await refused(ObstoreObjects().read(Storage(type="alioss", bucket="films"), "a"))
    assert error.code == "unimplemented"


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    error = await refused(ObstoreObjects().read(s3("http://127.0.0.1:1"), "a"))
    assert error.code == "recorder-missing"
    assert "greenroom[recorder]" in error.hint
