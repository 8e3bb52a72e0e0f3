"""What words point at: "her" and "him", "after that", a reason before the order, a title of several words."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.domain.conversation import Conversation
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Calls, Refuse
from tests.understanding.test_planner import World, calls, plan
from tests.understanding.test_settling import running

ROOMS = {"lab": ["kai", "noor"], "gallery": ["ana"]}
BOTH = (*running("file"), *running("stream"))


@pytest.mark.parametrize(
    "text",
    [
        "noor is deaf in lab, let her receive kai's camera again",
        "noor's tile for kai is black, sub her to kai's camera in lab",
    ],
)
async def test_whose_tracks_they_are_is_not_who_receives_them(text: str) -> None:
    made = await calls(text, world=World(ROOMS))
    assert made == [
        (
            "track.subscribe",
            {"identity": "noor", "publisher": "kai", "room": "lab", "sources": ["camera"]},
        )
    ]


async def test_a_pronoun_says_whose_microphone_is_asked_about() -> None:
    made = await calls("nobody hears noor! is her mic on in lab?", world=World(ROOMS))
    assert made == [("track.list", {"identity": "noor", "room": "lab", "sources": ["microphone"]})]


async def test_a_message_to_him_goes_to_nobody_else() -> None:
    text = 'kai is nervous, send only to him in lab the message "you are third"'
    made = await calls(text, world=World(ROOMS))
    assert made == [
        ("room.send_to_room", {"identities": ["kai"], "room": "lab", "text": "you are third"})
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("create a room Quiet Corner for 6 people", "Quiet Corner"),
        ("create Budget Talk for 6 people", "Budget Talk"),
        ("Please Create Room Lobby for 6 people", "Lobby"),
    ],
)
async def test_a_title_of_several_words_is_one_room(text: str, name: str) -> None:
    made = await calls(text, world=World({"noisy-corner": []}))
    assert made == [("room.create", {"name": name, "max_participants": 6})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "stop the recording of gallery and after that its stream as well, please",
            ["recording.stop", "egress.stop"],
        ),
        ("after that mute ana in gallery", ["track.mute"]),
        ("In gallery end the stream, recording can go on", ["egress.stop"]),
        (
            "The curtain fell at half past four, so please stop the stream of gallery",
            ["egress.stop"],
        ),
    ],
)
async def test_reasons_and_order_of_steps_are_no_times(text: str, wanted: list[str]) -> None:
    made = await calls(text, world=World(ROOMS, running=BOTH))
    assert [name for name, _ in made] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "after that talk stop the stream of gallery",
        "At half past four, so please stop the stream of gallery",
        "mute ana in gallery every 5 minutes",
    ],
)
async def test_a_time_that_is_one_is_not_kept_silently(text: str) -> None:
    assert isinstance(await plan(text, world=World(ROOMS, running=BOTH)), Refuse)


async def test_every_minute_is_a_length() -> None:
    made: list[tuple[str, dict[str, Any]]] = await calls(
        "take a picture of gallery every minute", world=World(ROOMS)
    )
    assert made == [("egress.take_snapshots", {"room": "gallery", "interval": 60})]


@pytest.mark.parametrize("text", ["rm the role moderator", "The role moderator remove, please"])
async def test_what_settings_keep_is_asked_about_once(text: str) -> None:
    """The approval shows it; a question before it says no more."""
    assert isinstance(await plan(text, world=World(ROOMS)), Calls)


async def test_an_order_with_another_for_somebody_outside_is_refused() -> None:
    text = "stop the recording of gallery, please, and e-mail it to all the parents"
    assert isinstance(await plan(text, world=World(ROOMS, running=BOTH)), Refuse)


@pytest.mark.parametrize(
    "text", ["mute mic and cam of ana in gallery", "mute mic + cam of ana in gallery"]
)
async def test_all_of_a_list_are_meant(text: str) -> None:
    made = await calls(text, world=World(ROOMS))
    sources = ["microphone", "camera"]
    assert made == [("track.mute", {"identity": "ana", "room": "gallery", "sources": sources})]


@pytest.mark.parametrize(
    "text",
    [
        "kick noor from lab and take chat away from kai there",
        "kick noor from lab and take away kai's right to chat",
    ],
)
async def test_whose_right_is_taken_away_is_not_removed(text: str) -> None:
    reply = await plan(text, world=World(ROOMS))
    removed = [
        call.arguments["identity"]
        for call in (reply.calls if isinstance(reply, Calls) else ())
        if call.capability == "room.remove_participant"
    ]
    assert "kai" not in removed


async def test_a_room_is_not_made_by_renaming_one() -> None:
    text = "mk room bay-9 && rename room lab to lab-old"
    assert isinstance(await plan(text, world=World(ROOMS)), Refuse)


async def test_a_name_that_is_not_there_ends_no_other_recording() -> None:
    text = "stop the recording of pavilion we lost the guest"
    reply = await plan(text, world=World(ROOMS, running=running("file")))
    assert isinstance(reply, Ask)


@pytest.mark.parametrize(
    "text",
    [
        "get noor out of lab and into gallery",
        "remove noor from lab and then into gallery with him",
    ],
)
async def test_who_is_sent_into_another_room_is_never_removed_unasked(text: str) -> None:
    reply = await plan(text, world=World(ROOMS))
    made = reply.calls if isinstance(reply, Calls) else ()
    assert "room.remove_participant" not in {call.capability for call in made}


@pytest.mark.parametrize(
    ("before", "text", "field"),
    [
        (
            Call(
                capability="room.dispatch_agent", arguments={"room": "lab", "agent": "note-taker"}
            ),
            "it writes nonsense, recall that agent",
            "agent",
        ),
        (
            Call(capability="egress.notify", arguments={"url": "https://hooks.example.com/a"}),
            "wrong hook, stop notifying that url",
            "url",
        ),
    ],
)
async def test_that_stands_for_what_the_last_call_had(before: Call, text: str, field: str) -> None:
    talk = Conversation(room="lab", calls=(before,))
    reply = await plan(text, world=World(ROOMS), conversation=talk)
    assert isinstance(reply, Calls)
    assert [call.arguments[field] for call in reply.calls] == [before.arguments[field]]


@pytest.mark.parametrize("text", ["MUTE EVRYONE IN lab", "mute evryone in lab"])
async def test_a_slip_is_mended_in_capitals_as_in_small_letters(text: str) -> None:
    assert await calls(text, world=World(ROOMS)) == [("track.mute_all", {"room": "lab"})]


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (
            Call(capability="auth.define_role", arguments={"role": "scribe", "can_publish": True}),
            "define a role that may not chat",
        ),
        (
            Call(
                capability="track.define_audio_preset",
                arguments={"name": "talk", "max_bitrate": 48_000},
            ),
            "I'd like it if you made an audio preset that has 96 kbps",
        ),
        (
            Call(capability="room.dispatch_agent", arguments={"room": "lab", "agent": "scribe"}),
            "dispatch an agent that takes notes to gallery",
        ),
    ],
)
async def test_what_is_made_anew_never_takes_the_name_of_what_was_made_before(
    before: Call, text: str
) -> None:
    talk = Conversation(room="lab", calls=(before,))
    reply = await plan(text, world=World(ROOMS), conversation=talk)
    made = reply.calls if isinstance(reply, Calls) else ()
    names = {call.arguments.get(name) for call in made for name in ("role", "name", "agent")}
    assert names.isdisjoint(before.arguments.values())
