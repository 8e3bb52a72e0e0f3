"""Simulated egresses: what they tell, when they begin and end, and that nothing is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from greenroom import testing
from greenroom.local.sandbox import Sandbox
from greenroom.local.sandbox.auto_egress import track_path
from greenroom.testing import FakeClock
from tests.contract.calls import DENIED, Answer, admin
from tests.local.sandbox.conftest import KEYS, Endpoint, wire

FILE = {"file_outputs": [{"filepath": "talk"}]}
STREAM = {"stream_outputs": [{"urls": ["rtmp://host/app/secretkey"]}]}
NOTHING = "sandbox: no media was recorded"


async def call(sandbox: Sandbox, method: str, **body: Any) -> Answer:
    return await wire(sandbox).call(f"Egress/{method}", body, {"roomRecord": True})


async def record(sandbox: Sandbox, room: str = "stage", **more: Any) -> str:
    answer = await call(sandbox, "StartRoomCompositeEgress", **{"room_name": room, **FILE, **more})
    assert answer.status == 200, answer.text
    return str(answer.json["egress_id"])


async def info(sandbox: Sandbox, egress_id: str) -> dict[str, Any]:
    (found,) = (await call(sandbox, "ListEgress", egress_id=egress_id)).json["items"]
    return found


async def every(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Kind of request and status, the newest first."""
    items = (await call(sandbox, "ListEgress")).json["items"]
    kinds = {"room_composite", "participant", "track", "web", "egress"}
    return [(next(iter(kinds & set(each))), each["status"]) for each in items]


async def test_an_egress_says_that_nothing_was_recorded(
    sandbox: Sandbox, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sandbox.world.join("stage", "anna")
    outputs = {
        **FILE,
        "segment_outputs": [{"filename_prefix": "hls", "live_playlist_name": "live"}],
        "image_outputs": [{"filename_prefix": "shot"}],
    }
    egress_id = await record(sandbox, **outputs)
    assert (await info(sandbox, egress_id))["details"] == NOTHING
    clock.move(60)
    await call(sandbox, "StopEgress", egress_id=egress_id)
    ended = await info(sandbox, egress_id)
    assert ended["details"] == f"End reason: StopEgress API. {NOTHING}"
    assert int(ended["ended_at"]) - int(ended["started_at"]) == 60 * 10**9
    (file,), (segments,), (images,) = (
        ended[f"{kind}_results"] for kind in ("file", "segment", "image")
    )
    assert (file["filename"], file["location"], file["size"]) == ("talk.mp4", "", "0")
    assert (file["duration"], segments["duration"]) == ("0", "0")
    assert (segments["playlist_location"], segments["live_playlist_location"]) == ("", "")
    assert (segments["size"], segments["segment_count"], images["image_count"]) == ("0", "0", "0")
    assert list(tmp_path.iterdir()) == []


async def test_an_older_client_finds_its_result_without_a_location(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox, file_outputs=[], file={"filepath": "talk"})
    assert (await info(sandbox, egress_id))["file"]["location"] == ""


async def test_an_egress_of_an_empty_room_begins_with_its_first_person(sandbox: Sandbox) -> None:
    await wire(sandbox).room("CreateRoom", {"name": "stage"})
    egress_id = await record(sandbox)
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_STARTING"
    sandbox.world.join("stage", "agent", kind="agent")
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_STARTING"
    sandbox.world.join("stage", "anna")
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_ACTIVE"


async def test_an_egress_that_never_began_is_aborted(sandbox: Sandbox) -> None:
    await wire(sandbox).room("CreateRoom", {"name": "stage"})
    egress_id = await record(sandbox)
    await call(sandbox, "StopEgress", egress_id=egress_id)
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_ABORTED"


async def test_an_egress_does_not_hold_its_room_open(sandbox: Sandbox, clock: FakeClock) -> None:
    anna = sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox)
    anna.leave()
    clock.move(21)
    ended = await info(sandbox, egress_id)
    assert (ended["status"], sandbox.world.rooms) == ("EGRESS_COMPLETE", {})


async def test_putting_the_recorder_out_ends_its_egress(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox)
    await wire(sandbox).room("RemoveParticipant", {"room": "stage", "identity": egress_id})
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_COMPLETE"
    assert not sandbox.world.rooms["stage"].info.active_recording


async def test_a_track_that_is_taken_back_ends_its_egress(sandbox: Sandbox) -> None:
    anna = sandbox.world.join("stage", "anna")
    sid, other = anna.publish("camera"), anna.publish("microphone")
    first = await call(sandbox, "StartTrackEgress", room_name="stage", track_id=sid, file={})
    second = await call(sandbox, "StartTrackEgress", room_name="stage", track_id=other, file={})
    anna.unpublish(sid)
    assert (await info(sandbox, first.json["egress_id"]))["status"] == "EGRESS_COMPLETE"
    assert (await info(sandbox, second.json["egress_id"]))["status"] == "EGRESS_ACTIVE"


async def test_a_web_page_is_recorded_without_a_room(sandbox: Sandbox) -> None:
    answer = await call(sandbox, "StartWebEgress", url="https://example.com", file_outputs=[{}])
    egress_id = answer.json["egress_id"]
    found = await info(sandbox, egress_id)
    assert (found["status"], found["source_type"]) == ("EGRESS_ACTIVE", "EGRESS_SOURCE_TYPE_WEB")
    assert (found["room_name"], found["web"]["url"]) == ("", "https://example.com")
    assert found["file_results"][0]["filename"].startswith("web-")
    layout = await call(sandbox, "UpdateLayout", egress_id=egress_id, layout="any")
    assert layout.status == 200
    await call(sandbox, "StopEgress", egress_id=egress_id)
    assert (await info(sandbox, egress_id))["status"] == "EGRESS_COMPLETE"
    refused = await call(sandbox, "StartWebEgress", url="nonsense", file_outputs=[{}])
    assert refused.json["code"] == "invalid_argument"


async def test_a_template_of_ones_own_has_layouts_of_its_own(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox, custom_base_url="https://me.example", layout="mine")
    await call(sandbox, "UpdateLayout", egress_id=egress_id, layout="yours")
    shown = sandbox.world.rooms["stage"].people[egress_id].info
    assert json.loads(shown.metadata) == {"layout": "yours"}


async def test_a_stream_is_active_then_finished(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox, file_outputs=[], **STREAM)

    async def statuses() -> list[str]:
        return [each["status"] for each in (await info(sandbox, egress_id))["stream_results"]]

    assert await statuses() == ["ACTIVE"]
    urls = ["rtmp://other/app/secretkey"]
    await call(sandbox, "UpdateStream", egress_id=egress_id, add_output_urls=urls)
    assert await statuses() == ["ACTIVE", "ACTIVE"]
    await call(sandbox, "UpdateStream", egress_id=egress_id, remove_output_urls=urls)
    assert await statuses() == ["ACTIVE", "FINISHED"]
    await call(sandbox, "StopEgress", egress_id=egress_id)
    assert await statuses() == ["FINISHED", "FINISHED"]


async def test_the_list_has_pages(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    made = [await record(sandbox) for _ in range(101)]
    first = (await call(sandbox, "ListEgress")).json
    second = (await call(sandbox, "ListEgress", page_token=first["next_page_token"])).json
    listed = [each["egress_id"] for each in (*first["items"], *second["items"])]
    assert listed == made[::-1]
    assert (len(first["items"]), second["next_page_token"]) == (100, None)
    lost = await call(sandbox, "ListEgress", page_token={"token": "EG_nothing"})
    assert lost.json["code"] == "invalid_argument"


# Automatic egress.


async def create(sandbox: Sandbox, **egress: Any) -> Answer:
    return await wire(sandbox).room("CreateRoom", {"name": "stage", "egress": egress})


async def test_a_room_made_with_egress_is_recorded_from_its_first_person_on(
    sandbox: Sandbox,
) -> None:
    assert (await create(sandbox, room={"room_name": "another", **FILE})).status == 200
    assert await every(sandbox) == [("room_composite", "EGRESS_STARTING")]
    sandbox.world.join("stage", "anna")
    sandbox.world.join("stage", "bob")
    assert await every(sandbox) == [("room_composite", "EGRESS_ACTIVE")]
    assert (await create(sandbox, room=FILE)).status == 200
    assert len(await every(sandbox)) == 1


async def test_a_room_made_by_a_token_is_recorded_too(sandbox: Sandbox) -> None:
    video = {"roomJoin": True, "room": "stage"}
    wanted = {"egress": {"room": {"fileOutputs": [{"filepath": "talk"}]}}}
    sandbox.join_with(wire(sandbox).token(video, roomConfig=wanted))
    assert await every(sandbox) == [("room_composite", "EGRESS_ACTIVE")]


async def test_an_automatic_egress_that_cannot_be_is_told_to_who_makes_the_room(
    sandbox: Sandbox,
) -> None:
    answer = await create(sandbox, room={"layout": "pyramid", **FILE})
    assert (answer.status, answer.json["code"]) == (400, "invalid_argument")
    assert await every(sandbox) == []


async def test_participants_are_recorded_once_and_every_track_is(sandbox: Sandbox) -> None:
    await create(sandbox, participant=FILE, tracks={"filepath": "raw/{room_name}"})
    anna = sandbox.world.join("stage", "anna")
    assert await every(sandbox) == []
    sid = anna.publish("camera")
    anna.publish("microphone")
    assert sorted(await every(sandbox)) == [
        ("participant", "EGRESS_ACTIVE"),
        ("track", "EGRESS_ACTIVE"),
        ("track", "EGRESS_ACTIVE"),
    ]
    items = (await call(sandbox, "ListEgress")).json["items"]
    names = [each["file_results"][0]["filename"] for each in items if "track" in each]
    assert f"raw/stage-{sid}.webm" in names
    assert len(set(names)) == 2


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("", ""),
        ("raw/", "raw/"),
        ("raw/{track_id}", "raw/{track_id}"),
        ("raw", "raw-{track_id}"),
        ("raw.ogg", "raw-{track_id}.ogg"),
    ],
)
def test_every_track_gets_a_name_of_its_own(given: str, made: str) -> None:
    assert track_path(given) == made


async def test_an_automatic_egress_that_fails_later_is_told_by_webhook(
    start: Callable[..., Any], endpoint: Endpoint
) -> None:
    sandbox: Sandbox = await start(webhook_urls=[endpoint.url])
    await create(sandbox, participant={"preset": "PASSTHROUGH", **FILE})
    sandbox.world.join("stage", "anna").publish("camera")
    await sandbox.webhooks.sent()
    events = [json.loads(body) for _, body in endpoint.taken]
    (told,) = [event["egressInfo"] for event in events if event["event"] == "egress_ended"]
    assert (told["status"], told["roomName"]) == ("EGRESS_FAILED", "stage")
    assert "PASSTHROUGH" in told["error"]


# Webhooks, faults, state, commands.


async def test_webhooks_tell_each_status_in_order(
    start: Callable[..., Any], endpoint: Endpoint
) -> None:
    sandbox: Sandbox = await start()
    sandbox.world.join("stage", "anna")
    hook = {"url": endpoint.url, "signing_key": "APIsecond"}
    egress_id = await record(sandbox, webhooks=[hook])
    await call(sandbox, "StopEgress", egress_id=egress_id)
    await sandbox.webhooks.sent()
    events = [json.loads(body) for _, body in endpoint.taken]
    assert [(event["event"], event["egressInfo"].get("status", "EGRESS_STARTING")) for event in events] == [
        ("egress_started", "EGRESS_STARTING"),
        ("egress_updated", "EGRESS_ACTIVE"),
        ("egress_updated", "EGRESS_ENDING"),
        ("egress_ended", "EGRESS_COMPLETE"),
    ]  # fmt: skip
    headers, body = endpoint.taken[0]
    receiver = api.WebhookReceiver(api.TokenVerifier("APIsecond", KEYS["APIsecond"]))
    assert receiver.receive(body.decode(), headers["Authorization"]).event == "egress_started"


async def test_a_lie_starts_and_stops_nothing() -> None:
    async with testing.sandbox() as server:
        server.join("stage", "anna")
        async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
            request = api.RoomCompositeEgressRequest(
                room_name="stage", file_outputs=[api.EncodedFileOutput(filepath="talk")]
            )
            server.fault("StartRoomCompositeEgress", "lie")
            told = await livekit.egress.start_room_composite_egress(request)
            assert told.egress_id.startswith("EG_")
            assert server.egresses() == []
            begun = await livekit.egress.start_room_composite_egress(request)
            server.fault("StopEgress", "lie")
            stop = api.StopEgressRequest(egress_id=begun.egress_id)
            assert (await livekit.egress.stop_egress(stop)).status == api.EGRESS_ENDING
        (there,) = server.egresses()
        assert (there.egress_id, there.status) == (begun.egress_id, api.EGRESS_ACTIVE)


async def test_egresses_come_back_without_their_stream_keys(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with Sandbox.start(keys=KEYS, state_file=file) as first:
        await create(first, participant=FILE)
        first.world.join("stage", "anna")
        egress_id = await record(first, file_outputs=[], **STREAM)
        before = await info(first, egress_id)
    assert "secretkey" not in file.read_text()
    async with Sandbox.start(keys=KEYS, state_file=file) as second:
        assert await info(second, egress_id) == before
        urls = [before["stream_results"][0]["url"]]
        gone = await call(second, "UpdateStream", egress_id=egress_id, remove_output_urls=urls)
        assert gone.json["stream_results"][0]["status"] == "FINISHED"
        second.world.rooms["stage"].people["anna"].publish("camera")
        assert len(await every(second)) == 2
        await call(second, "StopEgress", egress_id=egress_id)
        assert (await info(second, egress_id))["status"] == "EGRESS_COMPLETE"
        assert egress_id not in second.world.rooms["stage"].people


async def test_without_egress_nobody_is_left_who_records(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with Sandbox.start(keys=KEYS, state_file=file) as first:
        first.world.join("stage", "anna")
        await record(first)
    async with Sandbox.start(keys=KEYS, state_file=file, egress=False) as second:
        assert list(second.world.rooms["stage"].people) == ["anna"]
        assert not second.world.rooms["stage"].info.active_recording


async def test_without_egress_it_answers_as_a_server_without_redis(
    start: Callable[..., Any],
) -> None:
    sandbox: Sandbox = await start(egress=False)
    sandbox.world.join("stage", "anna")
    listed = await call(sandbox, "ListEgress")
    assert (listed.status, "not connected" in listed.json["msg"]) == (500, True)
    begun = await call(sandbox, "StartRoomCompositeEgress", room_name="stage", **FILE)
    assert (begun.status, begun.json["code"]) == (503, "unavailable")
    at = wire(sandbox)
    own = await at.send("/twirp/greenroom.Egress/PauseEgress", token=at.token(admin("")))
    assert (own.status, own.text) == (404, "404 page not found\n")
    assert (await create(sandbox, room=FILE)).status == 200
    about = (await wire(sandbox).send("/sandbox", None, method="GET")).json
    assert about["egress"] is False


async def test_egresses_are_listed_by_command(sandbox: Sandbox) -> None:
    sandbox.world.join("stage", "anna")
    egress_id = await record(sandbox)
    at = wire(sandbox)
    for body, count in ((b"{}", 1), (b'{"room":"stage"}', 1), (b'{"room":"another"}', 0)):
        answer = await at.send("/sandbox/egresses", body, token=at.token(admin("")))
        found = [each["egress_id"] for each in answer.json["egresses"]]
        assert found == [egress_id] * count
    denied = await at.send("/sandbox/egresses", b"{}", token=at.token({"roomAdmin": True}))
    assert denied.shown == DENIED
