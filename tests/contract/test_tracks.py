"""Tracks, data and subscriptions: what people send, and what an admin can do about it."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import pytest

from tests.contract.calls import JSON
from tests.contract.conftest import SOURCES, Server, person, rooms, until


@pytest.mark.parametrize("source", SOURCES)
async def test_a_track_is_shown_with_its_source(server: Server, name: str, source: str) -> None:
    anna = await server.join(name, "anna")
    sid = await anna.publish(source)

    async def published() -> Any:
        return (await person(server, name, "anna"))["tracks"]

    (track,) = await until(published)
    audio = source in {"microphone", "screen_share_audio"}
    prefix = {"camera": "VC", "microphone": "AM", "screen_share": "VS", "screen_share_audio": "As"}
    assert track["sid"] == sid
    assert sid.startswith(f"TR_{prefix[source]}")
    assert (track["type"], track["source"]) == ("AUDIO" if audio else "VIDEO", source.upper())
    assert (track["name"], track["muted"]) == (source, False)
    assert track["stream"] == ("screen" if source.startswith("screen") else "camera")
    assert track["mime_type"].startswith("audio/" if audio else "video/")
    assert track["codecs"][0]["mime_type"] == track["mime_type"]
    assert (track["width"] > 0) == (track["height"] > 0) == (not audio)
    assert track["backup_codec_policy"] == ("SIMULCAST" if audio else "PREFER_REGRESSION")
    assert set(track) == TRACK_FIELDS
    assert (await person(server, name, "anna"))["is_publisher"] is True


async def test_publishers_are_counted(server: Server, name: str) -> None:
    anna = await server.join(name, "anna")
    await server.join(name, "bob")
    await anna.publish("microphone")

    async def counted() -> bool:
        # The real server counts anew every five seconds.
        (room,) = await rooms(server, name)
        return (room["num_participants"], room["num_publishers"]) == (2, 1)

    assert await until(counted, patience=10)


TRACK_FIELDS = {
    "sid", "type", "name", "muted", "width", "height", "simulcast", "disable_dtx", "source", "layers",
    "mime_type", "mid", "codecs", "stereo", "disable_red", "encryption", "stream", "version",
    "audio_features", "backup_codec_policy", "packet_trailer_features",
}  # fmt: skip


async def test_a_track_is_muted_and_unmuted(server: Server, name: str) -> None:
    anna = await server.join(name, "anna")
    sid = await anna.publish("microphone")
    at = {"room": name, "identity": "anna"}

    async def shown() -> bool | None:
        tracks = (await person(server, name, "anna"))["tracks"]
        return tracks[0]["muted"] if tracks else None

    async def published() -> bool:
        return await shown() is not None

    await until(published)

    async def set_to(muted: bool) -> bool:
        body = {**at, "track_sid": sid, "muted": muted}
        answer = await server.room("MutePublishedTrack", body)
        track = answer.json["track"]
        assert track["sid"] == sid
        return track["muted"] is await shown() is muted

    for muted in (True, True, False):
        # Again until it is so: a real client echoes the mute before, and the echo may undo the one
        # after, even between the call's effect and its answer.
        assert await until(partial(set_to, muted))
    unknown = await server.room("MutePublishedTrack", {**at, "track_sid": "TR_no", "muted": True})
    unnamed = await server.room("MutePublishedTrack", at)
    assert unknown.shown == unnamed.shown == (200, JSON, {"track": None})


async def test_what_is_no_longer_allowed_is_unpublished(server: Server, name: str) -> None:
    anna = await server.join(name, "anna")
    await anna.publish("microphone")
    camera = await anna.publish("camera")

    async def two() -> bool:
        return len((await person(server, name, "anna"))["tracks"]) == 2

    await until(two)
    body = {"room": name, "identity": "anna"}
    only = {"can_publish": True, "can_publish_sources": ["CAMERA"]}
    await server.room("UpdateParticipant", {**body, "permission": only})

    async def one() -> bool:
        tracks = (await person(server, name, "anna"))["tracks"]
        return [track["sid"] for track in tracks] == [camera]

    assert await until(one)
    nothing = await server.room(
        "UpdateParticipant", {**body, "permission": {"can_subscribe": True}}
    )
    assert nothing.json["is_publisher"] is False

    async def none() -> bool:
        return not (await person(server, name, "anna"))["tracks"]

    assert await until(none)


async def test_data_reaches_everybody_or_those_named_once(server: Server, name: str) -> None:
    anna, bob = await server.join(name, "anna"), await server.join(name, "bob")
    encoded = {
        word: base64.b64encode(word.encode()).decode()
        for word in ("all", "bob", "no", "other", "end")
    }
    nonce = base64.b64encode(bytes(range(16))).decode()

    async def send(word: str, **more: Any) -> None:
        body = {"room": name, "data": encoded[word], **more}
        assert (await server.room("SendData", body)).shown == (200, JSON, {})

    async def heard() -> bool:
        # A real client hears nothing before its data channel is open.
        await send("no")
        return all(guest.received() for guest in (anna, bob))

    await until(heard)
    await send("all", topic="t", nonce=nonce)
    await send("all", topic="t", nonce=nonce)
    await send("bob", destination_identities=["bob", "nobody"])
    await send("other", destination_identities=["nobody"])
    sid = (await person(server, name, "anna"))["sid"]
    await send("end", destination_sids=[sid], destination_identities=["bob"])

    async def arrived() -> bool:
        return all((b"end", "") in guest.received() for guest in (anna, bob))

    assert await until(arrived)
    warm = (b"no", "")
    assert [one for one in anna.received() if one != warm] == [(b"all", "t"), (b"end", "")]
    arrived_at_bob = [one for one in bob.received() if one != warm]
    assert arrived_at_bob == [(b"all", "t"), (b"bob", ""), (b"end", "")]


@pytest.mark.parametrize("size", [1, 15, 17])
async def test_a_nonce_has_sixteen_bytes(server: Server, size: int) -> None:
    nonce = base64.b64encode(bytes(size)).decode()
    answer = await server.room("SendData", {"room": "r", "data": "aGk=", "nonce": nonce})
    words = f"nonce should be 16-bytes or not present, got: {size} bytes"
    assert answer.shown == (400, JSON, {"code": "invalid_argument", "msg": words})


async def test_data_to_an_empty_room_is_no_error(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name})
    answer = await server.room("SendData", {"room": name, "data": "aGk="})
    await server.room("DeleteRoom", {"room": name})
    assert answer.shown == (200, JSON, {})


async def test_subscriptions_take_any_track(server: Server, name: str) -> None:
    await server.join(name, "anna")
    body = {"room": name, "identity": "anna", "track_sids": ["TR_no"], "subscribe": True}
    more = {"participant_tracks": [{"participant_sid": "PA_no", "track_sids": ["TR_other"]}]}
    assert (await server.room("UpdateSubscriptions", {**body, **more})).shown == (200, JSON, {})
