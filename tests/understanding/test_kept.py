"""Names that the settings keep, and what runs: they are known as what they are."""

from __future__ import annotations

from greenroom.domain.conversation import Conversation
from greenroom.domain.egress import EgressOutput, EgressRequest, EgressSource
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask
from greenroom.understanding.questions import WHICH
from tests.egress_double import info_of
from tests.understanding.test_planner import WORLD, World, calls, plan

KEPT = {"salesfox": "destination", "torchlight": "preset", "h180": "preset"}


async def test_a_kept_destination_is_where_a_stream_goes() -> None:
    made = await calls("stream lobby to salesfox", world=World(WORLD, KEPT))
    assert made == [("egress.start_stream", {"room": "lobby", "destination": "salesfox"})]


async def test_layers_are_the_presets_that_are_named() -> None:
    made = await calls("simulcast with torchlight and h180", world=World(WORLD, KEPT))
    assert made == [("track.configure_simulcast", {"layers": ["torchlight", "h180"]})]


async def test_what_was_just_kept_is_what_it_stands_for() -> None:
    done = Call(
        capability="track.define_video_preset",
        arguments={"name": "torchlight", "resolution": "854x480"},
    )
    talk = Conversation(calls=(done,))
    made = await calls("remove that preset again", conversation=talk, world=World(WORLD, KEPT))
    assert made == [("track.remove_preset", {"name": "torchlight"})]


async def test_of_two_recordings_in_a_room_it_asks_which() -> None:
    wish = EgressRequest(
        room="lobby", source=EgressSource(kind="room"), outputs=(EgressOutput(kind="file"),)
    )
    running = (info_of("EG_a", wish), info_of("EG_b", wish))
    reply = await plan("stop the recording of lobby", world=World(WORLD, running=running))
    assert isinstance(reply, Ask)
    assert (reply.question.field, reply.question.choices) == (WHICH, ("EG_a", "EG_b"))
    assert [call.arguments["recording"] for call in reply.draft] == ["EG_a", "EG_b"]
