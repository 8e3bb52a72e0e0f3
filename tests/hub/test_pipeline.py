"""What the pipeline promises, with rooms in memory and the real journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.errors import InvalidRequest, ServerError
from greenroom.domain.outcome import Outcome
from greenroom.domain.plan import Call, Reference
from greenroom.domain.planning import Brief, Calls, Reply
from tests.doubles import SECRET, FakeClock, MemoryRooms, a_crew


class Scripted:
    """A planner that always answers with these calls."""

    def __init__(self, *calls: Call) -> None:
        self.calls = calls

    async def reply(self, brief: Brief) -> Reply:
        del brief
        return Calls(calls=self.calls)


def create(name: str, **more: object) -> Call:
    return Call(capability="room.create", arguments={"name": name, **more})


def delete(name: str) -> Call:
    return Call(capability="room.delete", arguments={"room": name})


def statuses(outcome: Outcome) -> list[str]:
    return [step.status for step in outcome.steps]


async def test_a_write_is_done_verified_and_journalled_with_its_undo(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        outcome = await crew.call("room.create", name="standup", max_participants=10)
        assert outcome.status == "done", outcome.message
        assert outcome.message == "Room standup created for 10 people."
        assert outcome.value.max_participants == 10
        verdicts = {check.rule: check.verdict for check in outcome.steps[0].checks}
        assert verdicts["room-as-asked"] == "pass"
        (entry,) = (await crew.call("coordinator.journal")).value.entries
        assert entry.status == "done"
        assert entry.steps[0]["undo"]["capability"] == "room.delete"


async def test_creating_an_existing_room_says_so_and_is_never_undone_by_a_delete(
    tmp_path: Path,
) -> None:
    rooms = MemoryRooms({"standup": ["dana"]})
    async with a_crew(tmp_path, rooms) as crew:
        outcome = await crew.call("room.create", name="standup")
        assert outcome.status == "done"
        assert "exists already" in outcome.message
        assert outcome.steps[0].undo is None
        undone = await crew.call("coordinator.undo", approve=True)
        assert undone.error is not None
        assert undone.error.code == "cannot-undo"
        assert "standup" in rooms.rooms


async def test_an_existing_room_with_other_settings_is_not_reported_as_created(
    tmp_path: Path,
) -> None:
    async with a_crew(tmp_path, MemoryRooms({"standup": []})) as crew:
        outcome = await crew.call("room.create", name="standup", max_participants=5)
        assert outcome.status == "blocked"
        assert "max_participants" in outcome.message


async def test_a_server_that_agrees_and_does_nothing_makes_the_outcome_failed(
    tmp_path: Path,
) -> None:
    rooms = MemoryRooms({"lobby": []})
    rooms.lies = True
    async with a_crew(tmp_path, rooms) as crew:
        made = await crew.call("room.create", name="standup")
        assert made.status == "failed"
        assert made.error is not None
        assert made.error.code == "not-as-asked"
        gone = await crew.call("room.delete", room="lobby", approve=True)
        assert gone.status == "failed"
        assert "still there" in gone.message


async def test_destroying_waits_for_approval_and_an_approval_works_once(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": ["dana"]})
    async with a_crew(tmp_path, rooms) as crew:
        asked = await crew.call("room.delete", room="lobby")
        assert asked.status == "needs_approval"
        assert "delete_room" not in rooms.calls
        assert asked.approval is not None
        assert any("dana" in reason for reason in asked.approval.reasons)
        assert (await crew.approve(asked.approval.id)).status == "done"
        again = await crew.approve(asked.approval.id)
        assert again.error is not None
        assert again.error.code == "approval-used"


async def test_an_expired_approval_runs_nothing(tmp_path: Path) -> None:
    rooms, clock = MemoryRooms({"lobby": []}), FakeClock()
    async with a_crew(tmp_path, rooms, clock) as crew:
        asked = await crew.call("room.delete", room="lobby")
        clock.time += 3600
        assert asked.approval is not None
        late = await crew.approve(asked.approval.id)
        assert late.error is not None
        assert late.error.code == "approval-expired"
        assert "lobby" in rooms.rooms


async def test_undo_of_a_creation_deletes_what_was_created(tmp_path: Path) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms) as crew:
        await crew.call("room.create", name="standup")
        assert (await crew.call("coordinator.undo")).status == "needs_approval"
        undone = await crew.call("coordinator.undo", approve=True)
        assert undone.status == "done", undone.message
        assert not rooms.rooms
        twice = await crew.call("coordinator.undo", approve=True)
        assert twice.error is not None
        assert twice.error.code == "nothing-to-undo"


@pytest.mark.parametrize(
    "change", ["somebody joined", "another room of that name", "other metadata"]
)
async def test_undo_refuses_when_the_room_was_changed_since(tmp_path: Path, change: str) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms) as crew:
        await crew.call("room.create", name="standup")
        if change == "somebody joined":
            rooms.join("standup", "dana")
        else:
            await rooms.delete_room("standup")
            await rooms.create_room("standup", metadata="theirs")
        undone = await crew.call("coordinator.undo", approve=True)
        assert undone.status == "failed"
        assert undone.error is not None
        assert undone.error.code == "changed-since"
        assert "standup" in rooms.rooms


async def test_undo_of_a_deletion_makes_the_room_again_with_its_settings(tmp_path: Path) -> None:
    rooms, clock = MemoryRooms(), FakeClock()
    async with a_crew(tmp_path, rooms, clock) as crew:
        await rooms.create_room("lobby", max_participants=7, metadata="m")
        await crew.call("room.delete", room="lobby", approve=True)
        clock.time += 60
        undone = await crew.call("coordinator.undo")
        assert undone.status == "done", undone.message
        assert rooms.rooms["lobby"].max_participants == 7
        assert rooms.rooms["lobby"].metadata == "m"


async def test_a_failed_step_rolls_back_what_the_plan_created_and_skips_the_rest(
    tmp_path: Path,
) -> None:
    rooms = MemoryRooms({"lobby": []})
    rooms.fail["delete_room"] = ServerError("no", code="permission-denied")
    planner = Scripted(create("standup"), delete("lobby"), create("third"))
    async with a_crew(tmp_path, rooms, planner=planner) as crew:
        rooms.fail.pop("delete_room")

        async def refuse(name: str) -> None:
            if name == "lobby":
                raise ServerError("no", code="permission-denied")
            rooms.rooms.pop(name)

        rooms.delete_room = refuse  # type: ignore[method-assign]
        outcome = await crew.ask("three things", approve=True)
        assert outcome.status == "failed"
        assert statuses(outcome) == ["rolled_back", "failed", "skipped"]
        assert set(rooms.rooms) == {"lobby"}
        assert any("third" in left for left in outcome.left)


async def test_a_destroy_is_not_rolled_back_unasked(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": []})
    rooms.fail["create_room"] = ServerError("no", code="permission-denied")
    async with a_crew(tmp_path, rooms, planner=Scripted(delete("lobby"), create("x"))) as crew:
        outcome = await crew.ask("two things", approve=True)
        assert statuses(outcome) == ["done", "failed"]
        assert not rooms.rooms
        assert any("greenroom undo" in left for left in outcome.left)


async def test_a_write_whose_answer_never_came_is_unknown(tmp_path: Path) -> None:
    rooms = MemoryRooms()
    rooms.fail["create_room"] = ServerError("slow", code="timeout")
    async with a_crew(tmp_path, rooms) as crew:
        outcome = await crew.call("room.create", name="standup")
        assert outcome.status == "failed"
        assert statuses(outcome) == ["unknown"]
        (entry,) = (await crew.call("coordinator.journal")).value.entries
        assert entry.steps[0]["status"] == "unknown"


async def test_nothing_runs_when_a_later_step_cannot(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(tmp_path, rooms, planner=Scripted(delete("lobby"), delete("nosuch"))) as crew:
        outcome = await crew.ask("delete both", approve=True)
        assert outcome.status == "failed"
        assert outcome.error is not None
        assert outcome.error.code == "not-found"
        assert "lobby" in rooms.rooms


async def test_a_step_may_use_what_an_earlier_one_made(tmp_path: Path) -> None:
    token = Call(
        capability="auth.create_token",
        arguments={"identities": ["bob"], "room": Reference(0, "name")},
    )
    async with a_crew(tmp_path, planner=Scripted(create("x"), token)) as crew:
        outcome = await crew.ask("a room x and a token for bob")
        assert statuses(outcome) == ["done", "done"]
        assert outcome.steps[1].arguments["room"] == "x"


@pytest.mark.parametrize(
    ("reference", "code"),
    [(Reference(0, "nosuch"), "invalid-reference"), (Reference(1, "name"), "invalid-reference"),
     (Reference(0, "max_participants"), "invalid-reference")],
)  # fmt: skip
async def test_references_are_type_checked_before_anything_runs(
    tmp_path: Path, reference: Reference, code: str
) -> None:
    token = Call(
        capability="auth.create_token", arguments={"identities": ["bob"], "room": reference}
    )
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms, planner=Scripted(create("x"), token)) as crew:
        outcome = await crew.ask("x")
        assert outcome.error is not None
        assert outcome.error.code == code
        assert not rooms.rooms


async def test_a_dry_run_checks_and_does_nothing(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(tmp_path, rooms) as crew:
        outcome = await crew.call("room.delete", room="lobby", dry_run=True)
        assert outcome.status == "planned"
        assert "lobby" in rooms.rooms
        assert not (await crew.call("coordinator.journal")).value.entries


async def test_a_blocking_rule_is_waived_once_with_a_reason_that_the_journal_keeps(
    tmp_path: Path,
) -> None:
    wish = {"identities": ["bob"], "room": "x", "ttl": 30 * 86400}
    async with a_crew(tmp_path) as crew:
        assert (await crew.call("auth.create_token", approve=True, **wish)).status == "blocked"
        waived = await crew.call("auth.create_token", waive={"token-lifetime": "kiosk"}, **wish)
        assert waived.status == "done", waived.message
        (entry,) = (await crew.call("coordinator.journal")).value.entries
        assert "kiosk" in str(entry.steps[0]["checks"])
        for waive in ({"token-lifetime": " "}, {"nosuch": "x"}, {"token-verifies": "x"}):
            refused = await crew.call("auth.create_token", waive=waive, **wish)
            assert refused.error is not None
            assert refused.error.code == "invalid-waiver"


async def test_secrets_reach_the_caller_and_nothing_else(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        outcome = await crew.call(
            "auth.create_token", identities=["bob"], room="x", metadata=f"see {SECRET}"
        )
        token = outcome.value.tokens[0].token
        assert outcome.as_dict()["steps"][0]["result"]["tokens"][0]["token"] == token
        await crew.ask(f"inspect token {token} please, api secret={SECRET}", session="s")
        await crew.call("auth.inspect_token", token=token)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert token.encode() not in kept
    assert SECRET.encode() not in kept


async def test_many_plans_run_at_once_without_mixing(tmp_path: Path) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms) as crew:
        outcomes = await asyncio.gather(
            *(crew.call("room.create", name=f"r{i}") for i in range(64))
        )
        assert [outcome.value.name for outcome in outcomes] == [f"r{i}" for i in range(64)]
        assert len((await crew.call("coordinator.journal", limit=100)).value.entries) == 64


@pytest.mark.parametrize(
    ("capability", "arguments", "code", "says"),
    [
        ("room.crate", {}, "unknown-capability", "room.create"),
        ("room.create", {}, "invalid-argument", "name"),
        ("room.create", {"name": "x" * 257}, "invalid-argument", "256"),
        ("room.create", {"name": "x", "max": 3}, "invalid-argument", "max"),
        ("room.create", {"name": "x", "max_participants": -1}, "invalid-argument", "at least 0"),
        ("room.create", {"name": "x", "max_participants": "many"}, "invalid-argument", "many"),
        ("auth.inspect_token", {"token": "not-a-token-at-all"}, "invalid-argument", ""),
    ],
)
async def test_wrong_calls_are_explained(
    tmp_path: Path, capability: str, arguments: dict[str, object], code: str, says: str
) -> None:
    async with a_crew(tmp_path) as crew:
        outcome = await crew.call(capability, **arguments)
        assert outcome.status == "failed"
        assert outcome.error is not None
        assert outcome.error.code == code
        assert says in outcome.error.message + outcome.error.hint
        assert "not-a-token" not in str(outcome.as_dict())


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "\x00", " lobby"])
async def test_names_that_deceive_the_eye_are_blocked(tmp_path: Path, name: str) -> None:
    async with a_crew(tmp_path) as crew:
        assert (await crew.call("room.create", name=name)).status == "blocked"


@pytest.mark.parametrize("name", ["réunion", "会议", "👩‍👩‍👧", "O'Brien", 'q"uote'])
async def test_names_of_every_language_work(tmp_path: Path, name: str) -> None:
    async with a_crew(tmp_path) as crew:
        outcome = await crew.call("room.create", name=name)
        assert outcome.status == "done", outcome.message
        assert outcome.value.name == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-request"),
        (" \n", "empty-request"),
        ("x" * 100_000, "request-too-long"),
        ("\x00\x01", "request-not-text"),
        (b"\xff\xfe".decode(errors="surrogateescape"), "request-not-text"),
    ],
)
async def test_requests_that_are_no_words_are_refused_clearly(
    tmp_path: Path, text: str, code: str
) -> None:
    async with a_crew(tmp_path) as crew:
        outcome = await crew.ask(text)
        assert outcome.error is not None
        assert outcome.error.code == code
        assert outcome.error.hint


def waiting_with_a_secret(token: str) -> Scripted:
    inspect = Call(capability="auth.inspect_token", arguments={"token": token})
    return Scripted(inspect, delete("lobby"))


async def a_token(home: Path) -> str:
    async with a_crew(home) as crew:
        made = await crew.call("auth.create_token", identities=["bob"], room="x")
        token: str = made.value.tokens[0].token
        return token


@pytest.mark.parametrize("ends", ["done", "failed", "on another server"])
async def test_a_secret_of_a_plan_that_waits_is_deleted_when_its_approval_is_used(
    tmp_path: Path, ends: str
) -> None:
    rooms = MemoryRooms({"lobby": []})
    token = await a_token(tmp_path)
    async with a_crew(tmp_path, rooms, planner=waiting_with_a_secret(token)) as crew:
        asked = await crew.ask("look at the token, then delete lobby")
        assert asked.approval is not None
        (file,) = (tmp_path / "secrets").iterdir()
        assert file.read_text() == token
        if ends == "failed":
            rooms.fail["delete_room"] = ServerError("no", code="permission-denied")
        if ends == "on another server":
            await crew.close()
            crew = a_crew(tmp_path, rooms)  # noqa: PLW2901 - the same home, elsewhere
            crew._given["url"] = "ws://elsewhere:7880"
        outcome = await crew.approve(asked.approval.id)
        assert outcome.status == ("done" if ends == "done" else "failed"), outcome.message
        assert list((tmp_path / "secrets").iterdir()) == []


async def test_a_secret_of_an_approval_that_expired_is_deleted_by_the_next_process(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    token = await a_token(tmp_path)
    planner = waiting_with_a_secret(token)
    async with a_crew(tmp_path, MemoryRooms({"lobby": []}), clock, planner) as crew:
        assert (await crew.ask("look, then delete")).approval is not None
    for later, left in ((800, 1), (200, 0)):
        clock.time += later
        async with a_crew(tmp_path, clock=clock) as crew:
            await crew.call("room.list")
        assert len(list((tmp_path / "secrets").iterdir())) == left


async def test_a_rollback_writes_no_secret_into_the_journal(tmp_path: Path) -> None:
    rooms = MemoryRooms({"lobby": []})
    rooms.fail["delete_room"] = ServerError("no", code="permission-denied")
    planner = Scripted(create("standup", metadata=f"see {SECRET}"), delete("lobby"))
    async with a_crew(tmp_path, rooms, planner=planner) as crew:
        waive = {"secure-transport": f"because {SECRET}"}
        outcome = await crew.ask("two things", approve=True, waive=waive)
        assert statuses(outcome) == ["done", "failed"]
        assert SECRET not in str(outcome.left)
    files = tmp_path.glob("journal.db*")
    kept = b"".join(file.read_bytes() for file in files)
    assert b"standup" in kept
    assert SECRET.encode() not in kept


def lose_the_journal_with_the_next_room(crew: Greenroom, rooms: MemoryRooms) -> None:
    make = rooms.create_room

    async def and_lose_the_journal(name: str, **settings: object) -> object:
        with crew._database.writing() as db:
            db.execute("DELETE FROM steps; DELETE FROM plans")
        return await make(name, **settings)  # type: ignore[arg-type]

    rooms.create_room = and_lose_the_journal  # type: ignore[method-assign,assignment]


async def test_a_journal_that_lost_the_plan_is_a_warning_once_it_has_happened(
    tmp_path: Path,
) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms) as crew:
        lose_the_journal_with_the_next_room(crew, rooms)
        outcome = await crew.call("room.create", name="standup")
    assert outcome.status == "done"
    assert any("does not know how this ended" in warning for warning in outcome.warnings)


async def test_a_journal_that_lost_the_plan_stops_the_next_step(tmp_path: Path) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms, planner=Scripted(create("a"), create("b"))) as crew:
        lose_the_journal_with_the_next_room(crew, rooms)
        outcome = await crew.ask("two rooms")
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert outcome.error.code == "journal-not-writable"
    assert "b" not in rooms.rooms


async def test_a_token_that_does_not_verify_is_shown_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_crew(tmp_path) as crew:

        def refuse(token: str) -> object:
            raise InvalidRequest(f"no {len(token)}")

        monkeypatch.setattr(crew._tokens, "verify", refuse)
        outcome = await crew.call("auth.create_token", identities=["bob"], room="x")
    assert outcome.status == "failed"
    assert outcome.as_dict()["steps"][0]["result"] is None


async def test_a_name_deleted_moments_ago_is_warned_about_by_whatever_plan_deleted_it(
    tmp_path: Path,
) -> None:
    rooms, clock = MemoryRooms({"lobby": [], "hall": []}), FakeClock()
    planner = Scripted(create("x"), delete("lobby"), delete("hall"))
    async with a_crew(tmp_path, rooms, clock, planner) as crew:
        assert (await crew.ask("three things", approve=True)).status == "done"
    async with a_crew(tmp_path, rooms, clock) as crew:
        for name, seconds, verdict in (("lobby", 20, "warn"), ("hall", 20, "pass")):
            clock.time += seconds
            outcome = await crew.call("room.create", name=name)
            said = {check.rule: check.verdict for check in outcome.steps[0].checks}
            assert said["room-name-draining"] == verdict
