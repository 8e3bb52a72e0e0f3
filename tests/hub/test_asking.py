"""How a request in words is narrowed, explained and remembered, with a scripted planner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from greenroom.domain.explanation import (
    Candidate,
    Explanation,
    Mention,
    Origin,
    StepExplanation,
)
from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Answer, Ask, Brief, Calls, Refuse, Reply
from tests.doubles import MemoryRooms, a_crew

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"


class Scripted:
    """Gives these replies one after the other and keeps the briefs it got."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.briefs: list[Brief] = []

    async def reply(self, brief: Brief) -> Reply:
        self.briefs.append(brief)
        return self.replies.pop(0)


LIST = Calls(calls=(Call(capability="room.list"),))
TOKEN = Call(capability="auth.create_token", arguments={"room": "standup", "identities": ["ana"]})
DELETE = Calls(calls=(Call(capability="room.delete", arguments={"room": "lobby"}),))


@pytest.mark.parametrize("name", ["room", "livekit-room", " LiveKit-Room "])
async def test_a_request_narrowed_to_a_mode_reaches_the_planner_with_that_modes_capabilities_only(
    tmp_path: Path, name: str
) -> None:
    planner = Scripted(LIST)
    async with a_crew(tmp_path, planner=planner) as crew:
        assert (await crew.ask("list rooms", mode=name)).status == "done"
    (brief,) = planner.briefs
    assert brief.mode == "room"
    assert {about["mode"] for about in brief.catalogue["capabilities"].values()} == {"room"}


@pytest.mark.parametrize("name", ["", "coordinator", "livekit-coordinator"])
async def test_the_coordinator_reaches_every_mode(tmp_path: Path, name: str) -> None:
    planner = Scripted(LIST)
    async with a_crew(tmp_path, planner=planner) as crew:
        assert (await crew.ask("list rooms", mode=name)).status == "done"
        assert planner.briefs[0].mode == ""
        assert planner.briefs[0].catalogue == crew.catalogue.compiled


@pytest.mark.parametrize(
    "reply",
    [
        Calls(calls=(LIST.calls[0], TOKEN)),
        Ask(question=Question(field="room", question="Which room?"), draft=(TOKEN,)),
    ],
)
async def test_a_planner_that_leaves_the_mode_is_refused_and_nothing_runs(
    tmp_path: Path, reply: Reply
) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms, planner=Scripted(reply)) as crew:
        outcome = await crew.ask("token for ana", mode="room", session="s", explain=True)
    assert outcome.status == "failed"
    assert outcome.error is not None and outcome.error.code == "out-of-scope"
    assert "livekit-auth" in outcome.message
    assert outcome.explanation is not None and outcome.explanation.reason == outcome.message
    assert rooms.calls == []


async def test_a_mode_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    async with a_crew(tmp_path, planner=Scripted()) as crew:
        outcome = await crew.ask("list rooms", mode="livekit-rom")
    assert outcome.error is not None and outcome.error.code == "invalid-argument"
    assert "Did you mean livekit-room?" in outcome.error.hint
    assert "livekit-auth, livekit-coordinator, livekit-egress" in outcome.error.hint


async def test_nobody_who_did_not_ask_gets_an_explanation(tmp_path: Path) -> None:
    planner = Scripted(LIST, LIST)
    async with a_crew(tmp_path, planner=planner) as crew:
        assert "explanation" not in (await crew.ask("list rooms")).as_dict()
        explained = (await crew.ask("list rooms", explain=True)).as_dict()["explanation"]
    assert [brief.explain for brief in planner.briefs] == [False, True]
    assert explained == {"mentions": [], "steps": [], "reason": ""}


WHOLE = Explanation(
    mentions=(Mention(kind="number", text="ten", value=10),),
    steps=(
        StepExplanation(
            capability="room.create",
            candidates=(
                Candidate(capability="room.create", score=1.25),
                Candidate(capability="room.show", score=0.1),
            ),
            origins=(Origin(field="max_participants", value=10, source="before people"),),
            unused=("purple",),
        ),
    ),
    reason="Two things fit.",
)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Calls(calls=LIST.calls, explanation=WHOLE), "done"),
        (Ask(question=Question(field="room", question="Which?"), explanation=WHOLE), "needs_input"),
        (Refuse(code="not-understood", message="No.", explanation=WHOLE), "failed"),
        (Answer(message="Yes.", explanation=WHOLE), "done"),
    ],
)
async def test_every_kind_of_reply_carries_its_explanation_into_the_outcome(
    tmp_path: Path, reply: Reply, status: str
) -> None:
    async with a_crew(tmp_path, planner=Scripted(reply)) as crew:
        outcome = await crew.ask("hm", explain=True)
    assert outcome.status == status
    assert outcome.explanation == WHOLE
    shape = json.loads(json.dumps(outcome.as_dict()))["explanation"]
    assert Explanation.from_dict(shape) == WHOLE


async def test_no_secret_is_explained(tmp_path: Path) -> None:
    told = Explanation(
        mentions=(Mention(kind="jwt", text="eyJpart", value="eyJpart"),),
        steps=(
            StepExplanation(
                capability="auth.inspect_token",
                origins=(Origin(field="token", value="anything", source=f"there was {JWT}"),),
            ),
        ),
    )
    calls = (Call(capability="auth.inspect_token", arguments={"token": JWT}),)
    async with a_crew(tmp_path, planner=Scripted(Calls(calls=calls, explanation=told))) as crew:
        outcome = await crew.ask(f"inspect {JWT}", explain=True)
    text = json.dumps(outcome.as_dict()["explanation"])
    assert "eyJ" not in text and "anything" not in text


async def test_a_plan_that_is_only_shown_leaves_the_conversation_as_it_was(tmp_path: Path) -> None:
    question = Question(field="room", question="Which room?")
    planner = Scripted(Ask(question=question, draft=(TOKEN,)), DELETE, LIST)
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(tmp_path, rooms, planner=planner) as crew:
        await crew.ask("token for ana", session="s")
        planned = await crew.ask("delete lobby", session="s", dry_run=True)
        await crew.ask("list", session="s")
    assert planned.status == "planned"
    last = planner.briefs[-1].conversation
    assert last.pending is not None and last.pending.question == question
    assert last.room == ""


async def test_a_question_can_be_left(tmp_path: Path) -> None:
    planner = Scripted(Ask(question=Question(field="room", question="Which?")), LIST)
    async with a_crew(tmp_path, planner=planner) as crew:
        await crew.ask("token for ana", session="s")
        crew.leave_question("s")
        crew.leave_question("nobody spoke here")
        await crew.ask("list", session="s")
    assert planner.briefs[-1].conversation.pending is None


async def test_what_was_done_after_a_yes_is_remembered(tmp_path: Path) -> None:
    planner = Scripted(DELETE, LIST)
    async with a_crew(tmp_path, MemoryRooms({"lobby": []}), planner=planner) as crew:
        waits = await crew.ask("delete lobby", session="s")
        assert waits.approval is not None
        assert (await crew.approve(waits.approval.id)).status == "done"
        await crew.ask("list", session="s")
    assert [c.capability for c in planner.briefs[-1].conversation.calls] == ["room.delete"]


async def test_a_plan_that_waits_shows_what_settings_fill_for_a_room_that_it_makes(
    tmp_path: Path,
) -> None:
    calls = (
        Call(capability="room.delete", arguments={"room": "old"}),
        Call(capability="room.create", arguments={"name": "fresh"}),
        Call(capability="auth.create_token", arguments={"identities": ["ana"], "room": "fresh"}),
    )
    rooms = MemoryRooms({"old": ()})
    async with a_crew(tmp_path, rooms, planner=Scripted(Calls(calls=calls))) as crew:
        (await crew.call("auth.set_default_lifetime", ttl=1800)).unwrap()
        outcome = await crew.ask("delete old, create fresh, and a token for ana in it")
    assert outcome.status == "needs_approval", outcome.message
    assert outcome.approval is not None
    assert outcome.approval.steps[2]["arguments"]["ttl"] == 1800
