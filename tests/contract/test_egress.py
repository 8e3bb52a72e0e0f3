"""LiveKit's Egress API: the sandbox simulates what Greenroom's recorder does, and both answer alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from greenroom.local.sandbox import Sandbox
from tests.contract.calls import DENIED, JSON, NO_PARTICIPANT, NO_ROOM, Answer, Wire
from tests.contract.conftest import (
    KEYS,
    SandboxGuest,
    Server,
    enter_real,
    person,
    rooms,
    until,
)
from tests.local.listening import listening

FILE = {"file_outputs": [{"filepath": "talks/{room_name}"}]}
NOWHERE = "rtmp://127.0.0.1:1/live/secretkey"
SHOWN = "rtmp://127.0.0.1:1/live/{sec...key}"
NO_EGRESS = (
    404,
    JSON,
    {"code": "not_found", "msg": "twirp error unknown: egress does not exist"},
)
PATIENCE = 20.0


@dataclass(slots=True, kw_only=True)
class Service:
    """An egress service, and the server whose rooms it records."""

    server: Server
    wire: Wire
    told: list[dict[str, Any]]
    """Webhooks of egress that have arrived."""

    async def call(self, method: str, body: dict[str, Any], video: Any = None) -> Answer:
        """An RPC of LiveKit's service."""
        return await self.wire.call(f"Egress/{method}", body, video or {"roomRecord": True})

    async def own(self, method: str, egress_id: str) -> Answer:
        """A call that LiveKit does not have."""
        token = self.wire.token({"roomRecord": True})
        body = json.dumps({"egress_id": egress_id}).encode()
        return await self.wire.send(f"/twirp/greenroom.Egress/{method}", body, token=token)

    async def infos(self, **asked: Any) -> list[dict[str, Any]]:
        answer = await self.call("ListEgress", asked)
        assert answer.status == 200, answer.text
        return answer.json["items"]

    async def start(self, room: str, **more: Any) -> dict[str, Any]:
        """Record somebody with a camera; the info once that runs."""
        anna = await self.server.join(room, "anna")
        await anna.publish("camera")
        answer = await self.call("StartRoomCompositeEgress", {"room_name": room, **FILE, **more})
        assert answer.status == 200, answer.text
        assert answer.json["status"] == "EGRESS_STARTING"
        return await self.reached(answer.json["egress_id"], "EGRESS_ACTIVE")

    async def reached(self, egress_id: str, status: str) -> dict[str, Any]:
        async def there() -> dict[str, Any] | None:
            (info,) = await self.infos(egress_id=egress_id)
            return info if info["status"] == status else None

        return await until(there, PATIENCE)

    async def stop(self, egress_id: str) -> dict[str, Any]:
        """The info of the end."""
        answer = await self.call("StopEgress", {"egress_id": egress_id})
        assert answer.status == 200, answer.text
        assert answer.json["status"] == "EGRESS_ENDING"
        return await self.reached(egress_id, "EGRESS_COMPLETE")


class Hook:
    """Takes webhooks of egress."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    async def take(self, request: web.Request) -> web.Response:
        event = await request.json()
        if event["event"].startswith("egress_"):
            self.told.append(event)
        return web.Response()


@pytest_asyncio.fixture(params=["sandbox", "recorder"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """One after the other; the recorder beside a real livekit-server."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with AsyncExitStack() as stack:
        url = f"{await stack.enter_async_context(listening(app))}/hook"
        if request.param == "sandbox":
            sandbox = await stack.enter_async_context(Sandbox.start(keys=KEYS, webhook_urls=[url]))

            async def enter(_s: Server, token: str, _i: str, _v: dict[str, Any]) -> SandboxGuest:
                return SandboxGuest(sandbox.join_with(token))

            at: Any = (sandbox.url, "APIfirst", KEYS["APIfirst"], enter)
            spoken_to = sandbox.url
        else:
            real = request.getfixturevalue("livekit_server")
            at = (real.url, real.api_key, real.api_secret, enter_real)
            spoken_to = await stack.enter_async_context(recorder_beside(real, tmp_path, url))
        joined = await stack.enter_async_context(AsyncExitStack())
        address, key, secret, enter_it = at
        server = Server(
            name="sandbox" if request.param == "sandbox" else "livekit-server",
            url=address,
            api_key=key,
            api_secret=secret,
            joined=joined,
            enter=enter_it,
        )
        wire = Wire(url=spoken_to, api_key=key, api_secret=secret)
        yield Service(server=server, wire=wire, told=hook.told)


@asynccontextmanager
async def recorder_beside(real: Any, folder: Path, hook: str) -> AsyncIterator[str]:
    """A recorder of this server's rooms; gives its URL."""
    from greenroom.local.recorder import Recorder

    async with Recorder.start(
        url=real.url,
        keys={real.api_key: real.api_secret},
        folder=folder / "recordings",
        state=folder / "state",
        webhook_urls=[hook],
    ) as recorder:
        yield recorder.url


def refused(answer: Answer, code: str, *told: str) -> None:
    assert answer.status >= 400, answer.text
    assert answer.json["code"] == code, answer.text
    for word in told:
        assert word in answer.json["msg"]


STARTS: dict[str, dict[str, Any]] = {
    "StartRoomCompositeEgress": FILE,
    "StartParticipantEgress": {"identity": "anna", **FILE},
    "StartTrackCompositeEgress": {"audio_track_id": "TR_x", **FILE},
    "StartTrackEgress": {"track_id": "TR_x", "file": {}},
    "StartEgress": {"template": {}, "outputs": [{"file": {}}]},
}


@pytest.mark.parametrize("method", STARTS)
async def test_a_room_that_is_not_there_cannot_be_recorded(
    service: Service, method: str, name: str
) -> None:
    answer = await service.call(method, {"room_name": name, **STARTS[method]})
    assert answer.shown == NO_ROOM


BAD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no outputs": ("StartRoomCompositeEgress", {}, "invalid_argument", "no output"),
    "a layout": ("StartRoomCompositeEgress", {"layout": "pyramid", **FILE}, "invalid_argument", "pyramid"),
    "nothing": ("StartRoomCompositeEgress", {"audio_only": True, "video_only": True, **FILE}, "invalid_argument", "exclude"),
    "a preset": ("StartRoomCompositeEgress", {"preset": "PASSTHROUGH", **FILE}, "invalid_argument", "PASSTHROUGH"),
    "a size": ("StartRoomCompositeEgress", {"advanced": {"width": 1281}, **FILE}, "invalid_argument", "even"),
    "a path": ("StartRoomCompositeEgress", {"file_outputs": [{"filepath": "../out"}]}, "invalid_argument", "../out"),
    "a URL": ("StartRoomCompositeEgress", {"stream_outputs": [{"urls": ["http://host/app/key"]}]}, "invalid_argument", "rtmp://"),
    "no URL": ("StartRoomCompositeEgress", {"stream_outputs": [{}]}, "invalid_argument", "no URL"),
    "SRT": ("StartRoomCompositeEgress", {"stream_outputs": [{"protocol": "SRT", "urls": ["srt://h"]}]}, "unimplemented", "SRT"),
    "a protocol": ("StartRoomCompositeEgress", {"stream_outputs": [{"protocol": 9, "urls": ["rtmp://h/a/k"]}]}, "unimplemented", "9"),
    "a mixing": ("StartRoomCompositeEgress", {"audio_mixing": 7, **FILE}, "invalid_argument", "7"),
    "a webhook": ("StartRoomCompositeEgress", {"webhooks": [{"url": "ftp://h"}], **FILE}, "invalid_argument", "http"),
    "nobody": ("StartParticipantEgress", FILE, "invalid_argument", "identity"),
    "no track": ("StartTrackEgress", {"file": {}}, "invalid_argument", "track_id"),
    "no tracks": ("StartTrackCompositeEgress", FILE, "invalid_argument", "audio_track_id"),
    "no source": ("StartEgress", {"outputs": [{"file": {}}]}, "invalid_argument", "no source"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
async def test_what_cannot_be_recorded_is_refused(service: Service, bad: str, name: str) -> None:
    method, body, code, told = BAD[bad]
    await service.server.room("CreateRoom", {"name": name})
    refused(await service.call(method, {"room_name": name, **body}), code, told)
    assert await service.infos(room_name=name) == []
    await service.server.room("DeleteRoom", {"room": name})


async def test_who_and_what_is_not_in_the_room_cannot_be_recorded(
    service: Service, name: str
) -> None:
    anna = await service.server.join(name, "anna")
    sid = await anna.publish("camera")
    nobody = {"room_name": name, "identity": "nobody", **FILE}
    assert (await service.call("StartParticipantEgress", nobody)).shown == NO_PARTICIPANT
    nothing = {"room_name": name, "track_id": "TR_nothing", "file": {}}
    refused(await service.call("StartTrackEgress", nothing), "not_found", "TR_nothing")
    wrong = {"room_name": name, "audio_track_id": sid, **FILE}
    refused(await service.call("StartTrackCompositeEgress", wrong), "invalid_argument", "no audio")


@pytest.mark.parametrize("method", [*STARTS, "ListEgress", "StopEgress", "UpdateStream"])
async def test_every_call_needs_room_record(service: Service, method: str) -> None:
    answer = await service.call(method, {}, {"roomAdmin": True, "room": "r"})
    assert answer.shown == DENIED


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("ListEgress", {}),
        ("StopEgress", {}),
        ("UpdateLayout", {"layout": "grid"}),
        ("UpdateStream", {"add_output_urls": [NOWHERE]}),
    ],
)
async def test_an_unknown_egress_is_not_found(
    service: Service, method: str, more: dict[str, Any]
) -> None:
    assert (await service.call(method, {"egress_id": "EG_nothing", **more})).shown == NO_EGRESS


@pytest.mark.parametrize(
    "method",
    [
        "PauseEgress",
        "ResumeEgress",
        "GetEgressStats",
        "ListEgressFiles",
        "DeleteEgressFiles",
    ],
)
async def test_the_recorders_own_calls_do_not_find_it_either(service: Service, method: str) -> None:
    assert (await service.own(method, "EG_nothing")).shown == NO_EGRESS


async def test_an_egress_is_listed_by_room_by_id_and_while_it_is_active(
    service: Service, name: str
) -> None:
    info = await service.start(name)
    assert info["egress_id"].startswith("EG_")
    assert info["room_name"] == name
    (room,) = await rooms(service.server, name)
    assert info["room_id"] == room["sid"]
    assert info["room_composite"]["room_name"] == name
    assert int(info["started_at"]) > 10**18
    (made,) = info["file_results"]
    assert made["filename"] == f"talks/{name}.mp4"
    for asked in ({"room_name": name}, {"egress_id": info["egress_id"]}, {"active": True}):
        assert [each["egress_id"] for each in await service.infos(**asked)] == [info["egress_id"]]
    assert await service.infos(room_name="another") == []
    ended = await service.stop(info["egress_id"])
    assert int(ended["ended_at"]) >= int(ended["started_at"])
    assert "End reason: StopEgress API" in ended["details"]
    assert await service.infos(active=True) == []
    assert await service.infos(room_name=name) == [ended]


async def test_an_egress_that_has_ended_cannot_be_stopped_or_changed(
    service: Service, name: str
) -> None:
    egress_id = (await service.start(name))["egress_id"]
    await service.stop(egress_id)
    again = await service.call("StopEgress", {"egress_id": egress_id})
    words = "egress with status EGRESS_COMPLETE cannot be stopped"
    assert again.shown == (412, JSON, {"code": "failed_precondition", "msg": words})
    for answer in (
        await service.call("UpdateLayout", {"egress_id": egress_id, "layout": "grid"}),
        await service.call("UpdateStream", {"egress_id": egress_id, "add_output_urls": [NOWHERE]}),
        await service.own("PauseEgress", egress_id),
    ):
        refused(answer, "failed_precondition", "cannot be updated")


async def test_files_of_an_egress_that_has_ended_are_deleted_and_said_to_be(
    service: Service, name: str
) -> None:
    egress_id = (await service.start(name))["egress_id"]
    for method in ("ListEgressFiles", "DeleteEgressFiles"):
        refused(await service.own(method, egress_id), "failed_precondition", "cannot be deleted")
    await service.stop(egress_id)
    before = (await service.own("ListEgressFiles", egress_id)).json
    for _ in range(2):
        info = (await service.own("DeleteEgressFiles", egress_id)).json
        assert info["details"].count("Files deleted") == 1
    after = (await service.own("ListEgressFiles", egress_id)).json
    assert (after["folder"], after["files"]) == (before["folder"], [])
    (listed,) = await service.infos(egress_id=egress_id)
    assert (listed["details"], listed["status"]) == (info["details"], "EGRESS_COMPLETE")


async def test_a_recorded_room_says_so_and_lists_who_records(service: Service, name: str) -> None:
    egress_id = (await service.start(name))["egress_id"]

    async def recording(wanted: bool) -> bool:
        return (await rooms(service.server, name))[0]["active_recording"] is wanted

    assert await until(lambda: recording(True))
    (room,) = await rooms(service.server, name)
    assert room["num_participants"] == 1
    shown = await person(service.server, name, egress_id)
    assert shown["kind"] == "EGRESS"
    may = shown["permission"]
    assert (may["hidden"], may["recorder"], may["can_publish"]) == (True, True, False)
    await service.stop(egress_id)
    assert await until(lambda: recording(False))
    gone = await service.server.room("GetParticipant", {"room": name, "identity": egress_id})
    assert gone.shown == NO_PARTICIPANT


async def test_the_layout_is_changed_to_one_that_there_is(service: Service, name: str) -> None:
    egress_id = (await service.start(name))["egress_id"]
    asked = {"egress_id": egress_id, "layout": "speaker-light"}
    assert (await service.call("UpdateLayout", asked)).json["egress_id"] == egress_id
    refused(
        await service.call("UpdateLayout", {**asked, "layout": "pyramid"}),
        "invalid_argument",
        "single-speaker",
    )
    await service.stop(egress_id)


async def test_streams_are_added_and_removed_and_their_keys_are_not_shown(
    service: Service, name: str
) -> None:
    egress_id = (await service.start(name))["egress_id"]
    added = await service.call(
        "UpdateStream", {"egress_id": egress_id, "add_output_urls": [NOWHERE]}
    )
    assert [each["url"] for each in added.json["stream_results"]] == [SHOWN]
    twice = await service.call(
        "UpdateStream", {"egress_id": egress_id, "add_output_urls": [NOWHERE]}
    )
    assert len(twice.json["stream_results"]) == 1
    bad = {"egress_id": egress_id, "add_output_urls": ["https://host/app/key"]}
    refused(await service.call("UpdateStream", bad), "invalid_argument", "rtmp://")
    other = {"egress_id": egress_id, "remove_output_urls": ["rtmp://host/app/secretkey"]}
    answer = await service.call("UpdateStream", other)
    refused(answer, "not_found", "rtmp://host/app/{sec...key}")
    gone = await service.call(
        "UpdateStream", {"egress_id": egress_id, "remove_output_urls": [SHOWN]}
    )
    assert gone.status == 200, gone.text
    assert "secretkey" not in json.dumps([service.told, await service.infos()])
    await service.call("StopEgress", {"egress_id": egress_id})


async def test_sound_alone_in_a_file_cannot_be_streamed(service: Service, name: str) -> None:
    anna = await service.server.join(name, "anna")
    await anna.publish("microphone")
    body = {"room_name": name, "audio_only": True, **FILE}
    info = (await service.call("StartRoomCompositeEgress", body)).json
    assert info["file_results"][0]["filename"] == f"talks/{name}.ogg"
    await service.reached(info["egress_id"], "EGRESS_ACTIVE")
    asked = {"egress_id": info["egress_id"], "add_output_urls": [NOWHERE]}
    refused(
        await service.call("UpdateStream", asked), "failed_precondition", "not made for streams"
    )
    await service.stop(info["egress_id"])


async def test_a_pause_is_counted_once_until_it_is_resumed(service: Service, name: str) -> None:
    egress_id = (await service.start(name))["egress_id"]

    async def figures() -> dict[str, Any] | None:
        shown = (await service.own("GetEgressStats", egress_id)).json
        return shown if shown.get("pauses") else None

    for method in ("PauseEgress", "PauseEgress"):
        assert (await service.own(method, egress_id)).json["egress_id"] == egress_id
    await asyncio.sleep(0.1)
    assert (await service.own("ResumeEgress", egress_id)).status == 200
    shown = await until(figures)
    assert (shown["paused"], shown["pauses"]) == (False, 1)
    assert shown["paused_seconds"] > 0
    assert set(shown) == {"seconds", "frames", "dropped", "fps", "late_ms", "cpu", "encoding",
                          "bytes", "paused", "pauses", "paused_seconds", "sources"}  # fmt: skip
    await service.stop(egress_id)


async def test_an_egress_ends_with_its_room_and_tells_its_story(
    service: Service, name: str
) -> None:
    egress_id = (await service.start(name))["egress_id"]
    await service.server.room("DeleteRoom", {"room": name})
    ended = await service.reached(egress_id, "EGRESS_COMPLETE")
    assert "End reason: Source closed" in ended["details"]

    async def told() -> bool:
        return bool(service.told) and service.told[-1]["event"] == "egress_ended"

    assert await until(told)
    names = [event["event"] for event in service.told]
    assert [each for each in names if each != "egress_updated"] == [
        "egress_started",
        "egress_ended",
    ]
    assert "egress_updated" in names
    assert {event["egressInfo"]["egressId"] for event in service.told} == {egress_id}
    assert service.told[-1]["egressInfo"]["status"] == "EGRESS_COMPLETE"


async def test_webhooks_tell_of_an_egress_when_it_is_accepted_and_again_when_it_runs(
    service: Service, name: str
) -> None:
    """livekit-server: pkg/service/ioservice.go tells ``egress_started`` in CreateEgress, before anything runs."""
    egress_id = (await service.start(name))["egress_id"]
    await service.stop(egress_id)

    async def told() -> bool:
        return bool(service.told) and service.told[-1]["event"] == "egress_ended"

    assert await until(told)
    # protojson leaves out what is 0, as EGRESS_STARTING is.
    infos = [each["egressInfo"] for each in service.told]
    statuses = [info.get("status", "EGRESS_STARTING") for info in infos]
    story = list(zip([each["event"] for each in service.told], statuses, strict=True))
    assert story == [
        ("egress_started", "EGRESS_STARTING"),
        ("egress_updated", "EGRESS_ACTIVE"),
        ("egress_updated", "EGRESS_ENDING"),
        ("egress_ended", "EGRESS_COMPLETE"),
    ]
    assert "startedAt" not in infos[0]


async def test_a_participant_and_a_track_are_recorded_until_they_are_gone(
    service: Service, name: str
) -> None:
    anna = await service.server.join(name, "anna")
    sid = await anna.publish("camera")
    body = {"room_name": name, "identity": "anna", **FILE}
    of_anna = await service.call("StartParticipantEgress", body)
    assert of_anna.json["participant"]["identity"] == "anna"
    body = {"room_name": name, "track_id": sid, "file": {"filepath": "{track_id}"}}
    of_track = (await service.call("StartTrackEgress", body)).json
    assert of_track["track"]["track_id"] == sid
    assert of_track["file"]["filename"] == of_track["file_results"][0]["filename"]
    assert of_track["file"]["filename"].startswith(sid)
    both = [of_anna.json["egress_id"], of_track["egress_id"]]
    for egress_id in both:
        await service.reached(egress_id, "EGRESS_ACTIVE")
    await anna.leave()
    for egress_id in both:
        ended = await service.reached(egress_id, "EGRESS_COMPLETE")
        assert "End reason: Source closed" in ended["details"]


async def test_the_second_versions_call_is_answered_alike(service: Service, name: str) -> None:
    anna = await service.server.join(name, "anna")
    await anna.publish("camera")
    storage = {
        "template": {"layout": "speaker"},
        "outputs": [{"stream": {"urls": [NOWHERE]}}, {"file": {}}],
    }
    answer = await service.call("StartEgress", {"room_name": name, **storage})
    assert answer.status == 200, answer.text
    info = answer.json
    assert [each["url"] for each in info["stream_results"]] == [SHOWN]
    assert info["egress"]["outputs"][0]["stream"]["urls"] == [SHOWN]
    assert len(info["file_results"]) == 1
    await service.reached(info["egress_id"], "EGRESS_ACTIVE")
    await service.call("StopEgress", {"egress_id": info["egress_id"]})
