"""What belongs to one wish is read as one: stories, values in other clauses, what another step says better."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.domain.egress import EgressInfo, EgressOutput, EgressRequest, EgressSource
from greenroom.domain.planning import Calls, Refuse
from tests.egress_double import info_of
from tests.understanding.test_planner import World, calls, plan

ROOMS = {"gallery": ["carla", "vince", "mona"], "harbor": ["pilot"], "lab-1": ["bo"]}


def running(*kinds: str) -> tuple[EgressInfo, ...]:
    """A recording or a stream of gallery, each active."""
    urls = {"file": (), "stream": ("rtmp://in.example/live/k",)}
    return tuple(
        info_of(
            f"EG_{kind}",
            EgressRequest(
                room="gallery",
                source=EgressSource(kind="room"),
                outputs=(EgressOutput(kind=kind, urls=urls[kind]),),
            ),
        )
        for kind in kinds
    )


@pytest.mark.parametrize(
    ("text", "capability", "arguments"),
    [
        (
            "record gallery, 1080p, webm cos the web guys moan otherwise",
            "recording.start",
            {"room": "gallery", "resolution": "1920x1080", "format": "webm"},
        ),
        (
            "Our editors work in webm, full stop. Could recordings come in that format and in the speaker layout by default?",
            "recording.configure",
            {"layout": "speaker", "format": "webm"},
        ),
        (
            "record gallery for us, and with speaker layout",
            "recording.start",
            {"room": "gallery", "layout": "speaker"},
        ),
        (
            "export audio of gallery as ogg, mona wants to hear it in the bus",
            "egress.export_file",
            {"room": "gallery", "format": "ogg", "audio_only": True},
        ),
        (
            "exports go to the S3 bucket acme-out, the credentials are lying in env:ACME_S3",
            "egress.configure_storage",
            {"storage": "s3", "bucket": "acme-out", "credentials": "env:ACME_S3"},
        ),
    ],
)
async def test_a_value_in_another_clause_is_the_steps_own(
    text: str, capability: str, arguments: dict[str, Any]
) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS))
    assert made == capability
    assert {k: v for k, v in given.items() if k != "identity"} == arguments


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (
            "vince cant hear carla. in gallery, subscribe vince to her mic",
            {"room": "gallery", "identity": "vince", "publisher": "carla"},
        ),
        (
            "mona isnt getting carlas screen in gallery. subscribe her to it",
            {"room": "gallery", "identity": "mona", "publisher": "carla"},
        ),
    ],
)
async def test_what_is_told_before_an_order_is_its_story(
    text: str, arguments: dict[str, str]
) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS))
    assert made == "track.subscribe"
    assert arguments.items() <= given.items()


@pytest.mark.parametrize(
    "text",
    [
        "mute everyone in gallery except carla and mona",
        "evrybody muted in gallery exept carla and mona",
        "mics off in gallery apart from our hosts carla and mona",
        "all mics down in gallery bar carla and mona",
        "all in gallery are muted, apart from carla, who asks, and mona, who answers them.",
    ],
)
async def test_who_is_left_out_stays_audible(text: str) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS))
    assert made == "track.mute_all"
    assert given["keep"] == ["carla", "mona"]


async def test_who_is_left_out_says_which_room_is_meant() -> None:
    made = await calls("mute everyone except mona", world=World(ROOMS))
    assert made == [("track.mute_all", {"keep": ["mona"], "room": "gallery"})]


async def test_the_rest_is_a_wish_of_its_own() -> None:
    made = await calls("kick mona from gallery and mute the rest", world=World(ROOMS))
    assert [capability for capability, _ in made] == ["room.remove_participant", "track.mute_all"]


async def test_of_an_address_and_a_platform_only_the_address_ends() -> None:
    text = "drop rtmp://in.example/live/k from the stream of gallery, and YouTube viewers carry on"
    ((made, given),) = await calls(text, world=World(ROOMS, running=running("stream")))
    assert made == "egress.remove_stream"
    assert "platform" not in given


@pytest.mark.parametrize(
    "text",
    [
        "stop the recording of gallery; the one in harbor is internal and may carry on",
        "The recording of gallery has to end. Harbor still sells and matters to us.",
    ],
)
async def test_a_room_that_is_only_spoken_of_is_not_ended_too(text: str) -> None:
    reply = await plan(text, world=World(ROOMS, running=running("file")))
    if isinstance(reply, Calls):
        assert [call.arguments for call in reply.calls] == [{"recording": "gallery"}]


@pytest.mark.parametrize(
    "text",
    [
        "if mona has not stopped by the second verse, please mute mona in gallery",
        "he is a dear fellow, so let us wait: if bo does not stop, please mute bo in lab-1",
    ],
)
async def test_an_order_behind_if_waits_for_what_nobody_can_wait_for(text: str) -> None:
    assert isinstance(await plan(text, world=World(ROOMS)), Refuse)


@pytest.mark.parametrize(
    "text",
    [
        "take the gallery stream down, the ship docked at 11:40",
        "stop the stream of gallery, nobody has watched since 3am",
    ],
)
async def test_a_time_that_was_puts_nothing_off(text: str) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS, running=running("stream")))
    assert (made, given) == ("egress.stop", {"egress": "gallery"})


async def test_a_time_that_will_be_does() -> None:
    text = "stop the stream of gallery at 11:40"
    assert isinstance(await plan(text, world=World(ROOMS, running=running("stream"))), Refuse)


async def test_what_stays_takes_the_end_of_it_back() -> None:
    text = "Offices keep watching the live stream of gallery, but its recording comes to an end."
    reply = await plan(text, world=World(ROOMS, running=running("file", "stream")))
    ended = reply.calls if isinstance(reply, Calls) else ()
    assert "egress.stop" not in {call.capability for call in ended}


async def test_whose_it_is_needs_no_apostrophe() -> None:
    ((made, given),) = await calls("cut carlas cam in gallery", world=World(ROOMS))
    assert made == "track.mute"
    assert (given["identity"], given["sources"]) == ("carla", ["camera"])
