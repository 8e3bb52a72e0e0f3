"""What is said once for several, and of several to each: verbs, on and off, rights, who is left out, what runs."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.domain.planning import Ask, Calls, Refuse
from tests.understanding.test_planner import World, calls, plan
from tests.understanding.test_settling import ROOMS, running

BOTH = (*running("file"), *running("stream"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("end the stream of gallery, then the recording too", ["egress.stop", "recording.stop"]),
        ("stop the recording of gallery and its stream", ["recording.stop", "egress.stop"]),
        ("stop both: recording of gallery and the stream", ["recording.stop", "egress.stop"]),
    ],
)
async def test_a_verb_said_once_ends_both(text: str, wanted: list[str]) -> None:
    made = await calls(text, world=World(ROOMS, running=BOTH))
    assert [name for name, _ in made] == wanted


async def test_what_goes_on_is_not_ended_with_what_stops() -> None:
    made = await calls(
        "stop the recording of gallery, the stream goes on", world=World(ROOMS, running=BOTH)
    )
    assert [name for name, _ in made] == ["recording.stop"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("noise suppression and echo cancellation should be off", (False, False)),
        ("please turn on noise suppression and echo cancellation", (True, True)),
        ("activate noise suppression, and echo cancellation deactivate", (True, False)),
        ("set microphones to: noise suppression no, echo cancellation yes", (False, True)),
    ],
)
async def test_things_of_one_list_are_on_or_off_together_unless_each_has_its_word(
    text: str, values: tuple[bool, bool]
) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS))
    assert made == "track.configure_audio"
    assert (given["noise_suppression"], given["echo_cancellation"]) == values


@pytest.mark.parametrize(
    "text",
    [
        "mute everyone in gallery, only not carla and mona, they host",
        "mute all in gallery, keep carla, keep mona",
        "Would you mute all of them in gallery apart from carla, who asks, and mona, who answers?",
    ],
)
async def test_whoever_is_named_beside_everyone_is_left_out(text: str) -> None:
    ((made, given),) = await calls(text, world=World(ROOMS))
    assert made == "track.mute_all"
    assert given == {"room": "gallery", "keep": ["carla", "mona"]}


@pytest.mark.parametrize(
    "text",
    [
        "two tokens for gallery: ivo as moderator, and one for petra who may only watch",
        "a moderator token for ivo and a viewer token for petra, both for gallery",
    ],
)
async def test_each_of_several_people_gets_the_rights_said_beside_them(text: str) -> None:
    made = await calls(text, world=World(ROOMS))
    assert [given for _, given in made] == [
        {"identities": ["ivo"], "room": "gallery", "room_admin": True},
        {"identities": ["petra"], "room": "gallery", "can_publish": False},
    ]


async def test_nothing_is_added_to_a_stream_that_there_is_not() -> None:
    made = await calls(
        "record harbor and push it to rtmp://in.example/live/k too", world=World(ROOMS)
    )
    assert [name for name, _ in made] == ["recording.start", "egress.start_stream"]


async def test_an_id_is_of_what_it_is_of() -> None:
    world = World(ROOMS, running=BOTH)
    ((made, given),) = await calls(
        "EG_stream is the one that I would like you to stop", world=world
    )
    assert (made, given) == ("egress.stop", {"egress": "EG_stream"})


@pytest.mark.parametrize("text", ["record the press box", "delete the press box, please"])
async def test_words_that_several_rooms_begin_with_ask_which(text: str) -> None:
    reply = await plan(text, world=World({"press-box-a": [], "press-box-b": [], "roof": []}))
    assert isinstance(reply, Ask)
    assert set(reply.question.choices) == {"press-box-a", "press-box-b"}


@pytest.mark.parametrize(
    "text",
    ["delete harbor... wait, no", "delete harbor, no don't do it", "mute bo in lab-1, no wait"],
)
async def test_an_order_that_is_taken_back_is_none(text: str) -> None:
    assert isinstance(await plan(text, world=World(ROOMS)), Refuse)


async def test_nobody_from_the_story_is_whom_a_recording_is_of() -> None:
    ((_, given),) = await calls(
        "record gallery audio only, nobody needs pictures of vinces hair", world=World(ROOMS)
    )
    assert given == {"room": "gallery", "audio_only": True}


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("uplink is a joke tonight, lose simulcast", {"enabled": False}),
        ("I'd love to see simulcast enabled for our users", {"enabled": True}),
    ],
)
async def test_what_only_sets_something_takes_the_likeliest_value(
    text: str, given: dict[str, Any]
) -> None:
    assert await calls(text, world=World(ROOMS)) == [("track.configure_simulcast", given)]


async def test_a_long_word_one_letter_off_is_a_slip_wherever_it_stands() -> None:
    ((made, _),) = await calls("pls start recrding gallery now", world=World(ROOMS))
    assert made == "recording.start"


async def test_a_name_from_elsewhere_is_no_recording() -> None:
    reply = await plan(
        "nfs01 is full, stop the recording", world=World(ROOMS, running=running("file"))
    )
    assert isinstance(reply, Calls)
    assert reply.calls[0].arguments == {"recording": "gallery"}


@pytest.mark.parametrize(
    "text",
    [
        "take it off the stream of gallery, with YouTube staying as it is",
        "stop the stream of gallery, stream harbor to rtmp://in.example/live/z instead",
    ],
)
async def test_what_stays_or_belongs_to_another_step_is_not_taken_away(text: str) -> None:
    reply = await plan(text, world=World(ROOMS, running=running("stream")))
    made = reply.calls if isinstance(reply, Calls) else ()
    assert not any(call.capability == "egress.remove_stream" for call in made)
