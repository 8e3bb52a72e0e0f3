"""The egress adapter on real sockets that answer as bad days would, decoded with LiveKit's own messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.struct_pb2 import Struct
from livekit.protocol import egress

from greenroom.adapters.livekit import egress as adapter
from greenroom.adapters.livekit.egress import LiveKitEgress
from greenroom.adapters.livekit.egress_services import EgressServices
from greenroom.adapters.livekit.egress_workers import NOBODY_SECONDS, Workers
from greenroom.domain.egress import EgressOutput, EgressRequest, EgressSource, Storage
from greenroom.domain.errors import GreenroomError, InvalidRequest
from greenroom.domain.recordings import StoredFile
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.egress_settings import Chosen
from tests.adapters.livekit.servers import (
    PROTOBUF,
    Script,
    Served,
    answer,
    saying,
    serve,
    silent,
    twirp,
)
from tests.doubles import FakeClock

MakeEgress = Callable[..., LiveKitEgress]
SECOND = 1_000_000_000
KEY = "planted-stream-key"
RTMP = f"rtmp://live.example.com/app/{KEY}"
FILE = EgressOutput(kind="file", format="mp4", path="a")
NOBODY = twirp("503 No", "unavailable", "no response from servers")


def said(message: Any) -> bytes:
    return answer("200 OK", message.SerializeToString(), Content_Type=PROTOBUF)


INFO = egress.EgressInfo(
    egress_id="EG_1", room_name="lecture", room_composite=egress.RoomCompositeEgressRequest()
)
MADE = said(INFO)
EMPTY = said(egress.ListEgressResponse())


def asked(*outputs: EgressOutput, **source: Any) -> EgressRequest:
    source.setdefault("kind", "room")
    return EgressRequest(room="lecture", source=EgressSource(**source), outputs=outputs or (FILE,))


def by_path(**answers: bytes | Sequence[bytes]) -> Script:
    """By the RPC's name; several answers one after the other, the last for ever."""
    left = {n: [a] if isinstance(a, bytes) else list(a) for n, a in answers.items()}

    async def script(request: bytes, writer: asyncio.StreamWriter) -> None:
        queue = left[rpc_of(request)]
        writer.write(queue.pop(0) if len(queue) > 1 else queue[0])
        await writer.drain()

    return script


def rpc_of(request: bytes) -> str:
    return request.split(b" ", 2)[1].rpartition(b"/")[2].decode()


def rpcs(server: Served) -> list[str]:
    return [rpc_of(request) for request in server.requests]


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


@pytest_asyncio.fixture
async def make_egress(make_rooms: MakeRooms) -> AsyncIterator[MakeEgress]:
    """``make_egress(url, service, clock=…, file=…)``: the service that listens at this URL."""
    made: list[EgressServices] = []

    def make(
        url: str, service: str = "livekit", clock: FakeClock | None = None, file: Path | None = None
    ) -> LiveKitEgress:
        clock = clock or FakeClock()
        services = EgressServices(
            make_rooms(url), Chosen(service=service, url=url), lambda: "", clock
        )
        made.append(services)
        return LiveKitEgress(services, clock, Workers(clock, file))

    yield make
    for services in made:
        await services.close()


# Refused before anything is asked.


async def test_what_is_impossible_is_never_sent(make_egress: MakeEgress) -> None:
    async with serve(saying(MADE)) as server:
        one = make_egress(server.url)
        for call in (
            one.start(asked(EgressOutput(kind="file", format="mp3"))),
            one.set_layout("EG_1", "mosaic"),
            one.set_streams("EG_1", [f"https://example.com/{KEY}"], []),
        ):
            with pytest.raises(InvalidRequest) as caught:
                await call
            assert KEY not in caught.value.message
        assert server.requests == []


async def test_what_only_the_recorder_does_is_said_by_livekits_own(
    make_egress: MakeEgress,
) -> None:
    async with serve(saying(MADE)) as server:
        one = make_egress(server.url)
        for call in (one.pause("EG_1"), one.resume("EG_1"), one.await_room(asked())):
            with pytest.raises(GreenroomError) as caught:
                await call
            assert caught.value.code == "unimplemented"
            assert "greenroom up" in caught.value.hint
        assert await one.figures("EG_1") == {}
        assert server.requests == []


# The recorder's own service.


async def test_the_recorders_own_calls_go_to_its_own_service(make_egress: MakeEgress) -> None:
    async with serve(saying(MADE)) as server:
        one = make_egress(server.url, "greenroom")
        await one.pause("EG_1")
        await one.resume("EG_1")
        waiting = await one.await_room(asked(layout="grid"))
    assert [request.split(b" ", 2)[1] for request in server.requests] == [
        b"/twirp/greenroom.Egress/PauseEgress",
        b"/twirp/greenroom.Egress/ResumeEgress",
        b"/twirp/greenroom.Egress/AwaitRoomComposite",
    ]
    sent = egress.RoomCompositeEgressRequest.FromString(body_of(server.requests[2]))
    assert (sent.room_name, sent.layout) == ("lecture", "grid")
    assert waiting.service == "greenroom"


async def test_the_recorder_tells_its_files_and_deletes_them(make_egress: MakeEgress) -> None:
    told = Struct()
    file = {"path": "/srv/rec/a.mp4", "size": 3}
    told.update({"folder": "/srv/rec", "files": [file]})
    async with serve(saying(said(told), MADE)) as server:
        one = make_egress(server.url, "greenroom")
        assert await one.files("EG_1") == (
            StoredFile(path="/srv/rec/a.mp4", size=3, folder="/srv/rec"),
        )
        assert (await one.delete_files("EG_1")).service == "greenroom"
    assert [request.split(b" ", 2)[1] for request in server.requests] == [
        b"/twirp/greenroom.Egress/ListEgressFiles",
        b"/twirp/greenroom.Egress/DeleteEgressFiles",
    ]


async def test_livekit_s_own_service_is_not_asked_for_files(make_egress: MakeEgress) -> None:
    async with serve(saying(MADE)) as server:
        one = make_egress(server.url)
        for act in (one.files, one.delete_files):
            with pytest.raises(GreenroomError) as caught:
                await act("EG_1")
            assert caught.value.code == "unimplemented"
        assert server.requests == []


async def test_only_a_room_is_waited_for(make_egress: MakeEgress) -> None:
    async with serve(saying(MADE)) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url, "greenroom").await_room(
                asked(kind="participant", identity="anna")
            )
        assert caught.value.code == "unimplemented"
        assert server.requests == []


# Lists.


async def test_every_page_is_read_and_the_newest_is_first(make_egress: MakeEgress) -> None:
    def page(token: str, *ids: int) -> bytes:
        items = [egress.EgressInfo(egress_id=f"EG_{n}", started_at=n * SECOND) for n in ids]
        made = egress.ListEgressResponse(items=items)
        made.next_page_token.token = token
        return said(made)

    async with serve(saying(page("one", 1, 2), page("two", 3), page("", 4))) as server:
        found = await make_egress(server.url).list_egress("lecture", active=True)
    assert [one.egress_id for one in found] == ["EG_4", "EG_3", "EG_2", "EG_1"]
    sent = [egress.ListEgressRequest.FromString(body_of(each)) for each in server.requests]
    assert [each.page_token.token for each in sent] == ["", "one", "two"]
    assert all(each.room_name == "lecture" and each.active for each in sent)


async def test_a_page_that_leads_to_itself_is_no_endless_loop(make_egress: MakeEgress) -> None:
    made = egress.ListEgressResponse(items=[INFO])
    made.next_page_token.token = "again"
    async with serve(saying(said(made))) as server:
        assert len(await make_egress(server.url).list_egress()) == 2
        assert len(server.requests) == 2


async def test_an_unknown_id_is_an_empty_list_and_an_unknown_room_no_excuse(
    make_egress: MakeEgress,
) -> None:
    missing = twirp("404 No", "not_found", "twirp error unknown: egress does not exist")
    async with serve(saying(missing)) as server:
        one = make_egress(server.url)
        assert await one.list_egress(egress_id="EG_none") == ()
        with pytest.raises(GreenroomError):
            await one.list_egress("lecture")


# StartEgress, the second version.


async def test_a_service_without_the_second_version_is_asked_for_it_once(
    make_egress: MakeEgress,
) -> None:
    two = asked(FILE, EgressOutput(kind="file", format="mp4", path="b"))
    no_route = twirp("404 No", "bad_route", "no handler for path")
    script = by_path(StartEgress=no_route, StartRoomCompositeEgress=MADE)
    async with serve(script) as server:
        one = make_egress(server.url)
        await one.start(two)
        await one.start(two)
        assert rpcs(server) == [
            "StartEgress",
            "StartRoomCompositeEgress",
            "StartRoomCompositeEgress",
        ]
        with pytest.raises(GreenroomError) as caught:
            await one.start(
                asked(
                    EgressOutput(kind="file", format="ogg"),
                    kind="participant",
                    identity="anna",
                    audio_only=True,
                )
            )
        assert caught.value.code == "unimplemented"
        assert len(server.requests) == 3


async def test_a_refusal_of_the_second_version_is_no_reason_for_the_first(
    make_egress: MakeEgress,
) -> None:
    two = asked(FILE, EgressOutput(kind="file", format="mp4", path="b"))
    async with serve(saying(twirp("400 No", "invalid_argument", "no"))) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url).start(two)
        assert caught.value.code == "invalid-for-server"
        assert rpcs(server) == ["StartEgress"]


# Nobody takes it.


async def test_nobody_is_remembered_and_told_apart_from_a_proxy(make_egress: MakeEgress) -> None:
    script = by_path(StartRoomCompositeEgress=NOBODY, ListEgress=EMPTY)
    async with serve(script) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url).start(asked())
    assert caught.value.code == "unavailable"
    assert "no free worker" in caught.value.message
    async with serve(saying(answer("503 No", b"down", Content_Type="text/html"))) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url).start(asked())
    assert "worker" not in caught.value.message


async def test_a_start_is_sent_once(make_egress: MakeEgress) -> None:
    script = by_path(StartRoomCompositeEgress=NOBODY, ListEgress=EMPTY)
    async with serve(script) as server:
        with pytest.raises(GreenroomError):
            await make_egress(server.url).start(asked())
    assert rpcs(server).count("StartRoomCompositeEgress") == 1


async def test_a_worker_that_took_it_after_all_is_found(make_egress: MakeEgress) -> None:
    clock = FakeClock()
    now = int((clock.now() + 1) * SECOND)
    before = int((clock.now() - 60) * SECOND)
    older = egress.EgressInfo(egress_id="EG_1", started_at=before, updated_at=now)
    other = egress.EgressInfo(
        egress_id="EG_3", updated_at=now, track=egress.TrackEgressRequest(track_id="TR_1")
    )
    taken = egress.EgressInfo(egress_id="EG_2", updated_at=now)
    listed = said(egress.ListEgressResponse(items=[older, other, taken]))
    async with serve(by_path(StartRoomCompositeEgress=NOBODY, ListEgress=listed)) as server:
        found = await make_egress(server.url, clock=clock).start(asked())
    assert found.egress_id == "EG_2"


async def test_after_silence_the_next_start_waits_less_in_another_process_too(
    make_egress: MakeEgress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "START_SECONDS", 0.6)
    monkeypatch.setattr(adapter, "SHORT_SECONDS", 0.05)
    clock, file = FakeClock(), tmp_path / "home" / "workers.json"

    async def script(request: bytes, writer: asyncio.StreamWriter) -> None:
        if rpc_of(request) == "ListEgress":
            await saying(EMPTY)(request, writer)
        else:
            await silent(request, writer)

    async def waited(one: LiveKitEgress) -> float:
        began = asyncio.get_running_loop().time()
        with pytest.raises(GreenroomError) as caught:
            await one.start(asked())
        assert "no free worker" in caught.value.message
        return asyncio.get_running_loop().time() - began

    async with serve(script) as server:
        assert await waited(make_egress(server.url, clock=clock, file=file)) > 0.5
        assert await waited(make_egress(server.url, clock=clock, file=file)) < 0.5
        clock.time += NOBODY_SECONDS + 1
        assert await waited(make_egress(server.url, clock=clock, file=file)) > 0.5


def test_a_worker_that_is_back_is_expected_again(tmp_path: Path) -> None:
    clock, file = FakeClock(), tmp_path / "workers.json"
    first = Workers(clock, file)
    first.nobody("http://a")
    first.nobody("http://b")
    assert not Workers(clock, file).expected("http://a")
    first.somebody("http://a")
    for workers in (first, Workers(clock, file)):
        assert workers.expected("http://a")
        assert not workers.expected("http://b")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"http://a": "soon"}', '{"http://a": 9e99}'])
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "workers.json"
    file.write_text(text)
    assert Workers(FakeClock(), file).expected("http://a")


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    workers = Workers(FakeClock(), tmp_path / "file" / "workers.json")
    workers.nobody("http://a")
    assert not workers.expected("http://a")


# What errors say.


ROWS = {
    "no redis": (
        twirp("500 No", "internal", "egress not connected (redis required)"),
        "egress-missing",
        "Redis",
    ),
    "an unknown id": (
        twirp("404 No", "not_found", "twirp error unknown: egress does not exist"),
        "not-found",
        "no recording",
    ),
    "one that is over": (
        twirp(
            "412 No",
            "failed_precondition",
            "egress with status EGRESS_COMPLETE cannot be stopped",
        ),
        "failed-precondition",
        "EGRESS_COMPLETE",
    ),
}


@pytest.mark.parametrize("service", ["livekit", "greenroom"])
@pytest.mark.parametrize(("told", "code", "words"), ROWS.values(), ids=ROWS.keys())
async def test_what_services_say_has_one_meaning(
    make_egress: MakeEgress, told: bytes, code: str, words: str, service: str
) -> None:
    async with serve(saying(told)) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url, service).stop("EG_1")
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.hint


RECORDERS = {
    "too much": ("429 No", "resource_exhausted", "resource-exhausted", "no room"),
    "a web page": ("501 No", "unimplemented", "unimplemented", "because"),
    "a value": ("400 No", "invalid_argument", "invalid-for-server", "recorder refuses"),
    "a fault": ("500 No", "internal", "server-error", "recorder failed"),
}


@pytest.mark.parametrize(("status", "twirp_code", "code", "words"), RECORDERS.values())
async def test_the_recorder_is_not_called_livekit(
    make_egress: MakeEgress, status: str, twirp_code: str, code: str, words: str
) -> None:
    async with serve(saying(twirp(status, twirp_code))) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_egress(server.url, "greenroom").start(asked())
    assert caught.value.code == code
    assert words in caught.value.message
    assert "LiveKit " not in caught.value.message
    assert "LIVEKIT_URL" not in caught.value.hint


@pytest.mark.parametrize("service", ["livekit", "greenroom"])
async def test_no_stream_key_and_no_key_of_a_storage_is_in_an_error(
    make_egress: MakeEgress, service: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = f"cannot reach {RTMP}: key {KEY} refused, nor S3 with planted-secret"
    request = EgressRequest(
        room="lecture",
        source=EgressSource(kind="room"),
        outputs=(EgressOutput(kind="stream", urls=(RTMP,)), FILE),
        storage=Storage(type="s3", bucket="b", credentials={"secret": "planted-secret"}),
    )
    async with serve(saying(twirp("400 No", "invalid_argument", words))) as server:
        one = make_egress(server.url, service)
        for call in (
            one.start(request),
            one.set_streams("EG_1", [RTMP], []),
            one.set_streams("EG_1", [], [RTMP]),
        ):
            with pytest.raises(GreenroomError) as caught:
                await call
            assert KEY not in f"{caught.value.message}{caught.value.hint}{caught.value!r}"
            assert caught.value.__context__ is None or KEY not in str(caught.value.__context__)
            assert "live.example.com" not in caught.value.message
        with pytest.raises(GreenroomError) as caught:
            await one.start(request)
        assert "planted-secret" not in caught.value.message
    assert KEY not in caplog.text
    assert KEY not in repr(request)


async def test_a_yes_without_an_egress_is_no_yes(make_egress: MakeEgress) -> None:
    async with serve(saying(said(egress.EgressInfo()))) as server:
        for service in ("livekit", "greenroom"):
            with pytest.raises(GreenroomError) as caught:
                await make_egress(server.url, service).start(asked())
            assert caught.value.code == "not-livekit"


async def test_every_call_has_the_grant_to_record_and_no_other(make_egress: MakeEgress) -> None:
    import jwt

    async with serve(saying(MADE)) as server:
        one = make_egress(server.url)
        await one.start(asked())
        await one.stop("EG_1")
        await one.set_layout("EG_1", "grid")
        await one.set_streams("EG_1", [RTMP], [])
    for request in server.requests:
        token = request.partition(b"Bearer ")[2].split(b"\r\n")[0].decode()
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["video"] == {"roomRecord": True}
