"""What ``ask --explain`` prints, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenroom.domain.explanation import Candidate, Explanation, Mention, Origin, StepExplanation
from greenroom.domain.plan import Call
from greenroom.domain.planning import Brief, Calls, Refuse, Reply
from greenroom.interfaces.cli import run
from greenroom.interfaces.cli.main import root
from tests.doubles import MemoryRooms, a_crew


class Scripted:
    def __init__(self, reply: Reply) -> None:
        self.answer = reply

    async def reply(self, brief: Brief) -> Reply:
        del brief
        return self.answer


CALLS = (Call(capability="room.create", arguments={"name": "standup", "max_participants": 10}),)
TOLD = Explanation(
    mentions=(
        Mention(kind="name", text='"standup"', value="standup"),
        Mention(kind="number", text="ten", value=10),
    ),
    steps=(
        StepExplanation(
            capability="room.create",
            candidates=(
                Candidate(capability="room.create", score=1.934),
                Candidate(capability="room.show", score=0.2),
            ),
            origins=(
                Origin(field="name", value="standup", source="after called"),
                Origin(field="max_participants", value=10, source="before people"),
            ),
            unused=("purple\x1b[31m",),
        ),
    ),
)


def asked(reply: Reply, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    monkeypatch.setattr(
        run, "crew_for", lambda _: a_crew(tmp_path, MemoryRooms(), planner=Scripted(reply))
    )
    return CliRunner().invoke(root, ["ask", "create standup", *options])


def test_people_read_what_was_found_weighed_and_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asked(Calls(calls=CALLS, explanation=TOLD), tmp_path, monkeypatch, "--explain")
    assert done.exit_code == 0, done.output
    lines = done.stderr.splitlines()
    assert lines[:6] == [
        "  found: name standup, number 10",
        "  step 1: room.create",
        "    weighed: room.create 1.93, room.show 0.20",
        "    name = standup: after called",
        "    max_participants = 10: before people",
        "    not used: purple\\x1b[31m",
    ]
    assert done.stdout == "✓ Room standup created for 10 people.\n"


def test_why_it_refused_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Explanation(reason="Nothing fits well enough.")
    reply = Refuse(code="not-understood", message="No.", explanation=told)
    done = asked(reply, tmp_path, monkeypatch, "--explain")
    assert done.exit_code == 1
    assert "reason: Nothing fits well enough." in done.stderr


def test_programs_get_it_as_data_and_only_when_they_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = Calls(calls=CALLS, explanation=TOLD)
    explained = asked(reply, tmp_path, monkeypatch, "--explain", "--json", "--dry-run")
    shape = json.loads(explained.stdout)
    assert Explanation.from_dict(shape["explanation"]).steps[0].origins == TOLD.steps[0].origins
    plain = asked(reply, tmp_path, monkeypatch, "--json", "--dry-run")
    assert shape.keys() - json.loads(plain.stdout).keys() == {"explanation"}
